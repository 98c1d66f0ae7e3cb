"""Damaged data: every kind of damage is found, and the message names the file, the place, the rule and the way out.

There are two defences. The rules (types, limits, keys, order ...) say what is wrong with a table. The fingerprint in
datapackage.json finds any change at all, also one that breaks no rule. Each damage is tried twice: as it would happen, and
with the fingerprint brought up to date, so that the rule alone has to find it.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

import frenemies as fr
from frenemies.tables import loading
from frenemies.tables.package import checked_package, data_dir, read_package, remedy
from frenemies.tables.rules import sha256

DATA = Path(__file__).resolve().parents[1] / "data"
TABLE = "trade_annual"
ORDERED = "forecast_evidence"
ROWS = next(resource["rows"] for resource in read_package(DATA)["resources"] if resource["name"] == TABLE)


@dataclass(frozen=True)
class Damage:
    """One way to damage a table: `hurt` gets the bytes of the file, `says` is what the message must say (a pattern)."""

    name: str
    hurt: Callable[[bytes], bytes]
    says: str
    table: str = TABLE


def cells(data: bytes) -> list[list[str]]:
    """The first five cells of each line, and the rest of it: good enough to move cells about."""
    return [line.split(",", 5) for line in data.decode("utf-8").splitlines()]


def joined(rows: list[list[str]]) -> bytes:
    return ("\n".join(",".join(row) for row in rows) + "\n").encode("utf-8")


def text(change: Callable[[str], str]) -> Callable[[bytes], bytes]:
    """A damage to the text; the change has to change something."""

    def hurt(data: bytes) -> bytes:
        before = data.decode("utf-8")
        after = change(before)
        assert after != before, "the damage did nothing"
        return after.encode("utf-8")

    return hurt


def swap(old: str, new: str) -> Callable[[bytes], bytes]:
    """Replace the first occurrence of a text."""
    return text(lambda before: before.replace(old, new, 1))


def lines(change: Callable[[list[str]], list[str]]) -> Callable[[bytes], bytes]:
    """A damage to the list of lines."""
    return text(lambda before: "".join(change(before.splitlines(keepends=True))))


def drop_column(data: bytes) -> bytes:
    return joined([row[:3] + row[4:] for row in cells(data)])


def swap_columns(data: bytes) -> bytes:
    return joined([[row[0], row[2], row[1], *row[3:]] for row in cells(data)])


def swap_headers(data: bytes) -> bytes:
    rows = cells(data)
    return joined([[rows[0][1], rows[0][0], *rows[0][2:]], *rows[1:]])


def swap_contents(data: bytes) -> bytes:
    rows = cells(data)
    return joined([rows[0], *([row[3], *row[1:3], row[0], *row[4:]] for row in rows[1:])])


def thousandfold(data: bytes) -> bytes:
    """Million dollars written as thousand dollars, in every row."""
    rows = cells(data)
    for row in rows[1:]:
        value, rest = row[5].split(",", 1)
        row[5] = f"{float(value) * 1000:.0f},{rest}"
    return joined(rows)


def thousandth(data: bytes) -> bytes:
    """Million dollars written as billion dollars, in one row."""
    return swap(",383,", ",0.383,")(data)


FIRST = "1992,RUS,TUR,import,cow_trade_v4,383,"
DAMAGES = [
    Damage("dropped column", drop_column, r"line 1, column flow: the column is missing"),
    Damage("swapped columns", swap_columns, r"line 1, column partner_iso3: the columns are in another order"),
    Damage("swapped headers", swap_headers, r"line 1, column reporter_iso3: the columns are in another order"),
    Damage(
        "contents swapped under the same headers", swap_contents, r"line 2, column year: 'import' is not a whole number"
    ),
    Damage(
        "extra column",
        text(lambda t: t.replace("\n", ",1\n").replace(",1\n", ",extra\n", 1)),
        r"line 1, column 'extra': the column is not described",
    ),
    Damage(
        "column twice", swap("flow,source_id", "flow,flow,source_id"), r"line 1, column flow: the column occurs twice"
    ),
    Damage("header in capitals", swap("year,", "YEAR,"), r"line 1, column year: the header says 'YEAR'"),
    Damage("header with a space", swap("flow,", "flow ,"), r"line 1, column flow: the header says 'flow '"),
    Damage("header missing", lines(lambda rows: rows[1:]), r"line 1, column year, .*: the column is missing"),
    Damage("header only", lines(lambda rows: rows[:1]), r"a header and no rows"),
    Damage("empty file", lambda data: b"", r"the file is empty"),
    Damage("blank file", lambda data: b"\n \n", r"the file is empty"),
    Damage("blank line", swap("\n" + FIRST, "\n\n" + FIRST), r"line 2: the line is blank"),
    Damage(
        "unit a thousand too large everywhere",
        thousandfold,
        r"line 2, column value_musd: 383000 is above 60000.*\(and \d+ more",
    ),
    Damage("unit a thousand too small in one row", thousandth, r"line 2, column value_musd: 0\.383 is below 300"),
    Damage("negative value", swap(",383,", ",-383,"), r"line 2, column value_musd: -383 is below 300"),
    Damage(
        "negative count", swap(",946511,", ",-946511,"), r"line 2, column visitors: -946511 is below", "visitors_russia"
    ),
    Damage(
        "duplicate key",
        swap(FIRST, "1992,TUR,RUS,import,cow_trade_v4,383,"),
        r"line 3, column year\+.*: the key 1992 \+ TUR .* stands in line 2 already",
    ),
    Damage(
        "duplicated row",
        lines(lambda rows: [*rows[:2], rows[1], *rows[2:]]),
        r"line 3, column .*stands in line 2 already",
    ),
    Damage(
        "shuffled rows",
        lines(lambda rows: [rows[0], *rows[2:], rows[1]]),
        r"line \d+, column .*: the rows are not sorted",
    ),
    Damage("byte order mark", lambda data: b"\xef\xbb\xbf" + data, r"line 1: .*byte order mark"),
    Damage("UTF-16", lambda data: data.decode("utf-8").encode("utf-16"), r"line 1: there is a NUL byte"),
    Damage("NUL byte", lambda data: data.replace(b"RUS", b"R\0S", 1), r"line 2: there is a NUL byte"),
    Damage(
        "Latin-1 text",
        lambda data: data.replace(b"whole millions", b"d\xe9cimales", 1),
        r"line 2: byte 0xe9 is not UTF-8",
    ),
    Damage("semicolons", text(lambda t: t.replace(",", ";")), r"line 1: the cells are separated by semicolons"),
    Damage("tabs", text(lambda t: t.replace(",", "\t")), r"line 1: the cells are separated by tabs"),
    Damage("Windows line ends", text(lambda t: t.replace("\n", "\r\n")), r"line 1: .*carriage return"),
    Damage(
        "file cut in the middle of a line", lambda data: data[: len(data) // 2], r"line \d+: the last line is cut off"
    ),
    Damage("last line without its end", lambda data: data[:-1], rf"line {ROWS + 1}: the last line is cut off"),
    Damage(
        "last line cut to fewer cells",
        lines(lambda rows: [*rows[:-1], "2025,TUR,RUS\n"]),
        rf"line {ROWS + 1}: 3 cells where 8 are expected",
    ),
    Damage("extra cell in a row", swap(FIRST, FIRST + "9,"), r"line 2: 9 cells where 8 are expected"),
    Damage(
        "unclosed quotation mark",
        swap(',"importer-reported, mostly CIF"', ',"importer-reported, mostly CIF'),
        r"line \d+: (a quotation mark is opened|\d+ cells where)",
    ),
    Damage("quotation mark never closed", swap("1992,TUR", '"1992,TUR'), r"line 3: a quotation mark is opened"),
    Damage(
        "unknown country code",
        swap("1992,RUS", "1992,RSU"),
        r"line 2, column reporter_iso3: 'RSU' is not one of TUR, RUS; did you mean 'RUS'\?",
    ),
    Damage(
        "country code in small letters",
        swap("1992,RUS", "1992,rus"),
        r"line 2, column reporter_iso3: 'rus' is not one of",
    ),
    Damage(
        "space beside a code",
        swap("1992,RUS", "1992, RUS"),
        r"line 2, column reporter_iso3: ' RUS' has spaces around it",
    ),
    Damage(
        "non-breaking space beside a code",
        swap("1992,RUS,", "1992,RUS\u00a0,"),
        r"line 2, column reporter_iso3: .* has spaces around it",
    ),
    Damage(
        "unknown word in a list of values",
        swap(",import,", ",improt,"),
        r"line 2, column flow: 'improt' is not one of export, import; did you mean 'import'\?",
    ),
    Damage(
        "unknown source",
        swap("cow_trade_v4,383", "cow_trade_v9,383"),
        r"line 2, column source_id: 'cow_trade_v9' is not one of .*did you mean 'cow_trade_v4'",
    ),
    Damage(
        "unknown source where any is allowed",
        swap(",press_trend_2018_07_06,", ",press_trend_2018_07_07,"),
        r"line 2, column source_id: 'press_trend_2018_07_07' is not in data/sources.csv; did you mean 'press_trend",
        "visitors_russia",
    ),
    Damage(
        "unknown claim",
        swap(",G05\n", ",G055\n"),
        r"line 2, column claim_id: 'G055' is not in data/claims.csv",
        "forecast_evidence_claims",
    ),
    Damage("year out of range", swap(FIRST, FIRST.replace("1992", "1892")), r"line 2, column year: 1892 is below 1992"),
    Damage(
        "month out of range", swap("2006-01", "2066-01"), r"line 2, column month: 2066-01 is above", "trade_monthly"
    ),
    Damage(
        "month that does not exist",
        swap("2006-01", "2006-13"),
        r"line 2, column month: '2006-13' is not a month like",
        "trade_monthly",
    ),
    Damage(
        "day that does not exist", swap("-10,day", "-32,day"), r"column date: '2022-03-32' is not a date like", ORDERED
    ),
    Damage(
        "date written the local way",
        swap("2022-03-10,day", "10.03.2022,day"),
        r"column date: '10\.03\.2022' is not a date like",
        ORDERED,
    ),
    Damage(
        "unknown category with an order",
        swap(",day,", ",hour,"),
        r"column date_precision: 'hour' is not one of day, month, year",
        ORDERED,
    ),
    Damage(
        "key of the wrong form",
        swap("\nG01,", "\nG1,"),
        r"line 2, column claim_id: 'G1' does not have the form",
        "claims",
    ),
    Damage(
        "text too short to mean anything",
        swap(
            "The foreign ministers of Russia and Ukraine meet in Antalya with their Turkish colleague: the first high-level contact since the invasion",
            "Meeting",
        ),
        r"column event: the text has 7 characters",
        ORDERED,
    ),
    Damage("text in a number", swap(",383,", ",about 383,"), r"line 2, column value_musd: 'about 383' is not a number"),
    Damage(
        "decimal comma",
        swap(",383,", ',"383,5",'),
        r"line 2, column value_musd: '383,5' is not a number; write decimals with a point: 383\.5",
    ),
    Damage(
        "separator for thousands",
        swap(",1041,", ',"1,041",'),
        r"line 3, column value_musd: '1,041' is not a number; write it without a separator",
    ),
    Damage(
        "thousands with a space",
        swap(",1041,", ",1 041,"),
        r"line 3, column value_musd: '1 041' is not a number; write it without a separator",
    ),
    Damage(
        "decimals in a whole number",
        swap("\n1992,", "\n1992.0,"),
        r"line 2, column year: '1992\.0' is not a whole number",
    ),
    Damage("leading zero", swap(",383,", ",0383,"), r"line 2, column value_musd: '0383' is not a number"),
    Damage(
        "nan written out",
        swap(",383,", ",nan,"),
        r"line 2, column value_musd: 'nan' is not a value; leave the cell empty",
    ),
    Damage("infinity", swap(",383,", ",inf,"), r"line 2, column value_musd: 'inf' is not a number"),
    Damage(
        "a number too large for any computer",
        swap(",383,", ",1e999,"),
        r"line 2, column value_musd: '1e999' is not a number",
    ),
    Damage(
        "a whole number too large",
        swap("\n1992,", "\n99999999999999999999,"),
        r"line 2, column year: '9+' is not a whole number",
    ),
    Damage("Arabic digits", swap(",383,", ",\u0663\u0668\u0663,"), r"line 2, column value_musd: .* is not a number"),
    Damage(
        "Arabic digits in a month",
        swap("2006-01", "\u0662006-01"),
        r"line 2, column month: .* is not a month",
        "trade_monthly",
    ),
    Damage(
        "every column broken",
        lines(lambda rows: [rows[0], ",".join(" x" for _ in range(8)) + "\n", *rows[2:]]),
        r"line 2, column year: ' x' has spaces",
    ),
    Damage(
        "empty key cell",
        swap(FIRST, FIRST.replace("RUS,TUR", "RUS,")),
        r"line 2, column partner_iso3: the cell is empty",
    ),
    Damage(
        "N/A in a text", swap(",whole millions in the dataset", ",N/A"), r"line 2, column note: 'N/A' is not a value"
    ),
    Damage(
        "missing value where one is required",
        swap(",383,", ",,"),
        r"line 2, column value_musd: the cell is empty, and this column needs a value",
    ),
    Damage(
        "web page in place of the table",
        lambda data: b"<!DOCTYPE html>\n<html><body>404</body></html>\n",
        r"line 1: this is a web page",
    ),
    Damage(
        "Git LFS pointer",
        lambda data: b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n",
        r"line 1: this is a Git LFS pointer",
    ),
    Damage(
        "merge conflict",
        lines(lambda rows: [rows[0], "<<<<<<< HEAD\n", rows[1], "=======\n", rows[2], ">>>>>>> other\n", *rows[3:]]),
        r"line 2: there is a merge conflict mark",
    ),
]
# These keep every rule; only the fingerprint can find them.
LAWFUL_CHANGES = [
    Damage("one value changed a little", swap(",383,", ",384,"), r"its sha256 fingerprint differs"),
    Damage("one note changed", swap("whole millions", "round millions"), r"its sha256 fingerprint differs"),
    Damage(
        "row deleted",
        lines(lambda rows: [*rows[:5], *rows[6:]]),
        rf"the table has {ROWS - 1} rows; its description says {ROWS}",
    ),
    Damage(
        "last rows lost", lines(lambda rows: rows[:-7]), rf"the table has {ROWS - 7} rows; its description says {ROWS}"
    ),
    Damage("quotation marks around everything", swap("1992,RUS", '1992,"RUS"'), r"its sha256 fingerprint differs"),
]

each_damage = pytest.mark.parametrize("damage", DAMAGES, ids=[damage.name for damage in DAMAGES])
each_lawful = pytest.mark.parametrize("damage", LAWFUL_CHANGES, ids=[damage.name for damage in LAWFUL_CHANGES])


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    """A copy of the package in which a test may break things."""
    target = tmp_path / "data"
    shutil.copytree(DATA, target)
    monkeypatch.setenv("FRENEMIES_DATA", str(target))
    return target


def hurt(folder: Path, damage: Damage) -> Path:
    path = folder / f"{damage.table}.csv"
    before = path.read_bytes()
    after = damage.hurt(before)
    assert after != before, "the damage did nothing"
    path.write_bytes(after)
    return path


def refresh_fingerprint(folder: Path, path: Path) -> None:
    """Make the description agree with the damaged file in size, hash and number of rows, as a careless person would."""
    data = path.read_bytes()
    descriptor = folder / "datapackage.json"
    package = json.loads(descriptor.read_text("utf-8"))
    resource = next(resource for resource in package["resources"] if resource["path"] == path.name)
    resource |= {"bytes": len(data), "hash": sha256(data), "rows": max(0, data.count(b"\n") - 1)}
    descriptor.write_text(json.dumps(package), "utf-8")


def message_of(table: str, use: Callable[[str], object] = fr.load) -> str:
    with pytest.raises(fr.DataError) as caught:
        use(table)
    assert caught.value.table == table and caught.value.problems
    return str(caught.value)


def assert_helpful(message: str, damage: Damage) -> None:
    assert re.search(damage.says, message), message
    assert f"data/{damage.table}.csv" in message
    assert "put a sound copy of the file into the folder that FRENEMIES_DATA names" in message
    assert "python3 tasks.py data" in message
    assert str(data_dir()) not in message


def test_the_undamaged_copy_loads(folder):
    for damage in DAMAGES + LAWFUL_CHANGES:
        assert len(fr.load(damage.table)) > 0


@each_damage
def test_damage_is_found(folder, damage):
    hurt(folder, damage)
    assert_helpful(message_of(damage.table), damage)


@each_damage
def test_the_rule_alone_finds_the_damage(folder, damage):
    # Who describes a table anew, with the damage in it, is stopped by the rules (`python3 tasks.py data` puts it to them).
    refresh_fingerprint(folder, hurt(folder, damage))
    assert_helpful(message_of(damage.table, loading.verify), damage)


@each_lawful
def test_the_fingerprint_finds_what_breaks_no_rule(folder, damage):
    path = hurt(folder, damage)
    assert_helpful(message_of(damage.table), damage)
    # The same change is accepted once it is recorded: the rules have nothing against it.
    refresh_fingerprint(folder, path)
    assert len(fr.load(damage.table)) > 0


def test_a_missing_table(folder):
    (folder / "trade_annual.csv").unlink()
    message = message_of(TABLE)
    assert (
        "data/trade_annual.csv" in message
        and "the file is missing" in message
        and "put a sound copy" in message
        and "tasks.py data" not in message
    )


def test_damage_to_a_table_that_is_referred_to(folder):
    path = folder / "countries.csv"
    path.write_bytes(path.read_bytes().replace(b"\nRUS,Russia,country", b"", 1))
    message = str(pytest.raises(fr.DataError, fr.load, TABLE).value)
    assert "'RUS' is not in data/countries.csv" in message
    path.write_bytes(b"iso3,name\n")
    message = str(pytest.raises(fr.DataError, fr.load, TABLE).value)
    assert "data/countries.csv" in message and "column kind: the column is missing" in message


def test_several_problems_are_reported_together(folder):
    path = folder / "trade_annual.csv"
    path.write_bytes(
        path.read_bytes().replace(b"1992,RUS,TUR,import", b"19x2,RSU,TUR,improt", 1).replace(b",1041,", b",much,", 1)
    )
    message = message_of(TABLE)
    assert "4 problems" in message
    for column in ("year", "reporter_iso3", "flow", "value_musd"):
        assert f"column {column}: " in message
    path.write_bytes(
        b"\n".join(line + b",x" if number else line for number, line in enumerate(path.read_bytes().splitlines()))
        + b"\n"
    )
    message = message_of(TABLE)
    assert message.count("cells where 8 are expected") == 5 and f"... and {ROWS - 5} more" in message


def test_a_table_that_is_damaged_while_python_runs(folder):
    assert len(fr.load(TABLE)) == ROWS
    time.sleep(0.01)
    hurt(folder, DAMAGES[0])
    assert "column flow: the column is missing" in message_of(TABLE)


def in_table(old: bytes, new: bytes) -> Callable[[bytes], bytes]:
    """Replace a text where it first occurs in the description of the table."""

    def change(raw: bytes) -> bytes:
        before, name, after = raw.partition(b'"name": "%s"' % TABLE.encode())
        return before + name + after.replace(old, new, 1)

    return change


PACKAGE_DAMAGES = {
    "cut off": (lambda raw: raw[: len(raw) // 2], r"it is not JSON \(line \d+, column \d+"),
    "not UTF-8": (lambda raw: raw.replace(b"Turkey", b"T\xfcrkei", 1), r"it is not UTF-8 text"),
    "empty": (lambda raw: b"", r"it is not JSON \(line 1"),
    "another kind of file": (lambda raw: b"[1, 2]", r"it lists no tables"),
    "no tables": (lambda raw: b'{"resources": []}', r"it lists no tables"),
    "a table that is only a name": (
        lambda raw: b'{"resources": ["trade_annual"]}',
        r"the table number 1 has no named parts",
    ),
    "a table without fields": (in_table(b'"schema":', b'"shema":'), r"the table trade_annual lacks schema"),
    "a table without fingerprint": (in_table(b'"hash":', b'"hush":'), r"the table trade_annual lacks hash"),
    "fields that are no list": (
        in_table(b'"fields": [', b'"fields": 3, "lost": ['),
        r"the table trade_annual has no list in schema.fields",
    ),
    "a field without a type": (
        in_table(b'"type": "integer", ', b""),
        r"the table trade_annual lacks type in schema.fields\[0\]",
    ),
    "a field of an unknown type": (
        in_table(b'"type": "integer"', b'"type": "intger"'),
        r"has 'intger' in schema.fields\[0\].type, which is not one of",
    ),
    "a licence without a known verdict on reuse": (
        in_table(b'"reuse": "teaching and research"', b'"reuse": "perhaps"'),
        r"has 'perhaps' in licenses\[0\].reuse, which is not one of free, facts",
    ),
    "a field described twice": (
        in_table(b'"fields": [', b'"fields": [{"name": "year", "type": "integer", "description": "twice"}, '),
        r"the table trade_annual describes the field 'year' twice",
    ),
    "a number of five thousand digits": (
        lambda raw: raw.replace(b'"minimum": 300', b'"minimum": ' + b"9" * 5000, 1),
        r"it holds a number that cannot be read",
    ),
    "a key of unknown fields": (
        in_table(b'"primaryKey": ["year"', b'"primaryKey": ["yaer"'),
        r"has 'yaer' in schema.primaryKey, which is none of its fields",
    ),
    "a limit of another type": (
        in_table(b'"minimum": 300', b'"minimum": "much"'),
        r"has 'much' in schema.fields\[5\].constraints.minimum, which is no number",
    ),
    "a pattern that is none": (
        in_table(b'"enum": ["TUR", "RUS"]', b'"pattern": "["'),
        r"has a pattern in schema.fields\[1\].constraints that is none",
    ),
    "a count that is text": (
        in_table(b'"rows": ', b'"rows": "many", "lost": '),
        r"has 'many' in rows, which is not a whole number",
    ),
}


@pytest.mark.parametrize("kind", PACKAGE_DAMAGES)
def test_a_damaged_description(folder, kind):
    change, says = PACKAGE_DAMAGES[kind]
    path = folder / "datapackage.json"
    path.write_bytes(change(path.read_bytes()))
    whole = kind in (
        "cut off",
        "not UTF-8",
        "empty",
        "another kind of file",
        "no tables",
        "a table that is only a name",
    )
    for use in (
        lambda: loading.verify(TABLE),
        lambda: fr.describe(TABLE),
        lambda: checked_package(folder),
        *([fr.tables] if whole else []),
    ):
        message = str(pytest.raises(fr.DataError, use).value)
        assert re.search(says, message), message
        assert "data/datapackage.json" in message and "put a sound copy" in message


# A limit or a verdict on reuse serves whoever describes a table; a reader's table with the right fingerprint does not need it.
HARMLESS = {"a limit of another type", "a pattern that is none", "a licence without a known verdict on reuse"}
LAMING = [kind for kind in PACKAGE_DAMAGES if kind not in HARMLESS]


@pytest.mark.parametrize("kind", LAMING)
def test_a_description_that_cannot_be_read_by_stops_a_reader(folder, kind):
    path = folder / "datapackage.json"
    path.write_bytes(PACKAGE_DAMAGES[kind][0](path.read_bytes()))
    message = str(pytest.raises(fr.DataError, fr.load, TABLE).value)
    assert re.search(PACKAGE_DAMAGES[kind][1], message), message


def test_the_command_that_restores_a_file_works_in_every_folder(monkeypatch):
    monkeypatch.delenv("FRENEMIES_DATA", raising=False)
    said = remedy(data_dir(), "trade_annual.csv")
    [path] = re.findall(r"git checkout -- (\S+)", said)
    root = data_dir().parent
    for place in (root, root / "chapters"):
        found = subprocess.run(["git", "ls-files", path], cwd=place, capture_output=True, text=True)
        assert found.stdout.strip().endswith("data/trade_annual.csv"), place
    assert "tasks.py data" in said and "tasks.py data" not in remedy(data_dir(), "trade_annual.csv", lost=True)


def test_a_description_that_is_a_folder(folder):
    (folder / "datapackage.json").unlink()
    (folder / "datapackage.json").mkdir()
    assert "cannot be read" in str(pytest.raises(fr.DataError, fr.load, TABLE).value)


def test_a_missing_description(folder):
    (folder / "datapackage.json").unlink()
    message = str(pytest.raises(fr.DataError, fr.load, TABLE).value)
    assert "data/datapackage.json is missing" in message and "put a sound copy" in message


def test_an_installed_copy_is_repaired_by_installing_again(folder, monkeypatch):
    # tests/test_house.py runs the command in an environment of its own.
    installed = folder.rename(folder.with_name("_data"))
    monkeypatch.setenv("FRENEMIES_DATA", str(installed))
    (installed / "trade_annual.csv").unlink()
    assert "pip install --force-reinstall --no-deps frenemies-" in message_of(TABLE)


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="a file that nobody can read is made of Linux's own")
def test_a_table_that_cannot_be_read_is_named(folder):
    (folder / "trade_annual.csv").unlink()
    (folder / "trade_annual.csv").symlink_to("/proc/self/mem")
    said = message_of(TABLE)
    assert "data/trade_annual.csv" in said and "cannot be read (Input/output error)" in said and "What to do" in said
