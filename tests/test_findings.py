"""Planted false findings: a table is changed so that what a figure of a chapter states is wrong.

The chapter must stop there and name the statement. One plant for each chapter; the cells run in this process and
draw nothing, so that all of them take seconds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd
import pytest
import rules

CHAPTERS = sorted(path.stem for path in (rules.ROOT / "chapters").glob("[0-9]*.ipynb"))


@dataclass(frozen=True)
class Plant:
    """In `table`, the rows that fit `where` (a query, "" for all) get `value` in `column`, by a function of the old ones.

    statement: what the figure claims and the changed table refutes.
    """

    statement: str
    table: str
    where: str
    column: str
    value: Callable[[pd.Series], object]


def times(factor: float) -> Callable[[pd.Series], pd.Series]:
    """Multiply numbers, whole ones to whole ones."""
    return lambda old: (old * factor).round().astype(old.dtype) if "int" in str(old.dtype).lower() else old * factor


PLANTS = {
    "00-how-to-read-evidence": Plant(
        "Russia shrank from 2008", "trade_partners", "source_id == 'cow_trade_v4' and partner_iso3 == 'RUS' and year == 2014", "value_musd", times(2)
    ),
    "01-trade": Plant("the highest year is 2022", "trade_annual", "year == 2023 and flow == 'import'", "value_musd", times(2)),
    "02-energy": Plant(
        "in 2019 Russia's share more than tripled", "oil_imports_annual", "partner_iso3 == 'RUS' and year == 2019", "value_kt", times(0.5)
    ),
    "03-people": Plant("tripled in 2022", "house_sales", "buyer_iso3 == 'RUS' and year == 2022", "dwellings", times(0.5)),
    "04-sanctions": Plant(
        "turned down in 2024", "trade_partners", "reporter_iso3 == 'TUR' and partner_iso3 == 'RUS' and year == 2024", "value_musd", times(1.5)
    ),
    "05-who-needs-whom": Plant(
        "in the middle year it is about twice as much", "macro_annual", "country_iso3 == 'TUR'", "gdp_busd", times(2)
    ),
    "06-the-long-record": Plant("no war after 1918", "wars", "end_year == end_year.max()", "end_year", lambda old: old + 10),
    "07-crisis-and-repair": Plant(
        "Russians were back in 2017", "visitors_russia", "origin_iso3 == 'RUS' and year == 2017", "visitors", times(0.5)
    ),
    "08-theatres": Plant("from 2022 Ukraine is first", "fatalities", "iso3 == 'UKR' and year == 2023", "state_based_best", times(0.001)),
    "09-arms-and-the-alliance": Plant("Ukraine is fifth", "arms_exports", "recipient_iso3 == 'UKR'", "tiv_million", times(9)),
    "10-alignment": Plant(
        "one exception, 2016",
        "un_agreement",
        "country_a_iso3 == 'TUR' and country_b_iso3 == 'USA' and year == 2012",
        "agreement_index",
        lambda old: 0.99,
    ),
    "11-four-voices": Plant(
        "Syria is negative for all and both coders", "stance_codes", "topic == 'syria' and coder == 'B'", "stance", lambda old: 1
    ),
    "12-claims-on-trial": Plant("fewer parts fail than were not found", "claim_parts", "outcome == 'not found' and part > 1", "outcome", lambda old: "fails"),
    "13-rival-explanations": Plant("TurkStream is blue in all rows", "evidence_ratings", "item_id == 'turkstream_opened' and hypothesis == 'leaders_tie'", "rating", lambda old: 0),
    "14-keeping-score": Plant("likely and probable overlap", "probability_words", "term == 'likely'", "high", lambda old: 0.57),
    "15-your-brief": Plant(
        "2022 is more than ten times 2021", "arms_exports", "recipient_iso3 == 'UKR' and year == 2022", "tiv_million", times(0.5)
    ),
    "16-a-new-voice": Plant(
        "what is decided holds or is near", "trade_annual", "year == 2022 and flow == 'import'", "value_musd", times(0.5)
    ),
}  # fmt: skip


def test_each_chapter_has_a_plant():
    assert sorted(PLANTS) == CHAPTERS


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_false_finding_stops_its_chapter(chapter, with_changed, monkeypatch):
    plant = PLANTS[chapter]

    def changed(table: pd.DataFrame) -> pd.DataFrame:
        rows = table.query(plant.where).index
        assert len(rows)
        table.loc[rows, plant.column] = plant.value(table.loc[rows, plant.column])
        return table

    with_changed(plant.table, changed)
    monkeypatch.chdir(rules.ROOT / "chapters")
    names = {"__name__": "__main__"}
    with pytest.raises(ValueError, match="the figure claims what its data do not show") as stopped:
        for cell in rules.code_cells(rules.read(rules.ROOT / "chapters" / f"{chapter}.ipynb")):
            exec(compile(cell.source, chapter, "exec"), names)
    assert repr(plant.statement) in str(stopped.value)
