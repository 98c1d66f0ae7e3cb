"""A page, its list and the values behind it, held against each other; every disagreement is a finding."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

import pandas as pd

import frenemies as fr
from frenemies_build.numbers.bindings import (
    Binding,
    BindingError,
    cited,
    read_binding,
    years_named,
)
from frenemies_build.numbers.comparing import agrees, readings, rewritten
from frenemies_build.numbers.evaluating import ValueProblem, value_of
from frenemies_build.numbers.formulas import wrong_sum
from frenemies_build.numbers.number_lists import NumberList, read_list
from frenemies_build.numbers.pages import Page, Passage, bound_pages
from frenemies_build.numbers.scanner import Numeral, numerals
from frenemies_build.numbers.storing import Stored, read_store
from frenemies_build.numbers.tracing import Origins
from frenemies_build.numbers.units import unit_of

Found = tuple[Passage, Numeral]


@dataclass(frozen=True)
class Finding:
    """One disagreement. `new` is the text that would agree, where a computation knows it."""

    page: str
    place: str
    sentence: str
    text: str
    problem: str
    new: str = ""
    spot: tuple[Passage, Numeral] | None = field(default=None, repr=False, compare=False)

    def __str__(self) -> str:
        change = f"[{self.text}] -> [{self.new}]" if self.new else f"[{self.text}]"
        where = f"{self.page}, {self.place}" if self.place else self.page
        return f"{where}: {change} {self.problem}\n      in: {self.sentence}"


def plain_text(text: str) -> str:
    """A numeral's text as lists write it: with plain spaces."""
    return re.sub(r"\s+", " ", text.replace("\u00a0", " ")).strip()


def check_page(page: Page, content: NumberList | None = None, values: dict[str, Stored] | None = None) -> list[Finding]:
    """All findings of one page against its list and its stored values; no kernel runs."""
    content = read_list(page) if content is None else content
    values = read_store(page) if values is None else values
    findings = check_numerals(page.name, page.numerals(), content, values)
    return findings + check_truths(page, content, values)


def check_numerals(name: str, found: Sequence[Found], content: NumberList, values: dict[str, Stored]) -> list[Finding]:
    """The numerals of a page against its list: same sequence, and each states what its binding yields."""
    bindable = [one for one in found if one[1].bindable]
    findings, pairs = _aligned(name, bindable, [text for text, _ in content.numbers], "numbers")
    findings += _aligned(name, [one for one in found if not one[1].bindable], content.locked, "locked")[0]
    for passage, numeral in found:
        if numeral.kind == "formula" and (problem := wrong_sum(numeral.text)):
            findings.append(_finding(name, passage, numeral, problem))
    bound: list[tuple[Passage, Numeral, Binding, str]] = []
    for at, (passage, numeral) in enumerate(bindable):
        if at not in pairs:
            continue
        text = content.numbers[pairs[at]][1]
        try:
            bound.append((passage, numeral, read_binding(text), text))
        except BindingError as error:
            findings.append(_finding(name, passage, numeral, str(error)))
    for passage, numeral, binding, text in bound:
        if problem := _problem(
            passage, numeral, binding, text, values, (lambda: _years_beside(bound, passage, numeral, values))
        ):
            new = ""
            stored = values.get(text)
            if binding.kind == "expression" and stored and not isinstance(stored.value, bool):
                if isinstance(stored.value, str) == (numeral.kind == "date") or numeral.kind == "year":
                    new = rewritten(numeral, stored.value, stored.unit) if _is_near(numeral, stored) else ""
            findings.append(_finding(name, passage, numeral, problem, new))
    return findings


def _is_near(numeral: Numeral, stored: Stored) -> bool:
    """Whether a value could be the same number in another year; what is far away is another thing."""
    if isinstance(stored.value, str) or not numeral.value:
        return True
    return any(1 / 3 <= abs(reading / numeral.value) <= 3 for reading in readings(numeral, stored.value, stored.unit))


def _aligned(
    name: str, found: Sequence[Found], listed: Sequence[str], part: str
) -> tuple[list[Finding], dict[int, int]]:
    """What is left over on either side, and which numeral belongs to which entry."""
    texts = [plain_text(numeral.text) for _, numeral in found]
    if texts == list(listed):
        return [], {place: place for place in range(len(texts))}
    findings, pairs = [], {}
    for tag, a, b, c, d in difflib.SequenceMatcher(None, texts, listed, autojunk=False).get_opcodes():
        if tag == "equal":
            pairs |= dict(zip(range(a, b), range(c, d)))
            continue
        for at, entry in zip(range(a, b), listed[c:d]):
            findings.append(_finding(name, *found[at], f"stands where the list has [{entry}]"))
        for at in range(a + (d - c), b):
            why = (
                "is bound to nothing: the list has no entry for it"
                if part == "numbers"
                else f"({found[at][1].kind}) is not among the locked texts"
            )
            findings.append(_finding(name, *found[at], why))
        for place in range(c + (b - a), d):
            near = found[min(a, len(found) - 1)] if found else None
            sentence = near[1].sentence if near else ""
            findings.append(
                Finding(
                    name,
                    near[0].place if near else "",
                    sentence,
                    listed[place],
                    f"is in the list ({part}, entry {place + 1}) and not in the prose near here",
                )
            )
    return findings, pairs


def _finding(name: str, passage: Passage, numeral: Numeral, problem: str, new: str = "") -> Finding:
    place = passage.place or f"line {passage.text.count(chr(10), 0, numeral.start) + 1}"
    return Finding(name, place, numeral.sentence, numeral.text, problem, new, (passage, numeral))


def _problem(
    passage: Passage,
    numeral: Numeral,
    binding: Binding,
    text: str,
    values: dict[str, Stored],
    years_beside: Callable[[], set[int]],
) -> str:
    """What is wrong with one bound numeral, or nothing."""
    match binding.kind:
        case "undecided":
            return (
                "is not bound yet: somebody must decide between drafts (take the question mark away, or write another)"
            )
        case "expression":
            if text not in values:
                return f"has no stored value for `{text}`: python3 tasks.py numbers <page> --write computes it"
            stored = values[text]
            if agrees(numeral, stored.value, stored.unit):
                return ""
            shown = (
                ""
                if isinstance(stored.value, (str, bool))
                else f" (as written: {readings(numeral, stored.value, stored.unit)[0]:.10g}, unit {stored.unit:g})"
            )
            return f"is not what `{text}` yields: {stored.value}{shown}"
        case "year":
            if numeral.kind == "year" and int(numeral.value) in years_beside():
                return ""
            return "is called a year, but no expression in its sentence names it: bind it to one, or to event: with a reason"
        case "claim":
            return _claim_problem(numeral, binding.subject)
        case "cite":
            keys = cited(passage.text, numeral.start, numeral.sentence)
            return "" if binding.subject in keys else f"rests on {binding.subject}, which its sentence does not cite"
    return ""


def _years_beside(
    bound: Iterable[tuple[Passage, Numeral, Binding, str]],
    passage: Passage,
    numeral: Numeral,
    values: dict[str, Stored],
) -> set[int]:
    """The years that the expressions beside a numeral name or yield."""
    years: set[int] = set()
    for other_passage, other, binding, text in bound:
        if other_passage is not passage or not numeral.group[0] <= other.start < numeral.group[1]:
            continue
        if binding.kind == "expression":
            years |= years_named(binding.subject)
            if text in values and isinstance(values[text].value, str):
                years.add(int(values[text].value[:4]))
    return years


def _claim_problem(numeral: Numeral, claim_id: str) -> str:
    claims = fr.load("claims").set_index("claim_id")
    if claim_id not in claims.index:
        return f"rests on {claim_id}, which is no claim of data/claims.csv"
    row = claims.loc[claim_id]
    stated = numerals(f"{row['claim']}\n\n{row['evidence'] if pd.notna(row['evidence']) else ''}")
    dated = fr.load("articles").set_index("article_id").loc[row["article_id"], "date"]
    for other in stated:
        if other.value == numeral.value and (other.scale or 1) == (numeral.scale or numeral.context or 1):
            return ""
        if (
            other.kind in ("year", "date")
            and numeral.kind == "year"
            and numeral.value in (other.value, (other.value if isinstance(other.value, tuple) else (0,))[0])
        ):
            return ""
        if other.value == numeral.value and numeral.scale is None:
            return ""
    if numeral.kind == "year" and numeral.value == dated.year:
        return ""
    return f"does not stand in the claim {claim_id}: {row['claim']!r}"


def check_truths(page: Page, content: NumberList, values: dict[str, Stored]) -> list[Finding]:
    """Phrases that stand on the page, each with an expression that must be true."""
    prose = " ".join(" ".join(passage.text for passage in page.passages()).split()) if content.truths else ""
    findings = []
    for phrase, expression in content.truths.items():
        if phrase not in prose:
            findings.append(Finding(page.name, "truths", phrase, phrase, "no longer stands on the page"))
        elif expression not in values:
            findings.append(Finding(page.name, "truths", phrase, phrase, f"has no stored value for `{expression}`"))
        elif values[expression].value is not True:
            findings.append(
                Finding(
                    page.name,
                    "truths",
                    phrase,
                    phrase,
                    f"is not true: `{expression}` yields {values[expression].value}",
                )
            )
    return findings


# --- what must be computed, and where --------------------------------------------------------------


def expressions_of(page: Page, content: NumberList) -> dict[str, tuple[str, str]]:
    """Each binding of a list that needs a computation: (page whose kernel knows it or "", expression)."""
    home = page.name if page.has_kernel else ""
    needed: dict[str, tuple[str, str]] = {}
    for _, text in content.numbers:
        try:
            binding = read_binding(text)
        except BindingError:
            continue  # checking reports it
        if binding.kind == "expression":
            needed[text] = binding.page or home, binding.subject
    for expression in content.truths.values():
        binding = read_binding(expression)
        needed[expression] = binding.page or home, binding.subject
    return needed


def asked_of(kernel: str, pages: Iterable[Page] | None = None) -> list[tuple[Page, str, str]]:
    """All (page, binding, expression) that the notebook of one page must answer, its own and those of others."""
    found = []
    for page in bound_pages() if pages is None else pages:
        for text, (where, expression) in expressions_of(page, read_list(page)).items():
            if where == kernel:
                found.append((page, text, expression))
    return found


def changed(old: object, new: object) -> bool:
    """Whether a value is another one than before; floating-point dust is no change."""
    if isinstance(old, float) or isinstance(new, float):
        if (
            isinstance(old, (int, float))
            and isinstance(new, (int, float))
            and not isinstance(old, bool)
            and not isinstance(new, bool)
        ):
            return abs(old - new) > 1e-9 * max(1.0, abs(old), abs(new))
    return old != new or type(old) is not type(new)


def disagreements(asked: Sequence[tuple[Page, str, str]], answers: Sequence[dict]) -> list[Finding]:
    """Where the kernel's answers differ from the stored values; every number that rests on one is named."""
    findings = []
    stores: dict[str, dict[str, Stored]] = {}
    for (page, text, expression), answer in zip(asked, answers, strict=True):
        values = stores.setdefault(page.name, read_store(page))
        if "error" in answer:
            problem = f"cannot be computed: `{expression}`: {answer['error']}"
        elif text not in values:
            problem = f"has no stored value; now `{expression}` yields {answer['value']}"
        elif changed(values[text].value, answer["value"]):
            problem = f"rests on `{expression}`, which was {values[text].value} and is now {answer['value']}"
        else:
            continue
        content = read_list(page)
        places = [place for place, (_, binding) in enumerate(content.numbers) if binding == text]
        bindable = [one for one in page.numerals() if one[1].bindable]
        known = [
            place
            for place in places
            if place < len(bindable) and plain_text(bindable[place][1].text) == content.numbers[place][0]
        ]
        for place in known:
            new = ""
            if "value" in answer and not isinstance(answer["value"], bool):
                unit = unit_of(expression, content.units)
                if not agrees(bindable[place][1], answer["value"], unit):
                    new = rewritten(
                        bindable[place][1], answer["value"], unit, values[text].value if text in values else None
                    )
            findings.append(_finding(page.name, *bindable[place], problem, new))
        if not known:
            findings.append(Finding(page.name, "list", text, text, problem))
    return findings


def table_answers(asked: Sequence[tuple[Page, str, str]]) -> list[dict]:
    """The answers for pages without a kernel: expressions over tables called by name."""
    found = []
    for _, _, expression in asked:
        try:
            found.append({"value": value_of(expression, {})})
        except ValueProblem as problem:
            found.append({"error": str(problem)})
    return found


def stored_from(
    page: Page, content: NumberList, answers: dict[str, dict], origins: dict[str, Origins]
) -> dict[str, Stored]:
    """The values to store for a page, in the order of its list. answers: by binding; origins: by page of the kernel."""
    values = {}
    for text, (where, expression) in expressions_of(page, content).items():
        if "value" not in answers[text]:
            continue
        trace = origins[where].of(expression)
        values[text] = Stored(
            answers[text]["value"], unit_of(expression, content.units), trace.tables, trace.cell, where
        )
    return values


def report(findings: Iterable[Finding]) -> str:
    """Findings as text, one after the other."""
    return "\n".join(f"  {finding}" for finding in findings)
