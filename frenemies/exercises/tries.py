"""Keep a try that failed from passing for the one before it, and end an error in one plain line.

When a cell stops with an error, the names that it was to set keep what an earlier run gave them. `check`
would judge that old value. So the cells of a session are watched: what a cell sets is out of date as soon as that
cell fails, and fresh again once it runs. IPython tells of its cells by itself (`watch`); whatever else
runs a notebook's cells calls `started` and `finished`.
"""

from __future__ import annotations

import ast
import re

from frenemies.exercises.plain_words import in_plain_words, wrapped

INNER = (
    ast.FunctionDef,
    ast.AsyncFunctionDef,
    ast.ClassDef,
    ast.Lambda,
    ast.ListComp,
    ast.SetComp,
    ast.DictComp,
    ast.GeneratorExp,
)
UNSET = object()

# Names that a failed cell was to set, with its error; names of the running cell before it ran; names that it reads.
_out_of_date: dict[str, str] = {}
_before: dict[str, object] = {}
_reads: set[str] = set()


def assigned(source: str) -> set[str]:
    """The names that a cell's own lines set, functions and comprehensions left out; guessed where it is no Python."""
    tree = parsed(source)
    if tree is None:
        return set(re.findall(r"^([^\W\d]\w*)\s*=(?!=)", source, re.MULTILINE))
    found, waiting = set(), list(tree.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            found |= {(alias.asname or alias.name).partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        elif not isinstance(node, INNER):
            waiting.extend(ast.iter_child_nodes(node))
    return found


def parsed(source: str) -> ast.Module | None:
    """A cell as Python sees it, its lines for the notebook program left out; None where it is no Python."""
    lines = ["pass" if line.lstrip().startswith(("%", "!")) else line for line in source.splitlines()]
    try:
        return ast.parse("\n".join(lines))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def started(source: str, namespace: dict) -> None:
    """Say that a cell begins. namespace: where its names live."""
    tree, sets = parsed(source), assigned(source)
    _before.clear()
    _before.update({name: namespace.get(name, UNSET) for name in sets})
    _reads.clear()
    if tree is not None:
        _reads.update(
            node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
        )
        _reads.difference_update(sets)


def finished(source: str, namespace: dict, error: BaseException | None) -> str | None:
    """Say that a cell ended, and with which error; return a line on the error in plain words, if there is one."""
    missing = getattr(error, "name", None) if isinstance(error, NameError) else None
    if missing in _out_of_date and missing not in namespace:
        line = wrapped(
            f"In plain words: there is no `{missing}` yet, for the cell that sets it stopped with {_out_of_date[missing]}. Mend that cell first."
        )
    else:
        line = in_plain_words(error, namespace) if error is not None else None
    for name in assigned(source):
        if error is not None and namespace.get(name, UNSET) is _before.get(name, UNSET):
            _out_of_date[name] = type(error).__name__
        else:
            _out_of_date.pop(name, None)
    return line


def left_over() -> tuple[str, str] | None:
    """A name that the running cell reads although the cell that sets it failed, with that error's name; else None."""
    return next(((name, _out_of_date[name]) for name in sorted(_reads) if name in _out_of_date), None)


def watch() -> None:
    """Watch the cells of this session, where it is IPython's and not watched yet."""
    try:
        from IPython import get_ipython
    except ImportError:  # a browser's Python without it
        return
    shell = get_ipython()
    if shell is None or not hasattr(shell, "events") or getattr(shell, "_frenemies_watches", False):
        return
    shell._frenemies_watches = True

    def before(info) -> None:
        started(info.raw_cell or "", shell.user_ns)

    def after(result) -> None:
        line = finished(result.info.raw_cell or "", shell.user_ns, result.error_before_exec or result.error_in_exec)
        if line:
            print(line)

    shell.events.register("pre_run_cell", before)
    shell.events.register("post_run_cell", after)
