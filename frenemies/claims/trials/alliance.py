"""Claims on arms, NATO and the United States.

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
    by_signs,
    counted,
    dated,
    measured,
    missing,
    weighed,
)
from frenemies.claims.trials import series


def _s400(tables: Tables) -> Part:
    rows = tables("arms_deals_russia")
    rows = rows[rows["designation"].str.startswith("S-400")]
    when = (
        f"ordered {rows['order_year'].iloc[0]}, delivered"
        f" {rows['delivery_year'].iloc[0]}"
        if len(rows)
        else "no row"
    )
    return counted(
        "Turkey bought the S-400",
        len(rows) > 0,
        f"The register of arms transfers has it: {when}.",
        "arms_deals_russia",
    )


def m06(tables: Tables) -> list[Part]:
    """The S-400 in spite of strong objections of NATO states."""
    return [
        _s400(tables),
        weighed(
            tables,
            "NATO states objected strongly",
            HOLDS,
            "stoltenberg-national-decision-2019",
            "us-letter-s400-2019",
            "f35-removal-2019",
            note=(
                "The letter came before the delivery: a threat to shut an ally out"
                " of the F-35 is a strong objection. The warnings and penalties on"
                " record are American; of other allies the Secretary General said"
                " that they disagreed."
            ),
        ),
    ]


def g19(tables: Tables) -> list[Part]:
    """The S-400 in spite of American criticism."""
    return [
        _s400(tables),
        dated(
            tables,
            "the United States criticised it",
            "us-letter-s400-2019",
            "f35-removal-2019",
            "caatsa-2020",
        ),
    ]


def k03(tables: Tables) -> list[Part]:
    """The second largest army in NATO."""
    people = tables("military_personnel")
    nato = people[people["iso3"].isin(tables("nato_members")["iso3"])]
    rank = (
        nato[nato["year"] == 2020]
        .set_index("iso3")["personnel_thousand"]
        .rank(ascending=False, method="min")
    )
    own = (
        tables("nato_defence")
        .query("indicator == 'personnel' and year == 2022")
        .set_index("iso3")["value"]
    )
    return [
        counted(
            "second by the Correlates of War",
            bool(rank["TUR"] == 2),
            f"Rank {rank['TUR']:.0f} of {len(rank)} in 2020; forces of all kinds.",
            "military_personnel",
        ),
        counted(
            "ahead of all others found by NATO's own count",
            own.idxmax() == "TUR",
            f"2022, in thousand: Turkey {own['TUR']:.0f}, next"
            f" {own.drop('TUR').max():.0f}; the United States is not in the pages"
            " found.",
            "nato_defence",
        ),
    ]


def k05(tables: Tables) -> list[Part]:
    """The US supports the YPG, which Ankara sees as tied to the PKK."""
    return [
        dated(
            tables,
            "the United States supports it, and Ankara objects",
            "us-arms-ypg-2017",
        ),
        dated(
            tables,
            "Ankara ties it to the PKK and treats it as an enemy",
            "us-arms-ypg-2017",
            "olive-branch-2018",
            note=(
                "The report of 2017 adds that Turkey regards the YPG as an"
                " extension of the PKK. Whether it is one is disputed; the claim"
                " reports Ankara's view."
            ),
        ),
        missing(
            "it still did in June 2021",
            "Our records of arms are of 2017 and 2018. In late May 2021 the"
            " Pentagon asked for money for vetted Syrian groups, of which the"
            " Syrian Democratic Forces were the main one; it named no sum for the"
            " YPG.",
            "A report of 2021 on American help that reached the YPG.",
            "chronology",
        ),
    ]


def k06(tables: Tables) -> list[Part]:
    """The US does not extradite Fethullah Gülen."""
    return [
        dated(
            tables,
            "asked for, and not extradited by 2018",
            "gulen-not-extradited-2018",
        ),
        missing(
            "nor in the years to June 2021",
            "No record of these years was looked up; that none of an extradition is"
            " here does not show that there was none.",
            "A report of the spring of 2021 on the request.",
            "chronology",
        ),
    ]


def k07(tables: Tables) -> list[Part]:
    """No expulsion from NATO; the Secretary General on a national decision."""
    members = tables("nato_members")
    return [
        dated(
            tables,
            "Turkey went on with the purchase despite sanctions over it",
            "s400-contract-confirmed-2017",
            "us-letter-s400-2019",
            "s400-delivered-2019",
            "caatsa-2020",
            outcome=FAILS,
            note=(
                "The order is the other way round: the contract and the delivery"
                " came first, the sanctions after. Before the delivery there were"
                " warnings, and it was these that Turkey set aside."
            ),
        ),
        counted(
            "Turkey was not expelled",
            bool((members["iso3"] == "TUR").any()),
            f"It is among the {len(members)} members listed for 2024.",
            "nato_members",
        ),
        dated(
            tables,
            "the Secretary General called it a national decision",
            "stoltenberg-national-decision-2019",
            note="He added that allies disagree.",
        ),
    ]


def k08(tables: Tables) -> list[Part]:
    """The head of the committee on Russia as no alternative."""
    return [
        missing(
            "the head of the committee said it",
            "His words were not found. The foreign minister said the like in"
            " December 2020, of NATO and the EU: another speaker, another object.",
            "The interview.",
            "chronology",
        ),
    ]


def k19(tables: Tables) -> list[Part]:
    """Turkey is strengthening its military, political and economic ties with
    Russia."""
    customs = series.russian_customs_total(tables)
    imports = (
        tables("arms_imports")
        .query("vintage == 'trade_register_2025' and supplier_iso3 == 'RUS'")
        .set_index("year")["tiv_million"]
    )
    before, after = imports.loc[2011:2015].sum(), imports.loc[2016:2020].sum()
    return [
        counted(
            "military ties",
            bool(after > before),
            f"Russian arms delivered: {before:.0f} million TIV in 2011 to 2015,"
            f" {after:.0f} in 2016 to 2020.",
            "arms_imports",
        ),
        weighed(
            tables,
            "political ties",
            MIXED,
            "moscow-protocol-2020",
            "monitoring-centre-opens-2021",
            "zelensky-istanbul-2021",
            "flights-suspended-2021",
            note=(
                "Two joint arrangements, then, weeks before the article, a quarrel."
            ),
        ),
        counted(
            "economic ties, up to the pandemic (trade of 2019 above that of 2016,"
            " the trough, and of 2014, the last year before the crisis; it fails if"
            " above neither)",
            by_signs(
                bool(customs[2019] > customs[2016]),
                bool(customs[2019] > customs[2014]),
            ),
            f"Trade by Russian customs, in billion US dollars: {customs[2014]:.1f}"
            f" in 2014, {customs[2016]:.1f} in 2016, {customs[2019]:.1f} in 2019:"
            f" {(customs[2019] / customs[2016] - 1) * 100:+.0f} percent from the"
            f" trough, {(customs[2019] / customs[2014] - 1) * 100:+.0f} from before"
            f" the crisis. The pandemic year brought {customs[2020]:.1f}, the year"
            f" of the article, seen to its end, {customs[2021]:.1f}.",
            "trade_annual",
        ),
    ]


def k20(tables: Tables) -> list[Part]:
    """Some in Moscow try to undermine the West's unity, with debatable fruit."""
    return [
        missing(
            "without a doubt the Kremlin, or some very influential people in"
            " Moscow, try",
            "An intent; no Russian paper on it is in our tables, and without one a"
            " doubt is left.",
            "Russian papers on the aim.",
            "chronology",
        ),
        weighed(
            tables,
            "whether it has borne much fruit can be debated",
            HOLDS,
            "f35-removal-2019",
            "stoltenberg-national-decision-2019",
            "caatsa-2020",
            note=(
                "Allies fell out over the S-400, and all stayed: the record serves"
                " both sides, as the article says."
            ),
        ),
    ]


def p08(tables: Tables) -> list[Part]:
    """Russia may try to lure Turkey away, and will probably not succeed."""
    return [
        missing(
            "Russia tries",
            "An intent; no Russian paper on it is in our tables.",
            "Russian papers on the aim.",
            "chronology",
        ),
        *_still_western(tables),
    ]


def _still_western(tables: Tables) -> list[Part]:
    """Membership, votes of parliament, exports and purchases after 2017.

    Trade is of 2022, the last year of which the tables have the total of both
    directions.
    """
    members = tables("nato_members")
    europe = series.share(tables, 2022, "EU27")
    sold = {
        2014: series.russia_against_the_west(tables, 2014, "export")[0],
        2022: series.share(tables, 2022, "RUS"),
    }
    bought = {
        year: series.russian_part_of_purchases(tables, year)
        for year in (2014, 2022)
    }
    return [
        counted(
            "Turkey stayed in NATO",
            bool((members["iso3"] == "TUR").any()),
            f"It is among the {len(members)} members listed for 2024.",
            "nato_members",
        ),
        dated(
            tables,
            "it let NATO grow",
            "finland-ratified-2023",
            "sweden-ratified-2024",
        ),
        *(
            measured(
                f"its {flow} did not move to Russia",
                part[2022] / part[2014],
                2,
                3,
                "Russia's part in them at most twice that of 2014, before the"
                " crisis; it fails above three times",
                f"Russia's part: {part[2014]:.1f} percent in 2014, {part[2022]:.1f}"
                f" in 2022{note}.",
                "trade_partners",
            )
            for flow, part, note in (
                (
                    "sales",
                    sold,
                    f"; that year the European Union took {europe:.0f}",
                ),
                (
                    "purchases",
                    bought,
                    (
                        ", most of it energy in a year of high prices: more than"
                        " before, and far from the whole"
                    ),
                ),
            )
        ),
    ]


def p10(tables: Tables) -> list[Part]:
    """Any rapprochement will stay limited."""
    return [
        *_still_western(tables),
        missing(
            "the S-400 stayed alone",
            series.no_second_system(tables)
            + " That does not show that none was agreed on.",
            "A statement of both that no second system was ordered, or the contract"
            " for one.",
            "arms_deals_russia",
        ),
        beyond(
            "limited",
            "Between nothing and an alliance everything is limited; no measure says"
            " how much would have been too much.",
        ),
    ]


def g21(tables: Tables) -> list[Part]:
    """Turkey and Russia come closer, and Russia pulls Turkey from NATO."""
    sold, apart = (
        series.sold_by_turkey(tables)["RUS"],
        series.distance(tables, "RUS"),
    )
    against = series.opposed_over_ukraine(tables, "gautam2022")
    signs = (bool(sold[2022] > sold[2021]), bool(apart[2022] < apart[2019]))
    return [
        counted(
            "they come closer, despite differences (Turkish sales to Russia above"
            " the year before, votes nearer than in 2019; it fails if neither)",
            by_signs(*signs),
            "Turkish exports to Russia in 2022:"
            f" {(sold[2022] / sold[2021] - 1) * 100:+.0f} percent. On the line made"
            f" from votes in the General Assembly they stood {apart[2019]:.2f}"
            f" apart in 2019 and {apart[2022]:.2f} in 2022, seen to its end; by"
            f" October 2022 Turkey had voted for and Russia against {against}"
            " resolutions on Ukraine.",
            "ideal_points",
        ),
        weighed(
            tables,
            "Turkey goes away from NATO",
            MIXED,
            "nordic-memorandum-2022",
            note=(
                "In June 2022 it let the alliance invite two new members; in"
                " October its parliament had ratified neither, and Turkey was a"
                " member as before."
            ),
        ),
        missing(
            "Russia pulls",
            "An intent; no Russian paper on it is in our tables.",
            "Russian papers on the aim.",
            "chronology",
        ),
    ]


def m07(tables: Tables) -> list[Part]:
    """Resurgent powers, US decline, a multipolar order."""
    spent = (
        tables("military_spending").pivot(
            index="year", columns="iso3", values="constant_2023_musd"
        )
        / 1000
    )
    growth = spent.loc[2020] / spent.loc[2000]
    votes = (
        tables("un_agreement_by_issue")
        .query(
            "country_a_iso3 == 'TUR' and issue == 'all' and country_b_iso3 == 'USA'"
        )
        .set_index("period")["agreement_index"]
    )
    ratio = spent["USA"] / (spent["TUR"] + spent["RUS"])
    signs = (
        bool(ratio[2020] < ratio[2000]),
        bool(votes["2010-2019"] < votes["2000-2009"]),
    )
    return [
        counted(
            "both are resurgent (both outgrew the United States; it fails if either"
            " grew by less than 5 percent)",
            (
                FAILS
                if growth[["TUR", "RUS"]].min() < 1.05
                else by_signs(*(growth[["TUR", "RUS"]] > growth["USA"]))
            ),
            "Military spending of 2020 against 2000, at constant prices: Turkey"
            f" {growth['TUR']:.1f} times, Russia {growth['RUS']:.1f}, United States"
            f" {growth['USA']:.1f}.",
            "military_spending",
        ),
        counted(
            "US power declines, in spending and in votes",
            by_signs(*signs),
            f"In 2000 the United States spent {ratio[2000]:.1f} times as much on"
            f" its military as both together, in 2020 {ratio[2020]:.1f} times."
            " Turkey's agreement with it in the General Assembly was"
            f" {votes['2000-2009']:.2f} in the 2000s and {votes['2010-2019']:.2f}"
            " in the 2010s.",
            "un_agreement_by_issue",
        ),
        missing(
            "both mean to assert themselves",
            "An aim; that they spent more shows means, and no paper on the aim is"
            " in our tables.",
            "Papers or speeches of both governments on the place that they seek in"
            " the world.",
            "military_spending",
        ),
        beyond(
            "a multipolar order",
            "Polarity has no agreed measure: how many poles there are depends on"
            " what is counted.",
        ),
        beyond(
            "that these two contributed to it",
            "China, the Gulf and much else belong to the question; no design in our"
            " tables parts them.",
        ),
    ]
