"""Mark a class: stage 1 in sandboxes, two at a time, then stage 2 from what they left."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from pathlib import Path

from nbgrader.api import Gradebook

from frenemies_build.course.editions import slugs
from frenemies_build.course.marking import decisions as lines
from frenemies_build.course.marking import sandbox, submission_records
from frenemies_build.course.marking.cells import Plan, plan
from frenemies_build.course.marking.exercises import Exercise, read_exercise
from frenemies_build.course.marking.gradebook import Course, Points
from frenemies_build.course.marking.intake import (
    Attempt,
    Doubt,
    Intake,
    Student,
    take_in,
)
from frenemies_build.course.marking.judging import TaskMark, clean, mark
from frenemies_build.course.marking.submission_records import Record, Roll

AT_A_TIME = max(1, min(os.cpu_count() or 1, 8))


@dataclass
class Row:
    """One student's result in one exercise. Points that a person has still to give or to decide are counted apart."""

    student: Student
    slug: str
    state: str
    points: float = 0.0
    of: float = 0.0
    to_mark: float = 0.0
    undecided: float = 0.0
    tasks: dict[str, Points] = field(default_factory=dict)
    said: dict[str, str] = field(default_factory=dict)
    note: str = ""


def collect(
    submitted: Path,
    to: Path,
    seconds: float = sandbox.CELL_SECONDS,
    part: tuple[int, int] = (1, 1),
    sandboxed: bool = True,
    tell: Callable[[str], None] = print,
) -> None:
    """Stage 1: run what was handed in and is not yet on record; store values, never points.

    Raises `ValueError` where there is no class, `NoSandbox` where student code cannot be run safely.
    """
    to.mkdir(parents=True, exist_ok=True)
    decided = lines.read_decisions(to)
    known = {slug: read_exercise(slug) for slug in slugs()}
    intake = take_in(submitted, list(known.values()), decided)
    number, parts = part
    students = [one for place, one in enumerate(intake.students) if place % parts == number - 1]
    if sandboxed:
        sandbox.trial([submitted, to])
    before, jobs = submission_records.read(to), []
    found = sorted({slug for _, slug in intake.work} | {slug for _, slug in intake.unclear})
    kept = {(student.key, slug) for student in students for slug in found or [""]}
    for student in students:
        for slug in found or [""]:
            record, made = first_record(student, slug, intake, known, decided)
            if made is None:
                submission_records.write(to, record)
                continue
            record.sandboxed = sandboxed
            record.plan, record.digest = (
                submission_records.plan_digest(made),
                submission_records.digest(made, seconds, sandboxed),
            )
            old = before.get((student.key, slug))
            if old and old.digest == record.digest and old.run:
                record.run, record.state = old.run, old.state
                submission_records.write(to, record)
            else:
                jobs.append((record, made))
    for key in before.keys() - kept:
        (to / "records" / before[key].name).unlink(missing_ok=True)
    doubts = [doubt for doubt in intake.doubts if belongs(doubt, students, part)]
    submission_records.write_roll(to, Roll(students, found, doubts, number, parts))
    tell(f"{len(kept)} submissions, {len(jobs)} to run, {min(AT_A_TIME, max(len(jobs), 1))} at a time")
    run_all(jobs, to, seconds, sandboxed, tell)


def belongs(doubt: Doubt, students: list[Student], part: tuple[int, int]) -> bool:
    """Whether a doubt is of these students; one about nobody known belongs to the first part."""
    words = doubt.question.split()
    keys = {student.key for student in students}
    return words[1] in keys if words[0] == "use" else part[0] == 1


def first_record(
    student: Student, slug: str, intake: Intake, known: dict[str, Exercise], decided: dict[str, str]
) -> tuple[Record, Plan | None]:
    """The record of a student's work before it has run, and the plan of the run if there is one to be made."""
    record = Record(student, slug, submission_records.MISSING)
    if attempt := intake.work.get((student.key, slug)):
        made = plan(attempt.cells, known[slug], task_lines(decided, student))
        record = Record(student, slug, submission_records.STOPPED, attempt.place, attempt.notes, attempt.cells)
        return record, made
    if reason := intake.unclear.get((student.key, slug)):
        record.state, record.notes = submission_records.OPEN, [reason]
    elif failed := failed_for(student, slug, intake):
        record.state, record.notes = failed_state(failed, slug)
        record.place = failed[0].place
    return record, None


def failed_for(student: Student, slug: str, intake: Intake) -> list[Attempt]:
    """The unreadable files that may be a student's work on an exercise: called after it, or all that there is."""
    others = any(key == student.key for key, _ in (*intake.work, *intake.unclear))
    return [one for one in intake.failed.get(student.key, []) if slug in one.place or not others]


def failed_state(failed: list[Attempt], slug: str) -> tuple[str, list[str]]:
    """State and notes where a student handed in only what is no notebook, or of no exercise."""
    own = [attempt for attempt in failed if slug in attempt.place] or failed
    if unknown := [attempt for attempt in own if not attempt.problem]:
        return submission_records.OPEN, [f"{unknown[0].place} fits no exercise, or several"]
    return submission_records.UNREADABLE, list(dict.fromkeys(attempt.problem for attempt in own))


def task_lines(decided: dict[str, str], student: Student) -> dict[str, str]:
    """The teacher's lines on one student's tasks, by task."""
    start = f"task {student.key} "
    return {question.removeprefix(start): answer for question, answer in decided.items() if question.startswith(start)}


def run_all(
    jobs: list[tuple[Record, Plan]], to: Path, seconds: float, sandboxed: bool, tell: Callable[[str], None]
) -> None:
    """Run the jobs, several at a time, storing each as it ends; an interrupt ends what runs and keeps what is stored."""

    def one(record: Record, made: Plan) -> float:
        begun = time.monotonic()
        try:
            record.run, record.state = sandbox.run(made.run, seconds, sandboxed), submission_records.MARKED
            submission_records.write(to, record)
        except Exception as problem:  # whatever one submission brings about, the others are marked
            record.run, record.state = None, submission_records.STOPPED
            record.notes.append(f"{in_short(problem)}; run the command again")
            submission_records.write(to, record)
        return time.monotonic() - begun

    try:
        with ThreadPoolExecutor(max_workers=AT_A_TIME) as pool:
            try:
                waiting = {pool.submit(one, *job): job[0] for job in jobs}
                for count, future in enumerate(as_completed(waiting), 1):
                    record = waiting[future]
                    ended = "" if record.run and record.run.done else "  did not end by itself"
                    tell(
                        f"[{count:>3}/{len(jobs)}] {record.student.key}  {record.slug}  {future.result():.1f} s{ended}"
                    )
            except BaseException:
                sandbox.stopping.set()
                pool.shutdown(wait=False, cancel_futures=True)
                raise
    finally:
        sandbox.stopping.clear()


def in_short(problem: Exception) -> str:
    """An error as a note has room for it."""
    return str(problem) if isinstance(problem, sandbox.NoSandbox) else clean(f"{type(problem).__name__}: {problem}")


def judge_all(to: Path) -> list[Row]:
    """Stage 2: judge everything on record, fill the gradebook, and return the rows of the grade table.

    Raises `ValueError` for a folder without a class, `RuntimeError` where a master is at fault.
    """
    roll, found = submission_records.read_roll(to), submission_records.read(to)
    decided = lines.read_decisions(to)
    course = Course(to.resolve() / "course")
    course.build([slug for slug in roll.slugs if slug])
    rows, doubts = [], list(roll.doubts)
    with course.book() as book:
        for student in roll.students:
            for slug in roll.slugs or [""]:
                record = found.get((student.key, slug)) or Record(
                    student, slug, submission_records.STOPPED, notes=["its record is missing; run again"]
                )
                of = read_exercise(slug).points if slug else 0
                row = Row(student, slug, record.state, of=of, note="; ".join(record.notes))
                if record.state == submission_records.MARKED:
                    try:
                        doubts += judge_one(course, book, record, row, task_lines(decided, student))
                    except Exception as problem:  # one record that cannot be judged must not cost the class its marks
                        book.db.rollback()
                        note = f"it could not be judged ({in_short(problem)}); remove {record.name} from records and run the command again"
                        row = Row(student, slug, submission_records.STOPPED, of=of, note=note)
                rows.append(row)
    lines.write_doubts(to, doubts)
    return rows


def judge_one(course: Course, book: Gradebook, record: Record, row: Row, decided: dict[str, str]) -> list[Doubt]:
    """Judge one record, store it in the gradebook and fill its row; return what the teacher has to decide."""
    exercise = read_exercise(record.slug)
    made = plan(record.cells, exercise, decided)
    sources = {cell.number: cell.source for cell in record.cells}
    if record.plan != submission_records.plan_digest(made):
        row.state, row.note = (
            submission_records.STOPPED,
            "your lines or the edition changed what has to run; run the command again",
        )
        return []
    marks = mark(exercise, made, record.run, sources)
    notes = [*record.notes, *made.notes, *elsewhere(made, record, marks)]
    if not record.sandboxed:
        notes.append("run without a sandbox")
    row.tasks = course.save(book, record.student, exercise, marks, notes)
    row.said = {one.task: one.said for one in marks}
    row.points = sum(points.points for points in row.tasks.values())
    doubted = {one.task: one for one in marks if one.doubt and not row.tasks[one.task].by_person}
    row.undecided = sum(row.tasks[task].most for task in doubted)
    row.to_mark = sum(row.tasks[task.id].most for task in exercise.tasks if task.by_hand and row.tasks[task.id].open)
    said = [
        note for one in marks for note in [*one.notes, *([f"{one.task}: {one.doubt}"] if one.task in doubted else [])]
    ]
    row.note = "; ".join(dict.fromkeys([*notes, *said]))
    return [Doubt(f"task {record.student.key} {one.task}", one.doubt, one.lines) for one in doubted.values()]


def elsewhere(made: Plan, record: Record, marks: list[TaskMark]) -> list[str]:
    """Notes on errors in cells that answer no task."""
    claimed = {number for numbers in made.claims.values() for number in numbers}
    errors = {made.numbers[place]: name for place, name in record.run.errors.items() if 0 <= place < len(made.numbers)}
    found = [f"cell {number}: {name}" for number, name in sorted(errors.items()) if number and number not in claimed]
    return found[:3] + ([f"and {len(found) - 3} more cells with errors"] if len(found) > 3 else [])


def merge(parts: list[Path], to: Path) -> None:
    """Bring the parts of a class together, with what was marked by hand and decided in each. Raises `MergeError`."""
    to.mkdir(parents=True, exist_ok=True)
    submission_records.merge(parts, to)
    if own := [folder / lines.FILE for folder in parts if (folder / lines.FILE).exists()]:
        told = [(to / lines.FILE).read_text(encoding="utf-8-sig")] if (to / lines.FILE).exists() else []
        told += [path.read_text(encoding="utf-8-sig") for path in own]
        (to / lines.FILE).write_text("\n".join(dict.fromkeys("\n".join(told).splitlines())) + "\n", encoding="utf-8")
    judge_all(to)
    course = Course(to.resolve() / "course")
    for folder in parts:
        course.restore(Course(folder.resolve() / "course").hand_marks())


def clear_submitted(to: Path) -> None:
    """Keep nbgrader's folder of submissions empty: what lies there, Formgrader would run without a sandbox."""
    shutil.rmtree(to / "course" / "submitted", ignore_errors=True)
