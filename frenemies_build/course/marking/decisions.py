"""The teacher's lines: what marking could not know, one `question = answer` a line.

A run writes `to-decide.txt` with every open question, its reason and the lines that would settle it. The
teacher copies one line of each into `decisions.txt` beside it; the next run reads it.
"""

from __future__ import annotations

import re
from pathlib import Path

from frenemies_build.course.marking.intake import Doubt

FILE = "decisions.txt"
OPEN = "to-decide.txt"
LINE = re.compile(r"(who|exercise|use|task)\s+(.+?)\s+=\s+(.+)")


def read_decisions(folder: Path) -> dict[str, str]:
    """The answers by question, none without a file. Raises `ValueError` naming the line that cannot be read."""
    path = folder / FILE
    if not path.exists():
        return {}
    found = {}
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise ValueError(f"{path}: not UTF-8 text; save it as UTF-8") from None
    for number, line in enumerate(lines, 1):
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        parts = LINE.fullmatch(line)
        if not parts:
            raise ValueError(f"{path}, line {number}: expected a line of {OPEN}, such as: task ana trade-3 = 14")
        found[f"{parts[1]} {parts[2]}"] = parts[3].strip()
    return found


def write_doubts(folder: Path, doubts: list[Doubt]) -> None:
    """Write every open question for the teacher, or take the file away where there is none."""
    path = folder / OPEN
    if not doubts:
        path.unlink(missing_ok=True)
        return
    text = [
        f"# Copy one line of each question into {FILE} in this folder, fill in what stands in CAPITALS, and run the command again.",
        "# NUMBER: the cell that answers the task, counted from 1. NAMES: its variables, only where they are named otherwise.",
    ]
    for doubt in doubts:
        text += [
            "",
            f"# {doubt.question}: {doubt.reason}",
            *(f"{doubt.question} = {answer}" for answer in doubt.answers),
        ]
    path.write_text("\n".join(text) + "\n", encoding="utf-8")
