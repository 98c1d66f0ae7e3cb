"""Damage that nobody thought of: whatever is in the files, a reader gets a table or a DataError, never a bare traceback."""

from __future__ import annotations

import copy
import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import frenemies as fr
from frenemies.tables import loading
from frenemies.tables.package import checked_package
from frenemies_build import describe_tables

RULES = {
    "name": "small", "path": "small.csv", "title": "Small", "description": "A small table.", "family": "reference",
    "licenses": [{"name": "CC0-1.0"}], "caveats": [],
    "schema": {
        "fields": [
            {"name": "code", "type": "string", "description": "Code.", "constraints": {"pattern": "[A-Z]{3}"}},
            {"name": "year", "type": "year", "description": "Year.", "constraints": {"minimum": 1900, "maximum": 2100}},
            {"name": "day", "type": "date", "description": "Day.", "constraints": {"minimum": "1900-01-01"}},
            {"name": "month", "type": "yearmonth", "description": "Month."},
            {"name": "value", "type": "number", "description": "Value.", "unit": "percent", "constraints": {"maximum": 100}},
            {"name": "yes", "type": "boolean", "description": "Yes or no.", "constraints": {"unique": False}},
            {"name": "level", "type": "string", "description": "Level.", "ordered": True, "constraints": {"enum": ["low", "high"]}},
        ],
        "primaryKey": ["code", "year"],
        "foreignKeys": [{"fields": "code", "reference": {"resource": "", "fields": "code"}}],
    },
    "hash": "sha256:0", "bytes": 0, "rows": 2, "years": [1992, 2025], "sources": [],
}  # fmt: skip
HEADER = ["code", "year", "day", "month", "value", "yes", "level"]
SOUND = [["RUS", "1992", "2015-11-24", "2015-11", "1.5", "true", "low"], ["TUR", "", "", "", "", "", "high"]]
# Cells that have broken parsers before, beside anything at all.
CELL = st.one_of(
    st.sampled_from(
        [
            "",
            " ",
            "0",
            "-0",
            "1e999",
            "-1e-999",
            "\u0661",
            "\u00b2",
            "NaN",
            "9" * 30,
            "2015-02-30",
            "0000-00-00",
            "10000-01-01",
            "true",
            "TRUE",
            "low",
            "RUS",
            '"',
            ",",
            "\ud7ff",
            "\u2028",
            "=1+1",
        ]
    ),
    st.text(max_size=8),
    st.integers().map(str),
    st.floats().map(str),
)
quick = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    monkeypatch.setenv("FRENEMIES_DATA", str(tmp_path))
    return tmp_path


def write(folder: Path, data: bytes, resource: object) -> None:
    (folder / "small.csv").write_bytes(data)
    (folder / "datapackage.json").write_text(json.dumps({"resources": [resource]}), "utf-8")


def assert_table_or_error(folder: Path) -> None:
    """Each way to use the package gives its result or a DataError."""
    loading._known.clear()
    uses = (
        lambda: fr.load("small"),
        lambda: loading.verify("small"),
        fr.tables,
        lambda: fr.describe("small"),
        lambda: checked_package(folder),
    )
    for use in uses:
        try:
            use()
        except fr.DataError as error:
            assert "small" in str(error) or "datapackage.json" in str(error)


def as_csv(rows: list[list[str]]) -> bytes:
    quoted = [",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows]
    return ("\n".join([",".join(HEADER), *quoted]) + "\n").encode("utf-8", "surrogatepass")


@quick
@given(rows=st.lists(st.lists(CELL, min_size=6, max_size=8), min_size=1, max_size=4))
def test_rows_of_anything(folder, rows):
    write(folder, as_csv(rows), RULES)
    assert_table_or_error(folder)


@quick
@given(
    changes=st.lists(st.tuples(st.integers(0, 1), st.integers(0, 6), CELL), min_size=1, max_size=3),
    forged=st.booleans(),
)
def test_cells_of_anything_in_a_sound_table(folder, changes, forged):
    rows = copy.deepcopy(SOUND)
    for row, column, cell in changes:
        rows[row][column] = cell
    data = as_csv(rows)
    # A fingerprint written by hand must not open a way round the parser either.
    write(folder, data, RULES | ({"hash": loading.sha256(data)} if forged else {}))
    assert_table_or_error(folder)


@quick
@given(data=st.binary(max_size=60))
def test_a_file_of_anything(folder, data):
    write(folder, data, RULES)
    assert_table_or_error(folder)
    try:
        describe_tables.starter(folder / "small.csv")
    except fr.DataError as error:
        assert "data/small.csv" in str(error)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


def places(node: object, path: tuple = ()) -> list[tuple]:
    """The way to every part of a description."""
    inner = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    return [path, *(place for key, value in inner for place in places(value, (*path, key)))]


@quick
@given(place=st.sampled_from(places(RULES)[1:]), value=JSON, forged=st.booleans())
def test_a_description_with_anything_in_one_place(folder, place, value, forged):
    resource, data = copy.deepcopy(RULES), as_csv(SOUND)
    if forged:
        resource["hash"] = loading.sha256(data)
    node = resource
    for step in place[:-1]:
        node = node[step]
    node[place[-1]] = value
    write(folder, data, resource)
    assert_table_or_error(folder)
