"""What a notebook of this book must keep to, as functions that return the breaches they find.

nbval compares stored outputs with fresh ones; these rules see what it lets through.
Each function takes a notebook and returns one sentence for each breach, empty if none.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import nbformat

import frenemies as fr
from frenemies_build.numbers.scanner import Numeral, numerals

ROOT = Path(__file__).resolve().parents[1]
VEGALITE = "application/vnd.vegalite.v5+json"
MAX_LINES = {"open": 20, "folded": 40}  # of code in one cell
MAX_WIDTH = 88  # characters of code that a page shows
MIN_DESCRIPTION = 40
CLAIM_LINK = re.compile(r"\[([^\]]*)\]\(#([PMKG]\d\d)\)")
CITE = re.compile(r"\{cite(?::[a-z]+)?\}`([^`]+)`")

# A quantitative axis says its unit in words that a reader knows.
UNITS = re.compile(
    r"US\$|dollar|USD|euro|lira|rouble|%|percent|share|ratio|index|score|points?\b|bcm|cubic|tonnes|TJ|terajoule|MW|"
    r"number|count|people|persons|visitors|arrivals|deaths|votes|events|disputes|meetings|troops|thousand|million|"
    r"TIV|probability|years?\b|months?\b|days?\b|weeks?\b|°|log|difference|rank|companies|dwellings|weight|agreement|"
    r"scale|steps?\b|statements|claims|evidence|respondents|resolutions|wars|obligations|HHI|per\b",
    re.IGNORECASE,
)


def code_cells(notebook: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    """The code cells that hold code."""
    return [cell for cell in notebook.cells if cell.cell_type == "code" and cell.source.strip()]


def markdown(notebook: nbformat.NotebookNode) -> str:
    """All Markdown prose, cells parted by blank lines."""
    return "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")


def charts(notebook: nbformat.NotebookNode) -> Iterator[tuple[int, dict]]:
    """Each stored chart with the number of its code cell."""
    for number, cell in enumerate(code_cells(notebook), 1):
        for output in cell.outputs:
            if spec := output.get("data", {}).get(VEGALITE):
                yield number, spec


def not_run_in_order(notebook: nbformat.NotebookNode) -> list[str]:
    """Code cells that were not run from 1 onwards, or that stored an error or a warning."""
    breaches = []
    for number, cell in enumerate(code_cells(notebook), 1):
        if cell.execution_count != number:
            breaches.append(f"code cell {number} has run number {cell.execution_count}: run the notebook from the top")
        for output in cell.outputs:
            if output.output_type == "error":
                breaches.append(f"code cell {number} stores the error {output.ename}")
            if output.get("name") == "stderr":
                breaches.append(f"code cell {number} stores a warning: {output.text[:80]!r}")
    return breaches


def unclean_metadata(notebook: nbformat.NotebookNode) -> list[str]:
    """Metadata that tells of a machine, a widget or an editor."""
    kernel = dict(notebook.metadata.get("kernelspec", {}))
    breaches = []
    if kernel != {"display_name": "Python 3", "language": "python", "name": "python3"}:
        breaches.append(f"kernelspec is {kernel}, not the plain Python 3")
    for key in set(notebook.metadata) - {"kernelspec", "language_info", "nbgrader", "frenemies"}:
        breaches.append(f"notebook metadata has {key!r}")
    for number, cell in enumerate(notebook.cells, 1):
        for key in set(cell.metadata) - {"tags", "nbgrader", "slideshow", "deletable", "editable", "jupyter"}:
            breaches.append(f"cell {number} has metadata {key!r}")
    return breaches


def not_one_title(notebook: nbformat.NotebookNode) -> list[str]:
    """A page has one first-level heading and it comes first."""
    prose = re.sub(r"```.*?```", "", markdown(notebook), flags=re.DOTALL)
    titles = re.findall(r"^# (.+)$", prose, flags=re.MULTILINE)
    breaches = [] if len(titles) == 1 else [f"{len(titles)} first-level headings: {titles}"]
    if not prose.lstrip().startswith("# "):
        breaches.append("the notebook does not begin with its title")
    return breaches


def is_folded(cell: nbformat.NotebookNode) -> bool:
    """Whether the book folds a cell's code, or leaves it out."""
    return bool({"hide-input", "remove-input"} & set(cell.metadata.get("tags", [])))


def long_cells(notebook: nbformat.NotebookNode) -> list[str]:
    """Code cells that are longer, or wider, than a reader takes in at once."""
    breaches = []
    for number, cell in enumerate(code_cells(notebook), 1):
        lines, most = cell.source.splitlines(), MAX_LINES["folded" if is_folded(cell) else "open"]
        if len(lines) > most:
            breaches.append(f"code cell {number} has {len(lines)} lines (at most {most})")
        breaches += [
            f"code cell {number} has a line of {len(line)} characters (at most {MAX_WIDTH}): {line.strip()[:40]}"
            for line in lines
            if len(line) > MAX_WIDTH
        ]
    return breaches


def half_folded(notebook: nbformat.NotebookNode) -> list[str]:
    """Cells that fold in the book and not in JupyterLab, Colab and VS Code, or the other way round."""
    breaches = []
    for number, cell in enumerate(code_cells(notebook), 1):
        elsewhere = cell.metadata.get("jupyter", {}).get("source_hidden", False)
        if is_folded(cell) != elsewhere:
            breaches.append(
                f"code cell {number}: the tags hide-input and remove-input go together with jupyter.source_hidden"
            )
    return breaches


DATE_ONLY = re.compile(r"\d{4}-\d\d(-\d\d)?")


def dates_without_time(notebook: nbformat.NotebookNode) -> list[str]:
    """Temporal fields that hold a bare date as text: west of Greenwich a browser draws them a day early."""
    breaches = []
    for number, spec in charts(notebook):
        fields = {field for view in views(spec) for field in temporal_fields(view.get("encoding", {}))}
        rows = [
            row
            for values in spec.get("datasets", {}).values()
            if isinstance(values, list)
            for row in values
            if isinstance(row, dict)
        ]
        for field in sorted(fields):
            if any(isinstance(row.get(field), str) and DATE_ONLY.fullmatch(row[field]) for row in rows):
                breaches.append(
                    f"chart of code cell {number}: {field!r} holds bare dates; give it datetimes (pd.to_datetime)"
                )
    return breaches


def temporal_fields(encoding: dict) -> Iterator[str]:
    """The names of the columns that an encoding reads as time."""
    for channel in encoding.values():
        for part in channel if isinstance(channel, list) else [channel]:
            if isinstance(part, dict) and part.get("type") == "temporal" and part.get("field"):
                yield part["field"]


def unnamed_figures(notebook: nbformat.NotebookNode) -> list[str]:
    """Charts without an id, or with one that another chart of the page has."""
    names = [(number, (spec.get("usermeta") or {}).get("id")) for number, spec in charts(notebook)]
    breaches = [f"the chart of code cell {number} has no id: figure(id=...)" for number, name in names if not name]
    known = [name for _, name in names if name]
    return breaches + [f"two charts have the id {name!r}" for name in sorted(set(known)) if known.count(name) > 1]


def poor_charts(notebook: nbformat.NotebookNode) -> list[str]:
    """Charts without a title, a subtitle, a source, a text alternative or named axes with units, or with `{name}` in words."""
    breaches = []
    for number, spec in charts(notebook):
        where = f"chart of code cell {number}"
        title, meta = spec.get("title") or {}, spec.get("usermeta") or {}
        if not (isinstance(title, dict) and title.get("text")):
            breaches.append(f"{where} has no title: finish it with frenemies.figure")
        for key in ("subtitle", "source", "tables"):
            if not meta.get(key):
                breaches.append(f"{where} has no {key}: finish it with frenemies.figure")
        words = [title.get("text") if isinstance(title, dict) else title, meta.get("subtitle"), meta.get("note")]
        unfilled = re.findall(r"\{\w[^{}]*\}", " ".join(str(part) for part in [*words, spec.get("description")]))
        if unfilled:
            breaches.append(f"{where} shows {unfilled[0]} to readers: put an f before that string")
        description = spec.get("description", "")
        if len(description) < MIN_DESCRIPTION or not description.rstrip().endswith((".", "!", "?")):
            breaches.append(f"{where} has no text alternative of at least a sentence: {description!r}")
        breaches += [f"{where}: {breach}" for breach in poor_axes(spec)]
    return breaches


def poor_axes(spec: dict) -> list[str]:
    """Positional encodings that draw an axis without naming it, or a quantity without its unit."""
    named: dict[str, list[str]] = {}
    drawn: dict[str, set[str]] = {}
    for view in views(spec):
        for channel in ("x", "y"):
            encoding = view.get("encoding", {}).get(channel)
            if not isinstance(encoding, dict) or ("field" not in encoding and "aggregate" not in encoding):
                continue
            if "axis" in encoding and encoding["axis"] is None:
                continue
            title = encoding["title"] if "title" in encoding else (encoding.get("axis") or {}).get("title", ...)
            drawn.setdefault(channel, set()).add(encoding.get("type", ""))
            if title is ...:
                named.setdefault(channel, [])
            elif title:
                named.setdefault(channel, []).append(title if isinstance(title, str) else " ".join(title))
            else:
                # An explicit null hides the title: right for names and dates, which need no unit.
                named.setdefault(channel, []).append("" if encoding.get("type") != "quantitative" else " ")
    breaches = []
    for channel, types in drawn.items():
        titles = named.get(channel, [])
        if not titles:
            breaches.append(f"the {channel} axis has no title of its own")
        elif "quantitative" in types and not any(UNITS.search(title) for title in titles):
            breaches.append(f"the {channel} axis does not say its unit: {titles}")
    return breaches


def views(spec: dict) -> Iterator[dict]:
    """A chart's views: itself and, one by one, those it layers, joins, facets or repeats."""
    inherited = spec.get("encoding", {})
    parts = [part for key in ("layer", "hconcat", "vconcat", "concat") for part in spec.get(key, [])]
    if isinstance(spec.get("spec"), dict):
        parts.append(spec["spec"])
    if not parts:
        yield spec
    for part in parts:
        yield from views(part | {"encoding": inherited | part.get("encoding", {})})


def unknown_claims(notebook: nbformat.NotebookNode) -> list[str]:
    """Claim links that name no claim, or that show another id than the one they lead to."""
    known = set(fr.load("claims")["claim_id"])
    breaches = []
    for text, claim in CLAIM_LINK.findall(markdown(notebook)):
        if claim not in known:
            breaches.append(f"claim {claim} is not in data/claims.csv")
        if re.fullmatch(r"[PMKG]\d\d", text) and text != claim:
            breaches.append(f"the link shows {text} and leads to {claim}")
    return breaches


@cache
def bibliography() -> frozenset[str]:
    """The keys of the bibliography."""
    text = (ROOT / "chapters" / "references.bib").read_text(encoding="utf-8")
    return frozenset(re.findall(r"^@\w+\{\s*([^,\s]+)\s*,", text, flags=re.MULTILINE))


def unknown_citations(notebook: nbformat.NotebookNode) -> list[str]:
    """Citations without an entry in the bibliography."""
    keys = {key.strip() for keys in CITE.findall(markdown(notebook)) for key in keys.split(",")}
    return [f"no entry {key!r} in chapters/references.bib" for key in sorted(keys - bibliography())]


# --- numbers typed where a computation belongs -------------------------------------------

FIGURE_WORDS = ("title", "subtitle", "alt_text", "note")
_EVENT = (
    r"(?:crisis|crises|war|wars|invasion|revolution|coup|treaty|agreement|convention|accord|embargo|ban|annexation|attack|summit|"
    r"earthquakes?|election|referendum|pandemic|shooting|truce|ceasefire|deal|letter|law|constitution)"
)
# The allowance: a year that names an event of history ("the crisis of 2015", "the 2003 invasion"), for it will not
# change with the data. A year of the data (a span, a peak, a last value) is computed.
FIXED_YEAR = re.compile(rf"\b{_EVENT} (?:of|in) (?:\w+ )?(\d{{4}})\b|\b(\d{{4}}) (?:\w+ )?{_EVENT}\b", re.IGNORECASE)


def typed_numerals(notebook: nbformat.NotebookNode) -> list[str]:
    """Numerals typed in the words of a figure: they are made from computed values, in f-strings.

    Looks at title, subtitle, alt text and note, at names that stand for them, at the constant parts of f-strings,
    and at a number put into braces ({2008}). Days that data/chronology.csv dates, and years that name an event, may
    be typed.
    """
    trees = [(number, ast.parse(cell.source)) for number, cell in enumerate(code_cells(notebook), 1)]
    assigned = {
        target.id: node.value
        for _, tree in trees for node in ast.walk(tree) if isinstance(node, ast.Assign)
        for target in node.targets if isinstance(target, ast.Name)
    }  # fmt: skip
    breaches = []
    for number, tree in trees:
        for call in ast.walk(tree):
            if isinstance(call, ast.Call) and getattr(call.func, "attr", getattr(call.func, "id", "")) == "figure":
                for keyword in call.keywords:
                    if keyword.arg in FIGURE_WORDS:
                        for text in typed_in(keyword.value, assigned):
                            breaches.append(
                                f"code cell {number}: figure({keyword.arg}=...) types {text!r}: compute it, in an f-string"
                            )
    return breaches


def typed_in(node: ast.expr, assigned: dict[str, ast.expr]) -> Iterator[str]:
    """The numerals that an expression for words holds as typed text."""
    if isinstance(node, ast.Constant):
        if isinstance(node.value, str):
            allowed = {span for match in FIXED_YEAR.finditer(node.value) for span in (match.span(1), match.span(2))}
            for found in numerals(node.value, node.value):
                if found.bindable and (found.start, found.end) not in allowed and not is_dated(found):
                    yield found.text
        elif isinstance(node.value, (int, float)) and not isinstance(node.value, bool):
            yield f"{{{node.value}}}"
    elif isinstance(node, ast.JoinedStr):
        # Braces are computed: their place is kept by a letter, so that a unit or a month beside them finds no number.
        text = "".join(str(part.value) if isinstance(part, ast.Constant) else "x" for part in node.values)
        yield from typed_in(ast.Constant(text), assigned)
        for part in node.values:
            if isinstance(part, ast.FormattedValue) and isinstance(part.value, ast.Constant):
                yield from typed_in(part.value, assigned)
    elif isinstance(node, ast.BinOp):
        yield from typed_in(node.left, assigned)
        yield from typed_in(node.right, assigned)
    elif isinstance(node, ast.IfExp):
        yield from typed_in(node.body, assigned)
        yield from typed_in(node.orelse, assigned)
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ("join", "format"):
        for part in (node.func.value, *node.args):
            yield from typed_in(part, assigned)
    elif isinstance(node, (ast.List, ast.Tuple)):
        for part in node.elts:
            yield from typed_in(part, assigned)
    elif isinstance(node, ast.Name) and node.id in assigned:
        value = assigned[node.id]
        yield from typed_in(value, {name: one for name, one in assigned.items() if name != node.id})


@cache
def dated_days() -> frozenset[tuple[int, int, int]]:
    """The days of the chronology."""
    return frozenset((day.year, day.month, day.day) for day in fr.load("chronology")["date"].dropna())


def is_dated(found: Numeral) -> bool:
    """Whether a typed date is the day of an event in data/chronology.csv."""
    return found.kind == "date" and found.value in dated_days()


def read(path: Path) -> nbformat.NotebookNode:
    """A notebook of the book."""
    return nbformat.reads(path.read_text(encoding="utf-8"), as_version=4)


def formats_of_one_system(notebook: nbformat.NotebookNode) -> list[str]:
    """`%-d` (a day without its zero) is an error on Windows."""
    found = ((number, re.findall(r"%-[a-zA-Z]", cell.source)) for number, cell in enumerate(notebook.cells))
    return [
        f"cell {number}: {signs[0]} is unknown to Windows: use the part, {{date.day}}"
        for number, signs in found
        if signs
    ]


# What every notebook of the book keeps to.
RULES = (
    not_run_in_order,
    unclean_metadata,
    not_one_title,
    long_cells,
    half_folded,
    poor_charts,
    unnamed_figures,
    dates_without_time,
    formats_of_one_system,
    unknown_claims,
    unknown_citations,
)


def all_breaches(notebook: nbformat.NotebookNode) -> list[str]:
    """All rules at once."""
    return [breach for rule in RULES for breach in rule(notebook)]
