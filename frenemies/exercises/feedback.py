"""Instant feedback in the exercises: `check("trade-2", answer)` prints a line or two and never raises.

`answers.json` holds no answer, only salted hashes made from the teacher's solved notebooks
(`python -m frenemies_build.course.editions`). `check` hashes what the reader gives and, where that does
not fit, what it would be with a common slip mended: a unit off by 1,000, a lost minus sign, the
wrong base of a percentage. So it can name the slip without knowing the answer. The hashes keep
answers out of sight, not safe: marks come from tests that only the teacher's copy has.
"""

from __future__ import annotations

import difflib
import json
import os
from functools import cache
from pathlib import Path

from frenemies.exercises import tries
from frenemies.exercises.answer_kinds import DONE, KINDS, Task, is_blank, type_name
from frenemies.exercises.plain_words import wrapped

ANSWERS = Path(__file__).with_name("answers.json")
LEFT_OVER = (
    "Not judged. `{0}` still holds what an earlier try gave it: the cell that sets it {1}. "
    "Mend that cell, run it, then run this one."
)


def check(task: str, answer: object, *, unit: str = "", decimals: int = 0, words: int = 0) -> None:
    """Print whether an answer is right and, if not, a hint that does not give it away.

    task: the task's id, for instance "trade-2".
    answer: a number, a list of letters, one letter, a word, a table, or the parts of an argument.
    unit, decimals: of an expected number. words: the length asked of an argument.
    A place that is still `...` counts as not answered. An answer left over from a try before the cell failed is
    not judged. Nothing that is handed in raises an error, with one exception: nbgrader's *Validate*
    looks only for errors, so under it everything but a right answer raises `AssertionError`.
    """
    try:
        old = tries.left_over()
        said = LEFT_OVER.format(*old) if old else verdict(Task(task, unit, decimals, words), answer)
        line = f"{task}: {said}"
    except Exception as error:  # a reader's object may fail in any way when it is looked at
        said = line = (
            f"This answer could not be read: {type_name(answer)} ({type(error).__name__}). Restart the kernel and try again."
        )
    print(wrapped(line))
    if os.environ.get("NBGRADER_EXECUTION") == "validate" and not said.startswith(DONE):
        raise AssertionError(line)


def verdict(task: Task, answer: object) -> str:
    """What `check` prints after the task's id."""
    try:
        entries = answers()
    except (OSError, ValueError):
        return (
            f"The book's file {ANSWERS.name} is missing or damaged, so nothing can be checked. Install the book again."
        )
    entry = entries.get(task.id) if isinstance(task.id, str) else None
    if entry is None:
        near = difflib.get_close_matches(str(task.id), entries, n=1)
        return "There is no task of this name." + (f" Did you mean {near[0]!r}?" if near else "")
    kind = KINDS[entry["kind"]](task, entry)
    if is_blank(answer):
        return f"Not answered yet. Expected: {kind.expected()}."
    return kind.judge(answer)


@cache
def answers() -> dict[str, dict]:
    """The book's sealed answers by task id, read once. Raises as `read_answers` does."""
    return read_answers(ANSWERS)


def read_answers(path: Path) -> dict[str, dict]:
    """The sealed answers of a file by task id. Raises `OSError` or `ValueError` for a missing or damaged file."""
    entries = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(entries, dict):
        raise ValueError(f"{path.name} does not hold entries by task id")
    return entries
