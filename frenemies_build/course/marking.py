"""Mark a class: every submission gets a row in the grade table, whatever is wrong with it.

    python3 tasks.py grade submitted --to graded
    python3 tasks.py grade submitted --to graded --after-marking     once the essays are marked by hand

`submitted` has a folder for each student with the notebooks inside (`ana/01-trade.ipynb`, or as
nbgrader collects them `ana/01-trade/01-trade.ipynb`). `graded` gets `grades.csv`, a page of feedback
for each notebook in `feedback/`, and `course/`, an nbgrader course with its gradebook: start
`jupyter lab` in it and open Formgrader to mark the last task by hand.

A submission is a program written by somebody else, and marking runs it with your rights: it can read
your files, the hidden tests and other submissions, and use your network. Run this command in a container or
a virtual machine that has no network and nothing worth reading. What is done here is no sandbox: each
notebook is run by an nbgrader process of its own with a limit on its time, so that one that
crashes or never ends cannot stop the others.
"""

from __future__ import annotations

import argparse
import csv
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import nbformat
import psutil
from nbgrader.api import Gradebook, MissingEntry, TaskCell

from frenemies_build.course.editions import COURSE, master_path, slugs

CELL_SECONDS = 60
PACKAGE_PARENT = Path(__file__).resolve().parents[2]
WARNING = (
    "Marking runs the students' programs with your rights. Do it in a container or a virtual machine without\n"
    "network, with nothing in it but this book and the submissions (see CONTRIBUTING.md)."
)


@dataclass
class Row:
    """One line of the grade table. `to_mark` counts the points that a person has still to give."""

    student: str
    exercise: str
    state: str = "not handed in"
    points: float = 0
    of: float = 0
    to_mark: float = 0
    note: str = ""


@dataclass(frozen=True)
class Course:
    """The nbgrader course in which a class is marked."""

    root: Path

    @property
    def gradebook(self) -> str:
        """The address of its database."""
        return f"sqlite:///{self.root / 'gradebook.db'}"

    def notebook(self, step: str, student: str, slug: str) -> Path:
        """Where nbgrader keeps a student's notebook at one of its steps."""
        return self.root / step / safe(student) / slug / f"{slug}.ipynb"

    def nbgrader(self, *arguments: str, seconds: float | None = None) -> str | None:
        """Run one of nbgrader's commands; return what went wrong in a sentence, or None."""
        # nbgrader calls another of its environment's commands by name, and the notebooks import this package.
        search = {"PATH": str(Path(sys.executable).parent), "PYTHONPATH": str(PACKAGE_PARENT)}
        extended = {name: os.pathsep.join(filter(None, [first, os.environ.get(name)])) for name, first in search.items()}
        with tempfile.TemporaryDirectory() as sockets:
            # Two kernels over TCP can race for a port; sockets in a folder of their own cannot (Windows has none here).
            transport = [] if os.name == "nt" else ["--KernelManager.transport=ipc", f"--KernelManager.ip={sockets}/kernel"]
            process = subprocess.Popen(
                [sys.executable, "-m", "nbgrader", *arguments, *transport],
                cwd=self.root,
                env=os.environ | extended,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                text=True,
            )
            try:
                _, log = process.communicate(timeout=seconds)
            except subprocess.TimeoutExpired:
                end(process)
                return f"stopped after {seconds:.0f} seconds"
        return None if process.returncode == 0 else reason(log)

    def build(self, names: list[str]) -> None:
        """Put the masters in place and let nbgrader read them. Raises `RuntimeError` if it refuses one."""
        self.root.mkdir(parents=True, exist_ok=True)
        shutil.copy(COURSE / "nbgrader_config.py", self.root)
        for slug in names:
            target = self.root / "source" / slug
            shutil.rmtree(target, ignore_errors=True)
            shutil.copytree(master_path(slug).parent, target, ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
            if problem := self.nbgrader("generate_assignment", slug, "--force"):
                raise RuntimeError(f"nbgrader cannot prepare {slug}: {problem}")


def end(process: subprocess.Popen) -> None:
    """End a process of ours and all that it started."""
    for child in psutil.Process(process.pid).children(recursive=True):
        try:
            child.kill()
        except psutil.NoSuchProcess:
            pass
    process.kill()
    process.communicate()


def reason(log: str) -> str:
    """The last error of nbgrader's log that says what happened."""
    lines = [line.strip() for line in log.splitlines()]
    errors = [line for line in lines if re.match(r"[\w.]*(Error|Exception|Exit)\b.*: ", line)]
    return (errors or [line for line in lines if line] or ["nbgrader gave no reason"])[-1][:200]


def safe(student: str) -> str:
    """A student's folder name as nbgrader can use it in its paths and patterns."""
    return re.sub(r"[^\w.@-]", "_", student).strip(".") or "_"


def handed_in(folder: Path) -> dict[str, dict[str, Path]]:
    """The notebooks that belong to an exercise, by student and exercise.

    Raises `ValueError` if the folder has no folder in it, or two whose names nbgrader cannot tell apart.
    """
    students = sorted(path for path in folder.iterdir() if path.is_dir() and not path.name.startswith("."))
    if not students:
        raise ValueError(f"{folder}: no folder in it; expected one for each student, with the notebooks inside")
    names = [safe(path.name) for path in students]
    if twice := [path.name for path in students if names.count(safe(path.name)) > 1]:
        raise ValueError(f"{folder}: rename one of these folders, they look the same to nbgrader: {', '.join(twice)}")
    found = {}
    for student in students:
        places = {slug: (student / f"{slug}.ipynb", student / slug / f"{slug}.ipynb") for slug in slugs()}
        notebooks = {slug: next(filter(Path.is_file, paths), None) for slug, paths in places.items()}
        found[student.name] = {slug: path for slug, path in notebooks.items() if path}
    return found


def unreadable(path: Path) -> str | None:
    """Why a file cannot be marked as a notebook, or None."""
    try:
        notebook = nbformat.reads(path.read_text(encoding="utf-8"), as_version=nbformat.NO_CONVERT)
        nbformat.validate(notebook)
    except UnicodeDecodeError:
        return "not a notebook: the file is not text"
    except nbformat.reader.NotJSONError:
        return "not a notebook: the file is not JSON (cut off, or another kind of file)"
    except Exception as error:  # nbformat raises many types for JSON that is not a notebook
        return f"not a valid notebook: {(str(error) or type(error).__name__).splitlines()[0][:150]}"
    if notebook.get("nbformat") != 4:
        return "a notebook of an old format: open it in JupyterLab and save it again"
    return None


def changes(submitted: nbformat.NotebookNode, released: nbformat.NotebookNode) -> Iterator[str]:
    """What a student did to cells that are not theirs (nbgrader puts the locked ones right again)."""
    theirs = {task_id(cell): cell for cell in submitted.cells if task_id(cell)}
    for cell in released.cells:
        name = task_id(cell)
        if name and name not in theirs:
            yield f"{name}: cell missing"
        elif name and cell.metadata.nbgrader.get("locked"):
            if theirs[name].source != cell.source or theirs[name].cell_type != cell.cell_type:
                yield f"{name}: locked cell was changed, restored"
            elif theirs[name].metadata.nbgrader.get("points") != cell.metadata.nbgrader.get("points"):
                yield f"{name}: points were changed, restored"


def failures(marked: nbformat.NotebookNode) -> Iterator[str]:
    """The errors that answers raised when they were run."""
    for cell in marked.cells:
        name = task_id(cell)
        if name and cell.cell_type == "code" and not cell.metadata.nbgrader.get("grade"):
            for output in cell.outputs:
                if output.output_type == "error":
                    late = output.ename in ("CellTimeoutError", "KeyboardInterrupt")
                    yield f"{name}: {'ran out of time' if late else output.ename}"
                    break


def task_id(cell: nbformat.NotebookNode) -> str:
    """A cell's id in the gradebook, or nothing."""
    return cell.metadata.get("nbgrader", {}).get("grade_id", "")


def mark(course: Course, row: Row, path: Path, cell_seconds: int) -> None:
    """Let nbgrader mark one notebook; write what happened into its row."""
    if problem := unreadable(path):
        row.state, row.note = "cannot be read", problem
        return
    staged = course.notebook("submitted", row.student, row.exercise)
    staged.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(path, staged)
    command = ("autograde", row.exercise, "--student", safe(row.student), "--force", f"--Execute.timeout={cell_seconds}")
    if problem := course.nbgrader(*command, seconds=5 * cell_seconds + 30):
        row.state, row.note = "could not be run", problem
        return
    row.state = "marked"
    submitted = nbformat.read(staged, as_version=4)
    released = nbformat.read(course.root / "release" / row.exercise / f"{row.exercise}.ipynb", as_version=4)
    marked = nbformat.read(course.notebook("autograded", row.student, row.exercise), as_version=4)
    row.note = "; ".join(dict.fromkeys([*changes(submitted, released), *failures(marked)]))


def count_points(course: Course, rows: list[Row]) -> None:
    """Fill in the points of all rows from the gradebook."""
    with Gradebook(course.gradebook) as book:
        for row in rows:
            row.points = row.to_mark = 0
            row.of = book.find_assignment(row.exercise).max_score if row.exercise else 0
            if row.state != "marked":
                continue
            try:
                submission = book.find_submission(row.exercise, safe(row.student))
            except MissingEntry:
                continue
            row.points = submission.score
            grades = [grade for notebook in submission.notebooks for grade in notebook.grades]
            row.to_mark = sum(grade.max_score for grade in grades if grade.needs_manual_grade and isinstance(grade.cell, TaskCell))


def write_feedback(course: Course, rows: list[Row], folder: Path) -> None:
    """Make a page of feedback for each marked notebook."""
    shutil.rmtree(folder, ignore_errors=True)
    for slug in sorted({row.exercise for row in rows if row.state == "marked"}):
        if problem := course.nbgrader("generate_feedback", slug, "--force"):
            print(f"feedback for {slug} is incomplete: {problem}", file=sys.stderr)
    for row in rows:
        page = course.notebook("feedback", row.student, row.exercise).with_suffix(".html")
        if row.state == "marked" and page.exists():
            (folder / safe(row.student)).mkdir(parents=True, exist_ok=True)
            shutil.copy(page, folder / safe(row.student))


def write_table(rows: list[Row], path: Path) -> None:
    """Write the grade table."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [field.name for field in fields(Row)], lineterminator="\n")
        writer.writeheader()
        writer.writerows(asdict(row) for row in rows)


def read_table(path: Path) -> list[Row]:
    """Read a grade table that `write_table` wrote. Raises `ValueError` for any other file."""
    with path.open(encoding="utf-8", newline="") as file:
        lines = csv.DictReader(file)
        if lines.fieldnames != [field.name for field in fields(Row)]:
            raise ValueError(f"{path} is not a table that this command wrote; mark the class again without --after-marking")
        return [Row(**line) for line in lines]


def grade(folder: Path, to: Path, cell_seconds: int = CELL_SECONDS) -> list[Row]:
    """Mark all that a class handed in and return the rows of the grade table.

    Raises `ValueError` for a folder that holds no class, `RuntimeError` where a master is at fault.
    """
    found = handed_in(folder)
    exercises = sorted({slug for notebooks in found.values() for slug in notebooks})
    course = Course(to.resolve() / "course")
    course.build(exercises)
    rows = []
    for student, notebooks in found.items():
        for slug in exercises or [""]:
            row = Row(student, slug)
            rows.append(row)
            if slug in notebooks:
                try:
                    mark(course, row, notebooks[slug], cell_seconds)
                except Exception as error:  # a notebook can be odd in any way, and the next student waits
                    row.state, row.note = "could not be run", f"{type(error).__name__}: {error}"[:200]
            print(f"{student}  {slug}  {row.state}{f' ({row.note})' if row.note else ''}", flush=True)
    finish(course, rows, to)
    return rows


def finish(course: Course, rows: list[Row], to: Path) -> None:
    """Write points, feedback and table."""
    count_points(course, rows)
    write_feedback(course, rows, to / "feedback")
    write_table(rows, to / "grades.csv")


def main(arguments: list[str] | None = None) -> int:
    """Read the command line; return the exit code."""
    parser = argparse.ArgumentParser(prog="tasks.py grade", description=__doc__.splitlines()[0])
    parser.add_argument("submitted", type=Path, help="the folder with one folder for each student")
    parser.add_argument("--to", type=Path, default=Path("graded"), help="where the results go (default: graded)")
    parser.add_argument("--seconds", type=int, default=CELL_SECONDS, help=f"limit for one cell (default: {CELL_SECONDS})")
    parser.add_argument("--after-marking", action="store_true", help="run nothing again; write table and feedback anew")
    args = parser.parse_args(arguments)
    try:
        if args.after_marking:
            rows = read_table(args.to / "grades.csv")
            finish(Course(args.to.resolve() / "course"), rows, args.to)
        else:
            print(WARNING, flush=True)
            rows = grade(args.submitted, args.to, args.seconds)
    except (OSError, RuntimeError, ValueError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    open_rows = sum(float(row.to_mark) > 0 for row in rows)
    print(f"{len(rows)} rows in {args.to / 'grades.csv'}, {open_rows} with points to give by hand")
    return 0


if __name__ == "__main__":
    sys.exit(main())
