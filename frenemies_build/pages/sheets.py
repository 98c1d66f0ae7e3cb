"""Sphinx extension: the sheets of the teacher's pages, made for paper (A4 and Letter), without links and menus.

A sheet is cut from the page that describes its lesson, so that it stands in one place (sections by their ids), or made
from tables (`sheets_of_tables`). It is laid out as pages, as four cards a page, as strips to cut, or as a form with room to
write. The layout is print CSS (static/lesson.css).

Role (MyST): {sheet}`words <dossiers>`, a link to a sheet.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.util.docutils import ReferenceRole

from frenemies_build.pages import sheets_of_tables
from frenemies_build.pages.asked_numbers import asked

TEACH = "chapters/teach"
FOLDER = f"{TEACH}/sheets"


class Sheet(NamedTuple):
    """Its title, the page of its lesson, from which it is cut (section ids), and how it is laid out."""

    title: str
    page: str
    sections: tuple[str, ...]
    layout: (
        str  # pages: a section a page; flow: one after another; cards: four a page; strips: a row a strip; form, grid
    )
    part: str = (
        ""  # of a section only this: "table", "table and list", "rubric", or "for students": what stands above it
    )
    made: Callable[[], list[str]] | None = None  # where it is not cut: its articles as HTML


SHEETS = {
    "dossiers": Sheet(
        "Dossiers A and B", "formats", ("dossier-a-partners", "dossier-b-rivals"), "pages", "for students"
    ),
    "six-records": Sheet("Six records of one trade", "formats", ("conflicting-numbers",), "pages", "table"),
    "background": Sheet("Background sheet", "crisis-game", ("background-sheet",), "pages"),
    "role-cards": Sheet("Role cards", "crisis-game", ("ankara", "moscow", "brussels"), "cards"),
    "memo": Sheet("Decision memo", "crisis-game", ("decision-memo",), "form", "table"),
    "injects": Sheet("Injects", "crisis-game", ("the-injects",), "strips", "table"),
    "memo-rubric": Sheet("Rubric for the memo", "crisis-game", ("rubric-for-the-memo",), "pages"),
    "rubrics": Sheet(
        "Rubrics",
        "formats",
        ("structured-controversy", "data-audit", "conflicting-numbers", "argument-map", "hypothesis-matrix"),
        "flow",
        "rubric",
    ),
    "matrix": Sheet("Hypothesis matrix", "formats", ("hypothesis-matrix",), "grid", "table and list"),
    "authors": Sheet("The four authors", "lesson-plans", (), "pages columns", made=sheets_of_tables.authors),
    "court-cards": Sheet("Six verdicts to appeal", "lesson-plans", (), "flow", made=sheets_of_tables.court_cards),
}


class SheetLink(nodes.Inline, nodes.TextElement):
    """A link to a sheet; `sheet` is its name."""


class SheetRole(ReferenceRole):
    """A link to a sheet by its name."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Return the link; an unknown name is an error that lists the known ones."""
        if self.target not in SHEETS:
            message = f"sheet: there is none named {self.target!r}; known: {', '.join(SHEETS)}"
            return [], [self.inliner.reporter.error(message, line=self.lineno)]
        return [SheetLink("", nodes.Text(self.title), sheet=self.target)], []


def cut(doctree: nodes.document, sheet: Sheet) -> list[nodes.Element]:
    """The parts of a page that a sheet shows, one for each of its sections, without links.

    Raises `ExtensionError` that names the page and the section that is gone, or that lacks the part.
    """
    known = {name: section for section in doctree.findall(nodes.section) for name in section["ids"]}
    parts = []
    for name in sheet.sections:
        place = f"{TEACH}/{sheet.page}.md, for the sheet {sheet.title!r}"
        if name not in known:
            raise ExtensionError(f"{place}: no section {name!r}; it has {', '.join(sorted(known))}")
        section = known[name].deepcopy()
        # A heading of the sheet, not of the page: without a number and a link to itself.
        title, *content = section.children
        if sheet.part == "for students":
            content = list(itertools.takewhile(lambda one: not one.astext().startswith("Rubric"), content))
        elif sheet.part:
            content = _rubric(section) if sheet.part == "rubric" else [section.next_node(nodes.table)]
            if sheet.part == "table and list":
                content.append(section.next_node(nodes.bullet_list))
            if not content or None in content:
                raise ExtensionError(f"{place}: section {name!r} has no {sheet.part}")
        parts.append(without_links(nodes.container("", nodes.rubric("", title.astext()), *content)))
    return parts


def _rubric(section: nodes.section) -> list[nodes.Element]:
    """The paragraph that begins with "Rubric", and the table that follows it, if one does."""
    for found in section.findall(nodes.paragraph):
        if found.astext().startswith("Rubric"):
            following = found.next_node(descend=False, siblings=True)
            return [found, following] if isinstance(following, nodes.table) else [found]
    return []


def without_links(part: nodes.Element) -> nodes.Element:
    """The part with the words of its links and asked numbers only: nobody clicks on paper."""
    while link := part.next_node(lambda node: isinstance(node, (nodes.reference, asked))):
        link.replace_self(link.children)
    return part


def _pages(app: Sphinx) -> Iterator[tuple[str, dict[str, Any], str]]:
    if not _makes_pages(app):
        return
    trees: dict[str, nodes.document] = {}
    for name, sheet in SHEETS.items():
        docname = f"{TEACH}/{sheet.page}"
        if docname not in app.env.found_docs:
            continue
        page = f"{FOLDER}/{name}"
        if sheet.made:
            parts = sheet.made()
        else:
            if docname not in trees:
                trees[docname] = app.env.get_and_resolve_doctree(docname, app.builder)
            parts = [app.builder.render_partial(part)["fragment"] for part in cut(trees[docname], sheet)]
        back = app.builder.get_relative_uri(page, docname)
        yield page, {"title": sheet.title, "parts": parts, "layout": sheet.layout, "back": back}, "sheet.html"


def _resolve(app: Sphinx, doctree: nodes.document, page: str) -> None:
    """Lead the links to the sheets; where no such pages are made (EPUB, PDF), leave their words."""
    for link in list(doctree.findall(SheetLink)):
        address = app.builder.get_relative_uri(page, f"{FOLDER}/{link['sheet']}") if _makes_pages(app) else ""
        words = link.children
        link.replace_self(nodes.reference("", "", *words, refuri=address, internal=True) if address else words)


def _makes_pages(app: Sphinx) -> bool:
    return app.builder.name in ("html", "dirhtml")


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the role and the sheets."""
    app.add_node(SheetLink)
    app.add_role("sheet", SheetRole())
    app.connect("doctree-resolved", _resolve)
    app.connect("html-collect-pages", _pages)
    return {"version": "1", "env_version": 1, "parallel_read_safe": True, "parallel_write_safe": True}
