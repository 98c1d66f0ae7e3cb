"""Sphinx extension: the vote questions as pages to project, each with a page of debrief for the teacher.

Both are made from the bank (`exercises/bank/`), the picture from the chart of the chapter. The page to project holds figure,
question and four readings. What would give the answer away stays off it: the chart's title and text alternative, the slips,
the feedback. Neither page is in the menu or in the search.

Roles and directive (MyST):

    {vote}`words <01-trade>`      a link to the page to project; {debrief}`...` to the teacher's
    ```{vote-table}```            all chapters: question, page to project, debrief
"""

from __future__ import annotations

import json
import posixpath
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.util.docutils import ReferenceRole, SphinxDirective

from frenemies_build.course import questions
from frenemies_build.pages import chart_pictures, chart_specs, charts

CHAPTERS, FOLDER = "chapters", "chapters/teach/votes"
FOLD = "<strong>For teachers"  # how the fold at the end of a chapter begins


class VoteLink(nodes.Inline, nodes.TextElement):
    """A link to a page made here; `slug` names the chapter, `page` the kind of page."""


def vote_of(slug: str) -> dict | None:
    """The vote question of a chapter, or None. Raises `BankError` for a bank file that cannot be used."""
    return next((one for one in questions.read_bank(slug).values() if one["use"] == "vote"), None)


def slugs() -> list[str]:
    """The chapters with a vote question, in the book's order."""
    return [path.stem for path in sorted(questions.BANK.glob("*.toml")) if vote_of(path.stem)]


def page_of(slug: str, kind: str) -> str:
    """The name of a made page: `kind` is "vote" or "debrief"."""
    return f"{FOLDER}/{slug}" + ("-debrief" if kind == "debrief" else "")


def _link(words: str, slug: str, kind: str) -> VoteLink:
    return VoteLink("", nodes.Text(words), slug=slug, page=kind)


# In the teacher's pages and the chapters


class VoteRole(ReferenceRole):
    """A link to the vote of a chapter or to its debrief; the role's name says which."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Return the link; a chapter without a vote question is an error that names it."""
        if self.target not in slugs():
            message = f"{self.name}: no vote question for {self.target!r}; the bank has one for {', '.join(slugs())}"
            return [], [self.inliner.reporter.error(message, line=self.lineno)]
        return [_link(self.title, self.target, self.name)], []


class VoteTable(SphinxDirective):
    """All vote questions: the chapter, the question, the page to project, the debrief."""

    has_content = False

    def run(self) -> list[nodes.Node]:
        """Build the table from the bank."""
        self.env.note_dependency(str(questions.BANK))
        group = nodes.tgroup("", *(nodes.colspec(colwidth=width) for width in (24, 50, 13, 13)), cols=4)
        heads = [nodes.Text(word) for word in ("chapter", "question", "project", "afterwards")]
        group += nodes.thead("", _row(heads))
        rows = []
        for slug in slugs():
            self.env.note_dependency(str(questions.BANK / f"{slug}.toml"))
            chapter = VoteLink("", slug=slug, page="chapter")
            asked = nodes.Text(vote_of(slug)["question"])
            rows.append(_row([chapter, asked, _link("vote", slug, "vote"), _link("debrief", slug, "debrief")]))
        group += nodes.tbody("", *rows)
        return [nodes.table("", group)]


def _row(cells: list[nodes.Node]) -> nodes.row:
    return nodes.row("", *(nodes.entry("", nodes.paragraph("", "", cell)) for cell in cells))


def _resolve(app: Sphinx, doctree: nodes.document, page: str) -> None:
    """Lead the links to the made pages; where no such pages are made (EPUB, PDF), leave their words."""
    slug = page.removeprefix(f"{CHAPTERS}/")
    if _makes_pages(app) and slug in slugs():
        for fold in [raw for raw in doctree.findall(nodes.raw) if FOLD in raw.astext()][:1]:
            line = nodes.paragraph("", "", nodes.strong("", "The vote on one page to project: "))
            line += [_link("question and figure", slug, "vote"), nodes.Text("; afterwards the ")]
            line += [_link("debrief", slug, "debrief"), nodes.Text(".")]
            fold.parent.insert(fold.parent.index(fold) + 1, line)
    for link in list(doctree.findall(VoteLink)):
        target = f"{CHAPTERS}/{link['slug']}" if link["page"] == "chapter" else page_of(link["slug"], link["page"])
        words = link.children or [nodes.Text(app.env.titles[target].astext() if target in app.env.titles else target)]
        if link["page"] != "chapter" and not _makes_pages(app):
            link.replace_self(words)
            continue
        address = app.builder.get_relative_uri(page, target)
        link.replace_self(nodes.reference("", "", *words, refuri=address, internal=True))


# The made pages


def chart_of(app: Sphinx, slug: str, name: str) -> charts.chart:
    """The chart of a chapter with this id. Raises `ExtensionError` that names the bank file where there is none."""
    doctree = app.env.get_doctree(f"{CHAPTERS}/{slug}")
    for found in doctree.findall(charts.chart):
        if f"figure-{name}" in found["ids"]:
            return found
    known = ", ".join(one["ids"][0].removeprefix("figure-") for one in doctree.findall(charts.chart))
    raise ExtensionError(f"{slug}.toml: the vote is about figure {name!r}, which the chapter lacks; it has {known}")


def _pages(app: Sphinx) -> Iterator[tuple[str, dict[str, Any], str]]:
    """Make both pages of every chapter that is in the book."""
    if not _makes_pages(app):
        return
    known = [slug for slug in slugs() if f"{CHAPTERS}/{slug}" in app.env.found_docs]
    for slug in known:
        question = vote_of(slug)
        node = chart_of(app, slug, question["figure"])
        spec = json.loads(node["spec"])
        words = chart_specs.caption(spec)
        chapter, picture = f"{CHAPTERS}/{slug}", _pictures(app, slug, spec)
        title = app.env.titles[chapter].astext()
        vote, debrief = page_of(slug, "vote"), page_of(slug, "debrief")
        # A page to project knows nothing that it must not show: the template gets the options' texts only.
        asked = {
            "chapter": title,
            "question": question["question"],
            "minutes": question["minutes"],
            "options": {letter: option["text"] for letter, option in question["options"].items()},
            "subtitle": words.subtitle,
            "source": words.source,
        }
        yield vote, {"title": "Vote", "asked": asked, "picture": _seen_from(app, vote, picture)}, "vote.html"
        yield (
            debrief,
            {
                "title": "Debrief",
                "question": question,
                "chapter": title,
                "words": words,
                "figure_link": app.builder.get_relative_uri(debrief, chapter) + f"#{node['ids'][0]}",
                "vote_link": app.builder.get_relative_uri(debrief, vote),
                "formats_link": app.builder.get_relative_uri(debrief, f"{CHAPTERS}/teach/formats") + "#format-vote",
            },
            "debrief.html",
        )


def _pictures(app: Sphinx, slug: str, spec: chart_specs.Spec) -> dict[str, Any]:
    """Write the picture for both themes and the data; return their files in the images' folder, and the size in px."""
    wide, _, data = app.frenemies_artist.draw(spec)
    folder = Path(app.outdir, app.builder.imagedir)
    folder.mkdir(parents=True, exist_ok=True)
    made: dict[str, Any] = {"width": wide.width, "height": wide.height, "data": []}
    for theme, svg in (("light", wide.svg), ("dark", chart_pictures.dark(wide.svg))):
        made[theme] = f"vote-{slug}-{theme}.svg"
        (folder / made[theme]).write_text(svg, "utf-8", newline="\n")
    order = chart_specs.field_order(wide.spec)
    tables = filter(None, (chart_specs.table(key, values, order) for key, values in data.items()))
    for number, table in enumerate(tables, 1):
        name = f"vote-{slug}-{number}.csv"
        (folder / name).write_text(chart_specs.to_csv(table), "utf-8", newline="\n")
        made["data"].append(name)
    return made


def _seen_from(app: Sphinx, page: str, picture: dict[str, Any]) -> dict[str, Any]:
    up = posixpath.relpath(app.builder.imagedir, posixpath.dirname(app.builder.get_target_uri(page)))
    there = {theme: f"{up}/{picture[theme]}" for theme in ("light", "dark")}
    return {**picture, **there, "data": [f"{up}/{name}" for name in picture["data"]]}


def _makes_pages(app: Sphinx) -> bool:
    return app.builder.name in ("html", "dirhtml")


def setup(app: Sphinx) -> dict[str, Any]:
    """Register roles, directive and the made pages."""
    app.add_node(VoteLink)
    app.add_role("vote", VoteRole())
    app.add_role("debrief", VoteRole())
    app.add_directive("vote-table", VoteTable)
    app.connect("doctree-resolved", _resolve)
    app.connect("html-collect-pages", _pages)
    return {"version": "1", "env_version": 1, "parallel_read_safe": True, "parallel_write_safe": True}
