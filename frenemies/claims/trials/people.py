"""Claims on visitors, flights, homes and citizenship.

Each function tries one claim, named by its id: it takes a function from a table's
name to its data frame and returns parts.
"""

from __future__ import annotations

from frenemies.claims.parts import (
    HOLDS,
    MIXED,
    NEARLY,
    Part,
    Tables,
    beyond,
    by_signs,
    counted,
    dated,
    measured,
    missing,
    number,
    weighed,
)
from frenemies.claims.trials import series


def m03(tables: Tables) -> list[Part]:
    """Close to seven million Russian tourists in 2019."""
    rows = tables("visitors_russia").query(
        "origin_iso3 == 'RUS' and producer == 'ministry of tourism' and year =="
        " 2019 and precision == 'exact' and coverage == 'full year'"
    )
    return [
        number(
            "visits by Russians in 2019",
            7,
            rows["visitors"].max() / 1e6,
            "million",
            "visitors_russia",
            digits=2,
            note=(
                "The ministry's exact count for the whole year; visits, not"
                " different people, and not tourists alone."
            ),
        ),
    ]


def k11(tables: Tables) -> list[Part]:
    """The flight stop of April 2021 was believed to be pressure over arms for
    Ukraine."""
    days = (
        series.day(tables, "flights-suspended-2021")
        - series.day(tables, "zelensky-istanbul-2021")
    ).days
    return [
        dated(
            tables,
            "the flights stopped, officially over the virus",
            "zelensky-istanbul-2021",
            "flights-suspended-2021",
            note=(
                f"The stop came {days} days after the talk with Ukraine's"
                " president."
            ),
        ),
        weighed(
            tables,
            "it was believed to be pressure over arms for Ukraine",
            HOLDS,
            "flights-pressure-presse-2021",
            "flights-pressure-wsj-2021",
            "flights-no-politics-2021",
            note=(
                "Newspapers wrote so before the article; Turkey's foreign minister"
                " said that he did not believe it. The claim says that it was"
                " believed, not by all."
            ),
        ),
        missing(
            "that it was pressure",
            "One case with two causes on offer cannot part them: the stop came in"
            " the days of the quarrel over Ukraine, and Tanzania was closed on the"
            " same day (chapter 3).",
            "Russian papers on the decision.",
            "chronology",
        ),
    ]


def k24(tables: Tables) -> list[Part]:
    """Erdoğan's call with heads of US companies, and the delegation to Moscow."""
    return [
        dated(
            tables,
            "he spoke with heads of US companies on 26 May 2021",
            "erdogan-us-executives-2021",
        ),
        missing(
            "there were 26 of them",
            "Some 20 were announced; the report after the call names eight.",
            "A list of those who took part.",
            "claim_records",
        ),
        weighed(
            tables,
            "I. Kalin and the minister went to Moscow over the flights on 16 May",
            NEARLY,
            "kalin-ersoy-moscow-2021",
            note=(
                "Turkish media have them leave on 17 May, a day later than the"
                " article; the article may mean the day on which they were sent."
            ),
        ),
    ]


def g11(tables: Tables) -> list[Part]:
    """The Commission's report on airspace, oligarchs and citizenship."""
    homes = (
        tables("house_sales")
        .query("coverage == 'full year'")
        .pivot(index="year", columns="buyer_iso3", values="dwellings")["RUS"]
    )
    ties = tables("economic_ties")
    firms = ties[
        ties["indicator"] == "new companies with Russian capital"
    ].set_index("period_end")["value"]
    before, after = firms["2021-12-01"], firms["2022-12-01"]
    return [
        missing(
            "the report says it",
            "Only reports on the report could be read; the articles on it that we"
            " found name other points.",
            "The text of the Commission's report of October 2022.",
            "claim_records",
        ),
        dated(
            tables,
            "Turkey did not close its airspace",
            "flights-open-2022",
            note=(
                "Closed to military flights to Syria, open to airlines: the"
                " sentence holds."
            ),
        ),
        counted(
            "Russians with money came, by homes and by firms",
            by_signs(bool(homes[2022] > homes[2021]), bool(after > before)),
            f"Homes sold to Russians: {homes[2021]:,.0f} in 2021,"
            f" {homes[2022]:,.0f} in 2022; new firms with Russian capital:"
            f" {before:,.0f} and {after:,.0f}. Who of them was an oligarch no table"
            " says.",
            "house_sales",
        ),
        weighed(
            tables,
            "Turkey made it easy for Russians to become citizens",
            MIXED,
            "citizenship-threshold-2022",
            note=(
                "The door stood open to the rich of any passport, and in 2022 it"
                " became dearer. How many Russians went through was not found."
            ),
        ),
        beyond(
            "the risks",
            "A risk is not refuted by crimes that did not come, nor shown by one"
            " that did.",
        ),
    ]


def p01(tables: Tables) -> list[Part]:
    """Turkey wants its ties back because the sanctions hurt, tourism not least."""
    russians, germans = series.visits(tables, "RUS"), series.visits(tables, "DEU")
    fell, others = (
        (100 - russians[2016] / russians[2014] * 100),
        (100 - germans[2016] / germans[2014] * 100),
    )
    bought = (
        tables("trade_partners_russia")
        .query("flow == 'import' and year in [2015, 2016]")
        .pivot(index="year", columns="partner_iso3", values="value_musd")
        .astype(float)
    )
    kept = bought.loc[2016] / bought.loc[2015]
    usual, rivals = kept.drop("TUR").median(), len(kept.dropna()) - 1
    return [
        measured(
            "visits by Russians fell further than those of others",
            fell / others,
            1.5,
            1.0,
            "by half as much again as those of Germans, or more; it fails if they"
            " fell less",
            f"From 2014 to 2016 visits by Russians fell by {fell:.0f} percent, by"
            f" Germans, whom nobody had banned, by {others:.0f}.",
            "visitors_russia",
        ),
        measured(
            "in the year of the ban sales to Russia fell further than those of its"
            " other suppliers",
            100 - kept["TUR"] / usual * 100,
            25,
            0,
            "a quarter or more below what the usual supplier kept; it fails if they"
            " fell less",
            "From 2015 to 2016 Russia's purchases from Turkey fell by"
            f" {100 - kept['TUR'] * 100:.0f} percent; the usual one of {rivals}"
            f" other suppliers kept {usual * 100:.0f} percent of its sales. Turkish"
            " sales were falling before the ban as well, like those of others"
            " (chapter 4).",
            "trade_partners_russia",
        ),
        beyond(
            "significant",
            "No size makes damage significant: a fifth of a percent of the product"
            " may be everything to a grower of tomatoes (chapter 4).",
        ),
        missing(
            "that this is why Turkey wants its ties back",
            "A motive; the letter of regret gives none, and other reasons were at"
            " hand.",
            "Minutes or papers of the spring of 2016 in which Turkey's leaders give"
            " their reasons.",
            "chronology",
        ),
    ]
