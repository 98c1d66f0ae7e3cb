"""Find a student's answers in a notebook that other programs and people have changed.

A notebook is read leniently: only cells, their text and, where they survived, their ids count. An
answer is known by nbgrader's id, or by the names that it sets, and a check by what it calls. So a cell may be
copied, split, moved, retyped or stripped of its metadata. Where two cells claim one task, both are taken; `judging`
tells whether it matters which.
"""

from __future__ import annotations

import difflib
import json
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from frenemies.exercises.tries import assigned
from frenemies_build.course.editions import CHECK_CALL
from frenemies_build.course.marking.exercises import Exercise, Task

MOST_BYTES = 120_000_000  # what students print is in the file, too
MOST_PARTS = 5_000_000  # texts, lists and entries, so that a small file cannot become gigabytes when it is read
MOST_CELLS = 1_000
MOST_SOURCE = 400_000
SIMILAR = 0.75
ANY_CHECK = re.compile(r"""\bcheck\(\s*["']([\w-]+)["']""")


class Unreadable(ValueError):
    """A file that is no notebook; the message says what it is instead."""


@dataclass
class Cell:
    """One cell of a submission, numbered from 1 in its file."""

    number: int
    kind: str
    source: str
    grade_id: str = ""
    id: str = ""


@dataclass
class Plan:
    """What to run and what to take: `run` goes to the sandbox, `claims` are the cells that answer a task, by task."""

    run: list[dict] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    claims: dict[str, list[int]] = field(default_factory=dict)
    checks: dict[str, list[int]] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    doubts: dict[str, str] = field(default_factory=dict)


def read_cells(content: bytes) -> list[Cell]:
    """The cells of a notebook file of format 3 or 4. Raises `Unreadable` for anything else."""
    if len(content) > MOST_BYTES:
        raise Unreadable(f"the file has {len(content) / 1e6:.0f} million bytes")
    if sum(content.count(sign) for sign in (b"[", b"{", b'"')) > MOST_PARTS:
        raise Unreadable(f"the file has more than {MOST_PARTS / 1e6:.0f} million parts")
    text, _ = text_of(content)
    try:
        notebook = json.loads(text)
    except (ValueError, RecursionError):
        raise Unreadable("not a notebook: the file is not JSON (cut off, or another kind of file)") from None
    if not isinstance(notebook, dict):
        raise Unreadable("not a notebook: the file holds other data")
    cells = notebook.get("cells")
    if not isinstance(cells, list):
        sheets = notebook.get("worksheets")
        parts = [one.get("cells") for one in sheets if isinstance(one, dict)] if isinstance(sheets, list) else []
        cells = [cell for part in parts if isinstance(part, list) for cell in part] if parts else None
    if not isinstance(cells, list):
        raise Unreadable("not a notebook: it has no cells")
    if len(cells) > MOST_CELLS:
        raise Unreadable(f"the notebook has {len(cells):,} cells")
    found = [read_cell(number, cell) for number, cell in enumerate(cells, 1) if isinstance(cell, dict)]
    if sum(len(cell.source) for cell in found) > MOST_SOURCE:
        raise Unreadable(f"its cells hold more than {MOST_SOURCE:,} characters")
    return found


def text_of(content: bytes) -> tuple[str, str]:
    """The text of a file, whichever Unicode it is written in, and a note where it is in none.

    Old editors save in the letters of one country. Code is plain, so only other letters are lost. Raises `Unreadable` for what
    is not text.
    """
    coding = json.detect_encoding(content)  # by the mark of byte order, else by where the zeros stand
    try:
        return content.decode(coding).rstrip("\0"), ""
    except UnicodeDecodeError:
        if coding.startswith("utf-8") and content.lstrip().startswith(b"{") and b"\0" not in content:
            return content.decode(
                coding, "replace"
            ), "the file is not saved as UTF-8: letters outside plain ones were lost"
        raise Unreadable("not a notebook: the file is not text") from None


def read_cell(number: int, cell: dict) -> Cell:
    """One cell, whatever is missing or odd in it."""
    source = cell.get("source", cell.get("input", ""))
    if isinstance(source, list):
        source = "".join(part for part in source if isinstance(part, str))
    metadata = cell.get("metadata") if isinstance(cell.get("metadata"), dict) else {}
    marked = metadata.get("nbgrader") if isinstance(metadata.get("nbgrader"), dict) else {}
    # The book's own page keeps the id of a cell in its metadata where the format has no place for it.
    own = cell.get("id", metadata.get("id", ""))
    texts = [value if isinstance(value, str) else "" for value in (source, marked.get("grade_id"), own)]
    # A lone half of a character pair can be no text of a program, and would stop every file it is written to.
    texts = [text.encode("utf-8", "replace").decode("utf-8") for text in texts]
    return Cell(number, str(cell.get("cell_type", "")), *texts)


def which(cells: list[Cell], exercises: Iterable[Exercise]) -> list[str]:
    """The exercises that a notebook can be, by its ids and checks, else its title, else the names that it sets."""
    exercises = list(exercises)
    owners = {name: one.slug for one in exercises for task in one.tasks for name in (task.id, task.test_id)}
    found = Counter()
    for cell in cells:
        found.update({owners[name] for name in (cell.grade_id, *ANY_CHECK.findall(cell.source)) if name in owners})
    if not found:
        titles = {line.strip() for cell in cells if cell.kind == "markdown" for line in cell.source.splitlines()}
        found.update(one.slug for one in exercises if f"# {one.title}" in titles)
    if not found:
        names = {name for cell in cells if cell.kind == "code" for name in assigned(cell.source)}
        hits = {one.slug: sum(set(task.names) <= names for task in one.tasks) for one in exercises}
        best = max(hits.values(), default=0)
        found.update(slug for slug, count in hits.items() if count == best and best >= 2)
    # One cell pasted from another exercise does not make it that one.
    most = max(found.values(), default=0)
    return sorted(slug for slug, count in found.items() if count > most / 4)


def same(one: str, other: str) -> bool:
    """Whether two cells say the same, spaces and blank lines apart."""
    return one.split() == other.split()


def plan(cells: list[Cell], exercise: Exercise, settled: dict[str, str]) -> Plan:
    """Match a submission to an exercise.

    settled: what the teacher decided, by task: the number of a cell, with other names of the answer after it
    where the student used some, or "none".
    """
    made = Plan()
    tests = {task.test_id: task for task in exercise.tasks}
    by_id = {task.id: task for task in exercise.tasks}
    names = {task.id: set(task.names) for task in exercise.tasks}
    turned = {cell.number: task for cell in cells if (task := turned_to_text(cell, by_id))}
    made.notes += [
        f"{task}: cell {number} had become a text cell and was run as code" for number, task in turned.items()
    ]
    code = [cell for cell in cells if (cell.kind == "code" and cell.source.strip()) or cell.number in turned]
    givens = match_given(code, exercise)
    takes: dict[int, list] = {}
    run = []
    for cell in code:
        sets = assigned(cell.source)
        calls = [task for task in CHECK_CALL.findall(cell.source) if task in by_id]
        answers = [task for task in by_id if names[task] & sets]
        if cell.grade_id in tests or (calls and not answers):
            for task in {tests[cell.grade_id].id} if cell.grade_id in tests else set(calls):
                made.checks.setdefault(task, []).append(cell.number)
            if cell.grade_id not in tests or tests[cell.grade_id].id not in answers:
                continue
            # Typed into the locked cell: no less an answer, and where its own cell has another, the teacher decides.
            task = tests[cell.grade_id]
            run.append(cell)
            made.claims.setdefault(task.id, []).append(cell.number)
            takes[cell.number] = [[task.id, list(task.names)]]
            made.notes.append(f"{task.id}: cell {cell.number}, its check, has an answer typed into it")
            continue
        run.append(cell)
        if cell.number in givens.values():
            continue
        for task in calls:
            made.checks.setdefault(task, []).append(cell.number)
        owner = cell.grade_id if cell.grade_id in by_id else cell.id if cell.id in by_id else ""
        for task in [owner] if owner else answers:
            made.claims.setdefault(task, []).append(cell.number)
            takes.setdefault(cell.number, []).append([task, list(by_id[task].names)])
    sources = {cell.number: cell.source for cell in code}
    find_strays(made, run, exercise, takes)
    made.notes += moved_answers(made, cells, exercise)
    for task in exercise.tasks:
        if task.id in settled:
            apply_decision(made, task, settled[task.id], takes, sources)
        elif task.id not in made.claims:
            lost(made, task, cells)
    made.notes += changed_tests(made, cells, exercise)
    order(made, run, takes, exercise, givens)
    return made


def turned_to_text(cell: Cell, tasks: dict[str, Task]) -> str:
    """The task whose answer cell became a text cell with the program still in it (a key pressed in JupyterLab does it)."""
    task = next((name for name in (cell.grade_id, cell.id) if name in tasks), "")
    whole = task and not tasks[task].by_hand and set(tasks[task].names) <= assigned(cell.source)
    return task if whole and cell.kind in ("markdown", "raw") else ""


def moved_answers(made: Plan, cells: list[Cell], exercise: Exercise) -> list[str]:
    """Notes on answers in other cells than those given for them, where the others still have their ids."""
    given = {name for cell in cells for name in (cell.grade_id, cell.id)} & {task.id for task in exercise.tasks}
    if not given:
        return []
    return [
        f"{task}: its own cell is gone; cell {', '.join(map(str, numbers))} sets its names"
        for task, numbers in made.claims.items()
        if task not in given
    ]


def find_strays(made: Plan, run: list[Cell], exercise: Exercise, takes: dict[int, list]) -> None:
    """Give a task without a cell those in other tasks' cells that set its names."""
    for task in exercise.tasks:
        if task.id not in made.claims:
            for cell in run:
                if set(task.names) & assigned(cell.source):
                    made.claims.setdefault(task.id, []).append(cell.number)
                    takes.setdefault(cell.number, []).append([task.id, list(task.names)])


def lost(made: Plan, task: Task, cells: list[Cell]) -> None:
    """A task that no code cell answers: its text in a text cell, or a doubt."""
    text = next((cell for cell in cells if cell.kind != "code" and task.id in (cell.grade_id, cell.id)), None)
    if task.by_hand and text is not None:
        made.texts[task.id] = text.source
        made.notes.append(f"{task.id}: the answer stands in a text cell")
        return
    if any(cell.kind == "code" and task.id in (cell.grade_id, cell.id) and not cell.source.strip() for cell in cells):
        made.notes.append(f"{task.id}: its cell was left empty")
        return
    made.doubts[task.id] = f"no cell sets {', '.join(task.names)}: deleted, or written with other names"


def apply_decision(made: Plan, task: Task, decision: str, takes: dict[int, list], sources: dict[int, str]) -> None:
    """Follow the teacher's line on one task; one that does not fit the notebook leaves a doubt."""
    number, *names = decision.replace(",", " ").split()
    for place in made.claims.pop(task.id, []):
        takes[place] = [take for take in takes[place] if take[0] != task.id]
    if number == "none":
        made.notes.append(f"{task.id}: no answer, as you decided")
        return
    if not number.isdecimal() or int(number) not in sources:
        made.doubts[task.id] = f"your line says cell {number}, which is no code cell of this notebook"
    elif names and len(names) != len(task.names):
        made.doubts[task.id] = (
            f"your line names {len(names)} variables; the answer has {len(task.names)}: {', '.join(task.names)}"
        )
    else:
        made.claims[task.id] = [int(number)]
        takes.setdefault(int(number), []).append([task.id, names or list(task.names)])
        made.notes.append(f"{task.id}: cell {number}, as you decided")


def match_given(code: list[Cell], exercise: Exercise) -> dict[str, int]:
    """The edition's own cells in a submission: unchanged, else by id, else the most similar; cell number by given id."""
    found, free = {}, {cell.number: cell for cell in code if not cell.grade_id}
    for name, source, _ in exercise.given:
        if hit := next((cell for cell in free.values() if same(cell.source, source)), None):
            found[name] = hit.number
            del free[hit.number]
    answers = {name for task in exercise.tasks for name in task.names}
    for name, source, _ in exercise.given:
        if name in found:
            continue
        hit = next((cell for cell in free.values() if cell.id == name), None)
        if hit is None:
            ratio = {n: difflib.SequenceMatcher(None, cell.source, source).quick_ratio() for n, cell in free.items()}
            best = max(ratio, key=ratio.get, default=None)
            hit = free[best] if best is not None and ratio[best] > SIMILAR else None
        if hit is not None and not assigned(hit.source) & answers:
            found[name] = hit.number
            del free[hit.number]
    return found


def changed_tests(made: Plan, cells: list[Cell], exercise: Exercise) -> list[str]:
    """Notes on locked cells that are not as they were given out; none of them is ever used."""
    present = {cell.grade_id for cell in cells}
    if not present & {task.test_id for task in exercise.tasks}:
        return ["its cells lost their ids (another program, or retyped): answers were found by their names"]
    notes = []
    for task in exercise.tasks:
        visible = CHECK_CALL.sub("", task.test.split("### BEGIN HIDDEN TESTS")[0])
        own = [cell for cell in cells if cell.grade_id == task.test_id]
        if not own:
            notes.append(f"{task.test_id}: cell missing")
        own = [cell for cell in own if cell.number not in made.claims.get(task.id, [])]
        if any(not same(CHECK_CALL.sub("", cell.source), visible) for cell in own):
            notes.append(f"{task.test_id}: locked cell was changed, or is of another edition (not used)")
    return notes


def order(made: Plan, run: list[Cell], takes: dict[int, list], exercise: Exercise, givens: dict[str, int]) -> None:
    """Write down what runs: the student's cells in their order, with given cells that were lost put back."""
    set_somewhere = {name for cell in run for name in assigned(cell.source)}
    task_place = {task.id: place for place, task in enumerate(exercise.tasks)}
    first_after = {}
    for task, numbers in made.claims.items():
        for number in numbers:
            first_after[number] = max(first_after.get(number, 0), task_place[task] + 1)
    missing = [given for given in exercise.given if given[0] not in givens and assigned(given[1]) - set_somewhere]
    for cell in run:
        while missing and first_after.get(cell.number, 0) > missing[0][2]:
            put_back(made, *missing.pop(0)[:2])
        made.run.append({"source": cell.source, "take": takes.get(cell.number, [])})
        made.numbers.append(cell.number)


def put_back(made: Plan, name: str, source: str) -> None:
    """Run a given cell that the submission lacks."""
    made.run.append({"source": source, "take": []})
    made.numbers.append(0)
    made.notes.append(f"given cell {name!r} was missing and was run as it was given out")
