"""What a run leaves on the disk as it goes: a file for each submission, so that nothing is done or lost twice.

A record holds the cells as they were handed in and what the sandbox gave for them. Everything
after the sandbox is made anew from records, so a run that was cut off goes on, the parts of a class
can be merged, and a corrected master marks again without running any student's code.
"""

from __future__ import annotations

import functools
import hashlib
import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

from frenemies_build.course.marking.cells import Cell, Plan
from frenemies_build.course.marking.intake import Doubt, Student
from frenemies_build.course.marking.sandbox import PROGRAM, READERS, Run

MARKED, MISSING, UNREADABLE, OPEN, STOPPED = (
    "marked",
    "not handed in",
    "cannot be read",
    "to decide",
    "could not be run",
)


class MergeError(ValueError):
    """Parts of a class that do not fit together; the message says which."""


@dataclass
class Record:
    """One student's work on one exercise."""

    student: Student
    slug: str
    state: str
    place: str = ""
    notes: list[str] = field(default_factory=list)
    cells: list[Cell] = field(default_factory=list)
    run: Run | None = None
    plan: str = ""
    digest: str = ""
    sandboxed: bool = True

    @property
    def name(self) -> str:
        """Its file."""
        return f"{self.student.key}--{self.slug}.json"


@dataclass
class Roll:
    """The class: who is in it, which exercises it has, what is still to be decided, and which part of it this is."""

    students: list[Student]
    slugs: list[str]
    doubts: list[Doubt]
    part: int = 1
    parts: int = 1


@functools.cache
def fingerprint() -> str:
    """What stands for everything, besides the student's cells, that the values depend on."""
    digest = hashlib.sha256()
    files = [path for place in READERS for path in sorted(place.rglob("*")) if path.suffix in (".py", ".csv", ".json")]
    for path in (*PROGRAM, *files):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def plan_digest(plan: Plan) -> str:
    """What stands for the cells that run and what is taken from them."""
    return hashlib.sha256(json.dumps(plan.run).encode()).hexdigest()


def digest(plan: Plan, seconds: float, sandboxed: bool) -> str:
    """What a run in the sandbox depends on."""
    return hashlib.sha256(json.dumps([plan.run, seconds, sandboxed, fingerprint()]).encode()).hexdigest()


def write(folder: Path, record: Record) -> None:
    """Store a record in one step."""
    data = asdict(record)
    if record.run:
        data["run"]["taken"] = [[*place, values] for place, values in record.run.taken.items()]
    put(folder / "records" / record.name, data)


def put(path: Path, data: dict) -> None:
    """Write JSON in one step, so that a run that is cut off leaves the old file or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps(data), encoding="utf-8")  # in ASCII: a half of a character pair has no other form
    fresh.replace(path)


def read(folder: Path) -> dict[tuple[str, str], Record]:
    """The records of a folder by student and exercise; one that is damaged is as good as none."""
    found = {}
    for path in sorted((folder / "records").glob("*.json")):
        try:
            record = from_json(json.loads(path.read_text(encoding="utf-8")))
        except (ValueError, TypeError, KeyError):
            continue
        found[record.student.key, record.slug] = record
    return found


def from_json(data: dict) -> Record:
    """A record from its JSON. Raises `ValueError`, `TypeError` or `KeyError` for anything else."""
    run = data.pop("run")
    record = Record(**data)
    record.student = Student(**data["student"])
    record.cells = [Cell(**cell) for cell in data["cells"]]
    if run:
        run["taken"] = {(place, task): values for place, task, values in run["taken"]}
        run["errors"] = {int(place): name for place, name in run["errors"].items()}
        record.run = Run(**run)
    return record


def write_roll(folder: Path, roll: Roll) -> None:
    """Store the class list."""
    put(folder / "class.json", asdict(roll))


def read_roll(folder: Path) -> Roll:
    """The class list of a folder. Raises `ValueError` where there is none that can be read."""
    path = folder / "class.json"
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        students = [Student(**one) for one in data["students"]]
        doubts = [Doubt(**one) for one in data["doubts"]]
        return Roll(students, data["slugs"], doubts, data["part"], data["parts"])
    except FileNotFoundError:
        raise ValueError(f"{folder}: no class was marked here; expected the folder that `--to` named") from None
    except (ValueError, TypeError, KeyError):
        raise ValueError(
            f"{path} is damaged; mark the class again into this folder, nothing marked by hand is lost"
        ) from None


def merge(parts: list[Path], to: Path) -> None:
    """Put the records of all parts of a class into one folder. Raises `MergeError` where parts are missing or clash."""
    rolls = {folder: read_roll(folder) for folder in parts}
    most = {roll.parts for roll in rolls.values()}
    if len(most) != 1:
        raise MergeError(f"these are parts of different divisions ({', '.join(map(str, sorted(most)))} parts)")
    numbers = {}
    for folder, roll in rolls.items():
        if roll.part in numbers:
            raise MergeError(f"{numbers[roll.part]} and {folder} are both part {roll.part}")
        numbers[roll.part] = folder
    if missing := sorted(set(range(1, most.pop() + 1)) - set(numbers)):
        raise MergeError(
            f"part {missing[0]} is missing: mark it with --part {missing[0]}/{len(numbers) + len(missing)}"
        )
    students = [student for roll in rolls.values() for student in roll.students]
    keys = [student.key for student in students]
    if twice := sorted({key for key in keys if keys.count(key) > 1}):
        raise MergeError(f"{twice[0]} is in two parts: were they made from the same submissions?")
    slugs = sorted({slug for roll in rolls.values() for slug in roll.slugs})
    doubts = {doubt.question: doubt for roll in rolls.values() for doubt in roll.doubts}
    for folder in rolls:
        for record in read(folder).values():
            write(to, record)
    write_roll(to, Roll(sorted(students, key=lambda one: one.key), slugs, list(doubts.values())))
