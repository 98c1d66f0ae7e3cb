"""The frame of the pages: light, valid, in words that a reader knows."""

from __future__ import annotations

import gzip
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from conftest import ROOT, lacking
from fontTools.ttLib import TTFont
from test_book import PAGES, html_of, parsed

from frenemies_build import npm
from frenemies_build.pages import chapter_links, fonts, printed_tables, shell

VNU = "vnu-jar@26.9.27"
VNU_HASH = "22f15dd39a33bed929d2a5c0cddf5946849a647eca9272bf4d5d00bc7e7a4d47"
FIRST_VIEW = 200_000


def pages_of(built: Path) -> list[Path]:
    """Every page of the built book (not the files that the theme or a notebook server brings along)."""
    return [*map(html_of, PAGES), built / "search.html", built / "genindex.html"]


def moved(page: Path) -> int:
    """Bytes that a page's first view moves, compressed: itself, its scripts and its styles."""
    files = {page} | {
        (page.parent / link.split("?")[0]).resolve()
        for link in parsed(page).fetched
        if re.search(r"\.(css|js)\b", link)
    }
    return sum(len(gzip.compress(path.read_bytes())) for path in files)


def test_a_chapter_is_light(built):
    faces = sum(
        (built / "_static" / name).stat().st_size for name in fonts.SHIPPED if (built / "_static" / name).exists()
    )
    heavy = {
        page: size
        for page in PAGES
        if (size := moved(html_of(page)) + faces) > FIRST_VIEW and re.match(r"chapters/\d", page)
    }
    assert not heavy, heavy


def test_only_the_search_page_loads_the_index(built):
    loading = [page.name for page in pages_of(built) if any("searchindex" in link for link in parsed(page).fetched)]
    assert loading == ["search.html"]


@pytest.fixture(scope="module")
def checker() -> list[str]:
    """The command of the HTML checker, from a pinned npm package, checked by hash."""
    java, folder = shutil.which("java"), ROOT / "_build" / ".checkers"
    if not java:
        lacking("the HTML checker needs Java (Debian: apt-get install default-jre-headless)")
    try:
        npm.take(VNU, {"vnu.jar": ("build/dist/vnu.jar", VNU_HASH)}, folder)
    except (OSError, ValueError) as error:
        lacking(f"the HTML checker: {error}")
    return [java, "-Xss4m", "-jar", str(folder / "vnu.jar"), "--errors-only", "--format", "gnu"]


def test_the_html_checker_finds_no_error(built, checker):
    got = subprocess.run([*checker, *map(str, pages_of(built))], capture_output=True, text=True, timeout=900)
    errors = [line for line in got.stderr.splitlines() if " error: " in line]
    assert not errors, "\n".join(errors[:40])
    assert got.returncode == 0, got.stderr[-400:]


def test_the_html_checker_bites(checker, tmp_path):
    page = tmp_path / "page.html"
    page.write_text(
        '<!DOCTYPE html><html lang="en"><head><title>x</title></head><body><p id="a"><p id="a"></body></html>', "utf-8"
    )
    assert "Duplicate ID" in subprocess.run([*checker, str(page)], capture_output=True, text=True).stderr


def test_two_processes_may_want_the_same_file_at_once(tmp_path):
    if not shutil.which("npm"):
        lacking("the typeface needs npm (Debian: apt-get install npm)")
    files = {fonts.WHOLE: (f"files/{fonts.WHOLE}", fonts.FACES[fonts.WHOLE])}
    wanted = f"import pathlib; from frenemies_build import npm; npm.take({fonts.PACKAGE!r}, {files!r}, pathlib.Path({str(tmp_path)!r}))"
    both = [subprocess.Popen([sys.executable, "-c", wanted], cwd=ROOT, stderr=subprocess.PIPE) for _ in range(2)]
    assert [(process.communicate()[1], process.returncode) for process in both] == [(b"", 0)] * 2
    assert [path.name for path in tmp_path.iterdir()] == [fonts.WHOLE]


def test_a_face_with_another_hash_is_refused(tmp_path, monkeypatch):
    name = next(iter(fonts.FACES))
    cache, static = tmp_path / "cache", tmp_path / "static"
    cache.mkdir()
    (cache / name).write_bytes(b"another file")
    monkeypatch.setenv("PATH", str(tmp_path))  # no npm, which could bring the right one
    assert fonts.install(cache, static) == []
    assert not list(static.glob("*.woff2"))


def test_the_cut_face_has_the_letters_of_turkish_and_neither_name_nor_more(built):
    path = built / "_static" / fonts.CUT
    if not path.exists():
        pytest.skip("built without npm: the pages use the reader's own faces")
    face = TTFont(path)
    held = set(face.getBestCmap())
    assert {ord(letter) for letter in "ğĞİşŞčžł"} <= held <= set(fonts.LETTERS) | {0x20, 0xA0}
    names = {record.nameID: str(record) for record in face["name"].names}
    assert "Adobe" in names[0] and not {1, 4, 6, 16} & set(names)


def frame(html: str, spoken: frozenset[str] = frozenset()) -> list[list[str]]:
    """The cells of a pandas table after the repair."""
    table = BeautifulSoup(f'<table class="dataframe">{html}</table>', "html.parser").table
    printed_tables.readable(table, spoken)
    return [[cell.get_text() for cell in row.find_all(["th", "td"])] for row in table.find_all("tr")]


HEAD = "<thead><tr><th></th><th>reporter_iso3</th><th>value_musd</th><th>year</th></tr></thead>"
BODY = "<tbody><tr><th>72</th><td>RUS</td><td>19286.9</td><td>2015</td></tr><tr><th>73</th><td>TUR</td><td>NaN</td><td>2016</td></tr></tbody>"


def test_a_table_loses_row_numbers_and_gains_words():
    assert frame(HEAD + BODY) == [
        ["reporter", "value, million US dollars", "year"],
        ["Russia", "19,286.9", "2015"],
        ["Turkey", "\u2013", "2016"],
    ]


def test_a_day_is_not_broken_at_its_hyphens():
    page = BeautifulSoup("<table><tr><th>2015-11-24</th><td>1992-93</td><td>S-400</td></tr></table>", "html.parser")
    printed_tables.readable(page.table)
    assert [cell.get("class") for cell in page.find_all(["th", "td"])] == ["day", "day", None]


def test_what_the_text_names_as_code_stays():
    assert frame(HEAD + BODY, frozenset({"value_musd"}))[0][1] == "value_musd"


def test_years_as_row_names_stay_and_two_headers_become_one():
    head = "<thead><tr><th></th><th>sold</th></tr><tr><th>year</th><th></th></tr></thead>"
    assert frame(head + "<tbody><tr><th>2015</th><td>-1200.5</td></tr></tbody>") == [
        ["year", "sold"],
        ["2015", "\u22121,200.5"],
    ]
    assert (
        frame("<thead><tr><th></th><th>sold</th></tr></thead><tbody><tr><th>2015</th><td>1</td></tr></tbody>")[1][0]
        == "2015"
    )


@pytest.mark.parametrize(
    ("number", "shown"), [("1234567", "1,234,567"), ("-18.10", "\u221218.10"), ("0123", "0123"), ("0.5", "0.5")]
)
def test_numbers_keep_their_digits(number, shown):
    assert printed_tables.separated(number) == shown


def test_a_run_of_cells_folds_behind_its_first_line(built):
    page = BeautifulSoup(html_of("chapters/01-trade").read_text("utf-8"), "html.parser")
    first = page.select_one(".cell")
    assert first.summary.get_text().startswith("Code: loads") and first.find_next_sibling()["class"][-3] == "joined"
    assert not [cell for cell in page.select(".cell_input") if not cell.find_parent("details")]


def test_chapters_carry_their_numbers(built):
    page = BeautifulSoup(html_of("chapters/05-who-needs-whom").read_text("utf-8"), "html.parser")
    assert page.h1.get_text().startswith("5 ") and page.title.get_text().startswith("5. ")
    assert page.select_one("#menu [aria-current=page] .nr").get_text() == "5"
    assert [link.get_text(" ", strip=True)[:13] for link in page.select(".prev-next a")] == [
        "Previous 4 Sa",
        "Next 6 The lo",
    ]


def test_the_citation_is_made_from_its_file():
    cff = {"authors": [{"name": "A"}], "title": "T", "version": "1", "license": "L", "url": "https://example.org"}
    made = shell.citation(cff, "2026")
    assert made["text"] == "A (2026). T. Version 1. L. https://example.org"
    assert "author = {{A}}" in made["bibtex"] and "url = {https://example.org}" in made["bibtex"]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("chapter 4 looks for causes", [4]),
        ("Chapters 6 and 9, and 3 more", [6, 9]),
        ("in chapter 08 nuts, and machinery (chapter 84)", [84]),
        ("between 3 and 5", []),
    ],
)
def test_chapters_named_in_the_text_are_found(text, numbers):
    assert [number for _, _, number in chapter_links.mentions(text)] == numbers
