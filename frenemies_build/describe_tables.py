"""Bring ``data/datapackage.json`` up to date with the tables: the command behind ``python3 tasks.py data``.

What people write stays as it is: titles, descriptions, fields, rules, caveats. What can be computed is computed: size,
fingerprint, row count, years covered, and the list of sources of each table. Then every table is checked, first with the
rules that ``frenemies.load`` uses, then with the ``frictionless`` library. The tables themselves are never changed.

    python -m frenemies_build.describe_tables           refresh and check
    python -m frenemies_build.describe_tables --check   change nothing; fail if anything is out of date
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import re
import sys
from pathlib import Path

import pandas as pd

from frenemies.tables.description import known_constraints, reuse_verdicts
from frenemies.tables.package import DESCRIPTOR, DataError, checked_package, data_dir
from frenemies.tables.rules import CONVERTERS, as_list, check_keys, decode, read_table, sha256

COMPUTED = ("bytes", "hash", "rows", "years", "sources")
LINE_WIDTH = 140
# A column of text with few different values, each used several times, is probably a list of allowed values.
ENUM_LIMIT = 12


def main(arguments: list[str] | None = None) -> int:
    """Run the command; returns 0 if the package is sound (and, with --check, up to date), else 1."""
    parser = argparse.ArgumentParser(
        prog="frenemies_build.describe_tables", description="Refresh and check the description of the tables."
    )
    parser.add_argument("--check", action="store_true", help="change nothing, fail if the description is out of date")
    chosen = parser.parse_args(arguments)
    folder = data_dir()
    print(f"Reading data/{DESCRIPTOR}")
    try:
        package = checked_package(folder, computed=False)
    except DataError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    changes, errors = refresh(folder, package)
    for resource in package["resources"]:
        news = changes.get(resource["name"])
        print(
            f"  {resource['name']}: {resource.get('rows', '?')} rows, {', '.join(news) + ' changed' if news else 'as described'}"
        )
    errors += undescribed(folder, package)
    if errors:
        return _report(errors)
    text = to_text(package)
    path = folder / DESCRIPTOR
    stale = text != path.read_text(encoding="utf-8")
    if stale and chosen.check:
        return _report([f"data/{DESCRIPTOR} is out of date: run  python3 tasks.py data"])
    if stale:
        path.write_text(text, encoding="utf-8", newline="\n")
        print(f"Wrote data/{DESCRIPTOR}")
    print("Validating the package with frictionless")
    if errors := validate(path):
        return _report(errors)
    print(f"All {len(package['resources'])} tables are valid.")
    return 0


def refresh(folder: Path, package: dict) -> tuple[dict[str, list[str]], list[str]]:
    """Recompute the computed parts of every resource of ``package``, in place.

    Returns, by table, the names of the parts that changed; and the list of errors found, each naming its table.
    """
    changes: dict[str, list[str]] = {}
    errors: list[str] = []
    frames: dict[str, pd.DataFrame] = {}
    resources = package["resources"]
    for resource in resources:
        name, path = resource["name"], folder / resource["path"]
        errors += [f"{name}: {problem}" for problem in check_description(resource)]
        if not path.is_file():
            errors.append(f"{name}: the file data/{resource['path']} is missing")
            continue
        data = path.read_bytes()
        frames[name], problems = read_table(data, resource)
        errors += [f"data/{resource['path']}: {problem}" for problem in problems]
        if problems:
            del frames[name]
            continue
        news = {
            "bytes": len(data),
            "hash": sha256(data),
            "rows": len(frames[name]),
            "years": _years(frames[name], resource),
        }
        changes[name] = _update(resource, news)
    if "sources" not in frames:
        return changes, errors + ["sources: without this table the sources of the others cannot be named"]
    register = frames["sources"].set_index("source_id")
    for resource in resources:
        name = resource["name"]
        if name not in frames:
            continue
        if gone := sorted(_references(resource) - set(frames)):
            errors.append(f"{name}: it refers to {', '.join(gone)}, which is missing or damaged")
            continue
        errors += [
            f"data/{resource['path']}: {problem}" for problem in check_keys(frames[name], resource, frames.__getitem__)
        ]
        if _source_columns(resource):
            changes[name] += _update(resource, {"sources": _sources(frames[name], resource, register)})
    by_name = {resource["name"]: resource for resource in resources}
    for name in frames:
        if not _source_columns(by_name[name]):
            # A table that only links other tables rests on their sources.
            linked = [
                source
                for other in sorted(_references(by_name[name]))
                for source in by_name.get(other, {}).get("sources", [])
            ]
            unique = list({source["name"]: source for source in linked}.values())
            changes[name] += _update(by_name[name], {"sources": unique})
    return changes, errors


def check_description(resource: dict) -> list[str]:
    """What people still have to write about a table: every field needs a meaning, every quantity a unit, every row a source."""
    problems = [f"the {part} is empty" for part in ("title", "description") if not resource[part].strip()]
    fields = resource["schema"]["fields"]
    mixed = any(field["name"] == "unit" and field["type"] == "string" for field in fields)
    for field in fields:
        if not field["description"].strip():
            problems.append(f"the field {field['name']} has no description")
        # A number that names something has no unit; where units mix, a column says which unit each row has.
        quantity = field["type"] in ("integer", "number") and not field["name"].endswith("_id")
        if quantity and not field.get("unit") and not (mixed and field["name"] == "value"):
            problems.append(f"the field {field['name']} is a number and has no unit")
        for constraint in sorted(set(field.get("constraints", {})) - known_constraints()):
            problems.append(
                f"the field {field['name']} has the constraint {constraint!r}; known ones: {', '.join(sorted(known_constraints()))}"
            )
    if resource["family"] != "reference" and not _references(resource) - {"countries"}:
        problems.append("no row can be traced: there is no source_id that refers to the table sources")
    if not resource.get("licenses"):
        problems.append("no licence is given")
    for licence in resource.get("licenses", []):
        if "reuse" not in licence:
            problems.append(
                f"the licence {licence['name']!r} has no verdict on reuse; known ones: {', '.join(reuse_verdicts())}"
            )
    if not resource["schema"].get("primaryKey"):
        problems.append("no primary key is given")
    return problems


def undescribed(folder: Path, package: dict) -> list[str]:
    """Errors for CSV files that no resource describes, each with a description to start from."""
    known = {resource["path"] for resource in package["resources"]}
    errors = []
    for path in sorted(folder.glob("*.csv")):
        if path.name not in known:
            try:
                start = _layout(starter(path), "    ")
            except DataError as error:
                errors.append(str(error))
                continue
            errors.append(
                f"data/{path.name} has no description. Paste this into 'resources' of data/{DESCRIPTOR}, fill the empty texts, "
                f"correct what was guessed, add units and limits:\n\n    {start}\n"
            )
    return errors


def starter(path: Path) -> dict:
    """A description to begin with for a new CSV file: types and allowed values are guessed from its cells.

    Raises DataError where the file is no table that could be described.
    """
    if not path.is_file():
        raise DataError(f"data/{path.name} cannot be described: it is a folder. Move it out of data/.")
    text, problems = decode(path.read_bytes())
    if problems:
        raise DataError(f"data/{path.name} cannot be described: {problems[0]}.")
    try:
        header, *rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    except (ValueError, csv.Error) as error:
        raise DataError(f"data/{path.name} cannot be described: it is no CSV file ({error}). Save it anew.") from None
    if len(header) == 1 and (sign := next((sign for sign in ";\t|" if sign in header[0]), None)):
        raise DataError(f"data/{path.name} cannot be described: its cells are separated by {sign!r}. Use commas.")
    if wrong := [name for name in header if not name.strip() or header.count(name) > 1]:
        raise DataError(
            f"data/{path.name} cannot be described: the header has {wrong[0]!r}, which is empty or doubled."
        )
    if not rows or any(len(row) != len(header) for row in rows):
        raise DataError(
            f"data/{path.name} cannot be described: it needs a header, rows, and as many cells in each row as in the header."
        )
    fields = []
    for name, cells in zip(header, zip(*rows)):
        known = [cell for cell in cells if cell]
        kind = next(
            (
                kind
                for kind, convert in CONVERTERS.items()
                if kind != "year" and all(convert(cell) is not None for cell in known)
            )
        )
        field: dict = {"name": name, "type": kind, "description": ""}
        if kind in ("integer", "number"):
            field["unit"] = ""
        constraints: dict = {"required": True} if len(known) == len(cells) else {}
        distinct = sorted(set(known))
        if kind == "string" and len(distinct) <= ENUM_LIMIT and len(known) >= 3 * len(distinct):
            constraints["enum"] = distinct
        if kind in ("integer", "number") and known:
            values = [CONVERTERS[kind](cell) for cell in known]
            constraints |= {"minimum": min(values), "maximum": max(values)}
        fields.append(field | ({"constraints": constraints} if constraints else {}))
    references = {"source_id": ("sources", "source_id")} | {
        name: ("countries", "iso3") for name in header if name.endswith("iso3")
    }
    return {
        "name": path.stem,
        "path": path.name,
        "profile": "tabular-data-resource",
        "family": "",
        "title": "",
        "description": "",
        "scheme": "file",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "licenses": [{"name": "", "title": "", "path": "", "reuse": ""}],
        "caveats": [],
        "schema": {
            "fields": fields,
            "primaryKey": [header[0]],
            "foreignKeys": [
                {"fields": name, "reference": {"resource": table, "fields": field}}
                for name, (table, field) in references.items()
                if name in header
            ],
            "missingValues": [""],
        },
    }


def validate(path: Path) -> list[str]:
    """Validate a package with the stock ``frictionless`` library; returns its errors as text."""
    from frictionless import Package

    report = Package(str(path)).validate()
    errors = [error.message for error in report.errors]
    for task in report.tasks:
        errors += [f"data/{task.place}: {error.message}" for error in task.errors]
    return errors


def to_text(package: dict) -> str:
    """The descriptor as JSON text: the same text for the same content, one field of a table to a line."""
    return _layout(package, "") + "\n"


def _layout(value: object, indent: str) -> str:
    """JSON in which a field, a source or a licence is one line, and other lists and objects are broken where they are long."""
    line = json.dumps(value, ensure_ascii=False)
    small = len(indent) + len(line) <= LINE_WIDTH or not isinstance(value, (dict, list)) or not value
    entry = isinstance(value, dict) and "name" in value and not {"schema", "resources"} & set(value)
    if small or entry:
        return line
    deeper = indent + "  "
    if isinstance(value, list):
        parts = [deeper + _layout(item, deeper) for item in value]
        return "[\n" + ",\n".join(parts) + "\n" + indent + "]"
    parts = [f"{deeper}{json.dumps(key)}: {_layout(item, deeper)}" for key, item in value.items()]
    return "{\n" + ",\n".join(parts) + "\n" + indent + "}"


def _update(resource: dict, news: dict) -> list[str]:
    """Put computed parts at the end of a resource, in one order; returns the names of those that changed."""
    changed = [part for part, value in news.items() if resource.get(part) != value]
    values = {part: resource.pop(part) for part in COMPUTED if part in resource} | news
    resource.update({part: values[part] for part in COMPUTED if part in values})
    return changed


def _years(frame: pd.DataFrame, resource: dict) -> list[int]:
    """First and last year that the rows speak of; empty where the table has no time."""
    found: list[int] = []
    for field in resource["schema"]["fields"]:
        name, column = field["name"], frame[field["name"]].dropna()
        if resource["family"] == "reference" or name == "date_read" or column.empty:
            continue
        if field["type"] in ("date", "yearmonth"):
            found += [column.min().year, column.max().year]
        elif field["type"] in ("integer", "year") and (
            name == "year" or name.endswith("_year") or name.startswith("year_")
        ):
            found += [int(column.min()), int(column.max())]
    return [min(found), max(found)] if found else []


def _references(resource: dict) -> set[str]:
    """Names of the other tables that a table refers to."""
    return {key["reference"]["resource"] for key in resource["schema"].get("foreignKeys", [])} - {""}


def _source_columns(resource: dict) -> list[str]:
    keys = resource["schema"].get("foreignKeys", [])
    return [as_list(key["fields"])[0] for key in keys if key["reference"]["resource"] == "sources"]


def _sources(frame: pd.DataFrame, resource: dict, register: pd.DataFrame) -> list[dict]:
    """The sources that the rows of a table name, the most used first, as Frictionless describes sources."""
    used = pd.concat([frame[column] for column in _source_columns(resource)]).dropna()
    counts = used.value_counts().sort_index().sort_values(ascending=False, kind="stable")
    found = []
    for name in counts.index:
        row = register.loc[name]
        source = {
            "name": name,
            "title": label(row["organisation"], row["dataset"], row["version"]),
            "path": row["address"],
            "organisation": row["organisation"],
            "version": row["version"],
            "date_read": row["date_read"],
            "kind": row["kind"],
        }
        found.append({part: str(value) for part, value in source.items() if not pd.isna(value)})
    return found


def label(organisation: str, dataset: str, version: object) -> str:
    """How a source is named under a figure: who and what, without details, and a version if it is a number like 4.0."""
    short = re.split(r": | \(|, ", dataset)[0]
    if short == "Page":  # of the press: what it is about stands in brackets
        short = dataset
    number = "" if pd.isna(version) else str(version).split(",")[0]
    versioned = re.fullmatch(r"v?\d+(\.\d+)*", number) and number not in short
    return f"{organisation}, {short} {number}" if versioned else f"{organisation}, {short}"


def _report(errors: list[str]) -> int:
    print(f"\n{len(errors)} error{'s' if len(errors) > 1 else ''}:", file=sys.stderr)
    for error in errors:
        print(f"  - {error}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
