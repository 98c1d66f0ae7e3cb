"""A claim is cut into parts. A part says what was compared, how it came out, what that rests on, and why.

A part is made by one of eight functions, which also say what it rests on:

- ``number``: a stated number against one that was found;
- ``counted``: something computed from a table;
- ``measured``: a computed value against two printed limits, with a middle where it points both ways;
- ``dated``: dated events or statements, each a row with its source: they happened, or the contrary happened;
- ``weighed``: dated records that do not decide by themselves, and how whoever cut the claim weighs them;
- ``judged``: a decision of whoever cut the claim, with the reason;
- ``missing``: nothing found that decides, with where the book looked, if it did, and what would decide it;
- ``beyond``: no evidence could decide it.

A motive or an aim on which papers, minutes or surveys could exist is missing, and the part names them. A word without a measure,
a counterfactual and a value judgement are beyond evidence, and nothing is named but a definition.
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
    MISSING: "the book has found nothing that decides; the reason says where it looked, or that it did not look",
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
DECIDED = (HOLDS, NEARLY, MIXED, FAILS)
# A record shows that something happened, or that the contrary did; how far it bears a statement out is somebody's judgement.
SHOWN = (HOLDS, FAILS)
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
    number. decides: what would decide a part that was not found. fault: why the part cannot be used, such as an unknown id; it is no
    column, and whoever knows the claim stops at it and names both.
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
    fault: str = ""


COLUMNS = ["claim_id", "part", *(field.name for field in fields(Part) if field.name != "fault")]


def near(stated: float, found: float, limit: float = HOLDS_WITHIN) -> str:
    """How a stated number compares with a found one: it holds within `limit` percent of the found one, nearly within three times that.

    Raises ValueError if the number found is zero or not finite: then there is nothing to compare with.
    """
    if not math.isfinite(found) or found == 0:
        raise ValueError(f"no number was found to compare {stated} with (found: {found})")
    gap = abs(stated - found) / abs(found) * 100
    return HOLDS if gap <= limit else NEARLY if gap <= limit * NEARLY_TIMES else FAILS


def number(what: str, stated: float, found: float, unit: str, table: str, digits: int = 1, note: str = "") -> Part:
    """A stated number against the one found in a table; both in `unit`.

    digits: decimals shown. note: a sentence on the number found. Raises ValueError if there is nothing to compare with.
    """
    if pd.isna(found) or not math.isfinite(found) or found == 0:
        raise ValueError(f"{what}: no number was found to compare {stated} with")
    gap = (stated - found) / abs(found)
    words = (
        "no gap" if abs(gap) < 0.0005 else f"{abs(gap):.1%} too {'high' if gap > 0 else 'low'}".replace("%", " percent")
    )
    reason = f"stated {stated:,.{digits}f}, found {found:,.{digits}f} {unit}: {words}. {note}".strip()
    return Part(what, near(stated, found), COMPUTED, reason, table, stated=float(stated), found=float(found), unit=unit)


def counted(what: str, truth: bool | str, reason: str, table: str) -> Part:
    """A part that a table decides. truth: True (holds), False (fails), or "mixed" where the table points both ways.

    Raises ValueError for another outcome.
    """
    outcome = truth if isinstance(truth, str) else HOLDS if truth else FAILS
    _refuse(what, outcome, (HOLDS, MIXED, FAILS), "a table shows that something holds, fails or is mixed")
    return Part(what, outcome, COMPUTED, reason, table)


def measured(what: str, value: float, holds: float, fails: float, limits: str, reason: str, table: str) -> Part:
    """A computed value against two limits: from `holds` on the part holds, from `fails` on the other side it fails, between it is mixed.

    limits: the two limits in words; they are printed with the statement. Where `holds` is above `fails`, more is better for the
    claim: it holds at `holds` or more and fails below `fails`; where it is below, it holds at `holds` or less and fails above
    `fails`. Raises ValueError for a value that is not finite or for equal limits.
    """
    if not math.isfinite(value) or holds == fails:
        raise ValueError(
            f"{what}: it needs a finite value and two limits that differ, not {value}, {holds} and {fails}"
        )
    sign = 1 if holds > fails else -1
    outcome = HOLDS if sign * value >= sign * holds else FAILS if sign * value < sign * fails else MIXED
    return Part(f"{what} ({limits})", outcome, COMPUTED, reason, table)


def by_signs(*signs: bool) -> str:
    """What several signs say together: all for the claim (holds), all against it (fails), or both ways (mixed)."""
    return HOLDS if all(signs) else MIXED if any(signs) else FAILS


def dated(tables: Tables, what: str, *ids: str, outcome: str = HOLDS, note: str = "") -> Part:
    """A part that dated records decide, named by their ids in the tables of RECORDS.

    outcome: "holds" where it happened, "fails" where the record states the contrary; any degree is a judgement (`weighed`).
    note: a sentence on the records, where they do not say it themselves. The reason tells a single record in full, several in brief.
    Raises ValueError for no id or another outcome. An id that is in none of the tables is the part's fault: `table_of_parts` stops at
    it and names the claim.
    """
    remedy = "a dated record shows that it happened (holds) or that the contrary did (fails); a degree is a judgement: use weighed()"
    _refuse(what, outcome, SHOWN, remedy)
    return _from_records(tables, what, outcome, RECORD, ids, note)


def weighed(tables: Tables, what: str, outcome: str, *ids: str, note: str) -> Part:
    """A part that is judged from dated records: they stay its source, and `note` says how they were weighed.

    Raises ValueError for no id, no note or an outcome that decides nothing. An unknown id is the part's fault, as with `dated`.
    """
    _refuse(what, outcome, DECIDED, "use missing() or beyond() for what was not decided")
    if not note.strip():
        raise ValueError(f"{what}: a judgement needs a note that says how the records were weighed")
    return _from_records(tables, what, outcome, JUDGED, ids, note)


def judged(what: str, outcome: str, reason: str, table: str = "") -> Part:
    """A part that is decided by judgement; the reason says on what ground. Raises ValueError for an outcome that decides nothing."""
    _refuse(what, outcome, DECIDED, "use missing() or beyond() for what was not decided")
    return Part(what, outcome, JUDGED, reason, table)


def missing(what: str, reason: str, decides: str, table: str = "") -> Part:
    """A part that nothing found decides. reason: where it was looked for, or that it was not. decides: what would decide it."""
    return Part(what, MISSING, JUDGED, reason, table, decides=decides)


def beyond(what: str, reason: str) -> Part:
    """A part that no evidence could decide, and why."""
    return Part(what, BEYOND, JUDGED, reason)


def table_of_parts(parts: Mapping[str, Sequence[Part]]) -> pd.DataFrame:
    """The parts of many claims as one table: a row for each, numbered from 1 within its claim.

    parts: by claim id. Returns the columns COLUMNS; empty text where a part has no such thing. Raises DataError that names the claim
    for a part with a fault.
    """
    rows = []
    for claim, given in parts.items():
        refuse_faults(claim, given)
        rows += [{"claim_id": claim, "part": place, **asdict(part)} for place, part in enumerate(given, 1)]
    table = pd.DataFrame(rows, columns=COLUMNS)
    return table.astype({"part": "int64", "stated": "float64", "found": "float64"})


def refuse_faults(claim: str, parts: Sequence[Part]) -> None:
    """Stop at the first part of a claim that has a fault. Raises DataError that names claim, statement and fault."""
    for part in parts:
        if part.fault:
            raise DataError(f"Claim {claim}: {part.what}: {part.fault}", RECORDS[0][0])


def _refuse(what: str, outcome: str, allowed: Sequence[str], remedy: str) -> None:
    """Stop at an outcome that this maker cannot give."""
    if outcome not in allowed:
        raise ValueError(f"{what}: the outcome {outcome!r} is none of {', '.join(allowed)}; {remedy}")


def _from_records(tables: Tables, what: str, outcome: str, basis: str, ids: Sequence[str], note: str) -> Part:
    """A part from dated records: the table of the first, and what all of them say, with a note."""
    if not ids:
        raise ValueError(f"{what}: a dated record needs at least one id")
    found = {key: _record(tables, key, in_full=len(ids) == 1) for key in ids}
    if unknown := [repr(key) for key, record in found.items() if record is None]:
        places = ", ".join(table for table, *_ in RECORDS)
        fault = f"no dated record has the id {', '.join(unknown)}; ids are in {places}"
        return Part(what, outcome, basis, "", records=" ".join(ids), fault=fault)
    told = [record for record in found.values() if record]
    reason = f"{'; '.join(text for _, text in told)}. {note}".strip()
    return Part(what, outcome, basis, reason, told[0][0], " ".join(ids))


def _record(tables: Tables, key: str, in_full: bool) -> tuple[str, str] | None:
    """The table of a dated record, and what it says: date, event and who reported it; None if there is none of this id."""
    for table, name, brief, full in RECORDS:
        rows = tables(table)
        row = rows[rows[name] == key]
        if len(row):
            one = row.iloc[0]
            day = one["date"]
            date = {"day": f"{day.day} {day:%B %Y}", "month": f"{day:%B %Y}", "year": f"{day:%Y}"}[
                str(one["date_precision"])
            ]
            register = tables("sources").set_index("source_id")["organisation"]
            text = str(one[full if in_full else brief]).rstrip(".")
            return table, f"{date}: {text} ({register[one['source_id']]})"
    return None
