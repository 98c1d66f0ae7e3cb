"""Claims on the long record: wars, treaties, institutions, and NATO's growth.

Each function tries one claim, named by its id: it takes a function from a table's
name to its data frame and returns parts.
"""

from __future__ import annotations

import pandas as pd

from frenemies.claims.parts import (
    HOLDS,
    MIXED,
    Part,
    Tables,
    beyond,
    counted,
    dated,
    judged,
    measured,
    missing,
    weighed,
)
from frenemies.claims.trials import series


def _disputes(tables: Tables) -> pd.DataFrame:
    rows = tables("militarized_disputes")
    return rows[rows["start_date"].dt.year > 1918]


def m01(tables: Tables) -> list[Part]:
    """More in common than the picture of rivals grants, yet no strategic
    partnership."""
    pact = tables("treaty_obligations").query("year > 1945")
    last = int(tables("wars").query("relation == 'opposed'")["end_year"].max())
    return [
        counted(
            "no alliance",
            int(pact["defence"].sum()) == 0,
            "Years since 1945 in which a treaty promised defence:"
            f" {int(pact['defence'].sum())}.",
            "treaty_obligations",
        ),
        beyond(
            "much more in common than many grant",
            "What they have in common has no list, and what many grant was not"
            " asked. The long record has both: no war against each other since"
            f" {last}, and disputes after it (chapter 6).",
        ),
        beyond(
            "strategic partnership", "Governments use the word without a treaty."
        ),
    ]


def m13(tables: Tables) -> list[Part]:
    """NATO's growth unacceptable; Georgia and Ukraine; the words of 1990."""
    roles = tables("conflict_roles")
    party = (
        roles[
            roles["rus_role"].ne("none")
            & roles["location"].isin(["Georgia", "Ukraine"])
        ]
        .groupby("location")["year"]
        .min()
    )
    begun = party.items()
    return [
        dated(
            tables,
            "the US Secretary of State spoke against an eastward move on 9 February"
            " 1990",
            "baker-gorbachev-1990",
            note=(
                "The talk was about Germany; how much more it covered is disputed."
            ),
        ),
        judged(
            "NATO gave no formal promise",
            HOLDS,
            "Two historians who disagree on what was meant, Shifrinson and Kramer"
            " (chapter 6), both name no treaty that holds one.",
            "chronology",
        ),
        dated(
            tables,
            "Moscow holds NATO's growth to be unacceptable",
            "russia-strategy-2015",
            note="Russia's own paper; we read reports on it.",
        ),
        counted(
            "it used force in Georgia in 2008 and in Ukraine from 2014",
            dict(party) == {"Georgia": 2008, "Ukraine": 2014},
            "Coded as a party:"
            f" {', '.join(f'{place} from {year}' for place, year in begun)}.",
            "conflict_roles",
        ),
        missing(
            "NATO was the reason",
            "A date on a line shows no motive; for both wars other reasons are"
            " given (chapter 6).",
            "Russian papers of 2008 and 2014.",
            "chronology",
        ),
    ]


def g24(tables: Tables) -> list[Part]:
    """A history of tension and conflict, but also of cooperation."""
    fought = tables("wars").query("relation == 'opposed'")
    lists = fought.groupby("dataset").size()  # each by itself: they overlap
    pact = tables("treaty_obligations")
    bound = int(
        (pact["defence"] | pact["neutrality"] | pact["nonaggression"]).sum()
    )
    return [
        counted(
            "phases of conflict",
            len(fought) > 0,
            "Three lists, which overlap, have the two on opposite sides: in"
            f" {lists.get('brecke', 0)} wars by the Conflict Catalog, in"
            f" {lists.get('britannica', 0)} by the Encyclopaedia Britannica, in"
            f" {lists.get('cow', 0)} since 1816 by the Correlates of War. The last"
            f" began in {fought['start_year'].max()}. Since 1918 there were"
            f" {len(_disputes(tables))} militarised disputes.",
            "wars",
        ),
        counted(
            "phases of cooperation",
            bound > 0,
            f"In {bound} of {len(pact)} years coded since {pact['year'].min()} a"
            " treaty of defence, neutrality or non-aggression was in force.",
            "treaty_obligations",
        ),
        beyond(
            "tumultuous",
            "Compared with which other pair of neighbours is not said.",
        ),
    ]


def m19(tables: Tables) -> list[Part]:
    """Moscow's doctrine on NATO is unlikely to change in the near future."""
    return [
        dated(
            tables,
            "it did not change",
            "russia-draft-treaties-2021",
            note=(
                "A year after the article Russia asked for it in writing; in"
                " February 2022 it invaded Ukraine."
            ),
        ),
        beyond("in the near future", "The words name no day."),
    ]


def g01(tables: Tables) -> list[Part]:
    """No institutions and no stable common view, in spite of cooperation."""
    russia, germany = (
        series.agreement(tables, "RUS"),
        series.agreement(tables, "DEU"),
    )
    palestine = series.same_votes(tables, "palestinian_conflict", "2010-2019")
    return [
        weighed(
            tables,
            "no institutions",
            MIXED,
            "council-visa-akkuyu-2010",
            "astana-starts-2017",
            "monitoring-centre-opens-2021",
            note=(
                "There is a council, a format and, for a time, a joint centre; none"
                " could bind a leader who wanted otherwise."
            ),
        ),
        measured(
            "no common view of the region, tried on Palestine",
            palestine,
            50,
            90,
            "the same vote in half of the roll calls or fewer; it fails above nine"
            " in ten",
            "Palestine is the one conflict of the region of which a table has all"
            f" roll calls: the same vote in {palestine:.0f} percent of them from"
            " 2010 to 2019. On Syria and Crimea they vote against each other"
            " (chapter 10), but those votes are a list chosen by conflict, and"
            " must not be counted.",
            "un_agreement_by_issue",
        ),
        counted(
            "no stable common view of the world (agreement with Russia always below"
            " that with Germany)",
            bool(russia.max() < germany.min()),
            "Agreement with Russia in the General Assembly moved between"
            f" {russia.min():.2f} ({russia.idxmin()}) and {russia.max():.2f}"
            f" ({russia.idxmax()}); with Germany, an ally, it was never below"
            f" {germany.min():.2f}.",
            "un_agreement",
        ),
        beyond(
            "the ability to form one",
            "What a relation could do is seen only when it does it.",
        ),
    ]


def m10(tables: Tables) -> list[Part]:
    """Both rest on the leader; strategy is hard to institutionalise."""
    rows = tables("regime_indices").query(
        "year == 2020 and indicator == 'vdem_liberal_democracy'"
    )
    liberal = rows.set_index("iso3")["value"]
    return [
        missing(
            "both rest on the person of the leader",
            "Limits on the government were weak in both: V-Dem's index of liberal"
            f" democracy, 0 to 1, was {liberal['TUR']:.2f} for Turkey and"
            f" {liberal['RUS']:.2f} for Russia in 2020. But such a state can rest"
            " on a party, an army or a person; no table here tells them apart.",
            "A measure of personal rule for both states.",
            "regime_indices",
        ),
        weighed(
            tables,
            "strategy is hard to institutionalise",
            MIXED,
            "council-visa-akkuyu-2010",
            "akkuyu-launched-2018",
            "sochi-north-east-2019",
            note="Some of it was put into councils, contracts and written rules.",
        ),
        beyond(
            "because they rest on persons",
            "What these states would have built under other rulers nobody can see.",
        ),
    ]


def m28(tables: Tables) -> list[Part]:
    """The view that their differences are irreconcilable in the long run has
    merit."""
    clashes = len(_disputes(tables))
    return [
        measured(
            "they have clashed again and again",
            clashes,
            5,
            2,
            "five militarised disputes since 1918 or more; it fails under two",
            f"{clashes} militarised disputes since 1918.",
            "militarized_disputes",
        ),
        weighed(
            tables,
            "quarrel has come back after each settlement",
            HOLDS,
            "treaty-1992",
            "st-petersburg-summit-2016",
            "moscow-protocol-2020",
            note=(
                "Each quarrel was settled, and another came. For merit that is"
                " enough; that the other reading has some as well, since each was"
                " settled, the article says itself."
            ),
        ),
        beyond(
            "irreconcilable in the long run",
            "The long run has no end; whatever happens, it may still come.",
        ),
    ]


def m32(tables: Tables) -> list[Part]:
    """Neither government has made its mode of rule into a system that sustains
    itself."""
    return [
        beyond(
            "a system that sustains itself",
            "Whether a rule outlives its ruler is seen when he goes; how it would"
            " have gone by now nobody can see.",
        ),
    ]
