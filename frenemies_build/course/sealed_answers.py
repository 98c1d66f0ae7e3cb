"""Seal the answers of a solved master while it runs: loaded into its kernel by `editions`."""

from __future__ import annotations

import json
from pathlib import Path

import frenemies
from frenemies.exercises import feedback as instant
from frenemies.exercises.answer_kinds import KINDS, Task, kind_of
from frenemies_build.course.questions import feedback, read_bank


def record(slug: str, sealed_file: str) -> None:
    """From now on `check` first seals what it is given, then judges it by what it has just sealed.

    slug: the exercise; sealed_file: where the entries go, as JSON by task id.
    """
    judge, questions, sealed = instant.check, read_bank(slug), {}

    def check(task: str, answer: object, **asked) -> None:
        sealed[task] = seal(Task(task, **asked), answer, questions)
        Path(sealed_file).write_text(json.dumps(sealed), encoding="utf-8")
        instant.answers()[task] = sealed[task]
        judge(task, answer, **asked)

    frenemies.check = check


def seal(task: Task, answer: object, questions: dict[str, dict]) -> dict:
    """The entry of answers.json for a right answer, with the feedback of its question if it has one.

    Raises `ValueError` for an answer that cannot be sealed, or that the bank's question contradicts.
    """
    entry = KINDS[kind_of(answer, task.words)](task).seal(answer)
    if entry["kind"] != "choice":
        return entry
    question = questions.get(task.id)
    if question is None or question["use"] != "read":
        raise ValueError(f'{task.id}: a choice needs its question in the bank, with use = "read"')
    if question["correct"] != answer:
        raise ValueError(f"{task.id}: the solution is {answer}, the bank says {question['correct']}")
    return entry | {"feedback": feedback(question)}
