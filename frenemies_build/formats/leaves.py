"""A built page as other formats need it: words, pictures and tables, without scripts, code and buttons.

Folds are opened. The answers to a chapter's questions go to its end. What is only of use on the screen, and what is for
teachers, stays on the site. Links lead to what the format holds; all others inside the book become plain words.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

import yaml
from bs4 import BeautifulSoup, Tag

from frenemies_build.pages.shell import chapter_number

ROOT = Path(__file__).resolve().parents[2]
BUILT = ROOT / "_build" / "html"
MADE = ROOT / "_build" / "formats"
# The part of the book that lives on the screen and in the classroom.
LEFT_OUT_PART = "Practise and teach"
SCREEN_ONLY = (
    "script, noscript, .page-line, .code-switch, .headerlink, .live-bar, .code-fold, .cell_input, .asked-notes, "
    ".chart-links, .chart-data, .only-dark, source, .doors, #three-ways-in, .toctree-wrapper, .highlight-python, "
    ".data-facts a[download], .data-scroll[aria-label^='First '], dialog, .pst-js-only"
)
SHORT = 16  # rows of a table that stays on one sheet
_HEAVY = re.compile(r'(?<=<div class="highlight-python notranslate">)<div class="highlight"><pre>.*?</pre>', re.DOTALL)
_OPTION = re.compile(r"([A-Z]\d*)\. ")
_TEACHERS, _CODE = "For teachers", "The code that"


class FormatError(Exception):
    """A format cannot be made; the message says why and what to do."""


class Entry(NamedTuple):
    """A page of the book: its name in _toc.yml, and the caption of its part ("" for the first page)."""

    name: str
    part: str


class Leaf(NamedTuple):
    """A page made ready: `slug` is its name in the format, `body` its content with the title as h1."""

    name: str
    slug: str
    part: str
    title: str
    number: int | None
    body: Tag

    @property
    def heading(self) -> str:
        """The title with the chapter's number before it."""
        return self.title if self.number is None else f"{self.number} {self.title}"

    def sections(self) -> list[tuple[str, str]]:
        """Id and title of each section right below the page's title."""
        titles = self.body.select(".leaf > section > section > :is(h2, h3)")
        return [(title.parent["id"], " ".join(title.get_text().split())) for title in titles]


def entries(root: Path = ROOT) -> list[Entry]:
    """The pages that other formats hold, in the order of _toc.yml."""
    contents = yaml.safe_load((root / "_toc.yml").read_text("utf-8"))
    found = [Entry(contents["root"], "")]
    for part in contents["parts"]:
        if part["caption"] != LEFT_OUT_PART:
            found += [Entry(name, part["caption"]) for name in _names(part["chapters"])]
    return found


def _names(pages: list[dict]) -> Iterator[str]:
    for page in pages:
        yield page["file"]
        yield from _names(page.get("sections", []))


def chapters(names: list[str]) -> list[Entry]:
    """The chapters with these names ("01-trade"), or all. Raises `FormatError` for one that is not in the book."""
    known = {posixpath.basename(one.name): one for one in entries() if chapter_number(one.name) is not None}
    for name in names:
        if name not in known:
            raise FormatError(f"there is no chapter {name!r}; the book has {', '.join(known)}")
    return [known[name] for name in names] if names else list(known.values())


def slug_of(name: str) -> str:
    """The name of a page in a format: the last part of its name in the book."""
    return posixpath.basename(name)


def read(
    chosen: list[Entry], address: Callable[[str, str], str], picture: Callable[[Path], str], built: Path = BUILT
) -> list[Leaf]:
    """Make pages ready.

    address: from a page's slug and an id on it (or "") to what a link there says.
    picture: from a picture's file to what an image says.
    built: the folder of the built book.
    Raises `FormatError` where the book is not built.
    """
    slugs = {one.name: slug_of(one.name) for one in chosen}
    leaves = [_leaf(built, one, slugs, whole=len(chosen) > 1) for one in chosen]
    places = {leaf.slug: {tag["id"] for tag in leaf.body.find_all(id=True)} for leaf in leaves}
    for leaf in leaves:
        for link in leaf.body.find_all("a"):
            _lead(link, leaf, slugs, places, address)
        for image in leaf.body.find_all("img"):
            image["src"] = picture((built / leaf.name).parent.joinpath(image["src"]).resolve())
    return leaves


def _leaf(built: Path, entry: Entry, slugs: dict[str, str], whole: bool) -> Leaf:
    path = built / f"{entry.name}.html"
    if not path.is_file():
        raise FormatError("the book is not built: python3 tasks.py book")
    # Without the code and the data of charts the page is read in a fraction of the time.
    html = _HEAVY.sub("<div>", path.read_text("utf-8"))
    body = BeautifulSoup(html, "html.parser").select_one(".bd-article")
    body["class"] = "leaf"
    for tag in body.select(SCREEN_ONLY):
        tag.decompose()
    for tag in body.select("button.asked, picture, .number-mark"):
        tag.unwrap()
    for image in body.find_all("img"):
        # Every picture is on the page at once: nothing waits for a reader who scrolls.
        for name in ("loading", "decoding", "class"):
            image.attrs.pop(name, None)
    if whole:
        _short_cards(body)
    _open_folds(body)
    for tag in body.find_all(True):
        for name in [
            name for name in tag.attrs if name.startswith(("data-", "popover")) or name in ("tabindex", "role")
        ]:
            if name not in ("data-verdict", "data-outcome"):
                del tag[name]
        if tag.has_attr("aria-label") and tag.name in ("div", "article"):
            del tag["aria-label"]
    for table in body.find_all("table"):
        if len(table.find_all("tr")) <= SHORT:
            table["class"] = [*table.get("class", []), "short"]
    for cell in body.select(".cell, .cell_output, .output, .pst-scrollable-table-container, .data-scroll"):
        if not cell.get_text(strip=True) and not cell.find("img"):
            cell.decompose()
    title = body.find("h1")
    mark = title.select_one(".nr")
    if mark:
        mark.extract()
    words = " ".join(title.get_text().split())
    if mark:
        title.insert(0, mark)
    return Leaf(entry.name, slugs[entry.name], entry.part, words, chapter_number(entry.name), body)


def _short_cards(body: Tag) -> None:
    """A claim's card in the whole book: its parts stand once, on the page that shows how each claim was tried."""
    for fold in body.select("details.claim-parts"):
        way = fold.select_one('a[href*="#working-"]')
        if way:
            fold.replace_with(way.parent.extract())


def _open_folds(body: Tag) -> None:
    soup = BeautifulSoup("", "html.parser")
    answers: list[Tag] = []
    asked = None
    for fold in body.find_all("details"):
        words = fold.summary.get_text(" ", strip=True)
        if words.startswith((_TEACHERS, _CODE)):
            fold.decompose()
            continue
        line = soup.new_tag("p")
        line["class"] = "option" if _OPTION.match(words) else "fold-title"
        for child in list(fold.summary.contents):
            line.append(child.extract())
        fold.summary.decompose()
        if line["class"] == "option":
            question = fold.find_previous_sibling(["p", "h2", "h3"])
            while question is not None and question.get("class") == "option":
                question = question.find_previous_sibling(["p", "h2", "h3"])
            if question is not asked and question is not None:
                asked = question
                answers.append(_line(soup, "answered", question.get_text(" ", strip=True)))
            answers.append(_answer(soup, _OPTION.match(words)[1], fold))
            fold.replace_with(line)
        else:
            fold.name, fold.attrs = "div", {"class": [*fold.get("class", []), "fold"]}
            fold.insert(0, line)
    if answers:
        section = soup.new_tag("section", id="answers")
        section.append(_line(soup, "", "Answers", name="h2"))
        section.extend(answers)
        body.find("section").append(section)


def _line(soup: BeautifulSoup, kind: str, words: str, name: str = "p") -> Tag:
    line = soup.new_tag(name)
    if kind:
        line["class"] = kind
    line.string = words
    return line


def _answer(soup: BeautifulSoup, letter: str, fold: Tag) -> Tag:
    answer = soup.new_tag("div")
    answer["class"] = "answer"
    for child in list(fold.contents):
        answer.append(child.extract())
    mark = soup.new_tag("strong")
    mark.string = f"{letter}. "
    first = answer.find("p")
    (first or answer).insert(0, mark)
    return answer


def _lead(link: Tag, leaf: Leaf, slugs: dict[str, str], places: dict[str, set], address: Callable) -> None:
    parts = urlsplit(link.get("href", ""))
    if parts.scheme in ("http", "https", "mailto"):
        return
    name = leaf.name
    if parts.path:
        name = posixpath.normpath(posixpath.join(posixpath.dirname(leaf.name), unquote(parts.path))).removesuffix(
            ".html"
        )
    place = unquote(parts.fragment)
    if name not in slugs or link.has_attr("download") or not link.get("href"):
        link.unwrap()
        return
    link.attrs = {"href": address(slugs[name], place if place in places[slugs[name]] else "")}
