"""Claims on trade: what was stated and what customs counted.

Each function tries one claim, named by its id: it takes a function from a table's
name to its data frame and returns parts.
"""

from __future__ import annotations

import pandas as pd

from frenemies.claims.parts import (
    Part,
    Tables,
    beyond,
    counted,
    measured,
    missing,
    number,
)
from frenemies.claims.trials import series


def m02(tables: Tables) -> list[Part]:
    """Trade between 2008 and 2019: the mean of the years by two records, and how
    many years come near."""
    importers = series.importers_total(tables).loc[2008:2019]
    customs = series.russian_customs_total(tables).loc[2008:2019]
    near = importers[abs(38 / importers - 1) <= 0.05]
    return [
        number(
            "trade in a mean year from 2008 to 2019, importers' records",
            38,
            importers.mean(),
            "billion US dollars",
            "trade_annual",
            note=(
                f"Mean of {len(importers)} years; a year without both records is"
                " left out."
            ),
        ),
        number(
            "trade in a mean year from 2008 to 2019, Russian customs",
            38,
            customs.mean(),
            "billion US dollars",
            "trade_annual",
        ),
        counted(
            "the number fits most years of the span",
            len(near) > len(importers) / 2,
            f"{len(near)} of {len(importers)} years are within 5 percent of 38"
            f" billion: {', '.join(map(str, near.index)) or 'none'}.",
            "trade_annual",
        ),
    ]


def k09(tables: Tables) -> list[Part]:
    """Trade in 2019 with the United States and, by two records, with Russia."""
    american = series.american_total(tables)
    unit = "billion US dollars"
    return [
        number(
            "trade with the United States in 2019, US figures",
            21,
            american,
            unit,
            "trade_reported_points",
        ),
        number(
            "trade with Russia in 2019, Russian customs",
            26.3,
            series.russian_customs_total(tables)[2019],
            unit,
            "trade_annual",
        ),
        number(
            "trade with Russia in 2019, importers' records",
            26.3,
            series.importers_total(tables)[2019],
            unit,
            "trade_annual",
        ),
    ]


def k10(tables: Tables) -> list[Part]:
    """Economic ties with Russia rival those with the United States."""
    american = series.american_total(tables)
    russian = series.russian_customs_total(tables)[2019]
    bought = {
        "Russia": (
            float(
                tables("trade_annual")
                .query(
                    "source_id == 'rosstat_fts_2022' and flow == 'import' and year"
                    " == 2019"
                )["value_musd"]
                .iloc[0]
            )
            / 1000
        ),
        "the United States": series.american_total(tables, flow="import"),
    }
    visits = series.visits(tables, "RUS")[2019]
    return [
        measured(
            "trade in goods with Russia is in the class of that with the United"
            " States",
            russian / american * 100,
            50,
            25,
            "half of it or more; it fails under a quarter",
            f"2019, in billion US dollars: Russia {russian:.1f}, United States"
            f" {american:.1f}. The two ways differ, and the article names the"
            " volume: of Turkish goods the United States bought"
            f" {bought['the United States']:.1f}, Russia {bought['Russia']:.1f}; it"
            " is as a seller that Russia is the larger. Visits by Russians, a sale"
            f" of another kind, came to {visits:.1f} million.",
            "trade_annual",
        ),
        missing(
            "investment and services, Russia against the United States",
            "Our tables have Russia's investment and no American figure to set"
            " beside it.",
            "Yearly investment and services of both partners from one source.",
            "economic_ties",
        ),
        beyond(
            "what makes two ties rivals",
            "Rival is a word for near in weight; how near, nobody has fixed.",
        ),
    ]


def g03(tables: Tables) -> list[Part]:
    """Russia worth more to Turkey than Ukraine, always, in business and for
    security."""
    partners = tables("trade_partners").query(
        "source_id == 'cow_trade_v4' and flow == 'import' and year >= 1995"
    )
    ukraine = partners.query(
        "reporter_iso3 == 'TUR' and partner_iso3 == 'UKR'"
    ).set_index("year")["value_musd"]
    russia = (
        tables("trade_annual")
        .query(
            "source_id == 'cow_trade_v4' and reporter_iso3 == 'TUR' and year >="
            " 1995"
        )
        .set_index("year")["value_musd"]
    )
    sold = series.sold_by_turkey(tables)
    seller, buyer = (
        (russia / ukraine).dropna(),
        (sold["RUS"] / sold["UKR"]).dropna(),
    )

    def told(ratio: pd.Series, what: str) -> str:
        return (
            f"{len(ratio)} years ({ratio.index.min()} to {ratio.index.max()}):"
            f" Russia {what} {ratio.min():.1f} to {ratio.max():.1f} times as much"
            " as Ukraine."
        )

    return [
        counted(
            "worth more as a seller, in every year found",
            bool((seller > 1).all()),
            told(seller, "sold Turkey"),
            "trade_partners",
        ),
        counted(
            "worth more as a buyer, in every year found",
            bool((buyer > 1).all()),
            told(buyer, "bought from Turkey"),
            "trade_partners",
        ),
        missing(
            "worth more in trade in the years not found",
            "For 2015 to 2020 no table has both partners, and for no year both"
            " directions.",
            "Customs records of both for 2015 to 2020.",
            "trade_partners",
        ),
        beyond(
            "worth more for security",
            "Worth for security has no unit: drones with one, missiles from the"
            " other.",
        ),
    ]


def g06(tables: Tables) -> list[Part]:
    """With Russia cut off, Turkey can take advantage of its market."""
    sold = series.sold_by_turkey(tables)
    growth = (sold.loc[2023] / sold.loc[2021] - 1) * 100
    gain, latest = (
        sold.loc[2023] - sold.loc[2021],
        series.sold_to_russia_2025(tables),
    )
    return [
        counted(
            "sales to Russia grew faster than sales to the world",
            bool(growth["RUS"] > growth["WLD"]),
            f"2021 to 2023: to Russia {growth['RUS']:+.0f} percent, to the world"
            f" {growth['WLD']:+.0f}. In billion US dollars the European Union"
            f" bought {gain['EU27']:.1f} more, Russia {gain['RUS']:.1f}. By 2025"
            f" Russia was back at {latest:.1f} (first figures); how long the chance"
            " would last the claim does not say.",
            "trade_partners",
        ),
        beyond(
            "that the sanctions are the reason",
            "The rouble, prices and re-exports moved in the same months; one case"
            " cannot part them.",
        ),
    ]


def g07(tables: Tables) -> list[Part]:
    """Russia needs advanced goods, and Turkey is well placed to supply them."""
    goods = pd.concat(
        [tables("trade_exports_hs2_2021_2024"), tables("trade_hs2_2025")]
    )
    goods = goods.query(
        "reporter_iso3 == 'TUR' and partner_iso3 == 'RUS' and flow == 'export'"
    )
    sums = (
        goods.groupby([goods["hs2"].isin(["84", "85", "87", "90"]), "year"])[
            "value_musd"
        ]
        .sum()
        .unstack("hs2")
    )
    share = sums[True] / sums.sum(axis=1) * 100
    return [
        counted(
            "advanced goods took a larger part in what Turkey sold to Russia",
            bool(share[2023] > share[2021]),
            "Machinery, electrical goods, vehicles and instruments:"
            f" {share[2021]:.1f} percent in 2021, {share[2023]:.1f} in 2023. By"
            f" 2025 it was {share[2025]:.1f} again; how long the chance would last"
            " the claim does not say.",
            "trade_exports_hs2_2021_2024",
        ),
        missing(
            "that these goods stood in for Western ones, and were Turkish",
            "Customs tables do not tell goods made in Turkey from goods in"
            " transit.",
            "Records of origin.",
            "trade_exports_hs2_2021_2024",
        ),
        beyond(
            "a strategic position",
            "Well placed compared with whom, and for how long, is not said.",
        ),
    ]


def g23(tables: Tables) -> list[Part]:
    """Turkey's economy lives by exports and needs new markets."""
    economy = (
        tables("macro_annual")
        .query("country_iso3 == 'TUR'")
        .dropna(subset="gdp_busd")
    )
    product = economy.groupby("year")["gdp_busd"].max()
    sold = series.sold_by_turkey(tables)
    share = sold.loc[2022, "WLD"] / product[2022] * 100
    return [
        measured(
            "it is geared to exports",
            share,
            20,
            10,
            "a fifth or more of its product; it fails under a tenth",
            f"In 2022 goods sold abroad came to {share:.0f} percent of the gross"
            " domestic product.",
            "trade_partners",
        ),
        missing(
            "it needs new markets",
            "A need shows where a market breaks off; we did not follow such a"
            " case.",
            "Records of what exporters did when sales to one market broke off.",
            "trade_partners",
        ),
    ]


def g15(tables: Tables) -> list[Part]:
    """More trade could lead to a boom of Turkish goods and services in Russia."""
    sold = series.sold_by_turkey(tables)["RUS"]
    latest = series.sold_to_russia_2025(tables)
    return [
        beyond(
            "it could lead to a boom",
            "What could happen is not refuted if it does not, and no size makes a"
            " boom. Turkish goods sold to Russia, in billion US dollars:"
            f" {sold[2022]:.1f} in the year of the article, {sold[2023]:.1f} in the"
            f" next, {sold[2024]:.1f} in 2024, {latest:.1f} in 2025 (first"
            " figures). No table has services by year.",
        ),
    ]
