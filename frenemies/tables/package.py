"""The data package: the folder of the tables and ``datapackage.json``, which describes them."""

from __future__ import annotations

import difflib
import json
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

from frenemies.tables.description import misfit
from frenemies.tables.rules import Problem, sha256

DESCRIPTOR = "datapackage.json"

_packages: dict[tuple | None, dict] = {}
_sound: set[tuple] = set()  # states of packages whose descriptions were checked


class DataError(ValueError):
    """A table is unknown, missing or damaged. The message says where, which rule is broken, and what to do.

    table: name of the table, or None if the whole package is concerned. problems: all broken rules found.
    """

    def __init__(self, message: str, table: str | None = None, problems: Iterable[Problem] = ()):
        super().__init__(message)
        self.table = table
        self.problems = list(problems)


def data_dir() -> Path:
    """The folder that holds the tables.

    The environment variable FRENEMIES_DATA comes first, then the copy inside an installed package,
    then the folder ``data`` of the book's repository.
    """
    if chosen := os.environ.get("FRENEMIES_DATA"):
        return Path(chosen)
    package = Path(__file__).resolve().parents[1]
    installed = package / "_data"
    return installed if installed.is_dir() else package.parent / "data"


def read_package(folder: Path) -> dict:
    """Read the outline of ``datapackage.json`` in a folder: a list of descriptions, each with a name.

    Raises DataError if the file is missing, is not JSON, or is no such list.
    """
    shown = f"data/{DESCRIPTOR}"
    try:
        text = (folder / DESCRIPTOR).read_text(encoding="utf-8")
    except FileNotFoundError:
        raise DataError(
            f"The file {shown} is missing: without it no table can be read.\n{remedy(folder, DESCRIPTOR, lost=True)}"
        ) from None
    except OSError as error:
        raise damaged(folder, f"it cannot be read ({error.strerror})") from None
    except UnicodeDecodeError as error:
        raise damaged(folder, f"it is not UTF-8 text (byte {error.start})") from None
    try:
        package = json.loads(text)
    except json.JSONDecodeError as error:
        raise damaged(folder, f"it is not JSON (line {error.lineno}, column {error.colno}: {error.msg})") from None
    except ValueError as error:
        raise damaged(folder, f"it holds a number that cannot be read ({str(error).partition(':')[0]})") from None
    except RecursionError:
        raise damaged(folder, "its parts are nested too deeply") from None
    resources = package.get("resources") if isinstance(package, dict) else None
    if not isinstance(resources, list) or not resources:
        raise damaged(folder, "it lists no tables (rule: a list called 'resources')")
    for number, resource in enumerate(resources, 1):
        if not isinstance(resource, dict) or not isinstance(resource.get("name"), str):
            lack = "has no named parts" if not isinstance(resource, dict) else "lacks name"
            raise damaged(folder, f"the table number {number} {lack}")
    names = [resource["name"] for resource in resources]
    for number, name in enumerate(names, 1):
        if not name or names.index(name) + 1 < number:
            raise damaged(folder, f"the table number {number} has the name {name!r}, which is empty or taken already")
    return package


def checked_package(folder: Path, computed: bool = True) -> dict:
    """``datapackage.json`` after a check of every description against ``table.schema.json``: for those who write it.

    computed: whether the parts that the build tools compute (sources, fingerprint, rows) must be there already.
    Raises DataError for the first description that does not fit.
    """
    package = read_package(folder)
    state = (computed, sha256((folder / DESCRIPTOR).read_bytes()))
    if state not in _sound:
        for resource in package["resources"]:
            if problem := misfit(resource, computed):
                raise damaged(folder, f"the table {resource['name']} {problem}", resource["name"])
        _sound.add(state)
    return package


def described(folder: Path) -> dict[str, dict]:
    """The descriptions of the tables by name, in the package's order; read again when the file has changed."""
    path = folder / DESCRIPTOR
    key = stamp(path) if path.is_file() else None
    if key not in _packages:
        _packages[key] = {resource["name"]: resource for resource in read_package(folder)["resources"]}
    return _packages[key]


def description_of(folder: Path, name: str) -> dict:
    """The description of one table; an unknown name gets the nearest names as a suggestion. Raises DataError."""
    known = described(folder)
    if isinstance(name, str) and name in known:
        return known[name]
    near = (
        difflib.get_close_matches(str(name), known, n=3)
        or [table for table in known if str(name) and str(name) in table][:3]
    )
    hint = f" Did you mean {' or '.join(repr(match) for match in near)}?" if near else ""
    raise DataError(f"There is no table called {name!r}.{hint} fr.tables() lists all {len(known)} tables.", str(name))


@contextmanager
def explained(folder: Path, resource: dict) -> Iterator[None]:
    """Turn what goes wrong because a description is damaged into a DataError that says how it is damaged."""
    try:
        yield
    except DataError:
        raise
    except Exception:
        if problem := misfit(resource, computed=True):
            raise damaged(folder, f"the table {resource['name']} {problem}", resource["name"]) from None
        raise


def damaged(folder: Path, what: str, table: str | None = None) -> DataError:
    """The error for a damaged ``datapackage.json``: what is wrong with it, and the remedy."""
    return DataError(f"The file data/{DESCRIPTOR} is damaged: {what}.\n{remedy(folder, DESCRIPTOR)}", table)


def remedy(folder: Path, file: str, lost: bool = False) -> str:
    """What a reader does about a damaged or lost file: restore it, or record a change that was meant.

    The command works in every folder of the repository.
    """
    if folder.name == "_data":
        if sys.platform == "emscripten":
            return "What to do: reload the page; its copy of the data is damaged."
        wheel = f"frenemies-{version('frenemies')}-py3-none-any.whl"
        return (
            "The copy of the data that came with the package is damaged.\nWhat to do: install the package anew, in the folder "
            f"of its file, with    pip install --force-reinstall --no-deps {wheel}"
        )
    if os.environ.get("FRENEMIES_DATA"):
        restore = "What to do: put a sound copy of the file into the folder that FRENEMIES_DATA names"
    else:
        restore = f"What to do: restore the file with    git checkout -- :/data/{file}"
    return restore if lost else f"{restore}\nor, if the change is meant, record it with    python3 tasks.py data"


def stamp(path: Path) -> tuple:
    """What identifies one state of a file: a table edited while Python runs is read and checked again."""
    found = path.stat()
    return str(path), found.st_mtime_ns, found.st_size
