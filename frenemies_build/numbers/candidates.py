"""Every value that a kernel holds, with an expression that a reader would write for it.

Runs in the kernel of a notebook (or over tables by name), for the drafting of lists only: nothing is checked by it.
"""

from __future__ import annotations

import itertools
import json
import math
import re
import types
from collections.abc import Iterator

import pandas as pd

MOST_CELLS = 6_000  # of one object
MOST_ROWS_BY_QUERY = 1_200
_KEY_ORDER = ("year", "month", "event_id", "claim_id", "flow", "reporter", "partner", "iso3", "country")
_OF_PYTHON = {"In", "Out", "exit", "quit", "get_ipython", "open"}


def as_json(names: dict[str, object]) -> str:
    """All candidates as JSON: a list of {name, expression, value, labels, column}."""
    return json.dumps(list(candidates(names)))


def candidates(names: dict[str, object]) -> Iterator[dict]:
    """Candidates of all names that hold data."""
    for name, value in list(names.items()):
        if name.startswith("_") or name in _OF_PYTHON or isinstance(value, (types.ModuleType, type)):
            continue
        try:
            for expression, found, labels, column in _of(name, value):
                if (plain := _plain(found)) is not None:
                    yield {"name": name, "expression": expression, "value": plain, "labels": labels, "column": column}
        except Exception:
            continue


def _plain(value: object) -> float | int | str | None:
    if hasattr(value, "item") and not isinstance(value, pd.Timestamp):
        try:
            value = value.item()
        except (ValueError, AttributeError):
            return None
    if isinstance(value, bool) or value is None or value is pd.NaT:
        return None
    if isinstance(value, (int, float)):
        return value if math.isfinite(value) else None
    if isinstance(value, pd.Timestamp):
        return value.strftime("%Y-%m-%d")
    return None


def _of(name: str, value: object) -> Iterator[tuple[str, object, list[str], str]]:
    if isinstance(value, pd.DataFrame):
        yield from _of_frame(name, value)
    elif isinstance(value, pd.Series):
        yield from _of_series(name, value)
    elif isinstance(value, (int, float, pd.Timestamp)) or (
        hasattr(value, "dtype") and getattr(value, "shape", None) == ()
    ):
        yield name, value, [], ""
    elif isinstance(value, dict):
        yield f"len({name})", len(value), ["number"], "len"
        for key, inner in list(value.items())[:300]:
            if isinstance(inner, (pd.DataFrame, pd.Series, dict)):
                for expression, found, labels, column in _of(f"{name}[{key!r}]", inner):
                    yield expression, found, [str(key), *labels], column
            else:
                yield f"{name}[{key!r}]", inner, [str(key)], ""
    elif isinstance(value, (list, set, tuple, frozenset)):
        yield f"len({name})", len(value), ["number"], "len"
        if isinstance(value, (list, tuple)) and len(value) <= 40:
            for place, inner in enumerate(value):
                yield f"{name}[{place}]", inner, [], ""


def _label(value: object) -> str | None:
    """How a label is written in an expression, or None where it has no plain form."""
    if isinstance(value, pd.Timestamp):
        return repr(value.strftime("%Y-%m-%d"))
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, (bool, int, str)):
        return repr(value)
    if isinstance(value, float) and value.is_integer():
        return repr(int(value))
    if isinstance(value, tuple):
        parts = [_label(part) for part in value]
        return None if None in parts else f"({', '.join(parts)})"
    return None


def _words(value: object) -> list[str]:
    if isinstance(value, tuple):
        return [word for part in value for word in _words(part)]
    return [value.strftime("%Y-%m")] if isinstance(value, pd.Timestamp) else [str(value)]


def _aggregates(name: str, series: pd.Series, column: str) -> Iterator[tuple[str, object, list[str], str]]:
    if pd.api.types.is_bool_dtype(series):
        yield f"{name}.sum()", series.sum(), ["count"], column
        return
    if pd.api.types.is_datetime64_any_dtype(series) and series.notna().any():
        yield f"{name}.min()", series.min(), ["min", "first"], column
        yield f"{name}.max()", series.max(), ["max", "last"], column
        yield f"{name}.dt.year.min()", series.dt.year.min(), ["min", "first"], column
        yield f"{name}.dt.year.max()", series.dt.year.max(), ["max", "last"], column
        return
    if not pd.api.types.is_numeric_dtype(series) or series.notna().sum() < 2:
        return
    for how in ("max", "min", "mean", "sum", "median"):
        yield f"{name}.{how}()", getattr(series, how)(), [how], column
    if series.index.is_unique and _tells(series.index) and not isinstance(series.index, pd.MultiIndex):
        for how in ("idxmax", "idxmin"):
            at = getattr(series, how)()
            if isinstance(at, (int, pd.Timestamp)) or hasattr(at, "item"):
                yield f"{name}.{how}()", at, [how], column


def _of_series(name: str, series: pd.Series) -> Iterator[tuple[str, object, list[str], str]]:
    yield f"len({name})", len(series), ["number"], "len"
    yield from _aggregates(name, series, str(series.name or ""))
    yield from _of_index(name, series.index)
    if not _tells(series.index):
        return
    numeric = pd.api.types.is_numeric_dtype(series) or pd.api.types.is_datetime64_any_dtype(series)
    if not numeric or len(series) > MOST_CELLS or not series.index.is_unique:
        if series.index.is_unique and len(series) <= 60:
            for label, value in series.items():
                if (key := _label(label)) and isinstance(value, (int, float)):
                    yield f"{name}.loc[{key}]", value, _words(label), str(series.name or "")
        return
    for label, value in series.items():
        if key := _label(label):
            yield f"{name}.loc[{key}]", value, _words(label), str(series.name or "")


def _tells(index: pd.Index) -> bool:
    """Whether an index says what a row is about, rather than where it once stood in a table."""
    if isinstance(index, pd.RangeIndex):
        return False
    return (
        not pd.api.types.is_integer_dtype(index)
        or index.name is not None
        or bool(len(index) and index.min() >= 1400 and index.max() < 2100)
    )


def _of_index(name: str, index: pd.Index) -> Iterator[tuple[str, object, list[str], str]]:
    if pd.api.types.is_integer_dtype(index) and not isinstance(index, pd.MultiIndex) and len(index) and _tells(index):
        yield f"{name}.index.min()", index.min(), ["min", "first"], "index"
        yield f"{name}.index.max()", index.max(), ["max", "last"], "index"


def _of_frame(name: str, frame: pd.DataFrame) -> Iterator[tuple[str, object, list[str], str]]:
    yield f"len({name})", len(frame), ["number"], "len"
    yield from _of_index(name, frame.index)
    keyed = _tells(frame.index) and frame.index.is_unique
    for column in frame.columns:
        key, series = _label(column), frame[column]
        if key is None or isinstance(series, pd.DataFrame):
            continue
        words = " ".join(_words(column))
        for expression, value, labels, _ in _aggregates(f"{name}[{key}]", series, words):
            yield expression, value, labels, words
        if _is_category(series) and 1 < series.nunique() <= 60:
            yield f"{name}[{key}].nunique()", series.nunique(), ["number"], words
            for kind, count in series.value_counts().items():
                if len(frame) <= 3000 and (shown := _label(kind)):
                    yield f"({name}[{key}] == {shown}).sum()", int(count), ["count", str(kind)], words
        if keyed and series.size <= MOST_CELLS and (_is_measure(series) or series.size <= 60):
            for label, value in series.items():
                if row := _label(label):
                    yield f"{name}.loc[{row}, {key}]", value, _words(label), words
    if not keyed and 0 < len(frame) <= MOST_ROWS_BY_QUERY:
        yield from _by_query(name, frame)


def _is_category(series: pd.Series) -> bool:
    return isinstance(series.dtype, pd.CategoricalDtype) or pd.api.types.is_string_dtype(series)


def _is_measure(series: pd.Series) -> bool:
    return (
        pd.api.types.is_numeric_dtype(series) and not pd.api.types.is_bool_dtype(series)
    ) or pd.api.types.is_datetime64_any_dtype(series)


def _by_query(name: str, frame: pd.DataFrame) -> Iterator[tuple[str, object, list[str], str]]:
    """Cells of a frame without a telling index, looked up by the fewest columns that tell its rows apart."""
    usable = [
        column
        for column in frame.columns
        if isinstance(column, str) and column.isidentifier() and not pd.api.types.is_float_dtype(frame[column])
        and frame[column].notna().all() and frame[column].map(lambda value: len(str(value)) <= 60).all()
    ]  # fmt: skip
    usable.sort(
        key=lambda column: next((place for place, word in enumerate(_KEY_ORDER) if word in column), len(_KEY_ORDER))
    )
    usable = usable[:9]
    keys = next(
        (
            list(chosen)
            for size in (1, 2, 3, 4)
            for chosen in itertools.combinations(usable, size)
            if sum(map(_is_dated, (frame[column] for column in chosen))) <= 1
            and not frame.duplicated(list(chosen)).any()
        ),
        None,
    )
    if not keys:
        return
    shown = [column for column in frame.columns if _is_category(frame[column])]
    dated = next((key for key in keys if _is_dated(frame[key])), None)
    asked = [key for key in keys if key != dated]
    for place in range(len(frame)):
        row = frame.iloc[place]
        parts = {key: _label(row[key]) for key in keys}
        if any(part is None or re.search(r"[\"\\]", part) for part in parts.values()):
            continue
        conditions = " and ".join(f"{key} == {parts[key]}" for key in asked)
        found = f'{name}.query("{conditions}")' if asked else name
        labels = [str(row[key].strftime("%Y-%m") if key == dated else row[key]) for key in keys]
        labels += [str(row[other])[:80] for other in shown if other not in keys and pd.notna(row[other])]
        for column in frame.columns:
            if column in keys or not _is_measure(frame[column]) or (written := _label(column)) is None:
                continue
            cell = f"{found}.set_index({dated!r}).loc[{parts[dated]}, {written}]" if dated else f"{found}[{written}]"
            yield cell, row[column], labels, str(column)


def _is_dated(series: pd.Series) -> bool:
    return pd.api.types.is_datetime64_any_dtype(series)
