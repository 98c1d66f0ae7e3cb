"""The book's tables: load one, describe one, list them all.

    import frenemies as fr
    trade = fr.load("trade_annual")

A table is checked against its description before you get it. If something is wrong with it, you get a
``DataError`` that names the file, the line, the column and the way out, never a table that only looks right.
"""

from __future__ import annotations

import difflib
import json
import os
from collections.abc import Iterable
from html import escape
from pathlib import Path

import pandas as pd

from frenemies.tables.description import misfit
from frenemies.tables.rules import Problem, as_list, check_fingerprint, check_keys, read_table

DESCRIPTOR = "datapackage.json"
SHOWN_PROBLEMS = 5
# Where a table rests on more sources than this, the line under a figure becomes shorter; see sources_of.
NAMED_SOURCES = 4
DATA_SETS = {"official", "research"}

_packages: dict[tuple, dict] = {}
_read: dict[tuple, tuple[pd.DataFrame, list[Problem]]] = {}
_valid: set[tuple] = set()


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


def load(name: str) -> pd.DataFrame:
    """Return a table as a data frame with types ready for use.

    name: a table's name, as listed by ``fr.tables()``.
    Whole numbers are integers (``Int64`` where some are missing), dates are dates, a month (2015-11) is the first day of that
    month, categories that have an order are ordered categories, text is text. An empty cell is missing (NA), never zero.
    You get a copy of your own: change it as you like.
    Raises DataError if there is no such table, or if the file does not keep the rules in its description.
    """
    folder = data_dir()
    _resource(folder, name)
    return _validated(folder, name).copy()


def tables(family: str | None = None) -> pd.DataFrame:
    """List the tables: name, title, family, number of rows, first and last year where the table has a time.

    family: only the tables of one family, for instance "trade".
    Raises DataError if no table belongs to that family.
    """
    resources = _package(data_dir())["resources"]
    families = list(dict.fromkeys(resource["family"] for resource in resources))
    if family is not None and family not in families:
        raise DataError(f"There is no family of tables called {family!r}. The families are: {', '.join(families)}.")
    chosen = [resource for resource in resources if family in (None, resource["family"])]
    rows = [
        {
            "name": resource["name"],
            "title": resource["title"],
            "family": resource["family"],
            "rows": resource["rows"],
            "years": years_covered(resource),
        }
        for resource in chosen
    ]
    return pd.DataFrame(rows)


def describe(name: str) -> Description:
    """Say what a table holds: title, description, the fields with type, unit and meaning, sources, licence, caveats.

    The result shows itself in a notebook; its attribute ``fields`` is a data frame.
    Raises DataError if there is no such table.
    """
    return Description(_resource(data_dir(), name))


def sources_of(names: str | Iterable[str], only: Iterable[str] | None = None) -> list[str]:
    """Short labels of the sources of one or more tables, the most used first, for the line under a figure.

    A table with many sources is given by the organisations behind its data sets; pages of the press and of governments
    are then counted, not named. ``fr.describe`` lists them all. `only` keeps the sources with these ids.
    Raises DataError if there is no such table, or if `only` names a source that none of the tables has.
    """
    folder = data_dir()
    labels: list[str] = []
    wanted = set(only or ())
    missing = set(wanted)
    for name in as_list(names) if isinstance(names, str) else names:
        sources = _resource(folder, name)["sources"]
        if wanted:
            missing -= {source["name"] for source in sources}
            sources = [source for source in sources if source["name"] in wanted]
        titles = list(dict.fromkeys(source["title"] for source in sources))
        if len(titles) <= NAMED_SOURCES:
            labels += titles
            continue
        sets = [source for source in sources if source["kind"] in DATA_SETS]
        labels += [source["organisation"] for source in sets]
        if pages := len(sources) - len(sets):
            labels.append(f"{pages} reports and statements listed with the table {name}")
    if missing:
        raise DataError(f"No table of {names} has the source {sorted(missing)}: see fr.load('sources').", str(names))
    return list(dict.fromkeys(labels))


def years_covered(resource: dict) -> str:
    """First and last year of a table as text, for instance "1992-2025"; empty where the table has no time."""
    return "\N{EN DASH}".join(str(year) for year in dict.fromkeys(resource.get("years", [])))


class Description:
    """What a table holds; prints as text and shows as a table with a caption in notebooks."""

    def __init__(self, resource: dict):
        self.name: str = resource["name"]
        self.title: str = resource["title"]
        self.description: str = resource["description"]
        self.rows: int = resource["rows"]
        self.years: str = years_covered(resource)
        self.sources: list[str] = list(dict.fromkeys(_full_label(source) for source in resource["sources"]))
        self.licences: list[str] = [licence.get("title") or licence["name"] for licence in resource.get("licenses", [])]
        self.caveats: list[str] = list(resource.get("caveats", []))
        self.fields = pd.DataFrame(
            [
                {
                    "field": field["name"],
                    "type": field["type"],
                    "unit": field.get("unit", ""),
                    "meaning": field["description"],
                }
                for field in resource["schema"]["fields"]
            ]
        )

    def _facts(self) -> list[tuple[str, list[str]]]:
        size = f"{self.rows:,} rows" + (f", {self.years}" if self.years else "")
        facts = [("Size", [size]), ("Sources", self.sources), ("Licence", self.licences), ("Caveats", self.caveats)]
        return [(label, values) for label, values in facts if values]

    def __repr__(self) -> str:
        lines = [f"{self.name}: {self.title}", self.description, ""]
        for field in self.fields.itertuples():
            unit = f", {field.unit}" if field.unit else ""
            lines.append(f"  {field.field} ({field.type}{unit}): {field.meaning}")
        lines.append("")
        for label, values in self._facts():
            lines += [f"{label}: {values[0]}"] if len(values) == 1 else [f"{label}:", *(f"  - {value}" for value in values)]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        columns = list(self.fields.columns)
        head = "".join(f'<th scope="col">{name.capitalize()}</th>' for name in columns)
        body = ""
        for row in self.fields.itertuples(index=False):
            name, *cells = (escape(cell) for cell in row)
            body += f'<tr><th scope="row"><code>{name}</code></th>' + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>\n"
        facts = ""
        for label, values in self._facts():
            facts += f"<dt>{label}</dt>" + "".join(f"<dd>{escape(value)}</dd>" for value in values) + "\n"
        caption = f"<strong>{escape(self.title)}</strong> (<code>{escape(self.name)}</code>). {escape(self.description)}"
        return (
            '<div class="fr-describe">\n'
            f"<table>\n<caption>{caption}</caption>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}</tbody>\n</table>\n"
            f"<dl>\n{facts}</dl>\n</div>"
        )


def read_package(folder: Path, computed: bool = True) -> dict:
    """Read and check the outline of ``datapackage.json`` in a folder.

    computed: whether the parts that the build tools compute (sources, fingerprint, rows) must be there already.
    Raises DataError if the file is missing, is not JSON, or lacks what the package needs.
    """
    shown = f"data/{DESCRIPTOR}"
    remedy = _remedy(folder, DESCRIPTOR)
    try:
        text = (folder / DESCRIPTOR).read_text(encoding="utf-8")
    except FileNotFoundError:
        raise DataError(f"The file {shown} is missing: without it no table can be read.\n{remedy}") from None
    except UnicodeDecodeError as error:
        raise DataError(f"The file {shown} is damaged: it is not UTF-8 text (byte {error.start}).\n{remedy}") from None
    try:
        package = json.loads(text)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise DataError(f"The file {shown} is damaged: it is not JSON ({place}: {error.msg}).\n{remedy}") from None
    resources = package.get("resources") if isinstance(package, dict) else None
    if not isinstance(resources, list) or not resources:
        raise DataError(f"The file {shown} is damaged: it lists no tables (rule: a list called 'resources').\n{remedy}")
    for number, resource in enumerate(resources, 1):
        if problem := misfit(resource, computed):
            name = resource.get("name") if isinstance(resource, dict) else None
            name = name if isinstance(name, str) else f"number {number}"
            raise DataError(f"The file {shown} is damaged: the table {name} {problem}.\n{remedy}", name)
    return package


def _full_label(source: dict) -> str:
    return f"{source['title']} ({source['version']})" if source.get("version") else source["title"]


def _remedy(folder: Path, file: str) -> str:
    if folder.name == "_data":
        return "What to do: install the package frenemies again; its copy of the data is damaged."
    return (
        f"What to do: restore the file with    git checkout -- data/{file}\n"
        "or, if the change is meant, record it with    python3 tasks.py data"
    )


def _stamp(path: Path) -> tuple:
    """What identifies one state of a file: a table edited while Python runs is read and checked again."""
    found = path.stat()
    return str(path), found.st_mtime_ns, found.st_size


def _package(folder: Path) -> dict:
    path = folder / DESCRIPTOR
    key = _stamp(path) if path.is_file() else None
    if key not in _packages:
        package = read_package(folder)
        _packages[key] = package | {"by_name": {resource["name"]: resource for resource in package["resources"]}}
    return _packages[key]


def _resource(folder: Path, name: str) -> dict:
    """The description of one table; an unknown name gets the nearest names as a suggestion."""
    known = _package(folder)["by_name"]
    if name in known:
        return known[name]
    near = difflib.get_close_matches(str(name), known, n=3) or [table for table in known if str(name) and str(name) in table][:3]
    hint = f" Did you mean {' or '.join(repr(match) for match in near)}?" if near else ""
    raise DataError(f"There is no table called {name!r}.{hint} fr.tables() lists all {len(known)} tables.", str(name))


def _failure(folder: Path, resource: dict, problems: list[Problem]) -> DataError:
    name, file = resource["name"], resource["path"]
    count = "a problem" if len(problems) == 1 else f"{len(problems)} problems"
    lines = [f"The table {name!r} cannot be used: {count} in data/{file}."]
    lines += [f"  - {problem}" for problem in problems[:SHOWN_PROBLEMS]]
    if len(problems) > SHOWN_PROBLEMS:
        lines.append(f"  ... and {len(problems) - SHOWN_PROBLEMS} more")
    lines.append(_remedy(folder, file))
    return DataError("\n".join(lines), name, problems)


def _key(folder: Path, resource: dict) -> tuple:
    path = folder / resource["path"]
    if not path.is_file():
        raise _failure(folder, resource, [Problem("the file is missing")])
    return _stamp(path) + _stamp(folder / DESCRIPTOR)


def _parsed(folder: Path, name: str) -> tuple[pd.DataFrame, list[Problem]]:
    """The table as one shared frame that keeps all rules of its own, and what its fingerprint says.

    The fingerprint comes last in the order of messages: a broken rule tells a reader more than "the file has changed".
    """
    resource = _resource(folder, name)
    key = _key(folder, resource)
    if key not in _read:
        data = (folder / resource["path"]).read_bytes()
        frame, problems = read_table(data, resource)
        if problems:
            raise _failure(folder, resource, problems)
        _read[key] = frame, check_fingerprint(data, len(frame), resource)
    return _read[key]


def _validated(folder: Path, name: str) -> pd.DataFrame:
    """The shared frame of a table after all checks, those against other tables included; the result is remembered."""
    resource = _resource(folder, name)
    others = {key["reference"]["resource"] or name for key in resource["schema"].get("foreignKeys", [])}
    parsed = {other: _parsed(folder, other) for other in sorted(others | {name})}
    frame = parsed[name][0]
    key = (name, *(_key(folder, _resource(folder, other)) for other in parsed))
    if key not in _valid:
        if problems := check_keys(frame, resource, lambda other: parsed[other][0]):
            raise _failure(folder, resource, problems)
        for other, (_, problems) in parsed.items():
            if problems:
                raise _failure(folder, _resource(folder, other), problems)
        _valid.add(key)
    return frame
