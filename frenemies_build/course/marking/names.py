"""Whose work is it: a student's name and number out of a path, as platforms, programs and people write them.

A path is read from its top. Folders and archives that hold a class (by their words, or because several people's work
lies in them) are passed over; the first other part is the student's, else the file's own name.
"""

from __future__ import annotations

import datetime
import re
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Iterable
from pathlib import PurePosixPath

from frenemies_build.course.editions import slugs

NOTEBOOK = re.compile(r"\.ipynb(?: ?\((\d{1,3})\))?(?:\.json|\.txt)?$", re.IGNORECASE)
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
# Words of which the names of folders are made that are nobody's, and those of a file beside the exercise's own.
FOLDER_WORDS = set(
    """all archive arşiv assignment assignments attempt backup blackboard canvas class copy course desktop documents
    download downloaded downloads drafts exercise exercises export feedback file files final folder hafta homework hw klasör
    kopya moodle multi neu new notebook notebooks old ordner ödev ödevler student students submission submissions submitted
    task teams v version week work working yeni архив задание задания копия новая папка работы""".split()
)
FILE_WORDS = re.compile(
    r"\b(?:copy of|copy|kopyası|kopya|копия|solved|solution|final|submission|homework|exercise|loesung|lösung|çözüm|решение)\b",
    re.IGNORECASE,
)
ATTEMPT = re.compile(r"(?:[ _-]?\((\d+)\)|[ _-]+(?:copy|kopya|копия)[ _-]?(\d*)|[-_ ]v?(\d{1,2}))+$", re.IGNORECASE)
NUMBER = re.compile(r"^(?P<who>.*?[^\d_ -])?[ _-]*(?P<number>\d{4,})$|^(?P<number2>\d{4,})[ _-]+(?P<who2>.+)$")
UNICODE_PATH = 0x7075
LONGEST_PART, LONGEST_PATH = 160, 1_000


# --- paths as text


def spoken(path: str) -> str:
    """A path as the teacher's lines can hold it: composed letters, no control or direction marks, no " = ", not endless."""
    text = unicodedata.normalize("NFC", path.encode("utf-8", "surrogateescape").decode("utf-8", "replace"))
    text = "".join(" " if unicodedata.category(sign) in ("Cc", "Cf", "Zl", "Zp") else sign for sign in text)
    text = " ".join(text.split()).replace(" = ", "=")
    return shortened("/".join(shortened(part, LONGEST_PART) for part in text.split("/")), LONGEST_PATH)


def shortened(text: str, most: int) -> str:
    """A text without its middle where it is too long."""
    return text if len(text) <= most else f"{text[: most // 2]}…{text[-most // 2 :]}"


def member_name(info: zipfile.ZipInfo) -> str:
    """The path of a file in an archive: forward slashes, no way up, in the letters in which it was written."""
    name = info.filename
    if not info.flag_bits & 0x800:
        try:
            raw = name.encode("cp437")
            name = unicode_path(info.extra, raw) or undeclared(raw)
        except UnicodeError:
            pass
    return "/".join(part for part in name.replace("\\", "/").split("/") if part not in ("", ".", ".."))


def unicode_path(extra: bytes, raw: bytes) -> str:
    """The name that some programs add in UTF-8 beside the old one, if it belongs to that, or nothing."""
    while len(extra) >= 4:
        kind, size = struct.unpack("<HH", extra[:4])
        field, extra = extra[4 : 4 + size], extra[4 + size :]
        if kind == UNICODE_PATH and size > 5 and struct.unpack("<L", field[1:5])[0] == zlib.crc32(raw):
            return field[5:].decode("utf-8")
    return ""


def undeclared(raw: bytes) -> str:
    """A name in an alphabet that the archive does not tell: UTF-8, else what Turkish or Russian Windows writes, else DOS."""
    try:
        return raw.decode("utf-8")
    except UnicodeError:
        pass
    russian, turkish = raw.decode("cp866"), raw.decode("cp857", "replace")
    # A Russian's name has hardly a Latin letter, a Turk's hardly another.
    letters = [sign for sign in russian.split("_")[0] if sign.isalpha()]
    if letters and all("а" <= sign.lower() <= "я" or sign.lower() == "ё" for sign in letters):
        return russian
    own = [sign for sign in turkish if not sign.isascii()]
    return turkish if all(sign in "çğıöşüÇĞİÖŞÜâîûÂÎÛ" for sign in own) else raw.decode("cp437")


# --- who


def platform_of(place: str) -> dict[str, str | None]:
    """What a platform wrote into a path (who, number, at or when, file), or nothing."""
    return next((found.groupdict() for pattern in PLATFORMS.values() if (found := pattern.match(place))), {})


def platform_name(place: str) -> str:
    """The platform that wrote a path, or nothing."""
    return next((name for name, pattern in PLATFORMS.items() if pattern.match(place)), "")


def who(place: str, containers: set[tuple[str, ...]]) -> tuple[str, str, tuple]:
    """Name, number (either may be empty) and what orders attempts, out of a path.

    containers: folders and archives that hold several people's work (`containers_of`).
    """
    if parts := platform_of(place):
        return " ".join(parts["who"].split()), parts.get("number") or "", (order_of(parts), *suffix(parts["file"]))
    parts = PurePosixPath(place).parts
    version = next((int(found[1]) for part in parts if (found := re.fullmatch(r"[Vv]ersion (\d+)", part))), 0)
    return *split_number(person(parts, containers)), (f"version {version:04d}" if version else "", *suffix(parts[-1]))


def order_of(parts: dict[str, str | None]) -> str:
    """What orders a platform's attempts, as text that sorts."""
    if parts.get("when"):
        try:
            return datetime.datetime.strptime(parts["when"], "%b %d, %Y %I%M %p").isoformat()
        except ValueError:
            return ""
    return (parts.get("at") or "").zfill(20) if parts.get("at") else ""


def person(parts: tuple[str, ...], containers: set[tuple[str, ...]]) -> str:
    """The student's name in a path of no known platform: the first folder or archive that is nobody's else, or the file's."""
    for depth, part in enumerate(parts[:-1], 1):
        if (name := folder_person(part)) and parts[:depth] not in containers:
            return name
    return file_person(parts[-1])


def folder_person(part: str) -> str:
    """The name that a folder or archive gives, none where it is called after an exercise, or submissions, week 3, old."""
    if not is_slug(part):
        return "" if nobodys(part) else stem_of(part)
    name = file_person(part)
    return name if re.search(r"[^\W\d]|\d{5}", name) else ""


def stem_of(part: str) -> str:
    """The name of a folder, archive or file without the ending that says what it is."""
    part = re.sub(r"\.zip$", "", part, flags=re.IGNORECASE)
    return NOTEBOOK.sub("", OTHER_WORK.sub("", part) if not NOTEBOOK.search(part) else part)


def nobodys(part: str) -> bool:
    """Whether a name is made of words for folders alone. "student 7" is a person, "student work" is none."""
    stem = stem_of(part).casefold()
    words = set(re.findall(r"[^\W\d_]+", stem))
    numbered = words <= {"student", "students"} and bool(re.search(r"\d", stem))
    return bool(words) and words <= FOLDER_WORDS and not numbered


def containers_of(found: Iterable[tuple[str, str]], top: tuple[str, ...] = ()) -> set[tuple[str, ...]]:
    """The folders and archives that hold a class: side by side, each has one exercise from several people in it.

    found: pairs of a path and its exercise. top: the archive that was handed over as the class itself, if one was.
    """
    containers = {(), top}
    level = {top: [(PurePosixPath(place).parts, slug) for place, slug in found if slug and not platform_of(place)]}
    while level:
        below: dict[tuple[str, ...], list] = {}
        for above, held in level.items():
            for parts, slug in held:
                if len(parts) > len(above) + 1:
                    below.setdefault(parts[: len(above) + 1], []).append((parts, slug))
        named = {one for one in below if folder_person(one[-1])}
        crowded = bool(named) and all(several(one, below[one]) for one in named)
        level = {one: held for one, held in below.items() if crowded or one not in named}
        containers |= level.keys()
    return containers


def several(folder: tuple[str, ...], held: list[tuple[tuple[str, ...], str]]) -> bool:
    """Whether the files of a folder are one exercise under more than one person's name."""
    names: dict[str, set[str]] = {}
    inner = [(parts[len(folder) :], slug) for parts, slug in held]
    while all(len(parts) > 1 and parts[0] == inner[0][0][0] for parts, _ in inner):  # a folder in a folder
        inner = [(parts[1:], slug) for parts, slug in inner]
    for parts, slug in inner:
        # The free name of a file may be anything; beside the exercise's own it is a person's.
        name = person(parts, set()) if len(parts) > 1 or is_slug(parts[0]) else ""
        if name:
            names.setdefault(slug, set()).add(name.casefold())
    return any(len(of_one) > 1 for of_one in names.values())


def file_person(file: str) -> str:
    """The student's name in a file's name, apart from the exercise's: "ana_01-trade (1).ipynb" is ana's."""
    stem = ATTEMPT.sub("", stem_of(file))
    for slug in sorted(slugs(), key=len, reverse=True):
        stem = re.sub(re.escape(slug).replace("\\-", "[-_ ]"), " ", stem, flags=re.IGNORECASE)
    stem = FILE_WORDS.sub(" ", stem.replace("_", " "))
    stem = re.sub(r"\s+", " ", stem).strip(" -.,()")
    known = re.search(r"[^\W\d]{2}|\d{4}", stem) and not nobodys(stem) and not re.fullmatch(r"[Uu]ntitled\d*", stem)
    return stem if known else ""


def split_number(name: str) -> tuple[str, str]:
    """A name and the number beside it, if there is one: "ana_12345" is ana, 12345."""
    name = " ".join(name.split())
    found = NUMBER.match(name)
    if not found:
        return name, ""
    number = found["number"] or found["number2"]
    return (found["who"] or found["who2"] or number), number


def is_slug(part: str) -> bool:
    """Whether a folder, archive or file is named after an exercise."""
    stem = re.sub(r"[_ ]", "-", stem_of(part).casefold())
    return any(slug in stem or re.sub("-", "", ATTEMPT.sub("", stem)) == slug.replace("-", "") for slug in slugs())


def suffix(file: str) -> tuple[int]:
    """The number that browsers and platforms add to a name that is taken."""
    ending = NOTEBOOK.search(file)
    if ending and ending[1]:
        return (int(ending[1]),)
    found = ATTEMPT.search(NOTEBOOK.sub("", file))
    if not found:
        return (int(bool(re.match(r"(copy of|kopya|копия)\b", file, re.IGNORECASE))),)
    numbers = [int(part) for part in found.groups() if part]
    return (numbers[-1] if numbers else 1,)
