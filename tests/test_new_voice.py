"""The fifth voice of the workshop: its stored parts, and a trial that follows the evidence."""

from __future__ import annotations

import io

import pandas as pd
import pytest

import frenemies as fr
from frenemies.claims import verdicts
from frenemies_build import voice_parts
from frenemies_build.notebooks import NotebookError


@pytest.fixture(scope="module")
def claims() -> pd.DataFrame:
    return fr.load("voice_claims")


@pytest.fixture(scope="module")
def parts() -> pd.DataFrame:
    return fr.load("voice_parts")


def with_changed(monkeypatch: pytest.MonkeyPatch, name: str, change) -> pd.DataFrame:
    """The parts that the worked example makes from tables of which one is changed."""
    real = fr.load
    monkeypatch.setattr(fr, "load", lambda table: change(real(table)) if table == name else real(table))
    return pd.read_csv(io.StringIO(voice_parts.parts_text()))


def test_the_stored_parts_are_what_the_worked_example_makes(capsys):
    assert voice_parts.main(["--check"]) == 0, capsys.readouterr().err


def test_every_claim_of_the_fifth_voice_can_be_judged(claims, parts):
    verdicts.check_parts(claims, parts)
    judged = verdicts.judge(claims, parts)
    assert set(judged["verdict"]) <= set(verdicts.VERDICTS) and len(judged) == len(claims)


def test_the_claims_are_of_every_kind_and_come_from_the_statement(claims):
    assert set(claims["kind"]) == {"fact", "forecast", "interpretation"}
    assert claims["source_id"].nunique() == 1
    assert claims["claim_id"].tolist() == [f"O{number:02d}" for number in range(1, len(claims) + 1)]


def test_more_trade_turns_the_part_on_sales_round(monkeypatch):
    def grow(table: pd.DataFrame) -> pd.DataFrame:
        of_2024 = table["year"].eq(2024) & table["partner_iso3"].eq("RUS")
        return table.assign(value_musd=table["value_musd"].mask(of_2024, 20_000))

    made = with_changed(monkeypatch, "trade_partners", grow)
    assert made.query("claim_id == 'O04' and part == 1")["outcome"].item() == "fails"


def test_an_event_that_is_gone_stops_the_trial_and_is_named(monkeypatch, capsys):
    real = fr.load
    gone = "akkuyu-fuel-2023"

    def without(name: str) -> pd.DataFrame:
        table = real(name)
        return table[table["event_id"] != gone] if name == "chronology" else table

    monkeypatch.setattr(fr, "load", without)
    with pytest.raises(NotebookError, match=gone):
        voice_parts.parts_text()
    assert voice_parts.main([]) == 1
    assert gone in capsys.readouterr().err


def test_a_claim_without_a_part_is_named(claims, parts):
    with pytest.raises(fr.DataError, match="O05"):
        verdicts.check_parts(claims, parts[parts["claim_id"] != "O05"])
