"""A claim is cut into parts. A part says what was compared, how it came out, what that rests on, and why.

A part is made by one of six functions, which also say what it rests on:

- ``number``: a stated number against one that was found;
- ``counted``: something computed from a table;
- ``dated``: dated events or statements, each a row with its source;
- ``judged``: a decision of the author, with the reason;
- ``missing``: looked for and not found, with what would decide it;
- ``beyond``: no evidence could decide it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields

import pandas as pd

from frenemies.tables.package import DataError

Tables = Callable[[str], pd.DataFrame]

HOLDS, NEARLY, MIXED, FAILS, MISSING, BEYOND = "holds", "nearly", "mixed", "fails", "not found", "undecidable"
OUTCOMES = {
    HOLDS: "the claim is right here: the evidence says so",
    NEARLY: "a number that is near, but not right",
    MIXED: "the evidence points both ways",
    FAILS: "the claim errs here: the evidence says otherwise",
    MISSING: "we looked and found nothing that decides",
    BEYOND: "no evidence could decide it",
}
COMPUTED, RECORD, JUDGED = "computed", "dated record", "judged"
BASES = {
    COMPUTED: "worked out from a table, by code that you can read",
    RECORD: "a dated event or statement, a row of a table with its source",
    JUDGED: "decided by whoever cut the claim, with a reason",
}
HOLDS_WITHIN = 5  # percent of the number found
NEARLY_TIMES = 3  # "nearly" reaches three times as far
# Where a dated record is looked up: table, its key, the columns that tell what happened in brief and in full.
RECORDS = (
    ("chronology", "event_id", "title", "description"),
    ("claim_records", "record_id", "event", "event"),
    ("forecast_evidence", "evidence_id", "event", "event"),
)


@dataclass(frozen=True)
class Part:
    """One part of a claim.

    what: the statement that was tried. outcome, basis: see OUTCOMES and BASES. reason: why it came out so, with the numbers.
    table: where it was looked up, if in a table. records: ids of dated records, parted by spaces. stated, found, unit: of a
    number. decides: what would decide a part that was not found.
    """

    what: str
    outcome: str
    basis: str
    reason: str
    table: str = ""
    records: str = ""
    stated: float | None = None
    found: float | None = None
    unit: str = ""
    decides: str = ""


COLUMNS = ["claim_id", "part", *(field.name for field in fields(Part))]


def near(stated: float, found: float, limit: float = HOLDS_WITHIN) -> str:
    """How a stated number compares with a found one: it holds within `limit` percent of the found one, nearly within three times that."""
    gap = abs(stated - found) / abs(found) * 100
    return HOLDS if gap <= limit else NEARLY if gap <= limit * NEARLY_TIMES else FAILS


def number(what: str, stated: float, found: float, unit: str, table: str, digits: int = 1, note: str = "") -> Part:
    """A stated number against the one found in a table; both in `unit`.

    digits: decimals shown. note: a sentence on the number found. Raises ValueError if there is nothing to compare with.
    """
    if pd.isna(found) or not math.isfinite(found) or found == 0:
        raise ValueError(f"{what}: no number was found to compare {stated} with")
    gap = (stated - found) / abs(found)
    words = "no gap" if abs(gap) < 0.0005 else f"{abs(gap):.1%} too {'high' if gap > 0 else 'low'}".replace("%", " percent")
    reason = f"stated {stated:,.{digits}f}, found {found:,.{digits}f} {unit}: {words}. {note}".strip()
    return Part(what, near(stated, found), COMPUTED, reason, table, stated=float(stated), found=float(found), unit=unit)


def counted(what: str, truth: bool | str, reason: str, table: str) -> Part:
    """A part that a table decides. truth: True (holds), False (fails), or "mixed" where the table points both ways."""
    outcome = truth if isinstance(truth, str) else HOLDS if truth else FAILS
    return Part(what, outcome, COMPUTED, reason, table)


def dated(tables: Tables, what: str, *ids: str, outcome: str = HOLDS, note: str = "") -> Part:
    """A part that rests on dated records, named by their ids in the tables of RECORDS.

    outcome: how the records decide it. note: a sentence that says why, where the records do not say it themselves.
    The reason tells a single record in full, several in brief. Raises DataError for an id that is in none of the tables, ValueError for no id.
    """
    if not ids:
        raise ValueError(f"{what}: a dated record needs at least one id")
    found = [_record(tables, key, in_full=len(ids) == 1) for key in ids]
    reason = f"{'; '.join(text for _, text in found)}. {note}".strip()
    return Part(what, outcome, RECORD, reason, found[0][0], " ".join(ids))


def judged(what: str, outcome: str, reason: str, table: str = "") -> Part:
    """A part that is decided by judgement; the reason says on what ground."""
    return Part(what, outcome, JUDGED, reason, table)


def missing(what: str, reason: str, decides: str, table: str = "") -> Part:
    """A part on which nothing was found. decides: what would decide it, if somebody had it."""
    return Part(what, MISSING, JUDGED, reason, table, decides=decides)


def beyond(what: str, reason: str) -> Part:
    """A part that no evidence could decide, and why."""
    return Part(what, BEYOND, JUDGED, reason)


def table_of_parts(parts: Mapping[str, Sequence[Part]]) -> pd.DataFrame:
    """The parts of many claims as one table: a row for each, numbered from 1 within its claim.

    parts: by claim id. Returns the columns COLUMNS; empty text where a part has no such thing.
    """
    rows = [{"claim_id": claim, "part": place, **asdict(part)} for claim, given in parts.items() for place, part in enumerate(given, 1)]
    table = pd.DataFrame(rows, columns=COLUMNS)
    return table.astype({"part": "int64", "stated": "float64", "found": "float64"})


def _record(tables: Tables, key: str, in_full: bool) -> tuple[str, str]:
    """The table of a dated record, and what it says: date, event and who reported it."""
    for table, name, brief, full in RECORDS:
        rows = tables(table)
        row = rows[rows[name] == key]
        if len(row):
            one = row.iloc[0]
            day = one["date"]
            date = {"day": f"{day.day} {day:%B %Y}", "month": f"{day:%B %Y}", "year": f"{day:%Y}"}[str(one["date_precision"])]
            register = tables("sources").set_index("source_id")["organisation"]
            text = str(one[full if in_full else brief]).rstrip(".")
            return table, f"{date}: {text} ({register[one['source_id']]})"
    raise DataError(f"no dated record has the id {key!r}; ids are in {', '.join(table for table, *_ in RECORDS)}", RECORDS[0][0])
