"""The trial of the articles' claims: one function a claim, in modules by topic.

A function bears the id of its claim (`trade.m02` tries M02). It takes a function
from a table's name to its data frame, usually
`frenemies.load`, and returns the claim's parts; it changes nothing and remembers
nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import pandas as pd
from pandas.errors import UndefinedVariableError

from frenemies.claims.parts import Part, Tables, refuse_faults, table_of_parts
from frenemies.claims.trials import (
    alliance,
    caucasus,
    energy,
    history,
    leverage,
    opinion,
    people,
    sanctions,
    theatres,
    trade,
)
from frenemies.tables.loading import load
from frenemies.tables.package import DataError

TOPICS = (
    trade,
    energy,
    people,
    sanctions,
    leverage,
    history,
    theatres,
    caucasus,
    alliance,
    opinion,
)
TRIALS: dict[str, Callable[[Tables], list[Part]]] = {
    name.upper(): function
    for topic in TOPICS
    for name, function in vars(topic).items()
    if re.fullmatch(r"[pmkg]\d\d", name)
}


def parts_of(claim_id: str, tables: Tables = load) -> list[Part]:
    """Try one claim of the book: its parts.

    tables: where the tables come from; another function than `frenemies.load` tries
    the claim on other data.
    Raises DataError that names the claim, if there is no such trial or if it could
    not be held.
    """
    if claim_id not in TRIALS:
        raise DataError(
            f"Claim {claim_id}: no function tries it (there are"
            f" {', '.join(sorted(TRIALS))})",
            "claims",
        )
    try:
        parts = TRIALS[claim_id](tables)
    except (
        DataError,
        KeyError,
        IndexError,
        ValueError,
        UndefinedVariableError,
    ) as error:
        words = str(error)
        if isinstance(
            error, KeyError
        ):  # str() of a KeyError is its key alone, in quotation marks
            key = error.args[0]
            words = (
                key
                if isinstance(key, str) and " " in key
                else f"a table has no entry {key!r} that the trial looks up"
            )
        raise DataError(
            f"Claim {claim_id}: {words}", getattr(error, "table", None)
        ) from error
    if not parts:
        raise DataError(
            f"Claim {claim_id} has no part: cut it into at least one", "claim_parts"
        )
    refuse_faults(claim_id, parts)
    return parts


def all_parts(tables: Tables = load) -> pd.DataFrame:
    """Try every claim of the book: the table of all parts, in the order of the ids.

    Raises DataError that names the claim, if a claim has no function, a function no
    claim, or a trial cannot be held.
    """
    ids = sorted(tables("claims")["claim_id"])
    if unknown := sorted(set(TRIALS) - set(ids)):
        raise DataError(
            f"Claim {unknown[0]}: a function tries it, but data/claims.csv does not"
            " list it",
            "claims",
        )
    return table_of_parts({claim: parts_of(claim, tables) for claim in ids})
