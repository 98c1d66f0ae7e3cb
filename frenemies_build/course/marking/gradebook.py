"""nbgrader's side of a marked class: its gradebook, notebooks that are safe to open, and pages of feedback.

nbgrader never runs anything here. Its `submitted` folder stays empty, so that Formgrader has no student
code to run, and the notebooks that it shows are the edition that was given out with the student's source and what our
checks said: no output, script or picture of a student's.
"""

from __future__ import annotations

import hashlib
import html
import logging
import shutil
import warnings
from dataclasses import dataclass
from pathlib import Path

import nbformat
import nbgrader
import sqlalchemy
from alembic.script import ScriptDirectory
from bs4 import BeautifulSoup
from nbformat.v4 import new_output
from nbgrader.api import Base, Gradebook, MissingEntry, SubmittedAssignment, TaskCell
from nbgrader.converters import GenerateAssignment, GenerateFeedback
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory
from sqlalchemy.exc import SAWarning
from traitlets.config import Config

from frenemies_build.course.editions import COURSE, course_config, master_path
from frenemies_build.course.marking.exercises import Exercise, grade_id
from frenemies_build.course.marking.intake import Student
from frenemies_build.course.marking.judging import TaskMark

POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:"
CHANGED = "The answer changed after it was marked by hand; look again."


@dataclass(frozen=True)
class HandMark:
    """What a person gave for one cell."""

    score: float | None
    extra: float | None
    comment: str | None


@dataclass(frozen=True)
class Points:
    """A task's points as they stand in the gradebook, and whether a person has still to look."""

    points: float
    most: float
    open: bool
    by_person: bool


@dataclass(frozen=True)
class Course:
    """The nbgrader course in which a class is marked."""

    root: Path

    @property
    def database(self) -> str:
        """The address of its gradebook."""
        return f"sqlite:///{self.root / 'gradebook.db'}"

    def notebook(self, step: str, key: str, slug: str) -> Path:
        """Where nbgrader keeps a student's notebook at one of its steps."""
        return self.root / step / key / slug / f"{slug}.ipynb"

    def book(self) -> Gradebook:
        """The opened gradebook."""
        return Gradebook(self.database, "frenemies")

    def config(self, slug: str) -> Config:
        """nbgrader's settings for one exercise of this course."""
        config = course_config()
        config.CourseDirectory.root = str(self.root)
        config.CourseDirectory.db_url = self.database
        config.CourseDirectory.assignment_id = slug
        return config

    def build(self, slugs: list[str]) -> None:
        """Put masters in place and let nbgrader read those that are new or changed. Raises `RuntimeError` if it refuses one."""
        self.root.mkdir(parents=True, exist_ok=True)
        if not (self.root / "gradebook.db").exists():
            self.create_database()
        shutil.copy(COURSE / "nbgrader_config.py", self.root)
        for slug in slugs:
            stamp = self.root / "release" / slug / ".made-from"
            state = hashlib.sha256(master_path(slug).read_bytes()).hexdigest()
            if stamp.exists() and stamp.read_text() == state:
                continue
            target = self.root / "source" / slug
            shutil.rmtree(target, ignore_errors=True)
            shutil.copytree(master_path(slug).parent, target, ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
            config = self.config(slug)
            convert(GenerateAssignment(coursedir=CourseDirectory(config=config), force=True, config=config), slug)
            stamp.write_text(state)

    def create_database(self) -> None:
        """An empty gradebook, as nbgrader would make it, without the seconds that its own command takes for the version."""
        fresh = self.root / "gradebook.new"
        fresh.unlink(missing_ok=True)
        engine = sqlalchemy.create_engine(f"sqlite:///{fresh}")
        Base.metadata.create_all(engine)
        version = ScriptDirectory(str(Path(nbgrader.__file__).parent / "alembic")).get_current_head()
        with engine.begin() as database:
            database.execute(sqlalchemy.text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"))
            database.execute(sqlalchemy.text("INSERT INTO alembic_version VALUES (:version)"), {"version": version})
        engine.dispose()
        fresh.replace(self.root / "gradebook.db")

    def save(
        self, book: Gradebook, student: Student, exercise: Exercise, marks: list[TaskMark], notes: list[str]
    ) -> dict[str, Points]:
        """Store a student's marked notebook and points, and return each task's points as they stand now.

        What a person gave before stays; where the answer has changed since, the person is asked to look again.
        """
        path = self.notebook("autograded", student.key, exercise.slug)
        before = sources(path)
        notebook = marked_notebook(
            self.root / "release" / exercise.slug / f"{exercise.slug}.ipynb", exercise, marks, notes
        )
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_suffix(".new")
        fresh.write_text(nbformat.writes(notebook), encoding="utf-8")
        by_task = {mark.task: mark for mark in marks}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SAWarning)  # nbgrader's own way of adding a submission
            book.update_or_create_student(student.key, last_name=student.name)
            submission = book.update_or_create_submission(exercise.slug, student.key)
        grades = {grade.name: grade for grade in submission.notebooks[0].grades}
        comments = {comment.name: comment for comment in submission.notebooks[0].comments}
        own = {task.id: grades[exercise.by_hand if task.by_hand else task.test_id] for task in exercise.tasks}
        for task in exercise.tasks:
            mark, grade = by_task[task.id], own[task.id]
            changed = before.get(task.id, mark.source) != mark.source
            if not task.by_hand:
                grade.auto_score = mark.points
            grade.needs_manual_grade = bool(
                (grade.manual_score is None and (task.by_hand or mark.doubt))
                or (grade.manual_score is not None and (changed or grade.needs_manual_grade))
            )
            remarks = [mark.doubt] if mark.doubt else []
            remarks += [CHANGED] if grade.manual_score is not None and changed else []
            comments[task.id].auto_comment = "; ".join([*mark.notes, *remarks]) or None
        book.db.commit()
        fresh.replace(path)
        return {
            name: Points(grade.score, grade.max_score, grade.needs_manual_grade, grade.manual_score is not None)
            for name, grade in own.items()
        }

    def hand_marks(self) -> dict[tuple[str, str, str], HandMark]:
        """All that people gave and wrote, by student, exercise and cell."""
        found = {}
        if not (self.root / "gradebook.db").exists():
            return found
        with self.book() as book:
            for submission in book.db.query(SubmittedAssignment).all():
                for notebook in submission.notebooks:
                    comments = {comment.name: comment.manual_comment for comment in notebook.comments}
                    for name, grade in ((grade.name, grade) for grade in notebook.grades):
                        if grade.manual_score is not None or grade.extra_credit:
                            found[submission.student.id, submission.name, name] = HandMark(
                                grade.manual_score, grade.extra_credit, None
                            )
                    for name, comment in comments.items():
                        if comment:
                            found[submission.student.id, submission.name, f"comment {name}"] = HandMark(
                                None, None, comment
                            )
        return found

    def restore(self, marks: dict[tuple[str, str, str], HandMark]) -> None:
        """Write marks and comments given elsewhere into this gradebook, where none stands yet."""
        with self.book() as book:
            for (key, slug, name), mark in marks.items():
                try:
                    notebook = book.find_submission(slug, key).notebooks[0]
                except MissingEntry:
                    continue
                for comment in notebook.comments:
                    if name == f"comment {comment.name}" and not comment.manual_comment:
                        comment.manual_comment = mark.comment
                for grade in notebook.grades:
                    if name == grade.name and grade.manual_score is None:
                        grade.manual_score, grade.extra_credit = mark.score, mark.extra
                        grade.needs_manual_grade = mark.score is None and isinstance(grade.cell, TaskCell)
            book.db.commit()

    def write_feedback(self, slugs: list[str], folder: Path) -> None:
        """A page of feedback for each marked notebook: without scripts, and closed to anything from elsewhere.

        A page whose notebook, points and comments are as they were stays.
        """
        for slug in slugs:
            notebooks = {path.parent.parent.name: path for path in self.root.glob(f"autograded/*/{slug}/{slug}.ipynb")}
            states = {key: self.state_of(key, slug, path) for key, path in notebooks.items()}
            stamps = {key: self.root / "feedback" / key / slug / ".made-from" for key in notebooks}
            same = {key for key, stamp in stamps.items() if stamp.exists() and stamp.read_text() == states[key]}
            if len(same) == len(notebooks):
                continue
            config = self.config(slug)
            config.CourseDirectory.student_id_exclude = ",".join(sorted(same))
            convert(GenerateFeedback(coursedir=CourseDirectory(config=config), force=True, config=config), slug)
            for key in notebooks.keys() - same:
                page = stamps[key].with_name(f"{slug}.html")
                page.write_text(closed(page.read_text(encoding="utf-8")), encoding="utf-8")
                stamps[key].write_text(states[key])
        shutil.rmtree(folder, ignore_errors=True)
        for page in sorted(self.root.glob("feedback/*/*/*.html")):
            target = folder / page.parent.parent.name / page.name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(page, target)

    def state_of(self, key: str, slug: str, path: Path) -> str:
        """What stands for all that a page of feedback shows."""
        with self.book() as book:
            notebook = book.find_submission(slug, key).notebooks[0]
            points = sorted((grade.name, grade.score, grade.extra_credit) for grade in notebook.grades)
            comments = sorted((comment.name, comment.comment or "") for comment in notebook.comments)
        return hashlib.sha256(path.read_bytes() + repr((points, comments)).encode()).hexdigest()


def convert(converter: GenerateAssignment | GenerateFeedback, slug: str) -> None:
    """Let one of nbgrader's converters run. Raises `RuntimeError` with its reason where it refuses."""
    said: list[str] = []
    keep = logging.Handler(logging.ERROR)
    keep.emit = lambda record: said.append(record.getMessage())
    converter.log = logging.getLogger(f"marking.{slug}")
    converter.log.propagate = False
    converter.log.handlers = [keep]
    try:
        converter.start()
    except (NbGraderException, SystemExit):
        reason = next((line for text in said for line in text.splitlines() if line.strip()), "no reason given")
        raise RuntimeError(f"nbgrader refuses {slug}: {reason[:300]}") from None


def sources(path: Path) -> dict[str, str]:
    """The sources of a stored notebook by nbgrader's id, none where there is no notebook."""
    if not path.exists():
        return {}
    return {grade_id(cell): cell.source for cell in nbformat.read(path, as_version=4).cells}


def marked_notebook(
    release: Path, exercise: Exercise, marks: list[TaskMark], notes: list[str]
) -> nbformat.NotebookNode:
    """The edition that was given out, with a student's source in its answer cells and our words below the checks."""
    notebook = nbformat.read(release, as_version=4)
    by_task = {mark.task: mark for mark in marks}
    tests = {task.test_id: by_task[task.id] for task in exercise.tasks}
    for cell in notebook.cells:
        name = grade_id(cell)
        if name in by_task:
            cell.source = by_task[name].source
        elif name in tests and tests[name].said:
            cell.outputs = [new_output("stream", name="stdout", text=tests[name].said + "\n")]
    if notes:
        text = html.escape("\n".join(f"- {note}" for note in notes), quote=False)  # they may quote a file's name
        notebook.cells.insert(1, nbformat.v4.new_raw_cell(f"About this submission\n{text}", id="about"))
    return notebook


def closed(page: str) -> str:
    """An HTML page without scripts and with a policy that loads nothing."""
    tree = BeautifulSoup(page, "html.parser")
    for tag in tree.find_all(["script", "iframe", "object", "embed", "link", "base", "form"]):
        tag.decompose()
    for tag in tree.find_all(True):
        for name in [name for name in tag.attrs if name.lower().startswith("on")]:
            del tag.attrs[name]
    policy = tree.new_tag("meta", attrs={"http-equiv": "Content-Security-Policy", "content": POLICY})
    tree.head.insert(0, policy)
    return str(tree)
