"""Make archives quick to start from: compile their Python, leave out what a browser never reads.

Runs inside Pyodide (inside.mjs), so that the compiled code is of the very Python that will load it. Each
/folder/in/NAME becomes /folder/out/NAME. Nothing in these is compressed: packed as a whole, they take less room.
"""

import ast
import importlib.util
import marshal
import pathlib
import re
import zipfile
from _imp import source_hash

DROPPED = re.compile(
    r"/tests?/|/f2py/|/include/|/_pyinstaller/|_simd\.|/conftest\.py$"
    r"|\.(pyi|h|hpp|c|pyx|pxd|pxi|tp|in|build|a|lib|cmake|ini|typed)$|\.dist-info/(RECORD|sboms/.*)$"
)
# Readers look up what these say of themselves; of the others nobody asks.
EXPLAINED = ("pandas/", "altair/", "frenemies/")
UNCHECKED = (1).to_bytes(4, "little")  # of a compiled file: to be used without a look at its source


def compact(archive, made):
    """Write the archive at path `archive` to path `made`, compiled and without what `DROPPED` names."""
    with zipfile.ZipFile(archive) as old, zipfile.ZipFile(made, "w") as new:
        for name in sorted(old.namelist()):
            if name.endswith("/") or DROPPED.search("/" + name):
                continue
            data = old.read(name)
            if name.endswith(".py"):
                name, data = name + "c", compiled(name, data)
            new.writestr(zipfile.ZipInfo(name), data)


def compiled(name, source):
    """The compiled file of a module, with the check of its source switched off."""
    tree = ast.parse(source)
    if not name.startswith(EXPLAINED):
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and ast.get_docstring(
                node, False
            ):
                node.body[0].value.value = ""  # not removed: a body must hold something, and code may ask for it
    code = compile(tree, name, "exec", dont_inherit=True, optimize=0)
    magic = importlib.util.MAGIC_NUMBER
    return magic + UNCHECKED + source_hash(int.from_bytes(magic, "little"), source) + marshal.dumps(code)


for archive in sorted(pathlib.Path("/folder/in").iterdir()):
    compact(archive, pathlib.Path("/folder/out", archive.name))
