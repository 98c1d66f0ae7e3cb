"""Whose is it, and which exercise: submissions out of folders and archives, as platforms and people hand them over.

Nothing is unpacked onto the disk. A student is known by the folder, or by what a platform writes into paths
(`names.py`); an exercise by what the notebook holds, whatever its file is called. What cannot be known becomes a doubt
with the line that settles it.
"""

from __future__ import annotations

import datetime
import hashlib
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from frenemies_build.course.editions import slugs
from frenemies_build.course.marking.cells import (
    MOST_BYTES,
    Cell,
    Unreadable,
    read_cells,
    text_of,
    which,
)
from frenemies_build.course.marking.exercises import Exercise
from frenemies_build.course.marking.names import (
    NOTEBOOK,
    OTHER_WORK,
    PLATFORMS,
    containers_of,
    is_slug,
    member_name,
    platform_name,
    platform_of,
    split_number,
    spoken,
    who,
)

MOST_FILES = 20_000
MOST_UNPACKED = 2_000_000_000
SKIPPED = re.compile(r"(^|/)(\.|__MACOSX/|__pycache__/|node_modules/|(Thumbs\.db|desktop\.ini)$)", re.IGNORECASE)
DEEPEST = 3  # archives in an archive: a class, a student's, and one more by mistake
HEAD = 64  # bytes that tell a notebook under another name
LONGEST_KEY = 100


@dataclass(frozen=True)
class Student:
    """Whose work it is: the name in the path, the platform and its number where there was one, and a name for files."""

    name: str
    number: str = ""
    key: str = ""
    platform: str = ""


@dataclass
class Attempt:
    """One file that somebody handed in. content: its bytes, and once they were read only what tells them apart."""

    place: str
    content: bytes
    name: str = ""
    number: str = ""
    slug: str = ""
    rank: tuple = ()
    cells: list[Cell] = field(default_factory=list)
    problem: str = ""
    notes: list[str] = field(default_factory=list)


@dataclass
class Doubt:
    """What the teacher has to decide: the question, why it is open, and the lines that would settle it."""

    question: str
    reason: str
    answers: list[str]


@dataclass
class Intake:
    """All that was found: the attempt that counts by student and exercise, students without one, and doubts."""

    students: list[Student]
    work: dict[tuple[str, str], Attempt]
    doubts: list[Doubt]
    unclear: dict[tuple[str, str], str]
    failed: dict[str, list[Attempt]]


def take_in(submitted: Path, exercises: list[Exercise], decisions: dict[str, str]) -> Intake:
    """Read a folder or an archive of submissions.

    decisions: the teacher's lines. Raises `ValueError` where there is nothing to mark.
    """
    attempts, empty, doubts = [], [], []
    for place, content, rank in files(submitted):
        if content is None:
            empty.append(place)
            continue
        attempt = Attempt(place, content, rank=rank)
        examine(attempt, exercises, decisions)
        attempt.content = hashlib.sha256(content).digest()
        if decisions.get(f"use {place}") != "nothing":
            attempts.append(attempt)
    if not attempts and not empty:
        raise ValueError(
            f"{submitted}: no notebook in it; expected a folder for each student, notebooks, or a platform's archive"
        )
    top = (spoken(submitted.name),) if submitted.is_file() else ()
    containers = containers_of([(one.place, one.slug) for one in attempts], top)
    for attempt in attempts:
        attempt.name, attempt.number, order = who(attempt.place, containers)
        attempt.rank = (*order, *attempt.rank)
    attempts = [one for one in attempts if not is_index(one, attempts) and not is_aside(one, containers)]
    decide_who(attempts, decisions)
    empty = [place for place in empty if PurePosixPath(place).parts[:-1] in containers]
    students = register(attempts, empty)
    failed: dict[str, list[Attempt]] = {}
    groups: dict[tuple[str, str], list[Attempt]] = {}
    for attempt in attempts:
        if not attempt.name:
            doubts.append(
                Doubt(f"who {attempt.place}", "nothing in its path or name says whose it is", ["NAME OF THE STUDENT"])
            )
            continue
        key = key_of(students, attempt)
        if attempt.problem or not attempt.slug:
            failed.setdefault(key, []).append(attempt)
            if not attempt.problem:
                doubts.append(
                    Doubt(
                        f"exercise {attempt.place}",
                        "it fits no exercise, or several",
                        ["EXERCISE, such as 01-trade", "none"],
                    )
                )
            continue
        groups.setdefault((key, attempt.slug), []).append(attempt)
    for key in failed.keys() - {key for key, _ in groups}:
        doubts += [unreadable(one) for one in failed[key] if one.problem and f"exercise {one.place}" not in decisions]
    work, unclear = {}, {}
    for (key, slug), found in groups.items():
        chosen, doubt = last_of(key, slug, found, exercises, decisions)
        if doubt:
            doubts.append(doubt)
            unclear[key, slug] = doubt.reason
        else:
            work[key, slug] = chosen
    return Intake(sorted(students, key=lambda one: one.key), work, doubts, unclear, failed)


# --- files


def files(submitted: Path) -> Iterator[tuple[str, bytes | None, tuple]]:
    """Every file that may be somebody's work: its place, its bytes, what orders it in time. None for an empty folder."""
    if submitted.is_file():
        if not zipfile.is_zipfile(submitted):
            raise ValueError(f"{submitted}: neither a folder nor a zip archive")
        yield from unzipped(submitted.read_bytes(), PurePosixPath(spoken(submitted.name)))
        return
    paths = sorted(path for path in submitted.rglob("*") if not SKIPPED.search(path.relative_to(submitted).as_posix()))
    if len(paths) > MOST_FILES:
        raise ValueError(f"{submitted}: more than {MOST_FILES:,} files; point to the folder of the submissions alone")
    for path in paths:
        place = PurePosixPath(spoken(path.relative_to(submitted).as_posix()))
        if path.is_dir():
            if not path.is_symlink() and not any(path.iterdir()) and not is_slug(place.name):
                yield str(place), None, ()
        elif path.is_symlink() or not path.is_file():
            continue
        else:
            with path.open("rb") as file:
                head = file.read(HEAD)
                if is_archive(path.name, head):
                    rest = file.read() if path.stat().st_size < MOST_UNPACKED else b""
                    yield from unzipped(head + rest, place)
                    continue
                changed = datetime.datetime.fromtimestamp(path.stat().st_mtime).isoformat()
                yield (
                    str(place),
                    head + file.read(MOST_BYTES + 1 - HEAD) if is_work(path.name, head) else b"",
                    (changed,),
                )


def is_archive(name: str, head: bytes) -> bool:
    """Whether a file is a zip archive: by its name, or a notebook's name on an archive's content."""
    return name.lower().endswith(".zip") or bool(NOTEBOOK.search(name) and head.startswith(b"PK\x03\x04"))


def is_work(name: str, head: bytes) -> bool:
    """Whether a file is to be read: it is called a notebook, or begins like one whatever it is called."""
    return bool(NOTEBOOK.search(name)) or head.strip(b"\xef\xbb\xbf\xff\xfe\0\r\n\t ").startswith(b"{")


def unzipped(content: bytes, place: PurePosixPath, depth: int = 0) -> Iterator[tuple[str, bytes, tuple]]:
    """The files of an archive, and of archives in it; one that lies too deep counts as a file that nobody can read."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        members = [info for info in archive.infolist() if not info.is_dir()]
    except (zipfile.BadZipFile, NotImplementedError, ValueError):
        yield str(place), content, ()
        return
    with archive:
        if len(members) > MOST_FILES or sum(info.file_size for info in members) > MOST_UNPACKED:
            yield str(place), b"", ()
            return
        for info in members:
            name = member_name(info)
            inner = place / spoken(name)
            if SKIPPED.search(name):
                continue
            held = b""  # what is locked with a password, or damaged, stays so
            try:
                with archive.open(info) as file:
                    held = file.read(HEAD)
                    nested = is_archive(name, held) and depth < DEEPEST
                    if nested or is_work(name, held):
                        held += file.read(MOST_UNPACKED if nested else MOST_BYTES + 1 - HEAD)
                    else:
                        held = b""
            except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError, OSError, ValueError):
                nested, held = False, b""
            if nested:
                yield from unzipped(held, inner, depth + 1)
            else:
                yield str(inner), held, (datetime.datetime(*safe_time(info.date_time)).isoformat(),)


def safe_time(stamp: tuple) -> tuple:
    """A zip's time, or its first day where it has none that exists."""
    try:
        datetime.datetime(*stamp)
    except ValueError:
        return (1980, 1, 1)
    return stamp


# --- who


def is_index(attempt: Attempt, attempts: list[Attempt]) -> bool:
    """Whether a file is the list that Brightspace puts beside the students' folders."""
    place = PurePosixPath(attempt.place)
    beside = PLATFORMS["Brightspace"].match
    return place.name == "index.html" and any(
        beside(one.place) and PurePosixPath(one.place).is_relative_to(place.parent) for one in attempts
    )


def is_aside(attempt: Attempt, containers: set[tuple[str, ...]]) -> bool:
    """Whether a file is nobody's: of a kind that no exercise has, beside the students' folders and not in one."""
    parts = PurePosixPath(attempt.place).parts
    known = (
        attempt.cells
        or NOTEBOOK.search(parts[-1])
        or OTHER_WORK.search(parts[-1])
        or parts[-1].lower().endswith(".zip")
    )
    return not known and parts[:-1] in containers and not platform_of(attempt.place)


def unreadable(attempt: Attempt) -> Doubt:
    """The question on a file that is all a student handed in and that cannot be read."""
    reason = (
        f"{attempt.problem}. Ask for the notebook itself, put it beside this file and run again; or, if there is none"
    )
    return Doubt(f"exercise {attempt.place}", reason, ["none"])


def decide_who(attempts: list[Attempt], decisions: dict[str, str]) -> None:
    """Follow the teacher's lines on whose a file is; a name or number that another path has means that student."""
    known = {(one.name, one.number) for one in attempts if one.name}
    for attempt in attempts:
        if decided := decisions.get(f"who {attempt.place}"):
            same = {one for one in known if decided.casefold() in (one[0].casefold(), one[1].casefold())}
            attempt.name, attempt.number = same.pop() if len(same) == 1 else (decided, "")


def register(attempts: list[Attempt], empty: list[str]) -> list[Student]:
    """The students, each with a name for files that no other has."""
    seen: dict[tuple[str, str], None] = {}
    for attempt in attempts:
        if attempt.name:
            seen.setdefault((attempt.name, attempt.number))
    found = [(name, number) for name, number in seen]
    with_work = {name.casefold() for name, _ in found}
    for place in empty:
        name, number = split_number(PurePosixPath(place).name)
        if platform := platform_of(f"{place}/"):
            name, number = platform["who"], platform.get("number") or ""
        if name.casefold() not in with_work:
            found.append((name, number))
    wrote = {(one.name, one.number): name for one in attempts if (name := platform_name(one.place))}
    wrote |= {
        (one["who"], one.get("number") or ""): platform_name(f"{place}/")
        for place in empty
        if (one := platform_of(f"{place}/"))
    }
    students, taken = [], set()
    for name, number in sorted(found):
        safe = re.sub(r"[^\w.@-]", "_", name).strip("._") or "_"
        base = key = safe.encode()[:LONGEST_KEY].decode(errors="ignore")
        count = 1
        if key.casefold() in taken and number:
            base = key = f"{base}-{number}"
        while key.casefold() in taken:
            count += 1
            key = f"{base}-{count}"
        taken.add(key.casefold())
        students.append(Student(name, number, key, wrote.get((name, number), "")))
    return students


def key_of(students: list[Student], attempt: Attempt) -> str:
    """The file name of an attempt's student."""
    return next(one.key for one in students if (one.name, one.number) == (attempt.name, attempt.number))


# --- what


def examine(attempt: Attempt, exercises: list[Exercise], decisions: dict[str, str]) -> None:
    """Read a file and find its exercise; what is no notebook says so."""
    decided = decisions.get(f"exercise {attempt.place}", "")
    if decided == "none":
        attempt.problem = "no exercise, as you decided"
        return
    if decided and decided not in {one.slug for one in exercises}:
        raise ValueError(
            f"your line about {attempt.place} names {decided!r}; there are: {', '.join(one.slug for one in exercises)}"
        )
    try:
        attempt.cells = read_cells(attempt.content)
    except Unreadable as problem:
        called = NOTEBOOK.search(attempt.place)
        attempt.problem = str(problem) if called else f"not a notebook: {PurePosixPath(attempt.place).name}"
        return
    if note := text_of(attempt.content)[1]:
        attempt.notes.append(note)
    if decided:
        attempt.slug = decided
        return
    named = [slug for slug in slugs() if slug in attempt.place.casefold().replace("_", "-")]
    found = which(attempt.cells, exercises)
    if len(found) == 1:
        attempt.slug = found[0]
        if named and found[0] not in named:
            attempt.notes.append(f"the file is called {PurePosixPath(attempt.place).name}")
    elif len(named) == 1 and (not found or named[0] in found):
        attempt.slug = named[0]


def answered(attempt: Attempt, exercise: Exercise) -> int:
    """How many tasks of an attempt differ from the blank edition."""
    blanks = {"".join(task.blank.split()) for task in exercise.tasks}
    names = {name for task in exercise.tasks for name in task.names}
    ids = {task.id for task in exercise.tasks}
    count = 0
    for cell in attempt.cells:
        text = "".join(cell.source.split())
        if (
            cell.kind == "code"
            and text not in blanks
            and (cell.grade_id in ids or any(f"{name}=" in text for name in names))
        ):
            count += 1
    return count


def last_of(
    key: str, slug: str, found: list[Attempt], exercises: list[Exercise], decisions: dict[str, str]
) -> tuple[Attempt | None, Doubt | None]:
    """The attempt that counts, the last one; a doubt where the order is not known or the last holds less."""
    found = sorted(found, key=lambda one: tuple(map(str_or_int, one.rank)))
    question = f"use {key} {slug}"
    if decided := decisions.get(question):
        hit = next((one for one in found if one.place == decided), None)
        if hit is None:
            raise ValueError(
                f"your line {question!r} names {decided!r}; there are: {'; '.join(one.place for one in found)}"
            )
        hit.notes.append("this attempt counts, as you decided")
        return hit, None
    exercise = next(one for one in exercises if one.slug == slug)
    last, rest = found[-1], found[:-1]
    apart = not any(one.rank[0] for one in found) and lie_apart([PurePosixPath(one.place).parent for one in found])
    if not rest or (all(one.content == last.content for one in rest) and not apart):
        return last, None
    done = {one.place: answered(one, exercise) for one in found}
    started = [one for one in found if done[one.place]]
    if len(started) == 1 and not any(one.rank[0] for one in found) and not apart:
        chosen = started[0]
        chosen.notes.append(
            f"{len(found) - 1} other file without an answer: {'; '.join(one.place for one in found if one is not chosen)}"
        )
        return chosen, None
    known = last.rank[:2] > rest[-1].rank[:2] and not apart
    if not known or done[last.place] < max(done.values()):
        why = "its order is not known" if not known else "the last one answers fewer tasks than an earlier one"
        reason = f"{len(found)} attempts, and {why}: " + ", ".join(
            f"{one.place} ({done[one.place]} tasks begun)" for one in found
        )
        if apart:
            reason += f". If they are different people's, give each a name: who {found[0].place} = NAME"
        return None, Doubt(question, reason, [one.place for one in reversed(found)])
    last.notes.append(
        f"attempt {len(found)} of {len(found)} counts; kept, not marked: {'; '.join(one.place for one in rest)}"
    )
    return last, None


def lie_apart(folders: list[PurePosixPath]) -> bool:
    """Whether two of these folders lie side by side, so that they may be two people's."""
    return any(
        not one.is_relative_to(other) and not other.is_relative_to(one) for one in folders for other in set(folders)
    )


def str_or_int(part: object) -> str:
    """A part of a rank as text that sorts."""
    return f"{part:06d}" if isinstance(part, int) else str(part)
