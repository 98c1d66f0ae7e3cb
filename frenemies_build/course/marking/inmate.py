"""Run the cells of one notebook and hand out the values of its answers: the program inside the sandbox.

It is started by `sandbox.py`, reads its orders from standard input (JSON: `cells`, each with a `source`
and what to `take` after it; `seconds` for a cell; `limits`) and writes a line of JSON for each step. What students
print or draw goes nowhere. Their code shares this process and can therefore write any line: the reader outside takes a line
for no more than that student's own answer. It imports only the readers' package and `answer_values.py`.
"""

from __future__ import annotations

import json
import os
import signal
import sys

NOBODY = 65534


class OutOfTime(BaseException):
    """A cell, or looking at its answers, took too long."""


def lacking(problem: BaseException) -> bool:
    """Whether an error may come from this place alone: no such package, file, network, process, thread or keyboard here."""
    threads = type(problem) is RuntimeError and "can't start new thread" in str(problem)
    return threads or isinstance(problem, (ImportError, OSError, EOFError))


def lock(limits: dict[str, int]) -> None:
    """Give up root where we have it, and set limits that cannot be raised again."""
    import resource

    if os.geteuid() == 0 and limits.pop("drop", 0):
        os.setgroups([])
        os.setresgid(NOBODY, NOBODY, NOBODY)
        os.setresuid(NOBODY, NOBODY, NOBODY)
    for name, value in limits.items():
        resource.setrlimit(getattr(resource, name), (value, value))


def shell():
    """An IPython shell without history, kernel or output."""
    from IPython.core.interactiveshell import InteractiveShell
    from IPython.utils.text import SList
    from traitlets.config import Config

    made = InteractiveShell.instance(config=Config(HistoryManager={"enabled": False}))
    made.showtraceback = made.showsyntaxerror = lambda *_, **__: None
    # No program can be started here, and `!pip install` must not cost the answer below it in the same cell.
    made.system = made.system_piped = made.system_raw = lambda *_: None
    made.getoutput = lambda *_, **__: SList()
    run_magic = made.run_line_magic

    def line_magic(name, *rest, **options):
        try:
            return run_magic(name, *rest, **options)
        except Exception:  # a magic of another editor, such as %matplotlib where it is not installed
            return None

    made.run_line_magic = line_magic
    return made


def main() -> None:
    """Follow the orders on standard input."""
    lines = os.fdopen(os.dup(1), "w", encoding="utf-8", buffering=1)
    orders = json.loads(sys.stdin.read())
    nowhere = os.open(os.devnull, os.O_RDWR)
    lock(orders["limits"])
    # A grammar that jsonschema (and so Altair) would compile for three seconds, if it finds it, and not miss otherwise.
    sys.modules["rfc3987_syntax"] = None
    from answer_values import ValueRefused, encoded

    import frenemies  # noqa: F401 (fails here, before the first cell, where the sandbox lacks something)

    session = shell()

    def say(**what) -> None:
        lines.write(json.dumps(what) + "\n")
        lines.flush()

    def ring(*_) -> None:
        raise OutOfTime

    def values(names: list[str]) -> dict:
        found = {}
        for name in names:
            if name in session.user_ns:
                try:
                    found[name] = encoded(session.user_ns[name])
                except ValueRefused as reason:
                    found[name] = {"t": "refused", "v": str(reason)[:120]}
                except Exception as error:  # a student's object may fail in any way when it is looked at
                    found[name] = {"t": "refused", "v": f"that cannot be looked at ({type(error).__name__})"[:120]}
        return found

    def allow(seconds: float) -> None:
        """Start the clocks anew: so much time of the processor, four times as much on the wall (0: none)."""
        signal.setitimer(signal.ITIMER_PROF, seconds)
        signal.setitimer(signal.ITIMER_REAL, 4 * seconds)

    signal.signal(signal.SIGALRM, ring)
    signal.signal(signal.SIGPROF, ring)
    say(ready=True)
    for place in (0, 1, 2):
        os.dup2(nowhere, place)

    def step(number: int, cell: dict, again: bool = False) -> bool:
        """Run a cell and hand out its answers; tell whether a name was missing."""
        missing = False
        try:
            allow(orders["seconds"])
            result = session.run_cell(cell["source"], store_history=False, silent=False)
            problem = result.error_before_exec or result.error_in_exec
            missing = isinstance(problem, NameError)
            allow(orders["seconds"])
            if problem is None or not again:
                for task, names in cell["take"]:
                    say(cell=number, task=task, values=values(names))
            if problem is not None:
                say(error=number, name=type(problem).__name__[:60], lacks=lacking(problem))
            elif again:
                say(mended=number)
        except OutOfTime:
            say(error=number, name=OutOfTime.__name__)
        finally:
            allow(0)
        return missing

    waiting = []
    for number, cell in enumerate(orders["cells"]):
        say(start=number)
        if step(number, cell) and cell["take"]:
            waiting.append((number, cell))
    # An answer that was moved above what it needs ran in the student's own session: it gets a second chance.
    for number, cell in waiting:
        step(number, cell, again=True)
    say(done=True)
    lines.flush()
    os._exit(0)  # not through the exit handlers, which a student may have filled


if __name__ == "__main__":
    main()
