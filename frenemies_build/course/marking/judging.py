"""Put the values of answers into the master's tests, in a process that never saw student code.

nbgrader's own reading of points is not used: it takes a missing, negative or array value for full
marks. Here a test that raises gives nothing, one that ends without a number gives all, and a number
is cut to what the task is worth.
"""

from __future__ import annotations

import ast
import contextlib
import io
import math
import numbers
import re
import signal
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

import frenemies
from frenemies.exercises.answer_kinds import RIGHT, is_blank
from frenemies_build.course.marking.answer_values import ValueRefused, decoded
from frenemies_build.course.marking.cells import Plan, same
from frenemies_build.course.marking.exercises import Exercise, Task, read_names
from frenemies_build.course.marking.sandbox import LACKING, Run

TEST_SECONDS = 20
HIDDEN = "### BEGIN HIDDEN TESTS"


class TestTooSlow(BaseException):
    """A master's test did not end on a student's value."""


@dataclass
class Claim:
    """What one cell of a submission says is a task's answer: values by name, as far as they arrived."""

    number: int
    values: dict[str, object]
    texts: dict[str, dict]
    refused: list[str] = field(default_factory=list)

    @property
    def blank(self) -> bool:
        """Whether nothing was put in."""
        return all(is_blank(value) for value in self.values.values())


@dataclass
class TaskMark:
    """What a task gets: points, what `check` says, the student's source, notes, and a doubt that only the teacher settles."""

    task: str
    points: float = 0.0
    said: str = ""
    source: str = ""
    notes: list[str] = field(default_factory=list)
    doubt: str = ""
    lines: list[str] = field(default_factory=list)


def mark(exercise: Exercise, plan: Plan, run: Run, sources: dict[int, str]) -> list[TaskMark]:
    """Mark all tasks of one submission. sources: the text of its code cells by number."""
    errors = {plan.numbers[place]: name for place, name in run.errors.items() if 0 <= place < len(plan.numbers)}
    return [mark_task(task, plan, run, sources, errors) for task in exercise.tasks]


def mark_task(task: Task, plan: Plan, run: Run, sources: dict[int, str], errors: dict[int, str]) -> TaskMark:
    """Choose the cell that answers a task, judge its values, and say what was odd."""
    made = TaskMark(task.id)
    claimed = plan.claims.get(task.id, [])
    late = {plan.numbers[place] for place in run.late if 0 <= place < len(plan.numbers)}
    for number in claimed:
        if number in late:
            made.notes.append(f"{task.id}: cell {number} stands above what it needs; it was run again at the end")
        if number in errors:
            made.notes.append(f"{task.id}: {errors[number]} in cell {number}")
    claims = [claim for claim in read_claims(task, plan, run) if not claim.blank]
    claims = [claim for place, claim in enumerate(claims) if not contained(claim, claims[place + 1 :])]
    made.notes += [f"{task.id}: {reason}" for claim in read_claims(task, plan, run) for reason in claim.refused]
    chosen = choose(made, task, claims, plan.checks.get(task.id, []))
    values = dict.fromkeys(task.names, ...) | (chosen.values if chosen else {})
    made.points, made.said = judge(task, values)
    begun = [number for number in claimed if not same(sources[number], task.blank)]
    failed = [number for number in begun if number in errors] if chosen is None else []
    if failed:
        reason = errors[failed[-1]]
        made.said = f"{task.id}: Not yet. Its cell {f'stopped with {reason}' if reason.isidentifier() else reason}."
    shown = [number for number in claimed if chosen is None or number <= chosen.number] or claimed
    made.source = plan.texts.get(task.id, "") or joined({number: sources[number] for number in shown})
    doubt = plan.doubts.get(task.id) or (sets_nothing(task, plan, run, errors) if chosen is None else "")
    if doubt and not task.by_hand:
        made.doubt = doubt
        made.lines = ["none", "NUMBER NAMES"]
    elif failed and not task.by_hand and any(reason.startswith(LACKING) for reason in errors.values()):
        listed = "; ".join(f"cell {number}: {reason}" for number, reason in errors.items() if number)
        made.doubt = f"its cell may be right where more is installed or allowed ({listed}). Read it and give the points in Formgrader; or, for none"
        made.lines = ["none"]
    if made.doubt:
        made.points = 0.0
    made.notes = list(dict.fromkeys(made.notes))
    return made


def sets_nothing(task: Task, plan: Plan, run: Run, errors: dict[int, str]) -> str:
    """A doubt about a task whose cell ran well and yet left no name of the answer, or nothing."""
    claims = read_claims(task, plan, run)
    if claims and not any(claim.texts or claim.number in errors for claim in claims):
        return f"cell {claims[0].number} sets no {', '.join(task.names)}: written with other names"
    return ""


def read_claims(task: Task, plan: Plan, run: Run) -> list[Claim]:
    """The values that came out of the sandbox for a task, in the order of the cells."""
    found = []
    for place, cell in enumerate(plan.run):
        for name, wanted in cell["take"]:
            if name == task.id and (place, task.id) in run.taken:
                texts = run.taken[place, task.id]
                claim = Claim(
                    plan.numbers[place],
                    {},
                    {own: texts[other] for own, other in zip(task.names, wanted) if other in texts},
                )
                for own, text in claim.texts.items():
                    try:
                        claim.values[own] = read(text)
                    except ValueRefused as reason:
                        claim.refused.append(f"{own} is no answer that can be read: {clean(str(reason))}")
                found.append(claim)
    return found


def read(text: dict) -> object:
    """A value, or the reason why the sandbox gave none. Raises `ValueRefused`."""
    if type(text) is dict and text.get("t") == "refused":
        raise ValueRefused(str(text.get("v")))
    return decoded(text)


def clean(text: str) -> str:
    """A short text of a student's making, fit for a table."""
    return re.sub(r"[^\w .,:()'-]", "", text)[:100]


def contained(claim: Claim, later: list[Claim]) -> bool:
    """Whether a later cell holds all that this one holds: the answer was split, or the cell copied."""
    return any(claim.texts.items() <= other.texts.items() for other in later) if plain(claim) else False


def plain(claim: Claim) -> bool:
    """Whether all that the cell gave could be read."""
    return not claim.refused


def choose(made: TaskMark, task: Task, claims: list[Claim], checks: list[int]) -> Claim | None:
    """The cell that counts, or None; writes a doubt where it matters and nothing decides it."""
    if len(claims) <= 1:
        return claims[0] if claims else None
    points = {claim.number: judge(task, dict.fromkeys(task.names, ...) | claim.values)[0] for claim in claims}
    last = claims[-1]
    if task.by_hand:
        made.notes.append(f"{task.id}: {len(claims)} cells answer it, all shown")
    elif len(set(points.values())) == 1:
        made.notes.append(f"{task.id}: {len(claims)} cells answer it, with the same result")
    elif checks and last.number < min(checks):
        made.notes.append(f"{task.id}: {len(claims)} cells answer it; the last one before the check counts")
    else:
        listed = ", ".join(f"cell {number} ({value:g})" for number, value in points.items())
        made.doubt = f"several cells answer it, with different points: {listed}"
        made.lines = [*map(str, points), "none"]
    return last


def joined(sources: dict[int, str]) -> str:
    """The text of the cells that answer a task."""
    if len(sources) == 1:
        return next(iter(sources.values()))
    return "\n\n".join(f"# cell {number}\n{source}" for number, source in sources.items())


def judge(task: Task, values: dict[str, object], seconds: float = TEST_SECONDS) -> tuple[float, str]:
    """The points for a task's values, and what its visible check prints. seconds: how long its tests may take."""
    visible, mark_here, hidden = task.test.partition(HIDDEN)
    space = {"__name__": "judging", "fr": frenemies, "check": frenemies.check} | values
    heard = io.StringIO()
    with time_limit(seconds), contextlib.redirect_stdout(heard):
        try:
            exec(compile(visible, "<check>", "exec", optimize=0), space)
            said = heard.getvalue().strip()
            # What `check` calls right is right, however it is written: hidden tests read a value more narrowly.
            if set(task.names) <= read_names(visible) and " ".join(said.split()).startswith(f"{task.id}: {RIGHT}"):
                return task.points, said
            return points_of(mark_here + hidden, space, task.points), said
        except TestTooSlow:
            return 0.0, f"{task.id}: this answer could not be judged in {seconds} seconds."
        except Exception:  # a test meets values of any kind: what it cannot use is wrong
            return 0.0, heard.getvalue().strip()


def points_of(test: str, space: dict, most: float) -> float:
    """Run a test and read its points from its last expression. Raises whatever the test raises."""
    tree = ast.parse(test)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, "<test>", "exec", optimize=0), space)
    value = eval(compile(ast.Expression(last.value), "<test>", "eval", optimize=0), space) if last else None
    if value is None:
        return most
    if not isinstance(value, numbers.Real) or not math.isfinite(value):
        return 0.0
    return min(max(float(value), 0.0), most)


@contextlib.contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Interrupt what takes more of the processor, where the system can (main thread, not Windows).

    Not by the wall: no mark may depend on how busy the teacher's machine is.
    """
    if not hasattr(signal, "SIGPROF") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def ring(*_) -> None:
        raise TestTooSlow

    before = signal.signal(signal.SIGPROF, ring)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
