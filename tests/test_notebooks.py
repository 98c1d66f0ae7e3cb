"""Every notebook of the book keeps to the rules that nbval cannot see (see rules.py)."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
import rules

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


def test_every_number_in_the_prose_is_shown_or_sourced(notebook_path):
    exceptions = EXCEPTIONS.get(name(notebook_path), {})
    check(rules.unsupported_numbers(rules.read(notebook_path), exceptions), notebook_path)


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
    pages = [*ROOT.glob("chapters/**/*.ipynb"), *ROOT.glob("chapters/**/*.md"), *ROOT.glob("exercises/source/*/*.ipynb")]
    text = "\n".join(path.read_text(encoding="utf-8") for path in pages)
    cited = {key.strip() for keys in rules.CITE.findall(text) for key in keys.split(",")}
    assert not (idle := rules.bibliography() - cited), f"in chapters/references.bib and nowhere cited: {sorted(idle)}"
