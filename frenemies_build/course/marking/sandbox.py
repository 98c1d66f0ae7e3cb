"""Run a student's cells where nothing can be seen, changed or left behind; bring back values only.

The sandbox is bubblewrap (`bwrap`), a program of a few thousand lines that Debian, Fedora and most
others package. Inside there is Python with its packages, the readers' package and its tables, all read-only; an empty
`/tmp` of limited size; no network, no other process, no `/proc`, no home, none of this project's other
files. Limits on memory, time, files and output cannot be raised from inside; no process or thread can be
started. When bubblewrap ends, the kernel ends everything in it.

`trial` proves this on the machine at hand before a class is marked; where it fails, nothing is run.
"""

from __future__ import annotations

import compileall
import functools
import json
import os
import platform
import selectors
import shutil
import struct
import subprocess
import sys
import sysconfig
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from frenemies_build.course.marking import answer_values

ROOT = Path(__file__).resolve().parents[3]
READERS = {ROOT / "frenemies": "/book/frenemies", ROOT / "data": "/book/data"}
PROGRAM = [Path(__file__).with_name("inmate.py"), Path(__file__).with_name("answer_values.py")]
# Time of the processor, so that no mark depends on how busy the machine is; on the wall, four times as much.
CELL_SECONDS = 10
RUN_SECONDS = 60
START_SECONDS = 120
MEGABYTE = 1_000_000
MEMORY = 3_000 * MEGABYTE
SCRATCH = 64 * MEGABYTE
OUTPUT = 8 * MEGABYTE
LIMITS = {
    "RLIMIT_AS": MEMORY,
    "RLIMIT_CPU": RUN_SECONDS,
    "RLIMIT_FSIZE": 8 * MEGABYTE,
    "RLIMIT_NOFILE": 64,
    "RLIMIT_NPROC": 1,
    "RLIMIT_CORE": 0,
    "drop": 1,
}
FREE_MEMORY = 400 * MEGABYTE
ENVIRONMENT = {
    "HOME": "/tmp",
    "PATH": "",
    "LANG": "C.UTF-8",
    "PYTHONPATH": "/book:/packages",
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONNOUSERSITE": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
}
LACKING = "needs what marking does not have"
INSTALL = "On Debian or Ubuntu: apt-get install bubblewrap. On Fedora: dnf install bubblewrap."

# System calls that a solution of these exercises never needs, by machine: new processes and threads, new
# namespaces, memory that escapes the watch, other processes' memory, kernel keys and programs.
AUDIT_ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
CALLS = {
    "x86_64": [56, 57, 58, 435, 272, 308, 319, 447, 29, 30, 31, 64, 68, 240, 101, 155, 165, 166, 248, 249, 250, 298, 310, 311, 321, 323, 425, 428, 429, 430, 442],
    "aarch64": [220, 435, 97, 268, 279, 447, 194, 195, 196, 190, 186, 180, 117, 41, 40, 39, 217, 218, 219, 241, 270, 271, 280, 282, 425, 428, 429, 430, 442],
}  # fmt: skip


# Set to end all runs of this process at once.
stopping = threading.Event()


class NoSandbox(RuntimeError):
    """Student code cannot be run safely on this machine; the message says why and what to do."""


@dataclass
class Run:
    """What came out of a notebook: answers by (cell, task) and name, still encoded, and what went wrong by cell."""

    taken: dict[tuple[int, str], dict[str, dict]] = field(default_factory=dict)
    errors: dict[int, str] = field(default_factory=dict)
    late: list[int] = field(default_factory=list)
    problem: str = ""
    last: int = -1
    ready: bool = False
    done: bool = False


def seccomp_filter() -> bytes | None:
    """A kernel filter that refuses `CALLS`, or None for a machine whose call numbers are not listed."""
    machine = platform.machine()
    if machine not in CALLS:
        return None
    calls = CALLS[machine]
    # Each instruction: operation, jump if true, jump if false, value (linux/filter.h).
    load, equal, at_least, give = 0x20, 0x15, 0x35, 0x06
    refuse, allow, kill = 0x00050001, 0x7FFF0000, 0x80000000
    steps = [(load, 0, 0, 4), (equal, 1, 0, AUDIT_ARCH[machine]), (give, 0, 0, kill), (load, 0, 0, 0)]
    steps += [(at_least, 0, 1, 0x40000000), (give, 0, 0, kill)]  # the other call table of x86-64
    steps += [(equal, len(calls) - place, 0, call) for place, call in enumerate(calls)]
    steps += [(give, 0, 0, allow), (give, 0, 0, refuse)]
    return b"".join(struct.pack("HBBI", *step) for step in steps)


def visible() -> list[str]:
    """The arguments that show Python, its packages and the readers' package inside, read-only."""
    interpreter = Path(os.path.realpath(sys.executable))
    prefix = Path(sys.base_prefix)
    places = {prefix / "lib", interpreter}
    places |= {
        Path(sysconfig.get_path(name, vars={"installed_base": str(prefix)})) for name in ("stdlib", "platstdlib")
    }
    arguments = [
        *folders(Path("/usr/share")),
        *folders(Path("/etc")),
        "--ro-bind-try",
        "/usr/lib",
        "/usr/lib",
        "--ro-bind-try",
        "/usr/lib64",
        "/usr/lib64",
    ]
    arguments += ["--ro-bind-try", "/usr/share/zoneinfo", "/usr/share/zoneinfo"]
    for top in ("/lib", "/lib64"):
        if os.path.islink(top):
            arguments += ["--symlink", os.readlink(top), top]
        else:
            arguments += ["--ro-bind-try", top, top]
    arguments += ["--ro-bind-try", "/etc/ld.so.cache", "/etc/ld.so.cache"]
    for place in sorted(places):
        if place.exists() and not place.is_relative_to("/usr/lib"):
            arguments += [*folders(place.parent), "--ro-bind", str(place), str(place)]
    arguments += ["--ro-bind", sysconfig.get_path("purelib"), "/packages"]
    for source, target in READERS.items():
        arguments += ["--ro-bind", str(source), target]
    for part in PROGRAM:
        arguments += ["--ro-bind", str(part), f"/marking/{part.name}"]
    return arguments


def folders(place: Path) -> list[str]:
    """The arguments that make a folder and those above it, open to all: bubblewrap's own are closed to others."""
    steps = [*reversed(place.parents), place]
    return [part for step in steps if str(step) != "/" for part in ("--perms", "0755", "--dir", str(step))]


def command(filter_fd: int | None) -> list[str]:
    """bubblewrap's command line."""
    bwrap = shutil.which("bwrap")
    if not bwrap:
        raise NoSandbox(f"bubblewrap is not installed. {INSTALL}")
    root = os.geteuid() == 0
    # As root the program inside gives up its rights itself: the kernel counts no processes of root's.
    rights = ["--cap-drop", "ALL", "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"] if root else ["--unshare-user"]
    devices = [
        part
        for name in ("null", "zero", "random", "urandom")
        for part in ("--dev-bind", f"/dev/{name}", f"/dev/{name}")
    ]
    return [
        bwrap, "--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts", "--unshare-cgroup-try", *rights,
        "--die-with-parent", "--new-session", "--clearenv",
        *[part for name, value in ENVIRONMENT.items() for part in ("--setenv", name, value)],
        "--perms", "0755", "--dir", "/book", "--perms", "0755", "--dir", "/marking", "--perms", "0755", "--dir", "/dev",
        "--size", str(SCRATCH), "--perms", "1777", "--tmpfs", "/tmp",
        *visible(), *devices, "--remount-ro", "/", "--chdir", "/tmp",
        *(["--seccomp", str(filter_fd)] if filter_fd is not None else []),
        os.path.realpath(sys.executable), "-B", "/marking/inmate.py",
    ]  # fmt: skip


def start(sandboxed: bool) -> tuple[subprocess.Popen, tempfile.TemporaryDirectory | None]:
    """Start the program that runs cells, in the sandbox or, where the teacher said so, without one."""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "start_new_session": True}
    if not sandboxed:
        scratch = tempfile.TemporaryDirectory(prefix="marking-")
        search = os.pathsep.join([str(ROOT), sysconfig.get_path("purelib")])
        environment = ENVIRONMENT | {"HOME": scratch.name, "PYTHONPATH": search}
        return subprocess.Popen([sys.executable, "-B", PROGRAM[0]], cwd=scratch.name, env=environment, **pipes), scratch
    rules = seccomp_filter()
    if rules is None:
        return subprocess.Popen(command(None), env={}, **pipes), None
    reader, writer = os.pipe()
    try:
        os.write(writer, rules)
        os.close(writer)
        return subprocess.Popen(command(reader), env={}, pass_fds=[reader], **pipes), None
    finally:
        os.close(reader)


def run(
    cells: Sequence[dict],
    cell_seconds: float,
    sandboxed: bool = True,
    run_seconds: float = RUN_SECONDS,
    free_memory: int = FREE_MEMORY,
) -> Run:
    """Run cells in order; where one kills the run, once more without it.

    cells: each with `source`, and `take`: pairs of a task and its names, to be taken after the cell.
    cell_seconds, run_seconds: limits for a cell and for all of them. free_memory: bytes that the machine must keep.
    Raises `NoSandbox` where nothing could be started, or the machine, not the student, ended it.
    """
    wall = 4 * run_seconds
    begun = time.monotonic()
    first = once(cells, cell_seconds, sandboxed, wall, free_memory)
    if first.done or first.last < 0:
        return first
    without = [cell | {"source": ""} if number == first.last else cell for number, cell in enumerate(cells)]
    second = once(without, cell_seconds, sandboxed, wall - (time.monotonic() - begun), free_memory)
    reasons = {first.last: first.problem} | ({} if second.done else {max(second.last, 0): second.problem})
    taken = first.taken | {place: found for place, found in second.taken.items() if place[0] != first.last}
    return Run(
        taken, first.errors | second.errors | reasons, second.late, done=second.done, last=second.last, ready=True
    )


def once(
    cells: Sequence[dict],
    cell_seconds: float,
    sandboxed: bool,
    wall_seconds: float,
    free_memory: int = FREE_MEMORY,
) -> Run:
    """One run of the program inside; ends it when it takes too much of anything. wall_seconds: what is left of its time."""
    if stopping.is_set():
        raise NoSandbox("stopped before it began")
    limits = (
        dict(LIMITS) if sandboxed else {name: LIMITS[name] for name in ("RLIMIT_CPU", "RLIMIT_FSIZE", "RLIMIT_CORE")}
    )
    if os.name == "nt":
        limits = {}
    orders = {"cells": list(cells), "seconds": cell_seconds, "limits": limits}
    process, scratch = start(sandboxed)
    try:
        try:
            process.stdin.write(json.dumps(orders).encode())
            process.stdin.close()
        except BrokenPipeError:
            pass  # it ended at once: its reason is read below
        found = Run()
        listen(process, found, cells, cell_seconds, wall_seconds, free_memory)
        if not found.ready:
            process.kill()
            reason = process.stderr.read(4_000).decode(errors="replace").strip().splitlines()
            raise NoSandbox(f"the run of student code did not start: {reason[-1] if reason else 'no reason given'}")
        return found
    finally:
        if not sandboxed:
            end_children(process)
        process.kill()
        process.wait()
        for pipe in (process.stdout, process.stderr):
            pipe.close()
        if scratch:
            scratch.cleanup()


def end_children(process: subprocess.Popen) -> None:
    """End what an unsandboxed run started, as far as it can still be found."""
    try:
        children = psutil.Process(process.pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return
    for child in children:
        try:
            child.kill()
        except psutil.NoSuchProcess:
            pass


def listen(
    process: subprocess.Popen,
    found: Run,
    cells: Sequence[dict],
    cell_seconds: float,
    wall_seconds: float,
    free_memory: int,
) -> None:
    """Read the lines from inside until it is done, or until it takes too long or too much; write down why it ended.

    Raises `NoSandbox` where the end says nothing of the student's work: an interrupt, or a machine without memory.
    """
    begun, size, rest = time.monotonic(), 0, b""
    clock = Clock(process)
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        while not found.done:
            if not found.ready and time.monotonic() - begun > START_SECONDS:
                return
            if found.ready and (clock.over(cell_seconds) or time.monotonic() - begun > wall_seconds):
                found.problem = "ran out of time"
                return
            if stopping.is_set():
                raise NoSandbox("stopped before it ended")
            if psutil.virtual_memory().available < free_memory:
                raise NoSandbox("the machine ran out of memory: close other programs")
            if not selector.select(timeout=0.25):
                continue
            piece = os.read(process.stdout.fileno(), 65_536)
            size += len(piece)
            if not piece or size > OUTPUT:
                found.problem = "gave out too much" if piece else "ended the program"
                return
            *lines, rest = (rest + piece).split(b"\n")
            for line in lines:
                before = found.last, found.ready
                hear(line, found, cells)
                if before != (found.last, found.ready):
                    clock.start()


class Clock:
    """How long a cell has run, by the processor and by the wall, and how long it slept, seen from outside."""

    def __init__(self, process: subprocess.Popen):
        self.process = psutil.Process(process.pid)
        self.start()

    def start(self) -> None:
        """A cell begins."""
        self.wall, self.used, self.idle = time.monotonic(), self.look()[0], 0.0
        self.looked, self.last = self.wall, self.used

    def look(self) -> tuple[float, bool]:
        """Seconds of the processor that the program and all below it have used, and whether all of them sleep."""
        try:
            family = (self.process, *self.process.children(recursive=True))
            times = [one.cpu_times() for one in family]
            asleep = all(one.status() in (psutil.STATUS_SLEEPING, psutil.STATUS_IDLE) for one in family)
        except psutil.NoSuchProcess:
            return 0.0, False
        return sum(one.user + one.system for one in times), asleep

    def over(self, seconds: float) -> bool:
        """Whether the cell, and looking at its answers, took more than its time and a little, or slept so long.

        What waits for a busy processor or disk does not sleep.
        """
        now, (used, asleep) = time.monotonic(), self.look()
        if asleep and used - self.last < 0.1 * (now - self.looked):
            self.idle += min(
                now - self.looked, 0.5
            )  # at most the time between two looks, should we be held up ourselves
        self.looked, self.last = now, used
        return now - self.wall > 8 * seconds + 2 or used - self.used > 2 * seconds + 1 or self.idle > seconds + 3


def hear(line: bytes, found: Run, cells: Sequence[dict]) -> None:
    """Take in one line from inside; whatever is not in its form, or was not asked for, is passed over."""
    try:
        said = json.loads(line)
    except (ValueError, RecursionError):
        return
    if type(said) is not dict:
        return
    if "ready" in said:
        found.ready = True
    elif type(said.get("start")) is int:
        if said["start"] == found.last + 1 < len(cells):  # one after the other: each starts the clock anew
            found.last += 1
    elif type(said.get("error")) is int and type(said.get("name")) is str:
        name = said["name"] if said["name"].isidentifier() and len(said["name"]) <= 60 else "an error"
        reason = f"{LACKING} ({name})" if said.get("lacks") is True else name
        found.errors.setdefault(said["error"], "ran out of time" if name == "OutOfTime" else reason)
    elif type(said.get("values")) is dict and type(said.get("task")) is str and type(said.get("cell")) is int:
        place, task = said["cell"], said["task"]
        if 0 <= place < len(cells) and (names := dict(cells[place]["take"]).get(task)):
            found.taken[place, task] = {
                name: answer_values.kept(value) for name, value in said["values"].items() if name in names
            }
    elif type(said.get("mended")) is int:
        found.errors.pop(said["mended"], None)
        found.late.append(said["mended"])
    elif said.get("done") is True:
        found.done = True


PROBE = """
import os, socket
seen = [place for place in PLACES if os.path.exists(place)]
try:
    child = "started" if os.fork() else os._exit(0)
except OSError:
    child = "refused"
try:
    open("/book/probe", "w")
    write = "written"
except OSError:
    write = "refused"
try:
    net = sorted(name for _, name in socket.if_nameindex() if name != "lo")
except OSError:
    net = []
found = [seen, child, write, net, os.getuid(), os.path.exists("/proc/self")]
import frenemies as fr
rows = len(fr.load("trade_annual"))
"""


@functools.cache
def prepare() -> None:
    """Compile what runs inside: byte code cannot be stored there, and compiling takes seconds a run."""
    for place in READERS:
        compileall.compile_dir(place, quiet=2)


def trial(hidden: Sequence[Path] = ()) -> None:
    """Run a cell that tries to see, start, write and reach things. Raises `NoSandbox` where it can.

    hidden: places besides the masters that student code must not see (submissions, results).
    """
    prepare()
    places = [str(path.resolve()) for path in (ROOT / "exercises", ROOT / "frenemies_build", *hidden)]
    try:
        names = ["found", "rows"]
        result = once([{"source": f"PLACES = {places!r}\n{PROBE}", "take": [["trial", names]]}], 20, True, 160)
    except OSError as error:
        raise NoSandbox(f"bubblewrap could not be started ({error}). {INSTALL}") from None
    except NoSandbox as error:
        raise NoSandbox(f"{error}. {remedy()}") from None
    try:
        answers = {name: answer_values.decoded(value) for name, value in result.taken[0, "trial"].items()}
        seen, child, write, net, uid, proc = answers["found"]
        rows = answers["rows"]
    except (KeyError, ValueError):
        reason = result.errors.get(0) or result.problem or "no answer"
        raise NoSandbox(f"the trial run in the sandbox failed ({reason}). {remedy()}") from None
    faults = {
        f"sees {', '.join(seen)}": bool(seen),
        "can start a process": child != "refused",
        "can write outside its scratch folder": write != "refused",
        f"has a network ({', '.join(net)})": bool(net),
        "runs as root": uid == 0,
        "sees other processes": proc is True,
        "cannot read the tables": not rows,
    }
    if wrong := [name for name, fault in faults.items() if fault]:
        raise NoSandbox(f"a program in the sandbox {'; '.join(wrong)}. {remedy()}")


def remedy() -> str:
    """What usually helps."""
    return (
        "Student code needs a sandbox that works. In a container, allow unprivileged user namespaces (for Docker: "
        "--security-opt seccomp=unconfined, or --cap-add SYS_ADMIN); on Ubuntu 24.04 give bwrap an AppArmor profile that "
        "allows user namespaces; the files of this project and its .venv must be readable for all; on Windows use WSL 2; "
        "on macOS a Linux virtual machine."
    )
