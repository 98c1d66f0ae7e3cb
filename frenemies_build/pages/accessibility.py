"""Sphinx extension: repairs of the outputs and the text of pages of Jupyter Book 1 for all readers, each with its reason."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Any

from bs4 import BeautifulSoup, Tag
from docutils import nodes
from myst_nb.sphinx_ import HideCodeCellNode, depart_HideCellInput, visit_HideCellInput
from sphinx.application import Sphinx
from sphinx.writers.html5 import HTML5Translator

from frenemies_build.pages import printed_tables

LONG_TEXT = 40  # characters
LONG_LINE = 120  # characters: code prints figures in shorter lines, and sentences in longer ones
_NUMBER = re.compile(r"[-+\u2212]?[\d.,]+(e[-+]?\d+)?%?|NaN|<NA>|None|", re.IGNORECASE)


def repaired_table(html: str, spoken: frozenset[str] = frozenset()) -> str:
    """Return stored HTML with pandas' tables as a browser, a screen reader and a reader need them (see printed_tables.py).

    spoken: names that the page's text sets as code, which stay in the table.

    The empty corner of a header is no header: it becomes a plain cell. `<style scoped>` is not valid and pandas' styles
    (right-aligned text) are the theme's business. Header cells say for what they are headers. Columns of numbers, headers
    too, get the class `number`, and long texts `long`: numbers stand under numbers, words begin at the left, and a
    sentence keeps a readable width on a phone, where the table scrolls.
    """
    soup = BeautifulSoup(html, "html.parser")
    for style in soup.find_all("style", scoped=True):
        style.decompose()
    for table in soup.select("table.dataframe"):
        _mark_cells(table)
        printed_tables.readable(table, spoken)
        _one_level_of_row_headers(table)
        for part, scope in (("thead", "col"), ("tbody", "row")):
            for header in table.select(f"{part} th"):
                if header.get_text(strip=True):
                    header["scope"] = "colgroup" if part == "thead" and header.get("colspan") else scope
                else:
                    header.name, header.attrs = "td", {}
    return str(soup)


def _one_level_of_row_headers(table: Tag) -> None:
    """Of an index of several levels the first heads its rows; two headers in a row would need an address in each cell."""
    rows = [row.find_all("th") for row in table.select("tbody tr")]
    levels = max(map(len, rows), default=0)
    for row in rows:
        for cell in row[1 if len(row) == levels else 0 :]:
            cell.name = "td"


def _mark_cells(table: Tag) -> None:
    """Say which cells are numbers and which are long texts."""
    rows = [row.find_all("td") for row in table.select("tbody tr")]
    heads = [row.find_all(["th", "td"]) for row in table.select("thead tr")]
    for place in range(-1, -1 - min(map(len, rows), default=0), -1):
        if all(_NUMBER.fullmatch(row[place].get_text(strip=True)) for row in rows):
            cells = [row[place] for row in rows]
            cells += [head[place] for head in heads if len(head) >= -place and not head[place].get("colspan")]
            for cell in cells:
                cell["class"] = "number"
    for cell in table.select("tbody td"):
        if len(cell.get_text()) > LONG_TEXT:
            cell["class"] = "long"


def _repair_tables(app: Sphinx, doctree: nodes.document) -> None:
    spoken = frozenset(node.astext() for node in doctree.findall(nodes.literal))
    for node in doctree.findall(nodes.raw):
        if node.get("format") == "html" and "dataframe" in node.astext():
            html = repaired_table(node.astext(), spoken)
            node.clear()
            node += nodes.Text(html)


def _mark_sentences(app: Sphinx, doctree: nodes.document) -> None:
    """Sentences that code prints, such as a table's caveats, are set as text (static/book.css)."""
    for node in doctree.findall(nodes.literal_block):
        if "stream" in node["classes"] and max(map(len, node.astext().splitlines()), default=0) > LONG_LINE:
            node["classes"].append("sentences")


def _visit_hidden_cell(self: HTML5Translator, node: HideCodeCellNode) -> None:
    visit_HideCellInput(self, node)
    # The label hid the visible words "Show code cell source" from those who speak to their computer;
    # a paragraph is not allowed in a summary (myst-nb's style for it is kept in static/access.css).
    start = max(i for i, part in enumerate(self.body) if part.startswith("<summary"))
    self.body[start] = "<summary>\n"
    self.body[start + 1 :] = [
        part.replace("<p ", "<span ").replace("</p>", "</span>") for part in self.body[start + 1 :]
    ]


def _visit_citation(self: HTML5Translator, node: nodes.citation) -> None:
    start = len(self.body)
    HTML5Translator.visit_citation(self, node)
    # A list must hold list items: "doc-biblioentry" is deprecated and not one.
    self.body[start:] = [part.replace('role="doc-biblioentry"', 'role="listitem"') for part in self.body[start:]]


def _visit_entry(self: HTML5Translator, node: nodes.entry) -> None:
    HTML5Translator.visit_entry(self, node)
    if not node.astext().strip() and isinstance(node.parent.parent, nodes.thead):
        # The empty corner of a Markdown table is no header either.
        self.body[-1] = self.body[-1].replace("<th", "<td", 1)
        self.context[-1] = self.context[-1].replace("</th", "</td", 1)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register repaired nodes and what is done to a page's outputs."""
    app.connect("doctree-read", _repair_tables)
    app.connect("doctree-read", _mark_sentences)
    app.add_node(HideCodeCellNode, override=True, html=(_visit_hidden_cell, depart_HideCellInput))
    app.add_node(nodes.entry, override=True, html=(_visit_entry, HTML5Translator.depart_entry))
    app.add_node(nodes.citation, override=True, html=(_visit_citation, HTML5Translator.depart_citation))
    version = hashlib.sha256(Path(__file__).read_bytes() + Path(printed_tables.__file__).read_bytes()).hexdigest()[:12]
    # The repaired tables are kept with the pages read: a change of this code reads them anew.
    return {
        "version": version,
        "env_version": int(version, 16),
        "parallel_read_safe": True,
        "parallel_write_safe": True,
    }
