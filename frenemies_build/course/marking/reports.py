"""What a teacher gets: tables of grades as platforms import them, and one page on the class."""

from __future__ import annotations

import csv
import html
import re
from collections import Counter
from pathlib import Path

from frenemies.exercises.answer_kinds import DONE
from frenemies_build.course.marking.decisions import FILE, OPEN
from frenemies_build.course.marking.exercises import Exercise, read_exercise
from frenemies_build.course.marking.gradebook import POLICY
from frenemies_build.course.marking.submission_records import MARKED, MISSING
from frenemies_build.course.marking.whole_class import Row
from frenemies_build.course.questions import read_bank

COLUMNS = ("student", "number", "exercise", "state", "points", "of", "to_mark", "undecided", "note")
# Where a cell may begin, before a sign that begins a formula (the wide signs of East Asian keyboards do so, too).
FORMULA = re.compile(r"(^\s*|[;\t\r\n]\s*)(?=[-=+@\uff0d\uff1d\uff0b\uff20])")
UNANSWERED = "Not answered yet"
STYLE = """
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; margin: .5rem 0 1.5rem; }
th, td { text-align: left; padding: .2rem .8rem .2rem 0; border-bottom: 1px solid #8884; vertical-align: top; }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; }
.bar { display: inline-block; height: .8em; background: #3b6ea5; }
@media print { body { margin: 0; } }
"""


def write_tables(rows: list[Row], to: Path) -> None:
    """Write `grades.csv`, a row for each student and exercise, and tables for each exercise with a column a task."""
    with (to / "grades.csv").open("w", encoding="utf-8-sig", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(COLUMNS)
        for row in rows:
            table.writerow([
                plain(row.student.name), plain(row.student.number), row.slug, row.state,
                number(row.points), number(row.of), number(row.to_mark), number(row.undecided), plain(row.note),
            ])  # fmt: skip
    for slug in sorted({row.slug for row in rows if row.slug}):
        own = [row for row in rows if row.slug == slug]
        write_forms(read_exercise(slug), own, to / f"grades-{slug}")


def write_forms(exercise: Exercise, rows: list[Row], stem: Path) -> None:
    """Write one exercise's grades with a column a task, and once more in the form of each platform that they came from.

    What waits for a person, and a sum with it in, stays empty: a platform would take a 0 for a grade. Canvas would take a
    number in brackets after a column's name for the number of an assignment.
    """
    names = [task.id for task in exercise.tasks]
    put(stem, ["Number", "Student", *names, "Total"], [
        [plain(row.student.number), plain(row.student.name), *(points(row, task) for task in names), total(row)] for row in rows
    ])  # fmt: skip
    # As Moodle's grading worksheet has it, whose numbers are those in the paths; a row without a grade would take one away.
    if moodle := [row for row in rows if row.student.platform == "Moodle"]:
        put(stem.with_name(f"{stem.name}-moodle"), ["Identifier", "Full name", "Grade", "Maximum Grade", "Last modified (grade)"], [
            [f"Participant {row.student.number}", plain(row.student.name), total(row), number(exercise.points), ""]
            for row in moodle if total(row)
        ])  # fmt: skip
    if canvas := [row for row in rows if row.student.platform == "Canvas"]:
        most = {task.id: exercise.by_hand_points if task.by_hand else task.points for task in exercise.tasks}
        possible = ["Points Possible", "", "", "", "", *(number(most[task]) for task in names)]
        put(stem.with_name(f"{stem.name}-canvas"), ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", *names], [
            possible, *([plain(row.student.name), row.student.number, "", "", "", *(points(row, task) for task in names)] for row in canvas)
        ])  # fmt: skip


def put(stem: Path, heads: list[str], lines: list[list[str]]) -> None:
    """Write a table of comma-separated values."""
    with stem.with_name(f"{stem.name}.csv").open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([heads, *lines])


def points(row: Row, task: str) -> str:
    """A task's points, or nothing where a person has still to look."""
    found = row.tasks.get(task)
    return number(found.points) if found and not found.open else ""


def total(row: Row) -> str:
    """The sum of all points, or nothing where one of them is open."""
    return number(row.points) if row.tasks and not any(one.open for one in row.tasks.values()) else ""


def number(value: float) -> str:
    """Points as a spreadsheet reads them: 2, 2.5."""
    return f"{value:g}"


def plain(text: str) -> str:
    """A text that no spreadsheet takes for a formula, also one that cuts lines at semicolons."""
    return FORMULA.sub(r"\1'", text)


def write_page(rows: list[Row], to: Path) -> None:
    """Write `class.html`: distribution, hardest task, common slips, and what waits for the teacher."""
    parts = ["<h1>The class</h1>", waiting(rows, to)]
    for slug in sorted({row.slug for row in rows if row.slug}):
        parts += section(slug, [row for row in rows if row.slug == slug])
    text = (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        f'<meta name="viewport" content="width=device-width"><title>The class</title><style>{STYLE}</style></head><body>{"".join(parts)}</body></html>\n'
    )
    (to / "class.html").write_text(text, encoding="utf-8")


def waiting(rows: list[Row], to: Path) -> str:
    """What the teacher has still to do."""
    by_hand = sum(row.to_mark > 0 for row in rows)
    unread = [row for row in rows if row.state not in (MARKED, MISSING)]
    items = [f"{by_hand} texts wait for your marks (Formgrader, <em>Manual Grading</em>)."] if by_hand else []
    if (to / OPEN).exists():
        items.append(
            f"Questions that only you can settle are in <code>{OPEN}</code>: copy one line of each into <code>{FILE}</code> and run again."
        )
    items += [
        f"{html.escape(row.student.name)}, {row.slug or 'no exercise'}: {row.state} ({html.escape(row.note)})"
        for row in unread
    ]
    return "<h2>For you to do</h2>" + (
        f"<ul>{''.join(f'<li>{item}</li>' for item in items)}</ul>" if items else "<p>Nothing is open.</p>"
    )


def section(slug: str, rows: list[Row]) -> list[str]:
    """The part of the page on one exercise."""
    exercise = read_exercise(slug)
    marked = [row for row in rows if row.tasks]
    parts = [f"<h2>{html.escape(exercise.title)}</h2>"]
    missing = [row.student.name for row in rows if row.state == MISSING]
    parts.append(
        f"<p>{len(marked)} marked of {len(rows)}."
        + (f" Not handed in: {html.escape(', '.join(missing))}." if missing else "")
        + "</p>"
    )
    if not marked:
        return parts
    automatic = exercise.points - exercise.by_hand_points
    counts = Counter(
        int(sum(row.tasks[task.id].points for task in exercise.tasks if not task.by_hand)) for row in marked
    )
    bars = [
        (f"{points} of {number(automatic)}", counts[points])
        for points in range(int(automatic), -1, -1)
        if counts[points]
    ]
    parts += ["<h3>Points that the tests gave</h3>", bar_table(("points", "students"), bars)]
    tasks = [task for task in exercise.tasks if not task.by_hand]
    mean = {task.id: sum(row.tasks[task.id].points for row in marked) / len(marked) / task.points for task in tasks}
    hardest = min(mean, key=mean.get)
    parts.append(
        f"<h3>Tasks</h3><p>Hardest: <strong>{hardest}</strong>, where the class reached {mean[hardest]:.0%} of the points.</p>"
    )
    parts.append(table(("task", "points", "share of the points", "students with full points", "without an answer"), [
        (
            task.id,
            number(task.points),
            f"{mean[task.id]:.0%}",
            sum(row.tasks[task.id].points == task.points for row in marked),
            sum(UNANSWERED in row.said.get(task.id, "") for row in marked),
        )
        for task in tasks
    ]))  # fmt: skip
    found = slips(slug, marked)
    parts.append("<h3>Common slips</h3>")
    parts.append(table(("task", "slip", "students"), found) if found else "<p>None.</p>")
    return parts


def slips(slug: str, rows: list[Row]) -> list[tuple[str, str, int]]:
    """What the checks said of wrong answers, with how many students each befell; for a choice, the reading's name."""
    readings = {
        (task, option["feedback"]): option["reading"]
        for task, question in read_bank(slug).items()
        if question["use"] == "read"
        for option in question["options"].values()
    }
    counts: Counter[tuple[str, str]] = Counter()
    for row in rows:
        for task, said in row.said.items():
            text = " ".join(said.split()).removeprefix(f"{task}: ")
            if not text or text.startswith((*DONE, UNANSWERED)):
                continue
            name = readings.get((task, text.removeprefix("Not yet. ")))
            text = re.sub(r"\s*Expected: .*|\s*\(\d.*", "", text.removeprefix("Not yet. "))
            counts[task, name or re.sub(r"\d[\d,.]*\d|\d", "N", text)] += 1
    return [(task, name, count) for (task, name), count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))]


def table(heads: tuple[str, ...], rows: list[tuple]) -> str:
    """A table; numbers stand right."""
    head = "".join(f"<th>{head}</th>" for head in heads)
    body = "".join(
        "<tr>"
        + "".join(f"<td{' class=n' if isinstance(cell, int) else ''}>{html.escape(str(cell))}</td>" for cell in row)
        + "</tr>"
        for row in rows
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def bar_table(heads: tuple[str, str], rows: list[tuple[str, int]]) -> str:
    """Counts as numbers and bars."""
    most = max(count for _, count in rows)
    body = "".join(
        f'<tr><td>{html.escape(name)}</td><td class="n">{count}</td><td><span class="bar" style="width:{20 * count / most:.1f}em"></span></td></tr>'
        for name, count in rows
    )
    return (
        f"<table><thead><tr><th>{heads[0]}</th><th>{heads[1]}</th><th></th></tr></thead><tbody>{body}</tbody></table>"
    )
