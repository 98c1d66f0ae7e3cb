"""Marking a class: every student gets the marks that the work deserves, and no submission can touch them.

One class of thirty-six is marked once for most of these tests (`class_of_thirty.py`).
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import math
import os
import random
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import time
import zipfile
import zlib
from pathlib import Path

import class_of_thirty as thirty
import nbformat
import numpy as np
import pandas as pd
import psutil
import pytest
from bs4 import BeautifulSoup
from class_of_thirty import SLUG, TASKS, code, notebook, text, zipped
from jupyterlab_server.config import get_page_config
from pandas.testing import assert_frame_equal, assert_index_equal, assert_series_equal

import frenemies
from frenemies.exercises.plain_words import in_plain_words
from frenemies_build.course import editions
from frenemies_build.course.marking import __main__ as command
from frenemies_build.course.marking import (
    answer_values,
    cells,
    exercises,
    intake,
    judging,
    sandbox,
    submission_records,
    whole_class,
)
from frenemies_build.course.marking.decisions import read_decisions
from frenemies_build.course.marking.gradebook import Course
from frenemies_build.course.marking.intake import Student
from frenemies_build.course.marking.reports import write_tables

TOKEN = "token-that-nobody-may-see-5d1e"
SECONDS = 4
KNOWN = [exercises.read_exercise(slug) for slug in editions.slugs()]
EXERCISE = exercises.read_exercise(SLUG)


def rows_of(folder: Path) -> dict[str, dict[str, str]]:
    """The grade table by student."""
    with (folder / "grades.csv").open(encoding="utf-8-sig", newline="") as file:
        return {row["student"]: row for row in csv.DictReader(file)}


def fingerprints(*folders: Path) -> dict[str, str]:
    """A hash of every file below folders, byte code apart."""
    files = (
        path for folder in folders for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts
    )
    return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def ours(process: psutil.Process) -> bool:
    """Whether a process comes from this test run: below it, or left without a parent by a program of the sandbox."""
    try:
        orphan = process.ppid() == 1 and any("inmate" in part for part in process.cmdline())
        return orphan or os.getpid() in [one.pid for one in process.parents()]
    except psutil.NoSuchProcess:
        return False


@pytest.fixture(scope="module")
def marked(tmp_path_factory):
    """The class, marked: its folder, what each deserves, and what was seen outside meanwhile."""
    folder = tmp_path_factory.mktemp("class")
    (folder / "secret.txt").write_text(TOKEN)
    os.environ["MARKING_TEST_SECRET"] = TOKEN
    with socket.create_server(("127.0.0.1", 0)) as server, socket.socket(socket.AF_UNIX) as named:
        server.settimeout(0)
        named.bind("\0frenemies-test")
        named.listen()
        named.settimeout(0)
        deserved = thirty.write(folder / "submitted", folder / "secret.txt", server.getsockname()[1], folder)
        watched = (sandbox.ROOT / "exercises", sandbox.ROOT / "frenemies", sandbox.ROOT / "data", folder / "submitted")
        before = fingerprints(*watched)
        running = {process.pid for process in psutil.process_iter()}
        code = command.main([str(folder / "submitted"), "--to", str(folder / "graded"), "--seconds", str(SECONDS)])
        left = [one for one in psutil.process_iter() if one.pid not in running and ours(one)]
        calls = 0
        for line in (server, named):
            try:
                line.accept()
                calls += 1
            except BlockingIOError:
                pass
    del os.environ["MARKING_TEST_SECRET"]
    assert code == 0
    return {
        "folder": folder,
        "deserved": deserved,
        "changed": before != fingerprints(*watched),
        "left": left,
        "calls": calls,
    }


@pytest.fixture(scope="module")
def pages(marked):
    """The class's pages, read once: those of feedback, and the teacher's last."""
    graded = marked["folder"] / "graded"
    paths = [*sorted(graded.glob("feedback/*/*.html")), graded / "class.html"]
    return {path: BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser") for path in paths}


# --- the class as a whole


def test_every_mark_is_what_the_work_deserves(marked):
    rows = rows_of(marked["folder"] / "graded")
    assert {name: float(rows[name]["points"]) for name in marked["deserved"]} == marked["deserved"]
    assert {row["of"] for row in rows.values()} == {"18"}


def test_nobody_is_lost_and_nobody_silently_gets_nothing(marked):
    rows = rows_of(marked["folder"] / "graded")
    others = {name: row["state"] for name, row in rows.items() if name not in marked["deserved"]}
    assert others == {"absent": "not handed in", "broken": "cannot be read", "outside": "cannot be read"}
    assert "not JSON" in rows["broken"]["note"] and "notes.pdf" in rows["outside"]["note"]
    for name, (_, _, note) in thirty.honest().items():
        assert note in rows[name]["note"], name
    assert {name for name, row in rows.items() if row["undecided"] != "0"} == {"second thoughts", "renamed variable"}


def test_nothing_was_leaked_changed_reached_or_left_running(marked):
    graded = marked["folder"] / "graded"
    assert not marked["changed"], "a file of the project or of a submission"
    assert marked["left"] == [] and marked["calls"] == 0
    for path in graded.rglob("*"):
        if path.is_file() and "source" not in path.relative_to(graded).parts:
            assert TOKEN.encode() not in path.read_bytes(), path
    shown = nbformat.read(Course(graded / "course").notebook("autograded", "reads_everything", SLUG), as_version=4)
    record = json.loads((graded / "records" / f"reads_everything--{SLUG}.json").read_text())
    taken = json.dumps(record["run"]["taken"])
    assert "'HOME': '/tmp'" in taken and "BEGIN HIDDEN" not in taken and "secret" not in taken.replace("secret.txt", "")
    assert shown.cells


def test_marked_notebooks_and_feedback_are_safe_to_open(marked, pages):
    graded = marked["folder"] / "graded"
    assert len(pages) == len(marked["deserved"]) + 1
    for page, tree in pages.items():
        policy = tree.find("meta", attrs={"http-equiv": "Content-Security-Policy"})
        assert policy["content"].startswith("default-src 'none'"), page
        assert not tree.find_all(["script", "iframe", "object", "embed", "form", "link"]), page
        assert not [tag for tag in tree.find_all(True) for name in tag.attrs if name.startswith("on")], page
        assert not [tag for tag in tree.find_all(src=True) if not tag["src"].startswith("data:")], page
    for path in graded.glob("course/autograded/*/*/*.ipynb"):
        made = nbformat.read(path, as_version=4)
        released = {cell.id: cell.source for cell in nbformat.read(editions.release_path(SLUG), as_version=4).cells}
        for cell in made.cells:
            assert all(output.output_type == "stream" for output in cell.get("outputs", [])), path
            assert cell.cell_type != "markdown" or cell.source == released[cell.id], path
    assert not (graded / "course" / "submitted").exists()


def test_feedback_shows_points_and_hints_but_no_hidden_test(marked, pages):
    hidden = [
        line.strip()
        for task in EXERCISE.tasks
        for line in task.test.partition(judging.HIDDEN)[2].splitlines()
        if len(line.strip()) > 15
    ]
    assert len(hidden) > 15
    for page, tree in pages.items():
        shown = tree.get_text()
        assert not [line for line in hidden if line in shown], page
    half = pages[marked["folder"] / f"graded/feedback/half/{SLUG}.html"].get_text()
    assert "trade-1: Correct." in half and "trade-3: Not answered yet." in half


def test_page_for_the_teacher_names_the_hardest_task_and_the_slips(marked, pages):
    page = pages[marked["folder"] / "graded/class.html"]
    said = " ".join(page.get_text(" ").split())
    assert "Hardest: trade-1 ," in said and "Not handed in: absent" in said and "broken" in said
    assert "The size is right, the sign is not" in said or "NaN, not a number" in said
    assert page.find("img") is None, "a student's name was taken for HTML"


def lines_of(path: Path) -> list[dict[str, str]]:
    """A table as it was written."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_grades_have_a_column_a_task_and_nothing_where_a_person_has_still_to_look(marked):
    table = {row["Student"]: row for row in lines_of(marked["folder"] / f"graded/grades-{SLUG}.csv")}
    assert list(table["good"]) == ["Number", "Student", *TASKS, "Total"]
    assert [table["Öğrenci Bir"][name] for name in ("Number", "trade-1", "trade-6", "Total")] == ["1001", "2", "", ""]
    assert table["Студент Два"]["Number"] == "1002" and set(table["absent"].values()) == {"absent", ""}
    assert table["second thoughts"]["trade-2"] == "", "a doubt is no zero"


def test_grades_come_as_moodle_and_canvas_import_them(tmp_path):
    submitted, graded = tmp_path / "submitted", tmp_path / "graded"
    submitted.mkdir()
    for name, path in {
        "moodle.zip": f"Öğrenci Bir_1001_assignsubmission_file/{SLUG}.ipynb",
        "canvas.zip": f"studentthree_LATE_1003_55502_{SLUG}-1.ipynb",
        "other.zip": f"Ana/{SLUG}.ipynb",
    }.items():
        (submitted / name).write_bytes(zipped({path: text(notebook())}))
    assert command.main([str(submitted), "--to", str(graded)]) == 0
    moodle, canvas = (graded / f"grades-{SLUG}-{form}.csv" for form in ("moodle", "canvas"))
    assert lines_of(moodle) == [], "a row without a grade would take one away"
    give(graded, "Öğrenci_Bir", "trade-6-by-hand", 5)
    assert command.main(["--after-marking", "--to", str(graded)]) == 0
    assert lines_of(moodle) == [
        {"Identifier": "Participant 1001", "Full name": "Öğrenci Bir", "Grade": "17", "Maximum Grade": "18", "Last modified (grade)": ""}
    ]  # fmt: skip
    heads = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", *TASKS]
    possible, row = lines_of(canvas)
    assert list(row.items()) == list(zip(heads, ["studentthree", "1003", "", "", "", "2", "2", "3", "3", "2", ""]))
    assert list(possible.values()) == ["Points Possible", "", "", "", "", "2", "2", "3", "3", "2", "6"]


def test_started_again_it_runs_nothing_keeps_hand_marks_and_follows_decisions(marked, capsys):
    folder = marked["folder"]
    graded = folder / "graded"
    lines = (graded / "to-decide.txt").read_text(encoding="utf-8")
    assert f"exercise broken/{SLUG}.ipynb = none" in lines and "notes.pdf. Ask for the notebook itself" in lines
    assert "task second_thoughts trade-2 = 12" in lines and "task renamed_variable trade-2 = NUMBER NAMES" in lines
    (graded / "decisions.txt").write_text(
        "# mine\ntask second_thoughts trade-2 = 12\ntask renamed_variable trade-2 = 10 deficit\n"
        f"exercise broken/{SLUG}.ipynb = none\nexercise moodle.zip/outside_1003_assignsubmission_file/notes.pdf = none\n",
        encoding="utf-8",
    )
    give(graded, "good", "trade-6-by-hand", 5)
    give(graded, "half", "trade-3-check", 1)
    assert command.main([str(folder / "submitted"), "--to", str(graded), "--seconds", str(SECONDS)]) == 0
    # Only what the teacher's lines concern is run anew.
    assert " 2 to run" in capsys.readouterr().out
    rows = rows_of(graded)
    assert [rows[name]["points"] for name in ("second thoughts", "renamed variable", "good", "half")] == [
        "12",
        "12",
        "17",
        "5",
    ]
    assert rows["good"]["to_mark"] == "0" and not (graded / "to-decide.txt").exists()
    assert command.main(["--after-marking", "--to", str(graded)]) == 0
    assert rows_of(graded) == rows


def give(graded: Path, key: str, cell: str, score: float) -> None:
    """Give points by hand, as Formgrader does."""
    with Course(graded.resolve() / "course").book() as book:
        grade = book.find_grade(cell, SLUG, SLUG, key)
        grade.manual_score, grade.needs_manual_grade = score, False
        book.find_comment("trade-6", SLUG, SLUG, key).manual_comment = "Name the source."
        book.db.commit()


# --- parts of a class, and a run that was cut off


def test_two_parts_one_cut_off_are_merged_with_what_was_marked_by_hand(tmp_path, capsys):
    submitted = tmp_path / "submitted"
    for name in ("ana", "bora", "cem"):
        (submitted / name).mkdir(parents=True)
        (submitted / name / f"{SLUG}.ipynb").write_text(text(notebook(TASKS[:2])), encoding="utf-8")

    def cut(line: str) -> None:
        if line.startswith("["):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        whole_class.collect(submitted, tmp_path / "one", part=(1, 2), tell=cut)
    kept = [one for one in submission_records.read(tmp_path / "one").values() if one.run]
    assert 1 <= len(kept) <= 2
    assert command.main([str(submitted), "--part", "1/2", "--to", str(tmp_path / "one")]) == 0
    assert f"2 submissions, {2 - len(kept)} to run" in capsys.readouterr().out
    give(tmp_path / "one", "ana", "trade-6-by-hand", 4)
    assert command.main(["--merge", str(tmp_path / "one"), "--to", str(tmp_path / "all")]) == 1
    assert "part 2 is missing: mark it with --part 2/2" in capsys.readouterr().err
    assert command.main([str(submitted), "--part", "2/2", "--to", str(tmp_path / "two")]) == 0
    assert command.main(["--merge", str(tmp_path / "one"), str(tmp_path / "one"), "--to", str(tmp_path / "all")]) == 1
    assert command.main(["--merge", str(tmp_path / "one"), str(tmp_path / "two"), "--to", str(tmp_path / "all")]) == 0
    assert {name: row["points"] for name, row in rows_of(tmp_path / "all").items()} == {
        "ana": "8",
        "bora": "4",
        "cem": "4",
    }
    assert "Name the source." in (tmp_path / f"all/feedback/ana/{SLUG}.html").read_text(encoding="utf-8")


def test_an_interrupt_ends_what_runs_in_the_sandbox(tmp_path):
    (tmp_path / "submitted" / "ana").mkdir(parents=True)
    endless = notebook(trade_1="while True: pass")
    (tmp_path / "submitted" / "ana" / f"{SLUG}.ipynb").write_text(text(endless), encoding="utf-8")
    arguments = [str(tmp_path / "submitted"), "--to", str(tmp_path / "graded"), "--seconds", "50"]
    process = subprocess.Popen(
        [sys.executable, "-m", "frenemies_build.course.marking", *arguments],
        cwd=sandbox.ROOT,
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        process.stdout.readline()  # it says how many are to be run, and starts
        until = time.monotonic() + 60
        while len(inside := psutil.Process(process.pid).children(recursive=True)) < 2 and time.monotonic() < until:
            time.sleep(0.2)
        assert len(inside) > 1, "the sandbox and what runs in it"
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=90) == 130
    finally:
        process.kill()
    assert "start the command again" in process.stderr.read()
    assert psutil.wait_procs(inside, timeout=10)[1] == []


def test_no_submission_stops_the_marking_of_the_others(tmp_path):
    deep = '{"cell": 3, "task": "trade-1", "values": {"order": {"t": "list", "v": [' + "[" * 700 + "]" * 700 + "]}}}"
    forge = f"import os\norder = ['C']\nfor fd in range(3, 64):\n    try:\n        os.write(fd, {deep + chr(10)!r}.encode())\n    except OSError:\n        pass"
    made = {
        "forges": notebook(trade_1=forge, trade_2="deficit_2024 = 'x\\ud800y'", trade_6="claim = evidence = reasoning = '\\udfff'"),
        "honest": notebook(),
    }  # fmt: skip
    for name, submission in made.items():
        (tmp_path / "submitted" / name).mkdir(parents=True)
        (tmp_path / "submitted" / name / f"{SLUG}.ipynb").write_text(text(submission), encoding="utf-8")
    graded = tmp_path / "graded"
    assert command.main([str(tmp_path / "submitted"), "--to", str(graded)]) == 0
    rows = rows_of(graded)
    assert {name: row["points"] for name, row in rows.items()} == {"forges": "8", "honest": "12"}
    assert "half a character" in rows["forges"]["note"]
    # A record that cannot be judged, however it came to be.
    path = graded / "records" / f"forges--{SLUG}.json"
    record = json.loads(path.read_text(encoding="utf-8"))
    record["run"]["taken"] = [[place, task, None] for place, task, _ in record["run"]["taken"]]
    path.write_text(json.dumps(record), encoding="utf-8")
    assert command.main(["--after-marking", "--to", str(graded)]) == 0
    rows = rows_of(graded)
    assert rows["honest"]["points"] == "12" and rows["forges"]["state"] == submission_records.STOPPED
    assert f"remove forges--{SLUG}.json" in rows["forges"]["note"]


@pytest.mark.parametrize("told", ["x\ud800y", [[[[[["x"]]]]]], {"v": "\udfff"}, 3, None])
def test_what_no_file_can_hold_is_refused_before_it_is_stored(told, tmp_path):
    for _ in range(60 if isinstance(told, list) else 0):
        told = [told]
    found = sandbox.Run()
    line = json.dumps(
        {
            "cell": 0,
            "task": "t",
            "values": {"a": told if told is None or type(told) is int else {"t": "str", "v": told}, "b": 1},
        }
    )
    for one in (line, line.replace('"t", "values"', '"other", "values"'), line.replace('"cell": 0', '"cell": 7')):
        sandbox.hear(one.encode(), found, [{"source": "", "take": [["t", ["a"]]]}])
    assert list(found.taken) == [(0, "t")] and found.taken[0, "t"].keys() == {"a"}
    assert found.taken[0, "t"]["a"]["t"] == "refused"
    record = submission_records.Record(Student("ana", key="ana"), SLUG, submission_records.MARKED, run=found)
    submission_records.write(tmp_path, record)
    assert submission_records.read(tmp_path)["ana", SLUG].run == found


def test_once_stopped_nothing_more_is_started():
    sandbox.stopping.set()
    try:
        with pytest.raises(sandbox.NoSandbox, match="stopped before it began"):
            sandbox.run([{"source": "a = 1", "take": []}], 5)
    finally:
        sandbox.stopping.clear()


def test_whatever_breaks_off_the_handing_out_ends_what_runs(tmp_path):
    read = cells.read_cells(text(notebook(trade_1="while True: pass")).encode())
    record = submission_records.Record(Student("ana", key="ana"), SLUG, submission_records.STOPPED, cells=read)
    begun = time.monotonic()
    with pytest.raises(TypeError):
        whole_class.run_all([(record, cells.plan(read, EXERCISE, {})), None], tmp_path, 50, True, print)
    assert time.monotonic() - begun < 45
    assert "stopped before it" in submission_records.read(tmp_path)["ana", SLUG].notes[0]
    assert not sandbox.stopping.is_set()


# --- no sandbox, no marks


def test_without_bubblewrap_nothing_is_run_unless_told_in_so_many_words(tmp_path, monkeypatch, capsys):
    (tmp_path / "submitted" / "ana").mkdir(parents=True)
    (tmp_path / "submitted" / "ana" / f"{SLUG}.ipynb").write_text(text(notebook()), encoding="utf-8")
    monkeypatch.setenv("PATH", str(tmp_path))
    arguments = [str(tmp_path / "submitted"), "--to", str(tmp_path / "graded")]
    assert command.main(arguments) == 1
    said = capsys.readouterr().err
    assert "bubblewrap is not installed" in said and "apt-get install bubblewrap" in said and command.UNSAFE in said
    assert not list((tmp_path / "graded").glob("records/*"))
    assert command.main([*arguments, command.UNSAFE]) == 0
    assert "with your rights" in capsys.readouterr().out
    row = rows_of(tmp_path / "graded")["ana"]
    assert (row["points"], row["note"]) == ("12", "run without a sandbox")


MASTERS = str(sandbox.ROOT / "exercises")
# A program that stands before bubblewrap: it adds and leaves out words of the command line, and changes the orders that
# go in.
LEAKY = """#!{python} -IS
import os, subprocess, sys
words, orders = sys.argv[1:], {orders!r}
at = words.index("--remount-ro")
words[at:at] = {added!r}
words = [word for word in words if word not in {left_out!r}]
if orders:
    reader, writer = os.pipe()
    told = sys.stdin.buffer.read().replace(*(text.encode() for text in orders))
    if os.fork() == 0:
        os.close(reader)
        os.write(writer, told)
        os._exit(0)
    os.close(writer)
    os.dup2(reader, 0)
os.execv({bwrap!r}, [{bwrap!r}, *words])
"""


@pytest.mark.parametrize(
    ("added", "left_out", "orders", "message"),
    [
        (["--ro-bind", MASTERS, MASTERS], [], [], "sees "),
        ([], [], ['"drop": 1', '"drop": 0'], "runs as root"),
        (["--proc", "/proc"], [], [], "sees other processes"),
        ([], ["--unshare-net"], [], "has a network"),
        (["--ro-bind", "/nowhere", "/nowhere"], [], [], "did not start"),
    ],
    ids=["sees masters", "stays root", "sees processes", "has a network", "cannot be built"],
)
def test_a_trial_run_that_finds_a_hole_refuses(tmp_path, monkeypatch, added, left_out, orders, message):
    if "root" in message and os.geteuid() != 0:
        pytest.skip("only root has rights to give up")
    parts = {"python": sys.executable, "added": added, "left_out": left_out, "orders": orders}
    leaky = tmp_path / "bwrap"
    leaky.write_text(LEAKY.format(bwrap=shutil.which("bwrap"), **parts), "utf-8")
    leaky.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    with pytest.raises(sandbox.NoSandbox, match=message):
        sandbox.trial()


# --- values on their way out


def assert_same(one: object, other: object) -> None:
    """Two values are alike to the last bit."""
    if isinstance(one, pd.DataFrame):
        assert_frame_equal(one, other, check_exact=True, check_freq=False)
    elif isinstance(one, pd.Series):
        assert_series_equal(one, other, check_exact=True, check_freq=False)
    elif isinstance(one, pd.Index):
        assert_index_equal(one, other, exact=True)
    elif isinstance(one, np.ndarray):
        np.testing.assert_array_equal(one, other)
    else:
        assert one is other or one == other or (one != one and other != other)


def come_back(told: object) -> object:
    """The value of plain data that have gone through a line of JSON, as out of the sandbox."""
    return answer_values.decoded(json.loads(json.dumps(told)))


SURVIVORS = [
    ..., None, True, 7, -(10**40), 0.1, -0.0, float("inf"), "text", "", ["a", 1, None], {"a": 1.5}, np.float64(0.1), np.int8(3), np.bool_(True),
    pd.NA, pd.NaT, pd.Timestamp("2015-11-24"), pd.Timedelta("3D"), np.array(["a", "b"]), np.zeros((2, 2)), pd.Index([1, 2], name="year"),
    pd.Series([1.5, None], index=pd.Index([2021, 2022], name="year"), name="RUS"),
    pd.DataFrame({"year": [1, 2], "who": ["a", None], "when": pd.to_datetime(["2020-01-01", None])}),
    pd.DataFrame({"a": pd.array([1, None], dtype="Int64"), "b": pd.Categorical(["x", "y"]), "c": [True, False]}).set_index(["a", "b"]),
    pd.DataFrame({"x": [1, 2]}, index=pd.MultiIndex.from_tuples([("a", 1), ("b", 2)], names=["k", None])),
    pd.DataFrame(columns=["a"]), pd.Series(dtype=float),
]  # fmt: skip


@pytest.mark.parametrize("value", SURVIVORS, ids=lambda value: type(value).__name__)
def test_answers_survive_the_way_out_exactly(value):
    assert_same(value, come_back(answer_values.encoded(value)))


class Chameleon(float):
    """Equal to everything."""

    def __eq__(*_):
        return True

    __hash__ = float.__hash__


@pytest.mark.parametrize(
    "value",
    [
        Chameleon(1), print, object(), {1, 2}, b"x", 1j, "x" * 60_000, list(range(3_000)), 10**1000, [[[[[[[1]]]]]]], pd.Series(range(30_000)),
        pd.Series([object()]), pd.Series([Chameleon(1)], dtype=object), pd.period_range("2020", periods=2, freq="D"),
        pd.DataFrame(np.zeros((1, 300))), pd.Timestamp("2020-01-01", tz="UTC"),
    ],
    ids=lambda value: type(value).__name__,
)  # fmt: skip
def test_what_is_no_plain_answer_stays_inside(value):
    with pytest.raises(answer_values.ValueRefused):
        answer_values.encoded(value)


WORDS = ["t", "v", "dtype", "index", "columns", "names", "name", "unit", "shape", "kinds", "ordered"]
TAGS = [
    "blank",
    "list",
    "dict",
    "array",
    "series",
    "frame",
    "index",
    "float",
    "int",
    "numpy",
    "labels",
    "range",
    "int64",
    "category",
    "object",
]


def nonsense(chance: random.Random, depth: int = 0) -> object:
    """Some JSON in words that the reader of values knows."""
    if depth < 3 and chance.random() < 0.5:
        if chance.random() < 0.3:
            return [nonsense(chance, depth + 1) for _ in range(chance.randrange(4))]
        return {name: nonsense(chance, depth + 1) for name in chance.sample(WORDS, chance.randrange(5))} | {
            "t": chance.choice(TAGS)
        }
    return chance.choice([None, True, 0, -1, 3, 2**70, "", "x", "0x1.8p+1", "nan", *TAGS])


def test_no_forged_line_does_more_than_be_refused():
    chance, read = random.Random(24), 0
    for _ in range(3_000):
        try:
            answer_values.encoded(come_back(nonsense(chance)))
            read += 1
        except answer_values.ValueRefused:
            pass
    assert read


def test_altered_answers_gain_no_points():
    chance, task = random.Random(11), EXERCISE.tasks[3]
    right = pd.Series([2.564, 3.676, 4.267, 3.27], index=pd.Index([2021, 2022, 2023, 2024], name="year"))
    refused = 0
    for _ in range(1_000):
        where = told = json.loads(json.dumps(answer_values.encoded(right)))
        while isinstance(where, (dict, list)) and where:
            holder, spot = where, chance.choice(sorted(where) if isinstance(where, dict) else range(len(where)))
            where = where[spot]
        holder[spot] = nonsense(chance)
        try:
            points, _ = judging.judge(task, {"share": come_back(told)})
        except answer_values.ValueRefused:
            refused += 1
            continue
        assert 0 <= points <= task.points
    assert refused > 500


STRANGE_ANSWERS = {
    "a = []\na.append(a)": "too deep",
    "a = {}\nfor _ in range(50):\n    a = {'x': a}": "too deep",
    "class Equal:\n    __eq__ = __le__ = __ge__ = __lt__ = lambda *_: True\n    __hash__ = object.__hash__\na = Equal()": "of the type Equal",
    "class Text(str):\n    __eq__ = lambda *_: True\n    __hash__ = str.__hash__\na = Text('C')": "of the type Text",
    "class Column(pd.Series):\n    pass\na = Column([1.0])": "of the type Column",
    "a = pd.Series([Equal()] * 3)": "of the type Equal",
    "a = pd.DataFrame({'x': [[1, 2], [3]]})": "of the type list",
    "a = pd.Series([1], index=pd.Index([Equal()]))": "of the type Equal",
    "a = iter(int, 1)": "of the type callable_iterator",
    "a = 10 ** 100_000": "too large",
    "a = 'x' * 10_000_000": "too large",
    "a = np.zeros(10**7)": "too large",
    "class Bomb(dict):\n    def items(self):\n        while True:\n            yield 1\na = Bomb()": "of the type Bomb",
    "a = pd.Series([1])\npd.Series.name = property(lambda self: 1 / 0)": "cannot be looked at",
    "pd.Series.name, pd.Series.__len__ = 'x', lambda self: 10**9": "too large",
}  # fmt: skip
LOOKS_ABOUT = """
import os, sys, glob
a = []
for path in ("/proc/1/environ", "/proc/self/mem", "/sys/kernel", "/etc/passwd", "/etc/shadow", "/dev/mem", "/dev/shm", "/run", "/tmp/frenemies"):
    a += [path] if os.path.exists(path) else []
for target in ("/book/frenemies/exercises/answers.json", "/marking/answer_values.py", "/etc/passwd"):
    try:
        os.symlink(target, "/tmp/link")
        open("/tmp/link", "a").close()
        a.append("wrote through a link to " + target)
    except OSError:
        pass
    finally:
        os.path.lexists("/tmp/link") and os.unlink("/tmp/link")
for act in (lambda: os.link("/book/data/claims.csv", "/tmp/hard"), lambda: os.mknod("/tmp/disk", 0o60666, os.makedev(8, 0)), lambda: os.setuid(0), lambda: os.chroot("/tmp"), lambda: os.kill(1, 9), lambda: os.kill(-1, 9)):
    try:
        act()
        a.append("did what it must not")
    except OSError:
        pass
"""


@pytest.mark.skipif(not hasattr(os, "setresuid"), reason="needs Linux")
def test_strange_answers_stay_inside_and_a_right_one_after_them_comes_out():
    sources = [
        "import pandas as pd\nimport numpy as np\na = 1",
        LOOKS_ABOUT,
        "a = float('nan')",
        "a = [True, None, pd.NA]",
        *STRANGE_ANSWERS,
        "a = 35.5",
    ]
    found = sandbox.run([{"source": source, "take": [["t", ["a"]]]} for source in sources], 5)
    assert found.done and not found.errors
    told = [found.taken[place, "t"]["a"] for place in range(len(sources))]
    assert answer_values.decoded(told[1]) == [], "seen or done from inside"
    assert math.isnan(answer_values.decoded(told[2])) and answer_values.decoded(told[3])[:2] == [True, None]
    for (source, reason), way_out in zip(STRANGE_ANSWERS.items(), told[4:]):
        assert way_out["t"] == "refused" and reason in way_out["v"], (source, way_out)
    assert answer_values.decoded(told[-1]) == 35.5


@pytest.mark.parametrize(
    ("hostile", "problem"),
    [
        ("import time\nwhile True:\n    try:\n        time.sleep(9)\n    except BaseException:\n        pass", "ran out of time"),
        ("import os\nfor fd in range(3, 64):\n    try:\n        while True:\n            os.write(fd, b'x' * 65536)\n    except OSError:\n        pass", "gave out too much"),
        ("import os\nos.kill(os.getpid(), 9)", "ended the program"),
        ("import pandas\nb = pandas.Series([1])\ndef leave(_):\n    raise SystemExit\npandas.Series.name = property(leave)", "ended the program"),
    ],
    ids=["sleeps", "floods", "kills itself", "leaves while it is looked at"],
)  # fmt: skip
def test_cell_that_ends_the_run_costs_its_own_answer_only(hostile, problem):
    cells_ = [("a = 1", "a"), (hostile, "b"), ("c = 3", "c")]
    seconds = 0.4 if problem == "ran out of time" else 5
    found = sandbox.run([{"source": source, "take": [[name, [name]]]} for source, name in cells_], seconds)
    assert found.done and found.errors[1] == problem
    assert answer_values.decoded(found.taken[0, "a"]["a"]) == 1 and answer_values.decoded(found.taken[2, "c"]["c"]) == 3
    assert found.taken.get((1, "b"), {}).get("b", {"t": "refused"})["t"] == "refused"


SLEEPS = """
import os, time
number = 0
while True:
    number += 1
    for fd in range(3, 64):
        try:
            os.write(fd, b'{"start": %d}\\n{"start": 1000000}\\n' % number)
        except BaseException:
            pass
    try:
        time.sleep(0.3)
    except BaseException:
        pass
"""


def test_sleeper_cannot_prolong_its_time_and_costs_no_other_cell():
    cells_ = [("a = 1", "a"), (SLEEPS.replace("number += 1", "pass"), "b"), ("c = 3", "c")]
    begun = time.monotonic()
    found = sandbox.run([{"source": source, "take": [[name, [name]]]} for source, name in cells_], 3)
    assert found.done and found.errors == {1: "ran out of time"} and time.monotonic() - begun < 60
    assert answer_values.decoded(found.taken[0, "a"]["a"]) == 1 and answer_values.decoded(found.taken[2, "c"]["c"]) == 3


def test_all_that_a_sleeper_forges_ends_with_one_limit_for_both_runs():
    begun = time.monotonic()
    found = sandbox.run([{"source": SLEEPS, "take": []}] * 40, 60, run_seconds=4)
    assert not found.done and found.last < 40 and time.monotonic() - begun < 60
    assert set(found.errors) <= set(range(40)) and "ran out of time" in found.errors.values()


def test_machine_without_memory_is_no_result():
    with pytest.raises(sandbox.NoSandbox, match="ran out of memory: close other programs"):
        sandbox.run([{"source": "a = 1", "take": [["t", ["a"]]]}], 5, free_memory=2**62)


# --- points


@pytest.mark.parametrize(
    ("test", "points"),
    [
        ("", 3), ("None", 3), ("1.5", 1.5), ("7", 3), ("-2", 0), ("float('nan')", 0), ("float('inf')", 0), ("'3'", 0), ("[3]", 0), ("True", 1),
        ("assert x == 1\n2", 2), ("assert x == 2", 0), ("x.nothing", 0), ("import numpy as np\nnp.float64(2)", 2), ("while True: pass", 0),
    ],
)  # fmt: skip
def test_points_are_read_strictly(test, points):
    task = exercises.Task("trade-2", ("x",), "trade-2-check", f"check('trade-2', x)\n{judging.HIDDEN}\n{test}", 3, "")
    assert judging.judge(task, {"x": 1}, seconds=0.5)[0] == points


def test_no_mark_depends_on_how_busy_the_machine_is():
    with pytest.raises(judging.TestTooSlow), judging.time_limit(0.2):
        while True:
            pass
    with judging.time_limit(0.2):
        time.sleep(0.5)  # others had the processor


@pytest.mark.parametrize("known", KNOWN, ids=lambda one: one.slug)
def test_every_exercise_gives_a_solution_all_points_and_a_blank_none_from_values_alone(known):
    for path, worth in ((editions.master_path(known.slug), 1), (editions.release_path(known.slug), 0)):
        made = nbformat.read(path, as_version=4)
        assert [task.id for task in known.tasks] == editions.task_ids(made)
        space: dict = {}
        for cell in made.cells:
            if cell.cell_type == "code" and not editions.CHECK_CALL.search(cell.source):
                exec(compile(re.sub("### (BEGIN|END) SOLUTION", "", cell.source), path.name, "exec"), space)
            for task in known.tasks:
                if exercises.grade_id(cell) == task.id:
                    told = {name: come_back(answer_values.encoded(space[name])) for name in task.names}
                    assert judging.judge(task, told)[0] == worth * task.points, task.id
                    if worth:  # and so do the hidden tests by themselves
                        assert (
                            judging.points_of(
                                task.test, {"fr": frenemies, "check": frenemies.check} | told, task.points
                            )
                            == task.points
                        )


def variants(value: object) -> list[object]:
    """A right answer as students also write it."""
    if isinstance(value, str):
        return [[value], (value,), f"{value}.", f" {value.lower()} ", f"({value})"]
    if isinstance(value, list):
        return [
            tuple(value),
            [f"{item}." for item in value],
            [f" {item.lower()})" for item in value],
            np.array(value),
            pd.Series(value),
        ]
    if isinstance(value, pd.Series):
        texts = value.set_axis(pd.Index(value.index.astype(str), name=value.index.name))
        return [texts, value.astype(object), value.rename(None), value.iloc[::-1], value.to_frame(), value.round(1)]
    if isinstance(value, pd.DataFrame):
        return [value.iloc[::-1], value[value.columns[::-1]], value.astype(object), value.round(1)]
    number = float(value)
    return [np.float64(number), np.array(number), round(number, 1), -number, str(number), [number], pd.Series([number])]


@pytest.mark.parametrize("known", KNOWN, ids=lambda one: one.slug)
def test_what_check_calls_correct_has_full_points_however_it_is_written(known):
    space: dict = {}
    right = 0
    for cell in nbformat.read(editions.master_path(known.slug), as_version=4).cells:
        if cell.cell_type == "code" and not editions.CHECK_CALL.search(cell.source):
            exec(compile(re.sub("### (BEGIN|END) SOLUTION", "", cell.source), known.slug, "exec"), space)
        for task in known.tasks:
            if exercises.grade_id(cell) == task.id and len(task.names) == 1 and task.points:
                for value in variants(space[task.names[0]]):
                    points, said = judging.judge(task, {task.names[0]: come_back(answer_values.encoded(value))})
                    correct = " ".join(said.split()).startswith(f"{task.id}: Correct.")
                    assert points == task.points if correct else points <= task.points, (task.id, value, said)
                    right += correct
    assert right > 10


NO_ANSWERS = [0, float("nan"), float("inf"), [], {}, pd.Series([float("nan")] * 4), pd.DataFrame()]


@pytest.mark.parametrize("known", KNOWN, ids=lambda one: one.slug)
def test_value_that_answers_nothing_gets_nothing_from_any_hidden_test(known):
    for task in known.tasks:
        for value in NO_ANSWERS if task.points else []:
            points, said = judging.judge(task, dict.fromkeys(task.names, value))
            assert points == 0 and "Correct." not in said, (task.id, value)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda cell: cell.update(source=cell.source.replace("order", "shares")), "uses shares"),
        (lambda cell: cell.update(source='check("trade-9", order)'), "has no answer cell"),
    ],
)
def test_master_that_needs_more_than_values_is_named(change, message):
    made, release = (nbformat.read(path(SLUG), as_version=4) for path in (editions.master_path, editions.release_path))
    change(next(cell for cell in made.cells if exercises.grade_id(cell) == "trade-1-check"))
    with pytest.raises(exercises.MasterAtFault, match=f"trade-1.*{message}"):
        exercises.exercise_of(SLUG, made, release)


# --- who and what: paths, attempts, files


def taken(tmp_path: Path, files: dict[str, str | bytes], decided: dict[str, str] | None = None) -> intake.Intake:
    """Take in a folder with these files."""
    for name, content in files.items():
        path = tmp_path / "submitted" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return intake.take_in(tmp_path / "submitted", KNOWN, decided or {})


BLANK, HALF, FULL = text(notebook([])), text(notebook(TASKS[:2])), text(notebook())


@pytest.mark.parametrize(
    ("path", "name", "number"),
    [
        ("ana/01-trade.ipynb", "ana", ""),
        ("ana/01-trade/01-trade.ipynb", "ana", ""),
        ("01-trade/ana/01-trade.ipynb", "ana", ""),
        ("ana_20231234/01-trade (2).ipynb", "ana", "20231234"),
        ("Öğrenci Bir_1001_assignsubmission_file/01-trade.ipynb", "Öğrenci Bir", "1001"),
        ("Öğrenci Bir_1001_assignsubmission_file_/whatever.ipynb", "Öğrenci Bir", "1001"),
        ("öztürkali_1003_55501_01-trade-2.ipynb", "öztürkali", "1003"),
        ("öztürkali_LATE_1003_55501_01-trade-2.ipynb", "öztürkali", "1003"),
        ("Exercise 1_s123456_attempt_2026-11-02-14-33-10_01-trade.ipynb", "s123456", ""),
        ("12345-67890 - Ana Ak - Nov 2, 2026 1233 PM/01-trade.ipynb", "Ana Ak", "12345"),
        ("Trade/Ak, Ana(s1234)/Submission attachment(s)/01-trade.ipynb", "Ak, Ana", "s1234"),
        ("Ana Ak - 01-trade.ipynb", "Ana Ak", ""),
        ("01-trade_ana (1).ipynb", "ana", ""),
        ("01_trade_Ana.ipynb", "Ana", ""),
        ("anna.ipynb.txt", "anna", ""),
        ("downloads/ana/solution.ipynb", "ana", ""),
        ("Copy of ana 01-trade.ipynb", "ana", ""),
        ("ana_01-trade.ipynb (1).txt", "ana", ""),
        ("ana 01-trade - Kopya (2).ipynb", "ana", ""),
        ("Копия ana 01-trade.ipynb", "ana", ""),
        ("student 7/01-trade.ipynb", "student 7", ""),
        ("submissions (3)/ana/01-trade.ipynb", "ana", ""),
        ("Ödevler/Hafta 3/ana/01-trade.ipynb", "ana", ""),
        ("Student Work/Submitted files/Ana Ak/Exercise 1/Version 2/01-trade.ipynb", "Ana Ak", ""),
        ("Archive.zip/ana/01-trade.ipynb", "ana", ""),
        ("ana_01-trade/01-trade.ipynb", "ana", ""),
        ("de-la-cruzana_LATE_12_34_01-trade.ipynb", "de-la-cruzana", "12"),
    ],
)
def test_student_is_found_in_what_platforms_and_people_write(tmp_path, path, name, number):
    found = taken(tmp_path, {path: FULL})
    assert [(one.name, one.number) for one in found.students] == [(name, number)]
    assert [slug for _, slug in found.work] == [SLUG] and not found.doubts


@pytest.mark.parametrize(
    "path",
    [
        "01-trade.ipynb", "01-trade (3).ipynb", "Untitled1.ipynb", "submissions/01-trade.ipynb", "Copy of 01-trade.ipynb",
        "01-trade - Copy (2).ipynb", "01-trade kopyası.ipynb", "01-trade-Copy1.ipynb", "01-trade.ipynb (1).txt",
    ],
)  # fmt: skip
def test_work_without_a_name_waits_for_the_teachers_line(tmp_path, path):
    found = taken(tmp_path, {path: FULL, "bora/01-trade.ipynb": HALF})
    assert [doubt.question for doubt in found.doubts] == [f"who {path}"]
    found = taken(tmp_path, {}, {f"who {path}": "Ana Ak"})
    assert ("Ana_Ak", SLUG) in found.work and not found.doubts


@pytest.mark.parametrize(
    "paths",
    [
        ["IR101 Week 3.zip/ana/01-trade.ipynb", "IR101 Week 3.zip/bora/01-trade.ipynb"],
        ["Trade spring.zip/ana_01-trade.ipynb", "Trade spring.zip/bora_01-trade.ipynb"],
        ["IR101.zip/IR101/ana/01-trade.ipynb", "IR101.zip/IR101/bora/old/01-trade.ipynb"],
        ["Section A/ana/01-trade.ipynb", "Section A/bora/01-trade.ipynb", "Section B/cem/01-trade.ipynb", "Section B/dina/x.ipynb"],
        ["exercise-1-submissions/ana/01-trade.ipynb", "exercise-1-submissions/bora/01-trade.ipynb"],
        ["w.zip/ana\\01-trade.ipynb", "w.zip/bora\\sub\\01-trade.ipynb"],
    ],
)  # fmt: skip
def test_folder_or_archive_of_a_whole_class_is_not_taken_for_a_student(tmp_path, paths):
    files, archives = {}, {}
    for path in paths:
        first, _, rest = path.partition("/")
        if first.endswith(".zip"):
            archives.setdefault(first, {})[rest] = FULL
        else:
            files[path] = FULL
    found = taken(tmp_path, files | {name: zipped(held) for name, held in archives.items()})
    assert [one.name for one in found.students] == ["ana", "bora", "cem", "dina"][: len(paths)]
    assert len(found.work) == len(paths) and not found.doubts
    for archive in archives:  # the same where the archive itself is what is marked
        alone = intake.take_in(tmp_path / "submitted" / archive, KNOWN, {})
        assert [one.name for one in alone.students] == [one.name for one in found.students]


def test_two_peoples_work_in_one_folder_waits_for_the_teacher(tmp_path):
    files = {"X/ana/01-trade.ipynb": FULL, "X/bora/01-trade.ipynb": FULL, "cem/01-trade.ipynb": FULL}
    found = taken(tmp_path, files)
    assert list(found.work) == [("cem", SLUG)]
    assert "If they are different people's, give each a name: who X/ana/01-trade.ipynb = NAME" in found.doubts[0].reason
    again = taken(tmp_path, {}, {f"who X/{name}/01-trade.ipynb": name for name in ("ana", "bora")})
    assert sorted(again.work) == [(name, SLUG) for name in ("ana", "bora", "cem")] and not again.doubts


def test_line_on_whose_a_file_is_joins_the_student_whom_it_names(tmp_path):
    files = {"m.zip": zipped({"Ana Ak_1001_assignsubmission_file_/notes.txt": "x"}), "01-trade.ipynb": FULL}
    for named in ("ana ak", "1001"):
        found = taken(tmp_path, files, {"who 01-trade.ipynb": named})
        assert [(one.name, one.number) for one in found.students] == [("Ana Ak", "1001")] and len(found.work) == 1


def old_zip(name: str, alphabet: str, extra: bytes = b"") -> bytes:
    """An archive of one notebook whose name is written as older programs write it."""
    raw, held = name.encode(alphabet), io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        info = zipfile.ZipInfo("#" * len(raw))
        info.extra = extra
        archive.writestr(info, FULL)
    return held.getvalue().replace(b"#" * len(raw), raw)


@pytest.mark.parametrize(
    ("student", "alphabet"),
    [("Öztürk", "cp437"), ("Öztürk", "utf-8"), ("Şükrü Işık", "cp857"), ("Студент Два", "cp866"), ("Müller", "cp437")],
)
def test_names_in_old_archives_keep_their_letters(tmp_path, student, alphabet):
    name = f"{student}_1001_assignsubmission_file_/01-trade.ipynb"
    found = taken(tmp_path, {"class.zip": old_zip(name, alphabet)})
    assert [(one.name, one.number) for one in found.students] == [(student, "1001")]


def test_name_that_an_archive_adds_in_unicode_counts_if_it_belongs_to_the_old_one(tmp_path):
    name, old = (
        "Łukasz_1001_assignsubmission_file_/01-trade.ipynb".encode(),
        b"?ukasz_1001_assignsubmission_file_/01-trade.ipynb",
    )
    for crc, student in ((zlib.crc32(old), "Łukasz"), (7, "?ukasz")):
        extra = struct.pack("<HHBL", 0x7075, len(name) + 5, 1, crc) + name
        found = taken(tmp_path, {"class.zip": old_zip(old.decode(), "ascii", extra)})
        assert [one.name for one in found.students] == [student]


def test_hostile_names_harm_neither_lines_nor_files_nor_clock(tmp_path):
    long = "Ö" * 3_000
    files = {
        "a.zip": zipped({f"{long}_1001_assignsubmission_file_/01-trade.ipynb": FULL}),
        "b.zip": zipped({"Ana\nuse bora 01-trade = x\u202e_1002_assignsubmission_file_/01-trade.ipynb": FULL}),
        "c.zip": zipped({part * (60_000 // len(part)) + "/01-trade.ipynb": FULL for part in ("all-1", "- ", "a_1_", " = ", "(1)")}),
    }  # fmt: skip
    (tmp_path / "submitted").mkdir()
    os.makedirs(os.fsencode(tmp_path / "submitted") + b"/stud\xff")
    Path(os.fsdecode(os.fsencode(tmp_path / "submitted") + b"/stud\xff/01-trade.ipynb")).write_text(FULL)
    begun = time.process_time()
    found = taken(tmp_path, files)
    assert time.process_time() - begun < 5
    assert "Ana use bora 01-trade=x" in [one.name for one in found.students]
    for one in found.students:
        assert len(one.key.encode()) <= 100 and len(one.name) < 400
        f"{one.name}{one.key}".encode()
    for doubt in found.doubts:
        assert "\n" not in doubt.question + doubt.reason and doubt.question.count(" = ") == 0


def test_archives_in_archives_are_read_and_nothing_is_unpacked(tmp_path):
    inner = zipped(
        {
            "work/01-trade.ipynb": FULL,
            "__MACOSX/._01-trade.ipynb": b"\0\0",
            ".ipynb_checkpoints/01-trade-checkpoint.ipynb": BLANK,
        }
    )
    files = {
        "ana.zip": zipped({"../../../etc/cron.d/01-trade.ipynb": FULL}),
        "export.zip": zipped(
            {
                "Bora B_2002_assignsubmission_file/mine.zip": inner,
                "Cem C_2003_assignsubmission_file/01-trade.ipynb": HALF,
            }
        ),
        "dina/broken.zip": b"PK\x03\x04 cut off",
        "bomb.zip": zipped({"ali_3001_1_01-trade.ipynb": b" " * 130_000_000}),
    }
    found = taken(tmp_path, files)
    assert {one.name: one.number for one in found.students} == {
        "ana": "",
        "Bora B": "2002",
        "Cem C": "2003",
        "dina": "",
        "ali": "3001",
    }
    assert {key for key, _ in found.work} == {"ana", "Bora_B", "Cem_C"}
    assert "120 million bytes" in found.failed["ali"][0].problem
    assert sorted(path.name for path in tmp_path.rglob("*.ipynb")) == []


def nested(archives: int, inside: dict[str, str | bytes]) -> bytes:
    """An archive in an archive, and so on."""
    made = zipped(inside)
    for _ in range(archives - 1):
        made = zipped({"again.zip": made})
    return made


def with_cell(name: str, **changed: object) -> str:
    """The solved notebook with one cell changed."""
    made = notebook()
    made["cells"][thirty.place(made, name)] |= changed
    return text(made)


def printed(size: int) -> str:
    """The solved notebook with so much printed below its first cell of code."""
    made = notebook()
    first = next(cell for cell in made["cells"] if cell["cell_type"] == "code")
    first["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "0, 1, " * (size // 6)}]
    return text(made)


def in_vs_code() -> str:
    """The solved notebook as Visual Studio Code stores it."""
    made = notebook() | {
        "nbformat_minor": 2,
        "metadata": {"kernelspec": {"display_name": ".venv", "language": "python", "name": "python3"}},
    }
    for cell in made["cells"]:
        cell.pop("id", None)
        cell["metadata"] = {"vscode": {"languageId": "python"}} if cell["cell_type"] == "code" else {}
    return text(made)


def two_sheets() -> str:
    """The solved notebook of format 3 in two worksheets."""
    made = thirty.old_format()
    cells_ = made["worksheets"][0]["cells"]
    return text(made | {"worksheets": [{"cells": cells_[:8]}, {"cells": cells_[8:]}]})


@pytest.mark.parametrize(
    ("path", "content", "note"),
    [
        *((f"ana/01-trade{ending}", FULL, "") for ending in ("", ".txt", ".json", ".ipynb.txt", ".ipynb.json", ".jpynb", ".ipynb.download", ".ipynb.bak", ".IPYNB")),
        *(("ana/01-trade.ipynb", FULL.encode(coding), "") for coding in ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-8-sig")),
        ("ana/01-trade.ipynb", FULL.replace("Turkey", "T\u00fcrkiye").encode("cp1254"), "is not saved as UTF-8"),
        ("ana/01-trade.ipynb", FULL + "\0" * 512, ""),
        ("ana/01-trade.ipynb", json.dumps(json.loads(FULL), indent=1).replace("\n", "\r\n"), ""),
        ("ana/01-trade.ipynb", zipped({"01-trade.ipynb": FULL}), ""),
        *(("ana.zip", nested(deep, {"01-trade.ipynb": FULL}), "") for deep in (1, 2, 3)),
        ("class.zip", zipped({"ana_7_assignsubmission_file_/mine.zip": nested(2, {"01-trade.ipynb": FULL})}), ""),
        ("class.zip", zipped({"class\\ana\\01-trade.ipynb": FULL, "class\\bora\\01-trade.ipynb": BLANK}), ""),
        ("ana/01-trade.ipynb", printed(50_000_000), ""),
        ("ana/01-trade.ipynb", in_vs_code(), "lost their ids"),
        ("ana - Copy of 01-trade.ipynb", text(thirty.stripped(notebook())), "lost their ids"),
        ("ana/01-trade.ipynb", text(thirty.old_format()), ""),
        ("ana/01-trade.ipynb", two_sheets(), ""),
        ("ana/01-trade.ipynb", with_cell("trade-2", metadata={}, id="0a1b2c3d"), "trade-2: its own cell is gone; cell 10 sets its names"),
        ("ana/01-trade.ipynb", with_cell("trade-2", cell_type="raw"), "trade-2: cell 10 had become a text cell and was run as code"),
        ("ana/01-trade.ipynb", with_cell("trade-2", cell_type="markdown"), "trade-2: cell 10 had become a text cell and was run as code"),
    ],
)  # fmt: skip
def test_work_that_travelled_is_read_whole(tmp_path, path, content, note):
    found = taken(tmp_path, {path: content})
    attempt = found.work["ana", SLUG]
    made = cells.plan(attempt.cells, EXERCISE, {})
    assert not found.doubts and not made.doubts and sorted(made.claims) == TASKS
    assert {place for numbers in made.claims.values() for place in numbers} <= set(made.numbers)
    said = "; ".join([*attempt.notes, *made.notes])
    assert note in said if note else not said


@pytest.mark.parametrize(
    "path",
    ["ana/photo.heic", "ana/01-trade.py", "ana/01-trade.html", "ana/link.gdoc", "ana/01-trade.ipynb.gz", "ana.rar", "ana/work", "m.zip/ana_7_assignsubmission_file_/x.pages", "ana.zip/photo.heic", "ana/01-trade.ipynb", "deep.zip"],
)  # fmt: skip
def test_what_cannot_be_read_is_on_the_list_with_the_line_that_settles_it(tmp_path, path):
    top, _, rest = path.partition(".zip/")
    if path == "deep.zip":
        files = {"ana/deep.zip": nested(6, {"01-trade.ipynb": FULL})}
    else:
        files = {f"{top}.zip": zipped({rest: b"\x1f\x8b\0"})} if rest else {path: b"\x1f\x8b\0"}
    found = taken(tmp_path, files | {"bora/01-trade.ipynb": FULL})
    (student,) = [one for one in found.students if one.name == "ana"]
    (doubt,) = found.doubts
    assert found.failed[student.key] and "Ask for the notebook itself" in doubt.reason
    again = taken(tmp_path, {}, {doubt.question: doubt.answers[0]})
    assert not again.doubts and again.failed[student.key][0].problem == "no exercise, as you decided"


def test_files_beside_the_students_folders_and_beside_a_notebook_are_nobodys(tmp_path):
    files = {
        "roll.csv": "a,b",
        "Thumbs.db": b"x",
        "ana/01-trade.ipynb": FULL,
        "ana/my data.csv": "1",
        "bora/02-energy.ipynb": text(thirty.read(editions.release_path("02-energy"))),
    }
    found = taken(tmp_path, files)
    assert [one.name for one in found.students] == ["ana", "bora"] and not found.doubts
    known = {one.slug: one for one in KNOWN}
    record, _ = whole_class.first_record(found.students[0], "02-energy", found, known, {})
    assert record.state == submission_records.MISSING, "a table beside another exercise is no work on this one"


def test_notebook_that_would_fill_the_memory_is_refused():
    with pytest.raises(cells.Unreadable, match="5 million parts"):
        cells.read_cells(b'{"cells": [' + b"[]," * 5_000_001 + b"[]]}")


def test_two_students_of_one_name_are_two(tmp_path):
    files = {
        f"Ana Ak_{number}_assignsubmission_file_/01-trade.ipynb": made for number, made in ((1001, FULL), (1002, HALF))
    }
    found = taken(tmp_path, files)
    assert [(one.name, one.number) for one in found.students] == [("Ana Ak", "1001"), ("Ana Ak", "1002")]
    assert len(found.work) == 2 and not found.doubts


STRANGE_NAMES = ["=cmd|' /C calc'!A0", 'Ak, "Ana"', "Ana;=1+1", " =1+1", "\uff1d1+1", "@SUM(1)", "-2+3", "+1"]


def test_tables_keep_numbers_whole_and_let_no_name_become_a_formula(tmp_path):
    rows = [
        whole_class.Row(Student(name, f"00{place}"), SLUG, submission_records.MISSING)
        for place, name in enumerate(STRANGE_NAMES)
    ]
    write_tables(rows, tmp_path)
    for table, place in (("grades.csv", 0), (f"grades-{SLUG}.csv", 1)):
        written = (tmp_path / table).read_text(encoding="utf-8-sig")
        with io.StringIO(written) as file:
            read = list(csv.reader(file))[1:]
        assert [line[1 - place] for line in read] == [f"00{number}" for number in range(len(rows))]
        assert [line[place].replace("'", "") for line in read] == [name.replace("'", "") for name in STRANGE_NAMES]
        # However a spreadsheet cuts the lines, nothing that it finds begins as a formula.
        for separator in ",;":
            with io.StringIO(written) as file:
                fields = [field for line in csv.reader(file, delimiter=separator) for field in line]
            assert not [field for field in fields if field.strip()[:1] in tuple("=+-@\uff1d")]


@pytest.mark.parametrize(
    ("files", "counts", "doubt"),
    [
        ({"a_1003_7_01-trade.ipynb": HALF, "a_1003_9_01-trade-1.ipynb": FULL}, "a_1003_9_01-trade-1.ipynb", ""),
        ({"a_1003_7_01-trade.ipynb": FULL, "a_1003_9_01-trade-1.ipynb": BLANK}, None, "answers fewer tasks"),
        ({"ana/01-trade.ipynb": HALF, "ana/01-trade (1).ipynb": FULL}, "ana/01-trade (1).ipynb", ""),
        ({"ana/01-trade.ipynb": FULL, "ana/01-trade (1).ipynb": BLANK}, "ana/01-trade.ipynb", ""),
        ({"ana/01-trade.ipynb": FULL, "ana/old/01-trade.ipynb": HALF}, None, "order is not known"),
        ({"ana/01-trade.ipynb": FULL, "ana/copy.ipynb": FULL}, "ana/01-trade.ipynb ana/copy.ipynb", ""),
        ({"E_s12_attempt_2026-11-02-10-00-00_01-trade.ipynb": FULL, "E_s12_attempt_2026-11-01-10-00-00_01-trade.ipynb": HALF}, "E_s12_attempt_2026-11-02-10-00-00_01-trade.ipynb", ""),
    ],
)  # fmt: skip
def test_last_attempt_counts_where_it_is_known_which_is_last(tmp_path, files, counts, doubt):
    found = taken(tmp_path, files)
    assert (doubt in found.doubts[0].reason) if doubt else not found.doubts
    assert (
        [one.place for one in found.work.values()] == []
        if counts is None
        else next(iter(found.work.values())).place in counts
    )
    if doubt:
        question, answer = found.doubts[0].question, found.doubts[0].answers[-1]
        again = taken(tmp_path, {}, {question: answer})
        assert [one.place for one in again.work.values()] == [answer] and not again.doubts


def test_exercise_is_what_the_notebook_holds_not_what_it_is_called(tmp_path):
    found = taken(
        tmp_path,
        {
            "ana/02-energy.ipynb": FULL,
            "bora/x.ipynb": text({"cells": [code("1 + 1")], "nbformat": 4, "nbformat_minor": 5, "metadata": {}}),
        },
    )
    assert list(found.work) == [("ana", SLUG)] and "called 02-energy.ipynb" in found.work["ana", SLUG].notes[0]
    assert [doubt.question for doubt in found.doubts] == ["exercise bora/x.ipynb"]


def test_names_that_look_alike_get_folders_of_their_own(tmp_path):
    found = taken(
        tmp_path,
        {
            "a b/01-trade.ipynb": FULL,
            "a_b/01-trade.ipynb": HALF,
            "A B/01-trade.ipynb": HALF,
            "x_1001_assignsubmission_file/01-trade.ipynb": FULL,
            "x_1002_assignsubmission_file/01-trade.ipynb": FULL,
        },
    )
    keys = [one.key.casefold() for one in found.students]
    assert len(keys) == len(set(keys)) == 5 and len(found.work) == 5


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "not JSON"), (b"\xff\xfe\x00", "not text"), (b"[]", "other data"), (b"{}", "no cells"), (b'{"cells": 3}', "no cells"),
        (FULL.encode()[:500], "not JSON"), (b"[" * 100_000, "not JSON"), (b'{"cells": [' + b'{"cell_type": "code", "source": "1"},' * 2_000 + b"{}]}", "2,001 cells"),
    ],
    ids=["empty", "binary", "list", "object", "number", "cut off", "deep", "many"],
)  # fmt: skip
def test_file_that_is_no_notebook_is_told_apart(content, message):
    with pytest.raises(cells.Unreadable, match=message):
        cells.read_cells(content)


@pytest.mark.parametrize(
    "cell",
    [
        {},
        {"cell_type": 3},
        {"source": 7},
        {"cell_type": "code", "source": ["a", 3], "metadata": []},
        {"cell_type": "code", "source": "\udcff", "metadata": {"nbgrader": {"grade_id": []}}},
    ],
)
def test_odd_cells_are_read_as_far_as_they_can_be(cell):
    made = notebook()
    made["cells"].insert(0, cell)
    found = cells.read_cells(json.dumps(made).encode())
    assert cells.which(found, KNOWN) == [SLUG]
    json.dumps([one.source for one in found]).encode()


@pytest.mark.parametrize(
    ("own", "typed", "points", "said"),
    [
        (None, "{answer}\n{check}", 2, "trade-2: cell 11, its check, has an answer typed into it"),
        (None, "{check}\n{answer}", 2, "trade-2: cell 11, its check, has an answer typed into it"),
        ("deficit_2024 = 3", "{answer}\n{check}", 0, "several cells answer it, with different points"),
        ("{answer}", "{answer}\n{check}", 2, ""),
        ("{answer}", "{check}", 2, ""),
        (None, "{check}", 0, ""),
    ],
)
def test_answer_typed_into_its_check_cell_counts_or_is_asked_about(own, typed, points, said):
    made = notebook([])
    parts = {"answer": thirty.ANSWERS["trade-2"], "check": made["cells"][thirty.place(made, "trade-2-check")]["source"]}
    changed = {"trade_2_check": typed.format(**parts)} | ({"trade_2": own.format(**parts)} if own else {})
    read = cells.read_cells(text(notebook([], **changed)).encode())
    plan = cells.plan(read, EXERCISE, {})
    run = sandbox.run(plan.run, 5)
    found = judging.mark(EXERCISE, plan, run, {cell.number: cell.source for cell in read})[1]
    assert found.points == points
    assert said in "; ".join([*plan.notes, found.doubt]) if said else not found.doubt


NEEDS = {
    "import seaborn_of_another_course as sns": "ModuleNotFoundError",
    "from concurrent.futures import ThreadPoolExecutor\nlist(ThreadPoolExecutor().map(abs, [1]))": "RuntimeError",
    "import subprocess\nsubprocess.run(['ls'])": "PermissionError",
    "import pandas as pd\npd.read_csv('my-own.csv')": "FileNotFoundError",
    "input('Which year?')": "EOFError",
}


def marks_of(made: dict, settled: dict[str, str] | None = None) -> dict[str, judging.TaskMark]:
    """A notebook run and marked: its tasks."""
    read = cells.read_cells(text(made).encode())
    plan = cells.plan(read, EXERCISE, settled or {})
    found = judging.mark(EXERCISE, plan, sandbox.run(plan.run, 5), {cell.number: cell.source for cell in read})
    return {one.task: one for one in found}


@pytest.mark.parametrize(("needs", "error"), NEEDS.items(), ids=NEEDS.values())
def test_what_only_the_sandbox_lacks_is_asked_about_and_costs_nothing_else(needs, error):
    made = notebook(trade_2=f"{needs}\n{thirty.ANSWERS['trade-2']}", trade_3="gap_2016 = 1 / 0")
    found = marks_of(made)
    assert f"needs what marking does not have ({error})" in found["trade-2"].doubt
    assert found["trade-2"].said == f"trade-2: Not yet. Its cell needs what marking does not have ({error})."
    assert found["trade-4"].points == 3 and not found["trade-4"].doubt
    assert found["trade-2"].lines == ["none"] and not marks_of(made, {"trade-2": "none"})["trade-2"].doubt


def test_feedback_names_the_error_that_stopped_a_cell():
    found = marks_of(notebook(TASKS[:2], trade_2="deficit_2024 = 1 / 0", trade_4="share = ("))
    assert found["trade-2"].said == "trade-2: Not yet. Its cell stopped with ZeroDivisionError."
    assert found["trade-4"].said == "trade-4: Not yet. Its cell stopped with SyntaxError."
    assert found["trade-3"].said.startswith("trade-3: Not answered yet."), "a cell as it was given out"
    assert not any(one.doubt for one in found.values())


@pytest.mark.parametrize(
    "act",
    [
        "table.groupby('year')['arrival'].sum()",
        "table.groupby('year')[['arrival', 'kind']].sum()",  # of two, pandas names either first
        "table.drop(columns=['arrival'])",
        "table[['arrival']]",
        "table[['year', 'arrival']]",
        "table.set_index('arrival')",
        "table.loc[:, ['arrival', 'kinds']]",
        "table.groupby('year').agg({'arrival': 'sum'})",
        "table.pivot(index='year', columns='kind', values='arrival')",
    ],
)
def test_misspelt_column_is_named_in_whatever_words_pandas_puts_it(act):
    space = {"table": pd.DataFrame({"year": [1, 2], "arrivals": [3, 4], "kind": ["a", "b"]})}
    with pytest.raises(KeyError) as caught:
        eval(act, space)
    said = " ".join(in_plain_words(caught.value, space).split())
    assert "no column or label 'arrival'. Did you mean 'arrivals'?" in said


# --- the command line


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["EMPTY"], "no notebook in it"),
        (["EMPTY", "--part", "3/2"], "3/2"),
        ([], "name the folder"),
        (["EMPTY/nothing"], "nothing"),
        (["--after-marking"], "no class was marked here"),
        (["--merge", "EMPTY"], "no class was marked here"),
    ],
)
def test_wrong_use_says_what_to_do(tmp_path, capsys, arguments, message):
    (tmp_path / "empty").mkdir()
    try:
        code = command.main(
            [*(part.replace("EMPTY", str(tmp_path / "empty")) for part in arguments), "--to", str(tmp_path / "graded")]
        )
    except SystemExit as stop:
        code = stop.code
    assert code and message in capsys.readouterr().err


@pytest.mark.parametrize("content", [b"task ana trade-3\n", b"what = 3\n", b"\xff\xfe\xfa"])
def test_line_of_the_teachers_that_cannot_be_read_is_named(tmp_path, content):
    (tmp_path / "decisions.txt").write_bytes(content)
    with pytest.raises(ValueError, match="decisions.txt"):
        read_decisions(tmp_path)


@pytest.mark.parametrize(
    ("line", "reason"), [("99", "cell 99, which is no code cell"), ("10 a b", "names 2 variables"), ("ten", "cell ten")]
)
def test_line_of_the_teachers_that_does_not_fit_stays_open(line, reason):
    made = cells.plan(cells.read_cells(text(notebook()).encode()), EXERCISE, {"trade-2": line})
    assert reason in made.doubts["trade-2"]


def test_jupyterlab_for_readers_offers_no_tool_for_authors(monkeypatch):
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", str(sandbox.ROOT / "exercises" / "lab"))
    told = get_page_config([])["disabledExtensions"]
    shipped = "".join(
        path.read_text() for path in Path(sys.prefix).glob("share/jupyter/labextensions/@jupyter/nbgrader/static/*.js")
    )
    offered = set(re.findall(r'"(@jupyter/nbgrader:[a-z-]+)"', shipped))
    assert "@jupyter/nbgrader:validate-assignment" in offered and offered <= set(told)
    assert '"JUPYTER_CONFIG_PATH"' in (sandbox.ROOT / "tasks.py").read_text()
