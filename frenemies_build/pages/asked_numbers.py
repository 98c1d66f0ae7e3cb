"""Sphinx extension: ask any number. A bound number in prose opens a small note that says what it rests on.

The page's list (frenemies_build.numbers) is laid beside its text; what stands in both is marked. A number is a button
that opens a popover: keyboard, Escape and touch work without a script. The script (static/asked.js) makes the marks
of a page one stop of the Tab key, with arrow keys between them, and puts the note beside its number. Where nothing
is bound, in links, headings and formulas, and in every other format than HTML, the number stays plain text.
"""

from __future__ import annotations

import difflib
import hashlib
import re
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

import pandas as pd
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.errors import ExtensionError
from sphinx.writers.html5 import HTML5Translator

import frenemies as fr
from frenemies_build.numbers.bindings import Binding, read_binding
from frenemies_build.numbers.checking import plain_text
from frenemies_build.numbers.comparing import readings
from frenemies_build.numbers.number_lists import NumberList, read_list
from frenemies_build.numbers.pages import NumbersError, Page, cell_ids
from frenemies_build.numbers.scanner import MONTHS, Numeral, numerals
from frenemies_build.numbers.storing import Stored, read_store

STATIC = Path(__file__).parent / "static"
LIVE = ("html", "dirhtml")
SHOWN_SOURCES = 2
_HINT = re.compile(r'<a href="((?:table|claim|cell):[^"]+)">')
# Inside these a number is no prose, or must not become a button.
_NOT_ASKED = (
    nodes.reference,
    nodes.title,
    nodes.literal,
    nodes.literal_block,
    nodes.math,
    nodes.math_block,
    nodes.term,
    nodes.citation,
    nodes.caption,
)


class asked(nodes.Inline, nodes.TextElement):
    """A number in prose that can be asked: `note` is the place of its note on the page."""


def _visit(self: HTML5Translator, node: asked) -> None:
    first = " " if node["first"] else ' tabindex="-1" '
    self.body.append(f'<button type="button" class="asked"{first}popovertarget="number-{node["note"]}">')


def _depart(self: HTML5Translator, node: asked) -> None:
    self.body.append("</button>")


def _page(app: Sphinx, docname: str) -> Page | None:
    """The page of numbers behind a document, if it has a list."""
    root = Path(app.srcdir)
    name = docname.removeprefix("chapters/")
    if match := re.fullmatch(r"exercises/release/([^/]+)/\1", docname):
        name = f"exercises/{match[1]}"  # the master's list holds for the students' edition
    page = Page(name, root)
    return page if page.list_path.is_file() else None


def mark(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Mark the numbers of a page that its list binds."""
    page = _page(app, docname) if app.builder.name in LIVE else None
    if page is None:
        return
    try:
        content, values = read_list(page), read_store(page)
    except NumbersError as error:
        raise ExtensionError(str(error)) from error
    spots = [spot for block in _blocks(doctree) for spot in _spots(block)]
    texts = [plain_text(numeral.text) for _, _, numeral in spots]
    matcher = difflib.SequenceMatcher(None, texts, [text for text, _ in content.numbers], autojunk=False)
    notes: dict[str, int] = {}
    # By place: two texts that say the same, such as a number in two cells of a table, are equal as keys.
    chosen: dict[int, tuple[nodes.Text, list[tuple[int, Numeral, int]]]] = {}
    for a, b, size in matcher.get_matching_blocks():
        for step in range(size):
            text, start, numeral = spots[a + step]
            binding = content.numbers[b + step][1]
            if text is None or not (note := _note(page, docname, numeral, binding, content, values)):
                continue
            marks = chosen.setdefault(id(text), (text, []))[1]
            marks.append((start, numeral, notes.setdefault(note, len(notes) + 1)))
    first = True
    for text, marks in chosen.values():
        first = _wrap(text, marks, first)
    doctree["asked_notes"] = list(notes)
    _name_cells(page, doctree)


def _blocks(doctree: nodes.document) -> list[nodes.Element]:
    """The elements that hold a run of text, in reading order; what code printed is none of them."""

    def printed(node: nodes.Node) -> bool:
        while node.parent is not None:
            if isinstance(node, nodes.container) and node.get("nb_element"):
                return True
            node = node.parent
        return False

    return [node for node in doctree.findall(nodes.TextElement)
            if not isinstance(node.parent, nodes.TextElement) and not isinstance(node, (nodes.raw, nodes.literal_block)) and not printed(node)]  # fmt: skip


def _spots(block: nodes.Element) -> list[tuple[nodes.Text | None, int, Numeral]]:
    """The bindable numerals of a block with the text node that holds each whole (None where it must stay text)."""
    pieces, whole = [], ""
    for text in block.findall(nodes.Text):
        asked_not = _inside(text, block)
        shown = text.astext()
        if isinstance(text.parent, (nodes.literal, nodes.math, nodes.raw)):
            shown = " " * len(shown)
        pieces.append((len(whole), len(whole) + len(shown), None if asked_not else text))
        whole += shown
    found = []
    for numeral in numerals(whole, whole):
        if numeral.bindable:
            start, _, text = next(piece for piece in pieces if piece[0] <= numeral.start < piece[1])
            inside = text is not None and numeral.end <= start + len(text.astext())
            found.append((text if inside else None, numeral.start - start, numeral))
    return found


def _inside(text: nodes.Text, block: nodes.Element) -> bool:
    node = text.parent
    while node is not None:
        if isinstance(node, _NOT_ASKED):
            return True
        if node is block:
            return False
        node = node.parent
    return False


def _wrap(text: nodes.Text, marks: list[tuple[int, Numeral, int]], first: bool) -> bool:
    content, parts, at = text.astext(), [], 0
    for start, numeral, note in marks:
        words = content[start : start + len(numeral.text)]
        parts += [nodes.Text(content[at:start])] if start > at else []
        parts.append(asked("", words, note=note, first=first))
        at, first = start + len(words), False
    parts += [nodes.Text(content[at:])] if at < len(content) else []
    place = next(place for place, one in enumerate(text.parent.children) if one is text)
    text.parent[place : place + 1] = parts
    return first


def _name_cells(page: Page, doctree: nodes.document) -> None:
    """Code cells get the names that notes lead to."""
    if not page.has_kernel:
        return
    ids = cell_ids(page)
    for node in doctree.findall(nodes.container):
        if node.get("nb_element") == "cell_code" and node["cell_index"] < len(ids):
            node["ids"].append(f"cell-{ids[node['cell_index']]}")


# What a note says


def _note(page: Page, docname: str, numeral: Numeral, text: str, content: NumberList, values: dict[str, Stored]) -> str:
    """The note of one number as hints for `_written` (tables and cells become links later); "" for none."""
    binding = read_binding(text)
    match binding.kind:
        case "expression" if text in values:
            return _computed(page, numeral, binding, values[text])
        case "claim":
            return f'<p>As the claim <a href="claim:{binding.subject}">{binding.subject}</a> says it.</p>'
        case "cite":
            return "<p>As the work says that its sentence cites. The book has not computed it.</p>"
        case "year":
            return "<p>The year of the numbers beside it.</p>"
        case "event":
            return f"<p>Not computed. What happened: {escape(binding.subject)}.</p>"
        case "words":
            return f"<p>Not computed: {escape(binding.subject)}.</p>"
    return ""


def _computed(page: Page, numeral: Numeral, binding: Binding, stored: Stored) -> str:
    lines = [
        f"<p><b>{escape(_unrounded(numeral, stored))}</b>, computed as</p>",
        f"<p><code>{escape(binding.subject)}</code></p>",
    ]
    if stored.tables:
        shown = [
            f'<a href="table:{name}">{name}</a>{escape(_sources(name, binding.subject))}' for name in stored.tables[:3]
        ]
        more = f"<br>and {len(stored.tables) - 3} more tables" if len(stored.tables) > 3 else ""
        lines.append(f"<p>From {'<br>'.join(shown)}{more}</p>")
    if stored.cell:
        lines.append(f'<p><a href="cell:{stored.page}:{stored.cell}">The code</a></p>')
    return "".join(lines)


def _unrounded(numeral: Numeral, stored: Stored) -> str:
    """The value in the unit that the prose writes, with up to eight digits."""
    value = stored.value
    if isinstance(value, str):
        year, month, day = (int(part) for part in value.split("-"))
        return f"{day} {MONTHS[month - 1]} {year}"
    if isinstance(value, bool):
        return str(value)
    choices = readings(numeral, value, stored.unit)
    reading = min(choices, key=lambda one: abs(abs(one) - abs(numeral.value)))
    shown = f"{reading:.8g}" if numeral.kind == "year" or abs(reading) >= 1e8 else f"{reading:,.8g}"
    unit = re.sub(r"^[−-]?[\d.,]+[\s\u00a0-]*", "", numeral.text)
    return f"{shown} {unit}".strip().replace("-", "−", 1) if shown.startswith("-") else f"{shown} {unit}".strip()


def _sources(table: str, expression: str) -> str:
    """Who made the figures and where the copy was read: of the source that the expression names, or of few sources.

    Of many the note says only how many: which one a value has, the data dictionary tells, to which its link leads.
    """
    ids = _source_ids(table)
    ids = [ident for ident in ids if f"'{ident}'" in expression] or ids
    if len(ids) > SHOWN_SOURCES:
        return f" ({len(ids)} sources, listed there with where each copy was read)"
    return f": {'; '.join(map(_said, ids))}" if ids else ""


# Remembered during one build: a book has thousands of numbers, and few tables.
@cache
def _source_ids(table: str) -> list[str]:
    frame = fr.load(table)
    return list(dict.fromkeys(frame["source_id"].dropna())) if "source_id" in frame.columns else []


@cache
def _said(ident: str) -> str:
    source = fr.load("sources").set_index("source_id").loc[ident]
    read = f", read {source['date_read']} in {_short(source['read_in'])}" if pd.notna(source["read_in"]) else ""
    return f"{source['organisation']}{read}"


def _forget(app: Sphinx) -> None:
    _source_ids.cache_clear()
    _said.cache_clear()


def _short(text: str, most: int = 60) -> str:
    return text if len(text) <= most else text[:most].rsplit(" ", 1)[0].rstrip(",;") + " …"


def page_notes(app: Sphinx, docname: str, template: str, context: dict, doctree: nodes.document | None) -> None:
    """Put the notes at the end of a page with asked numbers, and give it, and no other, style and script."""
    notes = doctree.get("asked_notes") if doctree is not None else None
    if not notes:
        return
    labels, builder = app.env.domains["std"].anonlabels, app.builder
    claims = app.config["frenemies_claims_page"] if "frenemies_claims_page" in app.config else ""

    def address(match: re.Match) -> str:
        kind, _, target = match[1].partition(":")
        if kind == "table" and f"table-{target}" in labels:
            where, anchor = labels[f"table-{target}"]
            return f'<a href="{builder.get_relative_uri(docname, where)}#{anchor}">'
        if kind == "claim" and claims in app.env.found_docs:
            return f'<a href="{builder.get_relative_uri(docname, claims)}#{target}">'
        if kind == "cell":
            name, _, cell = target.partition(":")
            where = f"chapters/{name}" if not name.startswith("exercises/") else docname
            if where in app.env.found_docs:
                return f'<a href="{builder.get_relative_uri(docname, where) if where != docname else ""}#cell-{cell}">'
        return "<a>"

    body = "".join(
        f'<div popover id="number-{place}" class="asked-note">{_HINT.sub(address, note)}</div>'
        for place, note in enumerate(notes, 1)
    )
    context["body"] += f'<div class="asked-notes">{body}</div>\n'
    app.add_css_file("asked.css")
    app.add_js_file("asked.js", loading_method="defer")


def note_dependencies(app: Sphinx, doctree: nodes.document) -> None:
    """A page is built anew when its list or its values change."""
    if page := _page(app, app.env.docname):
        for path in (page.list_path, page.store_path):
            if path.is_file():
                app.env.note_dependency(str(path))
    app.env.metadata[app.env.docname]["has_numbers"] = str(page is not None)


def newly_bound(app: Sphinx, env: BuildEnvironment, added: set[str], changed: set[str], removed: set[str]) -> list[str]:
    """Pages that have got a list, or lost it, since they were read."""
    return [
        name
        for name, meta in env.metadata.items()
        if meta.get("has_numbers", "False") != str(_page(app, name) is not None)
    ]


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the mark and what happens to pages with a list."""
    app.add_node(asked, html=(_visit, _depart))
    app.connect("config-inited", lambda app, config: config.html_static_path.append(str(STATIC)))
    app.connect("builder-inited", _forget)
    app.connect("doctree-read", note_dependencies)
    app.connect("env-get-outdated", newly_bound)
    app.connect("doctree-resolved", mark)
    app.connect("html-page-context", page_notes)
    version = hashlib.sha256(Path(__file__).read_bytes()).hexdigest()
    app.add_config_value("frenemies_asked_version", version, "html")
    return {"version": version[:12], "env_version": 1, "parallel_read_safe": True, "parallel_write_safe": True}
