"""Every notebook of the book keeps to the rules that nbval cannot see (see rules.py)."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
import rules

from frenemies_build.numbers.checking import plain_text
from frenemies_build.numbers.lists import read_list
from frenemies_build.numbers.pages import Page, page_of
from frenemies_build.numbers.scanner import numerals

ROOT = rules.ROOT
CHAPTERS = sorted((ROOT / "chapters").glob("[0-9]*.ipynb"))
MASTERS = sorted((ROOT / "exercises" / "source").glob("*/*.ipynb"))
RELEASED = sorted((ROOT / "exercises" / "release").glob("*/*.ipynb"))
NOTEBOOKS = [ROOT / "chapters" / "index.ipynb", *CHAPTERS, *MASTERS, *RELEASED]
EXCEPTIONS = tomllib.loads((Path(__file__).parent / "prose_numbers.toml").read_text(encoding="utf-8"))
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


@pytest.mark.parametrize(
    "rule",
    [
        rules.not_run_in_order,
        rules.unclean_metadata,
        rules.not_one_title,
        rules.long_cells,
        rules.poor_charts,
        rules.unknown_claims,
        rules.unknown_citations,
    ],
    ids=lambda rule: rule.__name__,
)
def test_notebook_keeps_the_rule(notebook_path, rule):
    check(rule(rules.read(notebook_path)), notebook_path)


def bound_page(path: Path) -> Page | None:
    """The page whose list binds a notebook's numbers, if it has one; a students' edition has its master's."""
    page = page_of(name(path))
    return page if page.list_path.exists() else None


def test_every_number_in_the_prose_is_shown_or_sourced(notebook_path):
    page = bound_page(notebook_path)
    if page and notebook_path in RELEASED:
        # A students' edition leaves parts of its master out; what stays has its binding there.
        listed = iter(text for text, _ in read_list(page).numbers)
        prose = [
            numeral
            for cell in rules.read(notebook_path).cells
            if cell.cell_type == "markdown"
            for numeral in numerals(cell.source)
        ]
        unbound = [numeral.text for numeral in prose if numeral.bindable and plain_text(numeral.text) not in listed]
        check([f"{text} is not bound by {page.list_path.name}, in this order" for text in unbound], notebook_path)
    if page:
        return  # test_numbers.py holds every number against its binding
    exceptions = EXCEPTIONS.get(name(notebook_path), {})
    check(rules.unsupported_numbers(rules.read(notebook_path), exceptions), notebook_path)


def test_no_number_in_the_words_of_a_figure_is_typed(notebook_path):
    # Page by page with the lists: who binds a page's numbers computes those of its figures.
    if bound_page(notebook_path):
        check(rules.typed_numerals(rules.read(notebook_path)), notebook_path)


@pytest.mark.parametrize("path", CHAPTERS, ids=name)
def test_chapter_has_the_bones_and_three_figures(path):
    notebook = rules.read(path)
    prose = rules.markdown(notebook).lower()
    missing = [f"no part named {bone!r}" for bone in BONES if bone not in prose]
    count = len(list(rules.charts(notebook)))
    check(missing + ([f"{count} figures, at least 3"] if count < 3 else []), path)


def test_no_exception_is_out_of_use():
    stale = []
    for path, numbers in EXCEPTIONS.items():
        stated = {text for text, *_ in rules.stated_numbers(rules.read(ROOT / path))}
        stale += [f"{path}: {number!r} no longer stands in the prose" for number in numbers if number not in stated]
    assert not stale, stale


def test_every_work_in_the_bibliography_is_cited():
    pages = [
        *ROOT.glob("chapters/**/*.ipynb"),
        *ROOT.glob("chapters/**/*.md"),
        *ROOT.glob("exercises/source/*/*.ipynb"),
    ]
    text = "\n".join(path.read_text(encoding="utf-8") for path in pages)
    cited = {key.strip() for keys in rules.CITE.findall(text) for key in keys.split(",")}
    assert not (idle := rules.bibliography() - cited), f"in chapters/references.bib and nowhere cited: {sorted(idle)}"
