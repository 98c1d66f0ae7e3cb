"""Make the students' editions of the exercises from the teacher's solved masters.

    python3 tasks.py exercises             all of them
    python3 tasks.py exercises 01-trade    one
    python3 tasks.py exercises --check     only tell what is out of date (no kernel is started)

For each master in `exercises/source/` this runs it from a clean kernel and stores its outputs,
seals the answers it gives to `check` into `frenemies/exercises/answers.json`, lets nbgrader take out
solutions, hidden tests and mark schemes, and runs the students' edition as it will be released.
Nothing is typed twice, and a second run changes no byte.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
from nbgrader.converters import GenerateAssignment
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config, PyFileConfigLoader

from frenemies.exercises.feedback import ANSWERS, read_answers
from frenemies_build.course.questions import BankError, feedback, read_bank
from frenemies_build.notebooks import NotebookError, normalise, read_notebook, run_notebook, write_notebook

COURSE = Path(__file__).resolve().parents[2] / "exercises"
CHECK_CALL = re.compile(r"""^check\(\s*["']([\w-]+)["']""", re.MULTILINE)

_answers_lock = threading.Lock()


class AnswersError(ValueError):
    """The file of sealed answers is damaged; the message says how to restore it."""


def slugs() -> list[str]:
    """The exercises that have a master."""
    return sorted(path.parent.name for path in COURSE.glob("source/*/*.ipynb") if path.stem == path.parent.name)


def master_path(slug: str) -> Path:
    """The solved notebook that the teacher edits."""
    return COURSE / "source" / slug / f"{slug}.ipynb"


def release_path(slug: str) -> Path:
    """The students' edition."""
    return COURSE / "release" / slug / f"{slug}.ipynb"


def task_ids(notebook: nbformat.NotebookNode) -> list[str]:
    """The tasks that a notebook checks, in its order."""
    return [task for cell in notebook.cells if cell.cell_type == "code" for task in CHECK_CALL.findall(cell.source)]


def course_config() -> Config:
    """The settings of nbgrader_config.py, the ones that nbgrader's own commands read."""
    return PyFileConfigLoader("nbgrader_config.py", path=str(COURSE)).load_config()


def blank_editions(names: list[str], folder: Path) -> dict[str, Path]:
    """Let nbgrader write the students' editions, not yet run, under a folder; return their paths by slug.

    Raises `NotebookError` where nbgrader refuses a master.
    """
    paths = {}
    for slug in names:
        config = course_config()
        config.CourseDirectory.root = str(COURSE)
        config.CourseDirectory.release_directory = str(folder)
        config.CourseDirectory.assignment_id = slug
        config.SaveCells.enabled = False
        try:
            GenerateAssignment(coursedir=CourseDirectory(config=config), no_database=True, config=config).start()
        except (NbGraderException, SystemExit):
            raise NotebookError(f"{master_path(slug)}: nbgrader refuses it, see its message above") from None
        paths[slug] = folder / slug / f"{slug}.ipynb"
    return paths


def run_master(slug: str) -> tuple[nbformat.NotebookNode, dict[str, dict]]:
    """Run a master and return it with its outputs, and the sealed answers by task id.

    Raises `NotebookError` or `BankError` where the master or its bank is at fault.
    """
    read_bank(slug)
    with tempfile.TemporaryDirectory() as folder:
        sealed_file = Path(folder) / "sealed.json"
        sealed_file.write_text("{}")
        start = (
            f"from frenemies_build.course import sealed_answers; sealed_answers.record({slug!r}, {str(sealed_file)!r})"
        )
        notebook = run_notebook(master_path(slug), [f"--IPKernelApp.exec_lines={start}"])
        sealed = json.loads(sealed_file.read_text(encoding="utf-8"))
    if unsealed := sorted(set(task_ids(notebook)) ^ set(sealed)):
        raise NotebookError(f"{master_path(slug)}: no answer was recorded for {', '.join(unsealed)}")
    return notebook, sealed


def stored_answers(path: Path = ANSWERS) -> dict[str, dict]:
    """The entries of answers.json by task id, none where there is no file. Raises `AnswersError` for a damaged one."""
    try:
        return read_answers(path)
    except FileNotFoundError:
        return {}
    except ValueError:  # not JSON, not even text, or no entries by task id
        raise AnswersError(
            f"{path.name} is damaged; restore it with: git checkout -- frenemies/exercises/{path.name}"
        ) from None


def store_answers(sealed: dict[str, dict], keep: Callable[[str], bool]) -> bool:
    """Add entries to those of answers.json whose task id is to be kept; tell whether the file changed."""
    with _answers_lock:
        old = stored_answers()
        new = {task: entry for task, entry in old.items() if keep(task)} | sealed
        if new != old:
            fresh = ANSWERS.with_suffix(".json.new")
            text = json.dumps(dict(sorted(new.items())), indent=1, ensure_ascii=False) + "\n"
            fresh.write_text(text, encoding="utf-8", newline="\n")
            fresh.replace(ANSWERS)
        return new != old


def prefix(task: str) -> str:
    """What the task ids of one exercise share: "trade" of "trade-2"."""
    return task.rpartition("-")[0]


def make(slug: str, blank: Path) -> str:
    """Bring one exercise up to date: master's outputs, sealed answers, students' edition. Return what changed."""
    notebook, sealed = run_master(slug)
    changed = ["master"] if write_notebook(notebook, master_path(slug)) else []
    own = {prefix(task) for task in sealed}
    changed += ["answers"] if store_answers(sealed, keep=lambda task: prefix(task) not in own) else []
    release = release_path(slug)
    release.parent.mkdir(parents=True, exist_ok=True)
    changed += ["release"] if write_notebook(run_notebook(blank), release) else []
    return ", ".join(changed)


def stale(names: list[str]) -> list[str]:
    """What is out of date, one sentence each: editions, answers, and leftovers of removed masters.

    Stored outputs are not compared here: nbval runs every notebook anew.
    """
    found = []
    entries = stored_answers()
    with tempfile.TemporaryDirectory() as folder:
        for slug, path in blank_editions(names, Path(folder)).items():
            wanted, release = normalise(read_notebook(path)), release_path(slug)
            if not release.exists() or without_outputs(read_notebook(release)) != without_outputs(wanted):
                found.append(f"exercises/release/{slug}: not made from its master as it is now")
    tasks = {slug: task_ids(read_notebook(master_path(slug))) for slug in slugs()}
    found += [f"{ANSWERS.name}: {task} is missing" for slug in names for task in tasks[slug] if task not in entries]
    orphans = entries.keys() - {task for ids in tasks.values() for task in ids}
    found += [f"{ANSWERS.name}: {task} has no master" for task in sorted(orphans)]
    for slug in names:
        for name, question in read_bank(slug).items():
            if question["use"] == "read" and entries.get(name, {}).get("feedback") != feedback(question):
                found.append(f"{ANSWERS.name}: the feedback of {name} is not that of exercises/bank/{slug}.toml")
    for path in sorted(COURSE.glob("release/*")):
        if path.name not in slugs():
            found.append(f"exercises/release/{path.name}: has no master")
    return found


def without_outputs(notebook: nbformat.NotebookNode) -> list[tuple]:
    """Cells as far as they do not come from a run."""
    return [(cell.cell_type, cell.source, cell.metadata, cell.id) for cell in notebook.cells]


def prune() -> None:
    """Remove editions and answers whose master is gone."""
    for path in sorted(COURSE.glob("release/*")):
        if path.name not in slugs():
            shutil.rmtree(path)
            print(f"removed  exercises/release/{path.name}", flush=True)
    tasks = {task for slug in slugs() for task in task_ids(read_notebook(master_path(slug)))}
    store_answers({}, keep=lambda task: task in tasks)


def make_all(names: list[str]) -> int:
    """Make the named exercises, two at a time, with a line for each; return the exit code."""
    prune()
    failed = []

    def one(slug: str) -> None:
        begun = time.monotonic()
        try:
            changed = make(slug, blanks[slug])
        except (BankError, NotebookError) as error:
            failed.append(slug)
            print(f"FAILED  {error}", flush=True)
        else:
            print(
                f"{slug}: {f'changed {changed}' if changed else 'same'}  {time.monotonic() - begun:.1f} s", flush=True
            )

    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(max_workers=2) as pool:
        blanks = blank_editions(names, Path(folder))
        list(pool.map(one, names))
    print(f"{len(names) - len(failed)} of {len(names)} exercises made")
    return 1 if failed else 0


def main(arguments: list[str] | None = None) -> int:
    """Read the command line; return the exit code."""
    parser = argparse.ArgumentParser(prog="tasks.py exercises", description=__doc__.splitlines()[0])
    parser.add_argument("slugs", nargs="*", help="exercises to make, such as 01-trade (all if none is named)")
    parser.add_argument(
        "--check", action="store_true", help="only tell what is out of date; exit code 1 if anything is"
    )
    args = parser.parse_args(arguments)
    if unknown := sorted(set(args.slugs) - set(slugs())):
        parser.error(f"no master exercises/source/{unknown[0]}/{unknown[0]}.ipynb; there are: {', '.join(slugs())}")
    names = args.slugs or slugs()
    try:
        if args.check:
            found = stale(names)
            print("\n".join(found) or f"{len(names)} exercises are up to date")
            return 1 if found else 0
        return make_all(names)
    except (AnswersError, BankError, NotebookError) as error:
        print(f"FAILED  {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
