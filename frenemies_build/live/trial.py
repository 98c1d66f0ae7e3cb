"""Find out which modules a start needs: run notebooks as a page does and write down what was imported.

Runs inside Pyodide (inside.mjs), with the page's archives in /folder/in, its own code in /folder/code and notebooks in
/folder/notebooks. Writes the modules' names to /folder/modules.json, with those whose import was tried and failed.
"""

import importlib
import json
import pathlib
import pkgutil
import site
import sys
import zipfile


class Note:
    """Notes every module that is looked for, and finds none."""

    names = set()

    @classmethod
    def find_spec(cls, name, path=None, target=None):
        """Note a name and leave it to the others."""
        cls.names.add(name)


def prepare():
    """Install the archives, note what is looked for from now on, and import what Pyodide itself may come to need."""
    sys.path.append("/folder/code")
    for archive in pathlib.Path("/folder/in").glob("*.whl"):
        zipfile.ZipFile(archive).extractall(site.getsitepackages()[0])
    importlib.invalidate_caches()
    sys.meta_path.insert(0, Note)
    for package in ("_pyodide", "pyodide"):  # its loader of packages, which JupyterLite uses
        for found in pkgutil.iter_modules(importlib.import_module(package).__path__, f"{package}."):
            importlib.import_module(found.name)


async def try_notebooks():
    """Run every notebook's cells and fit their charts. The cells share names with this program: all here are local."""
    import frenemies_kernel as kernel

    shown = []
    kernel.install()
    kernel.connect(shown.append)
    for notebook in sorted(pathlib.Path("/folder/notebooks").iterdir()):
        for number, cell in enumerate(json.loads(notebook.read_text("utf-8"))["cells"]):
            if cell["cell_type"] == "code":
                await kernel.run(number, "".join(cell["source"]), shown.append)
    for output in map(json.loads, shown):
        if spec := output.get("data", {}).get("application/vnd.vegalite.v5+json"):
            kernel.drawing(json.dumps(spec))
    return sorted(Note.names.union(sys.modules))


prepare()
names = await try_notebooks()  # noqa: F704
pathlib.Path("/folder/modules.json").write_text(json.dumps(names))
