"""Claims on sanctions, money and the repair of 2016 and 2017.

Each function tries one claim, named by its id: it takes a function from a table's
name to its data frame and returns parts.
"""

from __future__ import annotations

from frenemies.claims.parts import (
    MIXED,
    Part,
    Tables,
    beyond,
    counted,
    dated,
    missing,
    weighed,
)
from frenemies.claims.trials import series


def p02(tables: Tables) -> list[Part]:
    """Sochi, 3 May 2017: the meeting, its agenda, and almost all trade restrictions
    to be lifted."""
    lifted = tables("banned_goods_2016")["lifting"].astype("string")
    meetings = tables("leader_meetings")
    others = lifted[lifted != "full"].fillna("no record").unique()
    full = int((lifted == "full").sum())
    return [
        counted(
            "they met in Sochi that day",
            bool((meetings["meeting_id"] == "2017-05-03-sochi").any()),
            "The meeting of 3 May 2017 in Sochi stands in the record of leaders'"
            " meetings.",
            "leader_meetings",
        ),
        dated(
            tables,
            "they spoke of trade and of Syria, and restrictions were to go",
            "sochi-may-2017",
        ),
        counted(
            "almost all, read as nine in ten or more",
            full / len(lifted) >= 0.9,
            f"{full} of {len(lifted)} banned goods were freed in full by the end of"
            " 2017; the others: "
            f"{', '.join(others) or 'none'}.",
            "banned_goods_2016",
        ),
    ]


def p13(tables: Tables) -> list[Part]:
    """Putin on a stab in the back, and on relations that have recovered."""
    return [
        dated(tables, "in 2015 he spoke of a stab in the back", "su24-shot-down"),
        dated(
            tables,
            "in 2017 he is reported to call the relations restored",
            "sochi-may-2017",
        ),
    ]


def p14(tables: Tables) -> list[Part]:
    """Business in other fields, and talks on military and defence cooperation."""
    return [
        dated(
            tables,
            "they discuss military and defence cooperation",
            "sochi-may-2017",
        ),
        missing(
            "that Turkey wants it",
            "A wish; the talks show that both took part in them.",
            "Turkish papers of 2017 on what was sought in Sochi.",
            "chronology",
        ),
    ]


def p11(tables: Tables) -> list[Part]:
    """Moved to restore their relations in full, yet shallower than it seems."""
    measures = tables("sanctions_measures").query(
        "sender_iso3 == 'RUS' and date <= '2018-12-31'"
    )
    visas = (
        measures[measures["area"].eq("visas")]
        .sort_values("date")["action"]
        .astype(str)
        .iloc[-1]
    )
    defence = int(
        tables("treaty_obligations").query("year >= 1946")["defence"].sum()
    )
    return [
        dated(
            tables,
            "they moved to restore their relations",
            "st-petersburg-summit-2016",
            "sochi-may-2017",
            "sanctions-eased-2017",
        ),
        counted(
            "not everything came back",
            visas != "lifted",
            f'The last step on visas in the record is "{visas}", for some groups'
            " only; tomatoes came back within a quota.",
            "sanctions_measures",
        ),
        counted(
            "no deep bond was signed",
            defence == 0,
            f"Years since 1946 in which a treaty promised defence: {defence}.",
            "treaty_obligations",
        ),
        beyond(
            "shallower than it seems",
            "Depth has no unit, and how it seemed depends on who looked.",
        ),
    ]


def p12(tables: Tables) -> list[Part]:
    """Russia pursues its own aims, and Turkey more or less helps."""
    return [
        dated(
            tables,
            "Turkey took part in what Moscow led in Syria",
            "syria-ceasefire-2016",
            "astana-starts-2017",
            "de-escalation-zones-2017",
        ),
        weighed(
            tables,
            "it helped rather than hindered",
            MIXED,
            "euphrates-shield-2016",
            "al-bab-friendly-fire-2017",
            note=(
                "In the same months Turkish troops entered Syria for aims of their"
                " own."
            ),
        ),
        missing(
            "whose aims these were",
            "Each side could say that the other was helping it.",
            "Russian papers on what Moscow wanted from Turkey in 2017.",
            "chronology",
        ),
    ]


def g08(tables: Tables) -> list[Part]:
    """Part of the gas in roubles; demand for the rouble; away from the dollar."""
    rates = (
        tables("exchange_rates_monthly")
        .query("source_id == 'cbrt_evds'")
        .pivot(index="month", columns="base_currency", values="rate")
    )
    then, later = (rates["USD"] / rates["RUB"]).loc[["2022-08-01", "2023-08-01"]]
    return [
        dated(
            tables,
            "it was agreed",
            "sochi-roubles-mir-2022",
            "gas-quarter-roubles-2022",
        ),
        missing(
            "more roubles were asked for",
            f"Demand is not price: a dollar cost {then:.1f} roubles in August 2022"
            f" and {later:.1f} a year later, with oil, war and capital controls at"
            " work.",
            "How much gas was paid in roubles, and when.",
            "exchange_rates_monthly",
        ),
        missing(
            "less is paid in dollars",
            "No table has the currencies in which the trade is paid.",
            "Shares of currencies in the trade of the two.",
            "exchange_rates_monthly",
        ),
    ]


def g09(tables: Tables) -> list[Part]:
    """The central banks at work on a system in place of SWIFT."""
    days = (
        series.day(tables, "mir-dropped-2022")
        - series.day(tables, "sochi-roubles-mir-2022")
    ).days
    return [
        missing(
            "the two central banks coordinate on a joint system",
            "The chronology and the reports that we looked up on payments after"
            " Sochi do not speak of it; the banks' own papers were not searched."
            " In October 2019 the two governments agreed that Turkish banks should"
            " connect to the messaging system of Russia's central bank, which is"
            " no joint one. On record are bank cards: Turkish state banks dropped"
            f" Mir {days} days after Sochi, and in January 2024 exporters"
            " complained that payments were blocked.",
            "A statement of either central bank.",
            "claim_records",
        ),
    ]


def g10(tables: Tables) -> list[Part]:
    """The Commission's yearly report faults Ankara over trade, finance and
    sanctions, and a commissioner is quoted."""
    return [
        dated(
            tables,
            "the report faults Turkey over the sanctions",
            "commission-report-2022",
            "commission-report-analysis-2022",
        ),
        dated(
            tables,
            "it speaks of trade, finance and dual-use goods",
            "commission-dual-use-2022",
            note="Read in reports on the text, not in the text.",
        ),
        missing(
            "the quoted sentence is a commissioner's",
            "The words stand in reports on the Commission's text; who spoke them"
            " was not found.",
            "The commissioner's statement of October 2022.",
            "claim_records",
        ),
    ]


def k04(tables: Tables) -> list[Part]:
    """US sanctions of 2019 and of 2020."""
    return [
        dated(tables, "in 2019, over northern Syria", "us-sanctions-syria-2019"),
        dated(tables, "in 2020, over the S-400", "caatsa-2020"),
    ]


def p03(tables: Tables) -> list[Part]:
    """The rapprochement as a consequence of tense relations with the West."""
    polls = tables("opinion_polls")
    rows = polls[
        polls["question"].eq("Which countries pose a threat to Turkey?")
        & ~polls["variant"]
        & polls["subject"].eq("USA")
    ]
    threat = (
        rows.assign(year=rows["field_start"].dt.year)
        .groupby("year")["share_pct"]
        .first()
    )
    wait = (
        series.day(tables, "coup-call-2016")
        - series.day(tables, "letter-of-regret-2016")
    ).days
    return [
        counted(
            "relations with the West were tense",
            bool(threat[2017] > threat[2016]),
            f"Turks who named the United States as a threat: {threat[2016]:.1f}"
            f" percent in 2016, {threat[2017]:.1f} in 2017.",
            "opinion_polls",
        ),
        weighed(
            tables,
            "the tension came before the rapprochement",
            MIXED,
            "letter-of-regret-2016",
            "coup-call-2016",
            note=(
                f"The letter came {wait} days before the call after the coup"
                " attempt, when relations with the West were not yet at their"
                " worst."
            ),
        ),
        missing(
            "the one follows from the other",
            "A motive, and pipelines, trade and tourists were reasons of their own;"
            " no paper of the summer of 2016 is in our tables.",
            "Papers on the Turkish decision of June 2016.",
            "chronology",
        ),
        beyond("pragmatic", "A word without a measure."),
    ]
