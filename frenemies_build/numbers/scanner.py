"""Prose to numerals: each with its value, precision, scale, the words that loosen it, and its sentence.

A numeral keeps its place in the text, so that it can be rewritten there. Code, tags and the targets of links hold no
numerals; a formula with digits is one, locked as a whole. Some numerals no table can settle (labels, reading times,
ordinals): they are told apart here, by pattern, with the reason.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace

MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
          "November", "December")  # fmt: skip
SCALES = {"thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12}
HUNDREDTHS = ("%", "percent", "per cent", "percentage point", "percentage points", "cent", "cents")
# Words that loosen a number: round it, stay under it, stay over it.
HEDGES = {
    "round": ("about", "around", "roughly", "some", "close to", "approximately"),
    "under": ("almost", "nearly", "under", "below", "less than", "fewer than", "up to", "at most", "just under",
              "not quite", "no more than"),
    "over": ("over", "above", "more than", "at least", "just over", "beyond", "no less than"),
}  # fmt: skip

_MONTH = "(?:" + "|".join(MONTHS) + ")"
_PLAIN = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_RANGE = r"(?:\s?[–-]\s?|\s(?:and|to|or)\s)"
# What makes a number an amount, also behind a month: "in September 12 percent" is no date.
_AFTER = r"[ \u00a0]?%|[ \u00a0-](?:per[ ]cent|percent(?:age[ ]points?)?|cents?|thousand|million|billion|trillion)\b"
# What Markdown holds besides prose. Each is blanked; a glossary or a note is prose inside a fence.
_PROSE_FENCES = ("glossary", "note", "warning", "admonition", "tip", "important")
_FENCE = re.compile(r"^(`{3,})(?:\{([\w-]+)\})?[^\n]*\n(.*?)^\1[ \t]*$", re.DOTALL | re.MULTILINE)
_NOT_PROSE = re.compile(
    r"`[^`\n]*`|\$\$.*?\$\$|(?<!US)\$[^$\n]+\$|<!--.*?-->|<[^>]+>|\]\([^)\n]*\)|https?://\S+|^\([\w-]+\)=$|^\s*\d+\. ",
    re.DOTALL | re.MULTILINE,
)
# Numerals that name or order things, and reading times: locked as they stand, bound to nothing.
UNBOUND = {
    "label": re.compile(
        r"\b(?:HS|[Cc]hapters?|Parts?|Exercises?|Figures?|[Tt]asks?|[Ss]teps?|[Uu]nits?|[Hh]ours?|Stage|rounds?|"
        r"[Ff]indings?|[Ii]njects?|[Mm]emo|[Ss]essions?|[Rr]esolutions?|[Aa]rticles?|Annex|COW|ICD|ISO|WSL|[Vv]ersion|[Ss]ection|[Qq]uestions?|Altair|Python|Chapter VII|No\.|no\.)"
        rf"[  ](?:\d[\d.]*\d|\d)(?:(?:, |{_RANGE})\d+\b(?![.,]?\d)(?! (?:percent|million|billion|thousand)))*"
        r"|(?<=\[)\d+(?= [A-Z])|\b[A-Z][A-Za-z]{0,9}[-‑]\d+(?:/\d+|s)?\b|\bA/RES/\d+/\d+\b|\bCC BY \d\.\d\b|\bWGS 84\b"
    ),
    # "35 minutes", and the minutes at the beginning of a row of a lesson plan
    "reading time": re.compile(
        r"(?:(?<=\n\| )|\A)\d+–\d+(?= \||\Z)|\b\d+(?:\s?(?:–|-|to)\s?\d+)?[  -](?:minutes?|min)\b"
    ),
    # "20th", and the counters of headings, lists and sentences: "## 1. Order", "(1) An empty square is peace. (2) ..."
    "ordinal": re.compile(
        r"\b\d+(?:st|nd|rd|th)\b|(?:^|(?<=\n)|(?<=\n> ))\s*(?:#+ )?(?:\*\*)?\d+\. (?=\S)"
        r"|(?:\A|(?<=\n)|(?<=[.!?:;*] ))\(\d\d?\)(?= [\"“*_]*[A-Z])"
    ),
}
_TOKEN = re.compile(
    rf"""(?P<date>(?<!\d[.,])\b\d{{1,2}}(?:\s?(?:–|-|and|to|or)\s?\d{{1,2}})?[ \u00a0]{_MONTH}(?:[ \u00a0]\d{{4}})?\b
        |\b{_MONTH}[ \u00a0]\d{{1,2}}(?:,[ ]\d{{4}})?\b(?![.,]?\d|{_AFTER})
        |\b{_MONTH}(?:[ \u00a0]of)?[ \u00a0]\d{{4}}\b)
    |(?P<sign>(?<![\w.,)])[−-])?
     (?<![\w./])(?P<number>{_PLAIN})
     (?P<tail>s\b|/\d\d\b)?(?![\w]|\.\d|,\d)
     (?P<after>{_AFTER})?""",
    re.VERBOSE,
)
_SENTENCE = re.compile(r"(?<=[.!?])[*_]*\s+(?=[^a-z])|\n\s*\n|\n(?=\s*[-*|>] ?)")
_HEDGE = re.compile(r"(?<!add )(?<!adds )(?<!added )\b(" + "|".join(sorted({w for words in HEDGES.values() for w in words}, key=len, reverse=True)) + r")[  *]+(?:a |the |US\$|\$)?$",
                    re.IGNORECASE)  # fmt: skip


@dataclass(frozen=True)
class Numeral:
    """One numeral: `text` as written, at `start` to `end` of its passage.

    kind: "quantity", "year", "date", or the reason why it is bound to nothing ("label", "reading time", "ordinal",
    "formula").
    value: as written, sign and decades' "s" apart; for a date its parts (year, month, day), None where not written.
    scale: what one unit of the value stands for (1e9 for "billion", 0.01 for "percent"); None where nothing says it.
    borrowed: whether the scale was read from the next number of a range. context: the scale of the nearest number
    before it in its sentence that says one ("from 6.6 billion to 2.2"). hedge: "", "round", "under" or "over".
    group: where the words begin and end that may name its year: its sentence, or for a row the whole table.
    """

    text: str
    start: int
    end: int
    kind: str
    value: float | tuple[int | None, int | None, int | None]
    decimals: int
    scale: float | None
    borrowed: bool
    hedge: str
    sentence: str
    group: tuple[int, int]
    context: float | None = None

    @property
    def bindable(self) -> bool:
        """Whether the list must say what makes it true."""
        return self.kind in ("quantity", "year", "date")


def prose_only(markdown: str) -> str:
    """Markdown with all that is not prose blanked, letter by letter, so that places stay."""
    return _NOT_PROSE.sub(_blank, _FENCE.sub(_fence, markdown))


def _blank(match: re.Match) -> str:
    return re.sub(r"[^\n]", " ", match[0])


def _fence(match: re.Match) -> str:
    if match[2] not in _PROSE_FENCES:
        return _blank(match)
    start, end = match.start(3) - match.start(), match.end(3) - match.start()
    return re.sub(r"[^\n]", " ", match[0][:start]) + match[3] + re.sub(r"[^\n]", " ", match[0][end:])


def _formulas(markdown: str) -> list[re.Match]:
    """The formulas of a text that hold digits."""
    return [
        match for match in _NOT_PROSE.finditer(_FENCE.sub(_fence, markdown)) if re.match(r"\$.*\d", match[0], re.DOTALL)
    ]


def numerals(text: str, prose: str | None = None) -> list[Numeral]:
    """All numerals of a text, in reading order.

    prose: the same text with all but prose blanked (see `prose_only`), made here unless it is given; a text that is
    nothing but prose is its own.
    """
    formulas = _formulas(text) if prose is None else []
    prose = prose_only(text) if prose is None else prose
    place = _Places(text, prose)
    found, taken = [], []
    for reason, pattern in UNBOUND.items():
        for match in pattern.finditer(prose):
            if not any(start < match.end() and match.start() < end for start, end, _ in taken):
                taken.append((match.start(), match.end(), reason))
    rest = prose
    for start, end, _ in taken:
        rest = rest[:start] + "\x00" * (end - start) + rest[end:]
    for start, end, reason in taken:
        written = prose[start:end].strip(" \n#*")
        begin = prose.index(written, start)
        found.append(place.numeral(written, begin, reason, 0.0, 0, None, ""))
    for match in _TOKEN.finditer(rest):
        if match["date"]:
            found.append(place.numeral(match[0], match.start(), "date", date_parts(match[0]), 0, None, ""))
            continue
        plain, word = match["number"].replace(",", ""), (match["after"] or "").strip("  -")
        if match["tail"] and not re.fullmatch(r"1[0-9]\d\d|20\d\d", match["number"]):
            continue  # "3s", "1/20": no numeral of ours
        scale = SCALES.get(word, 0.01 if word in HUNDREDTHS else None)
        decimals = len(plain.partition(".")[2])
        value = float(plain) * (-1 if match["sign"] else 1)
        is_year = not word and not match["sign"] and bool(re.fullmatch(r"1[0-9]\d\d|20\d\d|21\d\d", match["number"]))
        before = _HEDGE.search(rest[max(0, match.start() - 30) : match.start()])
        hedge = next((kind for kind, words in HEDGES.items() if before and before[1].lower() in words), "")
        found.append(
            place.numeral(
                match[0].strip(), match.start(), "year" if is_year else "quantity", value, decimals, scale, hedge
            )
        )
    found.sort(key=lambda numeral: numeral.start)
    found = list(_with_borrowed_scales(found, rest))
    found += [place.numeral(match[0], match.start(), "formula", 0.0, 0, None, "") for match in formulas]
    return sorted(found, key=lambda numeral: numeral.start)


class _Places:
    """Where the sentences and the tables of a text begin and end."""

    def __init__(self, text: str, prose: str):
        self.text = text
        self.cuts = [0, *(match.end() for match in _SENTENCE.finditer(prose))]
        self.tables = [match.span() for match in re.finditer(r"(?:^[ \t]*\|.*\n?)+", prose, re.MULTILINE)]

    def numeral(
        self, written: str, start: int, kind: str, value, decimals: int, scale: float | None, hedge: str
    ) -> Numeral:
        """A numeral with its sentence."""
        number = bisect_right(self.cuts, start)
        span = self.cuts[number - 1], (self.cuts[number] if number < len(self.cuts) else len(self.text))
        group = next((table for table in self.tables if table[0] <= start < table[1]), span)
        sentence = " ".join(self.text[slice(*span)].split())
        return Numeral(
            written, start, start + len(written), kind, value, decimals, scale, False, hedge, sentence, group
        )


def _with_borrowed_scales(found: list[Numeral], prose: str) -> Iterator[Numeral]:
    """In "28.1 and 26.2 billion" the first number counts billions too; in "6.6 billion to 2.2" the second may."""
    said: dict[str, float] = {}
    for numeral, after in zip(found, [*found[1:], None]):
        near = (
            after
            and after.kind == "quantity"
            and re.fullmatch(rf"{_RANGE}|\s?[−+÷×]\s?|,\s", prose[numeral.end : after.start])
        )
        if numeral.kind == "quantity" and numeral.scale is None and near and after.scale:
            yield replace(numeral, scale=after.scale, borrowed=True)
        else:
            yield replace(numeral, context=said.get(numeral.sentence))
        if numeral.scale:
            said[numeral.sentence] = numeral.scale


def date_parts(text: str) -> tuple[int | None, int | None, int | None]:
    """Year, month and day of a date as written; None for what it leaves out. Of two days the first counts."""
    year = re.search(r"\d{4}", text)
    month = next(number for number, name in enumerate(MONTHS, 1) if name in text)
    day = re.search(r"\b\d{1,2}\b", text)
    return int(year[0]) if year else None, month, int(day[0]) if day else None
