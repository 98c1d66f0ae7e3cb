"""From parts to verdicts: one written rule, and the tables that follow from it.

Everything here takes a table of claims and a table of their parts, so that it serves any text:

    from frenemies.claims import verdicts
    claims, parts = verdicts.of_the_book()
    verdicts.judge(claims, parts)
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import pandas as pd

from frenemies.claims.parts import (
    BASES,
    BEYOND,
    COLUMNS,
    FAILS,
    HOLDS,
    HOLDS_WITHIN,
    JUDGED,
    MISSING,
    MIXED,
    NEARLY,
    OUTCOMES,
    RECORD,
    RECORDS,
    SHOWN,
    Tables,
    near,
)
from frenemies.tables.catalogue import tables as listed
from frenemies.tables.loading import load
from frenemies.tables.package import DataError

SUPPORTED, AS_FAR, EVIDENCE_MIXED = "supported", "supported as far as seen", "evidence mixed"
IN_PART, CONTRADICTED, NOT_FOUND, NO_EVIDENCE = "right in part", "contradicted", "not found out", "beyond evidence"
VERDICTS = {
    SUPPORTED: "every part holds",
    AS_FAR: "what could be decided holds; the rest was not found, or nothing could decide it",
    EVIDENCE_MIXED: "nothing fails, but on some part the evidence points both ways, or a number is only near",
    IN_PART: "some part fails, and some other does not",
    CONTRADICTED: "whatever could be decided fails",
    NOT_FOUND: "no part could be decided, and for some of them we lack the evidence",
    NO_EVIDENCE: "no evidence could decide any part",
}
SHAPES = dict(zip(VERDICTS, "●◐◆▲✕○□"))
KINDS = ("fact", "interpretation", "forecast")
# What a claim's row must tell, for a text of any kind.
NEEDED = ["claim_id", "author", "year", "kind", "topic", "claim"]


def verdict(outcomes: Iterable[str]) -> str:
    """The verdict that follows from the outcomes of a claim's parts; see VERDICTS for the rule in words.

    Raises ValueError for no outcomes or an unknown one.
    """
    found = set(outcomes)
    if not found or found - set(OUTCOMES):
        raise ValueError(f"outcomes are one or more of {', '.join(OUTCOMES)}, not {sorted(found)}")
    decided = found - {MISSING, BEYOND}
    if not decided:
        return NOT_FOUND if MISSING in found else NO_EVIDENCE
    if FAILS in decided:
        return CONTRADICTED if decided == {FAILS} else IN_PART
    if decided & {MIXED, NEARLY}:
        return EVIDENCE_MIXED
    return SUPPORTED if found == {HOLDS} else AS_FAR


def of_the_book(tables: Tables = load) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The claims of the four articles, with author and year, in the order of the articles; and the stored parts of all."""
    articles = tables("articles")[["article_id", "author", "date"]]
    claims = tables("claims").merge(articles, on="article_id").assign(year=lambda d: d["date"].dt.year)
    claims = claims.sort_values(["year", "claim_id"], ignore_index=True)[[*NEEDED, "evidence", "chapter"]]
    return claims, tables("claim_parts")


def check_parts(claims: pd.DataFrame, parts: pd.DataFrame, tables: Tables = load) -> None:
    """Refuse claims and parts that cannot be judged.

    Raises DataError that names the claim: an id or a part's number occurs twice, a claim has no part, a part belongs to no claim, a
    kind, outcome or basis is unknown, a table or a dated record does not exist, a dated record without an id or with an outcome that
    no record can show, a number without its counterpart, one that cannot be compared or whose outcome is another than the comparison
    gives, a part without a statement or a reason, one that was not found and does not say what would decide it, an open part that
    rests on something else than judgement, or an interpretation of which no part stays open although all hold. A column that is
    missing is named with its table.
    """
    for name, table, needed in (("claims", claims, NEEDED), ("parts", parts, COLUMNS)):
        if lacking := [column for column in needed if column not in table]:
            raise DataError(f"the table of {name} lacks the columns {', '.join(lacking)}")
    if twice := sorted(claims.loc[claims["claim_id"].duplicated(), "claim_id"]):
        raise DataError(f"Claim {twice[0]}: the id occurs twice in the table of claims", "claims")
    for row in claims[~claims["kind"].isin(KINDS)].itertuples():
        raise DataError(f"Claim {row.claim_id}: the kind {row.kind!r} is none of {', '.join(KINDS)}", "claims")
    known, used = list(claims["claim_id"]), set(parts["claim_id"])
    if without := [claim for claim in known if claim not in used]:
        raise DataError(
            f"Claim {without[0]} has no part: cut it into at least one (all without: {', '.join(without)})",
            "claim_parts",
        )
    if stray := sorted(used - set(known)):
        raise DataError(f"Claim {stray[0]} has parts but is not in the table of claims", "claim_parts")
    for row in parts[parts.duplicated(["claim_id", "part"])].itertuples():
        raise DataError(f"Claim {row.claim_id}, part {row.part}: the number of the part occurs twice", "claim_parts")
    names = set(listed()["name"])
    records = {key for table, name, *_ in RECORDS for key in tables(table)[name]}
    for row in parts.fillna(
        {"what": "", "table": "", "records": "", "decides": "", "reason": "", "basis": "", "outcome": ""}
    ).itertuples():
        where = f"Claim {row.claim_id}, part {row.part}"
        gone = [key for key in str(row.records).split() if key not in records]
        faults = [
            (row.outcome not in OUTCOMES, f"the outcome {row.outcome!r} is none of {', '.join(OUTCOMES)}"),
            (row.basis not in BASES, f"the basis {row.basis!r} is none of {', '.join(BASES)}"),
            (not str(row.what).strip(), "it does not say what was tried"),
            (not str(row.reason).strip(), "it gives no reason"),
            (
                row.outcome in (MISSING, BEYOND) and row.basis != JUDGED,
                f"{row.outcome!r} rests on no table and no record: make it with missing() or beyond()",
            ),
            (row.table and row.table not in names, f"there is no table called {row.table!r}; fr.tables() lists them"),
            (bool(gone), f"no dated record has the id {', '.join(gone)}"),
            (row.basis == RECORD and not row.records, "it rests on a dated record and names none"),
            (
                row.basis == RECORD and row.outcome not in SHOWN,
                f"a dated record cannot show {row.outcome!r}: it happened (holds), or the contrary did (fails); call a degree judged",
            ),
            (
                row.outcome == BEYOND and bool(str(row.decides).strip()),
                "no evidence could decide it, and it names some: call it not found",
            ),
            (row.basis not in (RECORD, JUDGED) and not row.table, "it is computed and names no table"),
            (pd.isna(row.stated) != pd.isna(row.found), "it has one number of two: stated and found go together"),
            (_nothing(row.found), f"the number found is {row.found}: there is nothing to compare with"),
            (
                bool(gap := _another_outcome(row.stated, row.found, row.outcome)),
                f"the outcome is {row.outcome!r}, but {row.stated} against {row.found} gives {gap!r}",
            ),
            (
                row.outcome == MISSING and not str(row.decides).strip(),
                "nothing was found, and it does not say what would decide it",
            ),
        ]
        for broken, message in faults:
            if broken:
                raise DataError(f"{where}: {message}", "claim_parts")
    judge(claims, parts)


def _nothing(found: float) -> bool:
    """Whether a number that is there cannot be compared with: zero, or not finite."""
    return not pd.isna(found) and (found == 0 or not math.isfinite(found))


def _another_outcome(stated: float, found: float, outcome: str) -> str:
    """The outcome that a comparison gives, if it is another than the one given; else empty."""
    if pd.isna(stated) or pd.isna(found) or _nothing(found):
        return ""
    right = near(stated, found)
    return "" if right == outcome else right


def at_limit(parts: pd.DataFrame, limit: float = HOLDS_WITHIN) -> pd.Series:
    """The outcome of each part if a number holds within `limit` percent of the number found; other parts as they are."""
    found = [row.outcome if pd.isna(row.stated) else near(row.stated, row.found, limit) for row in parts.itertuples()]
    return pd.Series(found, index=parts.index, dtype="object")


def judge(claims: pd.DataFrame, parts: pd.DataFrame, limit: float = HOLDS_WITHIN) -> pd.DataFrame:
    """The claims with their verdicts: the columns of `claims` and a column `verdict`.

    limit: percent within which a number holds. Raises DataError for a claim without a part, and for an interpretation of which all
    parts hold: some part of a reading always stays open.
    """
    by_claim = at_limit(parts, limit).groupby(parts["claim_id"]).agg(verdict)
    if without := [claim for claim in claims["claim_id"] if claim not in by_claim.index]:
        raise DataError(f"Claim {without[0]} has no part: cut it into at least one", "claim_parts")
    judged = claims.assign(verdict=claims["claim_id"].map(by_claim))
    closed = judged["kind"].eq("interpretation") & judged["verdict"].eq(SUPPORTED)
    for claim in judged.loc[closed, "claim_id"]:
        raise DataError(
            f"Claim {claim}: an interpretation is never simply supported, but all its parts hold and none is open: add the "
            "reading itself, as missing() with what would decide it or as beyond()",
            "claim_parts",
        )
    return judged


def flips(claims: pd.DataFrame, parts: pd.DataFrame, limits: Sequence[float] = (3, 5, 10)) -> pd.DataFrame:
    """The claims whose verdict is not the same under all limits: a row for each, a column for each limit (percent)."""
    table = pd.DataFrame({limit: judge(claims, parts, limit).set_index("claim_id")["verdict"] for limit in limits})
    return table[table.nunique(axis=1) > 1]


def picture_data(claims: pd.DataFrame, parts: pd.DataFrame) -> pd.DataFrame:
    """Every part with its claim's author and kind, for the picture: claim_id, part, author, year, kind, what, outcome, basis."""
    told = claims[["claim_id", "author", "year", "kind"]]
    return parts[["claim_id", "part", "what", "outcome", "basis"]].merge(told, on="claim_id")


def deciding(parts: pd.DataFrame) -> pd.Series:
    """The part that decides a claim's verdict, of its parts: the first failing one, else the first mixed one, and so on."""
    order = {outcome: rank for rank, outcome in enumerate((FAILS, MIXED, NEARLY, HOLDS, MISSING, BEYOND))}
    return parts.loc[parts["outcome"].map(order).astype(int).idxmin()]
