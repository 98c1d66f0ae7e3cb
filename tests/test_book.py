"""The built book is whole: every page listed, every link leads somewhere, nothing asks the network."""

from __future__ import annotations

import re
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
import yaml
from conftest import BUILT, ROOT

TOC = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
# What a browser fetches by itself when it opens a page; a plain link it does not.
FETCHED = {
    "script": "src",
    "img": "src",
    "iframe": "src",
    "source": "srcset",
    "embed": "src",
    "object": "data",
    "video": "src",
}


def files(node: dict | list) -> list[str]:
    """The pages named anywhere in the table of contents."""
    if isinstance(node, list):
        return [page for part in node for page in files(part)]
    own = [node[key] for key in ("root", "file") if key in node]
    return own + [page for key in ("parts", "chapters", "sections") for page in files(node.get(key, []))]


PAGES = files(TOC)


class Page(HTMLParser):
    """Collects ids, links and fetched addresses of one page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.links: list[str] = []
        self.fetched: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.ids.update(filter(None, (values.get("id"), values.get("name"))))
        if tag == "a" and values.get("href"):
            self.links.append(values["href"])
        if tag == "link" and "stylesheet" in (values.get("rel") or "") + (values.get("as") or ""):
            self.fetched.append(values.get("href") or "")
        if values.get(FETCHED.get(tag, "")):
            self.fetched.append(values[FETCHED[tag]])


@cache
def parsed(path: Path) -> Page:
    """A built page, read once."""
    return Page(path.read_text(encoding="utf-8"))


def external(address: str) -> bool:
    """Whether an address leads out of the book to another host."""
    return urlsplit(address).scheme in ("http", "https") or address.startswith("//")


def dead_links(built: Path, page: Path) -> list[str]:
    """Links of a page to files or places of the book that are not there."""
    dead = []
    for link in parsed(page).links + parsed(page).fetched:
        parts = urlsplit(link)
        if parts.scheme or link.startswith("//"):
            continue
        target = (page.parent / unquote(parts.path)).resolve() if parts.path else page
        if target.is_dir():
            target /= "index.html"
        if not target.exists():
            dead.append(f"{link} (no such file)")
        elif parts.fragment and target.suffix == ".html" and unquote(parts.fragment) not in parsed(target).ids:
            dead.append(f"{link} (no such place on the page)")
    return dead


def html_of(page: str) -> Path:
    """The built file of a page named in the table of contents."""
    return BUILT / f"{page}.html"


def test_every_chapter_and_exercise_is_in_the_table_of_contents():
    notebooks = [
        *ROOT.glob("chapters/**/*.ipynb"),
        *ROOT.glob("exercises/release/*/*.ipynb"),
        *ROOT.glob("chapters/**/*.md"),
    ]
    there = {
        path.relative_to(ROOT).with_suffix("").as_posix()
        for path in notebooks
        if ".ipynb_checkpoints" not in path.parts
    }
    assert there == set(PAGES)


@pytest.mark.parametrize("page", PAGES)
def test_page_is_built_and_its_links_lead_somewhere(built, page):
    path = html_of(page)
    assert path.exists(), f"{page} is in _toc.yml and was not built"
    assert not (dead := dead_links(built, path)), f"{page}: {dead}"


@pytest.mark.parametrize("page", PAGES)
def test_page_asks_no_other_host(built, page):
    addresses = [address for address in parsed(html_of(page)).fetched if external(address)]
    assert not addresses, f"{page} fetches {addresses}"


def test_scripts_and_styles_name_no_other_host(built):
    # A page's own scripts and styles could still fetch: look for addresses that they load from.
    loads = re.compile(r"""(?:import\s*\(|fetch\s*\(|url\(|src\s*=|importScripts\()\s*["'`]?(https?:)?//[\w.-]+""")
    found = {
        path.name: match[0]
        for path in [*built.rglob("*.css"), *built.glob("_static/*.js")]
        if (match := loads.search(path.read_text(encoding="utf-8", errors="replace")))
    }
    assert not found, found


def test_no_solution_and_no_machine_path_is_published(built):
    # The sources of pages are published too (the download button): none may hold a solution or a path.
    for path in [*built.rglob("*.html"), *built.rglob("*.ipynb"), *built.rglob("_sources/**/*.md")]:
        text = path.read_text(encoding="utf-8")
        assert "BEGIN SOLUTION" not in text and "BEGIN HIDDEN TESTS" not in text, path
        assert str(ROOT) not in text, f"{path} names this machine's folder"
