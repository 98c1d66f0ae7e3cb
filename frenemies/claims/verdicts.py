"""How chapter 12 gets from evidence to a verdict: one written rule, one entry for each claim, one table of them all.

A claim is cut into parts. Each part is compared with data and holds, nearly holds, fails or stays open; the verdict
follows from the parts by ``verdict``, never from a hand. Interpretations get no verdict on their truth: the evidence
for and against stands side by side.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

import pandas as pd

from frenemies.tables.catalogue import describe, tables
from frenemies.tables.loading import load
from frenemies.tables.package import DataError
from frenemies.charts.figure import anchor

SUPPORTED, CAVEAT, CONTRADICTED = "supported", "supported with a caveat", "contradicted"
INTERPRETATION, UNTESTABLE = "a matter of interpretation", "not testable here"
VERDICTS = (SUPPORTED, CAVEAT, CONTRADICTED, INTERPRETATION, UNTESTABLE)
OUTCOMES = ("holds", "nearly", "fails", "open")
HOLDS_WITHIN, NEARLY_WITHIN = 0.05, 0.15
# Where an event or a forecast's evidence is looked up: table, key.
RECORDS = (("chronology", "event_id"), ("forecast_evidence", "evidence_id"))
COLUMNS = ("Claim", "What the article says", "Verdict, and what decides", "What would change it")
SCORES = "14-keeping-score"


@dataclass(frozen=True)
class Part:
    """One part of a claim: what was compared, how it came out, which table or event says so, and the numbers if any."""

    what: str
    outcome: str
    source: str
    stated: float | None = None
    found: float | None = None


def close(what: str, stated: float, found: float, unit: str, table: str, digits: int = 1) -> Part:
    """Compare a stated number with a found one: within 5 percent of the found number it holds, within 15 nearly.

    what: the quantity, in words. stated, found: in `unit`. table: the table that the found number comes from.
    digits: decimals shown. Raises ValueError if nothing was found to compare with, and DataError for an unknown table.
    """
    if pd.isna(found) or found == 0:
        raise ValueError(f"{what}: no number was found to compare {stated} with")
    describe(table)
    gap = abs(stated - found) / abs(found)
    outcome = "holds" if gap <= HOLDS_WITHIN else "nearly" if gap <= NEARLY_WITHIN else "fails"
    text = f"{what}: stated {stated:,.{digits}f}, found {found:,.{digits}f} {unit} ({(stated - found) / abs(found):+.0%})"
    return Part(text.replace("-0%", "0%").replace("+0%", "0%"), outcome, table, float(stated), float(found))


def part(what: str, truth: bool | None, source: str) -> Part:
    """A part that holds (True), fails (False) or cannot be decided (None) by a table.

    what: what was compared, with its numbers. source: the table. Raises DataError for an unknown table.
    """
    describe(source)
    return Part(what, "open" if truth is None or pd.isna(truth) else "holds" if truth else "fails", source)


def on_record(*ids: str, against: bool = False) -> list[Part]:
    """Parts that rest on dated events, each a row with its source; `against` marks events that speak against the claim.

    ids: of events in chronology or evidence in forecast_evidence. Raises DataError for an id that is in neither.
    """
    return [Part(_event(key), "fails" if against else "holds", key) for key in ids]


def _event(key: str) -> str:
    for table, name in RECORDS:
        rows = load(table).set_index(name)
        if key in rows.index:
            row = rows.loc[key]
            text = row["title"] if table == "chronology" else row["event"]
            date = {"day": f"{row['date'].day} {row['date']:%B %Y}", "month": f"{row['date']:%B %Y}", "year": f"{row['date']:%Y}"}
            return f"{date[str(row['date_precision'])]}: {text}"
    raise DataError(f"No event or evidence has the id {key!r}: see fr.load('chronology') and fr.load('forecast_evidence').", key)


def verdict(outcomes: Iterable[str]) -> str:
    """The verdict that follows from the outcomes of a claim's parts.

    All hold: supported. All open: not testable here. None holds, even nearly, and one fails: contradicted.
    Anything else: supported with a caveat. Raises ValueError for no outcomes or an unknown one.
    """
    found = list(outcomes)
    if not found or set(found) - set(OUTCOMES):
        raise ValueError(f"outcomes are one or more of {', '.join(OUTCOMES)}, not {found}")
    if set(found) == {"holds"}:
        return SUPPORTED
    if set(found) == {"open"}:
        return UNTESTABLE
    return CAVEAT if {"holds", "nearly"} & set(found) else CONTRADICTED


class Entries(str):
    """Entries as text that a notebook shows as it stands."""

    def __repr__(self) -> str:
        return str(self)


class Trial:
    """The entries of all claims, made one after the other, and the table of them all."""

    def __init__(self) -> None:
        self.claims = load("claims").set_index("claim_id")
        self.entries: dict[str, dict] = {}
        self._unseen: list[str] = []

    def decide(self, claim_id: str, *parts: Part | list[Part]) -> None:
        """Enter a fact or a forecast: its parts decide.

        Raises KeyError for an unknown claim, ValueError for an interpretation, a second entry or no parts.
        """
        flat = [one for given in parts for one in (given if isinstance(given, list) else [given])]
        kind = self._open(claim_id)
        if kind == "interpretation":
            raise ValueError(f"{claim_id} is an interpretation: weigh it")
        self._enter(claim_id, verdict(one.outcome for one in flat), flat)

    def weigh(self, claim_id: str, speaks_for: str, speaks_against: str, core: Sequence[Part] = ()) -> None:
        """Enter an interpretation: what speaks for it and what against, each in a sentence with computed numbers.

        core: the parts of it that can be counted, if any.

        Raises KeyError for an unknown claim, ValueError for another kind, a second entry or an empty side.
        """
        if self._open(claim_id) != "interpretation":
            raise ValueError(f"{claim_id} is no interpretation: decide it")
        if not speaks_for.strip() or not speaks_against.strip():
            raise ValueError(f"{claim_id} needs evidence on both sides")
        self._enter(claim_id, INTERPRETATION, core, speaks_for, speaks_against)

    def _open(self, claim_id: str) -> str:
        if claim_id in self.entries:
            raise ValueError(f"{claim_id} has its entry already")
        return str(self.claims.loc[claim_id, "kind"])

    def _enter(self, claim_id: str, found: str, parts: Sequence[Part], speaks_for: str = "", speaks_against: str = "") -> None:
        self.entries[claim_id] = {"verdict": found, "parts": list(parts), "for": speaks_for, "against": speaks_against}
        sides = [f"{name}: {text}" for name, text in (("for", speaks_for), ("against", speaks_against)) if text]
        lines = [f"the claim: {self.claims.loc[claim_id, 'claim']}", *sides]
        if sides and parts:
            lines.append(f"the core that can be counted is {verdict(one.outcome for one in parts)}:")
        lines += [f"{one.outcome}: {one.what}" for one in parts]
        self._unseen.append("\n  ".join([f"{claim_id}  {found.upper()}", *lines]))

    def show(self) -> Entries:
        """The entries made since this was last asked, as text: the verdict, the claim, and what decides."""
        shown, self._unseen = Entries("\n".join(self._unseen)), []
        return shown

    def table(self) -> pd.DataFrame:
        """All entries in the order of the articles: claim_id, author, year, kind, verdict, parts, for, against.

        Raises ValueError if a claim has no entry yet.
        """
        if missing := sorted(set(self.claims.index) - set(self.entries)):
            raise ValueError(f"no verdict yet for {', '.join(missing)}")
        articles = load("articles").set_index("article_id")
        rows = [
            {
                "claim_id": claim_id,
                "author": articles.loc[claim.article_id, "author"],
                "year": articles.loc[claim.article_id, "date"].year,
                "kind": str(claim.kind),
                "verdict": self.entries[claim_id]["verdict"],
                "claim": claim.claim,
                "topic": claim.topic.replace("_", " "),
                **{name: self.entries[claim_id][name] for name in ("parts", "for", "against")},
            }
            for claim_id, claim in self.claims.iterrows()
        ]
        return pd.DataFrame(rows).sort_values(["year", "claim_id"], ignore_index=True)

    def numbers(self) -> pd.DataFrame:
        """Every number that a claim states and the data could check: claim_id, stated, found, gap in percent of found."""
        rows = [
            {"claim_id": claim_id, "what": one.what.partition(":")[0], "stated": one.stated, "found": one.found}
            for claim_id, entry in self.entries.items()
            for one in entry["parts"]
            if one.stated is not None
        ]
        return pd.DataFrame(rows).assign(gap=lambda d: (d["stated"] / d["found"] - 1) * 100)

    def html(self) -> str:
        """The table of verdicts as HTML: complete without a script; the book adds search and filters (claims.js)."""
        tests, families = load("claim_tests").set_index("claim_id"), tables().set_index("name")["family"]
        rows = "".join(_row(row, tests.loc[row["claim_id"]], families) for row in self.table().to_dict("records"))
        head = "".join(f'<th role="columnheader" scope="col">{name}</th>' for name in COLUMNS)
        return (
            f'<table class="verdicts" role="table">\n<caption>{len(self.entries)} claims and their verdicts</caption>\n'
            f'<thead role="rowgroup"><tr role="row">{head}</tr></thead>\n<tbody role="rowgroup">\n{rows}</tbody>\n</table>'
        )


def _row(row: dict, test: pd.Series, families: pd.Series) -> str:
    """One claim as a table row whose id is the claim's; the addresses lead to notebooks and pages of this repository."""
    claim, found = row["claim_id"], row["verdict"]
    sides = "".join(f"<li><strong>{name}</strong> {escape(row[name])}</li>" for name in ("for", "against") if row[name])
    core = "".join(f"<li><strong>{one.outcome}</strong> {escape(one.what)}{_source(one.source, families)}</li>" for one in row["parts"])
    evidence = f"<ul>{sides}</ul>" if sides else ""
    if sides and core:
        evidence += f"<p>The core that can be counted is <strong>{verdict(one.outcome for one in row['parts'])}</strong>:</p>"
    evidence += f"<ul>{core}</ul>" if core else ""
    links = [f'Chart: <a href="{test["chapter"]}.ipynb#{anchor(test["figure"])}">{escape(test["figure"])}</a>']
    links.append(f'Table: {_table(test["table"], families)}')
    if row["kind"] == "forecast":
        links.append(f'<a href="{SCORES}.ipynb">Scored in chapter 14</a>')
    cells = [
        f'<th role="rowheader" scope="row"><a href="#{claim}">{claim}</a> <span>{row["author"]}, {row["year"]}</span> '
        f'<span>{row["kind"]}</span> <span>on {row["topic"]}</span></th>',
        f'<td role="cell" data-label="{COLUMNS[1]}">{escape(row["claim"])}</td>',
        f'<td role="cell" data-label="{COLUMNS[2]}"><p class="verdict" data-verdict="{found}">{found}</p>{evidence}'
        f"<p>{'. '.join(links)}.</p></td>",
        f'<td role="cell" data-label="{COLUMNS[3]}">{escape(test["would_change"])}</td>',
    ]
    tags = f'data-author="{row["author"]}" data-kind="{row["kind"]}" data-verdict="{found}"'
    return f'<tr role="row" id="{claim}" {tags}>{"".join(cells)}</tr>\n'


def _table(name: str, families: pd.Series) -> str:
    return f'<a href="back/data-{families[name]}.md#table-{name}"><code>{name}</code></a>'


def _source(source: str, families: pd.Series) -> str:
    if not source or source in families.index:
        return f" ({_table(source, families)})" if source else ""
    table = next(table for table, key in RECORDS if source in set(load(table)[key]))
    return f" ({_table(table, families)}: <code>{source}</code>)"
