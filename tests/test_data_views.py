"""Alignment, opinion, regimes and expert views: what must hold between independent tables, and inside each.

A single cell out of range is caught by the description of its table; these tests see what needs two columns or two sources.
"""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest

import frenemies as fr

CHAPTERS = Path(__file__).resolve().parents[1] / "chapters"
PAIR = ["country_a_iso3", "country_b_iso3", "year"]
REGIME_RANGES = {
    "vdem_electoral_democracy": (0, 1),
    "vdem_liberal_democracy": (0, 1),
    "vdem_regime_type": (0, 3),
    "freedom_house_political_rights": (1, 7),
    "freedom_house_civil_liberties": (1, 7),
    "freedom_house_status": (0, 2),
    "freedom_house_score": (0, 100),
    "polity2": (-10, 10),
    "wgi_voice_accountability": (-2.5, 2.5),
}


def yearly_agreement() -> pd.DataFrame:
    """Agreement by pair and calendar year."""
    table = fr.load("un_agreement")
    return table[table["period_type"] == "calendar_year"]


# General Assembly


def test_two_computations_of_the_net_score_agree_in_every_shared_year():
    table = fr.load("un_net_score")
    shared = table.dropna(subset=["net_score_recomputed"])
    assert len(shared) == 3 * 29
    assert shared["year"].min() == 1991 and shared["year"].max() == 2019
    assert (shared["net_score"] == shared["net_score_recomputed"]).all()


def test_the_net_score_fits_the_counts_of_same_and_opposite_votes():
    # Same yes or no votes are some of all same votes, so the score lies between -opposite and same - opposite.
    both = fr.load("un_net_score").merge(yearly_agreement(), on=PAIR)
    assert len(both) == 3 * 29
    assert (both["net_score"] <= both["votes_same"] - both["votes_opposite"]).all()
    assert (both["net_score"] >= -both["votes_opposite"]).all()


def test_the_agreement_index_follows_from_the_counts():
    table = fr.load("un_agreement")
    half = table["votes"] - table["votes_same"] - table["votes_opposite"]
    assert (half >= 0).all()
    computed = (table["votes_same"] + 0.5 * half) / table["votes"]
    assert (computed - table["agreement_index"]).abs().max() < 6e-5
    assert (table["votes_same"] / table["votes"] - table["share_same"]).abs().max() < 6e-5


def test_sessions_are_numbered_from_1946_and_calendar_years_carry_no_session():
    table = fr.load("un_agreement")
    sessions = table["period_type"] == "session"
    assert (table.loc[sessions, "session"] == table.loc[sessions, "year"] - 1945).all()
    assert table.loc[~sessions, "session"].isna().all()


def test_agreement_over_all_issues_is_the_sum_of_the_years():
    table = fr.load("un_agreement_by_issue")
    for row in table[table["issue"] == "all"].itertuples():
        first, last = map(int, row.period.split("-"))
        years = yearly_agreement()
        chosen = years[
            (years["country_a_iso3"] == row.country_a_iso3)
            & (years["country_b_iso3"] == row.country_b_iso3)
            & years["year"].between(first, last)
        ]
        assert chosen["votes"].sum() == row.votes
        mean = (chosen["agreement_index"] * chosen["votes"]).sum() / row.votes
        assert mean == pytest.approx(row.agreement_index, abs=2e-4)


def test_no_issue_holds_more_roll_calls_than_all_of_them():
    table = fr.load("un_agreement_by_issue")
    total = table[table["issue"] == "all"].set_index(["country_a_iso3", "country_b_iso3", "period"])["votes"]
    most = (
        table[table["issue"] != "all"]
        .groupby(["country_a_iso3", "country_b_iso3", "period"], observed=True)["votes"]
        .max()
    )
    assert (most < total.reindex(most.index)).all()


def test_state_department_and_roll_calls_agree_within_a_fortieth():
    printed = fr.load("us_voting_coincidence").rename(columns={"iso3": "country_a_iso3"})
    with_usa = yearly_agreement().query("country_b_iso3 == 'USA' and year >= 2018")
    both = printed.merge(with_usa, on=["country_a_iso3", "year"])
    assert sorted(both["country_a_iso3"] + both["year"].astype(str)) == ["RUS2018", "RUS2019", "TUR2018", "TUR2019"]
    assert (both["coincidence_without_absences"] - both["agreement_index"]).abs().max() <= 0.025


def test_printed_coincidence_follows_its_rule_which_changes_in_2021():
    table = fr.load("us_voting_coincidence")
    absent = table["votes_absent"].where(table["year"] >= 2021, 0)
    voted = table["votes_same"] + table["votes_opposite"] + table["votes_partial"]
    by_rule = (table["votes_same"] + 0.5 * (table["votes_partial"] + absent)) / (voted + absent)
    assert (by_rule - table["coincidence"]).abs().max() < 0.0101
    without = (table["votes_same"] + 0.5 * table["votes_partial"]) / voted
    assert (without - table["coincidence_without_absences"]).abs().max() < 6e-5


def test_ideal_points_lie_within_their_bounds():
    table = fr.load("ideal_points")
    assert table["ideal_point"].between(table["ideal_point_low"], table["ideal_point_high"]).all()
    known = table.dropna(subset=["ideal_point_all"])
    assert known["ideal_point_all"].between(known["ideal_point_all_low"], known["ideal_point_all_high"]).all()
    assert (known["votes"] <= known["votes_all"]).all()


def test_turkeys_distance_on_the_line_falls_where_its_agreement_rises():
    # Two independent routes from the same votes. (For Russia and the United States the link is weaker: the agenda moves both.)
    points = fr.load("ideal_points").pivot(index="year", columns="iso3", values="ideal_point")
    years = yearly_agreement()
    for a, b in [("TUR", "RUS"), ("TUR", "USA")]:
        pair = years[
            (years["country_a_iso3"] == a) & (years["country_b_iso3"] == b) & (years["votes"] >= 30)
        ].set_index("year")
        distance = (points[a] - points[b]).abs().reindex(pair.index)
        # Pearson on ranks is Spearman, without the need for scipy.
        assert distance.rank().corr(pair["agreement_index"].rank()) < -0.6, (a, b)


def test_the_united_states_stand_at_the_top_of_the_line_and_russia_never_above_them():
    points = fr.load("ideal_points").pivot(index="year", columns="iso3", values="ideal_point")
    assert (points["USA"] > points["RUS"]).all()


def test_key_votes_leave_out_the_unconfirmed_resolution():
    assert "A/RES/74/169" not in set(fr.load("un_key_votes")["resolution"])


def test_emergency_votes_do_not_exceed_the_membership():
    table = fr.load("un_emergency_votes")
    assert (table[["yes_total", "no_total", "abstain_total"]].sum(axis=1) <= 193).all()


# Opinion


def test_pew_shares_add_up_to_100():
    table = fr.load("pew_favourability")
    total = table[["favourable_pct", "unfavourable_pct", "no_answer_pct"]].sum(axis=1)
    assert (total - 100).abs().max() < 0.15
    assert (table["very_favourable_pct"] <= table["favourable_pct"]).all()
    assert (table["very_unfavourable_pct"] <= table["unfavourable_pct"]).all()


def test_shares_from_pew_microdata_equal_those_that_pew_printed():
    printed = fr.load("opinion_polls").query("survey == 'Global Attitudes Spring 2024' and answer == 'favourable'")
    computed = (
        fr.load("pew_favourability")
        .query("population_iso3 == 'TUR' and year == 2019")
        .set_index("opinion_of")["favourable_pct"]
    )
    compared = 0
    for row in printed.dropna(subset=["note"]).itertuples():
        if earlier := re.search(r"gives (\d+) percent for 2019", row.note):
            assert abs(int(earlier[1]) - computed[row.subject]) < 0.6, row.subject
            compared += 1
    assert compared == 2


def test_shares_of_one_question_exceed_100_only_where_several_answers_were_possible():
    table = fr.load("opinion_polls")
    table = table[~table["variant"]]
    # In a single-choice question the answers about one subject, and the subjects named, share out 100 percent.
    named = table[table["answer"] == "named"].groupby(["pollster", "survey", "population_iso3", "question"])
    judged = table[table["answer"] != "named"].groupby(["pollster", "survey", "population_iso3", "question", "subject"])
    for groups in (named, judged):
        for key, group in groups:
            if group["share_pct"].sum() > 100.5:
                assert group["multiple_answers"].fillna(False).all(), key


def test_fieldwork_ends_after_it_begins_and_dates_span_the_period_they_claim():
    table = fr.load("opinion_polls")
    length = (table["field_end"] - table["field_start"]).dt.days
    assert (length >= 0).all()
    assert length[table["date_precision"] == "year"].isin([364, 365]).all()
    assert length[table["date_precision"] == "month"].between(27, 91).all()
    assert (length[table["date_precision"] == "day"] < 60).all()


def test_each_differing_print_stands_beside_the_one_it_differs_from():
    table = fr.load("opinion_polls")
    key = ["pollster", "survey", "population_iso3", "question", "subject", "answer"]
    both = table[table["variant"]].merge(table[~table["variant"]], on=key, suffixes=("_variant", ""))
    assert len(both) == table["variant"].sum() > 0
    assert (both["share_pct_variant"] != both["share_pct"]).all()
    assert (both["source_id_variant"] != both["source_id"]).all()


def test_printed_precision_matches_the_share():
    table = fr.load("opinion_polls")
    whole = table["precision"] == "whole_percent"
    assert (table.loc[whole, "share_pct"] % 1 == 0).all()
    assert ((table["share_pct"] * 10).round() / 10 == table["share_pct"]).all()


# Regimes


def test_regime_indices_keep_the_range_of_their_scale():
    table = fr.load("regime_indices")
    assert set(table["indicator"]) == set(REGIME_RANGES)
    for indicator, (low, high) in REGIME_RANGES.items():
        assert table.loc[table["indicator"] == indicator, "value"].between(low, high).all(), indicator


def test_only_v_dem_indices_have_bounds_and_these_contain_the_estimate():
    table = fr.load("regime_indices")
    bounded = table["indicator"].isin(["vdem_electoral_democracy", "vdem_liberal_democracy"])
    assert table.loc[bounded, ["lower", "upper"]].notna().all().all()
    assert table.loc[~bounded, ["lower", "upper"]].isna().all().all()
    assert table[bounded].eval("lower <= value <= upper").all()


def test_liberal_democracy_never_exceeds_electoral_democracy():
    # V-Dem builds the liberal index from the electoral one and liberal components.
    wide = fr.load("regime_indices").pivot(index=["iso3", "year"], columns="indicator", values="value")
    known = wide.dropna(subset=["vdem_liberal_democracy", "vdem_electoral_democracy"])
    assert len(known) == 70
    assert (known["vdem_liberal_democracy"] < known["vdem_electoral_democracy"]).all()


def test_freedom_house_status_follows_from_the_two_ratings():
    # Freedom House: mean rating up to 2.5 free, 3 to 5 partly free, from 5.5 not free.
    wide = fr.load("regime_indices").pivot(index=["iso3", "year"], columns="indicator", values="value")
    known = wide.dropna(subset=["freedom_house_status"])
    mean = (known["freedom_house_political_rights"] + known["freedom_house_civil_liberties"]) / 2
    expected = pd.cut(mean, [0, 2.75, 5.25, 7], labels=[2, 1, 0]).astype(int)
    assert (expected == known["freedom_house_status"]).all()


# The experts' claims


def test_claims_are_numbered_by_article_without_a_gap():
    claims = fr.load("claims")
    letter = claims["article_id"].map({"paul2017": "P", "mehmet2020": "M", "mikovic2021": "K", "gautam2022": "G"})
    assert (claims["claim_id"].str[0] == letter).all()
    for first, group in claims["claim_id"].groupby(claims["claim_id"].str[0]):
        assert sorted(group) == [f"{first}{number:02d}" for number in range(1, len(group) + 1)]


def test_reports_of_what_somebody_said_are_facts():
    # The rule in the table's caveats: it was said, or it was not.
    claims = fr.load("claims").set_index("claim_id")
    said = claims["claim"].str.contains(
        r"\bsays that\b|\bsaid (?:lately )?that\b|In a survey|In the same survey|yearly report"
    )
    assert said.sum() >= 6
    assert set(claims.loc[said, "kind"]) == {"fact"}


def test_each_claim_has_a_chapter_that_exists():
    known = {path.stem for path in CHAPTERS.glob("*.ipynb")}
    assert sorted(set(fr.load("claims")["chapter"]) - known) == []


def test_sources_of_claims_edges_and_stances_are_their_articles():
    for name in ("articles", "claims", "argument_edges", "stance_codes"):
        table = fr.load(name)
        assert (table["source_id"] == table["article_id"]).all(), name


def test_every_event_bears_on_a_claim_and_no_pair_is_repeated():
    pairs = fr.load("forecast_evidence_claims")
    assert set(pairs["evidence_id"]) == set(fr.load("forecast_evidence")["evidence_id"])
    assert not pairs.duplicated().any()


def test_no_event_is_older_than_the_first_article_on_which_it_bears_by_more_than_a_year():
    pairs = (
        fr.load("forecast_evidence_claims")
        .merge(fr.load("forecast_evidence"), on="evidence_id")
        .merge(fr.load("claims"), on="claim_id")
    )
    pairs = pairs.merge(fr.load("articles")[["article_id", "date"]], on="article_id", suffixes=("", "_article"))
    assert ((pairs["date_article"] - pairs["date"]).dt.days < 366).all()


def test_claims_in_the_argument_of_an_article_are_its_own():
    edges = fr.load("argument_edges")
    ends = pd.concat(
        [
            edges[["article_id", f"{end}_claim_id"]].set_axis(["article_id", "claim_id"], axis=1)
            for end in ("from", "to")
        ]
    )
    used = (
        ends.dropna()
        .drop_duplicates()
        .merge(fr.load("claims")[["claim_id", "article_id"]], on="claim_id", suffixes=("", "_claim"))
    )
    assert (used["article_id"] == used["article_id_claim"]).all()
    assert set(used["claim_id"]) == set(fr.load("claims")["claim_id"])


def test_maps_keep_the_authors_steps_apart_from_the_books():
    whose = fr.load("argument_edges").groupby(["article_id", "link"], observed=True).size().unstack(fill_value=0)
    assert (whose > 0).all(axis=None)
    # The step that a critic held against Mikovic is the map's, not his.
    step = fr.load("argument_edges").query("from_claim_id == 'K18' and to_claim_id == 'K19'")
    assert step["link"].tolist() == ["book"]


def test_a_node_of_an_argument_is_always_the_same_claim():
    edges = fr.load("argument_edges")
    parts = [
        edges[["article_id", f"{end}_node", f"{end}_claim_id"]].set_axis(["article_id", "node", "claim_id"], axis=1)
        for end in ("from", "to")
    ]
    nodes = pd.concat(parts).drop_duplicates()
    assert not nodes.duplicated(["article_id", "node"]).any()
    assert not nodes.dropna().duplicated(["article_id", "claim_id"]).any()


@pytest.mark.parametrize("article", ["gautam2022", "mehmet2020", "mikovic2021", "paul2017"])
def test_each_argument_leads_to_one_thesis_without_going_round_in_circles(article: str):
    edges = fr.load("argument_edges").query("article_id == @article")
    targets = edges.groupby("from_node")["to_node"].agg(set).to_dict()
    theses = set(edges["to_node"]) - set(edges["from_node"])
    assert len(theses) == 1
    waiting = set(targets)
    settled = set(theses)
    while ready := {node for node in waiting if targets[node] <= settled}:
        settled |= ready
        waiting -= ready
    assert waiting == set()


def test_two_readings_cover_every_article_and_topic():
    stances = fr.load("stance_codes")
    topics = set(stances["topic"])
    everything = {(article, topic) for article in fr.load("articles")["article_id"] for topic in topics}
    for coder in ("A", "B"):
        coded = stances[stances["coder"] == coder]
        assert set(zip(coded["article_id"], coded["topic"])) == everything, coder


def test_silence_is_empty_and_no_reading_is_silent_throughout():
    stances = fr.load("stance_codes")
    coded = stances.dropna(subset=["stance"]).groupby(["article_id", "coder"])["topic"].nunique()
    assert (coded >= 3).all()
    assert stances["stance"].isna().any()
