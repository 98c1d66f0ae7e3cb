"""Claims on who needs whom, on levers and on what the relation is called.

Each function tries one claim, named by its id: it takes a function from a table's name to its data frame and returns parts.
"""

from __future__ import annotations

from frenemies.claims.parts import FAILS, MIXED, Part, Tables, beyond, counted, dated, judged, missing
from frenemies.claims.trials import series


def p06(tables: Tables) -> list[Part]:
    """Turkey's leverage over Russia is limited, if there is any."""
    pair, gas = series.turkish_pair(tables, 2017), series.russian_gas_share(tables)
    cover = pair["export"] / pair["import"]
    return [
        counted(
            "Turkey needs Russia's goods more than Russia needs Turkey's",
            bool(cover < 1),
            f"In 2017 Turkey sold to Russia for {cover:.2f} dollars where it bought for one.",
            "trade_annual",
        ),
        counted(
            "Turkey depends on Russia's gas",
            bool(gas[2017] > 25),
            f"{gas[2017]:.0f} percent of its gas was Russian in 2017.",
            "gas_reported_points",
        ),
        judged(
            "it holds no other card",
            MIXED,
            "It holds some that no trade table counts: the Straits, a pipeline that Russia needs to "
            "reach Europe, a veto in NATO. In May 2017 none had moved Moscow on a matter on record.",
            "chronology",
        ),
        beyond(
            "limited", "How much leverage is limited nobody can measure; leverage that is never used leaves no trace."
        ),
    ]


def p15(tables: Tables) -> list[Part]:
    """Russia as an important partner in business and an influential power in the region."""
    gas, guests = series.russian_gas_share(tables), series.visits(tables, "RUS")
    roles = tables("conflict_roles").query("theatre == 'syria' and year == 2016")["rus_role"].astype(str)
    return [
        counted(
            "an important partner in business",
            bool(gas[2017] > 25),
            f"{gas[2017]:.0f} percent of Turkey's gas was Russian in 2017; before the crisis, in 2014, Russians made "
            f"{guests[2014]:.1f} million visits.",
            "gas_reported_points",
        ),
        counted(
            "a power in the region",
            bool((roles != "none").any()),
            "Its troops are coded as a party to the war in Syria in 2016.",
            "conflict_roles",
        ),
        beyond("important, influential", "How much makes a partner important is not said."),
    ]


def p09(tables: Tables) -> list[Part]:
    """Turkey is tied to the West, and little that Russia offers can compete."""
    arms, gas = series.arms_share(tables, 2000, 2017), series.russian_gas_share(tables)
    europe, russia = series.share(tables, 2021, "EU27"), series.share(tables, 2021, "RUS")
    ties = tables("economic_ties").set_index("indicator")["value"]
    capital = ties["direct investment from Russia"] / ties["direct investment from all countries"] * 100
    return [
        counted(
            "the economy sells to the West",
            bool(europe > 3 * russia),
            f"In 2021 the European Union took {europe:.1f} percent of Turkey's exports, Russia {russia:.1f}.",
            "trade_partners",
        ),
        counted(
            "capital comes from elsewhere",
            bool(capital < 10),
            f"Russia's part in foreign investment up to March 2017: {capital:.1f} percent.",
            "economic_ties",
        ),
        counted(
            "arms come from the West",
            bool(arms["USA"] > 3 * arms.get("RUS", 0)),
            f"Of the arms received from 2000 to 2017 the United States sent {arms['USA']:.0f} "
            f"percent, Russia {arms.get('RUS', 0):.1f}.",
            "arms_imports",
        ),
        counted(
            "little, if anything, competes",
            True if gas[2017] < 25 else MIXED,
            f"As a supplier of energy Russia does: {gas[2017]:.0f} percent of Turkey's gas in 2017, "
            "and the first nuclear plant under contract.",
            "gas_reported_points",
        ),
        beyond("tied", "A share is counted; that it binds is a reading."),
    ]


def m08(tables: Tables) -> list[Part]:
    """A transactional partnership from which both gain."""
    sold, guests = series.turkish_pair(tables, 2019)["import"] / 1000, series.visits(tables, "RUS")[2019]
    return [
        dated(
            tables, "they deal where it pays", "s400-accord-2017", "akkuyu-launched-2018", "turkstream-launched-2020"
        ),
        counted(
            "each gets something that it wants",
            bool(sold > 0 and guests > 0),
            f"In 2019 Russia sold Turkey goods for {sold:.1f} billion US dollars, and Russians made {guests:.1f} million "
            "visits to Turkey.",
            "trade_annual",
        ),
        dated(
            tables,
            "each gains on balance",
            "s400-delivered-2019",
            "f35-removal-2019",
            outcome=MIXED,
            note="A gain can have its price: with the S-400 Turkey lost the F-35. Nobody has drawn up the whole account.",
        ),
        beyond(
            "transactional",
            "Which relation of states would not be? The word forbids nothing until somebody says "
            "what it forbids (chapter 13).",
        ),
    ]


def m18(tables: Tables) -> list[Part]:
    """Each uses the other as a lever on the West."""
    return [
        dated(
            tables,
            "ties to the other came up in dealings with the West",
            "f35-removal-2019",
            "caatsa-2020",
            "erdogan-complement-2019",
            outcome=MIXED,
            note="The price was paid by Turkey, and Ankara denied that there was a choice to be made.",
        ),
        missing(
            "a concession was drawn from the West this way",
            "None is on record in our tables before November 2020.",
            "A concession for which ties to the other were the stated price.",
            "chronology",
        ),
        beyond("that this was the use", "A motive of two governments."),
    ]


def m27(tables: Tables) -> list[Part]:
    """Projects, the S-400 and a like outlook as a foundation for closer relations."""
    deals = tables("arms_deals_russia")
    later = deals[(deals["order_year"] > 2017) & deals["category"].eq("Air defence systems")]
    votes = series.agreement(tables, "RUS")
    return [
        dated(tables, "the projects stand", "akkuyu-launched-2018", "turkstream-launched-2020", "akkuyu-fuel-2023"),
        counted(
            "the S-400 was built upon",
            True if len(later) else MIXED,
            "The system came in 2019 and stayed, a tie that lasts. Air-defence systems ordered after 2017 in "
            f"the register: {len(later)}.",
            "arms_deals_russia",
        ),
        counted(
            "a like outlook",
            True if votes.loc[2019] >= votes.loc[2010] else MIXED,
            f"Agreement in the General Assembly: {votes.loc[2010]:.2f} in 2010, {votes.loc[2016]:.2f} "
            f"in 2016, {votes.loc[2019]:.2f} in 2019.",
            "un_agreement",
        ),
        beyond("solid", "A foundation is solid if what is built on it stands, and no day is named."),
    ]


def k21(tables: Tables) -> list[Part]:
    """Turkey tries to balance between the United States and Russia."""
    votes = {iso3: series.agreement(tables, iso3).loc[2019] for iso3 in ("RUS", "USA")}
    trade, opposed = (
        (series.russian_customs_total(tables)[2019], series.american_total(tables)),
        series.opposed_votes(tables).sum(),
    )
    return [
        dated(
            tables,
            "acts towards both",
            "s400-delivered-2019",
            "not-an-alternative-2020",
            "erdogan-us-executives-2021",
            "kalin-ersoy-moscow-2021",
        ),
        counted(
            "trade with both is of one size",
            bool(min(trade) > max(trade) / 2),
            f"2019, in billion US dollars: with Russia {trade[0]:.1f}, with the United States {trade[1]:.1f}.",
            "trade_annual",
        ),
        counted(
            "votes lie between the two",
            MIXED if votes["RUS"] > votes["USA"] and opposed > 0 else FAILS,
            f"Agreement in the General Assembly in 2019: with Russia {votes['RUS']:.2f}, with the United States "
            f"{votes['USA']:.2f}. But on {opposed} resolutions about conflicts of the region it said yes and Russia no.",
            "un_agreement",
        ),
        beyond("that it tries to balance", "An aim; nearly every act towards either side fits it."),
    ]


def k22(tables: Tables) -> list[Part]:
    """Frenemies, in Syria and elsewhere."""
    roles = tables("conflict_roles").query(
        "theatre == 'syria' and tur_role == 'secondary_side_b' and rus_role == 'secondary_side_a'"
    )
    return [
        counted(
            "they clash",
            len(roles) > 0,
            f"In Syria their troops are coded on opposite sides of one war in {len(roles)} years, "
            f"from {roles['year'].min()}.",
            "conflict_roles",
        ),
        dated(
            tables,
            "they work together in the same place",
            "air-safety-memorandum-2017",
            "sochi-north-east-2019",
            "moscow-protocol-2020",
        ),
        dated(tables, "and elsewhere", "gna-memorandum-2019", "libya-ceasefire-call-2020"),
        beyond("frenemies", "A name for both at once. It rules out only a pair that does one of the two."),
    ]


def k17(tables: Tables) -> list[Part]:
    """A rather sovereign foreign policy, which could lead to confrontation."""
    return [
        beyond(
            "Ankara keeps a rather sovereign policy",
            "Acts with and against Moscow are on record, as they are for any pair; the word rules "
            "out no course that a state could take.",
        ),
        beyond("which could lead to confrontation", '"Could in the end" names no day on which it would be wrong.'),
    ]


def k23(tables: Tables) -> list[Part]:
    """Better ties with both as a main aim of the time."""
    return [
        dated(
            tables,
            "steps towards both in those weeks",
            "kalin-ersoy-moscow-2021",
            "erdogan-us-executives-2021",
            "erdogan-biden-2021",
        ),
        beyond("a main aim", 'An aim, with "seems" before it.'),
    ]


def g14(tables: Tables) -> list[Part]:
    """Neither pro-Ukraine nor pro-Russia but pro-Turkey."""
    drones, sold = series.arms_to(tables, "UKR"), series.sold_by_turkey(tables)["RUS"]
    return [
        counted(
            "acts for either side",
            bool(drones.get(2022, 0) > 0 and sold[2022] > sold[2021]),
            f"In 2022 Turkey delivered arms of {drones.get(2022, 0):.0f} million TIV to Ukraine and "
            f"sold {(sold[2022] / sold[2021] - 1) * 100:.0f} percent more to Russia.",
            "arms_exports",
        ),
        dated(
            tables,
            "it stands for neither side in its votes and at the Straits",
            "unga-es11-1",
            "straits-closed-2022",
            outcome=MIXED,
            note="Its vote was on Ukraine's side; the Straits it closed to all warships.",
        ),
        beyond(
            "entirely pro-Turkey",
            "Whatever a state does can be called its own side: a reading that no event could contradict (chapter 13).",
        ),
    ]


def g18(tables: Tables) -> list[Part]:
    """Hardly friends; much depends on concessions."""
    votes = tables("un_emergency_votes").query("vote_tur == 'yes' and vote_rus == 'no'")
    return [
        counted(
            "they do not act as friends over Ukraine",
            len(votes) > 0,
            f"{len(votes)} resolutions of the emergency session of 2022 with Turkey for and Russia against.",
            "un_emergency_votes",
        ),
        dated(tables, "and not as foes", "sochi-roubles-mir-2022", "grain-initiative-2022", "sochi-meeting-2023"),
        beyond("friends, and what they will concede", 'The word has no measure, and "much depends" fits any outcome.'),
    ]


def p04(tables: Tables) -> list[Part]:
    """Putin has not wholly forgiven Erdogan and will hardly trust him in full again."""
    return [
        beyond("he has not wholly forgiven", "A state of mind."),
        beyond(
            "he will never trust in full",
            "No table and no act shows trust in full: they went on to meet and to sign contracts for "
            "decades, which trust or the lack of it might explain.",
        ),
    ]
