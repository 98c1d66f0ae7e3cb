"""What a teacher takes into class: votes to project, sheets to print, a quiz for a platform, plans whose links hold."""

from __future__ import annotations

import html
import io
import re
import zipfile
from html import escape
from pathlib import Path
from xml.etree import ElementTree

import nbformat
import pytest
from axe_playwright_python.sync_playwright import Axe
from bs4 import BeautifulSoup
from docutils import nodes
from sphinx.errors import ExtensionError
from test_book import ROOT, dead_links, external, parsed

from frenemies import load
from frenemies.claims import verdicts
from frenemies_build.course import platform, questions
from frenemies_build.pages import chart_specs, sheets, sheets_of_tables, votes
from frenemies_build.pages.asked_numbers import asked

SLUGS = votes.slugs()
TEACH = ROOT / "chapters" / "teach"
PAPERS = ("A4", "Letter")
FIGURE_LINK = re.compile(r"\[\*([^*]+)\*\]\(\.\./([\w-]+)\.ipynb#figure-([\w-]+)\)")


def made(built: Path, page: str) -> Path:
    return built / f"{page}.html"


@pytest.mark.parametrize("slug", SLUGS)
def test_vote_shows_the_question_and_gives_nothing_away(built, slug):
    question, page = votes.vote_of(slug), made(built, votes.page_of(slug, "vote"))
    text = html.unescape(page.read_text("utf-8"))
    assert question["question"] in text
    places = [text.index(option["text"]) for option in question["options"].values()]
    assert places == sorted(places)
    words = chart_specs.caption(platform.chart_spec(slug, question["figure"]))
    secrets = [words.title, words.alt, words.note, question["debrief"]]
    secrets += [part for option in question["options"].values() for part in (option["feedback"], option["reading"])]
    pictures = [
        (page.parent / source).resolve().read_text("utf-8") for source in re.findall(r'src="([^"]+\.svg)"', text)
    ]
    assert len(pictures) == 2
    for content in (text, *map(html.unescape, pictures)):
        assert not [secret for secret in secrets if secret and secret in content]
    assert "debrief" not in text.lower()


@pytest.mark.parametrize("slug", SLUGS)
def test_debrief_names_each_slip_and_the_supported_reading_comes_last(built, slug):
    question, page = votes.vote_of(slug), made(built, votes.page_of(slug, "debrief"))
    soup = BeautifulSoup(page.read_text("utf-8"), "html.parser")
    assert question["debrief"] in soup.get_text()
    terms = [term.get_text() for term in soup.select("dt")]
    assert len(terms) == 4 and terms[-1] == f"{question['correct']}. {question['options'][question['correct']]['text']}"


@pytest.mark.parametrize(
    "page",
    [votes.page_of(slug, kind) for slug in SLUGS for kind in ("vote", "debrief")]
    + [f"{sheets.FOLDER}/{name}" for name in sheets.SHEETS],
)
def test_made_page_leads_nowhere_dead_and_asks_nobody(built, page):
    path = made(built, page)
    assert not dead_links(built, path)
    assert not [address for address in parsed(path).fetched if external(address)]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_on_the_made_pages(built, browser, theme):
    page = browser.new_page(color_scheme=theme)
    found = {}
    for name in [votes.page_of(SLUGS[1], kind) for kind in ("vote", "debrief")] + [
        f"{sheets.FOLDER}/{one}" for one in sheets.SHEETS
    ]:
        page.goto(made(built, name).as_uri())
        for fold in page.query_selector_all("summary"):
            fold.click()
        if faults := Axe().run(page).response["violations"]:
            found[name] = [fault["id"] for fault in faults]
    page.close()
    assert found == {}


def test_votes_are_linked_from_the_formats_and_from_each_chapter(built):
    formats = (built / "chapters/teach/formats.html").read_text("utf-8")
    for slug in SLUGS:
        chapter = (built / f"chapters/{slug}.html").read_text("utf-8")
        for kind in ("vote", "debrief"):
            name = Path(votes.page_of(slug, kind)).name
            assert f'href="votes/{name}.html"' in formats
            # The workshop has a page for the teacher in place of a fold.
            assert f'href="teach/votes/{name}.html"' in chapter or slug == "16-a-new-voice"


def test_a_vote_about_a_figure_that_is_gone_names_the_file():
    tree = nodes.document(None, None)

    class App:
        class env:
            get_doctree = staticmethod(lambda name: tree)

    with pytest.raises(ExtensionError, match=r"01-trade\.toml: the vote is about figure 'gone'"):
        votes.chart_of(App, "01-trade", "gone")


@pytest.mark.parametrize("path", sorted(TEACH.glob("*.md")), ids=lambda path: path.stem)
def test_figure_named_on_a_teachers_page_is_linked_by_its_present_title(path):
    text = path.read_text("utf-8")
    for title, slug, name in FIGURE_LINK.findall(text):
        assert chart_specs.caption(platform.chart_spec(slug, name)).title == title
    assert not re.findall(r"figure \*[^*]+\*", text), "a figure's title without a link"


def test_lesson_plans_fill_their_45_minutes_without_a_gap():
    hours = re.split(r"\n(?=###? )", (TEACH / "lesson-plans.md").read_text("utf-8"))
    plans = [[(int(a), int(b)) for a, b in re.findall(r"^\| (\d+)–(\d+) \|", hour, re.MULTILINE)] for hour in hours]
    plans = [steps for steps in plans if steps]
    assert len(plans) == 10
    for steps in plans:
        assert steps[0][0] == 0 and steps[-1][1] == 45
        assert all(before[1] == after[0] for before, after in zip(steps, steps[1:]))


# --- sheets


def test_links_and_asked_numbers_leave_their_words():
    words = nodes.paragraph(
        "", "", nodes.reference("", "", nodes.Text("here")), asked("", nodes.Text("58.8"), note=1, first=True)
    )
    part = sheets.without_links(nodes.container("", words))
    assert part.astext() == "here58.8" and not list(part.findall(nodes.reference)) + list(part.findall(asked))


@pytest.mark.parametrize("name", sheets.SHEETS)
def test_sheet_holds_no_link_but_the_one_that_paper_does_not_show(built, name):
    soup = BeautifulSoup(made(built, f"{sheets.FOLDER}/{name}").read_text("utf-8"), "html.parser")
    assert [link.parent["class"] for link in soup.select("a")] == [["screen"]]
    assert not soup.select("button")
    sheet = sheets.SHEETS[name]
    assert len(soup.select("article")) == (len(sheet.made()) if sheet.made else len(sheet.sections)) > 0


@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.parametrize(
    ("name", "pages"),
    [
        ("dossiers", 2),
        ("role-cards", 3),
        ("memo", 1),
        ("memo-rubric", 1),
        ("rubrics", 1),
        ("injects", 2),
        ("six-records", 1),
        ("background", 1),
        ("matrix", 1),
        ("authors", 4),
        ("court-cards", 3),
    ],
)
def test_sheet_fills_as_many_pages_as_it_should(built, browser, name, pages, paper):
    page = browser.new_page()
    page.goto(made(built, f"{sheets.FOLDER}/{name}").as_uri())
    printed = page.pdf(format=paper, prefer_css_page_size=False)
    page.close()
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == pages


def test_authors_hang_with_their_position_and_without_a_verdict():
    shown, (claims, _) = sheets_of_tables.authors(), verdicts.of_the_book()
    for article, page in zip(load("articles").sort_values("date").itertuples(), shown, strict=True):
        text = BeautifulSoup(page, "html.parser").get_text()
        assert article.author in text and article.position in text and article.unknown in text
        for own in (article.position, *claims.loc[claims["author"] == article.author, "claim"]):
            text = text.replace(own, "")  # their own words may be those of a verdict
        assert not [word for word in verdicts.VERDICTS if word in text]


def test_cards_of_the_court_are_those_that_chapter_12_names():
    fold = next(
        cell.source
        for cell in nbformat.read(ROOT / "chapters/12-claims-on-trial.ipynb", as_version=4).cells
        if "an appeal court" in cell.source
    )
    assert tuple(re.findall(r"\[([A-Z]\d\d)\]", fold.partition("an appeal court")[2])) == sheets_of_tables.IN_COURT
    _, parts = verdicts.of_the_book()
    for claim, card in zip(sheets_of_tables.IN_COURT, sheets_of_tables.court_cards(), strict=True):
        assert all(escape(reason) in card for reason in parts.loc[parts["claim_id"] == claim, "reason"])


def test_dossiers_are_alike_and_hold_nothing_of_the_teachers(built):
    soup = BeautifulSoup(made(built, f"{sheets.FOLDER}/dossiers").read_text("utf-8"), "html.parser")
    shapes = [
        [part.name for part in page.find(class_="container").find_all(recursive=False)]
        for page in soup.select("article")
    ]
    assert shapes[0] == shapes[1] and not re.search("Rubric|ready made", soup.get_text())


@pytest.mark.parametrize("slug", SLUGS)
def test_vote_fits_a_projector_without_scrolling(built, browser, slug):
    page = browser.new_page(viewport={"width": 1280, "height": 720})
    page.goto(made(built, votes.page_of(slug, "vote")).as_uri())
    closed = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]")
    page.click("summary")
    page.close()
    assert closed[0] <= 1280 and closed[1] <= 720


def test_role_cards_are_equal_and_none_is_cut(built, browser):
    page = browser.new_page(viewport={"width": 703, "height": 900})  # A4 without its margins
    page.goto(made(built, f"{sheets.FOLDER}/role-cards").as_uri())
    page.emulate_media(media="print")
    cards = page.eval_on_selector_all(
        ".box", "all => all.map((c) => [c.offsetWidth, c.offsetHeight, c.scrollHeight > c.offsetHeight])"
    )
    page.close()
    assert len(cards) == 12 and len({(width, height) for width, height, _ in cards}) == 1
    assert not any(cut for *_, cut in cards)


def test_section_that_is_gone_is_named_with_its_page():
    with pytest.raises(ExtensionError, match=r"crisis-game\.md.*no section 'ankara'"):
        sheets.cut(nodes.document(None, None), sheets.SHEETS["role-cards"])


# --- the quiz for a platform


def test_quiz_holds_the_questions_their_figures_and_the_right_answer():
    chosen = ["01-trade", "03-people"]
    with zipfile.ZipFile(io.BytesIO(platform.package(chosen))) as pack:
        names = pack.namelist()
        assert "imsmanifest.xml" in names
        assert {Path(name).name for name in names if name.endswith(".png")} == {f"{slug}.png" for slug in chosen}
        assert all(pack.read(name).startswith(b"\x89PNG") for name in names if name.endswith(".png"))
        (assessment,) = [name for name in names if re.fullmatch(r"(.+)/\1\.xml", name)]
        tree = ElementTree.fromstring(pack.read(assessment))
    items = tree.findall(".//{*}item")
    assert len(items) == 2
    for slug, item in zip(chosen, items):
        question = votes.vote_of(slug)
        texts = {
            label.get("ident"): BeautifulSoup(label.find(".//{*}mattext").text, "html.parser").get_text(strip=True)
            for label in item.findall(".//{*}response_label")
        }
        assert list(texts.values()) == [option["text"] for option in question["options"].values()]
        scored = [one for one in item.findall(".//{*}respcondition") if one.find("{*}setvar") is not None]
        (right,) = [one.find(".//{*}varequal").text for one in scored]
        assert texts[right] == question["options"][question["correct"]]["text"]


def test_signs_of_markdown_in_the_bank_stay_as_they_are():
    assert platform.plain("a * b_c\n $5") == r"a \* b\_c \$5"


def test_quiz_of_an_unknown_chapter_is_refused_by_name():
    with pytest.raises(questions.BankError, match="no vote question for '99-none'"):
        platform.package(["99-none"])
