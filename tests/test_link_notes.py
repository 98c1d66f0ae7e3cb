"""Notes at links: the first mention of a term leads to the glossary, and a note says what it is."""

from __future__ import annotations

import re

import pytest
from bs4 import BeautifulSoup

from frenemies_build.pages.link_notes import EVERYDAY, mentions

TERMS = ["event data", "dyad", "index number", "Mir", "CIF"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Event data count; a dyad too.", [("Event data", "event data"), ("dyad", "dyad")]),
        (
            "Dyads, and index numbers of dyads.",
            [("Dyads", "dyad"), ("index numbers", "index number"), ("dyads", "dyad")],
        ),
        ("Mir, not mir; CIF, not cif; the Miró.", [("Mir", "Mir"), ("CIF", "CIF")]),
        ("A dyad-year is no mention, nor is CIF-based.", []),
    ],
)
def test_a_term_is_found_as_prose_writes_it(text, found):
    assert [(text[begin:end], term) for begin, end, term in mentions(text, TERMS)] == found


def test_no_terms_no_mentions():
    assert mentions("A dyad.", []) == []


def test_each_term_is_linked_once_a_chapter_and_nowhere_in_a_heading(built):
    linked = 0
    for path in sorted((built / "chapters").glob("[0-9][0-9]-*.html")):
        main = BeautifulSoup(path.read_text("utf-8"), "html.parser").main
        links = main.select("a.glossed")
        targets = [link["href"] for link in links]
        assert len(set(targets)) == len(targets), path.name
        assert all(len(link["title"]) > 20 for link in links)
        assert not [link for link in links if link.find_parent(re.compile("h[1-6]|summary|pre"))], path.name
        assert not {link.get_text().lower() for link in links} & {word.lower() for word in EVERYDAY}
        linked += len(links)
    assert linked > 50


class TestInTheBrowser:
    @pytest.fixture(scope="class")
    def page(self, browser, built):
        page = browser.new_page(viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
        page.goto((built / "chapters" / "06-the-long-record.html").as_uri())
        yield page
        page.close()

    def test_focus_shows_the_note_and_escape_hides_it(self, page):
        link, note = page.locator("main a.glossed").first, page.locator(".link-note")
        words = link.evaluate("link => link.ariaDescription")
        page.keyboard.press("Tab")  # from here on focus comes by keyboard
        link.focus()
        note.wait_for(state="visible")
        assert note.inner_text() == words and not link.get_attribute("title")
        page.keyboard.press("Escape")
        note.wait_for(state="hidden")

    @pytest.mark.parametrize("kind", ["a.glossed", 'a[href*="bibliography"]', 'a[href*="claims-on-trial.html#"]'])
    def test_pointing_shows_the_note_which_may_be_entered(self, page, kind):
        link, note = page.locator(f"main {kind}").first, page.locator(".link-note")
        link.scroll_into_view_if_needed()
        link.hover()
        note.wait_for(state="visible")
        assert len(note.inner_text()) > 20
        box = note.bounding_box()
        assert 0 <= box["x"] and box["x"] + box["width"] <= 1280 and 0 <= box["y"] and box["y"] + box["height"] <= 800
        note.hover()
        page.wait_for_timeout(400)
        assert note.is_visible(), "a note that goes when pointed at cannot be read at ease"
        page.mouse.move(2, 400)
        note.wait_for(state="hidden")
