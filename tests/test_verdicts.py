"""Chapter 12 gives every claim one verdict by one rule, and every verdict can be traced to its rows."""

from __future__ import annotations

import json
import re
from functools import cache
from html import unescape

import pytest
from conftest import ROOT
from docutils import nodes
from test_browser import Visit

import frenemies as fr
from frenemies.claims import verdicts
from frenemies.claims.verdicts import Trial, anchor, close, on_record, part, verdict

CHAPTERS = ROOT / "chapters"
PAGE = "chapters/12-claims-on-trial"
VEGA_LITE = "application/vnd.vegalite.v5+json"


# The rule


@pytest.mark.parametrize(
    ("outcomes", "expected"),
    [
        (["holds"], "supported"),
        (["holds", "holds"], "supported"),
        (["nearly"], "supported with a caveat"),
        (["holds", "open"], "supported with a caveat"),
        (["holds", "fails"], "supported with a caveat"),
        (["fails"], "contradicted"),
        (["fails", "open"], "contradicted"),
        (["open", "open"], "not testable here"),
    ],
)
def test_the_verdict_follows_from_the_outcomes(outcomes, expected):
    assert verdict(outcomes) == expected


@pytest.mark.parametrize("outcomes", [[], ["true"]])
def test_no_verdict_without_a_known_outcome(outcomes):
    with pytest.raises(ValueError, match="outcomes are"):
        verdict(outcomes)


@pytest.mark.parametrize(("stated", "outcome"), [(105, "holds"), (94.9, "nearly"), (115, "nearly"), (116, "fails"), (84, "fails")])
def test_a_number_is_judged_by_its_distance_from_what_was_found(stated, outcome):
    assert close("goods", stated, 100, "tonnes", "trade_annual").outcome == outcome


def test_a_part_needs_a_table_or_an_event_that_exists():
    with pytest.raises(fr.DataError):
        part("goods", True, "trade_anual")
    with pytest.raises(fr.DataError, match="sochi-may-2071"):
        on_record("sochi-may-2071")
    with pytest.raises(ValueError, match="no number was found"):
        close("goods", 1, float("nan"), "tonnes", "trade_annual")


def test_facts_are_decided_and_interpretations_weighed_once_each():
    trial = Trial()
    trial.decide("P02", on_record("sochi-may-2017"))
    with pytest.raises(ValueError, match="already"):
        trial.decide("P02", on_record("sochi-may-2017"))
    with pytest.raises(ValueError, match="interpretation"):
        trial.decide("P01", part("goods", True, "trade_annual"))
    with pytest.raises(ValueError, match="no interpretation"):
        trial.weigh("M02", "for", "against")
    with pytest.raises(ValueError, match="both sides"):
        trial.weigh("P01", "for", " ")
    with pytest.raises(ValueError, match="no verdict yet"):
        trial.table()


# The stored table


@cache
def rows() -> dict[str, str]:
    """The rows of the table of verdicts as stored in the chapter: HTML by claim."""
    notebook = json.loads((ROOT / f"{PAGE}.ipynb").read_text(encoding="utf-8"))
    htmls = ["".join(out.get("data", {}).get("text/html", "")) for cell in notebook["cells"] for out in cell.get("outputs", [])]
    table = next(html for html in htmls if 'class="verdicts"' in html)
    found = re.findall(r'<tr role="row" id="(\w+)".*?</tr>', table)
    assert len(found) == len(set(found)), "a claim has two rows"
    return {match[1]: match[0] for match in re.finditer(r'<tr role="row" id="(\w+)".*?</tr>', table)}


@cache
def figures(chapter: str) -> frozenset[str]:
    """The labels of the figures of a chapter."""
    cells = json.loads((CHAPTERS / f"{chapter}.ipynb").read_text(encoding="utf-8"))["cells"]
    specs = [out["data"][VEGA_LITE] for cell in cells for out in cell.get("outputs", []) if VEGA_LITE in out.get("data", {})]
    return frozenset(anchor(spec["title"]["text"]) for spec in specs)


def found_verdict(row: str) -> str:
    """The verdict that a row shows."""
    return re.search(r'<p class="verdict" data-verdict="([^"]+)">\1</p>', row)[1]


def outcomes(row: str) -> list[str]:
    """The outcomes of the parts that a row lists."""
    return re.findall(rf"<li><strong>({'|'.join(verdicts.OUTCOMES)})</strong>", row)


def test_every_claim_has_exactly_one_row():
    assert sorted(rows()) == sorted(fr.load("claims")["claim_id"])


def test_shown_verdicts_follow_from_the_parts_that_are_shown():
    kinds = fr.load("claims").set_index("claim_id")["kind"]
    for claim, row in rows().items():
        if kinds[claim] == "interpretation":
            assert found_verdict(row) == verdicts.INTERPRETATION
            assert "<strong>for</strong>" in row and "<strong>against</strong>" in row, claim
        else:
            assert found_verdict(row) == verdict(outcomes(row)), claim


def test_every_part_names_a_table_or_an_event():
    events = {key for table, key in verdicts.RECORDS for key in fr.load(table)[key]}
    tables = set(fr.tables()["name"])
    for claim, row in rows().items():
        for item in re.findall(r"<li><strong>(?:holds|nearly|fails|open)</strong>.*?</li>", row):
            names = re.findall(r"<code>([\w-]+)</code>", item)
            assert names and names[0] in tables and set(names[1:]) <= events, (claim, item)


def test_every_decided_fact_rests_on_a_number_or_an_event():
    facts = fr.load("claims").query("kind == 'fact'")["claim_id"]
    for claim in facts:
        decided = re.findall(r"<li><strong>(?:holds|nearly|fails)</strong>.*?</li>", rows()[claim])
        for item in decided:
            table, *event = re.findall(r"<code>([\w-]+)</code>", item)
            words = re.sub(r"<code>.*?</code>|<[^>]+>", "", item)
            assert event or re.search(r"\d", words), (claim, table, words)


def test_every_link_leads_to_a_figure_a_page_or_a_row():
    families = fr.tables().set_index("name")["family"]
    for claim, row in rows().items():
        for target in re.findall(r'href="([^"]+)"', row):
            page, _, label = unescape(target).partition("#")
            if not page:
                assert label == claim
                continue
            assert (CHAPTERS / page).exists(), f"{claim}: no page {page}"
            if label.startswith("figure-"):
                assert label in figures(page.removesuffix(".ipynb")), f"{claim}: no figure {label} in {page}"
            elif label:
                assert page == f"back/data-{families[label.removeprefix('table-')]}.md", f"{claim}: {target}"


def test_the_register_of_tests_covers_all_claims_and_real_tables():
    tests = fr.load("claim_tests")
    assert sorted(tests["claim_id"]) == sorted(fr.load("claims")["claim_id"])
    assert set(tests["table"]) <= set(fr.tables()["name"])


@pytest.mark.parametrize("title", ["In 2019, NATO’s “S-400” — Türkiye: 1.5 %", "Only 2008 comes near 38 billion dollars", "A" * 70])
def test_labels_are_those_that_the_book_makes(title):
    assert anchor(title) == f"figure-{nodes.make_id(title)[:60].strip('-')}"


# The page


def test_search_and_filters_narrow_the_table_and_a_link_opens_its_row(built, browser):
    with Visit(browser, PAGE) as visit:
        shown = visit.page.locator("table.verdicts tbody tr:visible")
        assert shown.count() == 56
        visit.page.locator(".verdict-filters select").nth(1).select_option("forecast")
        assert shown.count() == 9
        visit.page.locator(".verdict-filters input").fill("karabakh")
        assert {row.get_attribute("id") for row in shown.all()} == {"M15", "M16"}
        visit.page.evaluate("location.hash = 'M02'")
        visit.page.locator("#M02").wait_for(state="visible", timeout=5_000)
        assert shown.count() == 56 and not visit.errors


def test_the_whole_table_shows_without_script(built, browser):
    with Visit(browser, PAGE, script=False) as visit:
        assert visit.page.locator("table.verdicts tbody tr:visible").count() == 56


def test_three_clicks_lead_from_a_verdict_to_its_rows(built, browser):
    with Visit(browser, PAGE) as visit:
        visit.page.locator("#M02 a", has_text="Only 2008").click()
        figure = visit.page.locator("figure.chart:target")
        figure.get_by_role("link", name="trade_annual").click()
        download = visit.page.locator("#table-trade_annual").get_by_role("link", name="Download CSV")
        download.wait_for(timeout=15_000)  # the page opens after the click returns
        assert download.count() == 1
