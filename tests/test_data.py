"""The tables: complete descriptions, valid contents, types ready for use, and a wheel that carries them all."""

from __future__ import annotations

import json
import os
import shutil
from html.parser import HTMLParser
from pathlib import Path

import pandas as pd
import pytest

import frenemies as fr
from frenemies.tables import loading
from frenemies.tables.catalogue import sources_of
from frenemies.tables.package import data_dir, read_package
from frenemies.tables.rules import CONVERTERS, as_list
from frenemies_build import describe_tables

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT / "data"
RESOURCES = read_package(DATA)["resources"]
NAMES = [resource["name"] for resource in RESOURCES]
FAMILIES = [
    "trade",
    "energy",
    "people",
    "finance",
    "sanctions",
    "history",
    "crises",
    "theatres",
    "arms",
    "alignment",
    "views",
    "reference",
]

TWO_SOURCES = pd.DataFrame(
    {
        "source_id": ["cow", "cow", "unc", "unc", "itc"],
        "year": [2009, 2010, 2010, 2011, 2011],
        "flow": ["export", "export", "export", "export", "import"],
        "value": [1, 2, 3, 4, 5],
    }
)

each_table = pytest.mark.parametrize("resource", RESOURCES, ids=NAMES)


def test_the_description_is_up_to_date(capsys):
    assert describe_tables.main(["--check"]) == 0, capsys.readouterr().err


def test_every_csv_file_is_described_and_every_described_file_exists():
    assert sorted(path.name for path in DATA.glob("*.csv")) == sorted(resource["path"] for resource in RESOURCES)
    assert sorted(path.suffix for path in DATA.iterdir() if path.suffix != ".csv") == [".json"]


def test_tables_are_in_order_and_names_are_unique():
    order = [(FAMILIES.index(resource["family"]), resource["name"]) for resource in RESOURCES]
    assert order == sorted(order) and len(set(NAMES)) == len(NAMES)


@each_table
def test_people_have_written_all_that_a_description_needs(resource):
    assert describe_tables.check_description(resource) == []
    assert resource["path"] == f"{resource['name']}.csv"
    assert resource["title"].strip().endswith(".") is False
    assert len(resource["description"]) >= 40
    for field in resource["schema"]["fields"]:
        assert len(field["description"]) >= 8, f"{field['name']}: say what it means"
        assert not field["name"].endswith("_coding"), "a judgement has a rule in its description and a plain name"
        if field.get("ordered"):
            assert field["constraints"]["enum"], f"{field['name']} has an order and no list of values"


@each_table
def test_every_number_has_limits_that_a_slip_of_unit_would_break(resource):
    for field in resource["schema"]["fields"]:
        if field["type"] in ("integer", "number", "date", "yearmonth") and not field["name"].endswith("_id"):
            rules = field.get("constraints", {})
            assert "enum" in rules or {"minimum", "maximum"} <= set(rules), (
                f"{field['name']} has no minimum and maximum"
            )


@each_table
def test_load_gives_the_types_that_the_description_promises(resource):
    frame = fr.load(resource["name"])
    assert list(frame) == [field["name"] for field in resource["schema"]["fields"]]
    assert len(frame) == resource["rows"] > 0
    for field in resource["schema"]["fields"]:
        column = frame[field["name"]]
        missing = column.isna().any()
        if field["type"] in ("integer", "year"):
            assert str(column.dtype) == ("Int64" if missing else "int64")
        elif field["type"] == "number":
            assert str(column.dtype) == "float64"
        elif field["type"] == "boolean":
            assert str(column.dtype) == ("boolean" if missing else "bool")
        elif field["type"] in ("date", "yearmonth"):
            assert str(column.dtype) == "datetime64[us]"
            assert field["type"] == "date" or (column.dropna().dt.day == 1).all()
        elif field.get("ordered"):
            assert column.cat.ordered and list(column.cat.categories) == field["constraints"]["enum"]
        else:
            assert field["type"] == "string" and pd.api.types.is_string_dtype(column)
        if field.get("constraints", {}).get("required"):
            assert not missing


@each_table
def test_every_row_leads_to_a_source(resource):
    frame = fr.load(resource["name"])
    keys = resource["schema"].get("foreignKeys", [])
    columns = [as_list(key["fields"])[0] for key in keys if key["reference"]["resource"] == "sources"]
    known = set(fr.load("sources")["source_id"])
    for column in columns:
        assert set(frame[column].dropna()) <= known
    if columns:
        assert frame[columns].notna().any(axis=1).all()
        assert {source["name"] for source in resource["sources"]} == set(
            pd.concat([frame[column] for column in columns]).dropna()
        )


def test_every_source_and_every_country_code_is_used():
    used: dict[str, set] = {"sources": set(), "countries": set()}
    for resource in RESOURCES:
        for key in resource["schema"].get("foreignKeys", []):
            if key["reference"]["resource"] in used:
                used[key["reference"]["resource"]] |= set(fr.load(resource["name"])[as_list(key["fields"])[0]].dropna())
    assert set(fr.load("sources")["source_id"]) == used["sources"]
    # Columns that list several codes hold the others.
    listed = {
        code
        for resource in RESOURCES
        for column in fr.load(resource["name"]).filter(like="iso3")
        for cell in fr.load(resource["name"])[column].dropna()
        for code in cell.split(";")
    }
    assert set(fr.load("countries")["iso3"]) - used["countries"] - listed == set()


@each_table
def test_columns_of_country_codes_refer_to_the_table_of_countries(resource):
    referring = {
        as_list(key["fields"])[0]
        for key in resource["schema"].get("foreignKeys", [])
        if key["reference"]["resource"] == "countries"
    }
    known = set(fr.load("countries")["iso3"])
    for name in fr.load(resource["name"]).filter(like="iso3"):
        codes = fr.load(resource["name"])[name].dropna()
        if name not in referring and resource["name"] != "countries":
            assert codes.str.contains(";").any(), f"{name} holds single codes: it needs a foreign key"
        assert {code for cell in codes for code in cell.split(";")} <= known


def test_files_are_plain_utf8_with_unix_line_ends():
    for path in DATA.iterdir():
        data = path.read_bytes()
        assert b"\r" not in data and data.endswith(b"\n") and not data.startswith(b"\xef\xbb\xbf"), path.name
        data.decode("utf-8")


def test_what_load_returns_can_be_changed_without_harm():
    first = fr.load("trade_annual")
    first["value_musd"] = 0
    assert (fr.load("trade_annual")["value_musd"] > 0).all()


def test_an_unknown_table_gets_near_names():
    with pytest.raises(fr.DataError, match="trade_annual.*fr.tables"):
        fr.load("trade_anual")
    with pytest.raises(fr.DataError, match="Did you mean 'trade_"):
        fr.load("trade")
    with pytest.raises(fr.DataError, match="There is no table"):
        fr.describe("")


def test_tables_lists_all_or_one_family():
    assert list(fr.tables()["name"]) == NAMES
    trade = fr.tables("trade")
    assert set(trade["family"]) == {"trade"}
    assert trade.set_index("name").loc["trade_annual", "years"] == "1992–2025"
    with pytest.raises(fr.DataError, match="The families are: trade"):
        fr.tables("tarde")


class Outline(HTMLParser):
    """Tags of a piece of HTML, and the text of its header cells."""

    def __init__(self):
        super().__init__()
        self.tags: list[tuple[str, dict]] = []
        self.headers: list[str] = []
        self.inside = False

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag == "th":
            self.inside = True
            self.headers.append("")

    def handle_endtag(self, tag):
        self.inside = self.inside and tag != "th"

    def handle_data(self, data):
        if self.inside:
            self.headers[-1] += data


def test_describe_shows_fields_units_sources_and_caveats():
    shown = fr.describe("trade_annual")
    text, html = repr(shown), shown._repr_html_()
    for part in ("value_musd", "million current US dollars", "Correlates of War", "Mirror disagreement", "1992–2025"):
        assert part in text and part in html
    assert list(shown.fields) == ["field", "type", "unit", "meaning"]
    assert repr(fr.describe("trade_annual")) == text and fr.describe("trade_annual")._repr_html_() == html
    assert "/" + str(ROOT).strip("/") not in html + text


def test_describe_is_a_table_that_a_screen_reader_can_read():
    outline = Outline()
    outline.feed(fr.describe("trade_annual")._repr_html_())
    cells = [attributes for tag, attributes in outline.tags if tag == "th"]
    assert all(cell.get("scope") in ("col", "row") for cell in cells)
    assert all(text.strip() for text in outline.headers)
    assert [tag for tag, _ in outline.tags].count("caption") == 1


def test_sources_for_the_line_under_a_figure():
    assert sources_of("trade_hs2_2013_2017") == ["International Trade Centre, Trade Map extraction"]
    both = sources_of(["trade_hs2_2013_2017", "trade_partners"])
    assert both[0] == "International Trade Centre, Trade Map extraction" and len(both) == len(set(both))
    many = sources_of("trade_reported_points")
    assert any("reports and statements listed with the table trade_reported_points" in label for label in many)


def test_no_rule_is_applied_to_a_table_whose_fingerprint_fits(with_changed):
    # A value that breaks a limit is seen where the rules are applied, and only there.
    with_changed("trade_annual", lambda table: table.assign(value_musd=table["value_musd"] + 10_000_000))
    assert fr.load("trade_annual")["value_musd"].min() > 10_000_000
    with pytest.raises(fr.DataError, match="value_musd"):
        loading.verify("trade_annual")


def test_a_file_that_has_not_changed_is_read_once(with_changed):
    with_changed("trade_annual", lambda table: table)
    path = data_dir() / "trade_annual.csv"
    rows, known = len(fr.load("trade_annual")), path.stat()
    path.write_bytes(b"x" * known.st_size)
    os.utime(path, ns=(known.st_atime_ns, known.st_mtime_ns))  # as far as the file system tells, the same file
    assert len(fr.load("trade_annual")) == rows
    path.touch()
    with pytest.raises(fr.DataError, match="trade_annual"):
        fr.load("trade_annual")


@pytest.mark.parametrize("name", [resource["name"] for resource in RESOURCES])
def test_a_trusted_table_is_what_the_rules_make_of_it(name):
    pd.testing.assert_frame_equal(fr.load(name), loading.verify(name))


def test_data_comes_from_the_folder_that_the_environment_names(tmp_path, monkeypatch):
    monkeypatch.setenv("FRENEMIES_DATA", str(tmp_path))
    assert data_dir() == tmp_path
    with pytest.raises(fr.DataError, match="datapackage.json is missing"):
        fr.load("trade_annual")


# The command behind `python3 tasks.py data`


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A copy of the package that a test may change."""
    shutil.copytree(DATA, tmp_path / "data")
    monkeypatch.setenv("FRENEMIES_DATA", str(tmp_path / "data"))
    return tmp_path / "data"


def test_the_command_changes_nothing_when_all_is_up_to_date(package, capsys):
    before = (package / "datapackage.json").read_bytes()
    assert describe_tables.main([]) == 0
    assert (package / "datapackage.json").read_bytes() == before
    assert f"All {len(NAMES)} tables are valid." in capsys.readouterr().out


def test_check_fails_and_changes_nothing_when_a_table_has_changed(package, capsys):
    path = package / "trade_annual.csv"
    lines = path.read_text("utf-8").splitlines(keepends=True)
    path.write_text("".join(lines[:-1]), "utf-8")
    before = (package / "datapackage.json").read_bytes()
    assert describe_tables.main(["--check"]) == 1
    assert "out of date" in capsys.readouterr().err
    assert (package / "datapackage.json").read_bytes() == before
    with pytest.raises(fr.DataError, match="its description says"):
        fr.load("trade_annual")
    assert describe_tables.main([]) == 0
    assert f"trade_annual: {len(lines) - 2} rows, bytes, hash, rows changed" in capsys.readouterr().out
    assert len(fr.load("trade_annual")) == len(lines) - 2


def test_a_new_table_gets_a_description_to_start_from(package, capsys):
    (package / "harbours.csv").write_text(
        "harbour,year,ships,source_id\nSamsun,2020,12,cow_trade_v4\nSinop,2020,,cow_trade_v4\n", "utf-8"
    )
    assert describe_tables.main([]) == 1
    message = capsys.readouterr().err
    assert "data/harbours.csv has no description" in message
    start = json.loads(message[message.index("{") :].rsplit("}", 1)[0] + "}")
    fields = {field["name"]: field for field in start["schema"]["fields"]}
    assert {name: field["type"] for name, field in fields.items()} == {
        "harbour": "string",
        "year": "integer",
        "ships": "integer",
        "source_id": "string",
    }
    assert fields["ships"]["constraints"] == {"minimum": 12, "maximum": 12}
    assert start["schema"]["foreignKeys"] == [
        {"fields": "source_id", "reference": {"resource": "sources", "fields": "source_id"}}
    ]


def test_the_command_stops_at_a_broken_rule_and_names_it(package, capsys):
    path = package / "trade_annual.csv"
    path.write_text(path.read_text("utf-8").replace(",RUS,", ",RSU,", 1), "utf-8")
    before = (package / "datapackage.json").read_bytes()
    assert describe_tables.main([]) == 1
    assert "data/trade_annual.csv: line 2, column" in capsys.readouterr().err
    assert (package / "datapackage.json").read_bytes() == before


def test_the_command_asks_for_what_people_must_write(package, capsys):
    path = package / "datapackage.json"
    content = json.loads(path.read_text("utf-8"))
    table = next(resource for resource in content["resources"] if resource["name"] == "trade_annual")
    value = next(field for field in table["schema"]["fields"] if field["name"] == "value_musd")
    value["description"] = " "
    del value["unit"]
    path.write_text(describe_tables.to_text(content), "utf-8")
    assert describe_tables.main([]) == 1
    message = capsys.readouterr().err
    assert "trade_annual: the field value_musd has no description" in message
    assert "trade_annual: the field value_musd is a number and has no unit" in message


def test_the_descriptor_is_written_in_one_form():
    content = json.loads((DATA / "datapackage.json").read_text("utf-8"))
    assert (DATA / "datapackage.json").read_text("utf-8") == describe_tables.to_text(content)
    assert {field["type"] for resource in RESOURCES for field in resource["schema"]["fields"]} <= set(CONVERTERS)


@pytest.mark.parametrize("order,values", [(["unc", "cow"], [1, 3, 4]), (["cow", "unc"], [1, 2, 4]), (["cow"], [1, 2])])
def test_the_preferred_source_of_each_year_is_kept(order, values):
    chosen = fr.prefer_sources(TWO_SOURCES, order)
    assert chosen["value"].tolist() == values and chosen.columns.tolist() == TWO_SOURCES.columns.tolist()
    assert chosen["year"].is_monotonic_increasing


def test_a_row_may_be_about_more_than_a_year():
    chosen = fr.prefer_sources(TWO_SOURCES, ["unc", "itc"], ["year", "flow"])
    assert chosen["value"].tolist() == [3, 4, 5]


def test_an_absent_or_doubled_source_is_an_error_that_names_it():
    with pytest.raises(ValueError, match="no row comes from the source 'oecd'"):
        fr.prefer_sources(TWO_SOURCES, ["oecd", "unc"])
    doubled = pd.concat([TWO_SOURCES, TWO_SOURCES.iloc[[0]]])
    with pytest.raises(ValueError, match="1 rows share their source and year: name more columns"):
        fr.prefer_sources(doubled, ["cow"])
