"""Claims on visitors, flights, homes and citizenship.

Each function tries one claim, named by its id: it takes a function from a table's name to its data frame and returns parts.
"""

from __future__ import annotations

from frenemies.claims.parts import MIXED, NEARLY, Part, Tables, beyond, counted, dated, missing, number
from frenemies.claims.trials import series


def m03(tables: Tables) -> list[Part]:
    """Close to seven million Russian tourists in 2019."""
    rows = tables("visitors_russia").query(
        "origin_iso3 == 'RUS' and producer == 'ministry of tourism' and year == 2019 and precision == 'exact' "
        "and coverage == 'full year'"
    )
    return [
        number(
            "visits by Russians in 2019",
            7,
            rows["visitors"].max() / 1e6,
            "million",
            "visitors_russia",
            digits=2,
            note="The ministry's exact count for the whole year; visits, not different people, and not tourists alone.",
        ),
    ]


def k11(tables: Tables) -> list[Part]:
    """The flight stop of April 2021 was believed to be pressure over arms for Ukraine."""
    month = tables("arrivals_monthly").set_index("month")["arrivals"]
    days = (series.day(tables, "flights-suspended-2021") - series.day(tables, "zelensky-istanbul-2021")).days
    april = month["2021-04-01"] / month["2019-04-01"] * 100
    return [
        dated(
            tables,
            "the flights stopped, officially over the virus",
            "zelensky-istanbul-2021",
            "flights-suspended-2021",
            note=f"The stop came {days} days after the talk with Ukraine's president.",
        ),
        counted(
            "the virus does not explain it",
            MIXED if april < 50 else True,
            f"A pandemic was on: arrivals of all nations in April 2021 stood at {april:.0f} percent "
            "of April 2019. Chapter 3 weighs what fits either reading, such as the "
            "flights that went on and the countries reopened on the same day.",
            "arrivals_monthly",
        ),
        missing(
            "that it was pressure",
            "One case with two causes on offer cannot part them.",
            "Russian papers on the decision.",
            "chronology",
        ),
    ]


def k24(tables: Tables) -> list[Part]:
    """Erdogan's call with heads of US companies, and the delegation to Moscow."""
    return [
        dated(tables, "he spoke with heads of US companies on 26 May 2021", "erdogan-us-executives-2021"),
        missing(
            "there were 26 of them",
            "Some 20 were announced; the report after the call names eight.",
            "A list of those who took part.",
            "claim_records",
        ),
        dated(
            tables,
            "I. Kalin and the minister went to Moscow over the flights on 16 May",
            "kalin-ersoy-moscow-2021",
            outcome=NEARLY,
            note="Turkish media have them leave on 17 May, a day later than the article.",
        ),
    ]


def g11(tables: Tables) -> list[Part]:
    """The Commission's report on airspace, rich Russians and citizenship."""
    homes = (
        tables("house_sales")
        .query("coverage == 'full year'")
        .pivot(index="year", columns="buyer_iso3", values="dwellings")["RUS"]
    )
    ties = tables("economic_ties")
    firms = ties[ties["indicator"] == "new companies with Russian capital"].set_index("period_end")["value"]
    before, after = firms["2021-12-01"], firms["2022-12-01"]
    return [
        dated(
            tables,
            "Turkey did not close its airspace",
            "flights-open-2022",
            note="Closed to military flights to Syria, open to airlines: the sentence holds.",
        ),
        counted(
            "Russians with money came",
            bool(homes[2022] > homes[2021] and after > before),
            f"Homes sold to Russians: {homes[2021]:,.0f} in 2021, {homes[2022]:,.0f} in 2022; new "
            f"firms with Russian capital: {before:,.0f} and {after:,.0f}.",
            "house_sales",
        ),
        dated(
            tables,
            "they got citizenship easily",
            "citizenship-threshold-2022",
            outcome=MIXED,
            note="The door stood open to the rich of any passport, and in 2022 it became dearer. How many "
            "Russians went through was not found.",
        ),
        missing(
            "the report says all this",
            "Only reports on the report could be read.",
            "The text of the Commission's report of October 2022.",
            "claim_records",
        ),
        beyond("the risks", "A risk is not refuted by crimes that did not come, nor shown by one that did."),
    ]


def p01(tables: Tables) -> list[Part]:
    """Turkey wants its ties back because the sanctions hurt, tourism not least."""
    russians, germans = series.visits(tables, "RUS"), series.visits(tables, "DEU")
    fell, others = (100 - russians[2016] / russians[2014] * 100), (100 - germans[2016] / germans[2014] * 100)
    rows = (
        tables("trade_annual")
        .query("source_id == 'rosstat_fts_2022' and flow == 'import'")
        .set_index("year")["value_musd"]
        / 1000
    )
    return [
        counted(
            "visits by Russians fell much further than those of others",
            bool(fell > others * 1.5),
            f"From 2014 to 2016 visits by Russians fell by {fell:.0f} percent, by Germans, whom "
            f"nobody had banned, by {others:.0f}.",
            "visitors_russia",
        ),
        counted(
            "the sanctions did the damage to trade",
            MIXED if rows[2014] - rows[2015] > rows[2015] - rows[2016] else True,
            f"Russia bought Turkish goods for {rows[2014]:.1f} billion dollars in 2014, "
            f"{rows[2015]:.1f} in 2015, before the ban, and {rows[2016]:.1f} in 2016: "
            "a fall of which chapter 4 can lay only a part on the ban.",
            "trade_annual",
        ),
        beyond(
            "that this is why Turkey wants its ties back",
            "A motive; the letter of regret gives none, and other reasons were at hand.",
        ),
    ]
