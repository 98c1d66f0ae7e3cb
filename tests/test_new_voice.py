"""The fifth text, tried in the workshop: its stored parts, and a trial that follows the evidence."""

from __future__ import annotations

import io
import re

import pandas as pd
import pytest
import rules

import frenemies as fr
from frenemies.claims import verdicts
from frenemies.claims.parts import BEYOND, FAILS, HOLDS, JUDGED, MISSING, MIXED, RECORD
from frenemies_build import claim_parts
from frenemies_build.notebooks import NotebookError

CHAPTER = rules.ROOT / "chapters" / "16-a-new-voice.ipynb"
PLAN = rules.ROOT / "chapters" / "teach" / "new-voice.md"
TEMPLATE = rules.ROOT / "exercises" / "release" / "16-a-new-voice" / "16-a-new-voice.ipynb"


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


def test_the_claims_are_of_every_kind_and_numbered_in_order(claims):
    assert set(claims["kind"]) == {"fact", "forecast", "interpretation"}
    assert claims["claim_id"].tolist() == [f"V{number:02d}" for number in range(1, len(claims) + 1)]


def test_each_claim_has_a_second_record_from_another_house_or_the_page_says_that_it_has_none(claims):
    register = fr.load("sources").set_index("source_id")["organisation"]
    alone = claims["other_source_id"].isna()
    twice = claims[~alone]
    assert (twice["source_id"].map(register).values != twice["other_source_id"].map(register).values).all()
    said = re.findall(
        r"Only ((?:V\d\d(?:, | and )?)+) stands? in one record alone", rules.markdown(rules.read(CHAPTER))
    )
    assert len(said) == 1
    assert re.findall(r"V\d\d", said[0]) == claims.loc[alone, "claim_id"].tolist()


def test_a_record_shows_that_something_happened_or_not_and_whatever_is_a_degree_is_judged(parts):
    assert set(parts.loc[parts["basis"] == RECORD, "outcome"]) <= {HOLDS, FAILS}
    assert set(parts.loc[parts["outcome"] == MIXED, "basis"]) <= {JUDGED}


def test_a_reading_is_never_simply_supported(claims, parts):
    readings = set(claims.loc[claims["kind"] == "interpretation", "claim_id"])
    assert readings <= set(parts.loc[parts["outcome"].isin([MISSING, BEYOND]), "claim_id"])


def outcome(parts: pd.DataFrame, claim: str, part: int = 1) -> str:
    """How a part came out."""
    return parts.query("claim_id == @claim and part == @part")["outcome"].item()


def times(column: str, factor: float, where: str):
    """Multiply a number in the rows that fit."""

    def change(table: pd.DataFrame) -> pd.DataFrame:
        rows = table.query(where).index
        assert len(rows), f"no row fits {where}"
        return table.assign(**{column: table[column].astype(float)}).assign(
            **{column: lambda d: d[column].where(~d.index.isin(rows), d[column] * factor)}
        )

    return change


@pytest.mark.parametrize(
    ("claim", "part", "table", "change"),
    [
        ("V01", 1, "trade_annual", times("value_musd", 2.0, "reporter_iso3 == 'TUR' and year == 2021")),
        ("V05", 1, "trade_exports_hs2_2021_2024", times("value_musd", 9.0, "hs2 == '84' and year == 2022")),
        (
            "V08",
            1,
            "akkuyu_events",
            lambda table: table.assign(event=table["event"].str.replace("planned for 2024", "planned for 2025")),
        ),
    ],
)
def test_a_part_that_a_table_decides_fails_when_the_table_says_otherwise(
    with_changed, parts, claim, part, table, change
):
    with_changed(table, change)
    assert (outcome(parts, claim, part), outcome(made_anew(), claim, part)) == (HOLDS, FAILS)


@pytest.mark.parametrize(("claim", "part"), [("V01", 3), ("V03", 2)])
def test_the_number_that_a_speaker_named_himself_is_told_and_decides_nothing(with_changed, parts, claim, part):
    with_changed("trade_reported_points", times("value_musd", 2.0, "stated_by == 'President of Russia'"))
    made = made_anew()
    said = [table.loc[table["claim_id"].eq(claim) & table["part"].eq(part), "reason"].item() for table in (parts, made)]
    assert said[0] != said[1] and outcome(parts, claim, part) == outcome(made, claim, part) == MISSING


def test_a_half_year_without_sales_is_not_judged_by_the_whole_year(with_changed, parts):
    # Twice the sales of 2023 change the bounds, and still nothing follows for the half year.
    more = times("value_musd", 2.0, "reporter_iso3 == 'TUR' and flow == 'export' and year == 2023")
    with_changed("trade_annual", more)
    made = made_anew()
    said = [table.query("claim_id == 'V02'")["reason"].item() for table in (parts, made)]
    assert said[0] != said[1] and outcome(parts, "V02") == outcome(made, "V02") == MISSING


def test_a_later_fall_of_trade_or_a_late_reactor_adds_no_word_to_what_was_said(with_changed, parts):
    with_changed("trade_annual", times("value_musd", 0.1, "reporter_iso3 == 'TUR' and year >= 2023"))
    assert outcome(parts, "V04") == outcome(made_anew(), "V04") == BEYOND
    assert outcome(parts, "V08", 2) == BEYOND


def test_talks_without_an_agreement_were_talks_all_the_same(parts):
    assert (outcome(parts, "V11"), outcome(parts, "V11", 2)) == (HOLDS, MISSING)


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


def cell(name: str) -> str:
    """The code of a cell of the students' edition."""
    return next(found.source for found in rules.read(TEMPLATE).cells if found.get("id") == name)


@pytest.fixture
def template() -> dict[str, object]:
    """The names that a student has after running the students' template from the top, short tasks left out."""
    names: dict[str, object] = {}
    for name in ("imports", "tables", "my-claims", "my-trial", "my-engine"):
        exec(compile(cell(name), f"{TEMPLATE.name}, cell {name}", "exec"), names)
    return names


# Each of the six, as a student would write it into the template.
MAKERS = {
    "number": ("number('gas', 42, share, 'percent', 'gas_reported_points')", HOLDS),
    "counted": ("counted('most gas', bool(share > 50), 'Less than half.', 'gas_reported_points')", FAILS),
    "dated": ("dated(fr.load, 'it came', 's400-delivered-2019')", HOLDS),
    "judged": ("judged('they are close', 'mixed', 'By gas yes, by alliance no.')", MIXED),
    "missing": ("missing('for its own sake', 'No table holds it.', 'Papers of the government.')", MISSING),
    "beyond": ("beyond('it is wise', 'Wisdom has no measure.')", BEYOND),
}


@pytest.mark.parametrize("maker", MAKERS)
def test_the_template_has_each_of_the_six_makers_after_it_ran_once(template, maker):
    call, expected = MAKERS[maker]
    exec(f"my_trial['S01'] = [{call}, beyond('left open', 'No measure.')]", template)
    exec(compile(cell("my-engine"), TEMPLATE.name, "exec"), template)
    made = template["my_parts"].query("claim_id == 'S01'")
    assert made["outcome"].tolist() == [expected, BEYOND]


def test_the_template_names_every_maker_that_the_student_is_told_to_use():
    told = set(re.findall(r"^- `(\w+)\(", cell("my-trial-text"), re.MULTILINE))
    assert told == set(MAKERS)


def test_the_examples_of_the_template_leave_their_readings_open(template):
    result = template["result"]
    assert set(result["kind"]) == {"interpretation"}
    assert set(result["verdict"]) == {verdicts.AS_FAR}


@pytest.mark.parametrize(
    ("claim", "trial", "named"),
    [
        ("S01", "[counted('gas', True, 'So.', 'gas_table')]", "gas_table"),
        ("S02", "[counted('gas', True, '', 'gas_reported_points')]", "reason"),
        ("S02", "[missing('aim', 'None found.', '')]", "what would decide it"),
        ("S02", "[counted('gas', True, 'So.', '')]", "names no table"),
        (
            "S01",
            "[dated(fr.load, 'it came', 's400-delivered-2091')]",
            "no dated record has the id 's400-delivered-2091'",
        ),
        ("S02", "[]", "cut it into at least one"),
    ],
)
def test_a_bad_part_in_the_template_is_named_with_its_claim(template, claim, trial, named):
    exec(f"my_trial['{claim}'] = {trial}", template)
    with pytest.raises(fr.DataError, match=rf"Claim {claim}.*{named}"):
        exec(compile(cell("my-engine"), TEMPLATE.name, "exec"), template)


@pytest.mark.parametrize(("column", "end"), [(0, 75), (1, 45)], ids=["75 minutes", "45 minutes, with slips"])
def test_the_plan_of_the_workshop_fills_its_minutes_without_a_gap(column, end):
    rows = [line.split("|")[1:3] for line in PLAN.read_text("utf-8").splitlines() if re.match(r"\| \d+–\d+ \|", line)]
    steps = [tuple(map(int, row[column].split("–"))) for row in rows if row[column].strip()]
    assert steps[0][0] == 0 and steps[-1][1] == end
    assert all(before[1] == after[0] for before, after in zip(steps, steps[1:]))
