"""What the book does to Jupyter Book's pages: no thebe, repaired tables, a search that folds accents."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pandas as pd
import pytest
from bs4 import BeautifulSoup
from docutils import nodes
from rules import ROOT
from sphinx.builders.html._assets import _CascadingStyleSheet, _JavaScript

from frenemies_build.pages import accessibility, offline, search


@pytest.mark.parametrize(
    ("word", "plain"),
    [("Türkiye", "turkiye"), ("TÜRKİYE", "turkiye"), ("Erdoğan", "erdogan"), ("Iğdır", "igdir")],
)
def test_words_lose_their_accents(word: str, plain: str) -> None:
    assert search.fold(word) == plain


def test_both_spellings_have_one_stem_and_english_keeps_its_own() -> None:
    language = search.FoldingEnglish({})
    assert language.stem("Türkiye") == language.stem("turkiye")
    assert language.stem("exports") == language.stem("export") == "export"


def test_pandas_tables_are_repaired() -> None:
    html = pd.DataFrame({"flow": ["export"], "value": [1.5]}).to_html()
    html = "<style scoped>\n    .dataframe tbody tr th {\n vertical-align: top;\n }\n</style>\n" + html
    repaired = accessibility.repaired_table(html)
    assert "<style" not in repaired and "<th></th>" not in repaired
    assert '<th scope="col">flow</th>' in repaired and '<th scope="row">0</th>' not in repaired
    assert "<td>export</td>" in repaired


def test_columns_of_numbers_and_long_texts_are_marked() -> None:
    table = pd.DataFrame({"flow": ["export", "import"], "value": [1.5, None], "year": ["2015", "around 2016"]})
    marked = accessibility.repaired_table(table.to_html())
    assert '<td class="number">1.5</td>' in marked and '<td class="number">\u2013</td>' in marked
    assert '<th class="number" scope="col">value</th>' in marked
    sentence = accessibility.repaired_table(pd.DataFrame({"event": ["word " * 20]}).to_html())
    assert '<td class="long">' in sentence and 'class="long"' not in marked
    for cell in ('<th scope="col">flow</th>', '<th scope="col">year</th>', "<td>2015</td>", "<td>export</td>"):
        assert cell in marked


def test_thebe_leaves_and_the_rest_stays() -> None:
    context = {
        "script_files": [
            _JavaScript("_static/sphinx-thebe.js"),
            _JavaScript("", body='const THEBE_JS_URL = "https://unpkg.com/thebe"'),
            _JavaScript("_static/charts.js"),
            _JavaScript("", body="let toggleHintShow = 'Click';"),
        ],
        "css_files": [_CascadingStyleSheet("_static/sphinx-thebe.css"), "_static/pygments.css"],
    }
    offline._drop_thebe_files(None, "page", "page.html", context, None)
    kept = [one.filename or one.attributes["body"] for one in context["script_files"]]
    assert kept == ["_static/charts.js", "let toggleHintShow = 'Click';"]
    assert context["css_files"] == ["_static/pygments.css"]


def test_a_built_page_has_one_search_box_and_asks_nobody(built: Path) -> None:
    for page in [built / "index.html", *sorted((built / "chapters").glob("*.html"))]:
        html = page.read_text("utf-8")
        assert "thebe" not in html.lower(), page.name
        assert html.count("search-button-field") <= 1, page.name
        assert 'aria-label="Toggle hidden content"' not in html, page.name
        assert not re.search(r"<th[^>]*>(<p></p>)?</th>", html), page.name


def test_the_built_search_folds_like_its_index(built: Path) -> None:
    assert "fold(word)" in (built / "_static" / "language_data.js").read_text("utf-8")
    text = (built / "searchindex.js").read_text("utf-8")
    terms = json.loads(text.removeprefix("Search.setIndex(").removesuffix(")"))["terms"]
    assert len(terms) > 1000
    assert [term for term in terms if term.lower() != search.fold(term)] == []


def test_raw_html_without_a_table_is_left_alone() -> None:
    document = nodes.Element()
    document += nodes.raw("", "<th></th>", format="html")
    accessibility._repair_tables(None, document)
    assert document.astext() == "<th></th>"


TIME = re.compile(r"\*\*Time:\*\* (?:about )?(\d+) minutes to read, (\d+)")


def times_of_chapters() -> dict[str, tuple[str, str]]:
    """Minutes to read and for the exercise that the box of each chapter names, by its file's name."""
    chapters = sorted((ROOT / "chapters").glob("[0-9][0-9]-*.ipynb"))
    return {path.name: TIME.search(path.read_text("utf-8")).groups() for path in chapters}


def test_front_page_says_how_many_chapters_there_are_and_how_long_they_take() -> None:
    minutes = [int(read) for read, _ in times_of_chapters().values()]
    words = {15: "fifteen", 16: "sixteen", 17: "seventeen", 18: "eighteen"}[len(minutes) - 1]
    said = f"{words} chapters and an opening one, of {min(minutes)} to {max(minutes)} minutes each"
    assert said in (ROOT / "chapters" / "index.ipynb").read_text("utf-8")


def test_teachers_table_of_minutes_is_that_of_the_chapters_boxes() -> None:
    page = (ROOT / "chapters" / "teach" / "index.md").read_text("utf-8")
    rows = re.findall(r"^\| \[[^\]]+\]\(\.\./([\w-]+\.ipynb)\) \| (\d+) \| (\d+)", page, re.MULTILINE)
    assert {name: (read, exercise) for name, read, exercise in rows} == times_of_chapters()


def test_an_index_of_two_levels_heads_its_rows_once():
    frame = pd.DataFrame({"n": [1, 2, 3]}, index=pd.MultiIndex.from_tuples([("a", "x"), ("a", "y"), ("b", "x")]))
    body = BeautifulSoup(accessibility.repaired_table(frame.to_html()), "html.parser").tbody
    assert [cell.get_text() for cell in body.find_all("th")] == ["a", "b"]
    assert [cell.get_text() for cell in body.find_all("td")] == ["x", "1", "y", "2", "x", "3"]


def test_sentences_that_code_prints_are_set_as_text_and_figures_are_not():
    document = nodes.document(None, None)
    for words in ("- A caveat. " * 20, "Turkey 58.8\nRussia  9.3"):
        document += nodes.literal_block(words, words, classes=["output", "stream"])
    document += nodes.literal_block("x" * 200, "x" * 200)  # code
    accessibility._mark_sentences(None, document)
    assert ["sentences" in block["classes"] for block in document] == [True, False, False]
