"""Every notebook of the book keeps to the rules that nbval cannot see (see rules.py)."""

from __future__ import annotations

from pathlib import Path

import pytest
import rules

from frenemies_build.numbers.checking import plain_text
from frenemies_build.numbers.number_lists import read_list
from frenemies_build.numbers.pages import page_of
from frenemies_build.numbers.scanner import numerals

ROOT = rules.ROOT
CHAPTERS = sorted((ROOT / "chapters").glob("[0-9]*.ipynb"))
MASTERS = sorted((ROOT / "exercises" / "source").glob("*/*.ipynb"))
RELEASED = sorted((ROOT / "exercises" / "release").glob("*/*.ipynb"))
NOTEBOOKS = [ROOT / "chapters" / "index.ipynb", *CHAPTERS, *MASTERS, *RELEASED]
BONES = ("objectives", "competing readings", "check yourself", "key points", "exercises", "further reading")


def name(path: Path) -> str:
    """A notebook's path inside the project, as the test's name."""
    return path.relative_to(ROOT).as_posix()


@pytest.fixture(params=NOTEBOOKS, ids=name)
def notebook_path(request: pytest.FixtureRequest) -> Path:
    return request.param


def check(breaches: list[str], path: Path) -> None:
    """Fail with all breaches at once, each on its line."""
    assert not breaches, f"{name(path)}:\n  " + "\n  ".join(breaches)


@pytest.mark.parametrize("rule", rules.RULES, ids=lambda rule: rule.__name__)
def test_notebook_keeps_the_rule(notebook_path, rule):
    check(rule(rules.read(notebook_path)), notebook_path)


@pytest.mark.parametrize("path", RELEASED, ids=name)
def test_every_number_of_a_students_edition_is_bound(path):
    """A students' edition leaves parts of its master out; what stays has its binding there, in this order."""
    page = page_of(name(path))
    listed = iter([text for text, _ in read_list(page).numbers] if page.list_path.exists() else [])
    prose = [
        numeral for cell in rules.read(path).cells if cell.cell_type == "markdown" for numeral in numerals(cell.source)
    ]
    unbound = [numeral.text for numeral in prose if numeral.bindable and plain_text(numeral.text) not in listed]
    check([f"{text} is not bound by {page.list_path.name}, in this order" for text in unbound], path)


def test_no_number_in_the_words_of_a_figure_is_typed(notebook_path):
    check(rules.typed_numerals(rules.read(notebook_path)), notebook_path)


@pytest.mark.parametrize("path", CHAPTERS, ids=name)
def test_chapter_has_the_bones_and_three_figures(path):
    notebook = rules.read(path)
    prose = rules.markdown(notebook).lower()
    missing = [f"no part named {bone!r}" for bone in BONES if bone not in prose]
    count = len(list(rules.charts(notebook)))
    check(missing + ([f"{count} figures, at least 3"] if count < 3 else []), path)


def test_every_work_in_the_bibliography_is_cited():
    pages = [
        *ROOT.glob("chapters/**/*.ipynb"),
        *ROOT.glob("chapters/**/*.md"),
        *ROOT.glob("exercises/source/*/*.ipynb"),
    ]
    text = "\n".join(path.read_text(encoding="utf-8") for path in pages)
    cited = {key.strip() for keys in rules.CITE.findall(text) for key in keys.split(",")}
    assert not (idle := rules.bibliography() - cited), f"in chapters/references.bib and nowhere cited: {sorted(idle)}"
