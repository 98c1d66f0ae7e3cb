"""Draw charts at build time with vl-convert, and make the one script that draws them in the page."""

from __future__ import annotations

import hashlib
import json
import os
import re
import textwrap
from collections import Counter
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from html import escape
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

import vl_convert
from sphinx.errors import ExtensionError

from frenemies.charts.look import DARK_GRID, DARK_INK, DARK_MUTED_INK, FONT, GRID, INK, MUTED_INK
from frenemies_build.pages import chart_specs

VL_VERSION = "5.20"  # the Vega-Lite that Altair 5.5 writes for
BUNDLE = f"vega-{vl_convert.__version__}.js"  # as a build keeps it
BUNDLE_SHA256 = "5f37616dc0cdba513c823ec026d1d68208282301eae7c1669b0e0e97c5878b48"
_SNIPPET = "window.frenemiesVegaEmbed = vegaEmbed;"
# A picture is laid out with the fonts of this machine and read with others. Text gets this
# much more room than it takes here: DejaVu is 14% wider than Liberation, Arial or Helvetica.
_ROOM = 1.15
_LEAST_PLOT = 120  # px
_SLACK = 8  # px of a live chart of several plots, for the same reason
_CODE = hashlib.sha256(b"".join(Path(module).read_bytes() for module in (__file__, chart_specs.__file__))).hexdigest()
_DARK = {INK: DARK_INK, MUTED_INK: DARK_MUTED_INK, GRID: DARK_GRID}


class Drawing(NamedTuple):
    """One size of a chart: what Vega-Lite draws, and the picture of it (size in px)."""

    spec: chart_specs.Spec
    svg: str
    width: int
    height: int


Drawn = tuple[Drawing, Drawing, dict]  # for desktops, for phones; the data sets by key


class Artist:
    """Draws charts, each once: it keeps them in a folder, so that a rebuild is quick, and draws ahead on idle cores."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.count: Counter[str] = Counter()
        self._known: dict[str, Drawn] = {}
        self._ahead: dict[str, Future] = {}
        self._others: ProcessPoolExecutor | None = None

    def begin(self, spec: chart_specs.Spec) -> None:
        """Let another process draw a chart that is not kept yet, so that `draw` finds it ready."""
        name = _name(spec)
        if name in self._known or name in self._ahead or self._kept(name):
            return
        if not self._others:
            # Not forked: a fork would share vl-convert's threads, which it cannot.
            self._others = ProcessPoolExecutor(min(4, os.cpu_count() or 1), mp_context=get_context("spawn"))
        self._ahead[name] = self._others.submit(drawn, spec)

    def end(self) -> None:
        """Let the other processes go; what they have not begun is not drawn."""
        if self._others:
            self._others.shutdown(cancel_futures=True)
        self._others, self._ahead = None, {}

    def draw(self, spec: chart_specs.Spec) -> Drawn:
        """Return the chart for desktops, for phones, and its data sets by key.

        Raises `ExtensionError` where Vega-Lite cannot draw it.
        """
        name = _name(spec)
        if name not in self._known:
            self._known[name] = self._kept(name) or self._made(name, spec)
        return self._known[name]

    def _made(self, name: str, spec: chart_specs.Spec) -> Drawn:
        begun = self._ahead.pop(name, None)
        try:
            made = begun.result() if begun else drawn(spec)
        except BrokenProcessPool:  # the system has ended the other process: do it here
            made = drawn(spec)
        self.count["drawn"] += 1
        self.folder.mkdir(parents=True, exist_ok=True)
        kept = self.folder / f"{name}.json"
        part = kept.with_suffix(".part")  # a build that is stopped half-way leaves no half picture
        part.write_text(json.dumps(made, ensure_ascii=False), "utf-8")
        part.replace(kept)
        return made

    def _kept(self, name: str) -> Drawn | None:
        try:
            wide, narrow, data = json.loads((self.folder / f"{name}.json").read_text("utf-8"))
            return Drawing(*wide), Drawing(*narrow), data
        except (FileNotFoundError, ValueError, TypeError):  # not drawn yet, or damaged
            return None

    def bundle(self) -> tuple[str, str]:
        """Return name and text of the script with Vega, Vega-Lite and Embed.

        Raises `ExtensionError` where it is not, byte for byte, the script that was tried.
        """
        kept = self.folder / BUNDLE
        text = kept.read_text("utf-8", errors="replace") if kept.exists() else ""
        if _sha256(text) != BUNDLE_SHA256:
            text = the_one_tried(vl_convert.javascript_bundle(_SNIPPET, vl_version=VL_VERSION))
            self.folder.mkdir(parents=True, exist_ok=True)
            kept.write_text(text, "utf-8")
        # vl-convert packs Vega 6 with Vega-Lite 5.20; Embed need not tell every reader's console so.
        text = text.replace("||console.warn(`The compiled spec", "||void(`The compiled spec")
        # In a function, its hundreds of top-level names stay its own.
        return f"vega-{BUNDLE_SHA256[:12]}.js", f"(()=>{{{text}}})();\n"


def the_one_tried(text: str) -> str:
    """Return a script with Vega as it is. Raises `ExtensionError` where it is not the one whose charts were looked at."""
    if _sha256(text) != BUNDLE_SHA256:
        raise ExtensionError(
            f"vl-convert {vl_convert.__version__} makes a Vega bundle with sha256 {_sha256(text)}, "
            f"but {__name__} expects {BUNDLE_SHA256}. Install the pinned versions (requirements.txt). "
            "If you changed vl-convert on purpose: look at the charts in a browser, "
            "then write the new value into BUNDLE_SHA256."
        )
    return text


def _name(spec: chart_specs.Spec) -> str:
    """The name to keep a chart under: another one for another chart, another vl-convert, and other code that draws."""
    return chart_specs.digest([spec, VL_VERSION, vl_convert.__version__, _CODE])


def drawn(spec: chart_specs.Spec) -> Drawn:
    """Draw a chart for desktops and for phones. Raises `ExtensionError` where Vega-Lite cannot draw it."""
    drawing, data = chart_specs.split(spec)
    try:
        return _at_width(drawing, data, chart_specs.WIDE), _at_width(drawing, data, chart_specs.NARROW), data
    except ValueError as error:
        raise ExtensionError(f"Vega-Lite {VL_VERSION} cannot draw this chart: {error}") from error


def _at_width(drawing: chart_specs.Spec, data: dict, width: int) -> Drawing:
    drawing = chart_specs.fit_labels(drawing, data, width)
    if chart_specs.is_fluid(drawing):
        return _fluid_at_width(drawing, data, width)
    phone, width = width < chart_specs.WIDE, width - _SLACK
    drawing = chart_specs.stacked(drawing) if phone else drawing
    svg = _svg_with_room(drawing, data)
    if size(svg)[0] > width or phone:
        # Axes and legends keep their width, plots can give: two pictures tell how much is plot.
        full, half = size(svg)[0], size(_svg_with_room(chart_specs.scaled(drawing, 0.5), data))[0]
        plots = 2 * (full - half)
        if plots > 0:
            drawing = chart_specs.scaled(drawing, min(2, max(0.2, 1 - (full - width) / plots)))
            svg = _svg_with_room(drawing, data)
    return Drawing(drawing, svg, *size(svg))


def _fluid_at_width(drawing: chart_specs.Spec, data: dict, width: int) -> Drawing:
    # Vega can fit a plot into a width by itself, but cuts labels and titles that stand out of
    # it: so give the plot what axes and labels left of the width in the try before.
    plot = width - 60
    for _ in range(4):
        sized = chart_specs.with_width(drawing, plot, width)
        svg = _svg_with_room(sized, data)
        excess = size(svg)[0] - width
        if abs(excess) <= 2 or plot <= _LEAST_PLOT:
            break
        plot = max(_LEAST_PLOT, plot - excess)
    return Drawing(sized, svg, *size(svg))


def _svg_with_room(drawing: chart_specs.Spec, data: dict) -> str:
    """Lay a chart out with letters `_ROOM` times as large, then write them in their true size."""
    sizes = {}

    def enlarged(node: object) -> object:
        if isinstance(node, list):
            return [enlarged(value) for value in node]
        if not isinstance(node, dict):
            return node
        large = {}
        for key, value in node.items():
            if key.lower().endswith("fontsize") and isinstance(value, int | float):
                large[key] = round(value * _ROOM, 2)
                sizes[f'font-size="{large[key]:g}px"'] = f'font-size="{value:g}px"'
            else:
                large[key] = value if key == "datasets" else enlarged(value)
        return large

    spec = enlarged({**drawing, "datasets": data})
    svg = vl_convert.vegalite_to_svg(spec, vl_version=VL_VERSION, allowed_base_urls=[])
    return re.sub(r'font-size="[\d.]+px"', lambda found: sizes.get(found[0], found[0]), svg)


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def size(svg: str) -> tuple[int, int]:
    """Return width and height in px of a picture that vl-convert made."""
    found = re.match(r'<svg[^>]*? width="([\d.]+)" height="([\d.]+)"', svg)
    if not found:
        raise ExtensionError(f"vl-convert {vl_convert.__version__} made an SVG without a size: {svg[:80]!r}")
    return round(float(found[1])), round(float(found[2]))


def dark(svg: str) -> str:
    """Return the picture for a dark page: the inks change, the colours of the data stay."""
    return re.sub("|".join(_DARK), lambda ink: _DARK[ink[0].lower()], svg, flags=re.IGNORECASE)


def framed(drawing: Drawing, words: chart_specs.Caption) -> str:
    """Return a picture that can travel alone: with title, subtitle, source and text alternative."""
    margin, body, lines, y = 16, drawing.svg, [], 16

    def write(text: str, px: int, ink: str, weight: str = "normal") -> None:
        nonlocal y
        for line in textwrap.wrap(text, int(drawing.width / (px * 0.53))):
            y += round(px * 1.35)
            lines.append(
                f'<text x="{margin}" y="{y}" font-size="{px}" font-weight="{weight}" fill="{ink}">{escape(line)}</text>'
            )

    write(words.title, 16, INK, "bold")
    write(words.subtitle, 13, MUTED_INK)
    y += 12
    body = body.replace("<svg ", f'<svg x="{margin}" y="{y}" ', 1)
    y += drawing.height
    write(f"Source: {words.source}" if words.source else "", 11, MUTED_INK)
    write(f"Note: {words.note}" if words.note else "", 11, MUTED_INK)
    width, height = drawing.width + 2 * margin, y + margin
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
        f'role="img" font-family="{escape(FONT)}"><title>{escape(words.title)}</title><desc>{escape(words.alt)}</desc>'
        f'<rect width="100%" height="100%" fill="white"/>{"".join(lines)}{body}</svg>\n'
    )


def to_json(value: object) -> str:
    """Write JSON that is safe inside a <script> element."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
