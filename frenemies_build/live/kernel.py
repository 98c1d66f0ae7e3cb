"""What runs a page's cells inside Pyodide; page/worker.js loads it and calls `run`.

A cell behaves as in Jupyter: its last expression is shown, `display` shows more, what it prints comes
as it is printed. Outputs have the form of a notebook's.
"""

import builtins
import gc
import importlib
import io
import json
import linecache
import pprint
import sys
import traceback
import types
from importlib.abc import MetaPathFinder
from importlib.machinery import PathFinder

from pyodide.code import CodeRunner

LONGEST = 200_000  # characters that one cell may print: more would choke the page
_cells = {}  # file name of a cell -> its number


class ZMQShell:
    """What pandas asks for (`get_ipython`) to learn that its tables are shown in a notebook."""


class Stream(io.TextIOBase):
    """Standard output or error of a cell, sent on as it is written."""

    def __init__(self, name, send):
        self.name_, self.send, self.left = name, send, LONGEST

    def write(self, text):
        """Send a text on; past `LONGEST` say once that the rest is left out."""
        if self.left > 0:
            self.send(json.dumps({"output_type": "stream", "name": self.name_, "text": text[: self.left]}))
            if len(text) > self.left:
                self.send(
                    json.dumps({"output_type": "stream", "name": self.name_, "text": "\n[the rest is left out]\n"})
                )
            self.left -= len(text)
        return len(text)


class Markup:
    """Something that shows itself as HTML or Markdown, as IPython's classes of these names do."""

    kind = ""

    def __init__(self, data=""):
        self.data = data

    def _repr_mimebundle_(self, include=None, exclude=None):
        return {self.kind: self.data, "text/plain": f"<IPython.core.display.{type(self).__name__} object>"}


class HTML(Markup):
    """A piece of HTML."""

    kind = "text/html"


class Markdown(Markup):
    """A piece of Markdown."""

    kind = "text/markdown"


def bundle(value):
    """How a value shows itself: content by MIME type."""
    for name in ("_repr_mimebundle_", "_repr_html_", "_repr_markdown_"):
        method = getattr(value, name, None)
        if method is None or isinstance(value, type):
            continue
        found = method()
        if isinstance(found, tuple):
            found = found[0]
        if isinstance(found, dict) and found:
            return found
        if isinstance(found, str):
            kind = "text/html" if name == "_repr_html_" else "text/markdown"
            return {kind: found, "text/plain": repr(value)}
    plain = repr(value)
    # A long list or table of names is broken into lines, as Jupyter breaks it.
    if isinstance(value, dict | list | tuple | set) and len(plain) > 79 and type(value).__repr__ in _PLAIN:
        plain = pprint.pformat(value, width=79, sort_dicts=False)
    return {"text/plain": plain}


_PLAIN = {dict.__repr__, list.__repr__, tuple.__repr__, set.__repr__}


_send = []  # what takes an output as JSON: one function, once the page is connected


def connect(send):
    """From now on `display` sends its outputs, as JSON, to `send`."""
    _send[:] = [send]


def install():
    """Make `display`, `get_ipython` and IPython's module `display` known. Not after pandas, which looks for them."""

    def display(*values):
        for value in values:
            _send[0](json.dumps({"output_type": "display_data", "data": bundle(value), "metadata": {}}))

    builtins.display = display
    shell = ZMQShell()
    builtins.get_ipython = lambda: shell
    ipython, module = types.ModuleType("IPython"), types.ModuleType("IPython.display")
    ipython.get_ipython = builtins.get_ipython
    module.display, module.HTML, module.Markdown = display, HTML, Markdown
    ipython.display = module
    sys.modules |= {"IPython": ipython, "IPython.display": module}
    main = sys.modules["__main__"]
    if hasattr(main, "__file__"):
        del main.__file__  # with it, pandas would take this for a program and cut its tables to a window


def begin():
    """Import what the pages need. A browser keeps the memory as it is then: nothing in it may be the page's."""
    install()
    gc.disable()  # nothing of this is garbage
    importlib.import_module("frenemies")
    gc.collect()
    gc.enable()


def begin_again():
    """After a start from kept memory: draw other random numbers than the start that was kept."""
    importlib.invalidate_caches()
    for name in ("random", "numpy.random"):
        if name in sys.modules:
            sys.modules[name].seed()


class Later(MetaPathFinder):
    """Finds the modules that no start needs: the first import of one fetches them all."""

    def __init__(self, names, fetch):
        self.names, self.fetch = frozenset(names), fetch

    def find_spec(self, name, path=None, target=None):
        """Fetch them where one is asked for; asked last, after what is there already."""
        if name not in self.names:
            return None
        try:
            self.fetch()
        except Exception as error:
            reason = f"{name} could not be fetched from this site: the network is gone, or a file is missing ({error})"
            raise ModuleNotFoundError(reason, name=name) from None
        self.names = frozenset()
        importlib.invalidate_caches()
        return PathFinder.find_spec(name, path)


def bring_later(names, fetch):
    """Let the import of one of `names` call `fetch`, which puts them where Python looks."""
    sys.meta_path.append(Later(names, fetch))


async def run(number, source, send):
    """Run one cell in `__main__` and send what it shows; return whether it ran through."""
    # Not before `install`: pandas looks round for a notebook when it is imported.
    from frenemies.exercises import tries

    name = f"<cell {number}>"
    _cells[name] = number
    linecache.cache[name] = (len(source), None, [line + "\n" for line in source.splitlines()], name)
    before = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = Stream("stdout", send), Stream("stderr", send)
    main = sys.modules["__main__"].__dict__
    ended = None
    tries.started(source, main, number)
    try:
        runner = CodeRunner(source, filename=name, return_mode="last_expr").compile()
        value = await runner.run_async(main)
        if value is not None:
            main["_"] = value
            send(json.dumps({"output_type": "execute_result", "data": bundle(value), "metadata": {}}))
    except BaseException as error:
        ended = error
        send(json.dumps(failure(error)))
    finally:
        if plain := tries.finished(source, main, ended):
            print(plain)
        sys.stdout, sys.stderr = before
    return ended is None


def failure(error):
    """An error as a notebook's output: where in the cells it arose, and in the last line what it is."""
    kind, text = type(error).__name__, str(error)
    if isinstance(error, SystemExit):
        kind, text = "Stopped", "the cell asked Python to end"
    lines = []
    if isinstance(error, SyntaxError) and error.filename in _cells:
        text = f"{error.msg} (cell {_cells[error.filename]}, line {error.lineno})"
        lines = [f"    {(error.text or '').rstrip()}"]
    for frame in traceback.extract_tb(error.__traceback__):
        if frame.filename in _cells:
            lines += [f"cell {_cells[frame.filename]}, line {frame.lineno}:", f"    {frame.line}"]
    plain = f"{kind}: {text}" if text else kind
    return {"output_type": "error", "ename": kind, "evalue": text, "traceback": [*lines, plain]}


def drawing(spec):
    """What the page needs to draw a chart (JSON in, JSON out): its words, data and forms for desktop and phone.

    A chart of several plots comes in full and in half size: from what the two measure, the page finds the size
    that fits, as the build does for stored charts.
    """
    import frenemies_chart_specs as specs  # when the first chart comes, not at the start

    spec = json.loads(spec)
    plain, data = specs.split(spec)
    config = specs.fit_labels(plain, data, specs.WIDE).get("config", {})
    order = specs.field_order(plain)
    tables = [found for key, values in data.items() if (found := specs.table(key, values, order))]
    made = {
        "words": specs.caption(spec)._asdict(),
        "data": {key: specs.pack(values) for key, values in data.items()},
        "tables": [{"data": one.key, "columns": one.columns} for one in tables],
        "fluid": specs.is_fluid(plain),
        "config": specs.digest(config),
        "configuration": config,
        "sizes": {"wide": specs.WIDE, "narrow": specs.NARROW},
    }
    for name, width in made["sizes"].items():
        fitted = specs.fit_labels(plain, data, width)
        if made["fluid"]:
            made[name] = [specs.with_width(fitted, width - 60, width)]
        else:
            fitted = specs.stacked(fitted) if name == "narrow" else fitted
            made[name] = [specs.scaled(fitted, factor) for factor in (1, 0.5)]
        for form in made[name]:
            form.pop("config", None)
    return json.dumps(made)
