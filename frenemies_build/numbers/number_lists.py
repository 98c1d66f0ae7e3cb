"""The list of a page's bindings: one TOML file, in reading order, beside the chapters.

    numbers = [
     ["1992", "year"],
     ["58.8 billion", "deficit.loc[2022, 'bought']"],
    ]
    locked = ["chapter 4", "35 minutes"]

    [units]
    deficit = 1e9
    "deficit.cover" = 1

    [truths]
    "the deficit was deepest in 2022" = "deficit['balance'].idxmin() == 2022"

Comments repeat the sentence, for whoever reads the list; nothing compares them.
"""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

from frenemies_build.numbers.pages import NumbersError, Page

_SHOWN = 110  # characters of a sentence in a comment


@dataclass
class NumberList:
    """A list as data: `numbers` as (text, binding), `locked` texts, units by name, truths by phrase."""

    numbers: list[tuple[str, str]] = field(default_factory=list)
    locked: list[str] = field(default_factory=list)
    units: dict[str, float] = field(default_factory=dict)
    truths: dict[str, str] = field(default_factory=dict)


def read_list(page: Page) -> NumberList:
    """Read a page's list. Raises NumbersError that names the file and what is wrong with it."""
    path = page.list_path
    shown = path.relative_to(page.root).as_posix()
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise NumbersError(
            f"{shown} does not exist; draft it with: python3 tasks.py numbers {page.name} --propose"
        ) from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise NumbersError(
            f"{shown} is no TOML ({error}); mend the line or restore it with: git checkout -- {shown}"
        ) from None
    if unknown := set(content) - {"numbers", "locked", "units", "truths"}:
        raise NumbersError(f"{shown}: {sorted(unknown)[0]!r} is no part of a list (numbers, locked, units, truths)")
    numbers, locked = content.get("numbers", []), content.get("locked", [])
    units, truths = content.get("units", {}), content.get("truths", {})
    for place, entry in enumerate(numbers if isinstance(numbers, list) else [numbers], 1):
        if not (isinstance(entry, list) and len(entry) == 2 and all(isinstance(part, str) for part in entry)):
            raise NumbersError(f'{shown}: entry {place} of numbers is {entry!r}, not ["number", "binding"]')
    if not (isinstance(locked, list) and all(isinstance(text, str) for text in locked)):
        raise NumbersError(f"{shown}: locked must be a list of texts")
    for name, unit in units.items():
        if isinstance(unit, bool) or not isinstance(unit, (int, float)) or not unit > 0:
            raise NumbersError(f"{shown}: the unit of {name!r} is {unit!r}, not a number like 1e9")
    for phrase, expression in truths.items():
        if not isinstance(expression, str):
            raise NumbersError(f"{shown}: the truth of {phrase!r} must be an expression in quotation marks")
    return NumberList(
        [tuple(entry) for entry in numbers], locked, {name: float(unit) for name, unit in units.items()}, truths
    )


def write_list(path: Path, content: NumberList, sentences: list[str], notes: dict[int, str] | None = None) -> None:
    """Write a list, with the sentence of each number as a comment before the first number of each sentence.

    sentences: one for each number. notes: comments for single entries, by place.
    """
    lines, last = ["numbers = ["], None
    for place, ((text, binding), sentence) in enumerate(zip(content.numbers, sentences, strict=True)):
        if sentence != last:
            short = sentence if len(sentence) <= _SHOWN else sentence[:_SHOWN].rsplit(" ", 1)[0] + " …"
            lines.append(f" # {short}")
            last = sentence
        for note in (notes or {}).get(place, "").splitlines():
            lines.append(f" #   {note}")
        lines.append(f" [{_quoted(text)}, {_quoted(binding)}],")
    lines.append("]")
    if content.locked:
        lines.append("locked = [")
        row = " "
        for text in content.locked:
            item = f"{_quoted(text)}, "
            if len(row) + len(item) > 100:
                lines.append(row.rstrip())
                row = " "
            row += item
        lines += [row.rstrip(), "]"]
    for name, part in (("units", content.units), ("truths", content.truths)):
        if part:
            lines += ["", f"[{name}]"]
            for key, value in part.items():
                shown = _quoted(value) if isinstance(value, str) else f"{value:g}"
                lines.append(f"{key if key.isidentifier() and key.isascii() else _quoted(key)} = {shown}")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")


def _quoted(text: str) -> str:
    # TOML's basic strings and JSON's agree on what is escaped and how.
    return json.dumps(text, ensure_ascii=False)
