"""What marking has to know of an exercise: its tasks, the names that answer them, its tests and points."""

from __future__ import annotations

import ast
import builtins
import functools
import re
from dataclasses import dataclass

import nbformat

from frenemies.exercises.tries import assigned
from frenemies_build.course.editions import CHECK_CALL, master_path, release_path
from frenemies_build.notebooks import read_notebook

GIVEN_BY_TESTS = {"fr", "check"}


class MasterAtFault(RuntimeError):
    """A master that cannot be marked from values alone; the message names the cell."""


@dataclass(frozen=True)
class Task:
    """One task: the names of its answer, and the master's test of them."""

    id: str
    names: tuple[str, ...]
    test_id: str
    test: str
    points: float
    blank: str

    @property
    def by_hand(self) -> bool:
        """Whether a person gives the points."""
        return self.points == 0


@dataclass(frozen=True)
class Exercise:
    """One exercise as it was given out. `given` holds its own code cells: id, source and the task that follows."""

    slug: str
    title: str
    tasks: tuple[Task, ...]
    given: tuple[tuple[str, str, int], ...]
    by_hand: str
    by_hand_points: float

    @property
    def points(self) -> float:
        """All points together."""
        return self.by_hand_points + sum(task.points for task in self.tasks)


def grade_id(cell: nbformat.NotebookNode) -> str:
    """A cell's id in the gradebook, or nothing."""
    return cell.metadata.get("nbgrader", {}).get("grade_id", "")


def read_names(test: str) -> set[str]:
    """The names that a test takes from outside itself."""
    tree = ast.parse(test)
    names = [node for node in ast.walk(tree) if isinstance(node, ast.Name)]
    made = {node.id for node in names if isinstance(node.ctx, ast.Store)}
    made |= {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    made |= {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    made |= {
        (alias.asname or alias.name)
        for node in ast.walk(tree)
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for alias in node.names
    }
    return {node.id for node in names} - made - set(dir(builtins)) - GIVEN_BY_TESTS


@functools.cache
def read_exercise(slug: str) -> Exercise:
    """An exercise of the course. Raises `MasterAtFault` as `exercise_of` does."""
    return exercise_of(slug, read_notebook(master_path(slug)), read_notebook(release_path(slug)))


def exercise_of(slug: str, master: nbformat.NotebookNode, release: nbformat.NotebookNode) -> Exercise:
    """An exercise from its master and its students' edition. Raises `MasterAtFault` where its tests need more than values."""
    cells = {grade_id(cell): cell for cell in master.cells if grade_id(cell)}
    blanks = {grade_id(cell): cell.source for cell in release.cells if grade_id(cell)}
    tasks, taken = [], set()
    for test_id, cell in cells.items():
        call = CHECK_CALL.search(cell.source)
        if not call or cell.metadata.nbgrader.solution:
            continue
        answer, names = cells.get(call[1]), read_names(cell.source)
        if answer is None or not answer.metadata.nbgrader.solution:
            raise MasterAtFault(f"{master_path(slug)}: {test_id} checks {call[1]}, which has no answer cell")
        if strange := sorted(names - assigned(re.sub("### (BEGIN|END) SOLUTION", "", answer.source))):
            raise MasterAtFault(
                f"{master_path(slug)}: {test_id} uses {', '.join(strange)}; a test may use only the names of its answer cell {call[1]}"
            )
        if again := sorted(names & taken):
            raise MasterAtFault(
                f"{master_path(slug)}: {call[1]} answers with {again[0]}, as another task does; give it another name"
            )
        taken |= names
        points = cell.metadata.nbgrader.get("points", 0) if cell.metadata.nbgrader.grade else 0
        ordered = sorted(names, key=answer.source.find)
        tasks.append(Task(call[1], tuple(ordered), test_id, cell.source, float(points), blanks[call[1]]))
    by_hand = next((cell for cell in master.cells if cell.metadata.get("nbgrader", {}).get("task")), None)
    title = re.search(r"^# (.+)$", release.cells[0].source, re.MULTILINE)
    return Exercise(
        slug=slug,
        title=title[1].strip() if title else slug,
        tasks=tuple(tasks),
        given=tuple(given_cells(release)),
        by_hand=grade_id(by_hand) if by_hand else "",
        by_hand_points=float(by_hand.metadata.nbgrader.points) if by_hand else 0.0,
    )


def given_cells(release: nbformat.NotebookNode) -> list[tuple[str, str, int]]:
    """The code cells of an edition that are no student's answer and no test, with the number of answer cells before."""
    found, answers = [], 0
    for cell in release.cells:
        if cell.cell_type == "code" and grade_id(cell):
            answers += bool(cell.metadata.nbgrader.solution)
        elif cell.cell_type == "code":
            found.append((cell.id, cell.source, answers))
    return found
