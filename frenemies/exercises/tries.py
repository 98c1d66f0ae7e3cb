"""Keep a try that failed from passing for the one before it, and end an error in one plain line.

When a cell stops with an error, the names that it was to set keep what an earlier run gave them. So does a name
that a changed cell sets no more, or only on a condition that no longer holds. `check` would judge that old value. So the
cells of a session are watched: it is known which cell set a name, and a name is out of date as soon as that cell has run
again without setting it. IPython tells of its cells by itself (`watch`); whatever else runs a notebook's cells calls
`started` and `finished`.
"""

from __future__ import annotations

import ast
import difflib
import re
from types import CodeType

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

ALIKE = 0.8  # how much of its text a cell without an id keeps when it is changed, from 0 to 1
LONGEST = 4_000  # characters of a cell up to which texts are compared

# Names that a cell left as they were, with what happened to it; names and the cell that set them.
_out_of_date: dict[str, str] = {}
_set_by: dict[str, object] = {}
# Of the running cell: names and their values before it, those put away while it runs, names that it reads, which it is.
_before: dict[str, object] = {}
_put_away: dict[str, object] = {}
_reads: set[str] = set()
_running: list[object] = [None]
_texts: dict[object, str] = {}  # cells without an id, by what stands for one


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


def unsure(tree: ast.Module, source: str) -> set[str]:
    """The names that a cell sets only inside `if`, a loop and the like, and mentions nowhere else."""
    plain = [node for node in tree.body if not hasattr(node, "body") and not hasattr(node, "cases")]
    always = {name for node in plain for name in assigned(ast.unparse(node))}
    stores = [node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)]
    words = re.findall(r"\w+", source)
    return {name for name in assigned(source) - always if words.count(name) == stores.count(name)}


def used_by_functions(namespace: dict) -> set[str]:
    """The names that functions of a session mention."""
    waiting = [code for one in namespace.values() if isinstance(code := getattr(one, "__code__", None), CodeType)]
    found: set[str] = set()
    while waiting:
        code = waiting.pop()
        found.update(code.co_names)
        waiting.extend(one for one in code.co_consts if isinstance(one, CodeType))
    return found


def started(source: str, namespace: dict, cell: object = None) -> None:
    """Say that a cell begins. namespace: where its names live. cell: what stands for it, the same after a change."""
    tree, sets = parsed(source), assigned(source)
    _running[0] = known_as(source) if cell is None else cell
    _before.clear()
    _before.update({name: namespace.get(name, UNSET) for name in sets | own()})
    _put_away.clear()
    _reads.clear()
    if tree is not None:
        # Whether such a name is set again shows only where it is not there before. Nothing in the cell misses it.
        doubtful = unsure(tree, source) & namespace.keys()
        for name in doubtful - used_by_functions(namespace) if doubtful else ():
            _put_away[name] = namespace.pop(name)
        _reads.update(
            node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
        )
        _reads.difference_update(sets)


def own() -> set[str]:
    """The names that the running cell was the last to set."""
    return {name for name, cell in _set_by.items() if cell == _running[0]}


def known_as(source: str) -> object:
    """What stands for a cell whose program tells no id: the cell of the same text, else one whose text is much alike."""
    same = next((key for key, text in _texts.items() if text == source), None)
    if same is not None:
        return same
    matcher, best, found = difflib.SequenceMatcher(b=source, autojunk=False), ALIKE, None
    for key, text in _texts.items() if len(source) <= LONGEST else ():
        matcher.set_seq1(text)
        if len(text) <= LONGEST and matcher.quick_ratio() >= best and matcher.ratio() >= best:
            best, found = matcher.ratio(), key
    key = ("text", len(_texts)) if found is None else found
    _texts[key] = source
    return key


def finished(source: str, namespace: dict, error: BaseException | None) -> str | None:
    """Say that a cell ended, and with which error; return a line on the error in plain words, if there is one."""
    missing = getattr(error, "name", None) if isinstance(error, NameError) else None
    if missing in _out_of_date and missing not in namespace:
        line = wrapped(
            f"In plain words: there is no `{missing}` yet, for the cell that sets it {_out_of_date[missing]}. Mend that cell first."
        )
    else:
        line = in_plain_words(error, namespace) if error is not None else None
    sets = assigned(source)
    unset = {name for name in _put_away if name not in namespace}
    namespace.update({name: _put_away[name] for name in unset})
    happened = "ran again and did not set it" if error is None else f"stopped with {type(error).__name__}"
    for name in sets | own():
        unchanged = namespace.get(name, UNSET) is _before.get(name, UNSET)
        if name in unset or (unchanged and (error is not None or name not in sets)):
            _out_of_date[name] = happened
        else:
            _out_of_date.pop(name, None)
            _set_by[name] = _running[0]
    return line


def left_over() -> tuple[str, str] | None:
    """A name that the running cell reads although the cell that sets it did not, with what happened to that; else None."""
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
        # Colab's and JupyterLite's kernels tell no id.
        started(info.raw_cell or "", shell.user_ns, getattr(info, "cell_id", None))

    def after(result) -> None:
        line = finished(result.info.raw_cell or "", shell.user_ns, result.error_before_exec or result.error_in_exec)
        if line:
            print(line)

    shell.events.register("pre_run_cell", before)
    shell.events.register("post_run_cell", after)
