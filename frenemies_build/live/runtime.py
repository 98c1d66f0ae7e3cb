"""Make the parts ready for the site: one folder with Pyodide and wheels, shared by the pages and JupyterLite."""

from __future__ import annotations

import gzip
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.parser import HeaderParser
from pathlib import Path

from frenemies_build.live import lab, later, pyodide_files

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
SPECS = ROOT / "frenemies_build" / "pages" / "chart_specs.py"  # the page's Python fits charts as the build does
INPUTS = [HERE, *(ROOT / name for name in ("frenemies", "data", "pyproject.toml"))]
PACKED = ("pyodide.asm.js", "pyodide.asm.wasm")
TRIED = ("chapters/01-trade.ipynb", "exercises/release/01-trade/01-trade.ipynb")  # what they import, a start needs


@dataclass(frozen=True)
class Runtime:
    """What the site needs: a folder, and in it the module that starts Pyodide and the script of the pages."""

    folder: Path
    start: str
    script: str
    size: int  # bytes that a page loads before its first result, the first time
    lacking: str  # why there is no JupyterLite; empty where there is one

    @property
    def lab(self) -> Path | None:
        """The folder of JupyterLite, if it could be built."""
        return None if self.lacking else self.folder.parent / "lab"


def make(cache: Path) -> Runtime:
    """Make the folder below `cache`, or take it as it is where nothing has changed. Raises `pyodide_files.Missing`."""
    state, stamp = fingerprint_of([*INPUTS, SPECS]), cache / "made.json"
    if stamp.exists():
        kept = json.loads(stamp.read_text("utf-8"))
        if kept.pop("state") == state and (cache / "site").is_dir():
            return _with_lab(Runtime(cache / "site", **kept), cache)
    stamp.unlink(missing_ok=True)
    modules = pyodide_files.npm_packages(cache)
    pyodide = modules / "pyodide"
    lock = json.loads((pyodide / "pyodide-lock.json").read_text("utf-8"))
    site = pyodide_files.release_site(pyodide)
    raw = [*pyodide_files.index_wheels("page.txt", cache), pyodide_files.pure_wheel("markupsafe", cache)]
    raw += [pyodide_files.official(name, lock, site, cache) for name in pyodide_files.PAGE]
    *foreign, own = compacted([pyodide / later.LIBRARY, *raw, readers_wheel(cache)], pyodide, cache)

    folder = cache / "site"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    asked = later.divide(foreign, needed(foreign, own, pyodide, cache), folder)
    shutil.copyfile(own, folder / own.name)
    entries = [lock_entry(wheel) for wheel in sorted(folder.glob("*.whl"))]
    names = [entry["file_name"] for entry in entries if entry["file_name"] != later.WHEEL]
    for name in PACKED:
        shutil.copyfile(pyodide / name, folder / name)
    for path in list(folder.iterdir()):
        pack(path)
    shutil.copyfile(pyodide / "pyodide.mjs", folder / "pyodide.mjs")
    loaded = sum(path.stat().st_size for path in folder.iterdir() if path.name != f"{later.WHEEL}.pack")
    lacking = ""
    try:
        entries += lab_packages(lock, site, pyodide, folder, cache)
    except pyodide_files.Missing as error:
        lacking = str(error)
    own_lock = {"info": lock["info"], "packages": {entry["name"]: entry for entry in entries}}
    (folder / "pyodide-lock.json").write_text(json.dumps(own_lock, indent=1), "utf-8")

    files = {path.name: pyodide_files.fingerprint(path.read_bytes())[:12] for path in sorted(folder.iterdir())}
    start = bundled("start.mjs", modules, folder, FILES=files)
    # JupyterLite's worker takes only a plain script that defines loadPyodide.
    plain = (
        f'self.loadPyodide = (...options) => import("./{start}").then((module) => module.loadPyodide(...options));\n'
    )
    (folder / start).with_suffix(".js").write_text(plain, "utf-8")
    worker = bundled("worker.js", modules, folder)
    wheels = {"start": names, "later": later.WHEEL, "asked": asked}
    script = bundled("live.js", modules, folder, START=start, WORKER=worker, WHEELS=wheels)
    (folder / "licences.txt").write_text(licences(modules), "utf-8")
    made = {"start": start, "script": script, "size": loaded, "lacking": lacking}
    stamp.write_text(json.dumps(made | {"state": state}), "utf-8")
    return _with_lab(Runtime(folder, **made), cache)


def _with_lab(made: Runtime, cache: Path) -> Runtime:
    """Build JupyterLite beside what was made, with the notebooks of this day."""
    if not made.lacking:
        lock = json.loads((made.folder / "pyodide-lock.json").read_text("utf-8"))
        lab.build(cache, made.start, list(lock["packages"]))
    return made


def fingerprint_of(named: list[Path]) -> str:
    """The fingerprint of files and of all files in folders."""
    files = [path for one in named for path in ([one] if one.is_file() else sorted(one.rglob("*")))]
    return pyodide_files.fingerprint(
        b"".join(path.read_bytes() for path in files if path.is_file() and path.suffix != ".pyc")
    )


def licences(modules: Path) -> str:
    """The licences of the npm packages that the scripts are bundled from (each wheel carries its own)."""
    texts = []
    for package in sorted(modules.glob("*/package.json")) + sorted(modules.glob("@*/*/package.json")):
        about = json.loads(package.read_text("utf-8"))
        words = [path.read_text("utf-8") for path in sorted(package.parent.glob("LICEN[CS]E*"))]
        texts.append("\n\n".join([f"{about['name']} {about['version']}: {about.get('license', 'see below')}", *words]))
    return "\n\n\n".join(texts) + "\n"


def lab_packages(lock: dict, site: str, pyodide: Path, folder: Path, cache: Path) -> list[dict]:
    """Put what JupyterLite needs besides into the folder; return its entries for Pyodide's lock."""
    official = {name: pyodide_files.official(name, lock, site, cache) for name in pyodide_files.LAB}
    wheels = compacted([*pyodide_files.index_wheels("lab.txt", cache), *lab.kernel_wheels()], pyodide, cache)
    for path in (*official.values(), *wheels):
        shutil.copyfile(path, folder / path.name)
    for wheel in wheels:
        pack(folder / wheel.name)
    return [*(lock["packages"][name] for name in official), *(lock_entry(wheel) for wheel in wheels)]


def pack(path: Path) -> None:
    """Put a gzipped file NAME.pack in place of a file: whatever the web server does, little is moved."""
    path.with_name(f"{path.name}.pack").write_bytes(gzip.compress(path.read_bytes(), 9, mtime=0))
    path.unlink()


def needed(foreign: list[Path], own: Path, pyodide: Path, cache: Path) -> set[str]:
    """The modules that a start needs, found by running notebooks; found anew when a foreign archive has changed."""
    program = HERE / "trial.py"
    state = pyodide_files.fingerprint(b"".join(path.read_bytes() for path in (program, *foreign)))[:16]
    kept = cache / f"needed-{state}.json"
    if not kept.exists():
        with working_folder(cache, "in", "code", "notebooks") as work:
            for wheel in (*foreign, own):
                shutil.copyfile(wheel, work / "in" / wheel.name)
            shutil.copyfile(HERE / "kernel.py", work / "code" / "frenemies_kernel.py")
            shutil.copyfile(SPECS, work / "code" / "frenemies_chart_specs.py")
            for number, name in enumerate(TRIED):
                shutil.copyfile(ROOT / name, work / "notebooks" / f"{number}.ipynb")
            run_node(HERE / "inside.mjs", str(pyodide), str(work), str(program))
            shutil.move(work / "modules.json", kept)
    return set(json.loads(kept.read_text("utf-8")))


@contextmanager
def working_folder(cache: Path, *inside: str) -> Iterator[Path]:
    """A folder for one piece of work, with empty folders inside; it goes with the work."""
    work = cache / "work"
    shutil.rmtree(work, ignore_errors=True)
    for name in inside:
        (work / name).mkdir(parents=True)
    yield work
    shutil.rmtree(work)


def readers_wheel(cache: Path) -> Path:
    """Build the readers' package as pip would; the same sources make the same bytes."""
    named = [ROOT / "frenemies", ROOT / "data", ROOT / "pyproject.toml", ROOT / "README.md"]
    home = cache / "wheels" / f"own-{fingerprint_of(named)[:12]}"
    for kept in home.glob("*.whl"):
        return kept
    # The date inside is the same at each build, so that an unchanged package keeps its fingerprint.
    environment = os.environ | {"SOURCE_DATE_EPOCH": "946684800"}
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(home)]
    subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)
    return next(home.glob("*.whl"))


def compacted(archives: list[Path], pyodide: Path, cache: Path) -> list[Path]:
    """The archives compiled by the browser's own Python; those that have not changed are kept."""
    program = HERE / "compact.py"
    state = (pyodide / "package.json").read_bytes() + program.read_bytes()
    made = {
        path: cache / "compact" / pyodide_files.fingerprint(state + path.read_bytes())[:16] / path.name
        for path in archives
    }
    missing = [path for path, ready in made.items() if not ready.exists()]
    if missing:
        with working_folder(cache, "in", "out") as work:
            for path in missing:
                shutil.copyfile(path, work / "in" / path.name)
            run_node(HERE / "inside.mjs", str(pyodide), str(work), str(program))
            for path in missing:
                made[path].parent.mkdir(parents=True, exist_ok=True)
                shutil.move(work / "out" / path.name, made[path])
    return list(made.values())


def lock_entry(wheel: Path) -> dict:
    """What Pyodide's lock says of a wheel: name, version, file, fingerprint, what it needs and what it provides."""
    with zipfile.ZipFile(wheel) as opened:
        names = opened.namelist()
        metadata = next(name for name in names if name.endswith(".dist-info/METADATA"))
        head = HeaderParser().parsestr(opened.read(metadata).decode())
    tops = {name.split("/")[0].removesuffix(".pyc").removesuffix(".py") for name in names if ".dist-info" not in name}
    return {
        "name": re.sub("[-_.]+", "-", head["Name"]).lower(),
        "version": head["Version"],
        "file_name": wheel.name,
        "install_dir": "site",
        "sha256": pyodide_files.fingerprint(wheel.read_bytes()),
        "package_type": "package",
        "imports": sorted(tops),
        "depends": [],
        "unvendored_tests": False,
    }


def bundled(source: str, modules: Path, folder: Path, **constants: object) -> str:
    """Bundle a script of page/ into the folder, with the constants that it names; return the file's name."""
    meta = folder.parent / "bundle.json"
    kind = Path(source).suffix
    run_node(
        modules / "esbuild" / "bin" / "esbuild",
        str(HERE / "page" / source),
        "--bundle", "--format=esm", "--minify", "--target=es2022", "--loader:.py=text", "--log-level=warning",
        "--external:./pyodide.mjs", "--entry-names=[name]-[hash]", f"--out-extension:.js={kind}",
        f"--outdir={folder}", f"--metafile={meta}",
        *(f"--define:{name}={json.dumps(value)}" for name, value in constants.items()),
        NODE_PATH=str(modules),
    )  # fmt: skip
    return next(Path(name).name for name in json.loads(meta.read_text("utf-8"))["outputs"])


def run_node(script: Path, *arguments: str, **environment: str) -> None:
    """Run a script of Node.js. Raises `pyodide_files.Missing` with what it says, where it fails."""
    command = ["node", str(script), *arguments]
    done = subprocess.run(
        command, check=False, env=os.environ | environment, capture_output=True, text=True, encoding="utf-8"
    )
    if done.returncode:
        raise pyodide_files.Missing(f"{script.name} failed: {(done.stderr or done.stdout).strip()[-600:]}")
