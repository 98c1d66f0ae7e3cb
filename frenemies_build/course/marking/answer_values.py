"""The values of answers as plain text: what may leave the sandbox, and how it is read outside.

`encoded` runs inside, next to a student's code; `decoded` runs outside and trusts nothing. Between
them goes tagged JSON that can only stand for numbers, texts, dates, lists and tables. Floats travel
as hexadecimal text, so that every value arrives exactly as it left. Nothing here imports anything
but pandas and the standard library: the sandbox has only the readers' package.
"""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd

MOST_ROWS = 20_000
MOST_COLUMNS = 200
MOST_ITEMS = 2_000
MOST_CHARACTERS = 50_000
MOST_DEPTH = 5
MOST_NESTED = 50  # brackets round a value in its plain form: several for each list within a list
FLOATS = {"float16", "float32", "float64"}
INTEGERS = {f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)}
NULLABLE = {name.replace("int", "Int").replace("uInt", "UInt") for name in INTEGERS} | {"Float32", "Float64", "boolean"}
TIMES = re.compile(r"(datetime64|timedelta64)\[(s|ms|us|ns)\]")
TEXTS = {"str", "string"}


class ValueRefused(ValueError):
    """A value that is no answer: too large, too deep, of another type, or damaged. The message says which."""


# --- inside the sandbox


def encoded(value: object, depth: int = 0) -> dict:
    """A value as tagged plain data. Raises `ValueRefused` for what an answer cannot be.

    Only exact types pass: a subclass can lie about what it equals.
    """
    kind = type(value)
    if depth > MOST_DEPTH:
        raise ValueRefused("lists within lists, too deep")
    if value is ...:
        return {"t": "blank"}
    if kind in (list, tuple):
        limit(len(value), MOST_ITEMS, "items")
        return {"t": "list", "v": [encoded(item, depth + 1) for item in value]}
    if kind is dict:
        limit(len(value), MOST_ITEMS, "items")
        return {"t": "dict", "v": [[encoded(part, depth + 1) for part in pair] for pair in value.items()]}
    if kind is np.ndarray:
        return {"t": "array", "shape": list(value.shape), "v": column(pd.Series(value.ravel()))}
    if kind is pd.Series:
        return {"t": "series", "name": scalar(value.name), "index": index(value.index), "v": column(value)}
    if kind is pd.DataFrame:
        limit(value.shape[1], MOST_COLUMNS, "columns")
        columns = [column(value.iloc[:, place]) for place in range(value.shape[1])]
        return {"t": "frame", "columns": index(value.columns), "index": index(value.index), "v": columns}
    if isinstance(value, pd.Index):
        return {"t": "index", "v": index(value)}
    return scalar(value)


def limit(size: int, most: int, what: str) -> None:
    """Raise `ValueRefused` for more than the allowed number of something."""
    if size > most:
        raise ValueRefused(f"too large: {size:,} {what}")


def scalar(value: object) -> dict:
    """One value that holds no others. Raises `ValueRefused` for anything else."""
    kind = type(value)
    if value is None:
        return {"t": "none"}
    if value is pd.NA or value is pd.NaT:
        return {"t": "missing", "v": "NA" if value is pd.NA else "NaT"}
    if kind is bool:
        return {"t": "bool", "v": value}
    if kind is int:
        limit(value.bit_length(), 2_000, "bits")
        return {"t": "int", "v": str(value)}
    if kind is float:
        return {"t": "float", "v": value.hex()}
    if kind is str:
        limit(len(value), MOST_CHARACTERS, "characters")
        return {"t": "str", "v": value}
    if kind in (Decimal, Fraction):
        text = str(value)
        limit(len(text), 100, "digits")
        return {"t": kind.__name__, "v": text}
    if kind in (pd.Timestamp, pd.Timedelta):
        if getattr(value, "tzinfo", None) is not None:
            raise ValueRefused("a time with a time zone")
        return {"t": kind.__name__, "unit": value.unit, "v": int(value._value)}
    if isinstance(value, np.generic) and kind.__module__ == "numpy":
        return {"t": "numpy", "v": column(pd.Series(np.array([value])))}
    raise ValueRefused(f"of the type {kind.__name__}"[:80])


def column(values: pd.Series) -> dict:
    """The values of a column with their dtype, without labels."""
    limit(len(values), MOST_ROWS, "rows")
    dtype = str(values.dtype)
    if dtype == "category":
        codes = [int(code) for code in values.cat.codes]
        kinds = index(values.cat.categories)
        return {"dtype": dtype, "v": codes, "kinds": kinds, "ordered": bool(values.cat.ordered)}
    if dtype in FLOATS:
        return {"dtype": dtype, "v": [float(item).hex() for item in values]}
    if dtype in INTEGERS:
        return {"dtype": dtype, "v": [int(item) for item in values]}
    if dtype == "bool":
        return {"dtype": dtype, "v": [bool(item) for item in values]}
    if dtype in NULLABLE:
        plain = float.hex if "Float" in dtype else bool if dtype == "boolean" else int
        return {"dtype": dtype, "v": [None if item is pd.NA else plain(item) for item in values]}
    if TIMES.fullmatch(dtype):
        return {"dtype": dtype, "v": [int(item) for item in values.to_numpy().astype("int64")]}
    if dtype in TEXTS:
        return {"dtype": dtype, "v": [item if isinstance(item, str) else None for item in values]}
    if dtype == "object":
        return {"dtype": dtype, "v": [scalar(item) for item in values]}
    raise ValueRefused(f"a column of the type {dtype}"[:80])


def index(labels: pd.Index) -> dict:
    """Row or column labels with their names."""
    names = [scalar(name) for name in labels.names]
    if type(labels) is pd.RangeIndex:
        return {"t": "range", "names": names, "v": [labels.start, labels.stop, labels.step]}
    limit(labels.nlevels, MOST_DEPTH, "levels of labels")
    levels = [column(pd.Series(labels.get_level_values(level))) for level in range(labels.nlevels)]
    return {"t": "labels", "names": names, "v": levels}


# --- outside


def kept(data: object) -> dict:
    """Plain data as they came, or a refusal in their place where no file could hold them."""
    reason = unfit(data, 0) if type(data) is dict else "not in the form that was asked for"
    return {"t": "refused", "v": reason} if reason else data


def unfit(data: object, depth: int) -> str:
    """Why plain data cannot be stored: nested too deep, or a text that is none; empty where they can."""
    if depth > MOST_NESTED:
        return "lists within lists, too deep"
    if type(data) is str:
        return "" if encodable(data) else "a text with half a character in it"
    parts = [*data, *data.values()] if type(data) is dict else data if type(data) is list else []
    return next((reason for part in parts if (reason := unfit(part, depth + 1))), "")


def encodable(text: str) -> bool:
    """Whether a text has no lone half of a character pair."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def decoded(data: object, depth: int = 0) -> object:
    """The value of tagged plain data. Raises `ValueRefused` for what does not fit, to the letter."""
    try:
        return _decoded(data, depth)
    except ValueRefused:
        raise
    except Exception as error:  # pandas raises many types for parts that do not fit each other
        raise ValueRefused(f"parts that do not fit each other ({type(error).__name__})") from None


def _decoded(data: object, depth: int) -> object:
    tag = fields(data, "t")[0]
    if depth > MOST_DEPTH:
        raise ValueRefused("lists within lists, too deep")
    if tag == "blank":
        return ...
    if tag == "list":
        return [_decoded(item, depth + 1) for item in items(data["v"], MOST_ITEMS)]
    if tag == "dict":
        pairs = items(data["v"], MOST_ITEMS)
        return {read_scalar(key): _decoded(value, depth + 1) for key, value in pairs}
    if tag == "array":
        shape = [whole(size, 0, MOST_ROWS) for size in items(data["shape"], MOST_DEPTH)]
        return read_column(data["v"]).to_numpy().reshape(shape)
    if tag == "index":
        return read_index(data["v"])
    if tag == "series":
        name, labels, values = fields(data, "name", "index", "v")
        values = read_column(values)
        values.index, values.name = read_index(labels), read_scalar(name)
        return values
    if tag == "frame":
        columns, labels, values = fields(data, "columns", "index", "v")
        heads, rows = read_index(columns), read_index(labels)
        found = [read_column(part) for part in items(values, MOST_COLUMNS)]
        if len(found) != len(heads) or any(len(part) != len(rows) for part in found):
            raise ValueRefused("a table whose parts do not fit each other")
        table = pd.concat(found, axis=1) if found else pd.DataFrame(index=range(len(rows)))
        table.index, table.columns = rows, heads
        return table
    return read_scalar(data)


def fields(data: object, *names: str) -> list:
    """The named parts of an object. Raises `ValueRefused` where one is missing."""
    if type(data) is not dict or any(name not in data for name in names):
        raise ValueRefused("not in the form that was asked for")
    return [data[name] for name in names]


def items(data: object, most: int) -> list:
    """A list of limited length. Raises `ValueRefused` for anything else."""
    if type(data) is not list:
        raise ValueRefused("not in the form that was asked for")
    limit(len(data), most, "items")
    return data


def whole(value: object, least: int, most: int) -> int:
    """A whole number between limits. Raises `ValueRefused` for anything else."""
    if type(value) is not int or not least <= value <= most:
        raise ValueRefused("a number out of its limits")
    return value


def plain(value: object, kind: type) -> object:
    """A value of exactly one type. Raises `ValueRefused` for another."""
    if type(value) is not kind or (kind is str and len(value) > MOST_CHARACTERS):
        raise ValueRefused("not in the form that was asked for")
    return value


def read_scalar(data: object) -> object:
    """One value that holds no others."""
    tag = plain(fields(data, "t")[0], str)
    if tag == "none":
        return None
    value = fields(data, "v")[0]
    if tag == "missing":
        return pd.NA if value == "NA" else pd.NaT
    if tag == "bool":
        return plain(value, bool)
    if tag == "str":
        return plain(value, str)
    if tag == "int":
        if not re.fullmatch(r"-?\d{1,610}", plain(value, str), re.ASCII):
            raise ValueRefused("a number in another form")
        return int(value)
    if tag == "float":
        return read_float(value)
    if tag in ("Decimal", "Fraction"):
        if not re.fullmatch(
            r"-?[\d./]{1,100}|-?\d[\d.]{0,60}E[+-]?\d{1,3}|NaN|-?Infinity", plain(value, str), re.ASCII
        ):
            raise ValueRefused("a number in another form")
        return Decimal(value) if tag == "Decimal" else Fraction(value)
    if tag in ("Timestamp", "Timedelta"):
        unit = fields(data, "unit")[0]
        kind = "datetime64" if tag == "Timestamp" else "timedelta64"
        return read_column({"dtype": f"{kind}[{plain(unit, str)}]", "v": [value]}).iloc[0]
    if tag == "numpy":
        found = read_column(value)
        if len(found) != 1:
            raise ValueRefused("not in the form that was asked for")
        return found.to_numpy()[0]
    raise ValueRefused("of an unknown type")


def read_float(text: object) -> float:
    """A float from its hexadecimal text."""
    if not re.fullmatch(r"-?(0x[01]\.[0-9a-f]{1,13}p[+-]\d{1,4}|0x0\.0p\+0|inf|nan)", plain(text, str)):
        raise ValueRefused("a number in another form")
    return float.fromhex(text)


def read_column(data: object) -> pd.Series:
    """A column with its dtype, labelled 0, 1, 2..."""
    dtype, values = fields(data, "dtype", "v")
    plain(dtype, str)
    items(values, MOST_ROWS)
    if dtype == "category":
        kinds, ordered = fields(data, "kinds", "ordered")
        kinds = read_index(kinds)
        codes = [whole(code, -1, len(kinds) - 1) for code in values]
        return pd.Series(pd.Categorical.from_codes(codes, kinds, ordered=plain(ordered, bool)))
    if dtype in FLOATS:
        return pd.Series([read_float(item) for item in values], dtype=dtype)
    if dtype in INTEGERS:
        bounds = np.iinfo(dtype)
        return pd.Series([whole(item, int(bounds.min), int(bounds.max)) for item in values], dtype=dtype)
    if dtype == "bool":
        return pd.Series([plain(item, bool) for item in values], dtype=dtype)
    if dtype in NULLABLE:
        read = read_float if "Float" in dtype else (lambda item: plain(item, bool if dtype == "boolean" else int))
        return pd.Series([pd.NA if item is None else read(item) for item in values], dtype=dtype)
    if TIMES.fullmatch(dtype):
        return pd.Series(np.array([whole(item, -(2**63), 2**63 - 1) for item in values], dtype="int64").astype(dtype))
    if dtype in TEXTS:
        return pd.Series([None if item is None else plain(item, str) for item in values], dtype=dtype)
    if dtype == "object":
        return pd.Series([read_scalar(item) for item in values], dtype=object)
    raise ValueRefused("a column of an unknown type")


def read_index(data: object) -> pd.Index:
    """Row or column labels with their names."""
    tag, names, values = fields(data, "t", "names", "v")
    names = [read_scalar(name) for name in items(names, MOST_DEPTH)]
    if tag == "range":
        start, stop, step = (whole(value, -(10**9), 10**9) for value in items(values, 3))
        labels = pd.RangeIndex(start, stop, step)
        limit(len(labels), MOST_ROWS, "rows")
        return labels.rename(names[0])
    levels = [pd.Index(read_column(level)) for level in items(values, MOST_DEPTH)]
    if len(levels) != len(names) or len({len(level) for level in levels}) != 1:
        raise ValueRefused("labels that do not fit each other")
    return levels[0].rename(names[0]) if len(levels) == 1 else pd.MultiIndex.from_arrays(levels, names=names)
