"""Claims on energy: reactors, pipelines and the gas of the Black Sea.

Each function tries one claim, named by its id: it takes a function from a table's
name to its data frame and returns parts.
"""

from __future__ import annotations

from frenemies.claims.parts import (
    FAILS,
    HOLDS,
    MIXED,
    Part,
    Tables,
    beyond,
    counted,
    dated,
    measured,
    missing,
    weighed,
)
from frenemies.claims.trials import series


def m04(tables: Tables) -> list[Part]:
    """Russia builds Turkey's two reactors: who builds, how many were begun by then,
    how many the plant has."""
    units = tables("akkuyu_units")
    begun = units[
        units["construction_start"] <= series.written(tables, "mehmet2020")
    ]
    return [
        dated(
            tables,
            "Russia is the builder",
            "council-visa-akkuyu-2010",
            "akkuyu-launched-2018",
        ),
        counted(
            "the reactors are two",
            FAILS if len(begun) != 2 else True if len(units) == 2 else MIXED,
            f"Begun by the day of the article: {len(begun)}. In the plant as it was"
            f" agreed: {len(units)}. The sentence can be read as a count of"
            " either.",
            "akkuyu_units",
        ),
    ]


def m05(tables: Tables) -> list[Part]:
    """The two work together on a network of pipelines."""
    pipes = tables("gas_pipelines")
    lines = pipes.query("origin_iso3 == 'RUS' and measure == 'capacity'").dropna(
        subset="start_date"
    )
    built = list(
        lines[lines["start_date"] <= series.written(tables, "mehmet2020")][
            "pipeline"
        ]
        .str.split(",")
        .str[0]
        .unique()
    )
    return [
        dated(
            tables,
            "they agreed on lines and opened them together",
            "blue-stream-2005",
            "turkstream-agreement-2016",
            "turkstream-launched-2020",
        ),
        counted(
            "more than one line",
            len(built) > 1,
            f"In service by the day of the article: {', '.join(built)}.",
            "gas_pipelines",
        ),
    ]


def g04(tables: Tables) -> list[Part]:
    """Turkey joined TurkStream, past Ukraine, and ignored Ukraine and its Western
    allies."""
    pipes = tables("gas_pipelines")
    transit = pipes[pipes["pipeline"].str.contains("transit")]["value_bcm"].sum()
    return [
        dated(
            tables,
            "Turkey joined",
            "turkstream-agreement-2016",
            "turkstream-launched-2020",
        ),
        counted(
            "the line takes gas to Europe past Ukraine",
            transit > 0,
            f"One string, {transit} billion cubic metres a year, is for transit to"
            " Europe.",
            "gas_pipelines",
        ),
        dated(
            tables,
            "Ukraine was against it",
            "turkstream-naftogaz-2015",
            "turkstream-kyiv-objects-2021",
        ),
        weighed(
            tables,
            "Western allies were against it",
            HOLDS,
            "turkstream-us-opposes-2017",
            "turkstream-us-law-2019",
            "turkstream-us-warning-2020",
            note=(
                "Washington objected while the line was being built, and Turkey"
                " went on; the claim does not say that it objected before the"
                " signing of 2016. The European Commission had done so in 2015, and"
                " is no ally; Bulgaria, an ally, connected to the line."
            ),
        ),
    ]


def k16(tables: Tables) -> list[Part]:
    """American rather than Russian firms gain from the Black Sea gas."""
    return [
        dated(
            tables,
            "a firm from the United States gains",
            "sakarya_contract",
            "sakarya_phase_two",
            note=(
                "The main contractor is listed in the United States; other"
                " contractors are European, and the owner is Turkish."
            ),
        ),
        missing(
            "no Russian firm does",
            "No record on the field names one; but the records are few, and what"
            " they do not say proves nothing.",
            "The list of all contractors with their shares and owners.",
            "forecast_evidence",
        ),
    ]


def k25(tables: Tables) -> list[Part]:
    """The gas is a topic of Erdoğan and Biden."""
    return [
        missing(
            "the gas was a topic on 14 June 2021",
            "The report that we read names the S-400 and the F-35, and no gas; a"
            " short report does not name every topic.",
            "A statement of either side that lists the topics.",
            "claim_records",
        ),
    ]


def m17(tables: Tables) -> list[Part]:
    """Many economic projects, needed by both."""
    gas = series.russian_gas_share(tables)
    sold = (
        tables("trade_partners_russia")
        .query("flow == 'export' and year == 2019")
        .set_index("partner_iso3")["value_musd"]
    )
    share = sold["TUR"] / sold.sum() * 100
    return [
        dated(
            tables,
            "several large projects tie them",
            "blue-stream-2005",
            "akkuyu-launched-2018",
            "turkstream-launched-2020",
        ),
        measured(
            "Turkey needs them",
            gas[2019],
            25,
            10,
            "a quarter or more of its gas is Russian; it fails under a tenth",
            f"Russia's part in Turkey's gas: {gas[2017]:.0f} percent in 2017,"
            f" {gas[2019]:.0f} in 2019.",
            "gas_reported_points",
        ),
        measured(
            "Russia needs them",
            share,
            10,
            2,
            "a tenth or more of its sales goes to Turkey; it fails under a"
            " fiftieth",
            f"In 2019 Turkey took {share:.1f} percent of what Russia sold to the"
            f" {len(sold)} partners in our table: a good customer, one of several.",
            "trade_partners_russia",
        ),
        beyond(
            "essential",
            "What is essential shows only when it is gone, and what would replace"
            " it is a guess.",
        ),
    ]
