"""Claims on who needs whom, on levers and on what the relation is called.

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


def p06(tables: Tables) -> list[Part]:
    """Turkey's leverage over Russia is limited, if there is any."""
    pair, gas = series.turkish_pair(tables, 2017), series.russian_gas_share(tables)
    cover = pair["export"] / pair["import"]
    return [
        counted(
            "Turkey needs Russia's goods more than Russia needs Turkey's",
            bool(cover < 1),
            f"In 2017 Turkey sold to Russia for {cover:.2f} dollars where it bought"
            " for one.",
            "trade_annual",
        ),
        measured(
            "Turkey depends on Russia's gas",
            gas[2017],
            25,
            10,
            "a quarter or more of what it imports; it fails under a tenth",
            f"{gas[2017]:.0f} percent of its gas was Russian in 2017.",
            "gas_reported_points",
        ),
        missing(
            "what its other cards can move",
            "It holds some that no trade table counts: the Straits, a veto in NATO,"
            " its consent to TurkStream, agreed on in October 2016 and not yet"
            " built. No case before May 2017 in which one of them moved Moscow is"
            " in our tables. The claim leaves room for such cards: it says limited,"
            " if any.",
            "A case, or Russian papers on one, in which Moscow gave way on a matter"
            " of weight because Turkey threatened to play one.",
            "chronology",
        ),
        beyond(
            "limited",
            "How much leverage is limited nobody can measure; leverage that is"
            " never used leaves no trace.",
        ),
    ]


def p15(tables: Tables) -> list[Part]:
    """Russia as an important partner in business and an influential power in the
    region."""
    gas, guests = series.russian_gas_share(tables), series.visits(tables, "RUS")
    roles = (
        tables("conflict_roles")
        .query("theatre == 'syria' and year == 2016")["rus_role"]
        .astype(str)
    )
    return [
        measured(
            "an important partner in business",
            gas[2017],
            25,
            10,
            "a quarter or more of Turkey's gas; it fails under a tenth",
            f"{gas[2017]:.0f} percent of Turkey's gas was Russian in 2017; before"
            f" the crisis, in 2014, Russians made {guests[2014]:.1f} million"
            " visits.",
            "gas_reported_points",
        ),
        counted(
            "a power in the region",
            bool((roles != "none").any()),
            "Its troops are coded as a party to the war in Syria in 2016.",
            "conflict_roles",
        ),
        beyond(
            "important, influential",
            "How much makes a partner important is not said.",
        ),
    ]


def p09(tables: Tables) -> list[Part]:
    """Turkey is tied to the West, and little that Russia offers can compete."""
    decades, member = (
        series.two_western_against_russia(tables),
        series.years_in_nato(tables, "TUR", 2017),
    )
    outweigh = float((decades > 1).to_numpy().mean() * 100)
    least = decades["purchases"].idxmin()
    arms, gas = (
        series.arms_share(tables, 2000, 2017),
        series.russian_gas_share(tables),
    )
    sold, bought = (
        series.russia_against_the_west(tables, 2016, flow)
        for flow in ("export", "import")
    )
    ties = tables("economic_ties").set_index("indicator")["value"]
    capital = (
        ties["direct investment from Russia"]
        / ties["direct investment from all countries"]
        * 100
    )
    rivals = {
        "sales": sold[0] / sold[1] >= 0.5,
        "purchases": bought[0] / bought[1] >= 0.5,
        "capital": capital >= 50,
        "arms": arms.get("RUS", 0) / arms["USA"] >= 0.5,
        "gas": gas[2017] >= 50,
    }
    where = [field for field, rival in rivals.items() if rival]
    return [
        measured(
            "the economy sells to the West",
            sold[1] / sold[0],
            3,
            1,
            "five Western states buy three times as much as Russia, or more; it"
            " fails if Russia buys more",
            "In 2016 Germany, Britain, Italy, the United States and France took"
            f" {sold[1]:.1f} percent of Turkey's exports, Russia {sold[0]:.1f}.",
            "trade_partners",
        ),
        measured(
            "and buys there",
            bought[1] / bought[0],
            3,
            1,
            "the same five sell it three times as much as Russia, or more; it fails"
            " if Russia sells more",
            f"In 2016 they supplied {bought[1]:.1f} percent of its imports, Russia"
            f" {bought[0]:.1f}.",
            "trade_partners",
        ),
        measured(
            "for decades",
            outweigh,
            90,
            50,
            "in nine of ten flows of a year or more Germany and the United States"
            " alone outweigh Russia; it fails under a half",
            f"{len(decades)} years from {decades.index.min()}, sales and purchases:"
            f" in {outweigh:.0f} percent of these flows the two outweigh Russia. As"
            f" sellers to Turkey they fell from {decades['purchases'].iloc[0]:.1f}"
            f" times Russia's value to {decades['purchases'].iloc[-1]:.1f} in"
            f" {decades.index.max()}, with the least,"
            f" {decades['purchases'].min():.2f}, in {least}.",
            "trade_partners",
        ),
        measured(
            "security is tied to the West, for decades",
            member,
            20,
            1,
            "twenty years in NATO or more; it fails under one",
            f"By 2017 Turkey had been a member for {member} years.",
            "nato_members",
        ),
        measured(
            "capital comes from elsewhere",
            capital,
            10,
            50,
            "a tenth or less of it from Russia; it fails above a half",
            f"Russia's part in foreign investment up to March 2017: {capital:.1f}"
            " percent.",
            "economic_ties",
        ),
        measured(
            "arms come from the West",
            arms.get("RUS", 0) / arms["USA"] * 100,
            100 / 3,
            100,
            "Russia sends a third of what the United States sends, or less; it"
            " fails if Russia sends more",
            "Of the arms received from 2000 to 2017 the United States sent"
            f" {arms['USA']:.0f} percent, Russia {arms.get('RUS', 0):.1f}.",
            "arms_imports",
        ),
        counted(
            "little, if anything, competes (in one of five fields at most does"
            " Russia reach half the weight of the West or of the whole; it fails if"
            " in most)",
            (
                HOLDS
                if len(where) <= 1
                else FAILS
                if len(where) > len(rivals) / 2
                else MIXED
            ),
            f"Russia does in {', '.join(where) or 'none'}: {gas[2017]:.0f} percent"
            " of Turkey's gas was Russian in 2017. The article itself takes out a"
            " purely political story.",
            "gas_reported_points",
        ),
        beyond("tied", "A share is counted; that it binds is a reading."),
    ]


def m08(tables: Tables) -> list[Part]:
    """A transactional partnership from which both gain."""
    months = tables("visitors_russia").query(
        "year == 2019 and coverage == 'part of the year' and producer == 'ministry"
        " of tourism'"
    )
    guests = (
        months.set_index("origin_iso3")["visitors"].astype(float).drop("WLD") / 1e6
    )
    sold = (
        tables("trade_partners_russia")
        .query("flow == 'export' and year == 2019")
        .set_index("partner_iso3")["value_musd"]
    )
    place = int(sold.rank(ascending=False)["TUR"])
    return [
        weighed(
            tables,
            "they deal where it pays",
            HOLDS,
            "s400-accord-2017",
            "akkuyu-launched-2018",
            "turkstream-launched-2020",
            note=(
                "Three deals of weight, each with a price; that it pays for both is"
                " how we read them."
            ),
        ),
        counted(
            "each is a good customer of the other (Turkey among the first five"
            " buyers of Russia's goods, Russians first among Turkey's visitors; it"
            " fails if neither)",
            by_signs(place <= 5, bool(guests.idxmax() == "RUS")),
            f"In 2019 Turkey was number {place} of the {len(sold)} buyers in our"
            f" table, with {sold['TUR'] / 1000:.1f} billion US dollars; in eleven"
            f" months Russians made {guests['RUS']:.1f} million visits to Turkey,"
            " of other nations in our table at most"
            f" {guests.drop('RUS').max():.1f}.",
            "trade_partners_russia",
        ),
        weighed(
            tables,
            "each gains on balance",
            MIXED,
            "s400-delivered-2019",
            "f35-removal-2019",
            note=(
                "A gain can have its price: with the S-400 Turkey lost the F-35."
                " Nobody has drawn up the whole account."
            ),
        ),
        beyond(
            "transactional",
            "Which relation of states would not be? The word forbids nothing until"
            " somebody says what it forbids (chapter 13).",
        ),
    ]


def m18(tables: Tables) -> list[Part]:
    """Each uses the other as a lever on the West."""
    return [
        weighed(
            tables,
            "ties to the other came up in dealings with the West",
            MIXED,
            "f35-removal-2019",
            "erdogan-complement-2019",
            note=(
                "The price was paid by Turkey, and Ankara denied that there was a"
                " choice to be made."
            ),
        ),
        missing(
            "a concession was drawn from the West this way",
            "None is on record in our tables before November 2020.",
            "A concession for which ties to the other were the stated price.",
            "chronology",
        ),
        missing(
            "that this was the use",
            "A motive of two governments; no paper of either is in our tables.",
            "Papers of either government that name the West as the one to be"
            " moved.",
            "chronology",
        ),
    ]


def m27(tables: Tables) -> list[Part]:
    """Projects, the S-400 and a like outlook as a foundation for closer
    relations."""
    votes = {
        iso3: series.agreement(tables, iso3)[2019] for iso3 in ("RUS", "USA", "DEU")
    }
    return [
        dated(
            tables,
            "the projects stand",
            "akkuyu-launched-2018",
            "turkstream-launched-2020",
        ),
        missing(
            "the S-400 was built upon",
            series.no_second_system(tables)
            + " That does not show that nothing was built on the first: repair,"
            " training and parts stand in no register.",
            "A second contract, or papers of either government on what followed"
            " from the first.",
            "arms_deals_russia",
        ),
        missing(
            "a like outlook in what they say of world affairs",
            "The article speaks of their political narrative, and speeches were"
            " not collected here. Votes are another thing: in 2019 Turkey's"
            " agreement in the General Assembly, from 0 to 1, was"
            f" {votes['RUS']:.2f} with Russia, {votes['USA']:.2f} with the United"
            f" States, {votes['DEU']:.2f} with Germany (chapter 10).",
            "What both leaders said of world affairs before November 2020, coded by"
            " the same rule.",
            "un_agreement",
        ),
        beyond(
            "solid",
            "A foundation is solid if what is built on it stands, and no day is"
            " named.",
        ),
    ]


def k21(tables: Tables) -> list[Part]:
    """Turkey tries to balance between the United States and Russia."""
    trade = (
        series.russian_customs_total(tables)[2019],
        series.american_total(tables),
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
        measured(
            "trade with both is of one size",
            min(trade) / max(trade) * 100,
            50,
            25,
            "the smaller at least half of the larger; it fails under a quarter",
            f"2019, in billion US dollars: with Russia {trade[0]:.1f}, with the"
            f" United States {trade[1]:.1f}.",
            "trade_annual",
        ),
        missing(
            "that it tries to balance",
            "An aim; nearly every act towards either side fits it.",
            "Turkish papers on the aim.",
            "chronology",
        ),
    ]


def k22(tables: Tables) -> list[Part]:
    """Frenemies, in Syria and elsewhere."""
    years = series.both_sides_in_syria(
        tables, series.written(tables, "mikovic2021").year
    )
    return [
        counted(
            "they clash",
            len(years) > 0,
            "Up to the year of the article their troops are coded on opposite"
            f" sides of one war in Syria in {len(years)}"
            f" year{'s' * (len(years) != 1)}:"
            f" {', '.join(map(str, years)) or 'none'}.",
            "conflict_roles",
        ),
        dated(
            tables,
            "they work together in the same place",
            "air-safety-memorandum-2017",
            "sochi-north-east-2019",
            "moscow-protocol-2020",
        ),
        dated(
            tables,
            "and elsewhere",
            "gna-memorandum-2019",
            "libya-ceasefire-call-2020",
        ),
        beyond(
            "frenemies",
            "A name for both at once. It rules out only a pair that does one of the"
            " two.",
        ),
    ]


def k17(tables: Tables) -> list[Part]:
    """A rather sovereign foreign policy, which could lead to confrontation."""
    return [
        beyond(
            "Ankara keeps a rather sovereign policy",
            "Acts with and against Moscow are on record, as they are for any pair;"
            " the word rules out no course that a state could take.",
        ),
        beyond(
            "which could lead to confrontation",
            '"Could in the end" names no day on which it would be wrong.',
        ),
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
        missing(
            "a main aim",
            'An aim, with "seems" before it; no Turkish paper on it is in our'
            " tables.",
            "Turkish papers on the aims of 2021.",
            "chronology",
        ),
    ]


def g14(tables: Tables) -> list[Part]:
    """Neither pro-Ukraine nor pro-Russia but pro-Turkey."""
    drones, sold = (
        series.arms_to(tables, "UKR"),
        series.sold_by_turkey(tables)["RUS"],
    )
    return [
        counted(
            "acts for either side",
            bool(drones.get(2022, 0) > 0 and sold[2022] > sold[2021]),
            f"In 2022 Turkey delivered arms of {drones.get(2022, 0):.0f} million"
            f" TIV to Ukraine and sold {(sold[2022] / sold[2021] - 1) * 100:.0f}"
            " percent more to Russia.",
            "arms_exports",
        ),
        weighed(
            tables,
            "it stands for neither side in its votes and at the Straits",
            MIXED,
            "unga-es11-1",
            "straits-closed-2022",
            note=(
                "Its vote was on Ukraine's side; the Straits it closed to all"
                " warships."
            ),
        ),
        beyond(
            "entirely pro-Turkey",
            "Whatever a state does can be called its own side: a reading that no"
            " event could contradict (chapter 13).",
        ),
    ]


def g18(tables: Tables) -> list[Part]:
    """Hardly friends; much depends on concessions."""
    votes = series.opposed_over_ukraine(tables, "gautam2022")
    return [
        counted(
            "they do not act as friends over Ukraine",
            votes > 0,
            f"Up to October 2022 the table has {votes} resolutions of the emergency"
            " session with Turkey for and Russia against.",
            "un_emergency_votes",
        ),
        weighed(
            tables,
            "and not as foes",
            HOLDS,
            "sochi-roubles-mir-2022",
            "grain-initiative-2022",
            note=(
                "Who agrees on payments and on a way out for grain is no foe in the"
                " plain sense of the word."
            ),
        ),
        beyond(
            "friends, and what they will concede",
            'The word has no measure, and "much depends" fits any outcome.',
        ),
    ]


def p04(tables: Tables) -> list[Part]:
    """Putin has not wholly forgiven Erdoğan and will hardly trust him in full
    again."""
    return [
        beyond("he has not wholly forgiven", "A state of mind."),
        beyond(
            "he will never trust in full",
            "No table and no act shows trust in full: they went on to meet and to"
            " sign contracts for decades, which trust or the lack of it might"
            " explain.",
        ),
    ]


def g25(tables: Tables) -> list[Part]:
    """Turkey still pursues a pragmatic foreign policy."""
    return [
        beyond(
            "pragmatic",
            "A word of praise without a measure: which act of a state would not be"
            " called so?",
        ),
    ]
