"""Claims on the long record: wars, treaties, institutions, and NATO's growth.

Each function tries one claim, named by its id: it takes a function from a table's name to its data frame and returns parts.
"""

from __future__ import annotations

import pandas as pd

from frenemies.claims.parts import BEYOND, HOLDS, JUDGED, MIXED, Part, Tables, beyond, counted, dated, judged, missing
from frenemies.claims.trials import series


def _disputes(tables: Tables) -> pd.DataFrame:
    rows = tables("militarized_disputes")
    return rows[rows["start_date"].dt.year > 1918]


def m01(tables: Tables) -> list[Part]:
    """More in common than the picture of rivals grants, yet no strategic partnership."""
    wars = tables("wars").query("relation == 'opposed'")
    late = wars[wars["start_year"] > 1918]
    pact = tables("treaty_obligations").query("year > 1945")
    bound = int((pact["neutrality"] | pact["nonaggression"]).sum())
    return [
        counted("the picture of rivals is out of date", True if late.empty and not len(_disputes(tables)) else MIXED,
                f"Wars against each other since 1918 in the three lists: {len(late)}. Militarised disputes since then: {len(_disputes(tables))}. "
                f"In {bound} years since 1945 a treaty of neutrality or non-aggression was in force.", "wars"),
        counted("no alliance", int(pact["defence"].sum()) == 0, f"Years since 1945 in which a treaty promised defence: {int(pact['defence'].sum())}.", "treaty_obligations"),
        beyond("much more in common than many grant", "What they have in common has no list, and what many grant was not asked."),
        beyond("strategic partnership", "Governments use the word without a treaty."),
    ]


def m13(tables: Tables) -> list[Part]:
    """NATO's growth unacceptable; Georgia and Ukraine; the words of 1990."""
    roles = tables("conflict_roles")
    party = roles[roles["rus_role"].ne("none") & roles["location"].isin(["Georgia", "Ukraine"])].groupby("location")["year"].min()
    return [
        dated(tables, "the US Secretary of State spoke against an eastward move on 9 February 1990", "baker-gorbachev-1990",
              note="The talk was about Germany; how much more it covered is disputed."),
        judged("NATO gave no formal promise", HOLDS, "Two historians who disagree on what was meant, Shifrinson and Kramer (chapter 6), both name no treaty that holds one.", "chronology"),
        dated(tables, "Moscow holds NATO's growth to be unacceptable", "russia-draft-treaties-2021", note="A document of the year after the article; Russia's own word for the position."),
        counted("it used force in Georgia in 2008 and in Ukraine from 2014", dict(party) == {"Georgia": 2008, "Ukraine": 2014},
                f"Coded as a party: {', '.join(f'{place} from {year}' for place, year in party.items())}.", "conflict_roles"),
        missing("NATO was the reason", "A date on a line shows no motive; for both wars other reasons are given (chapter 6).", "Russian papers of 2008 and 2014.", "chronology"),
    ]


def m19(tables: Tables) -> list[Part]:
    """Moscow's doctrine on NATO is unlikely to change in the near future."""
    return [
        dated(tables, "it did not change", "russia-draft-treaties-2021", note="A year after the article Russia asked for it in writing; in February 2022 it invaded Ukraine."),
    ]


def g01(tables: Tables) -> list[Part]:
    """No institutions and no stable common view, in spite of cooperation."""
    last = tables("treaty_obligations").sort_values("year").iloc[-1]
    votes = series.agreement(tables, "RUS")
    return [
        dated(tables, "no institutions", "council-visa-akkuyu-2010", "astana-starts-2017", "monitoring-centre-opens-2021", outcome=MIXED,
              note="There is a council, a format and, for a time, a joint centre; none could bind a leader who wanted otherwise."),
        counted("no bond of defence", not bool(last["defence"]),
                f"In {last['year']}, the last year coded, the treaties in force promised neutrality, non-aggression and consultation, not defence.", "treaty_obligations"),
        counted("no stable common view", bool(votes.max() - votes.min() > 0.1),
                f"Agreement in the General Assembly moved between {votes.min():.2f} ({votes.idxmin()}) and {votes.max():.2f} ({votes.idxmax()}).", "un_agreement"),
        beyond("the ability to form one", "What a relation could do is seen only when it does it."),
    ]


def m10(tables: Tables) -> list[Part]:
    """Both rest on the leader; strategy is hard to institutionalise."""
    rows = tables("regime_indices").query("indicator == 'vdem_liberal_democracy'")
    liberal = rows.pivot(index="year", columns="iso3", values="value")
    return [
        counted("limits on the government have fallen in both", bool((liberal.loc[2020] < liberal.loc[2005]).all()),
                f"Index of liberal democracy, 0 to 1: Turkey {liberal.loc[2005, 'TUR']:.2f} in 2005 and {liberal.loc[2020, 'TUR']:.2f} in 2020, Russia "
                f"{liberal.loc[2005, 'RUS']:.2f} and {liberal.loc[2020, 'RUS']:.2f}. Low scores are not the same as rule by a person.", "regime_indices"),
        dated(tables, "strategy is hard to institutionalise", "council-visa-akkuyu-2010", "akkuyu-launched-2018", "sochi-north-east-2019", outcome=MIXED,
              note="Some of it was put into councils, contracts and written rules."),
        beyond("because they rest on persons", "It would take a change of leaders to see."),
    ]


def m28(tables: Tables) -> list[Part]:
    """The view that their differences are irreconcilable in the long run has merit."""
    return [
        counted("they have clashed again and again", len(_disputes(tables)) > 5, f"{len(_disputes(tables))} militarised disputes since 1918.", "militarized_disputes"),
        dated(tables, "they have settled again and again", "treaty-1992", "st-petersburg-summit-2016", "moscow-protocol-2020", outcome=MIXED,
              note="The record bears out both the quarrels and their end."),
        Part("irreconcilable in the long run", BEYOND, JUDGED, "The long run has no end; whatever happens, it may still come."),
    ]
