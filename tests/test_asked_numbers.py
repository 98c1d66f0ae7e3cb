"""Ask any number: bound numbers open a note, by mouse, touch and keyboard; everything else stays plain text."""

from __future__ import annotations

import gzip
import io
import re
from pathlib import Path

import nbformat
import pytest
from axe_playwright_python.sync_playwright import Axe
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace, patch_docutils

from frenemies_build.numbers.number_lists import NumberList, write_list
from frenemies_build.numbers.pages import Page
from frenemies_build.numbers.storing import Stored, write_store

PROSE = """# What 58.8 billion buys

In 2022 Turkey bought goods for **58.8 billion** dollars, and [2022](#more) was the peak of `58.8 billion`.

<details><summary>Only 58.8 billion?</summary>

Yes, and 20.4 percent more than the year before. See chapter 4.

</details>

## More

The jet was shot down on 24 November 2015. The claim says 38 billion."""
TABLE = """# Two records

| sold | bought |
| --- | --- |
| 58.8 billion | 58.8 billion |"""
NUMBERS = [
    ("58.8 billion", "bought.loc[2022]"), ("2022", "year"), ("58.8 billion", "bought.loc[2022]"), ("2022", "year"),
    ("58.8 billion", "bought.loc[2022]"), ("20.4 percent", "bought.loc[2022] / bought.loc[2021] - 1"),
    ("24 November 2015", "event: a jet <was> shot down"), ("38 billion", "claim M02"),
]  # fmt: skip
VALUES = {
    "bought.loc[2022]": Stored(58.848948, 1e9, ["trade_annual"], "code-1", "01-trade"),
    "bought.loc[2022] / bought.loc[2021] - 1": Stored(0.2041, 1.0, ["trade_annual", "claims"], "code-1", "01-trade"),
}


class Book:
    """A small book with one bound chapter."""

    def __init__(self, folder: Path, prose: str = PROSE):
        self.source, self.out = folder / "source", folder / "html"
        cells = [
            nbformat.v4.new_markdown_cell(prose, id="text-1"),
            nbformat.v4.new_code_cell(
                "bought = 58.8",
                id="code-1",
                execution_count=1,
                outputs=[nbformat.v4.new_output("stream", text="58.8 billion")],
            ),
        ]
        notebook = nbformat.v4.new_notebook(cells=cells, metadata={"language_info": {"name": "python"}})
        (self.source / "chapters").mkdir(parents=True)
        (self.source / "chapters" / "01-trade.ipynb").write_text(nbformat.writes(notebook))
        (self.source / "index.md").write_text(
            "# Index\n\nThe 58.8 billion of another page.\n\n```{toctree}\nchapters/01-trade\ndata\n```\n"
        )
        (self.source / "data.md").write_text("# Data\n\n(table-trade_annual)=\n## trade_annual\n\nA table.\n")
        self.page = Page("01-trade", self.source)

    def bind(self, numbers: list[tuple[str, str]]) -> None:
        write_list(self.page.list_path, NumberList(numbers, ["chapter 4"]), [""] * len(numbers))
        write_store(self.page, VALUES)

    def build(self, builder: str = "html") -> str:
        """Build what has changed; returns the warnings, and keeps the names of the pages read."""
        settings = {
            "extensions": ["myst_nb", "frenemies_build.pages.asked_numbers"], "nb_execution_mode": "off", "html_theme": "basic",
            "myst_heading_anchors": 2, "html_title": "A book", "epub_show_urls": "no", "suppress_warnings": ["epub"], "version": "1", "copyright": "nobody",
        }  # fmt: skip
        warnings, self.read = io.StringIO(), []
        with patch_docutils(str(self.source)), docutils_namespace():
            app = Sphinx(str(self.source), None, str(self.out / builder), str(self.out / f"trees-{builder}"), builder,
                         confoverrides=settings, status=None, warning=warnings)  # fmt: skip
            app.connect("source-read", lambda app, page, text: self.read.append(page))
            app.build()
        return warnings.getvalue()

    def html(self) -> str:
        return (self.out / "html" / "chapters" / "01-trade.html").read_text("utf-8")


@pytest.fixture(scope="module")
def book(tmp_path_factory) -> Book:
    made = Book(tmp_path_factory.mktemp("asked"))
    made.bind(NUMBERS)
    assert made.build() == ""
    return made


def marks(html: str) -> list[str]:
    return re.findall(r'<button type="button" class="asked"[^>]*>(.*?)</button>', html)


def test_bound_numbers_in_prose_are_marked_and_nothing_else(book):
    # Not the heading, the link, the code, the summary and what code printed.
    assert marks(book.html()) == ["2022", "58.8 billion", "20.4 percent", "24 November 2015", "38 billion"]
    assert marks((book.out / "html" / "index.html").read_text()) == []
    assert "asked.js" in book.html() and "asked.js" not in (book.out / "html" / "index.html").read_text()


def test_a_number_that_stands_in_two_cells_of_a_table_stands_once_in_each(tmp_path):
    book = Book(tmp_path, TABLE)
    book.bind([("58.8 billion", "bought.loc[2022]")] * 2)
    assert book.build() == ""
    cells = re.findall(r"<td>(.*?)</td>", book.html(), re.DOTALL)
    assert [re.sub("<[^>]*>", "", cell) for cell in cells] == ["58.8 billion", "58.8 billion"]
    assert all("asked" in cell for cell in cells)


def test_a_note_says_value_expression_tables_source_and_cell(book):
    notes = dict(re.findall(r'<div popover id="(number-\d)" class="asked-note">(.*?)</div>', book.html(), re.DOTALL))
    bought = next(note for note in notes.values() if "<code>bought.loc[2022]</code>" in note)
    assert "<b>58.848948 billion</b>" in bought
    assert (
        '<a href="../data.html#table-trade-annual">trade_annual</a>' in bought and "where each copy was read" in bought
    )
    assert '<a href="#cell-code-1">The code</a>' in bought and 'id="cell-code-1"' in book.html()
    assert any("a jet &lt;was&gt; shot down" in note for note in notes.values())
    assert any("the claim <a>M02</a>" in note for note in notes.values())
    assert all(f'popovertarget="{name}"' in book.html() for name in notes)


def test_notes_stay_out_of_the_search_and_of_other_formats(book):
    index = (book.out / "html" / "searchindex.js").read_text()
    assert "popovertarget" not in index and "unrounded" not in index
    assert book.build("epub") == ""
    assert "asked" not in (book.out / "epub" / "chapters" / "01-trade.xhtml").read_text()


def test_a_changed_list_builds_its_page_again_and_no_other(tmp_path):
    made = Book(tmp_path)
    assert made.build() == "" and marks(made.html()) == []
    made.bind(NUMBERS)
    assert made.build() == "" and made.read == ["chapters/01-trade"] and len(marks(made.html())) == 5
    made.bind(NUMBERS[:2])
    made.build()
    assert made.read == ["chapters/01-trade"] and marks(made.html()) == ["2022"]
    made.build()
    assert made.read == []


def test_a_damaged_list_stops_the_build(tmp_path):
    made = Book(tmp_path)
    made.bind(NUMBERS)
    made.page.list_path.write_text("numbers = [")
    with pytest.raises(Exception, match=r"01-trade\.toml is no TOML"):
        made.build()


def test_notes_weigh_little(book):
    html = book.html()
    plain = re.sub(r'<div class="asked-notes">.*</div></div>\n|</?button[^>]*>', "", html, flags=re.DOTALL)
    added = len(gzip.compress(html.encode(), 9)) - len(gzip.compress(plain.encode(), 9))
    assert added < 200 * len(marks(html))


class TestInTheBrowser:
    @pytest.fixture
    def page(self, browser, book, request):
        context = browser.new_context(viewport={"width": getattr(request, "param", 1000), "height": 700})
        page = context.new_page()
        page.goto((book.out / "html" / "chapters" / "01-trade.html").as_uri())
        yield page
        context.close()

    def open_notes(self, page) -> list[str]:
        return page.eval_on_selector_all("[popover]:popover-open", "notes => notes.map(note => note.id)")

    def test_one_stop_of_the_tab_key_arrows_enter_and_escape(self, page):
        assert page.eval_on_selector_all("button.asked", "all => all.filter(one => one.tabIndex === 0).length") == 1
        page.locator("button.asked").first.focus()
        page.keyboard.press("ArrowRight")
        assert page.evaluate("document.activeElement.textContent") == "58.8 billion"
        page.keyboard.press("Enter")
        assert len(self.open_notes(page)) == 1
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent") == "trade_annual"
        page.keyboard.press("Escape")
        assert self.open_notes(page) == [] and page.evaluate("document.activeElement.textContent") == "58.8 billion"
        page.keyboard.press("End")
        assert page.evaluate("document.activeElement.textContent") == "38 billion"

    @pytest.mark.parametrize("page", [390, 1000], indirect=True)
    def test_a_note_stays_on_the_screen(self, page):
        for mark in page.locator("button.asked").all():
            if mark.is_visible():
                mark.click()
                (name,) = self.open_notes(page)
                box = page.locator(f"#{name}").bounding_box()
                width, height = page.viewport_size["width"], page.viewport_size["height"]
                assert (
                    box["x"] >= 8
                    and box["x"] + box["width"] <= width - 8
                    and box["y"] >= 0
                    and box["y"] + box["height"] <= height
                )
                page.keyboard.press("Escape")

    def test_without_a_script_the_number_is_text_and_opens_its_note(self, browser, book):
        context = browser.new_context(java_script_enabled=False)
        page = context.new_page()
        page.goto((book.out / "html" / "chapters" / "01-trade.html").as_uri())
        assert "bought goods for 58.8 billion dollars" in page.locator("p").first.inner_text()
        page.locator("button.asked").nth(1).click()
        assert page.locator("#number-2").is_visible()
        context.close()

    def test_on_paper_there_are_no_marks(self, page):
        page.emulate_media(media="print")
        assert page.locator("button.asked").first.evaluate("one => getComputedStyle(one).textDecorationLine") == "none"

    def test_axe_finds_nothing_with_a_note_open(self, page):
        page.locator("button.asked").nth(1).click()
        found = Axe().run(
            page,
            context="main, .body, .asked-notes",
            options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]},
        )
        assert [violation["id"] for violation in found.response["violations"]] == []
