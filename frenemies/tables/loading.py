"""Load a table of the book, checked.

    import frenemies as fr
    trade = fr.load("trade_annual")

A table whose fingerprint is the one in its description was checked when the description was written, so it is only read.
Any other is put to all rules, and you get a ``DataError`` that names the file, the line, the column and the way out, never
a table that only looks right.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from frenemies.tables.description import misfit
from frenemies.tables.package import DESCRIPTOR, DataError, damaged, data_dir, description_of, explained, remedy, stamp
from frenemies.tables.rules import Problem, check_fingerprint, check_keys, read_table, read_trusted, sha256

SHOWN_PROBLEMS = 5
MISSING = "the file is missing"

_known: dict[tuple, pd.DataFrame] = {}


def load(name: str) -> pd.DataFrame:
    """Return a table as a data frame with types ready for use.

    name: a table's name, as listed by ``fr.tables()``.
    Whole numbers are integers (``Int64`` where some are missing), dates are dates, a month (2015-11) is the first day of that
    month, categories that have an order are ordered categories, text is text. An empty cell is missing (NA), never zero.
    You get a copy of your own: change it as you like.
    Raises DataError if there is no such table, or if the file does not keep the rules in its description.
    """
    folder = data_dir()
    resource = description_of(folder, name)
    with explained(folder, resource):
        return _loaded(folder, resource).copy()


def verify(name: str) -> pd.DataFrame:
    """Put a table and its keys to all rules, whatever its fingerprint says, and return it.

    Raises DataError as `load` does.
    """
    folder = data_dir()
    resource = description_of(folder, name)
    if problem := misfit(resource, computed=True):
        raise damaged(folder, f"the table {name} {problem}", name)
    parsed = {other: _parsed(folder, description_of(folder, other)) for other in _linked(resource)}
    if problems := check_keys(parsed[name][0], resource, lambda other: parsed[other][0]):
        raise _failure(folder, resource, problems)
    # The fingerprint comes last in the order of messages: a broken rule tells a reader more than "the file has changed".
    for other, (_, problems) in parsed.items():
        if problems:
            raise _failure(folder, description_of(folder, other), problems)
    return parsed[name][0]


def _loaded(folder: Path, resource: dict) -> pd.DataFrame:
    """The shared frame of a table, remembered as long as its file and those it refers to do not change."""
    linked = [description_of(folder, other) for other in _linked(resource)]
    key = (resource["name"], stamp(folder / DESCRIPTOR), *(_stamped(folder, other) for other in linked))
    if key not in _known:
        trusted = None
        if all(sha256(_bytes(folder, other)) == other["hash"] for other in linked):
            trusted = read_trusted(_bytes(folder, resource), resource)
        _known[key] = verify(resource["name"]) if trusted is None else trusted
    return _known[key]


def _linked(resource: dict) -> list[str]:
    """The names of a table and of those that its codes refer to."""
    keys = resource["schema"].get("foreignKeys", [])
    return sorted({key["reference"]["resource"] or resource["name"] for key in keys} | {resource["name"]})


def _bytes(folder: Path, resource: dict) -> bytes:
    try:
        return (folder / resource["path"]).read_bytes()
    except OSError as error:
        unread = f"it cannot be read ({error.strerror}); if another program holds it, close the file there"
        raise _failure(folder, resource, [Problem(unread)]) from None


def _stamped(folder: Path, resource: dict) -> tuple:
    path = folder / resource["path"]
    try:
        if path.is_file():
            return stamp(path)
    except OSError:  # no system knows a file of such a name
        pass
    raise _failure(folder, resource, [Problem(MISSING)])


def _parsed(folder: Path, resource: dict) -> tuple[pd.DataFrame, list[Problem]]:
    """The table as a frame that keeps all rules of its own, and what its fingerprint says."""
    _stamped(folder, resource)
    data = _bytes(folder, resource)
    frame, problems = read_table(data, resource)
    if problems:
        raise _failure(folder, resource, problems)
    return frame, check_fingerprint(data, len(frame), resource)


def _failure(folder: Path, resource: dict, problems: list[Problem]) -> DataError:
    name, file = resource["name"], resource["path"]
    count = "a problem" if len(problems) == 1 else f"{len(problems)} problems"
    lines = [f"The table {name!r} cannot be used: {count} in data/{file}."]
    lines += [f"  - {problem}" for problem in problems[:SHOWN_PROBLEMS]]
    if len(problems) > SHOWN_PROBLEMS:
        lines.append(f"  ... and {len(problems) - SHOWN_PROBLEMS} more")
    lines.append(remedy(folder, file, lost=problems[0].rule == MISSING))
    return DataError("\n".join(lines), name, problems)
