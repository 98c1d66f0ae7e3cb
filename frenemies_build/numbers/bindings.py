"""What a number rests on, as one line of a list: an expression, a claim, a citation, a year, or a reason.

deficit.loc[2022, 'bought']      an expression in the names of the page's notebook; a page without a notebook,
                                 and any page besides, calls each table by its name
in 01-trade: deficit['bought'].max()    the same in the names of another page's notebook
year                             a year that an expression of the same sentence names
claim M02                        the number stands in the claim M02, or is the year of its article
cite hirschman_1945              the sentence cites the work that says it; for the bold words that begin a paragraph
                                 ("**Albert Hirschman (1945).**") the paragraph
event: the jet was shot down     a date or year that no table holds, and what happened then
words: odds of 9 in 10           a number that is a word, an example or a definition
plan                             minutes, sizes and rows of a plan for the classroom
? deficit.loc[2022, 'bought']    a draft that nobody has decided yet
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass

CITE = re.compile(r"\{cite(?::[a-z]+)?\}`([^`]+)`")
_ELSEWHERE = re.compile(r"in ([\w/-]+): *(.+)", re.DOTALL)


class BindingError(ValueError):
    """A binding that says nothing; the message says what it should look like."""


@dataclass(frozen=True)
class Binding:
    """kind: "expression", "year", "claim", "cite", "event", "words", "plan" or "undecided".

    subject: the expression, the id of the claim, the key of the work, or the reason.
    page: the page whose notebook knows the expression's names; "" for the page itself.
    """

    kind: str
    subject: str = ""
    page: str = ""

    @property
    def computed(self) -> bool:
        """Whether a computation decides about the number, not only its place in the list."""
        return self.kind in ("expression", "claim", "year")


def read_binding(text: str) -> Binding:
    """Read one binding. Raises BindingError."""
    text = text.strip()
    if not text:
        raise BindingError("the binding is empty")
    if text.startswith("?"):
        return Binding("undecided", text[1:].strip())
    if text == "year":
        return Binding("year")
    if match := re.fullmatch(r"plan(?:: *(.+))?", text, re.DOTALL):
        return Binding("plan", match[1] or "")
    if match := re.fullmatch(r"(event|words):(.*)", text, re.DOTALL):
        if not match[2].strip():
            raise BindingError(f"{text!r} needs a reason, for instance 'event: the jet was shot down'")
        return Binding(match[1], match[2].strip())
    if match := re.fullmatch(r"claim ([A-Z]\d\d)", text):
        return Binding("claim", match[1])
    if match := re.fullmatch(r"cite ([\w-]+)", text):
        return Binding("cite", match[1])
    page, expression = "", text
    if match := _ELSEWHERE.fullmatch(text):
        page, expression = match[1], match[2].strip()
    try:
        ast.parse(expression, mode="eval")
    except SyntaxError as error:
        raise BindingError(f"{text!r} is no expression ({error.msg}) and no other kind of binding") from None
    return Binding("expression", expression, page)


def cited(text: str, start: int, sentence: str) -> list[str]:
    """The works that a number may rest on: those of its sentence or, in a paragraph's bold lead, of the paragraph.

    text: the passage; start: where the number stands in it.
    """
    before = text[:start]
    begin = max((match.end() for match in re.finditer(r"\n\s*\n|\n(?=[-*>] )", before)), default=0)
    if re.match(r"\s*(?:[-*>] +)?\*\*[^*]*\Z", before[begin:]):
        end = re.compile(r"\n\s*\n|\n(?=[-*>] )").search(text, start)
        sentence = text[begin : end.start() if end else len(text)]
    return [key.strip() for keys in CITE.findall(sentence) for key in keys.split(",")]


def years_named(expression: str) -> set[int]:
    """The years that an expression names, those inside a span (2008:2019) included."""
    years = {int(year) for year in re.findall(r"(?<![\w.])((?:1[0-9]|20|21)\d\d)(?![\w.])", expression)}
    years |= {int(year) for year in re.findall(r"['\"](\d{4})-\d\d", expression)}
    for first, last in _spans(expression):
        years |= set(range(first, last + 1))
    return years


def _spans(expression: str) -> list[tuple[int, int]]:
    pairs = re.findall(r"\b(\d{4}):(\d{4})\b", expression) + re.findall(r"between\((\d{4}), (\d{4})\)", expression)
    return [(int(first), int(last)) for first, last in pairs]
