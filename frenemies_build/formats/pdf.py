"""The book as PDF, to hand out: `python3 tasks.py pdf` (the whole), or with the names of chapters, one file each.

The whole book has contents with page numbers, links between its pages, and bookmarks. Code is left out, answers to the
questions stand at the end of each chapter.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import sys
from collections import Counter
from html import escape
from pathlib import Path
from typing import NamedTuple

import yaml
from playwright.sync_api import Browser
from pypdf import PdfReader

from frenemies.tables.package import data_dir
from frenemies_build.formats import leaves
from frenemies_build.formats.leaves import MADE, ROOT, FormatError, Leaf
from frenemies_build.formats.printer import chromium, printed

HERE = Path(__file__).parent
STYLES = ("book.css", "charts.css", "claims.css", "dictionary.css")
MARGIN = 20  # mm, on all sides
PX = 96 / 25.4  # a millimetre
_FEW = 3  # chapters that may share a heading of the contents


class Paper(NamedTuple):
    """A sheet, in mm."""

    width: float
    height: float

    @property
    def text(self) -> tuple[int, int]:
        """Width and height of the text in px."""
        return int((self.width - 2 * MARGIN) * PX), int((self.height - 2 * MARGIN) * PX)


PAPERS = {"A4": Paper(210, 297), "Letter": Paper(215.9, 279.4)}


def about() -> dict[str, str]:
    """Title, author, version, licence of the book, and the day on which its data were read last."""
    cff = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    package = json.loads((data_dir() / "datapackage.json").read_text("utf-8"))
    days = [
        one["date_read"] for table in package["resources"] for one in table.get("sources", []) if one.get("date_read")
    ]
    return {
        "title": cff["title"],
        "author": ", ".join(one.get("name") or f"{one['given-names']} {one['family-names']}" for one in cff["authors"]),
        "version": cff["version"],
        "licence": cff["license"],
        "released": str(cff["date-released"]),
        "data": max(days),
        "summary": " ".join(cff.get("abstract", "").split()),
    }


def _style(paper: Paper, running: dict[str, str]) -> str:
    """The rules that depend on the paper; running: the words at the head of a sheet, by the name of its kind."""
    heads = "".join(
        f"@page {name} {{ @top-right {{ content: {json.dumps(words, ensure_ascii=False)}; }} }}\n.{name} {{ page: {name}; }}\n"
        for name, words in running.items()
    )
    size = f"size: {paper.width}mm {paper.height}mm; margin: {MARGIN}mm;"
    return (
        f"@page {{ {size} }}\n@page front {{ @bottom-center {{ content: ''; }} }}\n.cover {{ page: front; }}\n{heads}"
    )


def _document(title: str, body: str, style: str) -> str:
    static = os.path.relpath(leaves.BUILT / "_static", MADE)
    links = "".join(f'<link rel="stylesheet" href="{static}/{name}">\n' for name in STYLES)
    own = (HERE / "print.css").read_text("utf-8")
    return (
        f'<!DOCTYPE html>\n<html lang="en" data-theme="light"><head><meta charset="utf-8"><title>{escape(title)}</title>\n'
        f"{links}<style>{own}\n{style}</style></head><body>{body}</body></html>\n"
    )


def _picture(path: Path) -> str:
    return os.path.relpath(path, MADE).replace(os.sep, "/")


def _unique(leaf: Leaf) -> None:
    """Ids that no other page of the book has."""
    for tag in leaf.body.find_all(id=True):
        tag["id"] = f"{leaf.slug}--{tag['id']}"
    leaf.body["id"] = leaf.slug


def _levels(leaf: Leaf, deeper: int) -> None:
    """Headings keep their look by class and go down by some levels."""
    for level in (4, 3, 2, 1):
        for title in leaf.body.find_all(f"h{level}"):
            title.name, title["class"] = f"h{level + deeper}", f"level-{level}"


def _contents(found: list[Leaf], pages: dict[str, int]) -> str:
    def line(kind: str, target: str, words: str) -> str:
        number = pages.get(target, 0) or "000"
        return f'<p class="{kind}"><a href="#{target}"><span>{escape(words)}</span><b>{number}</b></a></p>'

    lines, part = [], ""
    everywhere = Counter(words for leaf in found for _, words in leaf.sections())
    for leaf in found:
        if leaf.part != part:
            part = leaf.part
            lines.append(f'<p class="toc-part">{escape(part)}</p>')
        lines.append(line("toc-page", leaf.slug, leaf.heading))
        if leaf.number is not None:
            # A heading that most chapters have (what you will learn, key points) tells a reader nothing here.
            own = [(ident, words) for ident, words in leaf.sections() if everywhere[words] <= _FEW]
            lines += [line("toc-section", ident, words) for ident, words in own]
    return f'<nav class="contents"><h1 class="level-1">Contents</h1>{"".join(lines)}</nav>'


def _cover(facts: dict[str, str], chapter: str = "") -> str:
    line = f"Version {facts['version']}, data as of {facts['data']}. Text and figures: {facts['licence'].replace('CC-BY-', 'CC BY ')}."
    if chapter:
        return f'<p class="from">From: <em>{escape(facts["title"])}</em>. {escape(facts["author"])}. {escape(line)}</p>'
    return (
        f'<section class="cover"><p class="cover-title">{escape(facts["title"])}</p><p>{escape(facts["summary"])}</p>'
        f"<p>{escape(facts['author'])}. {escape(line)} Each table: the terms of its source.</p>"
        "<p>This edition is for reading on paper or on a screen without a network. It leaves out the code, the exercises and "
        "the pages for teachers; these are on the book’s site. Pictures that move there stand still here.</p></section>"
    )


def _pages_of(made: bytes) -> dict[str, int]:
    """The number of the page (from 1) on which each place is that a link leads to."""
    reader = PdfReader(io.BytesIO(made))
    return {
        name.removeprefix("/"): reader.get_destination_page_number(place) + 1
        for name, place in reader.named_destinations.items()
    }


def whole(browser: Browser, paper: Paper, chosen: list[leaves.Entry] | None = None) -> bytes:
    """The whole book, or the chosen pages as one book with its own contents and numbers.

    Raises `FormatError` where something does not fit on the paper or the contents would be wrong.
    """
    chosen = leaves.entries() if chosen is None else chosen
    found = leaves.read(chosen, lambda slug, place: f"#{slug}--{place}" if place else f"#{slug}", _picture)
    facts, bodies, part, running = about(), [], "", {}
    for leaf in found:
        _unique(leaf)
        _levels(leaf, deeper=1)
        running[f"sheet-{leaf.slug}"] = leaf.heading
        opener = f'<h1 class="part">{escape(leaf.part)}</h1>' if leaf.part != part else ""
        part = leaf.part
        bodies.append(f'<div class="sheet sheet-{leaf.slug}">{opener}{leaf.body}</div>')
    style, numbers = _style(paper, running), {}
    path = MADE / "book.html"
    for _ in range(3):
        body = _cover(facts) + _contents(found, numbers) + "".join(bodies)
        path.write_text(_document(facts["title"], body, style), "utf-8")
        made = printed(browser, path, *paper.text)
        before, numbers = numbers, _pages_of(made)
        if before == numbers:
            return made
    raise FormatError("the page numbers of the contents do not settle")


def chapter(browser: Browser, entry: leaves.Entry, paper: Paper) -> bytes:
    """One chapter. Raises `FormatError` where something does not fit on the paper."""
    (leaf,) = leaves.read([entry], lambda slug, place: f"#{place}", _picture)
    _levels(leaf, deeper=0)
    path = MADE / f"{leaf.slug}.html"
    body = f'<div class="sheet sheet-{leaf.slug}">{_cover(about(), leaf.title)}{leaf.body}</div>'
    path.write_text(_document(leaf.heading, body, _style(paper, {f"sheet-{leaf.slug}": leaf.heading})), "utf-8")
    return printed(browser, path, *paper.text)


def main(arguments: list[str] | None = None) -> None:
    """Read the command line and write the files."""
    parser = argparse.ArgumentParser(prog="tasks.py pdf", description=__doc__.splitlines()[0])
    parser.add_argument("chapters", nargs="*", help="chapters by name, such as 01-trade: a file each")
    parser.add_argument("--each", action="store_true", help="a file for each chapter")
    parser.add_argument("--paper", choices=PAPERS, default="A4")
    options = parser.parse_args(arguments)
    paper = PAPERS[options.paper]
    MADE.mkdir(parents=True, exist_ok=True)
    try:
        chosen = leaves.chapters(options.chapters) if options.chapters or options.each else []
        with chromium() as browser:
            for entry in chosen:
                _write(MADE / f"{leaves.slug_of(entry.name)}.pdf", chapter(browser, entry, paper))
            if not chosen:
                _write(MADE / "frenemies.pdf", whole(browser, paper))
    except FormatError as error:
        sys.exit(f"error: {error}")


def _write(path: Path, made: bytes) -> None:
    path.write_bytes(made)
    pages = len(PdfReader(io.BytesIO(made)).pages)
    print(f"{path.relative_to(ROOT)}: {pages} pages, {len(made) / 1e6:.1f} MB", flush=True)


if __name__ == "__main__":
    main()
