"""The rules a table must keep, and the reader that enforces them.

A table is a CSV file plus its description in ``datapackage.json`` (a Frictionless tabular resource).
``read_table`` turns the bytes of the file into a typed data frame and a list of ``Problem``: broken rules, in plain words.
Only pandas and the standard library are needed, so that the same code runs in a browser.
"""

from __future__ import annotations

import csv
import datetime
import difflib
import hashlib
import io
import math
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

TEXT = pd.Series(["text"]).dtype  # "str" from pandas 3 on, "object" before
INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,17})")  # what 64 bits hold
NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
WRITTEN_MISSING = {"nan", "NaN", "NAN", "null", "NULL", "N/A", "n/a", "#N/A"}
MERGE_MARK = re.compile(r"^(<{7} |={7}$|>{7} )", re.MULTILINE)


@dataclass(frozen=True)
class Problem:
    """One broken rule: what is wrong, and where (line of the file, column) if it has a place."""

    rule: str
    line: int | None = None
    column: str | None = None

    def __str__(self) -> str:
        line = None if self.line is None else f"line {self.line}"
        column = None if self.column is None else f"column {self.column}"
        place = ", ".join(part for part in (line, column) if part)
        return f"{place}: {self.rule}" if place else self.rule


def as_list(value: str | list[str]) -> list[str]:
    """Frictionless lets one field name stand for a list of one."""
    return [value] if isinstance(value, str) else list(value)


def sha256(data: bytes) -> str:
    """The fingerprint of a file as the descriptor keeps it."""
    return "sha256:" + hashlib.sha256(data).hexdigest()


def read_table(data: bytes, resource: dict) -> tuple[pd.DataFrame, list[Problem]]:
    """Parse and check one table.

    data: the bytes of the CSV file. resource: its descriptor.
    Returns the typed frame and the problems found. The frame is empty where the file cannot be parsed at all.
    Foreign keys and the fingerprint are checked elsewhere (``check_keys``, ``check_fingerprint``): they need more than the file.
    """
    fields = resource["schema"]["fields"]
    text, problems = decode(data)
    if problems:
        return pd.DataFrame(), problems
    rows, lines, problems = _split(text, [field["name"] for field in fields])
    if problems:
        return pd.DataFrame(), problems
    missing = set(resource["schema"].get("missingValues", [""]))
    columns = {}
    for field, cells in zip(fields, zip(*rows)):
        columns[field["name"]], found = _column(field, cells, lines, missing)
        problems += found
    if problems:
        return pd.DataFrame(), problems
    frame = pd.DataFrame(columns)
    return frame, _check_primary_key(frame, resource, lines)


def read_trusted(data: bytes, resource: dict) -> pd.DataFrame | None:
    """Read a table whose bytes are those that were checked when it was described: no rule is applied again.

    data, resource: as for `read_table`. Returns the same frame, or None where the file does not fit its description after
    all (somebody wrote a fingerprint by hand); `read_table` then says why.
    """
    schema = resource["schema"]
    fields, missing = schema["fields"], set(schema.get("missingValues", [""]))
    names = [field["name"] for field in fields]
    keys = [schema["primaryKey"], *(key["fields"] for key in schema.get("foreignKeys", []))]
    try:
        header, *rows = csv.reader(io.StringIO(data.decode("utf-8")))
    except (ValueError, csv.Error):
        return None
    whole = len(rows) == resource["rows"] and all(len(row) == len(names) for row in rows)
    if header != names or not whole or not {name for key in keys for name in as_list(key)} <= set(names):
        return None
    columns = {}
    for field, cells in zip(fields, zip(*rows)):
        convert = CONVERTERS[field["type"]]
        values = {cell: None if cell in missing else convert(cell) for cell in dict.fromkeys(cells)}
        if any(value is None for cell, value in values.items() if cell not in missing):
            return None
        columns[field["name"]] = _series(field, [values[cell] for cell in cells])
    return pd.DataFrame(columns)


def check_fingerprint(data: bytes, rows: int, resource: dict) -> list[Problem]:
    """Compare the file with the row count, size and sha256 that the descriptor keeps."""
    if rows != resource["rows"]:
        return [Problem(f"the table has {rows:,} rows; its description says {resource['rows']:,}")]
    if sha256(data) != resource["hash"]:
        size = f"{len(data):,} bytes; described: {resource['bytes']:,} bytes"
        return [Problem(f"the file is not the one described: its sha256 fingerprint differs ({size})")]
    return []


def check_keys(frame: pd.DataFrame, resource: dict, lookup: Callable[[str], pd.DataFrame]) -> list[Problem]:
    """Check that every code used exists in the table it refers to.

    lookup: gives the data frame of a table by name.
    """
    problems = []
    for key in resource["schema"].get("foreignKeys", []):
        own, reference = as_list(key["fields"]), key["reference"]
        other = frame if reference["resource"] == "" else lookup(reference["resource"])
        if unknown := [name for name in as_list(reference["fields"]) if name not in other]:
            problems.append(
                Problem(
                    f"it refers to {unknown[0]!r}, which is no column of data/{reference['resource']}.csv",
                    None,
                    "+".join(own),
                )
            )
            continue
        known = set(_tuples(other, as_list(reference["fields"])))
        lost = [
            (row, value)
            for row, value in enumerate(_tuples(frame, own))
            if not any(map(_is_missing, value)) and value not in known
        ]
        if lost:
            row, value = lost[0]
            written = ", ".join(map(str, value))
            rule = f"{written!r} is not in data/{reference['resource'] or resource['name']}.csv"
            near = difflib.get_close_matches(written, [str(code[0]) for code in known], n=1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            problems.append(Problem(rule + hint + _others(len(lost)), _line_of(frame, row), "+".join(own)))
    return problems


def decode(data: bytes) -> tuple[str, list[Problem]]:
    """Bytes to text, and the first problem: whatever shows that this is not a UTF-8 CSV file with Unix line ends."""

    def at(position: int) -> int:
        return data.count(b"\n", 0, position) + 1

    if not data.strip():
        return "", [Problem("the file is empty")]
    if data.startswith(b"\xef\xbb\xbf"):
        return "", [Problem("the file starts with a byte order mark (BOM); save it as UTF-8 without BOM", 1)]
    if b"\0" in data:
        return "", [Problem("there is a NUL byte: this is not a plain text file in UTF-8", at(data.index(b"\0")))]
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        return "", [Problem(f"byte 0x{data[error.start]:02x} is not UTF-8; save the file as UTF-8", at(error.start))]
    if text.startswith("version https://git-lfs"):
        return "", [Problem("this is a Git LFS pointer, not the table itself", 1)]
    if text.lstrip()[:1] == "<" and not text.startswith("<<<<<<<"):
        return "", [Problem("this is a web page (HTML or XML), not a CSV file: a download probably failed", 1)]
    if mark := MERGE_MARK.search(text):
        line = text.count("\n", 0, mark.start()) + 1
        return "", [
            Problem(
                f"there is a merge conflict mark ({mark.group().strip()}): two versions of the file are mixed", line
            )
        ]
    if "\r" in text:
        line = text.count("\n", 0, text.index("\r")) + 1
        return "", [
            Problem(
                "the line ends in a carriage return (Windows line ends); save the file with Unix line ends (LF)", line
            )
        ]
    if not text.endswith("\n"):
        line = text.count("\n") + 1
        return "", [Problem(f"the last line is cut off (no line end): {text.rsplit(chr(10), 1)[-1][-60:]!r}", line)]
    return text, []


def _split(text: str, names: list[str]) -> tuple[list[list[str]], list[int], list[Problem]]:
    """Text to rows of cells, with the line at which each row starts; checks the header and the number of cells."""
    reader = csv.reader(io.StringIO(text), strict=True)
    rows: list[list[str]] = []
    lines: list[int] = []
    problems: list[Problem] = []
    start = 1
    try:
        if problem := _check_header(next(reader), names):
            return [], [], [problem]
        start = 2
        for row in reader:
            if len(row) != len(names):
                rule = (
                    "the line is blank"
                    if not row
                    else f"{len(row)} cells where {len(names)} are expected: {','.join(row)[:60]!r}"
                )
                problems.append(Problem(rule, start))
            rows.append(row)
            lines.append(start)
            start = reader.line_num + 1
    except csv.Error as error:
        rule = f"a quotation mark is opened and not closed, or stands in the middle of a cell ({error})"
        problems.append(Problem(rule, start))
    if not rows and not problems:
        problems.append(Problem("the table has a header and no rows"))
    return rows, lines, problems


def _check_header(header: list[str], names: list[str]) -> Problem | None:
    """Say in the most helpful words how the header differs from the description, if it does."""
    if header == names:
        return None
    if len(header) == 1:
        for sign, word in ((";", "semicolons"), ("\t", "tabs"), ("|", "vertical bars")):
            if header[0].split(sign) == names:
                return Problem(f"the cells are separated by {word}; use commas", 1)
    lacking = [name for name in names if name not in header]
    extra = [name for name in header if name not in names]
    for wrong in extra:
        for right in lacking:
            if wrong.strip().lower() == right.lower():
                return Problem(f"the header says {wrong!r}; it must be {right!r} (small letters, no spaces)", 1, right)
    if lacking:
        return Problem(f"the column is missing; the header has: {', '.join(header)[:200]}", 1, ", ".join(lacking))
    if extra:
        return Problem("the column is not described in datapackage.json", 1, ", ".join(map(repr, extra)))
    if len(header) != len(names):
        doubled = next(name for name in header if header.count(name) > 1)
        return Problem("the column occurs twice in the header", 1, doubled)
    moved = next(found for found, name in zip(header, names) if found != name)
    return Problem(f"the columns are in another order than described ({', '.join(names)})", 1, moved)


def _column(
    field: dict, cells: tuple[str, ...], lines: list[int], missing: set[str]
) -> tuple[pd.Series | None, list[Problem]]:
    """Convert and check one column. Each distinct cell is looked at once, which keeps large tables quick."""
    constraints = field.get("constraints", {})
    convert = CONVERTERS[field["type"]]
    enum = constraints.get("enum")
    allowed = None if enum is None else set(enum)
    pattern = re.compile(constraints["pattern"]) if "pattern" in constraints else None
    shortest, longest = constraints.get("minLength", 0), constraints.get("maxLength", float("inf"))
    low, high = (_bound(field["type"], constraints.get(side)) for side in ("minimum", "maximum"))

    def judge(cell: str) -> tuple[object, str | None]:
        """The value of a cell, or the rule that it breaks."""
        if cell in missing:
            return None, "the cell is empty, and this column needs a value" if constraints.get("required") else None
        if cell != cell.strip():
            return None, f"{cell!r} has spaces around it"
        if cell in WRITTEN_MISSING and (allowed is None or cell not in allowed):
            return None, f"{cell!r} is not a value; leave the cell empty where nothing is known"
        value = convert(cell)
        if value is None:
            return None, f"{cell!r} is not {TYPE_NAMES[field['type']]}{_number_hint(cell, field['type'])}"
        if allowed is not None and value not in allowed:
            near = difflib.get_close_matches(cell, map(str, enum), n=1)
            return None, f"{cell!r} is not one of {_short_list(enum)}" + (
                f"; did you mean {near[0]!r}?" if near else ""
            )
        if pattern is not None and not pattern.fullmatch(cell):
            return None, f"{cell!r} does not have the form {constraints['pattern']}"
        if not shortest <= len(cell) <= longest:
            return None, f"the text has {len(cell)} characters; {shortest} to {longest} are allowed: {cell[:40]!r}"
        if low is not None and value < low:
            return None, f"{cell} is below {constraints['minimum']}, the least that is plausible here"
        if high is not None and value > high:
            return None, f"{cell} is above {constraints['maximum']}, the most that is plausible here"
        return value, None

    judged = {cell: judge(cell) for cell in dict.fromkeys(cells)}
    broken = {cell for cell, (_, rule) in judged.items() if rule}
    if broken:
        places = [row for row, cell in enumerate(cells) if cell in broken]
        first = places[0]
        rule = judged[cells[first]][1] + _others(len(places))
        return None, [Problem(rule, lines[first], field["name"])]
    values = [judged[cell][0] for cell in cells]
    if constraints.get("unique"):
        known = [value for value in values if value is not None]
        if len(set(known)) < len(known):
            twice = next(row for row, value in enumerate(values) if value is not None and value in values[:row])
            return None, [
                Problem(
                    f"{cells[twice]!r} stands in an earlier line too; each value may occur once",
                    lines[twice],
                    field["name"],
                )
            ]
    return _series(field, values), []


def _series(field: dict, values: list) -> pd.Series:
    """Python values to the pandas type that is ready for use."""
    kind, complete = field["type"], None not in values
    if kind in ("integer", "year"):
        return pd.Series(values, dtype="int64" if complete else "Int64")
    if kind == "number":
        return pd.Series(values, dtype="float64")
    if kind == "boolean":
        return pd.Series(values, dtype="bool" if complete else "boolean")
    if kind in ("date", "yearmonth"):
        # Microseconds, as pandas 3 does: nanoseconds begin in 1677, and some wars here are older.
        return pd.Series(np.array(values, dtype="datetime64[D]").astype("datetime64[us]"))
    if field.get("ordered"):
        return pd.Series(pd.Categorical(values, categories=field["constraints"]["enum"], ordered=True))
    return pd.Series(values, dtype=TEXT)


def _check_primary_key(frame: pd.DataFrame, resource: dict, lines: list[int]) -> list[Problem]:
    """Each key occurs once, and the rows are sorted by it (so that two editions of a table can be compared line by line)."""
    key = as_list(resource["schema"]["primaryKey"])
    for name in key:
        if (empty := frame[name].isna()).any():
            row = int(empty.to_numpy().argmax())
            return [Problem("the cell is empty, and this column is part of the key", lines[row], name)]
    types = {field["name"]: field["type"] for field in resource["schema"]["fields"]}
    values = list(zip(*(frame[name].astype(str) if types[name] == "string" else frame[name] for name in key)))
    first_line: dict[tuple, int] = {}
    for line, value in zip(lines, values):
        if value in first_line:
            rule = f"the key {_written(value)} stands in line {first_line[value]} already; it must be unique"
            return [Problem(rule, line, "+".join(key))]
        first_line[value] = line
    for line, before, value in zip(lines[1:], values, values[1:]):
        if value < before:
            rule = f"the rows are not sorted: {_written(value)} comes after {_written(before)}"
            return [Problem(rule, line, "+".join(key))]
    return []


def _tuples(frame: pd.DataFrame, names: list[str]) -> list[tuple]:
    return list(zip(*(frame[name] for name in names)))


def _is_missing(value: object) -> bool:
    return value is None or value is pd.NA or value != value


def _line_of(frame: pd.DataFrame, row: int) -> int:
    """The line at which a row starts: one for the header, one a row, one more for each line break inside earlier cells."""
    earlier = frame.iloc[:row].select_dtypes(include=[TEXT, "object"])
    breaks = sum(int(earlier[name].str.count("\n").sum()) for name in earlier)
    return row + 2 + breaks


def _written(value: tuple) -> str:
    return " + ".join(str(part.date()) if isinstance(part, datetime.datetime) else str(part) for part in value)


def _others(count: int) -> str:
    return "" if count == 1 else f" (and {count - 1:,} more in this column)"


def _short_list(values: Iterable, limit: int = 8) -> str:
    shown = [str(value) for value in values]
    return ", ".join(shown[:limit]) + (f" ... ({len(shown)} values)" if len(shown) > limit else "")


def _number_hint(cell: str, kind: str) -> str:
    if kind not in ("integer", "number", "year"):
        return ""
    if re.fullmatch(r"-?\d{1,3}([,\u00a0\u202f ']\d{3})+(\.\d+)?", cell):
        return "; write it without a separator for thousands"
    if re.fullmatch(r"-?\d+,\d+", cell):
        return "; write decimals with a point: " + cell.replace(",", ".")
    return ""


def _whole(cell: str) -> int | None:
    return int(cell) if INTEGER.fullmatch(cell) else None


def _real(cell: str) -> float | None:
    value = float(cell) if NUMBER.fullmatch(cell) else math.inf
    return value if math.isfinite(value) else None


def _truth(cell: str) -> bool | None:
    return {"true": True, "false": False}.get(cell)


def _date(cell: str) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat(cell) if DATE.fullmatch(cell) else None
    except ValueError:
        return None


def _month(cell: str) -> datetime.date | None:
    return _date(cell + "-01")


def _text(cell: str) -> str:
    return cell


CONVERTERS: dict[str, Callable[[str], object]] = {
    "integer": _whole,
    "year": _whole,
    "number": _real,
    "boolean": _truth,
    "date": _date,
    "yearmonth": _month,
    "string": _text,
}
TYPE_NAMES = {
    "integer": "a whole number",
    "year": "a year",
    "number": "a number",
    "boolean": "true or false",
    "date": "a date like 2015-11-24",
    "yearmonth": "a month like 2015-11",
    "string": "text",
}


def _bound(kind: str, bound: object) -> object:
    """A minimum or maximum of the descriptor as a value that cells can be compared with."""
    return CONVERTERS[kind](bound) if isinstance(bound, str) else bound
