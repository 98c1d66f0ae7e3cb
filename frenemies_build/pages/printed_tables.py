"""Tables that pandas printed, as a reader wants them; the stored outputs stay as they are.

Row numbers that pandas gave by itself go, empty cells show an en dash, large numbers get separators, the second row of
a header that holds only the names of the index joins the first, and codes and column names become words, unless the
page itself speaks of them as code.
"""

from __future__ import annotations

import csv
import re
from functools import cache

from bs4 import Tag

from frenemies.tables.package import data_dir

EMPTY = {"NaN", "<NA>", "NaT", "None"}
DASH = "\u2013"
NUMBER = re.compile(r"-?\d+(\.\d+)?")
DAY = re.compile(r"\d{4}-\d\d(-\d\d)?")
UNITS = {
    "musd": "million US dollars",
    "busd": "billion US dollars",
    "usd": "US dollars",
    "pct": "percent",
    "bcm": "billion cubic metres",
    "mw": "megawatts",
    "thousand": "thousand",
    "t": "tonnes",
}
CODED = re.compile(r"(^|_)(id|code|hs\d)$|hs\d|year|number")


@cache
def countries() -> dict[str, str]:
    """Names of countries by their three letters, from data/countries.csv."""
    with (data_dir() / "countries.csv").open(encoding="utf-8", newline="") as file:
        return {row["iso3"]: row["name"] for row in csv.DictReader(file)}


def words(name: str, spoken: frozenset[str] = frozenset()) -> str:
    """A column's name, or a code in a cell, in words. spoken: what the page names as code, which stays."""
    if name in spoken:
        return name
    if name in countries():
        return countries()[name]
    if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)+", name) or name.endswith("_id"):
        return name
    *stem, last = name.removesuffix("_iso3").split("_")
    if name.endswith("_iso3") or last not in UNITS:
        return " ".join([*stem, last])
    return f"{' '.join(stem)}, {UNITS[last]}"


def readable(table: Tag, spoken: frozenset[str] = frozenset()) -> None:
    """Change a pandas table in place. spoken: names that the page's text sets as code."""
    for part in table.find_all(True):
        for name in ("style", "halign", "valign", "border"):
            part.attrs.pop(name, None)
    table.attrs.pop("border", None)
    _one_header(table)
    _no_row_numbers(table)
    _cells(table, spoken)
    for cell in table.select("th"):
        if (text := cell.get_text(strip=True)) and not cell.find(True):
            cell.string = " / ".join(words(one, spoken) for one in text.split(" / "))
    for cell in table.select("th, td"):
        if DAY.fullmatch(cell.get_text(strip=True)):
            cell["class"] = "day"  # not to be broken at its hyphens


def _row(row: Tag) -> list[Tag]:
    return row.find_all(["th", "td"], recursive=False)


def _one_header(table: Tag) -> None:
    rows = table.select("thead tr")
    body = table.select_one("tbody tr")
    if len(rows) < 2 or body is None:
        return
    upper, last = _row(rows[-2]), _row(rows[-1])
    depth = len([cell for cell in _row(body) if cell.name == "th"])
    texts = [cell.get_text(strip=True) for cell in last]
    if not depth or any(texts[depth:]) or not any(texts[:depth]) or len(upper) != len(last):
        return
    for place in range(depth):
        above = upper[place].get_text(strip=True)
        upper[place].string = " / ".join(filter(None, (texts[place], above if above != texts[place] else "")))
        upper[place].name = "th"
    rows[-1].decompose()


def _no_row_numbers(table: Tag) -> None:
    heads, body = table.select("thead tr"), table.select("tbody tr")
    if len(heads) != 1 or not body or len(_row(heads[0])) < 2:
        return
    firsts = [_row(row)[0] for row in body]
    texts = [cell.get_text(strip=True) for cell in firsts]
    corner = _row(heads[0])[0]
    if corner.get_text(strip=True) or any(
        cell.name != "th" or _row(row)[1].name == "th" for cell, row in zip(firsts, body)
    ):
        return
    if all(text.isdigit() for text in texts) and not all(1500 <= int(text) <= 2100 for text in texts):
        for cell in [corner, *firsts]:
            cell.decompose()


def _cells(table: Tag, spoken: frozenset[str]) -> None:
    body = [_row(row) for row in table.select("tbody tr")]
    heads = [_row(row) for row in table.select("thead tr")]
    if not body:
        return
    names = [cell.get_text(strip=True) for cell in heads[-1]] if heads else []
    for place in range(-1, -1 - min(map(len, body)), -1):
        column = [row[place] for row in body if row[place].name == "td"]
        name = names[place] if len(names) >= -place else ""
        numbers = [cell.get_text(strip=True) for cell in column if NUMBER.fullmatch(cell.get_text(strip=True))]
        years = all(1500 <= float(text) <= 2100 for text in numbers) and all("." not in text for text in numbers)
        whole = bool(numbers) and all(text.endswith(".0") for text in numbers)
        coded = years or CODED.search(name)
        for cell in column:
            text = cell.get_text(strip=True)
            if text in EMPTY:
                cell.string = DASH
            elif NUMBER.fullmatch(text) and not (coded and not whole):
                cell.string = separated(text.removesuffix(".0") if whole else text)
            elif not name.endswith("_id") and not cell.find(True):
                cell.string = words(text, spoken)


def separated(text: str) -> str:
    """A number with commas between its thousands and a true minus sign."""
    sign, digits = ("\u2212", text[1:]) if text.startswith("-") else ("", text)
    if len(digits) > 1 and digits[0] == "0" and digits[1] != ".":
        return text  # a code, not a number
    before, point, after = digits.partition(".")
    return f"{sign}{int(before):,}{point}{after}"
