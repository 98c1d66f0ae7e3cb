"""Each claim has a trial of its own, which the tables decide: a table changed so that it must, changes the verdict."""

from __future__ import annotations

import ast
import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pandas as pd
import pytest

import frenemies as fr
from frenemies.claims import trials, verdicts
from frenemies.claims.parts import (
    BASES,
    BEYOND,
    COMPUTED,
    FAILS,
    HOLDS,
    MISSING,
    OUTCOMES,
    RECORDS,
    table_of_parts,
)
from frenemies.claims.trials import TRIALS, parts_of
from frenemies.tables.package import data_dir
from frenemies_build import claim_parts

Change = Callable[[pd.DataFrame], pd.DataFrame]
stored = cache(fr.load)


def altered(table: str, change: Change) -> Callable[[str], pd.DataFrame]:
    """The book's tables, one of them changed."""
    return all_altered({table: change})


def all_altered(changes: dict[str, Change]) -> Callable[[str], pd.DataFrame]:
    """The book's tables, some of them changed."""
    return lambda name: changes[name](stored(name).copy()) if name in changes else stored(name)


def verdict_of(claim: str, tables: Callable[[str], pd.DataFrame] = stored) -> str:
    """The verdict on a claim, tried on these tables."""
    return verdicts.verdict(part.outcome for part in parts_of(claim, tables))


def drop(query: str) -> Change:
    """Leave out the rows that fit."""
    return lambda frame: frame.drop(frame.query(query).index)


def put(column: str, value: object, query: str) -> Change:
    """Give the rows that fit another value."""

    def change(frame: pd.DataFrame) -> pd.DataFrame:
        found = frame.query(query)
        assert len(found), f"no row fits {query}"
        if isinstance(frame[column].dtype, pd.CategoricalDtype):
            frame[column] = frame[column].astype(object)
        if isinstance(value, float):
            frame[column] = frame[column].astype(float)
        frame.loc[found.index, column] = value
        return frame

    return change


def times(column: str, factor: float, query: str) -> Change:
    """Multiply a number in the rows that fit."""

    def change(frame: pd.DataFrame) -> pd.DataFrame:
        found = frame.query(query)
        assert len(found), f"no row fits {query}"
        frame[column] = frame[column].astype(float)
        frame.loc[found.index, column] *= factor
        return frame

    return change


TO_RUSSIA = "partner_iso3 == 'RUS' and reporter_iso3 == 'TUR' and flow == 'export'"
TO_UKRAINE = TO_RUSSIA.replace("RUS", "UKR")
TO_EUROPE = TO_RUSSIA.replace("RUS", "EU27")
NATO_2019 = "question == 'Opinion of NATO' and answer == 'favourable' and population_iso3 == 'TUR' and field_start.dt.year == 2019"
PALESTINE = "country_b_iso3 == 'RUS' and issue == 'palestinian_conflict' and period == '2010-2019'"
AREDA = "pollster == 'Areda Survey' and question.str.startswith"
# Claim: the table, the change, the verdict that must follow.
CHANGES: dict[str, tuple[str, Change, str]] = {
    "P01": ("visitors_russia", times("visitors", 0.2, "origin_iso3 == 'DEU' and year == 2016"), "right in part"),
    "P02": ("banned_goods_2016", put("lifting", "within a quota", "hs4 < '0800'"), "right in part"),
    "P03": (
        "opinion_polls",
        put("share_pct", 20.0, "subject == 'USA' and field_start.dt.year == 2017"),
        "right in part",
    ),
    "P05": ("rivalries", put("start_year", 1950, "opponent_iso3 == 'RUS'"), "right in part"),
    "P06": (
        "trade_annual",
        times("value_musd", 0.01, "reporter_iso3 == 'TUR' and flow == 'import' and year == 2017"),
        "right in part",
    ),
    "P08": ("nato_members", drop("iso3 == 'TUR'"), "right in part"),
    "P09": (
        "economic_ties",
        times("value", 20.0, "indicator == 'direct investment from Russia'"),
        "right in part",
    ),
    "P10": ("nato_members", drop("iso3 == 'TUR'"), "right in part"),
    "P11": ("sanctions_measures", put("action", "lifted", "area == 'visas'"), "right in part"),
    "M01": ("treaty_obligations", put("defence", True, "year == 2000"), "contradicted"),
    "M02": ("trade_annual", times("value_musd", 38 / 28, "2008 <= year <= 2019"), "right in part"),
    "M03": ("visitors_russia", times("visitors", 0.5, "origin_iso3 == 'RUS' and year == 2019"), "contradicted"),
    "M04": ("akkuyu_units", drop("unit > 2"), "supported"),
    "M05": ("gas_pipelines", drop("pipeline.str.startswith('TurkStream')"), "right in part"),
    "M06": ("arms_deals_russia", drop("designation == 'S-400 Triumf'"), "right in part"),
    "M07": ("military_spending", times("constant_2023_musd", 0.1, "iso3 == 'RUS' and year == 2020"), "contradicted"),
    "M09": ("un_key_votes", drop("conflict == 'azerbaijan'"), "right in part"),
    "M11": ("opinion_polls", put("share_pct", 5.0, NATO_2019), "right in part"),
    "M13": ("conflict_roles", put("rus_role", "none", "location == 'Georgia'"), "right in part"),
    "M17": (
        "gas_reported_points",
        put("share_percent", 5.0, "partner_iso3 == 'RUS' and coverage == 'full year'"),
        "right in part",
    ),
    "M26": ("opinion_polls", put("share_pct", 4.0, NATO_2019), "contradicted"),
    "M29": ("opinion_polls", put("share_pct", 40.0, NATO_2019), "supported as far as seen"),
    "M28": ("militarized_disputes", drop("start_date > '1918-12-31'"), "right in part"),
    "K01": ("opinion_polls", put("share_pct", 50.0, f"{AREDA}('Which partner')"), "contradicted"),
    "K02": (
        "opinion_polls",
        put("share_pct", 50.0, f"{AREDA}('Should Turkey cooperate with Russia')"),
        "right in part",
    ),
    "K03": ("military_personnel", put("personnel_thousand", 400, "iso3 == 'FRA' and year == 2020"), "right in part"),
    "K09": (
        "trade_annual",
        times("value_musd", 0.95, "source_id == 'tuik_mgimo_2026_07' and year == 2019"),
        "supported",
    ),
    "K10": (
        "trade_annual",
        times("value_musd", 0.1, "source_id == 'rosstat_fts_2022' and year == 2019"),
        "contradicted",
    ),
    "K14": ("conflict_roles", put("tur_role", "none", "theatre == 'libya'"), "right in part"),
    "K18": ("pew_favourability", put("favourable_pct", 60.0, "opinion_of == 'USA' and year == 2019"), "right in part"),
    "K19": ("arms_imports", drop("supplier_iso3 == 'RUS' and year >= 2016"), "right in part"),
    "K21": (
        "trade_annual",
        times("value_musd", 0.1, "source_id == 'rosstat_fts_2022' and year == 2019"),
        "right in part",
    ),
    "K22": ("conflict_roles", put("tur_role", "none", "theatre == 'syria'"), "right in part"),
    "G01": ("un_agreement_by_issue", put("share_same", 0.95, PALESTINE), "right in part"),
    "G02": ("arms_exports", drop("recipient_iso3 == 'UKR' and year >= 2018"), "right in part"),
    "G03": ("trade_partners", times("value_musd", 10.0, f"{TO_UKRAINE} and year == 2024"), "right in part"),
    "G04": ("gas_pipelines", put("value_bcm", 0.0, "pipeline.str.contains('transit')"), "right in part"),
    "G06": ("trade_partners", times("value_musd", 0.5, f"{TO_RUSSIA} and year == 2023"), "contradicted"),
    "G07": (
        "trade_exports_hs2_2021_2024",
        times("value_musd", 0.1, f"{TO_RUSSIA} and year == 2023 and hs2 in ['84', '85', '87', '90']"),
        "contradicted",
    ),
    "G14": ("arms_exports", drop("recipient_iso3 == 'UKR' and year == 2022"), "right in part"),
    "G17": ("trade_partners", times("value_musd", 0.5, f"{TO_UKRAINE} and year == 2024"), "supported as far as seen"),
    "G18": ("un_emergency_votes", put("vote_tur", "no", "vote_tur == 'yes'"), "right in part"),
    "G19": ("arms_deals_russia", drop("designation == 'S-400 Triumf'"), "right in part"),
    "G21": ("trade_partners", times("value_musd", 0.5, f"{TO_RUSSIA} and year == 2022"), "right in part"),
    "G23": ("macro_annual", times("gdp_busd", 3.0, "country_iso3 == 'TUR' and year == 2022"), "contradicted"),
    "G24": ("wars", put("relation", "allied", "relation == 'opposed'"), "right in part"),
    "P15": (
        "gas_reported_points",
        put("share_percent", 5.0, "partner_iso3 == 'RUS' and coverage == 'full year'"),
        "right in part",
    ),
}
# A change of the table turns the named part, though other parts keep the verdict as it is.
PARTS: dict[str, tuple[str, Change, str, str]] = {
    "K07": ("nato_members", drop("iso3 == 'TUR'"), "Turkey was not expelled", "31 members"),
    "M14": (
        "conflict_roles",
        put("rus_role", "secondary_side_b", "location == 'Azerbaijan' and year == 2020"),
        "passive",
        "coded as secondary_side_b",
    ),
    "P05": (
        "un_key_votes",
        put("vote_rus", "yes", "vote_rus == 'no'"),
        "they take different sides on the neighbourhood",
        "Syria 0 of 8",
    ),
    "M01": (
        "wars",
        put("end_year", 1950, "relation == 'opposed' and end_year == end_year.max()"),
        "much more in common than many grant",
        "since 1950",
    ),
    "M16": (
        "conflict_roles",
        put("year", 2022, "theatre == 'south_caucasus' and year == 2020"),
        "the differences became regional rivalry",
        "a side: 1.",
    ),
    "G15": (
        "trade_partners",
        times("value_musd", 2.0, f"{TO_RUSSIA} and year == 2023"),
        "it could lead to a boom",
        "21.8",
    ),
    "M10": (
        "regime_indices",
        put("value", 0.9, "iso3 == 'TUR' and year == 2020 and indicator == 'vdem_liberal_democracy'"),
        "both rest on the person of the leader",
        "0.90 for Turkey",
    ),
    "M27": (
        "arms_deals_russia",
        put("order_year", 2021, "designation == 'S-400 Triumf'"),
        "the S-400 was built upon",
        "has 1 air-defence system",
    ),
    "P10": (
        "arms_deals_russia",
        put("order_year", 2021, "designation == 'S-400 Triumf'"),
        "the S-400 stayed alone",
        "has 1 air-defence system",
    ),
    "G08": (
        "exchange_rates_monthly",
        times("rate", 2.0, "base_currency == 'USD' and month.dt.strftime('%Y-%m') == '2023-08'"),
        "more roubles were asked for",
        "191.5",
    ),
}


PURCHASES = "reporter_iso3 == 'TUR' and flow == 'import'"
WITH_RUSSIA = "(partner_iso3 == 'RUS' or reporter_iso3 == 'RUS')"
RUSSIAN_CUSTOMS = "source_id == 'rosstat_fts_2022'"
# Further changes that turn computed parts: each makes some part of the claim hold or fail that does not as the tables stand.
TURNS: dict[str, list[dict[str, Change]]] = {
    "G01": [
        {"un_agreement": put("agreement_index", 0.99, "country_b_iso3 == 'RUS' and year == 2010")},
        {"un_agreement_by_issue": put("share_same", 0.4, PALESTINE)},
    ],
    "G02": [{"trade_partners": times("value_musd", 0.5, f"{TO_UKRAINE} and year == 2022")}],
    "G03": [{"trade_annual": times("value_musd", 0.01, "source_id == 'cow_trade_v4' and year == 2000")}],
    "G11": [
        {
            "house_sales": times("dwellings", 0.1, "buyer_iso3 == 'RUS' and year == 2022"),
            "economic_ties": times("value", 0.1, "indicator == 'new companies with Russian capital' and value > 1000"),
        }
    ],
    "G17": [
        {"arms_exports": times("tiv_million", 20.0, "recipient_iso3 == 'UKR' and year == 2023")},
        {"trade_partners": times("value_musd", 0.5, f"{TO_UKRAINE} and year == 2024")},
    ],
    "G21": [
        {"ideal_points": put("ideal_point", 0.4, "iso3 == 'RUS' and year == 2022")},
    ],
    "G24": [{"treaty_obligations": drop("year > 0")}],
    "K02": [{"opinion_polls": put("share_pct", 40.0, f"{AREDA}('Should Turkey cooperate with the United')")}],
    "K03": [{"nato_defence": put("value", 900.0, "iso3 == 'FRA' and indicator == 'personnel' and year == 2022")}],
    "K09": [
        {"trade_reported_points": times("value_musd", 2.0, "source_id == 'crs_if10961_2021_01_14'")},
        {"trade_annual": times("value_musd", 2.0, "year == 2019")},
        {"trade_annual": times("value_musd", 0.95, "source_id == 'tuik_mgimo_2026_07' and year == 2019")},
    ],
    "K10": [{"trade_annual": times("value_musd", 3.0, f"{RUSSIAN_CUSTOMS} and year == 2019 and flow == 'import'")}],
    "K18": [
        {"opinion_polls": put("share_pct", 20.0, "field_start.dt.year == 2021")},
        {"opinion_polls": put("share_pct", 60.0, "field_start.dt.year == 2021")},
    ],
    "K19": [
        {"trade_annual": times("value_musd", factor, f"{RUSSIAN_CUSTOMS} and year == 2019")} for factor in (0.5, 2.0)
    ],
    "M02": [{"trade_annual": put("value_musd", 19000.0, "flow == 'import' and 2008 <= year <= 2019")}],
    "M04": [{"akkuyu_units": put("construction_start", pd.Timestamp("2025-01-01"), "unit == 2")}],
    "M07": [
        {"military_spending": times("constant_2023_musd", 3.0, "iso3 == 'TUR' and year == 2020")},
        {"un_agreement_by_issue": put("agreement_index", 0.1, "period == '2010-2019'")},
    ],
    "M08": [
        {"trade_partners_russia": times("value_musd", 0.1, "partner_iso3 == 'TUR' and year == 2019")},
        {
            "trade_partners_russia": times("value_musd", 0.1, "partner_iso3 == 'TUR' and year == 2019"),
            "visitors_russia": times("visitors", 0.1, "origin_iso3 == 'RUS' and year == 2019"),
        },
    ],
    "M09": [
        {"conflict_roles": put("tur_role", "none", "theatre == 'syria'")},
        {"un_key_votes": drop("conflict == 'crimea'")},
    ],
    "M11": [{"opinion_polls": put("share_pct", 40.0, NATO_2019)}],
    "M17": [
        {"trade_partners_russia": times("value_musd", factor, "partner_iso3 == 'TUR' and year == 2019")}
        for factor in (0.1, 3.0)
    ],
    "M29": [{"opinion_polls": put("share_pct", 5.0, NATO_2019)}],
    "P01": [
        {
            "trade_partners_russia": times(
                "value_musd", 3.0, "flow == 'import' and partner_iso3 == 'TUR' and year == 2016"
            )
        }
    ],
    "P02": [{"leader_meetings": drop("meeting_id == '2017-05-03-sochi'")}],
    "P06": [{"gas_reported_points": put("share_percent", 5.0, "partner_iso3 == 'RUS'")}],
    "P08": [
        {"trade_partners": times("value_musd", 50.0, f"{TO_RUSSIA} and year == 2022")},
        {"trade_annual": times("value_musd", 0.1, f"{PURCHASES} and year == 2022")},
        {"trade_annual": times("value_musd", 5.0, f"{PURCHASES} and year == 2022")},
    ],
    "P09": [
        {"trade_partners": times("value_musd", 100.0, "partner_iso3 == 'RUS' and year == 2016")},
        {"economic_ties": times("value", 20.0, "indicator == 'direct investment from Russia'")},
        {"arms_imports": times("tiv_million", 10000.0, "supplier_iso3 == 'RUS' and year <= 2017")},
        {"trade_partners": times("value_musd", 100.0, f"source_id == 'cow_trade_v4' and {WITH_RUSSIA}")},
        {"nato_members": put("accession_year", 2017, "iso3 == 'TUR'")},
        {
            "trade_partners": times("value_musd", 100.0, "partner_iso3 == 'RUS' and year == 2016"),
            "economic_ties": times("value", 20.0, "indicator == 'direct investment from Russia'"),
        },
    ],
    "P11": [{"treaty_obligations": put("defence", True, "year == 2000")}],
    "P15": [{"conflict_roles": put("rus_role", "none", "theatre == 'syria' and year == 2016")}],
}
TURNS["P10"] = TURNS["P08"]


# Claims of which only several tables, changed together, turn the verdict: the last of their changes above, and what must follow.
TOGETHER = {"G11": "right in part", "M08": "right in part"}


@pytest.mark.parametrize("claim", sorted(TOGETHER))
def test_tables_changed_together_change_the_verdict(claim):
    now = verdict_of(claim, all_altered(TURNS[claim][-1]))
    assert now == TOGETHER[claim] != verdict_of(claim)


def without_tables() -> set[str]:
    """Claims whose parts rest on judgement alone."""
    parts = fr.load("claim_parts")
    rested = parts[parts["basis"].ne("judged")]["claim_id"]
    return set(TRIALS) - set(rested)


@pytest.mark.parametrize("claim", sorted(CHANGES))
def test_a_changed_table_changes_the_verdict(claim):
    table, change, expected = CHANGES[claim]
    now = verdict_of(claim, altered(table, change))
    assert now == expected != verdict_of(claim)


def outcomes_of_computed_parts(claim: str) -> dict[str, set[str]]:
    """Every outcome of each computed part of a claim, as the tables stand and under all changes above."""
    seen: dict[str, set[str]] = {}
    changes = [{entry[0]: entry[1]} for entries in (CHANGES, PARTS) if (entry := entries.get(claim))]
    for changed in [{}, *changes, *TURNS.get(claim, [])]:
        for part in parts_of(claim, all_altered(changed)):
            if part.basis == COMPUTED:
                seen.setdefault(part.what, set()).add(part.outcome)
    return seen


@pytest.mark.parametrize("claim", sorted(set(fr.load("claim_parts").query("basis == 'computed'")["claim_id"])))
def test_every_computed_part_can_come_out_for_the_claim_and_against_it(claim):
    for what, outcomes in outcomes_of_computed_parts(claim).items():
        assert {HOLDS, FAILS} <= outcomes, f"{claim}, {what}: whatever stands in the tables, it comes out {outcomes}"


@pytest.mark.parametrize("claim", sorted(TRIALS))
def test_a_changed_row_of_the_parts_changes_the_verdict(claim):
    # Whatever a claim rests on, its verdict hangs on its parts: some row changed to another outcome gives another verdict.
    claims, parts = verdicts.of_the_book(stored)
    claims, parts = claims[claims["claim_id"] == claim], parts[parts["claim_id"] == claim]
    was = verdicts.judge(claims, parts)["verdict"].item()
    found = {
        verdicts.verdict(parts["outcome"].mask(parts["part"] == place, outcome))
        for place in parts["part"]
        for outcome in OUTCOMES
    }
    numbers = parts.assign(found=parts["found"] * 2)
    found.add(verdicts.judge(claims, numbers)["verdict"].item())
    assert found - {was}, f"{claim} is {was}, whatever its parts say"


PAPERS = r"\b(?:papers?|documents?|minutes|surveys?|statements?|transcripts?)\b"


def test_what_evidence_could_decide_is_not_called_undecidable():
    # A definition is all that can be named where every open part is beyond evidence.
    parts = fr.load("claim_parts")
    open_parts = parts[parts["outcome"].isin([BEYOND, MISSING])].groupby("claim_id")["outcome"].agg(set)
    only_beyond = open_parts[open_parts == {BEYOND}].index
    decided = set(parts[~parts["outcome"].isin([BEYOND, MISSING])]["claim_id"])
    would = fr.load("claim_tests").set_index("claim_id").loc[only_beyond, "would_change"]
    named = would[would.str.contains(PAPERS, case=False, regex=True)]
    assert named.empty, named.to_dict()
    alone = would[~would.index.isin(decided)]
    assert alone.str.contains(
        r"definition|yardstick|measure|a day by which|nothing that can be named", case=False
    ).all(), alone
    assert fr.load("claim_parts").query("outcome == 'undecidable'")["decides"].isna().all()


MOTIVES = r"\b(?:motive|aim|intent|wish|wants?|wanted|papers)\b"


def test_a_motive_or_an_aim_is_not_found_rather_than_undecidable():
    parts = fr.load("claim_parts").query("outcome == 'undecidable'")
    told = parts["what"] + ". " + parts["reason"]
    assert not told.str.contains(MOTIVES, case=False, regex=True).any(), list(
        told[told.str.contains(MOTIVES, case=False)]
    )


def test_the_limits_of_a_measure_are_printed_with_it():
    for path in sorted(Path(trials.__file__).parent.glob("*.py")):
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "measured":
                assert "fails" in ast.unparse(call.args[4]), f"{path.name}, line {call.lineno}"
            if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "counted":
                hidden = [
                    number.value
                    for number in ast.walk(call.args[1])
                    if isinstance(number, ast.Constant)
                    and isinstance(number.value, (int, float))
                    and number.value > 1
                    and not isinstance(number.value, bool)
                    and not 1900 < number.value < 2100
                ]
                words = ast.unparse(call.args[0])
                named = {
                    2: ("half", "two", "second", "most"),
                    25: ("middle half",),
                    75: ("middle half",),
                    0.9: ("nine",),
                    1.05: ("5 percent",),
                }
                for limit in hidden:
                    assert any(word in words for word in named.get(limit, ("",))) or str(limit) in words, (
                        path.name,
                        call.lineno,
                        limit,
                    )


@pytest.mark.parametrize("claim", sorted(PARTS))
def test_a_changed_table_changes_what_a_part_says(claim):
    table, change, what, words = PARTS[claim]
    before, after = (
        {part.what: part.reason for part in parts_of(claim, tables)}[what]
        for tables in (stored, altered(table, change))
    )
    assert words in after and words not in before


def with_records() -> list[tuple[str, str]]:
    """Each claim with each dated record that decides a part of it or was weighed."""
    parts = fr.load("claim_parts")
    rows = parts[parts["records"].notna()]
    return [(row.claim_id, key) for row in rows.itertuples() for key in row.records.split()]


@pytest.mark.parametrize(("claim", "record"), sorted(set(with_records())))
def test_a_record_that_is_gone_stops_the_trial_and_is_named_with_the_claim(claim, record):
    def tables(name):
        frame = stored(name)
        keys = [key for table, key, *_ in RECORDS if table == name]
        return frame[frame[keys[0]] != record] if keys else frame

    with pytest.raises(fr.DataError, match=rf"Claim {claim}: .*{record}"):
        parts_of(claim, tables)


def test_every_claim_is_tried_and_each_trial_is_tested_by_its_own_tables_or_records():
    ids = set(fr.load("claims")["claim_id"])
    assert set(TRIALS) == ids
    by_record = {claim for claim, _ in with_records()}
    tested = set(CHANGES) | set(PARTS) | set(TURNS) | by_record
    assert ids - tested <= without_tables(), sorted(ids - tested - without_tables())
    stored_parts = fr.load("claim_parts")
    computed = set(stored_parts[stored_parts["basis"] == COMPUTED]["claim_id"])
    assert computed <= set(CHANGES) | set(PARTS) | set(TURNS), sorted(computed - set(CHANGES) - set(PARTS) - set(TURNS))


def test_a_trial_rests_on_its_tables_alone():
    # Held twice, and after all others, it comes out the same.
    first = trials.all_parts(stored)
    for claim in sorted(TRIALS, reverse=True):
        again = table_of_parts({claim: parts_of(claim, stored)})
        pd.testing.assert_frame_equal(again, first[first["claim_id"] == claim].reset_index(drop=True))


def test_stored_parts_are_those_that_the_trials_yield(capsys):
    assert claim_parts.main(["--check"]) == 0, capsys.readouterr().err


def test_outdated_parts_are_noticed(tmp_path, monkeypatch, capsys):
    folder = shutil.copytree(data_dir(), tmp_path / "data")
    monkeypatch.setenv("FRENEMIES_DATA", str(folder))
    for name in claim_parts.TRIALS:
        lines = (folder / name).read_text(encoding="utf-8").splitlines(keepends=True)
        (folder / name).write_text("".join(lines[:-1]), encoding="utf-8", newline="\n")
    assert claim_parts.main(["--check"]) == 1
    said = capsys.readouterr().err
    assert "tasks.py claims" in said and all(name in said for name in claim_parts.TRIALS)


def test_chronology_rows_are_never_counted():
    # The dictionary forbids it: the chronology is a selection. Twice as many rows of other events change nothing.
    chronology = stored("chronology")
    more = chronology.assign(event_id=chronology["event_id"] + "-again")
    pd.testing.assert_frame_equal(
        trials.all_parts(altered("chronology", lambda frame: pd.concat([frame, more], ignore_index=True))),
        trials.all_parts(stored),
    )


def test_an_interpretation_is_never_simply_supported_and_says_what_nobody_can_decide():
    claims, parts = verdicts.of_the_book()
    readings = claims.query("kind == 'interpretation'")["claim_id"]
    judged = verdicts.judge(claims, parts).set_index("claim_id")["verdict"]
    assert not (judged[readings] == verdicts.SUPPORTED).any()
    open_parts = parts[parts["outcome"].isin([BEYOND, MISSING])]["claim_id"]
    assert set(readings) <= set(open_parts)


def test_no_outcome_of_a_computed_part_is_typed():
    # Whatever stands behind `counted` as a constant was decided by a hand, and must be called judged.
    for path in sorted(Path(trials.__file__).parent.glob("*.py")):
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "counted":
                typed = isinstance(call.args[1], (ast.Constant, ast.Name))
                assert not typed, f"{path.name}, line {call.lineno}: {ast.unparse(call.args[0])}"


def test_words_of_parts_are_plain_and_complete():
    parts = fr.load("claim_parts")
    assert set(parts["outcome"]) <= set(OUTCOMES) and set(parts["basis"]) <= set(BASES)
    assert parts["reason"].str.endswith((".", "?")).all(), parts.loc[
        ~parts["reason"].str.endswith((".", "?")), ["claim_id", "reason"]
    ]
    assert not parts["reason"].str.contains(r"\bnan\b|  |\.\.|\bNaT\b").any(), parts.loc[
        parts["reason"].str.contains(r"\bnan\b|  |\.\.|\bNaT\b"), ["claim_id", "reason"]
    ]
    assert not parts.duplicated(["claim_id", "what"]).any()
