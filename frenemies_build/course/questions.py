"""The multiple-choice questions: one file a chapter, `exercises/bank/<slug>.toml`.

A question with `use = "read"` is a task of the chapter's exercise: its options stand in the
notebook, its feedback is shown by `frenemies.check`. One with `use = "vote"` is for the class
("vote, talk, vote again"): a chart of the chapter and four readings. The file is the teacher's:
students get the feedback, and the right option only as a hash.
"""

from __future__ import annotations

import tomllib
from pathlib import Path

BANK = Path(__file__).resolve().parents[2] / "exercises" / "bank"
LETTERS = ("A", "B", "C", "D")
KEYS = {"read": {"use", "minutes", "question", "correct", "options"}}
KEYS["vote"] = KEYS["read"] | {"figure", "debrief"}
OPTION_KEYS = {"text", "reading", "feedback"}
SUPPORTED = "supported"


class BankError(ValueError):
    """A bank file that cannot be used; the message names the file, the question and what is wrong."""


def read_bank(slug: str, folder: Path = BANK) -> dict[str, dict]:
    """The questions of one chapter by id, in the file's order; none if the chapter has no file.

    A question holds `use`, `minutes`, `question`, `correct` (a letter) and `options` (by letter:
    `text`, `reading`, `feedback`); for a vote also `figure` (the id of a chart of the chapter)
    and `debrief`. Raises `BankError` for anything else.
    """
    path = folder / f"{slug}.toml"
    if not path.exists():
        return {}
    try:
        questions = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BankError(f"{path.name}: not valid TOML ({error})") from None
    for name, question in questions.items():
        if problem := fault(question):
            raise BankError(f"{path.name}: [{name}] {problem}")
    return questions


def fault(question: object) -> str | None:
    """What is wrong with a question, or None."""
    use = question.get("use") if isinstance(question, dict) else None
    if not isinstance(use, str) or use not in KEYS:
        return f"needs use = one of {sorted(KEYS)}"
    if question.keys() != KEYS[use]:
        odd = sorted(question.keys() ^ KEYS[use])
        return f"lacks, or should not have: {', '.join(odd)}"
    options = question["options"]
    if not isinstance(options, dict) or tuple(options) != LETTERS:
        return f"needs the options {', '.join(LETTERS)} in this order"
    for letter, option in options.items():
        if not isinstance(option, dict):
            return f"option {letter} is no table with {', '.join(sorted(OPTION_KEYS))}"
        if option.keys() != OPTION_KEYS:
            return f"option {letter} lacks, or should not have: {', '.join(sorted(option.keys() ^ OPTION_KEYS))}"
        if empty := [key for key, text in option.items() if not isinstance(text, str) or not text.strip()]:
            return f"option {letter} has an empty {empty[0]}"
    supported = [letter for letter, option in options.items() if option["reading"] == SUPPORTED]
    if supported != [question["correct"]]:
        return f'exactly the correct option has reading = "{SUPPORTED}"; the others name their slip'
    return None


def feedback(question: dict) -> dict[str, str]:
    """What a student is told, by option."""
    return {letter: option["feedback"] for letter, option in question["options"].items()}
