"""Whether a value is what the prose says, at the precision and in the unit written; and how the prose would say it."""

from __future__ import annotations

import re

from frenemies_build.numbers.scanner import MONTHS, Numeral

# How far a value may stay from the number that a word lets it stay away from, as a part of that number.
LOOSE = {"under": 0.10, "over": 0.10}
_LIMIT_WORDS = 0.25  # "more than", "at most": a limit, not an estimate
_SLACK = 1 + 1e-9


def readings(numeral: Numeral, value: float, unit: float) -> list[float]:
    """The numbers that the prose could show for a value: first in the unit that it writes, then as computed."""
    if numeral.scale and not numeral.borrowed:
        return [value * unit / numeral.scale]
    said = numeral.scale or numeral.context
    choices = [value, value * unit, *([value * unit / said] if said else [])]
    return list(dict.fromkeys(reversed(choices) if numeral.borrowed else choices))


def agrees(numeral: Numeral, value: float | int | bool | str, unit: float = 1.0) -> bool:
    """Whether the numeral states the value. Dates agree in the parts that are written."""
    if isinstance(value, bool):
        return False
    if isinstance(value, str):
        year, month, day = (int(part) for part in value.split("-"))
        if numeral.kind == "date":
            return all(stated is None or stated == found for stated, found in zip(numeral.value, (year, month, day)))
        return numeral.kind == "year" and numeral.value == year
    if numeral.kind == "date":
        return False
    return any(_fits(numeral, reading) for reading in readings(numeral, value, unit))


def _fits(numeral: Numeral, reading: float) -> bool:
    stated = numeral.value
    if stated >= 0 and "−" not in numeral.text and "-" not in numeral.text[:1]:
        reading = abs(reading)  # "fell by 29 percent"
    if abs(reading - stated) <= _half(numeral) * _SLACK:
        return True
    if numeral.hedge not in LOOSE or numeral.kind == "year":
        return False
    distance = (stated - reading) if numeral.hedge == "under" else (reading - stated)
    return 0 < distance <= _reach(numeral) * abs(stated)


def _reach(numeral: Numeral) -> float:
    close = re.search(r"\b(almost|nearly|just under|just over|not quite)\b", numeral.sentence, re.IGNORECASE)
    return LOOSE[numeral.hedge] if close else _LIMIT_WORDS


def _half(numeral: Numeral) -> float:
    """Half of the last place written; after "about" the zeros at the end of a whole number are no places."""
    half = 0.5 * 10.0**-numeral.decimals
    if numeral.hedge == "round" and numeral.kind == "quantity" and not numeral.decimals and numeral.value:
        digits = f"{abs(numeral.value):.0f}"
        half = 0.5 * 10.0 ** (len(digits) - len(digits.rstrip("0")))
    return half


def rewritten(numeral: Numeral, value: float | int | str, unit: float, old: float | int | str | None = None) -> str:
    """How the prose would write a new value: same precision, same words.

    old: the value that the numeral stated before, which tells in which unit it was written.
    """
    if isinstance(value, str):
        year, month, day = value.split("-")
        text = re.sub(r"\b\d{4}\b", year, numeral.text)
        if numeral.kind == "date":
            text = re.sub("|".join(MONTHS), MONTHS[int(month) - 1], text)
            text = re.sub(r"(?<!\d)\d{1,2}(?!\d)", str(int(day)), text, count=1)
        return text
    choices = readings(numeral, value, unit)
    if isinstance(old, (int, float)):
        fitting = [new for new, was in zip(choices, readings(numeral, old, unit)) if _fits(numeral, was)]
        choices = fitting or choices
    reading = choices[0]
    if numeral.value >= 0 and (not isinstance(old, (int, float)) or old < 0 or reading >= 0):
        reading = abs(reading)
    places = numeral.decimals
    if numeral.hedge == "round" and not places:
        digits = f"{abs(numeral.value):.0f}"
        places = -(len(digits) - len(digits.rstrip("0")))
    number = f"{abs(_rounded(reading, places)):{'' if numeral.kind == 'year' else ','}.{numeral.decimals}f}"
    sign = "−" if reading < 0 else ""
    return re.sub(r"^[−-]?\d[\d,]*(?:\.\d+)?", lambda _: sign + number, numeral.text)


def _rounded(value: float, places: int) -> float:
    """Half up, as people round; Python's own rounding goes to the even neighbour."""
    factor = 10.0**places
    return (int(abs(value) * factor * _SLACK + 0.5) / factor) * (1 if value >= 0 else -1)
