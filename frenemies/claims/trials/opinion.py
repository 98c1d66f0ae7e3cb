"""Claims on what Turks think, and on currents in elites.

Each function tries one claim, named by its id: it takes a function from a table's name to its data frame and returns parts.
"""

from __future__ import annotations

import pandas as pd

from frenemies.claims.parts import MIXED, Part, Tables, beyond, counted, dated, missing, number

ASKED = "Should Turkey cooperate with {} in foreign policy?"


def _areda(tables: Tables, question: str, answer: str) -> float:
    polls = tables("opinion_polls")
    rows = polls[
        polls["pollster"].eq("Areda Survey") & polls["question"].str.startswith(question) & polls["answer"].eq(answer)
    ]
    return float(rows["share_pct"].iloc[0])


def _stay(tables: Tables) -> pd.Series:
    polls = tables("opinion_polls")
    rows = polls[
        polls["question"].eq("Should Turkey stay in NATO?") & polls["answer"].isin(["agree", "should continue"])
    ]
    return rows["share_pct"]


def k01(tables: Tables) -> list[Part]:
    """A survey with nearly 79 percent for Russia."""
    return [
        number(
            "Russia preferred to the United States, Areda, June 2021",
            79,
            _areda(tables, "Which partner", "named"),
            "percent",
            "opinion_polls",
            note="The claim is about this survey; what Turks in general want is another question (chapter 10).",
        ),
    ]


def k02(tables: Tables) -> list[Part]:
    """The same survey on cooperation with either."""
    return [
        number(
            "against cooperation with the United States",
            73,
            _areda(tables, ASKED.format("the United States"), "no"),
            "percent",
            "opinion_polls",
        ),
        number(
            "for cooperation with Russia", 64, _areda(tables, ASKED.format("Russia"), "yes"), "percent", "opinion_polls"
        ),
    ]


def k18(tables: Tables) -> list[Part]:
    """Turks seem weary of the alliance with the United States."""
    pew = (
        tables("pew_favourability")
        .query("population_iso3 == 'TUR' and opinion_of == 'USA'")
        .set_index("year")["favourable_pct"]
    )
    return [
        counted(
            "few think well of the United States",
            bool(pew.loc[2019] < 30),
            f"Pew: {pew.loc[2019]:.0f} percent in 2019; the highest since 2002 was {pew.max():.0f}.",
            "pew_favourability",
        ),
        counted(
            "they are weary of the alliance",
            MIXED if _stay(tables).min() > 50 else True,
            f"In two surveys of 2022, {_stay(tables).min():.0f} percent and more wanted Turkey to "
            "stay in NATO. Disliking an ally is old; wanting out is another thing.",
            "opinion_polls",
        ),
        beyond("weary", 'A mood, with "seem" before it.'),
    ]


def m11(tables: Tables) -> list[Part]:
    """Currents in both elites towards the West; the AKP and society on NATO."""
    stay = _stay(tables)
    return [
        counted(
            "an influential part of Turkish society sees a benefit in NATO",
            bool(stay.min() > 40),
            f"In two surveys of 2022, {stay.min():.1f} and {stay.max():.1f} percent wanted Turkey to stay.",
            "opinion_polls",
        ),
        dated(
            tables,
            "so does the AKP's leadership",
            "not-an-alternative-2020",
            "finland-ratified-2023",
            "sweden-ratified-2024",
        ),
        missing(
            "a strong current in both elites",
            "No table has surveys of elites; of Russia's there is nothing at all.",
            "Surveys of elites in both countries.",
            "opinion_polls",
        ),
        beyond("strong", "How strong a current must be is not said."),
    ]


def m26(tables: Tables) -> list[Part]:
    """Both are vulnerable to manipulation by NATO."""
    stay = _stay(tables)
    return [
        counted(
            "parts of Turkish society look to the West",
            bool(stay.min() > 40),
            f"In two surveys of 2022, {stay.min():.1f} and {stay.max():.1f} percent wanted Turkey to stay in NATO.",
            "opinion_polls",
        ),
        missing(
            "parts of Russia's elite do",
            "No table has surveys of Russia's elite.",
            "Surveys of Russia's elite, before 2020.",
            "opinion_polls",
        ),
        beyond(
            "vulnerable to manipulation",
            "What one calls manipulation another calls persuasion, and a weak spot shows only when it is hit.",
        ),
    ]
