"""The kinds of answers: what each expects, how it is sealed into hashes, how it is judged."""

from __future__ import annotations

import hashlib
import math
import numbers
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

import pandas as pd

# Enough to slow down guessing, few enough to stay unnoticed in a browser's Python
# (which lacks hashlib.pbkdf2_hmac and scrypt).
ROUNDS = 2_000
MOST_ROWS = 100_000
PARTS = ("claim", "evidence", "reasoning")
IN_WORDS = ("no", "one", "two", "three", "four", "five", "six")
FACTORS = (100, 1_000, 10_000, 1_000_000, 1_000_000_000)
UNIT_SLIP = "look at the unit."
PERCENT_SLIPS = {
    100: "a share for a percentage, or the other way round?",
    10_000: "were percentages squared where shares are asked, or the other way round?",
}
RIGHT = "Correct."
READY = "Ready to hand in"
DONE = (RIGHT, READY)


@dataclass(frozen=True)
class Task:
    """What a call of `check` says of its task."""

    id: str
    unit: str = ""
    decimals: int = 0
    words: int = 0

    @property
    def relative(self) -> bool:
        """Whether the answer compares two numbers: a share, a ratio, a change."""
        return not self.unit or bool(re.search(r"percent|%|share|ratio|times|index", self.unit))

    def seal(self, text: str) -> str:
        """The hash of a text, salted with the task's id (16 hexadecimal digits)."""
        digest = f"{self.id}|{text}".encode()
        for _ in range(ROUNDS):
            digest = hashlib.sha256(digest).digest()
        return digest.hex()[:16]


class Kind:
    """One kind of answer; `entry` is what answers.json holds of the task."""

    def __init__(self, task: Task, entry: dict | None = None):
        self.task = task
        self.entry = entry or {}

    def expected(self) -> str:
        """What is asked for, in words that follow "Expected:"."""
        raise NotImplementedError

    def seal(self, answer: object) -> dict:
        """The entry for a right answer. Raises `ValueError` where it cannot be sealed reliably."""
        raise NotImplementedError

    def judge(self, answer: object) -> str:
        """The feedback on an answer that is not blank."""
        raise NotImplementedError

    def fits(self, text: str, key: str = "hash") -> bool:
        """Whether a text is the one sealed under a key."""
        return self.task.seal(text) == self.entry.get(key)


class Number(Kind):
    """One number, compared after rounding."""

    def expected(self) -> str:
        decimals = self.task.decimals
        unit = f" in {self.task.unit}" if self.task.unit else ""
        if decimals > 0:
            return f"a number{unit}, {in_words(decimals)} decimal{'s' if decimals > 1 else ''}"
        return f"a whole number{unit}" if decimals == 0 else f"a number{unit}, to the nearest {10**-decimals:,}"

    def seal(self, answer: object) -> dict:
        value, problem = number_of(answer)
        if problem:
            raise ValueError(f"{self.task.id}: {problem}")
        texts = {"hash": rounded(value, self.task.decimals), "near": f"{value:.2e}", "far": f"{value:.1e}"}
        return {"kind": "number"} | {key: self.task.seal(text) for key, text in texts.items()}

    def judge(self, answer: object) -> str:
        if comma := decimal_comma(answer):
            return f"Not yet. {comma} Expected: {self.expected()}."
        value, problem = number_of(answer)
        if problem:
            return f"Not yet. {problem} Expected: {self.expected()}."
        if self.exact(value):
            return RIGHT
        return f"Not yet. {self.slip(value) or 'This is not the number.'} Expected: {self.expected()}."

    def exact(self, value: float) -> bool:
        """Whether the value rounds to the answer; a value on the edge may round either way."""
        edge = 0.02 * 10.0**-self.task.decimals
        return any(
            self.fits(text) for text in {rounded(v, self.task.decimals) for v in (value, value - edge, value + edge)}
        )

    def slip(self, value: float) -> str | None:
        """The common slip that would turn the answer into this value, if there is one."""
        last_place = 10.0**-self.task.decimals
        if any(self.exact(value + step) for step in (last_place, -last_place)):
            if self.task.decimals == 0:
                return "Off by one in the last place: is the first or the last one counted twice, or not at all?"
            return "Only the last digit differs: round once, at the very end."
        if self.fits(f"{value:.2e}", "near") or self.fits(f"{value:.1e}", "far"):
            return "Close: the first digits are right. Was a number rounded too early? Round once, at the very end."
        if self.exact(-value):
            return "The size is right, the sign is not: what is taken away from what?"
        for factor in FACTORS:
            for scaled, word in ((value * factor, "small"), (value / factor, "large")):
                if self.exact(scaled) or self.fits(f"{scaled:.2e}", "near"):
                    cause = PERCENT_SLIPS.get(factor, UNIT_SLIP) if self.task.relative else UNIT_SLIP
                    return f"The digits are right, but the number is {factor:,} times too {word}: {cause}"
        return self.relative_slip(value) if self.task.relative else None

    def relative_slip(self, value: float) -> str | None:
        """The slips that only shares, ratios and changes know."""
        return next((said for said, meant in RELATIVE_SLIPS if any(self.exact(v) for v in meant(value))), None)


def upside_down(value: float) -> list[float]:
    """What was meant where a ratio was turned over."""
    return [scale / value for scale in (1, 100, 10_000)] if value else []


def turned_round(value: float) -> list[float]:
    """What was meant where a change was measured from the other end."""
    return [-value * whole / (whole + value) for whole in (1, 100) if whole + value] if value else []


def the_rest(value: float) -> list[float]:
    """What was meant where the others' share was given."""
    return [whole - value for whole in (1, 100)]


def change_for_ratio(value: float) -> list[float]:
    """What was meant where a ratio stands for a change, or the other way round."""
    return [value - 1, value + 1, value - 100, value + 100, (value - 1) * 100, value / 100 + 1]


def other_base(value: float) -> list[float]:
    """What was meant where the difference, or the part, was divided by the other number."""
    bases = [(whole, whole + sign * value) for whole in (1, 100) for sign in (1, -1)]
    return [value * whole / base for whole, base in bases if base] if value else []


# The sentence on a slip, and what the answer would be without it. The rarer comes later.
RELATIVE_SLIPS = (
    ("The ratio is upside down: which number is divided by which?", upside_down),
    ("This is the share of all the others: what is left when the share that is asked for is taken away.", the_rest),
    ("A change and a ratio are mixed up: a ratio of 1 (or 100%) is no change.", change_for_ratio),
    ("The comparison is turned round: which of the two is measured by the other?", turned_round),
    (
        "Divided by the wrong number: of which of the two amounts is it a percentage or a share? That one stands below the line.",
        other_base,
    ),
)


class Order(Kind):
    """Lines put in order: a list of letters or numbers."""

    def expected(self) -> str:
        return f"a list with the {self.entry['lines']} line letters in order, each in quotes, between [ and ]"

    def seal(self, answer: object) -> dict:
        items = [label(item) for item in answer]
        if len(set(items)) != len(items):
            raise ValueError(f"{self.task.id}: a line stands twice in the order")
        prefixes = [self.task.seal(" ".join(items[:n])) for n in range(1, len(items) + 1)]
        return {
            "kind": "order",
            "lines": len(items),
            "prefixes": prefixes,
            "set": self.task.seal(" ".join(sorted(items))),
        }

    def judge(self, answer: object) -> str:
        if isinstance(answer, (set, frozenset, dict)):
            return f"Not yet. Curly brackets forget the order. Expected: {self.expected()}."
        if isinstance(answer, str) or not hasattr(answer, "__len__"):
            return f"Not yet. This is {type_name(answer)}. Expected: {self.expected()}."
        lines = self.entry["lines"]
        if len(answer) != lines:
            return f"Not yet. The list has {len(answer):,} line{'' if len(answer) == 1 else 's'}. Expected: {self.expected()}."
        if any(is_blank(item) for item in answer):
            return f"Not answered yet: a place in the list is still open. Expected: {self.expected()}."
        items = [label(item) for item in answer]
        if self.fits_prefix(items):
            return RIGHT
        if len(set(items)) < lines:
            return "Not yet. A line stands twice in the list; each is used once."
        if not self.fits(" ".join(sorted(items)), "set"):
            return f"Not yet. The list has a letter that no line has. Expected: {self.expected()}."
        if self.fits_prefix(items[::-1]):
            return "Not yet. This is the right order from bottom to top: Python reads from the top."
        right = next(n for n in range(lines - 1, -1, -1) if n == 0 or self.fits_prefix(items[:n]))
        if right == 0:
            return "Not yet. Another line comes first: which one needs nothing that the others make?"
        return f"Not yet. The first {in_words(right)} {'line is' if right == 1 else 'lines are'} right, then one comes too early or too late."

    def fits_prefix(self, items: Sequence[str]) -> bool:
        """Whether these are the first lines in their order."""
        return self.task.seal(" ".join(items)) == self.entry["prefixes"][len(items) - 1]


class Choice(Kind):
    """One of several readings, each with its feedback."""

    def expected(self) -> str:
        *first, last = self.entry["feedback"]
        return f"one letter in quotes: {', '.join(first)} or {last}"

    def seal(self, answer: object) -> dict:
        return {"kind": "choice", "hash": self.task.seal(label(answer))}

    def judge(self, answer: object) -> str:
        if isinstance(answer, (list, tuple)) and len(answer) == 1:
            answer = answer[0]
        letter = label(answer) if isinstance(answer, str) else None
        feedback = self.entry["feedback"].get(letter)
        if feedback is None:
            return (
                f"Not yet. This is {type_name(answer)}. Expected: {self.expected()}."
                if letter is None
                else (f"Not yet. There is no such option. Expected: {self.expected()}.")
            )
        return f"{RIGHT if self.fits(letter) else 'Not yet.'} {feedback}"


class Word(Kind):
    """A name or code, compared without regard to case."""

    def expected(self) -> str:
        return f"{self.task.unit or 'a word'}, in quotes"

    def seal(self, answer: object) -> dict:
        return {"kind": "word", "hash": self.task.seal(str(answer).strip().casefold())}

    def judge(self, answer: object) -> str:
        if not isinstance(answer, str):
            return f"Not yet. This is {type_name(answer)}. Expected: {self.expected()}."
        right = len(answer) < MOST_ROWS and self.fits(answer.strip().casefold())
        return RIGHT if right else f"Not yet. This is not it. Expected: {self.expected()}."


class Table(Kind):
    """A data frame or a series, compared column by column after rounding."""

    def expected(self) -> str:
        rows, columns, index = self.entry["rows"], self.entry["columns"], self.entry["index"]
        labels = (f" in {self.task.unit}" if self.task.unit else "") + (f", labelled by {index}" if index else "")
        if columns is None:
            return f"a column (a Series) of {rows} values{labels}"
        return f"a table of {rows} rows with the columns {', '.join(columns)}{labels}"

    def seal(self, answer: object) -> dict:
        columns = columns_of(answer)
        for name, values in columns.items():
            for value in values:
                if is_number(value) and rounded(value * (1 - 1e-9), self.task.decimals) != rounded(
                    value * (1 + 1e-9), self.task.decimals
                ):
                    raise ValueError(
                        f"{self.task.id}: {value!r} in {name!r} lies between two roundings; choose other decimals"
                    )
        texts = self.texts(columns)
        return {
            "kind": "table",
            "rows": len(answer),
            "columns": None if isinstance(answer, pd.Series) else [str(name) for name in answer.columns],
            "index": index_name(answer),
            "hashes": {name: self.task.seal("\n".join(column)) for name, column in texts.items()},
            "any_order": self.task.seal(any_order(texts)),
        }

    def judge(self, answer: object) -> str:
        problem = self.misshapen(answer) or self.wrong_values(answer)
        return f"Not yet. {problem} Expected: {self.expected()}." if problem else RIGHT

    def misshapen(self, answer: object) -> str | None:
        """What is wrong with the type, the columns or the number of rows."""
        series_expected = self.entry["columns"] is None
        if not isinstance(answer, (pd.Series, pd.DataFrame)):
            return f"This is {type_name(answer)}."
        if series_expected and isinstance(answer, pd.DataFrame):
            return 'This is a table: choose one column by its name, table["name"].'
        if not series_expected:
            if isinstance(answer, pd.Series):
                return "This is a single column: keep the table, or use .reset_index()."
            have, want = [str(name) for name in answer.columns], self.entry["columns"]
            if missing := [name for name in want if name not in have]:
                inside = [name for name in missing if name in answer.index.names]
                advice = ": it is in the row labels, use .reset_index()" if inside else ""
                return f"A column is missing, {missing[0]}{advice}."
            if sorted(have) != sorted(want):
                return "There are more columns than asked for."
        if len(answer) != self.entry["rows"]:
            return f"There {'is 1 row' if len(answer) == 1 else f'are {len(answer):,} rows'}: look at how the rows were chosen."
        if self.entry["index"] and index_name(answer) is None:
            return f"The rows are not labelled by {self.entry['index']}."
        return None

    def wrong_values(self, answer: pd.Series | pd.DataFrame) -> str | None:
        """Which columns differ, told apart from right rows in another order."""
        columns = columns_of(answer)
        if self.entry["index"] is None:
            columns.pop("row labels", None)
        texts = self.texts(columns)
        wrong = [
            name
            for name, column in texts.items()
            if self.task.seal("\n".join(column)) != self.entry["hashes"].get(name)
        ]
        if not wrong:
            return None
        if self.task.seal(any_order(texts)) == self.entry["any_order"]:
            return "The rows are right, their order is not: sort them."
        where = {("values",): "", ("row labels",): " in the row labels"}.get(tuple(wrong), f" in {' and '.join(wrong)}")
        if "row labels" not in wrong and all(is_number(value) for name in wrong for value in columns[name]):
            numbers = {name: [number_of(value)[0] for value in columns[name]] for name in wrong}
            if slip := self.slip(numbers):
                return slip.format(where=where)
        return "The row labels differ." if wrong == ["row labels"] else f"The values differ{where}."

    def slip(self, columns: dict[str, list[float]]) -> str | None:
        """The common slip that would turn the answer into these columns of numbers, if there is one."""
        for factor in FACTORS:
            for scale, word in ((factor, "small"), (1 / factor, "large")):
                if self.fits_columns(columns, lambda value: [value * scale]):
                    cause = PERCENT_SLIPS.get(factor, UNIT_SLIP) if self.task.relative else UNIT_SLIP
                    return f"The digits{{where}} are right, but {factor:,} times too {word}: {cause}"
        if self.fits_columns(columns, lambda value: [-value]):
            return "The sizes{where} are right, the signs are not: what is taken away from what?"
        if not self.task.relative:
            return None
        return next((said for said, meant in RELATIVE_SLIPS if self.fits_columns(columns, meant)), None)

    def fits_columns(self, columns: dict[str, list[float]], meant: Callable[[float], list[float]]) -> bool:
        """Whether columns fit once each value is mended, by one of the ways in which `meant` mends it."""
        for name, values in columns.items():
            ways = zip(*(meant(value) for value in values)) if values else []
            sealed = (self.task.seal("\n".join(self.texts({name: way})[name])) for way in ways)
            if not any(one == self.entry["hashes"].get(name) for one in sealed):
                return False
        return True

    def texts(self, columns: dict[str, list]) -> dict[str, list[str]]:
        """Each column as texts, numbers rounded."""
        return {name: [cell_text(value, self.task.decimals) for value in values] for name, values in columns.items()}


class Argument(Kind):
    """A paragraph that a person marks: only its parts, length and a number are looked for."""

    def expected(self) -> str:
        return f"a {PARTS[0]}, {PARTS[1]} with a number, and {PARTS[2]}, about {self.task.words} words in all"

    def seal(self, answer: object) -> dict:
        return {"kind": "argument"}

    def judge(self, answer: object) -> str:
        parts = list(answer) if isinstance(answer, (list, tuple)) and len(answer) <= len(PARTS) else []
        if len(parts) != len(PARTS) or not all(isinstance(part, str) or is_blank(part) for part in parts):
            return f"Not yet. This is {type_name(answer)}. Expected: {self.expected()}."
        open_parts = [name for name, part in zip(PARTS, parts) if is_blank(part)]
        count = sum(len(part.split()) for part in parts if isinstance(part, str) and not is_blank(part))
        length = f"{count:,} word{'' if count == 1 else 's'}, about {self.task.words} are asked"
        problems = [f"still to write: {', '.join(open_parts)}"] if open_parts else []
        if "evidence" not in open_parts and not re.search(r"\d", parts[PARTS.index("evidence")]):
            problems.append("the evidence has no number")
        if not open_parts and not 0.6 * self.task.words <= count <= 1.6 * self.task.words:
            problems.append(f"it is too {'short' if count < self.task.words else 'long'}")
        if problems:
            return f"Not ready yet: {'; '.join(problems)} ({length})."
        return f"{READY} ({length}). All three parts are there and the evidence has a number. A person will mark it."


KINDS: dict[str, type[Kind]] = {
    "number": Number,
    "order": Order,
    "choice": Choice,
    "word": Word,
    "table": Table,
    "argument": Argument,
}


def kind_of(answer: object, words: int = 0) -> str:
    """The kind of a right answer, as the teacher's notebook gives it. Raises `ValueError` for any other type."""
    if isinstance(answer, (list, tuple)):
        return "argument" if words else "order"
    if isinstance(answer, str):
        return "choice" if len(answer) == 1 else "word"
    if isinstance(answer, (pd.Series, pd.DataFrame)):
        return "table"
    if is_number(answer):
        return "number"
    raise ValueError(f"no kind of answer for {type_name(answer)}")


def is_blank(answer: object) -> bool:
    """Whether nothing was put in: `...`, None, an empty text or list, or a list of such."""
    if answer is ... or answer is None:
        return True
    if isinstance(answer, str):
        return len(answer) < MOST_ROWS and answer.strip() in ("", "...", "…")
    if isinstance(answer, (list, tuple, set, dict)):
        return len(answer) <= 50 and all(is_blank(item) for item in answer)
    return False


def is_number(value: object) -> bool:
    """Whether a value is one real number that is neither missing nor True or False."""
    return number_of(value)[1] is None


def number_of(answer: object) -> tuple[float, str | None]:
    """The answer as a float, or 0.0 and a sentence on why it is no number."""
    if hasattr(answer, "dtype") and getattr(answer, "ndim", None) == 0:
        answer = answer.item()  # a NumPy scalar or an array without axes
    if isinstance(answer, bool):
        return 0.0, "This is True or False: is there a comparison in the line?"
    if isinstance(answer, str):
        return 0.0, "This is a text: leave the quotation marks away."
    if answer is pd.NA or answer is pd.NaT:
        return 0.0, "This is a missing value: one got into the computation."
    if isinstance(answer, (pd.Series, pd.DataFrame)):
        if answer.size == 1:
            return 0.0, f"This is {type_name(answer)} that holds one value: take it out with .squeeze()."
        return 0.0, f"This is {type_name(answer)} of {answer.size:,} values: one number is left to be made or chosen."
    if not isinstance(answer, (numbers.Real, Decimal)):
        return 0.0, f"This is {type_name(answer)}."
    try:
        value = float(answer)
    except OverflowError:
        return 0.0, "This number is far too large."
    if math.isnan(value):
        return 0.0, "This is NaN, not a number: a missing value got into the computation."
    if math.isinf(value):
        return 0.0, "This is infinite: something was divided by zero."
    return value, None


def decimal_comma(answer: object) -> str | None:
    """A sentence on a number that was written with a comma, or None."""
    if isinstance(answer, str) and re.fullmatch(r"\s*-?\d{1,15},\d{1,15}\s*", answer):
        whole, part = answer.strip().split(",")
        return f"Leave the quotation marks away, and write a decimal point, {whole}.{part}."
    if (
        type(answer) is tuple
        and 2 <= len(answer) <= 5
        and all(type(part) is int and abs(part) < 10**15 for part in answer)
    ):
        if len(answer) == 2:
            return (
                f"Python reads {answer[0]},{answer[1]} as two numbers: write a decimal point, {answer[0]}.{answer[1]}."
            )
        return "Python reads a number with commas as several numbers: leave out the commas between thousands."
    return None


def rounded(value: float, decimals: int) -> str:
    """A number as text with so many decimals (or zeros, if negative), without a minus before zero."""
    text = f"{round(value, decimals):.{max(decimals, 0)}f}"
    return text.lstrip("-") if float(text) == 0 else text


def label(item: object) -> str:
    """A line's letter or number as it is compared: "b. " is "B"."""
    text = str(item) if isinstance(item, (str, int)) or hasattr(item, "dtype") else type_name(item)
    return text[:100].strip(" .()\n\t").upper()


def cell_text(value: object, decimals: int) -> str:
    """A table's cell as it is compared: numbers rounded, a day as ISO date, missing as nothing."""
    if is_number(value):
        text = rounded(number_of(value)[0], decimals)
        return text.rstrip("0").rstrip(".") if "." in text else text
    if value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, pd.Timestamp) and value == value.normalize():
        return value.date().isoformat()
    return str(value).strip()


def columns_of(answer: pd.Series | pd.DataFrame) -> dict[str, list]:
    """The values by column, with the row labels first where they have a name."""
    columns = {"row labels": list(answer.index)} if index_name(answer) else {}
    if isinstance(answer, pd.Series):
        return columns | {"values": list(answer)}
    return columns | {str(name): list(answer.iloc[:, place]) for place, name in enumerate(answer.columns)}


def index_name(answer: pd.Series | pd.DataFrame) -> str | None:
    """The name of the row labels, or None where they only count the rows."""
    names = [str(name) for name in answer.index.names if name is not None]
    return " and ".join(names) or None


def any_order(texts: dict[str, Iterable[str]]) -> str:
    """The rows of a table in an order of their own."""
    names = sorted(texts)
    return "\n".join(sorted("\t".join(row) for row in zip(*(texts[name] for name in names))))


def in_words(count: int) -> str:
    """A small count in words."""
    return IN_WORDS[count] if 0 <= count < len(IN_WORDS) else str(count)


def type_name(thing: object) -> str:
    """A type in a beginner's words."""
    known = {
        "str": "a text",
        "int": "a number",
        "float": "a number",
        "bool": "True or False",
        "list": "a list",
        "tuple": "a list",
        "dict": "a dictionary",
        "set": "a set",
        "DataFrame": "a table",
        "Series": "a Series",
        "ndarray": "an array",
        "function": "a function: call it with ( )",
        "method": "a method: call it with ( )",
    }
    name = type(thing).__name__
    if name not in known and type(thing).__module__ == "numpy" and isinstance(thing, numbers.Real):
        return "a number"
    return known.get(name, f"a thing of the type {name}")
