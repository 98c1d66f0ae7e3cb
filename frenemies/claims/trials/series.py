"""Series that several claims are compared with, each computed in one place.

`tables` is a function from a table's name to its data frame, such as
`frenemies.load`.
"""

from __future__ import annotations

import pandas as pd

from frenemies.claims.parts import Tables

FIVE_WESTERN = ("DEU", "FRA", "GBR", "ITA", "USA")
# The records that add up what each importer counted; the highest of two counts of
# one flow is taken.
IMPORTERS = [
    "cow_trade_v4",
    "itc_trademap_2018",
    "rosstat_fts_2022",
    "tuik_mgimo_2026_07",
]


def importers_total(tables: Tables) -> pd.Series:
    """Trade of Turkey and Russia by year, each direction as its importer counted
    it, in billion US dollars; only full pairs."""
    trade = tables("trade_annual")
    rows = trade[trade["flow"].eq("import") & trade["source_id"].isin(IMPORTERS)]
    bought = (
        rows.groupby(["year", "reporter_iso3"], observed=True)["value_musd"]
        .max()
        .unstack()
    )
    return bought.sum(axis=1, min_count=2).dropna() / 1000


def russian_customs_total(tables: Tables) -> pd.Series:
    """Trade of Turkey and Russia by year as Russian customs counted both
    directions, in billion US dollars."""
    rows = tables("trade_annual").query("source_id == 'rosstat_fts_2022'")
    return rows.groupby("year")["value_musd"].sum() / 1000


def american_total(
    tables: Tables, year: int = 2019, flow: str | None = None
) -> float:
    """Trade of the United States with Turkey in a year, as the United States counts
    it, in billion US dollars; `flow`: one direction."""
    rows = tables("trade_reported_points").query(
        "reporter_iso3 == 'USA' and partner_iso3 == 'TUR' and coverage == 'full"
        " year'"
    )
    rows = rows if flow is None else rows[rows["flow"].eq(flow)]
    return rows[rows["period_start"].dt.year == year]["value_musd"].sum() / 1000


def sold_by_turkey(tables: Tables) -> pd.DataFrame:
    """Turkey's exports by year and partner since 2021, in billion US dollars; WLD
    is the world."""
    rows = tables("trade_partners").query(
        "reporter_iso3 == 'TUR' and flow == 'export' and source_id =="
        " 'comtrade_meric_guler'"
    )
    return (
        rows.pivot(index="year", columns="partner_iso3", values="value_musd") / 1000
    )


def sold_to_russia_2025(tables: Tables) -> float:
    """Turkey's exports to Russia in 2025 by first figures, in billion US
    dollars."""
    rows = tables("trade_annual").query(
        "reporter_iso3 == 'TUR' and flow == 'export' and year == 2025"
    )
    return float(rows["value_musd"].iloc[0]) / 1000


def turkish_pair(tables: Tables, year: int) -> pd.Series:
    """Turkey's exports to and imports from Russia in a year, by flow, in million US
    dollars."""
    rows = tables("trade_annual")
    rows = rows[
        rows["reporter_iso3"].eq("TUR")
        & rows["year"].eq(year)
        & rows["source_id"].ne("unctad_mtm")
    ]
    return rows.groupby("flow", observed=True)["value_musd"].max()


def russian_gas_share(tables: Tables) -> pd.Series:
    """Russia's share of Turkey's gas imports by year, by the Turkish regulator, in
    percent."""
    gas = tables("gas_reported_points")
    rows = gas[
        gas["producer"].str.startswith("Energy Market")
        & gas["coverage"].eq("full year")
        & gas["partner_iso3"].eq("RUS")
    ]
    return rows.assign(year=rows["period_start"].dt.year).set_index("year")[
        "share_percent"
    ]


def visits(tables: Tables, iso3: str) -> pd.Series:
    """Visits to Turkey by citizens of a country in full years, in million."""
    rows = tables("visitors_russia").query(
        "origin_iso3 == @iso3 and coverage == 'full year'"
    )
    return rows.groupby("year")["visitors"].max().astype(float) / 1e6


def arms_share(tables: Tables, first: int, last: int) -> pd.Series:
    """Share of each supplier in the arms that Turkey received in a span of years,
    both ends included, in percent of TIV."""
    rows = tables("arms_imports").query(
        "vintage == 'trade_register_2025' and @first <= year <= @last"
    )
    total = rows.groupby("supplier_iso3")["tiv_million"].sum()
    return total / total.sum() * 100


def arms_to(tables: Tables, iso3: str) -> pd.Series:
    """Arms that Turkey delivered to a country by year, in million TIV."""
    return (
        tables("arms_exports")
        .query("recipient_iso3 == @iso3")
        .groupby("year")["tiv_million"]
        .sum()
    )


def agreement(tables: Tables, iso3: str) -> pd.Series:
    """Turkey's yearly agreement with a country in the General Assembly since 1992,
    from 0 (never) to 1 (always)."""
    rows = tables("un_agreement").query(
        "country_a_iso3 == 'TUR' and country_b_iso3 == @iso3 and period_type =="
        " 'calendar_year'"
    )
    return rows[rows["year"] >= 1992].set_index("year")["agreement_index"]


def same_votes(tables: Tables, issue: str, period: str) -> float:
    """How often both cast the same vote on an issue in a period, in percent.

    Raises ValueError where the table has not exactly one such row.
    """
    rows = tables("un_agreement_by_issue").query(
        "country_a_iso3 == 'TUR' and country_b_iso3 == 'RUS' and issue == @issue"
        " and period == @period"
    )
    return float(rows["share_same"].item()) * 100


def votes_against(tables: Tables, before: str) -> pd.DataFrame:
    """The votes on conflicts of the region before a day.

    One row for each conflict: how many `votes`, and how many `against` each other
    (Turkey yes, Russia no). The list was chosen by conflict: the numbers are no
    measure of how often the two disagree.
    """
    votes = tables("un_key_votes").query("date < @before")
    against = votes["vote_tur"].eq("yes") & votes["vote_rus"].eq("no")
    return against.groupby(votes["conflict"].astype(str)).agg(
        against="sum", votes="size"
    )


def first_vote_against(tables: Tables, conflict: str, before: str) -> str:
    """The first vote on a conflict before a day with Turkey for and Russia against,
    in words; empty if there is none."""
    rows = tables("un_key_votes").query(
        "conflict == @conflict and vote_tur == 'yes' and vote_rus == 'no' and date"
        " < @before"
    )
    if rows.empty:
        return ""
    first = rows.sort_values("date").iloc[0]
    return (
        f"{first['resolution']}, {first['date'].day} {first['date']:%B %Y}: Turkey"
        " voted for it, Russia against."
    )


def opposed_over_ukraine(tables: Tables, article: str) -> int:
    """Resolutions of the emergency session on Ukraine with Turkey for and Russia
    against, up to the end of the month of an article."""
    end = written(tables, article) + pd.offsets.MonthEnd(0)
    votes = tables("un_emergency_votes")
    return int(
        (
            votes["vote_tur"].eq("yes")
            & votes["vote_rus"].eq("no")
            & votes["date"].le(end)
        ).sum()
    )


def share(tables: Tables, year: int, partner: str) -> float:
    """A partner's share of Turkey's exports in a year, in percent."""
    sold = sold_by_turkey(tables)
    return float(sold.loc[year, partner] / sold.loc[year, "WLD"] * 100)


def years_in_nato(tables: Tables, iso3: str, until: int) -> int:
    """Years of a state's membership of NATO up to a year. Raises KeyError if it is
    not on the list of members."""
    return until - int(
        tables("nato_members").set_index("iso3")["accession_year"][iso3]
    )


def two_western_against_russia(tables: Tables) -> pd.DataFrame:
    """Turkey's trade with Germany and the United States, as a multiple of Russia's.

    One row for each year from 1992 to 2014. Columns: `sales` (what they bought
    from Turkey) and `purchases` (what they sold to it), as the importers counted.
    """
    rows = tables("trade_partners").query(
        "source_id == 'cow_trade_v4' and flow == 'import'"
    )
    sold = rows.query("partner_iso3 == 'TUR'").pivot(
        index="year", columns="reporter_iso3", values="value_musd"
    )
    bought = rows.query("reporter_iso3 == 'TUR'").pivot(
        index="year", columns="partner_iso3", values="value_musd"
    )
    return pd.DataFrame(
        {
            name: (flow["DEU"] + flow["USA"]) / flow["RUS"]
            for name, flow in (("sales", sold), ("purchases", bought))
        }
    )


def no_second_system(tables: Tables) -> str:
    """What the register of arms transfers says of air-defence systems after the
    S-400, in words."""
    deals = tables("arms_deals_russia")
    later = deals[
        (deals["order_year"] > 2017) & deals["category"].eq("Air defence systems")
    ]
    if len(later):
        return (
            f"The register of arms transfers has {len(later)} air-defence system"
            " ordered from Russia after 2017."
        )
    return (
        "No second air-defence system was delivered by 2023, by the register of"
        " arms transfers."
    )


def both_sides_in_syria(tables: Tables, until: int) -> list[int]:
    """Years up to `until` in which the armies of Turkey and Russia are coded on
    opposite sides of one war in Syria."""
    rows = tables("conflict_roles").query(
        "theatre == 'syria' and tur_role == 'secondary_side_b' and rus_role =="
        " 'secondary_side_a' and year <= @until"
    )
    return rows["year"].tolist()


def day(tables: Tables, event: str) -> pd.Timestamp:
    """Day of an event of the chronology. Raises KeyError that names the event if
    there is none of this id."""
    days = tables("chronology").set_index("event_id")["date"]
    if event not in days.index:
        raise KeyError(
            f"the chronology has no event {event!r}; look the id up in"
            " data/chronology.csv"
        )
    return days[event]


def written(tables: Tables, article: str) -> pd.Timestamp:
    """Day of an article, as far as it is known. Raises KeyError that names the
    article if there is none of this id."""
    days = tables("articles").set_index("article_id")["date"]
    if article not in days.index:
        raise KeyError(
            f"the table of articles has no {article!r}; look the id up in"
            " data/articles.csv"
        )
    return days[article]


def russia_against_the_west(
    tables: Tables, year: int, flow: str
) -> tuple[float, float]:
    """Shares of Russia and of the five largest Western partners on record in
    Turkey's exports or imports of 2013 to 2017, in percent."""
    rows = tables("trade_partners").query(
        "reporter_iso3 == 'TUR' and year == @year and flow == @flow"
    )
    total = rows.query("partner_iso3 == 'WLD' and source_id == 'tuik_gts_2023_12'")[
        "value_musd"
    ].sum()
    pairs = rows.query("source_id == 'itc_trademap_2018'").set_index(
        "partner_iso3"
    )["value_musd"]
    return float(pairs["RUS"] / total * 100), float(
        pairs[list(FIVE_WESTERN)].sum() / total * 100
    )


def russian_part_of_purchases(tables: Tables, year: int) -> float:
    """Russia's share of Turkey's imports in a year from 2016 to 2022, in
    percent."""
    total = tables("trade_partners").query(
        "reporter_iso3 == 'TUR' and year == @year and flow == 'import' and"
        " partner_iso3 == 'WLD' and source_id == 'tuik_gts_2023_12'"
    )["value_musd"]
    return float(turkish_pair(tables, year)["import"] / total.sum() * 100)


def distance(tables: Tables, iso3: str) -> pd.Series:
    """How far Turkey and a country stand apart each year on the line made from
    votes in the General Assembly, in ideal points."""
    place = tables("ideal_points").pivot(
        index="year", columns="iso3", values="ideal_point"
    )
    return (place["TUR"] - place[iso3]).abs().dropna()


def poll(
    tables: Tables,
    question: str,
    answer: str,
    pollster: str,
    year: int,
    subject: str = "",
) -> float:
    """The share of Turks who gave an answer in a survey, in percent; `question` is
    how it begins. Raises KeyError if there is none."""
    polls = tables("opinion_polls")
    rows = polls[
        polls["question"].str.startswith(question)
        & polls["answer"].eq(answer)
        & polls["pollster"].eq(pollster)
        & polls["population_iso3"].eq("TUR")
        & polls["field_start"].dt.year.eq(year)
        & ~polls["variant"]
    ]
    rows = rows[rows["subject"].eq(subject)] if subject else rows
    if rows.empty:
        raise KeyError(
            f"opinion_polls has no answer {answer!r} to {question!r} by {pollster}"
            f" in {year}"
        )
    return float(rows["share_pct"].iloc[0])
