"""What must hold in the tables of chapters 13 to 15: questions with outcomes, ratings of evidence, words of chance."""

import pandas as pd
import pytest

import frenemies as fr


@pytest.fixture(scope="module")
def questions():
    return fr.load("forecast_outcomes").set_index("claim_id")


def test_only_forecasts_have_a_question(questions):
    claims = fr.load("claims")
    assert set(questions.index) <= set(claims.loc[claims["kind"] == "forecast", "claim_id"])


def test_a_scorable_question_has_all_that_a_score_needs_and_the_others_have_none_of_it(questions):
    needed = ["resolved_on", "other_rule", "other_outcome", "base_rate", "reference_class"]
    scorable = questions["outcome"] != "not_scorable"
    assert questions.loc[scorable, needed].notna().all(axis=None)
    assert questions.loc[~scorable, needed].isna().all(axis=None)


def test_the_other_rule_turns_each_outcome_round(questions):
    scored = questions.dropna(subset="other_outcome")
    assert (scored["outcome"].astype(str) != scored["other_outcome"].astype(str)).all()


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


def test_base_rates_of_membership_and_arrangements_follow_from_their_tables(questions):
    members = (fr.load("nato_members")["accession_year"] <= 2016).sum()
    begun = fr.load("deconfliction").query("start_date < '2020-11-01'")
    ended = (begun["end_date"] < "2020-11-01").sum()
    assert questions.loc["P08", "base_rate"] == round(1 / (members + 2), 2)
    assert questions.loc["M15", "base_rate"] == round((ended + 1) / (len(begun) + 2), 2)


def test_the_event_count_behind_k15_crosses_on_the_day_given(questions):
    events = fr.load("chronology").query("theatre == 'ukraine_black_sea' and direction == 'conflict'")["date"].sort_values()
    written, span = pd.Timestamp("2021-06-14"), pd.DateOffset(years=4)
    before = events.between(written - span, written).sum()
    after = events[(events > written) & (events <= written + span)]
    assert questions.loc["K15", "outcome"] == "yes"
    assert after.iloc[before] == questions.loc["K15", "resolved_on"]


def test_arms_for_ukraine_in_2023_decide_g12(questions):
    delivered = fr.load("arms_exports").query("recipient_iso3 == 'UKR' and year == 2023")["tiv_million"].sum()
    assert (questions.loc["G12", "outcome"] == "yes") == (delivered > 0)


def test_each_item_is_rated_once_under_each_hypothesis():
    ratings = fr.load("evidence_ratings")
    counted = ratings.groupby(["item_id", "hypothesis"], observed=True).size().unstack(fill_value=0)
    assert counted.shape[1] == 4 and (counted == 1).all(axis=None)


def test_what_is_said_of_an_item_is_the_same_in_its_four_rows():
    ratings = fr.load("evidence_ratings").fillna({"event_id": ""})
    assert (ratings.groupby("item_id", observed=True)[["item", "domain", "event_id", "source_id"]].nunique() == 1).all(axis=None)


def test_bands_of_chance_climb_and_do_not_overlap_within_a_scale():
    for _, scale in fr.load("probability_words").sort_values("step").groupby("scale", observed=True):
        assert (scale["low"] < scale["high"]).all()
        assert (scale["low"].iloc[1:].to_numpy() >= scale["high"].iloc[:-1].to_numpy()).all()
