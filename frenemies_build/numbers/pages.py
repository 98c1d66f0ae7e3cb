"""The pages that hold prose with numbers: their files, their list of bindings, and their prose in passages.

A page's name is its path without ending: "01-trade", "back/methods", "teach/formats" in `chapters/`,
"exercises/01-trade" for the master of an exercise and "bank/01-trade" for its questions.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

from frenemies_build.notebooks import read_notebook, write_notebook
from frenemies_build.numbers.scanner import Numeral, numerals

ROOT = Path(__file__).resolve().parents[2]
# Strings of the bank that are prose; the others are ids and letters.
_BANK_PROSE = re.compile(r'^(?:question|text|reading|feedback|debrief) = "((?:[^"\\]|\\.)*)"$', re.MULTILINE)


class NumbersError(Exception):
    """A page, a list or a notebook that cannot be used; the message names it and the remedy."""


@dataclass(frozen=True)
class Passage:
    """A piece of prose: `place` names it in messages ("cell 7", "line 12"), `key` finds it in its file."""

    place: str
    key: int
    text: str


@dataclass(frozen=True)
class Page:
    """A page by name, in the project at `root`."""

    name: str
    root: Path = ROOT

    @property
    def source(self) -> Path:
        """The file with its prose. Raises NumbersError if there is none."""
        kind, _, rest = self.name.partition("/")
        if kind == "exercises" and rest:
            places = [self.root / "exercises" / "source" / rest / f"{rest}.ipynb"]
        elif kind == "bank" and rest:
            places = [self.root / "exercises" / "bank" / f"{rest}.toml"]
        else:
            places = [self.root / "chapters" / f"{self.name}{ending}" for ending in (".ipynb", ".md")]
        for path in places:
            if path.is_file():
                return path
        tried = " or ".join(path.relative_to(self.root).as_posix() for path in places)
        raise NumbersError(f"there is no page {self.name!r}: no file {tried}")

    @property
    def list_path(self) -> Path:
        """Its list of bindings, whether it exists or not."""
        return self.root / "chapters" / "numbers" / f"{self.name}.toml"

    @property
    def store_path(self) -> Path:
        """Its stored values, whether they exist or not."""
        return self.list_path.with_suffix(".json")

    @property
    def has_kernel(self) -> bool:
        """Whether it is a notebook."""
        return self.source.suffix == ".ipynb"

    def passages(self) -> list[Passage]:
        """Its prose in reading order; the text is that of the file, so that places in it can be rewritten."""
        path = self.source
        if path.suffix == ".ipynb":
            cells = read_notebook(path).cells
            return [
                Passage(f"cell {n}", n, cell.source) for n, cell in enumerate(cells, 1) if cell.cell_type == "markdown"
            ]
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".toml":
            return [
                Passage(f"line {text.count(chr(10), 0, match.start()) + 1}", match.start(1), match[1])
                for match in _BANK_PROSE.finditer(text)
            ]
        return [Passage("", 0, text)]

    def numerals(self) -> list[tuple[Passage, Numeral]]:
        """All numerals of its prose, in reading order, each with its passage."""
        return [(passage, numeral) for passage in self.passages() for numeral in numerals(passage.text)]

    def rewrite(self, changes: list[tuple[Passage, Numeral, str]]) -> None:
        """Put new texts in the places of numerals."""
        path = self.source
        by_passage: dict[int, list[tuple[int, int, str]]] = {}
        for passage, numeral, new in changes:
            by_passage.setdefault(passage.key, []).append((numeral.start, numeral.end, new))

        def edited(text: str, edits: list[tuple[int, int, str]], offset: int = 0) -> str:
            for start, end, new in sorted(edits, reverse=True):
                text = text[: offset + start] + new + text[offset + end :]
            return text

        if path.suffix == ".ipynb":
            notebook = read_notebook(path)
            for number, edits in by_passage.items():
                notebook.cells[number - 1].source = edited(notebook.cells[number - 1].source, edits)
            write_notebook(notebook, path)
            return
        text = path.read_text(encoding="utf-8")
        for start in sorted(by_passage, reverse=True):
            text = edited(text, by_passage[start], start)
        path.write_text(text, encoding="utf-8", newline="\n")


def bound_pages(root: Path = ROOT) -> list[Page]:
    """All pages with a list, by name. Raises NumbersError for a list without its page."""
    folder = root / "chapters" / "numbers"
    pages = [Page(path.relative_to(folder).with_suffix("").as_posix(), root) for path in sorted(folder.rglob("*.toml"))]
    for page in pages:
        page.source  # noqa: B018 - raises where a list has lost its page
    return pages


def all_pages(root: Path = ROOT) -> list[Page]:
    """All pages whose prose could be bound, by name."""
    chapters = root / "chapters"
    names = {
        path.relative_to(chapters).with_suffix("").as_posix()
        for ending in ("ipynb", "md")
        for path in chapters.rglob(f"*.{ending}")
    }
    names = {name for name in names if ".ipynb_checkpoints" not in name}
    names |= {f"exercises/{path.stem}" for path in (root / "exercises" / "source").glob("*/*.ipynb")}
    names |= {f"bank/{path.stem}" for path in (root / "exercises" / "bank").glob("*.toml")}
    return [Page(name, root) for name in sorted(names)]


def page_of(name: str, root: Path = ROOT) -> Page:
    """The page that a person means by a name or a path, for instance "01-trade" or "chapters/01-trade.ipynb".

    Raises NumbersError if there is none, with the nearest names.
    """
    import difflib

    known = {page.name: page for page in all_pages(root)}
    plain = re.sub(r"^chapters/|\.(ipynb|md|toml|json)$", "", name.replace("\\", "/"))
    plain = re.sub(r"^numbers/", "", plain)
    plain = re.sub(
        r"^exercises/(?:source|release)/([^/]+)/[^/]+$", r"exercises/\1", re.sub(r"^exercises/bank/", "bank/", plain)
    )
    if plain in known:
        return known[plain]
    near = difflib.get_close_matches(plain, known, n=3, cutoff=0.4)
    raise NumbersError(f"there is no page {name!r}" + (f"; did you mean {' or '.join(near)}?" if near else ""))


def cell_ids(page: Page) -> list[str]:
    """The ids of a notebook's cells, in order."""
    return [cell.get("id", "") for cell in json.loads(page.source.read_text(encoding="utf-8"))["cells"]]
