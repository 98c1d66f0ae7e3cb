"""Claims on Karabakh, Azerbaijan and what the Caucasus means for the pair.

Each function tries one claim, named by its id: it takes a function from a table's
name to its data frame and returns parts.
"""

from __future__ import annotations

from frenemies.claims.parts import (
    HOLDS,
    MIXED,
    Part,
    Tables,
    beyond,
    dated,
    judged,
    missing,
    weighed,
)

PLACES = ("Georgia", "Ukraine", "Syria")


def m12(tables: Tables) -> list[Part]:
    """The true test will be the Caucasus and Central Asia, where Turkey runs
    against Moscow."""
    return [
        dated(
            tables,
            "Turkey's presence in the Caucasus grew",
            "turkish-troops-azerbaijan-2020",
            "shusha-declaration-2021",
        ),
        weighed(
            tables,
            "it runs against Moscow's aims",
            MIXED,
            "monitoring-centre-memorandum-2020",
            "peacekeepers-leave-2024",
            note=(
                "Moscow shared a centre with Turkey, and later gave up its own"
                " place."
            ),
        ),
        missing(
            "Central Asia",
            "No table of this book covers it.",
            "Treaties, arms and trade of both in Central Asia.",
            "chronology",
        ),
        beyond(
            "the true test",
            "Who calls something a test must say what passing it looks like.",
        ),
    ]


def m14(tables: Tables) -> list[Part]:
    """Moscow's passive reaction is out of character; most likely a quiet deal."""
    roles = tables("conflict_roles")
    region = roles.query(
        "theatre in ['south_caucasus', 'ukraine_black_sea', 'syria'] and year >="
        " 2008"
    )
    elsewhere = [
        name
        for name in PLACES
        if region[region["rus_role"] != "none"]["location"].str.contains(name).any()
    ]
    karabakh = roles.query("theatre == 'south_caucasus' and year == 2020")[
        "rus_role"
    ].astype(str)
    return [
        weighed(
            tables,
            "passive",
            MIXED,
            "moscow-truce-2020",
            note=(
                "In the war of 2020 Russia's role is coded as"
                f" {', '.join(karabakh.unique())}: no regular troops. That is not"
                " doing nothing (chapter 8): three weeks before the article it had"
                " both sides in Moscow and announced a ceasefire."
            ),
        ),
        judged(
            "out of character",
            MIXED,
            f"Since 2008 Russia is coded as a party in {', '.join(elsewhere)}, and"
            " not in Karabakh. But for its calm it gave a reason of its own: its"
            " treaty covers Armenia's territory, and the fighting was not on it"
            " (chapter 8).",
            "conflict_roles",
        ),
        missing(
            "the two cooperate behind the scenes",
            "No source in our tables records an understanding before 10 November"
            " 2020.",
            "Papers of either government.",
            "chronology",
        ),
    ]


def m15(tables: Tables) -> list[Part]:
    """If they cooperate behind the scenes, it will end, since Moscow cannot accept
    Turkey there."""
    return [
        missing(
            "they cooperated behind the scenes",
            "The condition: nothing is on record. What can be followed is the work"
            " that was in the open.",
            "Papers of either government.",
            "chronology",
        ),
        weighed(
            tables,
            "what they did together ended",
            MIXED,
            "monitoring-centre-memorandum-2020",
            "monitoring-centre-closes-2024",
            note=(
                "After the article it first grew, into a centre of both; three"
                " years later that closed. It stood in the open: whether work"
                " behind the scenes ended, if there was any, is another question."
            ),
        ),
        missing(
            "it ended because Moscow could not accept Turkey's presence",
            "The centre closed as Russia itself left, and Turkey's alliance stayed."
            " No demand that Turkey leave was found; that does not show that there"
            " was none. What Moscow would tolerate for longer is tried with M20.",
            "Russian papers on the withdrawal, or a demand of Moscow that Turkey"
            " leave.",
            "chronology",
        ),
    ]


def m16(tables: Tables) -> list[Part]:
    """If the differences become regional rivalry, a proxy war can be expected."""
    later = tables("conflict_roles").query(
        "theatre == 'south_caucasus' and year >= 2021"
    )
    return [
        beyond(
            "the differences became regional rivalry",
            "The condition has no yardstick. Conflict-years of the Caucasus since"
            f" 2021 with either behind a side: {len(later)}. If rivalry shows in"
            " such acts, it was not put to the test; if Russia's loss of ground"
            " was the rivalry, the forecast failed.",
        ),
    ]


def m20(tables: Tables) -> list[Part]:
    """Moscow would hardly tolerate a Turkish military presence in Azerbaijan."""
    return [
        weighed(
            tables,
            "Moscow did not tolerate it",
            MIXED,
            "monitoring-centre-memorandum-2020",
            "turkish-troops-azerbaijan-2020",
            "shusha-declaration-2021",
            note=(
                "A presence came, and Russia signed for it: soldiers in a centre of"
                " both. It was small and shared."
            ),
        ),
        missing(
            "nor would it tolerate a base",
            "None was built; Baku said in October 2020 that none had been"
            " discussed.",
            "A Turkish base in Azerbaijan, and Moscow's answer.",
            "claim_records",
        ),
    ]


def m21(tables: Tables) -> list[Part]:
    """Baku indirectly spreads the idea of a Turkish presence."""
    return [
        weighed(
            tables,
            "statements of the government",
            MIXED,
            "aliyev-no-base-2020",
            note=(
                "He denies talks on a base and speaks of the right to call on"
                " Turkey: either reading finds its half."
            ),
        ),
        missing(
            "it spreads the idea indirectly",
            "Not by its own word; whether through media near to it, we did not"
            " look.",
            "A survey of Azerbaijan's media in the autumn of 2020.",
            "claim_records",
        ),
    ]


def m22(tables: Tables) -> list[Part]:
    """The Caucasus is Russia's own sphere, Syria an important periphery."""
    return [
        missing(
            "its own sphere of influence, an important periphery",
            "Words for rank in the eyes of a government. By November 2020 it had"
            " fought in both regions (chapter 8), and force shows no rank. Of"
            " Russia's foreign policy concept of 2016 we read no more than the"
            " opening part.",
            "Russian papers that rank the two regions.",
            "chronology",
        ),
    ]


def m23(tables: Tables) -> list[Part]:
    """If differences grow in the Caucasus, the two will hardly stay as cool as over
    Syria."""
    return [
        weighed(
            tables,
            "staying cool was hard enough over Syria",
            HOLDS,
            "su24-shot-down",
            "al-bab-friendly-fire-2017",
            "moscow-protocol-2020",
            note=(
                "A jet shot down, soldiers killed by a strike in error, fighting in"
                " Idlib before a protocol ended it: they found a way each time, and"
                " each time it was needed."
            ),
        ),
        beyond(
            "if differences grow, they lose their calm",
            "The condition has no measure. Through the offensive of 2023 and the"
            " end of the joint centre no clash of the two is on record: either they"
            " stayed cool, or nothing grew.",
        ),
    ]


def m24(tables: Tables) -> list[Part]:
    """Russia's stance on Karabakh is certainly not its real position."""
    return [
        weighed(
            tables,
            "it changed within weeks",
            MIXED,
            "moscow-truce-2020",
            "karabakh-ceasefire-2020",
            "monitoring-centre-memorandum-2020",
            note=(
                "Russia mediated before the article and after it: that stayed. New"
                " were its peacekeepers on the ground."
            ),
        ),
        missing(
            "the real position",
            'What Moscow wanted in October 2020 is not on record, and "certain"'
            " cannot be earned without it.",
            "Russian papers of October 2020 on what Moscow meant to do.",
            "chronology",
        ),
    ]


def m25(tables: Tables) -> list[Part]:
    """How they handle their differences will show whether they deepen the
    partnership or part."""
    return [
        beyond(
            "it will show which of the two",
            "They did neither: a centre was shared and closed. No outcome could"
            " contradict a sentence that allows both.",
        ),
    ]
