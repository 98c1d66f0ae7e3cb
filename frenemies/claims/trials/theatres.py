"""Claims on Syria, Libya, Ukraine and the Black Sea, and on mediation.

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
    judged,
    measured,
    missing,
    weighed,
)
from frenemies.claims.trials import series


def p05(tables: Tables) -> list[Part]:
    """Aims in the shared neighbourhood do not match; deep roots."""
    votes = series.votes_against(tables, before="2017-06")  # the article is of May
    told = ", ".join(
        f"{row.Index.title()} {row.against} of {row.votes}"
        for row in votes.itertuples()
    )
    old = tables("rivalries").query("opponent_iso3 == 'RUS'").iloc[0]
    return [
        judged(
            "they take different sides on the neighbourhood",
            HOLDS,
            "Turkey for a resolution and Russia against it, before the article:"
            f" {told}. On Georgia Turkey mostly abstained where Russia voted no."
            " The list was chosen by conflict, so its numbers are no measure; that"
            " they stood apart in each of these conflicts is how we read it. In"
            " Syria they worked together as well (the Astana format).",
            "un_key_votes",
        ),
        measured(
            "the rivalry has deep roots",
            old["start_year"],
            1800,
            1945,
            "it began by 1800; it fails if after 1945",
            f"The list of strategic rivalries has theirs from {old['start_year']},"
            f" and ends it in {old['end_year']}.",
            "rivalries",
        ),
        missing(
            "what they aim at",
            "Votes and troops show what states do; no paper on the aims is in our"
            " tables.",
            "Papers of both governments on their aims in the neighbourhood.",
            "chronology",
        ),
    ]


def p07(tables: Tables) -> list[Part]:
    """Turkey and the Syrian Kurds, and what it could not change."""
    wrote = series.written(tables, "paul2017")
    after = {
        name: round((series.day(tables, event) - wrote).days / 30.44)
        for name, event in (
            ("afrin", "olive-branch-2018"),
            ("memorandum", "sochi-north-east-2019"),
        )
    }
    return [
        dated(
            tables,
            "Turkey treats them as a threat",
            "euphrates-shield-2016",
            "us-arms-ypg-2017",
            note=(
                "Whether the YPG and the PKK are one is disputed; the position is"
                " Turkey's."
            ),
        ),
        dated(
            tables,
            "Russia worked with them in the spring of 2017",
            "russia-ypg-afrin-2017",
        ),
        missing(
            "Turkey lacked the leverage to change that",
            "Nothing on record in the spring of 2017 shows that it tried and"
            " failed. Afrin in January 2018 and the memorandum of October 2019, by"
            f" which the YPG was to withdraw, came {after['afrin']} and"
            f" {after['memorandum']} months later and say nothing on that spring.",
            "Talks of the two governments on the YPG in early 2017.",
            "claim_records",
        ),
    ]


def m09(tables: Tables) -> list[Part]:
    """Differences over Syria, Libya, Egypt, Ukraine and Armenia."""
    wrote = series.written(tables, "mehmet2020")
    years = series.both_sides_in_syria(tables, wrote.year)
    crimea, occupied = (
        series.first_vote_against(tables, name, f"{wrote:%Y-%m-%d}")
        for name in ("crimea", "azerbaijan")
    )
    return [
        counted(
            "Syria",
            len(years) > 0,
            "Up to the year of the article troops are coded on opposite sides of"
            f" one war in {len(years)} year{'s' * (len(years) != 1)}:"
            f" {', '.join(map(str, years)) or 'none'}.",
            "conflict_roles",
        ),
        dated(
            tables,
            "Libya",
            "gna-memorandum-2019",
            "wagner-panel-2020",
            note="Moscow denied that any of its soldiers was there.",
        ),
        dated(tables, "Egypt", "egypt-putin-sisi-2014", "egypt-erdogan-morsi-2015"),
        counted(
            "Ukraine",
            bool(crimea),
            f"On Crimea: {crimea or 'no vote against each other is on the list.'}",
            "un_key_votes",
        ),
        counted(
            "Armenia",
            bool(occupied),
            "On the territories of Azerbaijan that Armenian forces held: "
            f"{occupied or 'no vote against each other is on the list.'}",
            "un_key_votes",
        ),
    ]


def k12(tables: Tables) -> list[Part]:
    """Idlib and the Donbas: currency, passports, schools and hospitals."""
    return [
        weighed(
            tables,
            "the currency, in both places",
            MIXED,
            "lira-in-idlib-2020",
            "donbas-rouble-schoolbooks-2015",
            note=(
                "Both currencies are in use; but in both places authorities of the"
                " place are said to have brought them in, in the Donbas"
                " self-proclaimed ones: how far that is Ankara's and Moscow's doing"
                " the records do not say."
            ),
        ),
        weighed(
            tables,
            "schools, in both places",
            MIXED,
            "idlib-schools-2021",
            "donbas-rouble-schoolbooks-2015",
            note=(
                "In Idlib a school was opened, in the Donbas schoolbooks changed:"
                " both reach into schools, and they are not the same."
            ),
        ),
        weighed(
            tables,
            "passports, in both places",
            MIXED,
            "idlib-citizens-2019",
            "donbas-passports-2019",
            note=(
                "For the Donbas a decree; for Idlib the word of a critic, above"
                " what Turkey counts for all Syrians."
            ),
        ),
        missing(
            "hospitals",
            "No record of either place was looked up.",
            "Dated reports on hospitals in both.",
            "claim_records",
        ),
        beyond(
            "exactly the same",
            "The forms are alike; what they are for, each government tells in its"
            " own way.",
        ),
    ]


def k13(tables: Tables) -> list[Part]:
    """V. Avatkov's statement on Turkish expansion."""
    return [
        missing(
            "he said it",
            "His words of 2021 were not found. In a paper of 2018 he describes"
            " neo-Ottomanism as a doctrine of Turkish policy, which fits.",
            "The page or broadcast that the article quotes.",
            "claim_records",
        ),
    ]


def k14(tables: Tables) -> list[Part]:
    """Opposed goals and forces in Libya."""
    rows = tables("conflict_roles").query(
        "theatre == 'libya' and tur_role != 'none'"
    )
    return [
        counted(
            "Turkey backs one side",
            len(rows) > 0,
            "Turkish troops are coded with the government in"
            f" {', '.join(map(str, rows['year'])) or 'no year'}.",
            "conflict_roles",
        ),
        dated(
            tables,
            "by agreement and by mandate",
            "gna-memorandum-2019",
            "libya-mandate-2020",
        ),
        dated(
            tables,
            "Russia backs the other",
            "wagner-panel-2020",
            "libya-egypt-beside-russia-2020",
            note=(
                "Moscow says that none of its servicemen was there; the panel"
                " speaks of a private Russian company."
            ),
        ),
        missing(
            "their goals are wholly opposed",
            "Whom they back is on record, not what for.",
            "Papers of both governments on their aims in Libya.",
            "claim_records",
        ),
    ]


def k15(tables: Tables) -> list[Part]:
    """The rivalry will grow in the Black Sea, the more so over gas."""
    return [
        missing(
            "the rivalry grew at sea",
            "Our chronology is a selection and must not be counted. Single events"
            " point either way: warning shots at the Sukru Okan in August 2023, and"
            " Straits closed to the warships of all.",
            "A count of incidents at sea before and after June 2021, made by others"
            " than us.",
            "claim_records",
        ),
        missing(
            "the gas added to it",
            "No quarrel of the two over the Sakarya field is on record here.",
            "A Russian protest or act over the field.",
            "forecast_evidence",
        ),
    ]


def g02(tables: Tables) -> list[Part]:
    """Turkey and Ukraine: stable, profitable, and closer in defence."""
    arms, sold = series.arms_to(tables, "UKR"), series.sold_by_turkey(tables)["UKR"]
    before, after = arms.loc[2013:2017].sum(), arms.loc[2018:2022].sum()
    return [
        counted(
            "defence cooperation grew over five years",
            bool(after > before),
            f"Arms delivered to Ukraine: {before:.0f} million TIV in 2013 to 2017,"
            f" {after:.0f} in 2018 to 2022.",
            "arms_exports",
        ),
        dated(
            tables, "by agreement", "zelensky-istanbul-2021", "ukraine-drones-2022"
        ),
        counted(
            "Turkey's sales there grew",
            bool(sold[2022] > sold[2021]),
            f"Turkish goods sold to Ukraine: {sold[2021]:.2f} billion dollars in"
            f" 2021, {sold[2022]:.2f} in 2022, the year of the invasion.",
            "trade_partners",
        ),
        missing(
            "it has flourished for six years",
            "No table has the trade of the two from 2015 to 2020.",
            "Customs records for 2015 to 2020.",
            "trade_partners",
        ),
        missing(
            "it is quite profitable",
            "No table has what either earns by it: sales are not profits.",
            "The balance of goods and services of the two, and the earnings of"
            " their firms.",
            "trade_partners",
        ),
        beyond(
            "stable, dynamic",
            "Words without a measure; a relation can be one and not the other.",
        ),
    ]


def g22(tables: Tables) -> list[Part]:
    """Many in Ukraine wondered whether Turkey would stand by it."""
    return [
        missing(
            "many wondered",
            "The surveys of Ukrainians that we found begin in October 2022, months"
            " after the escalation.",
            "A survey in Ukraine, or Ukrainian voices, of the winter of 2021 to"
            " 2022.",
            "claim_records",
        ),
    ]


def g05(tables: Tables) -> list[Part]:
    """Ankara tries to raise its influence by mediating."""
    days = (
        series.day(tables, "russia-leaves-grain-deal-2023")
        - series.day(tables, "grain-initiative-2022")
    ).days
    return [
        dated(
            tables,
            "it took on the role",
            "antalya-talks-2022",
            "istanbul-talks-2022",
            "grain-initiative-2022",
            note=f"The grain initiative lasted {days} days, until Russia left.",
        ),
        missing(
            "that this is why",
            "A motive; a neighbour of a war has others.",
            "Turkish papers on the aims of the mediation.",
            "chronology",
        ),
    ]


def g12(tables: Tables) -> list[Part]:
    """Partners, but more ad hoc and pragmatic than ever before."""
    return [
        dated(
            tables, "they remain partners", "drone_factory_ratified", "fta_ratified"
        ),
        beyond(
            "more ad hoc and pragmatic than ever before",
            "No yardstick is given: a treaty, a factory and Turkish sales point one"
            " way, fewer arms since 2022 the other.",
        ),
    ]


def g13(tables: Tables) -> list[Part]:
    """An indispensable go-between, since nobody else achieves as much."""
    return [
        dated(tables, "it remains a go-between", "istanbul-talks-2025"),
        weighed(
            tables,
            "it remains indispensable",
            FAILS,
            "uae-exchange-2024",
            "riyadh-talks-2025",
            note=(
                "Within three years others brought about results without it:"
                " whoever can be done without is not indispensable."
            ),
        ),
        missing(
            "until then nobody else had done better",
            "On record are the Turkish results of 2022; those of others were not"
            " looked up.",
            "A list of all mediation from February to October 2022, by mediator and"
            " result.",
            "claim_records",
        ),
        beyond("for the foreseeable future", "No length of time is given."),
    ]


def g16(tables: Tables) -> list[Part]:
    """Ukraine's government and public will always question Turkey."""
    return [
        missing(
            "the government does",
            "On record is a complaint of May 2022 (double standards over Russian"
            " tourists), before the article; of later ones none was looked up.",
            "Statements of Ukraine's government after October 2022, of both kinds.",
            "claim_records",
        ),
        weighed(
            tables,
            "the public does",
            MIXED,
            "ukrainians-on-turkey-2023",
            note=(
                "Doubt grew in a year, and still almost nobody called Turkey"
                " hostile."
            ),
        ),
        beyond("always", "No day on which it would be wrong."),
    ]


def g17(tables: Tables) -> list[Part]:
    """The partnership with Russia will limit that with Ukraine."""
    sold, arms = series.sold_by_turkey(tables)["UKR"], series.arms_to(tables, "UKR")
    signs = (
        bool(sold[2024] <= sold[2022]),
        bool(arms.get(2023, 0) < arms.get(2022, 0)),
    )
    return [
        counted(
            "relations with Ukraine grew no further, in sales and in arms",
            by_signs(*signs),
            f"Turkish goods sold to Ukraine: {sold[2022]:.2f} billion dollars in"
            f" 2022, {sold[2024]:.2f} in 2024. Arms delivered:"
            f" {arms.get(2022, 0):.0f} million TIV in 2022, {arms.get(2023, 0):.0f}"
            " in 2023.",
            "trade_partners",
        ),
        missing(
            "something was not done for Russia's sake",
            "No plan that was dropped for that reason is on record here.",
            "A project with Ukraine that Turkey gave up, with the reason.",
            "claim_records",
        ),
        beyond(
            "limit",
            "How far relations would have gone without Russia nobody can see.",
        ),
    ]


def g20(tables: Tables) -> list[Part]:
    """Mediating would strengthen Turkey's standing and its claim to be chief
    mediator."""
    return [
        weighed(
            tables,
            "it could claim the part of chief mediator",
            MIXED,
            "istanbul-talks-2025",
            "uae-exchange-2024",
            "riyadh-talks-2025",
            note=(
                "It hosted the first direct talks since 2022; the United States and"
                " the Emirates mediated as well."
            ),
        ),
        missing(
            "its standing rose",
            "No measure of standing in the region is in our tables.",
            "Surveys of governments or publics in the region, before and after.",
            "opinion_polls",
        ),
    ]


def g26(tables: Tables) -> list[Part]:
    """Turkey and Ukraine often praise their cooperation in security and defence."""
    return [
        dated(tables, "both have spoken well of it", "zelensky-istanbul-2021"),
        missing(
            "often",
            "Single statements are on record; they were not collected.",
            "A count of what both governments said on it, year by year.",
            "claim_records",
        ),
    ]


def k26(tables: Tables) -> list[Part]:
    """Russian media and analysts have begun to accuse Turkey of annexing Idlib in
    fact."""
    return [
        dated(
            tables,
            "a Russian agency carried a charge over passports",
            "idlib-citizens-2019",
            note="The word of a Syrian critic.",
        ),
        missing(
            "they speak of an annexation in fact",
            "The Russian articles that Mikovic has in mind were not found.",
            "Articles of Russian media and analysts from before June 2021.",
            "claim_records",
        ),
    ]
