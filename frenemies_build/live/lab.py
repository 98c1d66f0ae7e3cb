"""JupyterLite inside the site: the whole notebook interface, on the same copy of Pyodide and wheels as the pages."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

from frenemies_build.live import pyodide_files

ROOT = Path(__file__).parents[2]
# What its kernel asks for by name; listed, they come with Pyodide in one go, and nothing is looked up elsewhere.
KERNEL = ("micropip", "piplite", "ssl", "sqlite3", "ipykernel", "comm", "pyodide_kernel", "jedi", "ipython")
SAVE_SECONDS = 5  # the default lost an edit on a quick reload
EXTENSION = "share/jupyter/labextensions/@jupyterlite/pyodide-kernel-extension"
PYTHON = "../live/python/"  # the way to the copy of Python that the pages use
KERNEL_SETTINGS = "@jupyterlite/pyodide-kernel-extension:kernel"


def kernel_wheels() -> list[Path]:
    """The wheels that JupyterLite's kernel package itself carries."""
    home = Path(sys.prefix, EXTENSION, "static/pypi")
    names = ("ipykernel", "piplite", "pyodide_kernel")
    found = [path for name in names for path in sorted(home.glob(f"{name}-*.whl"))]
    if len(found) != len(names):
        raise pyodide_files.Missing(
            "jupyterlite-pyodide-kernel is not installed whole; install the packages of requirements.txt"
        )
    return found


def build(cache: Path, start: str, packages: list[str]) -> Path:
    """Build JupyterLite below `cache`, or bring the notebooks of the last build up to date; return its folder.

    start: the module that starts Pyodide. packages: the names in Pyodide's lock.
    Raises `pyodide_files.Missing` where the build fails.
    """
    made, lite = cache / "lab", cache / "lite"
    files = contents()
    settings = lite_settings(start, packages)
    state = pyodide_files.fingerprint(json.dumps([settings, sorted(files), Path(__file__).read_text("utf-8")]).encode())
    stamp = lite / "state"
    if not (stamp.exists() and stamp.read_text() == state and made.is_dir()):
        for folder in (made, lite):
            shutil.rmtree(folder, ignore_errors=True)
        lay_out(files, lite / "contents")
        run_jupyterlite(settings, lite, made)
        stamp.write_text(state)
    lay_out(files, made / "files")
    config = json.loads((made / "jupyter-lite.json").read_text("utf-8"))
    config["jupyter-config-data"]["contentsStorageName"] = edition(files)
    (made / "jupyter-lite.json").write_text(json.dumps(config, indent=1), "utf-8")
    return made


def contents() -> dict[str, Path]:
    """What a reader finds there, by its place: chapters, exercises, and the tables beside them."""
    files = [*(ROOT / "chapters").glob("[0-9]*.ipynb"), *(ROOT / "data").iterdir()]
    found = {path.relative_to(ROOT).as_posix(): path for path in files if path.is_file()}
    return found | {f"exercises/{path.name}": path for path in (ROOT / "exercises" / "release").glob("*/*.ipynb")}


def edition(files: dict[str, Path]) -> str:
    """The name under which a browser keeps its copies. A saved one would hide a later notebook: each edition has its own."""
    return f"Frenemies {pyodide_files.fingerprint(b''.join(files[name].read_bytes() for name in sorted(files)))[:8]}"


def lay_out(files: dict[str, Path], folder: Path) -> None:
    """Copy the files to their places in a folder."""
    for name, path in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, folder / name)


def lite_settings(start: str, packages: list[str]) -> dict:
    """The settings that JupyterLite reads in the browser."""
    kernel = {
        "pyodideUrl": f"./{PYTHON}{Path(start).stem}.js",
        "disablePyPIFallback": True,
        "loadPyodideOptions": {
            "packages": sorted({*KERNEL, *packages}),
            "lockFileURL": f"{PYTHON}pyodide-lock.json",
        },
    }
    data = {"appName": "Frenemies? Turkey and Russia in data", "litePluginSettings": {KERNEL_SETTINGS: kernel}}
    return {"jupyter-lite-schema-version": 0, "jupyter-config-data": data}


def run_jupyterlite(settings: dict, lite: Path, made: Path) -> None:
    """Run JupyterLite's own builder on the folder `lite`."""
    options = {
        "contents": [str(lite / "contents")],
        "output_dir": str(made),
        "apps": ["notebooks", "tree"],
        "no_sourcemaps": True,
        "no_unused_shared_packages": True,
        "no_libarchive": True,
        # Of this environment's extensions only the kernel: nbgrader's panels are the teacher's.
        "federated_extensions": [str(Path(sys.prefix, EXTENSION))],
        "ignore_sys_prefix": ["federated_extensions"],
    }
    overrides = {"@jupyterlab/docmanager-extension:plugin": {"autosaveInterval": SAVE_SECONDS}}
    written = {
        "jupyter-lite.json": settings,
        "overrides.json": overrides,
        "jupyter_lite_config.json": {"LiteBuildConfig": options},
    }
    for name, value in written.items():
        (lite / name).write_text(json.dumps(value, indent=1), "utf-8")
    command = [sys.executable, "-m", "jupyterlite_core.app", "build", "--lite-dir", str(lite)]
    done = subprocess.run(command, check=False, cwd=lite, capture_output=True, text=True, encoding="utf-8")
    if done.returncode:
        raise pyodide_files.Missing(f"JupyterLite could not be built: {(done.stderr or done.stdout).strip()[-400:]}")
