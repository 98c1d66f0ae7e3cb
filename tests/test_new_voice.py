"""The fifth text, tried in the workshop: its stored parts, and a trial that follows the evidence."""

from __future__ import annotations

import io

import pandas as pd
import pytest

import frenemies as fr
from frenemies.claims import verdicts
from frenemies_build import claim_parts
from frenemies_build.notebooks import NotebookError


@pytest.fixture(scope="module")
def claims() -> pd.DataFrame:
    return fr.load("voice_claims")


@pytest.fixture(scope="module")
def parts() -> pd.DataFrame:
    return fr.load("voice_parts")


def made_anew() -> pd.DataFrame:
    """The parts that the worked example makes from the tables as they are now."""
    return pd.read_csv(io.StringIO(claim_parts.as_text(claim_parts.of_the_fifth_text())))


def test_every_claim_of_the_fifth_voice_can_be_judged(claims, parts):
    verdicts.check_parts(claims, parts)
    judged = verdicts.judge(claims, parts)
    assert set(judged["verdict"]) <= set(verdicts.VERDICTS) and len(judged) == len(claims)


def test_the_claims_are_of_every_kind_and_each_stands_in_one_of_several_records(claims):
    assert set(claims["kind"]) == {"fact", "forecast", "interpretation"}
    register = fr.load("sources").set_index("source_id")["organisation"]
    assert register[claims["source_id"].unique()].nunique() >= 2
    assert claims["claim_id"].tolist() == [f"V{number:02d}" for number in range(1, len(claims) + 1)]


def outcome(parts: pd.DataFrame, claim: str, part: int = 1) -> str:
    """How a part came out."""
    return parts.query("claim_id == @claim and part == @part")["outcome"].item()


def test_more_trade_turns_the_parts_on_trade_round(with_changed, parts):
    def grow(table: pd.DataFrame) -> pd.DataFrame:
        of_2024 = table["year"].eq(2024) & table["reporter_iso3"].eq("TUR")
        return table.assign(value_musd=table["value_musd"].mask(of_2024, 60_000))

    with_changed("trade_annual", grow)
    assert outcome(parts, "V04") == "fails" and outcome(made_anew(), "V04") == "holds"


def test_a_reactor_that_was_started_up_turns_the_forecast_round(with_changed, parts):
    with_changed("akkuyu_events", lambda table: table.replace(r"to begin.*", "began", regex=True))
    assert outcome(parts, "V08") == "fails" and outcome(made_anew(), "V08") == "holds"


def test_an_event_that_is_gone_stops_the_trial_and_is_named(with_changed, capsys):
    gone = "akkuyu-fuel-2023"
    with_changed("chronology", lambda table: table[table["event_id"] != gone])
    with pytest.raises(NotebookError, match=gone):
        claim_parts.of_the_fifth_text()
    assert claim_parts.main([]) == 1
    assert gone in capsys.readouterr().err


def test_a_claim_without_a_part_is_named(claims, parts):
    with pytest.raises(fr.DataError, match="V05"):
        verdicts.check_parts(claims, parts[parts["claim_id"] != "V05"])
