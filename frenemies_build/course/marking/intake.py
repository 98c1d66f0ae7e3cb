"""Whose is it, and which exercise: submissions out of folders and archives, as platforms and people hand them over.

Nothing is unpacked onto the disk. A student is known by the folder, or by what a platform writes into paths; an
exercise by what the notebook holds, whatever its file is called. What cannot be known becomes a doubt
with the line that settles it.
"""

from __future__ import annotations

import datetime
import io
import re
import unicodedata
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
    which,
)
from frenemies_build.course.marking.exercises import Exercise

MOST_FILES = 20_000
MOST_UNPACKED = 2_000_000_000
NOTEBOOK = re.compile(r"\.ipynb(\.json|\.txt)?$", re.IGNORECASE)
SKIPPED = re.compile(r"(^|/)(\.|__MACOSX/|__pycache__/|node_modules/)")
OTHER_WORK = re.compile(r"\.(py|pdf|html?|docx?|odt|txt|md|rtf|png|jpe?g|rar|7z|tar|gz)$", re.IGNORECASE)
# What platforms write into paths. Names in angle brackets: who, number, at (sorts by time), file.
PLATFORMS = {
    "Moodle": r"(?P<who>[^/]+)_(?P<number>\d+)_assignsubmission_(?:file|onlinetext)[_/]*(?P<file>.*)",
    "Blackboard": r"[^/]+_(?P<who>[^_/]+)_attempt_(?P<at>\d{4}(?:-\d{2}){5})_?(?P<file>[^/]*)",
    "Brightspace": r"(?P<number>\d+)-\d+ - (?P<who>[^/]+?) - (?P<when>[A-Z][a-z]+ \d{1,2}, \d{4} \d{3,4} [AP]M)(?: - |/)(?P<file>.*)",
    "Canvas": r"(?P<who>[^/_]+)_(?:LATE_)?(?P<number>\d+)_(?P<at>\d+)_(?P<file>[^/]+)",
    "Sakai": r"(?P<who>[^/]+?) ?\((?P<number>[^/()]{2,})\)/(?:[^/]*attach[^/]*/)?(?P<file>[^/]+)",
}
PLATFORMS = {
    name: re.compile(rf"(?:.*/)?{pattern}$", re.IGNORECASE if name == "Moodle" else 0)
    for name, pattern in PLATFORMS.items()
}
ATTEMPT = re.compile(r"(?:[ _-]?\((\d+)\)|[ _-]+(?:copy|kopya|копия)[ _-]?(\d*)|[-_ ]v?(\d{1,2}))+$", re.IGNORECASE)
EXPORT = re.compile(
    r"^(submissions?|assignments?|moodle|canvas|download(ed)?s?|homework|hw|week|export|class|course|notebooks?|exercises?|all|files?|uploads?)([ _.-]*\d*)*$",
    re.IGNORECASE,
)
NUMBER = re.compile(r"^(?P<who>.*?[^\d_ -])?[ _-]*(?P<number>\d{4,})$|^(?P<number2>\d{4,})[ _-]+(?P<who2>.+)$")


@dataclass(frozen=True)
class Student:
    """Whose work it is: the name in the path, the platform's number where there was one, and a name for files."""

    name: str
    number: str = ""
    key: str = ""


@dataclass
class Attempt:
    """One file that somebody handed in."""

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
        identify(attempt, decisions)
        examine(attempt, exercises, decisions)
        if f"use {place}" in decisions and decisions[f"use {place}"] == "nothing":
            continue
        attempts.append(attempt)
    if not attempts and not empty:
        raise ValueError(
            f"{submitted}: no notebook in it; expected a folder for each student, notebooks, or a platform's archive"
        )
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
        yield from unzipped(submitted.read_bytes(), PurePosixPath(submitted.name))
        return
    paths = sorted(path for path in submitted.rglob("*") if not SKIPPED.search(path.relative_to(submitted).as_posix()))
    if len(paths) > MOST_FILES:
        raise ValueError(f"{submitted}: more than {MOST_FILES:,} files; point to the folder of the submissions alone")
    for path in paths:
        place = PurePosixPath(path.relative_to(submitted).as_posix())
        if path.is_dir():
            if len(place.parts) == 1 and not any(path.iterdir()) and not is_slug(place.name):
                yield str(place), None, ()
        elif path.is_symlink() or not path.is_file():
            continue
        elif path.suffix.lower() == ".zip":
            yield from unzipped(path.read_bytes() if path.stat().st_size < MOST_UNPACKED else b"", place)
        elif NOTEBOOK.search(path.name) or OTHER_WORK.search(path.name):
            changed = datetime.datetime.fromtimestamp(path.stat().st_mtime).isoformat()
            yield str(place), read_limited(path), (changed,)


def read_limited(path: Path) -> bytes:
    """A file's bytes, one more than a notebook may have where it is larger."""
    with path.open("rb") as file:
        return file.read(MOST_BYTES + 1)


def unzipped(content: bytes, place: PurePosixPath, depth: int = 0) -> Iterator[tuple[str, bytes, tuple]]:
    """The files of an archive, and of archives in it (two deep)."""
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
            inner = place / name
            nested = name.lower().endswith(".zip") and depth < 2
            if SKIPPED.search(name) or not (nested or NOTEBOOK.search(name) or OTHER_WORK.search(name)):
                continue
            try:
                with archive.open(info) as file:
                    held = file.read(MOST_UNPACKED if nested else MOST_BYTES + 1)
            except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError, OSError, ValueError):
                held = b""  # locked with a password, or damaged
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


def member_name(info: zipfile.ZipInfo) -> str:
    """The path of a file in an archive: forward slashes, no way up; UTF-8 that was not announced is read all the same."""
    name = info.filename
    if not info.flag_bits & 0x800:
        try:
            name = name.encode("cp437").decode("utf-8")
        except UnicodeError:
            pass
    return "/".join(part for part in name.replace("\\", "/").split("/") if part not in ("", ".", ".."))


# --- who


def identify(attempt: Attempt, decisions: dict[str, str]) -> None:
    """Find the student in a path; leave the name empty where nothing says it."""
    if decided := decisions.get(f"who {attempt.place}"):
        attempt.name = decided
        return
    place = unicodedata.normalize("NFC", attempt.place)
    for pattern in PLATFORMS.values():
        if found := pattern.match(place):
            parts = found.groupdict()
            attempt.name = " ".join(parts["who"].split())
            attempt.number = parts.get("number") or ""
            attempt.rank = (order_of(parts), *suffix(parts["file"]), *attempt.rank)
            return
    parts = PurePosixPath(place).parts
    attempt.rank = ("", *suffix(parts[-1]), *attempt.rank)
    attempt.name, attempt.number = split_number(person(list(parts)))


def order_of(parts: dict[str, str | None]) -> str:
    """What orders a platform's attempts, as text that sorts."""
    if parts.get("when"):
        try:
            return datetime.datetime.strptime(parts["when"], "%b %d, %Y %I%M %p").isoformat()
        except ValueError:
            return ""
    return (parts.get("at") or "").zfill(20) if parts.get("at") else ""


def person(parts: list[str]) -> str:
    """The student's name in a path of no known platform: the first folder or archive that is no container, else the file's name."""
    *above, file = parts
    names = [re.sub(r"\.zip$", "", part, flags=re.IGNORECASE) for part in above if not is_slug(part)]
    return next((name for name in names if name and not EXPORT.match(name)), "") or file_person(file)


def file_person(file: str) -> str:
    """The student's name in a file's name, apart from the exercise's: "ana_01-trade (1).ipynb" is ana's."""
    stem = ATTEMPT.sub("", NOTEBOOK.sub("", file))
    for slug in sorted(slugs(), key=len, reverse=True):
        stem = re.sub(re.escape(slug).replace("\\-", "[-_ ]"), " ", stem, flags=re.IGNORECASE)
    stem = re.sub(
        r"\b(solved|final|submission|homework|exercise|copy|loesung|lösung)\b", " ", stem, flags=re.IGNORECASE
    )
    stem = re.sub(r"\s+", " ", stem.replace("_", " ")).strip(" -.,()")
    return (
        stem
        if re.search(r"[^\W\d]{2}|\d{4}", stem) and not EXPORT.match(stem) and not re.fullmatch(r"[Uu]ntitled\d*", stem)
        else ""
    )


def split_number(name: str) -> tuple[str, str]:
    """A name and the number beside it, if there is one: "ana_12345" is ana, 12345."""
    name = " ".join(name.split())
    found = NUMBER.match(name)
    if not found:
        return name, ""
    number = found["number"] or found["number2"]
    return (found["who"] or found["who2"] or number), number


def is_slug(part: str) -> bool:
    """Whether a folder or archive is named after an exercise."""
    stem = re.sub(r"\.zip$", "", part, flags=re.IGNORECASE).casefold()
    return any(
        re.sub(r"[-_ ]", "", slug) == re.sub(r"[-_ ]", "", ATTEMPT.sub("", stem)) or slug in stem for slug in slugs()
    )


def suffix(file: str) -> tuple[int]:
    """The number that browsers and platforms add to a name that is taken."""
    found = ATTEMPT.search(NOTEBOOK.sub("", file))
    if not found:
        return (0,)
    numbers = [int(part) for part in found.groups() if part]
    return (numbers[-1] if numbers else 1,)


def register(attempts: list[Attempt], empty: list[str]) -> list[Student]:
    """The students, each with a name for files that no other has."""
    seen: dict[tuple[str, str], None] = {}
    for attempt in attempts:
        if attempt.name:
            seen.setdefault((attempt.name, attempt.number))
    found = [(name, number) for name, number in seen]
    with_work = {name.casefold() for name, _ in found}
    for place in empty:
        name, number = split_number(unicodedata.normalize("NFC", place))
        if platform := PLATFORMS["Moodle"].match(place):
            name, number = platform["who"], platform["number"]
        if name.casefold() not in with_work:
            found.append((name, number))
    students, taken = [], set()
    for name, number in sorted(found):
        base = key = re.sub(r"[^\w.@-]", "_", name).strip("._") or "_"
        count = 1
        if key.casefold() in taken and number:
            base = key = f"{base}-{number}"
        while key.casefold() in taken:
            count += 1
            key = f"{base}-{count}"
        taken.add(key.casefold())
        students.append(Student(name, number, key))
    return students


def key_of(students: list[Student], attempt: Attempt) -> str:
    """The file name of an attempt's student."""
    return next(one.key for one in students if (one.name, one.number) == (attempt.name, attempt.number))


# --- what


def examine(attempt: Attempt, exercises: list[Exercise], decisions: dict[str, str]) -> None:
    """Read a file and find its exercise; what is no notebook says so."""
    try:
        attempt.cells = read_cells(attempt.content)
    except Unreadable as problem:
        attempt.problem = (
            str(problem) if NOTEBOOK.search(attempt.place) else f"not a notebook: {PurePosixPath(attempt.place).name}"
        )
        return
    decided = decisions.get(f"exercise {attempt.place}")
    if decided:
        if decided == "none":
            attempt.problem = "no exercise, as you decided"
        elif decided not in {one.slug for one in exercises}:
            raise ValueError(
                f"your line about {attempt.place} names {decided!r}; there are: {', '.join(one.slug for one in exercises)}"
            )
        attempt.slug = decided if decided != "none" else ""
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
    if not rest or all(one.content == last.content for one in rest):
        return last, None
    done = {one.place: answered(one, exercise) for one in found}
    started = [one for one in found if done[one.place]]
    if len(started) == 1 and not any(one.rank[0] for one in found):
        chosen = started[0]
        chosen.notes.append(
            f"{len(found) - 1} other file without an answer: {'; '.join(one.place for one in found if one is not chosen)}"
        )
        return chosen, None
    known = last.rank[:2] > rest[-1].rank[:2]
    if not known or done[last.place] < max(done.values()):
        why = "its order is not known" if not known else "the last one answers fewer tasks than an earlier one"
        listed = ", ".join(f"{one.place} ({done[one.place]} tasks begun)" for one in found)
        return None, Doubt(
            question, f"{len(found)} attempts, and {why}: {listed}", [one.place for one in reversed(found)]
        )
    last.notes.append(
        f"attempt {len(found)} of {len(found)} counts; kept, not marked: {'; '.join(one.place for one in rest)}"
    )
    return last, None


def str_or_int(part: object) -> str:
    """A part of a rank as text that sorts."""
    return f"{part:06d}" if isinstance(part, int) else str(part)
