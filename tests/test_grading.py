"""Marking a class: whatever is handed in, every student gets a row, and the points are the right ones."""

from __future__ import annotations

import re

import nbformat
import pandas as pd
import pytest
from nbgrader.api import Gradebook

from frenemies_build.course import editions
from frenemies_build.course import marking

SLUG = "01-trade"
SOLUTION = re.compile(r"### BEGIN SOLUTION\n(.*?)### END SOLUTION", re.DOTALL)


def submission(solved: list[str], changed: dict[str, str] | None = None, without: tuple[str, ...] = (), points: dict | None = None) -> str:
    """A students' edition with some tasks solved, some cells changed and some removed, as JSON."""
    master = nbformat.read(editions.master_path(SLUG), as_version=4)
    answers = {marking.task_id(cell): SOLUTION.sub(r"\1", cell.source) for cell in master.cells}
    notebook = nbformat.read(editions.release_path(SLUG), as_version=4)
    notebook.cells = [cell for cell in notebook.cells if marking.task_id(cell) not in without]
    for cell in notebook.cells:
        task = marking.task_id(cell)
        if task in solved:
            cell.source = answers[task]
        cell.source = (changed or {}).get(task, cell.source)
        if task in (points or {}):
            cell.metadata.nbgrader.points = points[task]
    return nbformat.writes(notebook)


ALL = [f"trade-{number}" for number in range(1, 7)]


@pytest.fixture(scope="module")
def marked(tmp_path_factory):
    """A class of troublesome students, marked: the folder of results and the rows by student."""
    folder = tmp_path_factory.mktemp("class")
    handed_in = {
        "good": submission(ALL),
        "blank": submission([]),
        "half": submission(ALL[:2]),
        "syntax error": submission(ALL, {"trade-2": "deficit_2024 = (("}),
        "endless": submission(ALL, {"trade-3": "while True:\n    pass"}),
        "tampered": submission(
            ALL[:1], {"trade-2-check": "print('Correct.')\n2.0"}, without=("trade-4-check",), points={"trade-3-check": 100}
        ),
        "odd metadata": submission(ALL).replace('"nbgrader": {', '"nbgrader": 7, "was": {'),
        "not json": "{ this is not a notebook",
    }
    for student, text in handed_in.items():
        (folder / "submitted" / student).mkdir(parents=True)
        (folder / "submitted" / student / f"{SLUG}.ipynb").write_text(text, encoding="utf-8")
    (folder / "submitted" / "absent").mkdir()
    rows = marking.grade(folder / "submitted", folder / "graded", cell_seconds=20)
    return folder, {row.student: row for row in rows}


def test_every_student_has_a_row_whatever_was_handed_in(marked):
    folder, rows = marked
    table = pd.read_csv(folder / "graded" / "grades.csv").set_index("student")
    assert table["state"].to_dict() == {
        "good": "marked",
        "blank": "marked",
        "half": "marked",
        "syntax error": "marked",
        "endless": "marked",
        "tampered": "marked",
        "odd metadata": "could not be run",
        "not json": "cannot be read",
        "absent": "not handed in",
    }
    assert set(table["exercise"]) == {SLUG} and set(table["of"]) == {18}


def test_points_follow_the_answers(marked):
    points = {student: row.points for student, row in marked[1].items()}
    assert points == {
        "good": 12, "blank": 0, "half": 4, "syntax error": 10, "endless": 9, "tampered": 2, "odd metadata": 0, "not json": 0, "absent": 0,
    }
    assert {student: row.to_mark for student, row in marked[1].items() if row.to_mark != 6} == {
        "odd metadata": 0, "not json": 0, "absent": 0,
    }


def test_table_says_what_went_wrong(marked):
    notes = {student: row.note for student, row in marked[1].items()}
    assert notes["good"] == notes["blank"] == ""
    assert "trade-2: SyntaxError" in notes["syntax error"]
    assert "trade-3: ran out of time" in notes["endless"]
    for part in ("trade-2-check: locked cell was changed", "trade-4-check: cell missing", "trade-3-check: points were changed"):
        assert part in notes["tampered"]
    assert "not JSON" in notes["not json"]


def test_marks_given_by_hand_reach_table_and_feedback(marked):
    folder, _ = marked
    graded = folder / "graded"
    course = marking.Course(graded.resolve() / "course")
    with Gradebook(course.gradebook) as book:
        found = book.find_grade("trade-6-by-hand", SLUG, SLUG, "good")
        found.manual_score, found.needs_manual_grade = 5, False
        book.db.commit()
    assert marking.main([str(folder / "submitted"), "--to", str(graded), "--after-marking"]) == 0
    row = pd.read_csv(graded / "grades.csv").set_index("student").loc["good"]
    assert (row["points"], row["to_mark"]) == (17, 0)
    pages = {path.parent.name for path in graded.glob(f"feedback/*/{SLUG}.html")}
    assert pages == {"good", "blank", "half", "syntax_error", "endless", "tampered"}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "not JSON"),
        (b"\xff\xfe\x00", "not text"),
        (b"[]", "not a valid notebook"),
        (b"{}", "not a valid notebook"),
        (b'{"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": []}', "old format"),
        (submission([]).encode()[:500], "not JSON"),
    ],
    ids=["empty", "binary", "list", "object", "old", "cut off"],
)
def test_file_that_is_no_notebook_is_told_apart(tmp_path, content, message):
    path = tmp_path / "x.ipynb"
    path.write_bytes(content)
    assert message in marking.unreadable(path)


def test_folder_without_students_is_refused(tmp_path, capsys):
    assert marking.main([str(tmp_path), "--to", str(tmp_path / "graded")]) == 1
    assert "one for each student" in capsys.readouterr().err


def test_table_of_another_kind_is_refused(tmp_path, capsys):
    (tmp_path / "grades.csv").write_text("name,mark\nana,3\n", encoding="utf-8")
    assert marking.main([str(tmp_path), "--to", str(tmp_path), "--after-marking"]) == 1
    assert "not a table that this command wrote" in capsys.readouterr().err


def test_folders_that_nbgrader_cannot_tell_apart_are_refused(tmp_path):
    (tmp_path / "a b").mkdir()
    (tmp_path / "a_b").mkdir()
    with pytest.raises(ValueError, match="rename"):
        marking.handed_in(tmp_path)
