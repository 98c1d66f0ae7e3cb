"""An expression to a plain value. This module runs in the kernel of a notebook: it imports what the notebook has."""

from __future__ import annotations

import ast
import builtins
import datetime
import json

import pandas as pd

import frenemies as fr


class ValueProblem(Exception):
    """An expression that yields nothing to compare with; the message says why."""


def answers(expressions: list[str], names: dict[str, object]) -> str:
    """The values of expressions as JSON: for each `{"value": ...}` or `{"error": ...}`."""
    found = []
    for expression in expressions:
        try:
            found.append({"value": value_of(expression, names)})
        except ValueProblem as problem:
            found.append({"error": str(problem)})
    return json.dumps(found)


def value_of(expression: str, names: dict[str, object]) -> float | int | bool | str:
    """The plain value of an expression: a number, a truth, or a date as text (2022-02-24).

    names: the notebook's names. A name that is none of them, but that of a table, stands for the table.
    Raises ValueProblem: name gone, expression raises, value missing, a look-up that matches not exactly one row.
    """
    tree = ast.parse(expression, mode="eval")
    known = dict(names)
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id not in known and not hasattr(builtins, node.id):
            known |= _table(node.id)
    known.setdefault("pd", pd)
    try:
        value = eval(compile(tree, "<binding>", "eval"), known)
    except NameError as error:
        raise ValueProblem(
            f"the name {error.name!r} is gone: no cell of the notebook makes it and no table has it"
        ) from None
    except Exception as error:
        raise ValueProblem(f"the expression raises {type(error).__name__}: {error}") from None
    return plain(value)


def _table(name: str) -> dict[str, pd.DataFrame]:
    try:
        return {name: fr.load(name)}
    except fr.DataError as error:
        if error.table == name and not error.problems:
            return {}
        raise ValueProblem(str(error).splitlines()[0]) from None


def plain(value: object) -> float | int | bool | str:
    """One value without its clothes of pandas or NumPy. Raises ValueProblem for anything but one value."""
    if isinstance(value, (pd.DataFrame, pd.Series, pd.Index)) or (hasattr(value, "shape") and value.shape != ()):
        if value.size != 1:
            raise ValueProblem(f"the look-up matches {value.size} values, not exactly one")
        if isinstance(value, pd.Series):
            return plain(value.iloc[0])
        return plain(getattr(value, "to_numpy", lambda: value)().reshape(-1)[0])
    if value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and value != value):
        raise ValueProblem("the value is missing: the cell of the table is empty")
    if isinstance(value, pd.Period):
        value = value.start_time
    if hasattr(value, "item") and not isinstance(value, pd.Timestamp):
        value = value.item()
        if not isinstance(value, (bool, int, float, datetime.date)):
            value = pd.Timestamp(value)
    if isinstance(value, (datetime.datetime, datetime.date)):
        if value is pd.NaT:
            raise ValueProblem("the value is missing: the cell of the table is empty")
        return pd.Timestamp(value).strftime("%Y-%m-%d")
    if isinstance(value, bool) or isinstance(value, int):
        return value
    if isinstance(value, float):
        if value != value or value in (float("inf"), float("-inf")):
            raise ValueProblem(
                "the value is missing: the cell of the table is empty" if value != value else "the value is infinite"
            )
        return value
    raise ValueProblem(f"the expression yields {type(value).__name__}, not one number or date: {str(value)[:60]!r}")
