"""Claims on what Turks think, and on currents in elites.

Each function tries one claim, named by its id: it takes a function from a table's
name to its data frame and returns parts.
"""

from __future__ import annotations

import pandas as pd

from frenemies.claims.parts import (
    HOLDS,
    Part,
    Tables,
    beyond,
    measured,
    missing,
    number,
    weighed,
)
from frenemies.claims.trials import series

ASKED = "Should Turkey cooperate with {} in foreign policy?"


def _stay(tables: Tables) -> pd.Series:
    polls = tables("opinion_polls")
    rows = polls[
        polls["question"].eq("Should Turkey stay in NATO?")
        & polls["answer"].isin(["agree", "should continue"])
    ]
    return rows["share_pct"]


def k01(tables: Tables) -> list[Part]:
    """A survey with nearly 79 percent for Russia."""
    return [
        number(
            "Russia preferred to the United States, Areda, June 2021",
            79,
            series.poll(tables, "Which partner", "named", "Areda Survey", 2021),
            "percent",
            "opinion_polls",
            note=(
                "The claim is about this survey; what Turks in general want is"
                " another question (chapter 10)."
            ),
        ),
    ]


def k02(tables: Tables) -> list[Part]:
    """The same survey on cooperation with either."""
    return [
        number(
            "against cooperation with the United States",
            73,
            series.poll(
                tables,
                ASKED.format("the United States"),
                "no",
                "Areda Survey",
                2021,
            ),
            "percent",
            "opinion_polls",
        ),
        number(
            "for cooperation with Russia",
            64,
            series.poll(
                tables, ASKED.format("Russia"), "yes", "Areda Survey", 2021
            ),
            "percent",
            "opinion_polls",
        ),
    ]


def k18(tables: Tables) -> list[Part]:
    """Turks seem weary of the alliance with the United States."""
    pew = (
        tables("pew_favourability")
        .query("population_iso3 == 'TUR' and opinion_of == 'USA'")
        .set_index("year")["favourable_pct"]
    )
    against = series.poll(
        tables, ASKED.format("the United States"), "no", "Areda Survey", 2021
    )
    threat = series.poll(
        tables,
        "Which countries pose a threat",
        "named",
        "Kadir Has University",
        2021,
        "USA",
    )
    biggest = series.poll(
        tables,
        "Which country is the biggest threat",
        "named",
        "German Marshall Fund",
        2021,
        "USA",
    )
    useful = series.poll(
        tables,
        "Does NATO membership contribute",
        "agree",
        "Kadir Has University",
        2021,
    )
    stay = _stay(tables)
    return [
        measured(
            "few think well of the United States",
            pew.loc[2019],
            30,
            50,
            "30 percent or fewer; it fails above 50",
            f"Pew: {pew.loc[2019]:.0f} percent in 2019; the highest since 2002 was"
            f" {pew.max():.0f}.",
            "pew_favourability",
        ),
        measured(
            "most want no cooperation with it, and fear it",
            min(against, threat, biggest),
            50,
            100 / 3,
            "half or more in each of three surveys of 2021; it fails if one has"
            " less than a third",
            f"Against cooperation, Areda, June 2021: {against:.1f} percent. Named"
            f" as a threat, Kadir Has, 2021: {threat:.1f}; as the biggest threat,"
            f" German Marshall Fund, 2021: {biggest:.1f}.",
            "opinion_polls",
        ),
        missing(
            "weary, that is more than they were",
            "No pollster in our tables asked the same question on the alliance"
            " with the United States over the years before June 2021. On NATO,"
            f" another thing, {useful:.1f} percent said in the spring of 2021 that"
            " it helps Turkey (Kadir Has), and in two surveys of 2022"
            f" {stay.min():.0f} percent and more wanted to stay. Disliking an ally"
            " is one thing, wanting out another.",
            "A series of surveys by one pollster on the alliance itself.",
            "opinion_polls",
        ),
    ]


def m11(tables: Tables) -> list[Part]:
    """Currents in both elites towards the West; the AKP and society on NATO."""
    return [
        _look_west(
            tables,
            "an influential part of Turkish society sees a benefit in NATO",
            "a third or more",
            100 / 3,
            10,
        ),
        weighed(
            tables,
            "so did the AKP's leadership",
            HOLDS,
            "erdogan-complement-2019",
            note=(
                "That the leader says so is on record; that he believes it, and"
                " NATO with it, is our reading."
            ),
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
    # "Parts" asks for less than the "influential part" of M11 or the "strong base"
    # of M29, so the limit is lower.
    return [
        _look_west(
            tables,
            "parts of Turkish society look to the West",
            "a tenth or more",
            10,
            5,
            'The claim speaks of "parts", so a tenth is enough; where an article'
            ' says "influential" or "strong" we ask for a third.',
        ),
        missing(
            "parts of Russia's elite do",
            "No table has surveys of Russia's elite.",
            "Surveys of Russia's elite, before 2020.",
            "opinion_polls",
        ),
        beyond(
            "vulnerable to manipulation",
            "What one calls manipulation another calls persuasion, and a weak spot"
            " shows only when it is hit.",
        ),
    ]


def _look_west(
    tables: Tables,
    what: str,
    share: str,
    holds: float,
    fails: float,
    note: str = "",
) -> Part:
    """How much of Turkish society thought well of NATO before November 2020; later
    surveys stand in the reason, marked as later."""
    liked = series.poll(
        tables, "Opinion of NATO", "favourable", "Pew Research Center", 2019
    )
    later = [
        series.poll(
            tables,
            "Does NATO membership contribute",
            "agree",
            "Kadir Has University",
            year,
        )
        for year in (2021, 2022)
    ]
    return measured(
        what,
        liked,
        holds,
        fails,
        f"{share} thinks well of NATO; it fails under {fails} percent",
        f"Pew, 2019: {liked:.0f} percent. Later than the article, Kadir Has asked"
        f" whether membership helps Turkey: {later[0]:.1f} percent said so in 2021,"
        f" {later[1]:.0f} in 2022. {note}".strip(),
        "opinion_polls",
    )


def m29(tables: Tables) -> list[Part]:
    """The West has made a strong Western-oriented base in Turkey over seven
    decades."""
    return [
        _look_west(
            tables,
            "there is such a base",
            "a third or more",
            100 / 3,
            10,
            "Opinion of an alliance is a narrow sign of it.",
        ),
        missing(
            "the West made it, over seven decades",
            "No table of this book holds aid, schools, broadcasts or exchanges.",
            "Papers on Western programmes in Turkey, and surveys of those whom they"
            " reached.",
            "opinion_polls",
        ),
        beyond("strong", "How large a base must be is not said."),
    ]


def m30(tables: Tables) -> list[Part]:
    """Western secularism in Turkey is much weakened, yet cannot be discounted."""
    return [
        missing(
            "secularism has become much weaker",
            "No table of this book has it: the surveys that we hold ask about"
            " states and alliances.",
            "Surveys on religion, law and schools by one pollster over the years.",
            "opinion_polls",
        ),
        beyond(
            "yet it counts", "How much an influence must do to count is not said."
        ),
    ]


def m31(tables: Tables) -> list[Part]:
    """Russia's identity crisis after 1991, and the Western outlook of part of its
    elite."""
    return [
        missing(
            "a large part of the elite took the Western outlook as its compass",
            "No table of this book has surveys of Russia's elite.",
            "Surveys of Russia's elite in the 1990s and after.",
            "opinion_polls",
        ),
        missing(
            "society went through a crisis of identity",
            "No table of this book has surveys of Russians in the 1990s.",
            "Surveys of Russians on who they are, repeated since 1991.",
            "opinion_polls",
        ),
        beyond("deep", "Depth of a crisis has no unit."),
    ]
