"""What the book knows about a Vega-Lite chart before it is drawn: pure functions on specifications.

A specification ("spec") is the JSON that Altair stores in a notebook. No function here
changes its argument, draws, or knows Sphinx.
"""

from __future__ import annotations

import copy
import csv
import hashlib
import io
import json
import textwrap
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from frenemies.charts.figure import LEAST_ALT

Spec = dict[str, Any]

MIME = "application/vnd.vegalite.v5+json"
WIDE = 640  # px of a picture on a desktop page
NARROW = 340  # px of a picture on a phone of 390 px
LINE = 14  # px of a line of labels in the theme's 12 px
_SIDE_BY_SIDE = {"row", "column", "facet"}  # encoding channels that make small multiples
_CONTAINERS = ("hconcat", "vconcat", "concat")
_LEGEND_CHANNELS = ("color", "fill", "stroke", "shape", "strokeDash", "opacity", "size")


class Caption(NamedTuple):
    """The words of a chart, which the page sets as text so that they wrap on phones."""

    title: str
    subtitle: str
    alt: str
    source: str
    note: str
    tables: tuple[str, ...]


class Table(NamedTuple):
    """A data set that a reader can use: its key and the path of each column in a row."""

    key: str
    columns: list[list[str]]
    rows: list[dict]


def digest(value: Any) -> str:
    """Short, stable name for any JSON value."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _text(value: Any) -> str:
    lines = value if isinstance(value, list) else [value]
    return " ".join(str(line).strip() for line in lines if line)


def caption(spec: Spec) -> Caption:
    """Read title, subtitle, text alternative, source, note and table names of a chart."""
    title = spec.get("title") or ""
    title = title if isinstance(title, dict) else {"text": title}
    meta = spec.get("usermeta") or {}
    return Caption(
        title=_text(title.get("text")),
        subtitle=_text(meta.get("subtitle") or title.get("subtitle")),
        alt=_text(spec.get("description")),
        source=_text(meta.get("source")),
        note=_text(meta.get("note")),
        tables=tuple(meta.get("tables") or ()),
    )


def problems(spec: Spec) -> Iterator[str]:
    """Yield what a chart lacks that every chart of the book must have."""
    words = caption(spec)
    if len(words.alt) < LEAST_ALT:
        yield (
            f"has a text alternative of {len(words.alt)} characters; give a full sentence "
            f"(at least {LEAST_ALT}) that says what it shows"
        )
    if not words.title:
        yield "has no title; state the finding in a sentence"
    if not words.source:
        yield "names no source (usermeta.source); finish it with frenemies.figure()"
    if any("url" in data for data in _data_references(spec)):
        yield "reads data from an address; the book works offline, so hand it the rows"


# Data: each data set leaves the chart, so that a page carries it once


def _data_references(node: Any) -> Iterator[dict]:
    if isinstance(node, dict):
        data = node.get("data")
        if isinstance(data, dict) and data.keys() & {"values", "name", "url"}:
            yield data
        for key, value in node.items():
            if key not in ("datasets", "usermeta", "config", "values"):
                yield from _data_references(value)
    elif isinstance(node, list):
        for value in node:
            yield from _data_references(value)


def split(spec: Spec) -> tuple[Spec, dict[str, Any]]:
    """Return the drawing alone and its data sets by content key.

    The drawing has neither words (see `caption`) nor data, and no background of its own.
    """
    drawing = copy.deepcopy({k: v for k, v in spec.items() if k != "datasets"})
    for word in ("$schema", "title", "description", "usermeta"):
        drawing.pop(word, None)
    drawing["background"] = "transparent"
    if not {"mark", "layer"} & drawing.keys():  # the theme's size says nothing here: the parts have their own
        drawing.pop("width", None)
        drawing.pop("height", None)
    named, data = spec.get("datasets") or {}, {}
    for reference in _data_references(drawing):
        if "values" in reference:
            values = reference.pop("values")
        elif reference.get("name") in named:
            values = named[reference["name"]]
        else:
            continue
        reference["name"] = "data-" + digest(values)
        data[reference["name"]] = values
    return drawing, data


def pack(values: Any) -> dict[str, Any]:
    """Write rows by column where all have the same keys (a third of the bytes), else as they are.

    static/charts.js undoes it in the page.
    """
    rows = values if isinstance(values, list) else []
    if rows and all(isinstance(row, dict) and row.keys() == rows[0].keys() for row in rows):
        columns = list(rows[0])
        return {"columns": columns, "values": [[row[name] for row in rows] for name in columns]}
    return {"rows": values}


def field_order(drawing: Spec) -> list[str]:
    """Return the fields that a chart shows, in the order in which a reader would put them.

    Stored JSON has its keys sorted; an author's tooltip list keeps the order that was meant.
    """
    channels = ("tooltip", "row", "column", "facet", "x", "color", "detail", "text", "y")
    encodings = [encoding for view in _views(drawing) for encoding in _encodings(view)]
    shown = []
    for name in channels:
        for encoding in encodings:
            definition = encoding.get(name)
            shown += definition if isinstance(definition, list) else [definition]
    fields = [one["field"] for one in shown if isinstance(one, dict) and isinstance(one.get("field"), str)]
    return list(dict.fromkeys(field.rpartition(".")[2] for field in fields))


def table(key: str, values: Any, order: list[str]) -> Table | None:
    """See a data set as a table; `None` for map shapes and for what has no rows.

    `order` says which columns come first. Of map features, the properties stay and the shapes go.
    """
    if not isinstance(values, list) or not values or not all(isinstance(row, dict) for row in values):
        return None
    shapes = "geometry" in values[0]
    columns: dict[tuple[str, ...], None] = {}
    for row in values:
        for name, value in row.items():
            if shapes and name == "properties":
                columns.update(dict.fromkeys((name, inner) for inner in value))
            elif not (shapes and name in ("geometry", "type", "bbox")):
                columns[(name,)] = None
    rank = {name: number for number, name in enumerate(order)}
    in_order = sorted(columns, key=lambda path: rank.get(path[-1], len(rank)))
    found = Table(key, [list(path) for path in in_order], values)
    if shapes and not any(path[-1] != "id" and isinstance(cell(values[0], path), int | float) for path in columns):
        return None  # names of places only: the shapes of a map, not its data
    return found


def cell(row: dict, path: list[str] | tuple[str, ...]) -> Any:
    """Return the value at a column path of `Table`, `None` where the row lacks it."""
    value: Any = row
    for step in path:
        value = value.get(step) if isinstance(value, dict) else None
    return value


def to_csv(found: Table) -> str:
    """Write a table as CSV (comma, LF, header; an empty cell where there is no value)."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(path[-1] for path in found.columns)
    for row in found.rows:
        values = [cell(row, path) for path in found.columns]
        writer.writerow("" if v is None else json.dumps(v) if isinstance(v, dict | list) else v for v in values)
    return out.getvalue()


# Width: one chart, two sizes


def _is_single(spec: Spec) -> bool:
    """Tell whether a chart is one plot (it can then follow the width of the page)."""
    return ("mark" in spec or "layer" in spec) and not _SIDE_BY_SIDE & spec.get("encoding", {}).keys()


def is_fluid(spec: Spec) -> bool:
    """Tell whether a drawing may be given any width: one plot, not sized by steps."""
    return _is_single(spec) and not isinstance(spec.get("width"), dict)


def _has_shapes(spec: Spec) -> bool:
    mark = spec.get("mark")
    kind = mark.get("type") if isinstance(mark, dict) else mark
    return kind == "geoshape" or any(_has_shapes(layer) for layer in spec.get("layer", []))


def _views(spec: Spec) -> Iterator[Spec]:
    """Yield the spec and every spec inside it that has a size of its own."""
    yield spec
    for key in _CONTAINERS:
        for part in spec.get(key, []):
            yield from _views(part)
    if isinstance(spec.get("spec"), dict):
        yield from _views(spec["spec"])


def _marks(view: Spec) -> Iterator[Spec]:
    """Yield the plot and its layers, as far as each draws a mark."""
    if "mark" in view:
        yield view
    for layer in view.get("layer", []):
        yield from _marks(layer)


def _change_pixels(view: Spec, changed: Callable[[float], Any]) -> None:
    """Let `changed` replace what an author gave in pixels across: places from the left, widths of bars."""
    for part in _marks(view):
        mark, encoding = part["mark"], part.get("encoding", {})
        if isinstance(mark, dict):
            upright = mark.get("type") == "bar" and (encoding.get("y") or {}).get("type") == "quantitative"
            for name in ("x", "x2", "width", "size") if upright and "x2" not in encoding else ("x", "x2", "width"):
                if isinstance(mark.get(name), int | float):
                    mark[name] = changed(mark[name])
        for place in ("x", "x2"):
            channel = encoding.get(place)
            if isinstance(channel, dict) and isinstance(channel.get("value"), int | float):
                channel["value"] = changed(channel["value"])


def with_width(drawing: Spec, width: int, total: int) -> Spec:
    """Return a fluid drawing whose plot is `width` px wide, for a picture of `total` px."""
    sized = copy.deepcopy(drawing)
    stored = sized.get("width", WIDE)
    _change_pixels(sized, lambda px: {"expr": f"width * {px / stored:g}"})
    sized["width"] = width
    if _has_shapes(drawing) and isinstance(drawing.get("height"), int | float) and total < WIDE:
        sized["height"] = round(drawing["height"] * total / WIDE)  # or a map would float in a tall box
    return sized


def scaled(drawing: Spec, factor: float) -> Spec:
    """Return a drawing of several plots, each `factor` times as wide (maps keep their shape)."""
    drawing = copy.deepcopy(drawing)
    default = drawing.get("config", {}).get("view", {}).get("continuousWidth")
    for view in _views(drawing):
        if default and "width" not in view and {"mark", "layer"} & view.keys():
            view["width"] = default
        if isinstance(view.get("width"), int | float):
            view["width"] = round(view["width"] * factor)
            _change_pixels(view, lambda px: round(px * factor, 1))
            if _has_shapes(view) and isinstance(view.get("height"), int | float):
                view["height"] = round(view["height"] * factor)
    return drawing


def stacked(drawing: Spec) -> Spec:
    """Return a drawing whose plots stand one below the other, for phones."""
    drawing = copy.deepcopy(drawing)
    for view in _views(drawing):
        if "hconcat" in view:
            parts = view["vconcat"] = view.pop("hconcat")
            widths = [part["width"] for part in parts if isinstance(part.get("width"), int | float)]
            for part in parts:
                if isinstance(part.get("width"), int | float):
                    part["width"] = max(widths)
        if "concat" in view or isinstance(view.get("repeat"), list):
            view["columns"] = 1
        facet, encoding = view.get("facet"), view.get("encoding", {})
        if isinstance(facet, dict) and facet.keys() == {"column"}:
            view["facet"] = facet = facet["column"]
        if isinstance(facet, dict) and "row" not in facet:
            view["columns"] = 1
        if "column" in encoding and "row" not in encoding:
            encoding["facet"] = encoding.pop("column")
        if "facet" in encoding:
            encoding["facet"]["columns"] = 1
    return drawing


def _encodings(view: Spec) -> Iterator[dict]:
    """Yield the encodings of one plot: its own and those of its layers."""
    if isinstance(view.get("encoding"), dict):
        yield view["encoding"]
    for layer in view.get("layer", []):
        yield from _encodings(layer)


def _labels(channel: dict, data: dict[str, Any]) -> list[str]:
    """Return the category names that a channel shows; empty where only Vega can know them."""
    domain = (channel.get("scale") or {}).get("domain")
    if isinstance(domain, list):
        return [str(name) for name in domain]
    field = channel.get("field")
    rows = (row for values in data.values() if isinstance(values, list) for row in values)
    return list(dict.fromkeys(str(row[field]) for row in rows if isinstance(row, dict) and field in row))


def fit_labels(drawing: Spec, data: dict[str, Any], width: int) -> Spec:
    """Return the drawing with every label in full at a width of `width` px.

    Legends get as many columns as fit, long row names several lines and rows high enough
    for them, and a crowded category axis drops labels instead of printing them on each other.
    """
    drawing = copy.deepcopy(drawing)
    config = drawing.setdefault("config", {})
    config["axisXDiscrete"] = {"labelOverlap": True, **config.get("axisXDiscrete", {})}
    config["axisX"] = {"labelSeparation": 6, **config.get("axisX", {})}
    # Two legends above a chart stand one below the other: side by side the second is cut off.
    stacked_legends = {"top": {"direction": "vertical", "anchor": "start", "bounds": "full"}}
    config["legend"] = {"layout": stacked_legends, "titleLimit": width - 40, **config.get("legend", {})}
    for view in _views(drawing):
        for encoding in _encodings(view):
            for name in _LEGEND_CHANNELS:
                _fit_legend(encoding.get(name), data, width)
            _fit_row_names(view, encoding.get("y"), data, width)
            _fit_axis_title(encoding.get("x"), width - 40)
            _fit_axis_title(encoding.get("y"), view.get("height", 300))
    if width < WIDE:  # a title may then reach over the row names, too
        config["axisX"]["titleAnchor"] = "end"
    return drawing


def _fit_axis_title(channel: Any, room: Any) -> None:
    if not isinstance(channel, dict) or not isinstance(room, int | float):
        return
    for holder in (channel, channel.get("axis")):
        if isinstance(holder, dict) and isinstance(holder.get("title"), str):
            lines = textwrap.wrap(holder["title"], max(12, int(room / 6.5)))  # px of a letter
            if len(lines) > 1:
                holder["title"] = lines


def _is_category(channel: Any) -> bool:
    return isinstance(channel, dict) and channel.get("type") in ("nominal", "ordinal")


def _fit_legend(channel: Any, data: dict[str, Any], width: int) -> None:
    if not _is_category(channel) or channel.get("legend", {}) is None:
        return
    legend = channel["legend"] = dict(channel.get("legend") or {})
    labels = _labels(channel, data)
    if width < WIDE and legend.get("orient") in ("left", "right"):
        legend["orient"] = "top"
    room = 34 + 7 * max(map(len, labels), default=18)  # px: symbol, gap, letters
    columns = max(1, width // room)
    if columns < legend.get("columns", len(labels) or 99):
        legend["columns"] = columns
    lines = {name: textwrap.wrap(name, (width - 34) // 7) for name in labels}
    if "labelExpr" not in legend and any(len(parts) > 1 for parts in lines.values()):
        legend["labelExpr"] = f"({json.dumps(lines, ensure_ascii=False)})[datum.label]"


def _fit_row_names(view: Spec, channel: Any, data: dict[str, Any], width: int) -> None:
    if not _is_category(channel) or channel.get("axis", {}) is None or "labelExpr" in channel.get("axis", {}):
        return
    letters = 20 if width < WIDE else 38  # in a line: a third of a phone, two fifths of a desktop page
    lines = {name: textwrap.wrap(name, letters) for name in _labels(channel, data)}
    most = max(map(len, lines.values()), default=1)
    if most == 1:
        return
    names = json.dumps(lines, ensure_ascii=False)
    middle = {"signal": f"-{LINE / 2} * (({names})[datum.value].length - 1)"}  # Vega centres the first line alone
    channel["axis"] = {
        **channel.get("axis", {}),
        "labelExpr": f"({names})[datum.label]",
        "labelLimit": 0,
        "encoding": {"labels": {"dy": {"value": middle}}},
    }
    row = LINE * most + 6
    height = view.get("height")
    if isinstance(height, dict) and "step" in height:
        view["height"] = {**height, "step": max(height["step"], row)}
    elif isinstance(height, int | float):
        view["height"] = max(height, row * len(lines))
