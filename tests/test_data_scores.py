"""What must hold in the tables of chapters 13 to 15: questions with outcomes, ratings of evidence, words of chance."""

import pandas as pd
import pytest

import frenemies as fr
from frenemies.claims.parts import RECORDS


@pytest.fixture(scope="module")
def questions():
    return fr.load("forecast_outcomes").set_index("claim_id")


def test_every_forecast_and_no_other_claim_has_its_question(questions):
    claims = fr.load("claims")
    assert set(questions.index) == set(claims.loc[claims["kind"] == "forecast", "claim_id"])


def test_a_scorable_question_has_all_that_a_score_needs_and_the_others_have_none_of_it(questions):
    needed = ["resolved_on", "other_rule", "other_outcome", "other_decided_by"]
    comparison = ["base_rate", "reference_class"]
    scorable = questions["outcome"] != "not_scorable"
    assert questions.loc[scorable, needed].notna().all(axis=None)
    assert questions.loc[~scorable, needed + comparison].isna().all(axis=None)


def test_an_if_without_a_measure_keeps_a_forecast_from_being_scored(questions):
    claims = fr.load("claims").set_index("claim_id")["claim"]
    forecasts = questions.index[questions.index.map(claims).str.startswith("If ")]
    assert {"M15", "M23"} <= set(forecasts)
    for claim in [*forecasts, "M16"]:
        assert questions.loc[claim, "outcome"] == "not_scorable", claim
        assert "an if that is not measured" in questions.loc[claim, "left_out"], claim


def test_a_base_rate_names_the_cases_that_it_counts(questions):
    assert (questions["base_rate"].isna() == questions["reference_class"].isna()).all()
    counted = questions["reference_class"].dropna()
    assert len(counted) > 0 and counted.str.contains(r"\d+ of \d+|none of [\d,]+").all()


def test_no_base_rate_counts_rows_of_a_chosen_list(questions):
    # The dictionary forbids it for the chronology, and arrangements without a recorded end are not survivors.
    for claim in ("K15", "K17", "M15", "G13"):
        assert pd.isna(questions.loc[claim, "base_rate"]), claim


def test_the_other_rule_turns_each_outcome_round(questions):
    scored = questions.dropna(subset="other_outcome")
    assert (scored["outcome"].astype(str) != scored["other_outcome"].astype(str)).all()


def test_a_table_or_a_dated_record_decides_the_other_rule_and_silence_none(questions):
    records = {key for table, name, *_ in RECORDS for key in fr.load(table)[name]}
    decides = set(questions["other_decided_by"].dropna())
    assert decides <= records | set(fr.tables()["name"]), decides


def test_a_question_is_settled_after_the_article_and_by_its_deadline(questions):
    written = fr.load("articles").set_index("article_id")["date"]
    article = fr.load("claims").set_index("claim_id")["article_id"]
    days = questions.assign(written=questions.index.map(article).map(written)).dropna(subset="resolved_on")
    assert (days["resolved_on"] <= days["deadline"]).all()
    assert (days["resolved_on"] > days["written"]).all()


def test_an_outcome_that_rests_on_an_event_carries_its_day(questions):
    day = fr.load("chronology").set_index("event_id")["date"]
    settled = questions.dropna(subset="event_id")
    assert (settled["event_id"].map(day) == settled["resolved_on"]).all()


def test_a_no_is_only_known_on_the_deadline(questions):
    rows = questions[questions["outcome"] == "no"]
    assert (rows["resolved_on"] == rows["deadline"]).all()


def laplace(hits, cases):
    return (hits + 1) / (cases + 2)


def test_the_base_rate_of_leaving_nato_counts_years_of_membership(questions):
    members = fr.load("nato_members").query("accession_year <= 2016")
    yearly = laplace(0, (2017 - members["accession_year"]).sum())
    assert questions.loc["P08", "base_rate"] == round(1 - (1 - yearly) ** 4, 3)


def test_the_base_rate_of_buying_again_follows_from_the_arms_register(questions):
    sold = fr.load("arms_exports").query("tiv_million > 0")
    buyers = sold.groupby("year")["recipient_name"].agg(set)
    had = sum(len(buyers[year - 1]) for year in range(2001, 2022))
    kept = sum(len(buyers[year - 1] & buyers[year]) for year in range(2001, 2022))
    assert questions.loc["G12", "base_rate"] == round(laplace(kept, had), 2)


def test_arms_for_ukraine_in_2023_decide_g12(questions):
    delivered = fr.load("arms_exports").query("recipient_iso3 == 'UKR' and year == 2023")["tiv_million"].sum()
    assert (questions.loc["G12", "outcome"] == "yes") == (delivered > 0)


def test_each_item_is_rated_once_under_each_hypothesis():
    ratings = fr.load("evidence_ratings")
    counted = ratings.groupby(["item_id", "hypothesis"], observed=True).size().unstack(fill_value=0)
    assert counted.shape[1] == 5 and (counted == 1).all(axis=None)


def test_what_is_said_of_an_item_is_the_same_in_all_its_rows():
    ratings = fr.load("evidence_ratings").fillna({"event_id": ""})
    assert (ratings.groupby("item_id", observed=True)[["item", "domain", "event_id", "source_id"]].nunique() == 1).all(
        axis=None
    )


def test_bands_of_chance_climb_and_do_not_overlap_within_a_scale():
    for _, scale in fr.load("probability_words").sort_values("step").groupby("scale", observed=True):
        assert (scale["low"] < scale["high"]).all()
        assert (scale["low"].iloc[1:].to_numpy() >= scale["high"].iloc[:-1].to_numpy()).all()
