"""Claims on arms, NATO and the United States.

Each function tries one claim, named by its id: it takes a function from a table's name to its data frame and returns parts.
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
    when = f"ordered {rows['order_year'].iloc[0]}, delivered {rows['delivery_year'].iloc[0]}" if len(rows) else "no row"
    return counted(
        "Turkey bought the S-400", len(rows) > 0, f"The register of arms transfers has it: {when}.", "arms_deals_russia"
    )


def m06(tables: Tables) -> list[Part]:
    """The S-400 in spite of strong objections of NATO states."""
    return [
        _s400(tables),
        dated(
            tables,
            "NATO states objected strongly",
            "stoltenberg-national-decision-2019",
            "us-letter-s400-2019",
            "f35-removal-2019",
            note="The letter came before the delivery. The warnings and penalties on record are American; the Secretary "
            "General spoke of allies who disagreed.",
        ),
    ]


def g19(tables: Tables) -> list[Part]:
    """The S-400 in spite of American criticism."""
    return [
        _s400(tables),
        dated(tables, "the United States criticised it", "us-letter-s400-2019", "f35-removal-2019", "caatsa-2020"),
    ]


def k03(tables: Tables) -> list[Part]:
    """The second largest army in NATO."""
    people = tables("military_personnel")
    nato = people[people["iso3"].isin(tables("nato_members")["iso3"])]
    rank = nato[nato["year"] == 2020].set_index("iso3")["personnel_thousand"].rank(ascending=False, method="min")
    own = tables("nato_defence").query("indicator == 'personnel' and year == 2022").set_index("iso3")["value"]
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
            f"2022, in thousand: Turkey {own['TUR']:.0f}, next {own.drop('TUR').max():.0f}; the "
            "United States is not in the pages found.",
            "nato_defence",
        ),
    ]


def k05(tables: Tables) -> list[Part]:
    """The US supports the YPG, which Ankara sees as tied to the PKK."""
    return [
        dated(tables, "the United States supports it, and Ankara objects", "us-arms-ypg-2017"),
        dated(
            tables,
            "Ankara ties it to the PKK and treats it as an enemy",
            "us-arms-ypg-2017",
            "olive-branch-2018",
            note="The report of 2017 adds that Turkey regards the YPG as an extension of the PKK. Whether it is one "
            "is disputed; the claim reports Ankara's view.",
        ),
        missing(
            "it still did in June 2021",
            "Our records of arms are of 2017 and 2018. In late May 2021 the Pentagon asked for money for vetted Syrian groups, "
            "of which the Syrian Democratic Forces were the main one; it named no sum for the YPG.",
            "A report of 2021 on American help that reached the YPG.",
            "chronology",
        ),
    ]


def k06(tables: Tables) -> list[Part]:
    """The US does not extradite Fethullah Gülen."""
    return [
        dated(tables, "asked for, and not extradited by 2018", "gulen-not-extradited-2018"),
        missing(
            "nor in the years to June 2021",
            "No record of these years was looked up; that none of an extradition is here does not show that there was none.",
            "A report of the spring of 2021 on the request.",
            "chronology",
        ),
    ]


def k07(tables: Tables) -> list[Part]:
    """No expulsion from NATO; the Secretary General on a national decision."""
    members = tables("nato_members")
    return [
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
            "His words were not found. The foreign minister said the like in December 2020, of NATO "
            "and the EU: another speaker, another object.",
            "The interview.",
            "chronology",
        ),
    ]


def k19(tables: Tables) -> list[Part]:
    """Turkey is strengthening its military, political and economic ties with Russia."""
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
            f"Russian arms delivered: {before:.0f} million TIV in 2011 to 2015, {after:.0f} in 2016 to 2020.",
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
            note="Two joint arrangements, then, weeks before the article, a quarrel.",
        ),
        counted(
            "economic ties, up to the pandemic (trade of 2019 above that of 2016, the trough, and of 2014, the last year before the "
            "crisis; it fails if above neither)",
            by_signs(bool(customs[2019] > customs[2016]), bool(customs[2019] > customs[2014])),
            f"Trade by Russian customs, in billion US dollars: {customs[2014]:.1f} in 2014, {customs[2016]:.1f} in 2016, "
            f"{customs[2019]:.1f} in 2019: {(customs[2019] / customs[2016] - 1) * 100:+.0f} percent from the trough, "
            f"{(customs[2019] / customs[2014] - 1) * 100:+.0f} from before the crisis. The pandemic year brought {customs[2020]:.1f}, "
            f"the year of the article, seen to its end, {customs[2021]:.1f}.",
            "trade_annual",
        ),
    ]


def k20(tables: Tables) -> list[Part]:
    """Some in Moscow try to undermine the West's unity, with debatable fruit."""
    return [
        missing(
            "some in Moscow try",
            "An intent; no Russian paper on it is in our tables.",
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
            note="Allies fell out over the S-400, and all stayed: the record serves both sides, as the article says.",
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

    Trade is of 2022, the last year of which the tables have the total of both directions.
    """
    members = tables("nato_members")
    europe, russia = series.share(tables, 2022, "EU27"), series.share(tables, 2022, "RUS")
    bought = {year: series.russian_part_of_purchases(tables, year) for year in (2016, 2022)}
    return [
        counted(
            "Turkey stayed in NATO",
            bool((members["iso3"] == "TUR").any()),
            f"It is among the {len(members)} members listed for 2024.",
            "nato_members",
        ),
        dated(tables, "it let NATO grow", "finland-ratified-2023", "sweden-ratified-2024"),
        measured(
            "its sales stayed with the West",
            europe / russia,
            3,
            1,
            "the European Union buys three times as much as Russia, or more; it fails if Russia buys more",
            f"In 2022 the European Union took {europe:.0f} percent of its exports, Russia {russia:.0f}.",
            "trade_partners",
        ),
        measured(
            "its purchases did not move to Russia",
            bought[2022],
            bought[2016],
            50,
            "Russia's part in them no larger than in 2016; it fails above a half",
            f"Russia's part in what Turkey bought abroad: {bought[2016]:.1f} percent in 2016, {bought[2022]:.1f} in 2022, most of it "
            "energy in a year of high prices.",
            "trade_partners",
        ),
    ]


def p10(tables: Tables) -> list[Part]:
    """Any rapprochement will stay limited."""
    return [
        *_still_western(tables),
        missing(
            "the S-400 stayed alone",
            series.no_second_system(tables) + " That does not show that none was agreed on.",
            "A statement of both that no second system was ordered, or the contract for one.",
            "arms_deals_russia",
        ),
        beyond(
            "limited",
            "Between nothing and an alliance everything is limited; no measure says how much would have been too much.",
        ),
    ]


def g21(tables: Tables) -> list[Part]:
    """Turkey and Russia come closer, and Russia pulls Turkey from NATO."""
    sold, apart = series.sold_by_turkey(tables)["RUS"], series.distance(tables, "RUS")
    against = tables("un_emergency_votes").query("vote_tur == 'yes' and vote_rus == 'no' and date < '2023'")
    nearer = (bool(apart[2022] < apart[2016]), bool(apart[2022] < apart[2019]))
    return [
        counted(
            "they come closer in trade",
            bool(sold[2022] > sold[2021]),
            f"Turkish exports to Russia in 2022: {(sold[2022] / sold[2021] - 1) * 100:+.0f} percent.",
            "trade_partners",
        ),
        counted(
            "they come closer in votes, against 2016 and 2019",
            by_signs(*nearer),
            f"On the line made from votes in the General Assembly they stood {apart[2016]:.2f} apart in 2016, {apart[2019]:.2f} in 2019 and "
            f"{apart[2022]:.2f} in 2022; that year Turkey voted for and Russia against {len(against)} resolutions on Ukraine.",
            "ideal_points",
        ),
        weighed(
            tables,
            "Turkey goes away from NATO",
            FAILS,
            "nordic-memorandum-2022",
            "finland-ratified-2023",
            "sweden-ratified-2024",
            note="It held two new members up, then voted for both, and stayed. The votes are later than the article.",
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
    spent = tables("military_spending").pivot(index="year", columns="iso3", values="constant_2023_musd") / 1000
    growth = spent.loc[2020] / spent.loc[2000]
    votes = (
        tables("un_agreement_by_issue")
        .query("country_a_iso3 == 'TUR' and issue == 'all' and country_b_iso3 == 'USA'")
        .set_index("period")["agreement_index"]
    )
    ratio = spent["USA"] / (spent["TUR"] + spent["RUS"])
    signs = (bool(ratio[2020] < ratio[2000]), bool(votes["2010-2019"] < votes["2000-2009"]))
    return [
        counted(
            "both are resurgent (both outgrew the United States; it fails if either grew by less than 5 percent)",
            FAILS if growth[["TUR", "RUS"]].min() < 1.05 else by_signs(*(growth[["TUR", "RUS"]] > growth["USA"])),
            f"Military spending of 2020 against 2000, at constant prices: Turkey {growth['TUR']:.1f} "
            f"times, Russia {growth['RUS']:.1f}, United States {growth['USA']:.1f}.",
            "military_spending",
        ),
        counted(
            "US power declines, in spending and in votes",
            by_signs(*signs),
            f"In 2000 the United States spent {ratio[2000]:.1f} times as much on its military as both together, in 2020 "
            f"{ratio[2020]:.1f} times. Turkey's agreement with it in the General "
            f"Assembly was {votes['2000-2009']:.2f} in the 2000s and {votes['2010-2019']:.2f} in the 2010s.",
            "un_agreement_by_issue",
        ),
        beyond(
            "that these two contributed to it",
            "China, the Gulf and much else belong to the question; no design in our tables parts them.",
        ),
    ]
