"""One rule leads from parts to verdicts, for any text; each claim of the book has one card, and the card leads on."""

from __future__ import annotations

import json
import re
from functools import cache
from html import unescape

import pandas as pd
import pytest
from conftest import ROOT
from test_browser import Visit

import frenemies as fr
from frenemies.charts.figure import label_of
from frenemies.claims import verdicts
from frenemies.claims.cards import cards
from frenemies.claims.parts import (
    OUTCOMES,
    beyond,
    by_signs,
    counted,
    dated,
    judged,
    measured,
    missing,
    near,
    number,
    table_of_parts,
    weighed,
)
from frenemies.claims.trials import parts_of
from frenemies.claims.verdicts import VERDICTS, verdict

CHAPTERS = ROOT / "chapters"
PAGE = "chapters/12-claims-on-trial"
WORKINGS = "chapters/back/claim-workings"
VEGA_LITE = "application/vnd.vegalite.v5+json"


# The rule


@pytest.mark.parametrize(
    ("outcomes", "expected"),
    [
        (["holds"], "supported"),
        (["holds", "holds"], "supported"),
        (["holds", "not found"], "supported as far as seen"),
        (["holds", "undecidable"], "supported as far as seen"),
        (["nearly"], "evidence mixed"),
        (["holds", "mixed", "not found"], "evidence mixed"),
        (["holds", "fails"], "right in part"),
        (["mixed", "fails"], "right in part"),
        (["nearly", "fails", "undecidable"], "right in part"),
        (["fails"], "contradicted"),
        (["fails", "not found"], "contradicted"),
        (["not found", "undecidable"], "not found out"),
        (["undecidable"], "beyond evidence"),
    ],
)
def test_the_verdict_follows_from_the_outcomes(outcomes, expected):
    assert verdict(outcomes) == expected == verdict(reversed(outcomes))


def test_every_verdict_can_be_reached_and_has_words_and_a_shape_of_its_own():
    from itertools import combinations

    reached = {verdict(some) for size in range(1, len(OUTCOMES) + 1) for some in combinations(OUTCOMES, size)}
    assert reached == set(VERDICTS) == set(verdicts.SHAPES)
    assert len(set(verdicts.SHAPES.values())) == len(VERDICTS)


def test_the_page_of_methods_states_the_rule_that_the_code_applies():
    page = (CHAPTERS / "back" / "methods.md").read_text(encoding="utf-8")
    assert re.search(r"\| verdict \| when \|\n.*?\n\n", page, re.DOTALL)[0].split("\n", 2)[2].strip() == "\n".join(
        f"| {name} | {when} |" for name, when in VERDICTS.items()
    )


@pytest.mark.parametrize("outcomes", [[], ["true"]])
def test_no_verdict_without_a_known_outcome(outcomes):
    with pytest.raises(ValueError, match="outcomes are"):
        verdict(outcomes)


@pytest.mark.parametrize(
    ("stated", "outcome"), [(105, "holds"), (94.9, "nearly"), (115, "nearly"), (116, "fails"), (84, "fails")]
)
def test_a_number_is_judged_by_its_distance_from_what_was_found(stated, outcome):
    assert near(stated, 100) == number("goods", stated, 100, "tonnes", "trade_annual").outcome == outcome


def test_nothing_to_compare_with_is_no_number():
    for nothing in (float("nan"), 0, float("inf")):
        with pytest.raises(ValueError, match="no number was found"):
            number("goods", 1, nothing, "tonnes", "trade_annual")


# Another text


def other_text() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Two claims of a text that is not the book's, as a class would cut them."""
    claims = pd.DataFrame(
        {
            "claim_id": ["X1", "X2"],
            "author": "A Scholar",
            "year": 2024,
            "kind": ["fact", "interpretation"],
            "topic": ["trade", "strategy"],
            "claim": ["Trade fell by half in 2016", "It was a turning point"],
        }
    )
    parts = table_of_parts(
        {
            "X1": [
                number("fall of trade", 50, 31, "percent", "trade_annual"),
                dated(fr.load, "after the jet", "su24-shot-down"),
            ],
            "X2": [
                counted("something turned", True, "The sign changed.", "trade_annual"),
                beyond("turning point", "A word for weight."),
            ],
        }
    )
    return claims, parts


def test_another_text_goes_through_the_same_rule_to_cards_and_picture():
    claims, parts = other_text()
    verdicts.check_parts(claims, parts)
    assert list(verdicts.judge(claims, parts)["verdict"]) == ["right in part", "supported as far as seen"]
    html = cards(claims, parts, root="../../chapters/")
    assert re.findall(r'<article class="claim" id="(\w+)"', html) == ["X1", "X2"]
    assert 'href="../../chapters/back/data-trade.md#table-trade_annual"' in html and 'href="#X1"' in html
    data = verdicts.picture_data(claims, parts)
    assert data.groupby("claim_id").size().to_dict() == {"X1": 2, "X2": 2} and set(data["author"]) == {"A Scholar"}


def spoil(column: str, value: object, row: int = 0):
    """A change of one cell of the parts."""

    def change(claims: pd.DataFrame, parts: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
        parts = parts.astype(object)
        parts.loc[row, column] = value
        return claims, parts

    return change


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda claims, parts: (claims, parts[parts["claim_id"] != "X2"]), "Claim X2 has no part"),
        (lambda claims, parts: (claims[claims["claim_id"] != "X2"], parts), "Claim X2 has parts but is not"),
        (lambda claims, parts: (pd.concat([claims, claims.head(1)]), parts), "Claim X1: the id occurs twice"),
        (lambda claims, parts: (claims.drop(columns="kind"), parts), "lacks the columns kind"),
        (spoil("basis", ""), "Claim X1, part 1: the basis '' is none of"),
        (spoil("basis", "known"), "Claim X1, part 1: the basis 'known' is none of"),
        (spoil("outcome", "true"), "Claim X1, part 1: the outcome 'true' is none of"),
        (spoil("reason", " "), "Claim X1, part 1: it gives no reason"),
        (spoil("table", "trade_anual"), "Claim X1, part 1: there is no table called 'trade_anual'"),
        (spoil("table", ""), "Claim X1, part 1: it is computed and names no table"),
        (spoil("records", "su24-shot-up", 1), "Claim X1, part 2: no dated record has the id su24-shot-up"),
        (spoil("records", "", 1), "Claim X1, part 2: it rests on a dated record and names none"),
        (spoil("found", None), "Claim X1, part 1: it has one number of two"),
        (spoil("outcome", "not found", 3), "Claim X2, part 2: nothing was found, and it does not say"),
        (spoil("outcome", "mixed", 1), "Claim X1, part 2: a dated record cannot show 'mixed'"),
        (spoil("decides", "Some paper.", 3), "Claim X2, part 2: no evidence could decide it, and it names some"),
        (spoil("outcome", "holds", 3), "Claim X2: an interpretation is never simply supported"),
        (lambda claims, parts: (claims.replace("fact", "opinion"), parts), "Claim X1: the kind 'opinion' is none of"),
        (lambda claims, parts: (claims, parts.drop(columns="records")), "the table of parts lacks the columns records"),
        (spoil("basis", "computed", 3), "Claim X2, part 2: 'undecidable' rests on no table and no record"),
        (spoil("outcome", "not found"), "Claim X1, part 1: 'not found' rests on no table and no record"),
        (spoil("outcome", "holds"), "Claim X1, part 1: the outcome is 'holds', but 50.0 against 31.0 gives 'fails'"),
        (spoil("part", 1, 1), "Claim X1, part 1: the number of the part occurs twice"),
        (spoil("what", " "), "Claim X1, part 1: it does not say what was tried"),
        (spoil("found", 0.0), "Claim X1, part 1: the number found is 0.0: there is nothing to compare with"),
        (spoil("found", float("inf")), "Claim X1, part 1: the number found is inf: there is nothing to compare with"),
    ],
)
def test_a_fault_in_claims_or_parts_is_named_with_its_claim(change, message):
    claims, parts = change(*other_text())
    with pytest.raises(fr.DataError, match=re.escape(message)):
        verdicts.check_parts(claims, parts)


def test_a_trial_that_does_not_exist_names_the_claim():
    with pytest.raises(fr.DataError, match="Claim M99: no function tries it"):
        parts_of("M99")


@pytest.mark.parametrize(
    "part",
    [
        dated(fr.load, "they met", "su24-shot-down", "sochi-may-2071"),
        weighed(fr.load, "they met", "mixed", "sochi-may-2071", note="Both."),
    ],
    ids=["dated", "weighed"],
)
def test_a_wrong_id_of_a_record_stops_at_the_table_of_parts_which_knows_the_claim(part):
    with pytest.raises(
        fr.DataError, match="Claim S01: they met: no dated record has the id 'sochi-may-2071'; ids are in"
    ):
        table_of_parts({"S01": [part]})


def test_a_judge_without_a_clerk_refuses_a_reading_of_which_nothing_stays_open():
    claims, parts = other_text()
    closed = parts[parts["outcome"] != "undecidable"]
    with pytest.raises(fr.DataError, match="Claim X2: an interpretation is never simply supported"):
        verdicts.judge(claims, closed)


def test_a_number_without_a_counterpart_cannot_be_near():
    with pytest.raises(ValueError, match="no number was found to compare 5 with"):
        near(5, 0)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda: dated(fr.load, "the talks", "su24-shot-down", outcome="mixed"),
            "a degree is a judgement: use weighed()",
        ),
        (lambda: dated(fr.load, "the talks", "su24-shot-down", outcome="true"), "'true' is none of holds, fails"),
        (lambda: dated(fr.load, "the talks"), "at least one id"),
        (lambda: weighed(fr.load, "the talks", "mixed", "su24-shot-down", note=" "), "how the records were weighed"),
        (lambda: weighed(fr.load, "the talks", "not found", "su24-shot-down", note="No."), "use missing() or beyond()"),
        (lambda: judged("the talks", "undecidable", "No."), "use missing() or beyond()"),
        (lambda: counted("the talks", "nearly", "No.", "trade_annual"), "'nearly' is none of holds, mixed, fails"),
        (lambda: measured("the talks", float("nan"), 2, 1, "two", "No.", "trade_annual"), "a finite value"),
        (lambda: measured("the talks", 1, 2, 2, "two", "No.", "trade_annual"), "two limits that differ"),
    ],
)
def test_a_maker_refuses_what_it_cannot_give(make, message):
    with pytest.raises(ValueError, match=rf"the talks: .*{re.escape(message)}"):
        make()


def test_a_measure_holds_fails_or_lies_between_in_either_direction():
    up = [
        measured("it", value, 3, 1, "three; it fails under one", "So.", "trade_annual").outcome
        for value in (3, 2, 1, 0.9)
    ]
    down = [
        measured("it", value, 1, 3, "one; it fails above three", "So.", "trade_annual").outcome
        for value in (1, 2, 3, 3.1)
    ]
    assert up == down == ["holds", "mixed", "mixed", "fails"]
    assert [by_signs(True, True), by_signs(True, False), by_signs(False, False)] == ["holds", "mixed", "fails"]
    assert weighed(fr.load, "it", "mixed", "su24-shot-down", note="Both.").basis == "judged"


def test_a_trial_on_a_damaged_table_names_the_claim_and_what_it_looked_for():
    def without(table, column):
        return lambda name: fr.load(name).drop(columns=column) if name == table else fr.load(name)

    with pytest.raises(fr.DataError, match="Claim K19: .*supplier_iso3"):
        parts_of("K19", without("arms_imports", "supplier_iso3"))
    gone = fr.load("chronology").query("event_id != 'coup-call-2016'")
    with pytest.raises(
        fr.DataError, match="Claim P03: the chronology has no event 'coup-call-2016'; look the id up in data"
    ):
        parts_of("P03", lambda name: gone if name == "chronology" else fr.load(name))


def test_flips_name_the_claims_whose_verdict_depends_on_the_limit():
    claims, parts = other_text()
    parts.loc[0, "found"] = 47.0
    assert verdicts.flips(claims, parts, (3, 5, 10)).to_dict("index") == {
        "X1": {3: "evidence mixed", 5: "evidence mixed", 10: "supported"}
    }
    assert verdicts.flips(claims, parts, (7, 10)).empty


def test_judged_missing_and_undecidable_parts_carry_what_a_reader_needs():
    assert judged("reading", "mixed", "Both.").basis == "judged"
    gone = missing("motive", "No paper.", "The paper.")
    assert gone.outcome == "not found" and gone.decides == "The paper."
    assert beyond("mood", "A mood.").outcome == "undecidable"


# The stored cards


@cache
def stored_cards() -> dict[str, str]:
    """The cards as stored in the chapter: HTML by claim."""
    notebook = json.loads((ROOT / f"{PAGE}.ipynb").read_text(encoding="utf-8"))
    htmls = [
        "".join(out.get("data", {}).get("text/html", ""))
        for cell in notebook["cells"]
        for out in cell.get("outputs", [])
    ]
    html = next(html for html in htmls if 'class="claims"' in html)
    found = re.findall(r'<article class="claim" id="(\w+)".*?</article>', html, flags=re.DOTALL)
    assert len(found) == len(set(found)), "a claim has two cards"
    return {
        match[1]: match[0]
        for match in re.finditer(r'<article class="claim" id="(\w+)".*?</article>', html, flags=re.DOTALL)
    }


@cache
def figures(chapter: str) -> frozenset[str]:
    """The labels of the figures of a chapter."""
    cells = json.loads((CHAPTERS / f"{chapter}.ipynb").read_text(encoding="utf-8"))["cells"]
    return frozenset(
        label_of(out["data"][VEGA_LITE])
        for cell in cells
        for out in cell.get("outputs", [])
        if VEGA_LITE in out.get("data", {})
    )


def test_every_claim_has_exactly_one_card_with_its_verdict_and_all_its_parts():
    judged_claims = verdicts.judge(*verdicts.of_the_book()).set_index("claim_id")
    parts = fr.load("claim_parts")
    assert list(stored_cards()) == list(judged_claims.index)
    for claim, card in stored_cards().items():
        word = judged_claims.loc[claim, "verdict"]
        assert f'data-verdict="{word}"><span aria-hidden="true">{verdicts.SHAPES[word]}</span> {word}</p>' in card
        assert re.findall(r'<li data-outcome="([^"]+)">', card) == list(
            parts.loc[parts["claim_id"] == claim, "outcome"]
        )


def test_every_link_of_a_card_leads_to_a_figure_a_page_or_a_claim():
    families = fr.tables().set_index("name")["family"]
    for claim, card in stored_cards().items():
        for target in re.findall(r'href="([^"]+)"', card):
            page, _, label = unescape(target).partition("#")
            if not page:
                assert label == claim
            elif page == "back/claim-workings.md":
                assert (CHAPTERS / page).exists() and label == f"working-{claim.lower()}"
            elif label.startswith("figure-"):
                assert label in figures(page.removesuffix(".ipynb")), f"{claim}: no figure {label} in {page}"
            elif label:
                assert page == f"back/data-{families[label.removeprefix('table-')]}.md", f"{claim}: {target}"
            else:
                assert (CHAPTERS / page).exists(), f"{claim}: no page {page}"


def test_a_card_without_a_figure_says_why_there_is_none():
    tests = fr.load("claim_tests").set_index("claim_id")["no_figure"].dropna()
    assert len(tests) > 0
    for claim, why in tests.items():
        assert f"No figure: {why}" in unescape(stored_cards()[claim]), claim


def test_the_register_covers_all_claims_with_real_figures():
    tests = fr.load("claim_tests")
    assert sorted(tests["claim_id"]) == sorted(fr.load("claims")["claim_id"])
    shown = tests.dropna(subset="figure_id")
    assert (tests["figure_id"].isna() == tests["no_figure"].notna()).all(), "a figure, or why there is none"
    assert len(shown) > 0.9 * len(tests)
    for row in shown.itertuples():
        assert f"figure-{row.figure_id}" in figures(row.chapter), (row.claim_id, row.chapter, row.figure_id)


# The page


def test_search_and_filters_narrow_the_list_and_a_link_opens_its_card(built, browser):
    claims = fr.load("claims")
    with Visit(browser, PAGE) as visit:
        shown = visit.page.locator("article.claim:visible")
        assert shown.count() == len(claims)
        visit.page.locator(".claim-filters select").nth(1).select_option("forecast")
        assert shown.count() == (claims["kind"] == "forecast").sum()
        visit.page.locator(".claim-filters input").fill("proxy war")
        assert {card.get_attribute("id") for card in shown.all()} == {"M16"}
        visit.page.evaluate("location.hash = 'M02'")
        visit.page.locator("#M02").wait_for(state="visible", timeout=5_000)
        assert visit.page.locator("#M02 details").get_attribute("open") is not None
        assert shown.count() == len(claims) and not visit.errors


def test_all_cards_show_and_unfold_without_script_and_by_keyboard(built, browser):
    with Visit(browser, PAGE, script=False) as visit:
        assert visit.page.locator("article.claim:visible").count() == len(fr.load("claims"))
        visit.page.locator("#M02 summary").focus()
        visit.page.keyboard.press("Enter")
        visit.page.locator("#M02 li").first.wait_for(state="visible", timeout=5_000)


def test_from_a_card_to_its_rows_and_to_its_code(built, browser):
    with Visit(browser, PAGE) as visit:
        visit.page.locator("#M02 summary").click()
        visit.page.locator("#M02 a", has_text="trade_annual").first.click()
        download = visit.page.locator("#table-trade_annual").get_by_role("link", name="Download CSV")
        download.wait_for(timeout=15_000)
        assert download.count() == 1
    with Visit(browser, WORKINGS) as visit:
        assert visit.page.locator(".working").count() == len(fr.load("claims"))
        visit.page.locator("#working-m02 summary").click()
        assert "def m02(tables: Tables)" in visit.page.locator("#working-m02 pre").inner_text()
        assert visit.page.locator("#working-m02 a").first.get_attribute("href").endswith("12-claims-on-trial.html#M02")


def test_links_to_claims_tell_the_verdict(built):
    html = (built / "chapters/01-trade.html").read_text(encoding="utf-8")
    link = re.search(r'<a [^>]*href="12-claims-on-trial\.html#M02"[^>]*>', html).group()
    assert "Verdict: contradicted." in unescape(link)
