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
from dataclasses import dataclass
from email.parser import HeaderParser
from pathlib import Path

from frenemies_build.live import lab, parts

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
SPECS = ROOT / "frenemies_build" / "pages" / "chart_specs.py"  # the page's Python fits charts as the build does
INPUTS = [HERE, *(ROOT / name for name in ("frenemies", "data", "pyproject.toml"))]
PACKED = ("pyodide.asm.js", "pyodide.asm.wasm")  # served gzipped, whatever the server does
PLAIN = ("pyodide.mjs", "python_stdlib.zip")


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
    """Make the folder below `cache`, or take it as it is where nothing has changed. Raises `parts.Missing`."""
    state, stamp = fingerprint_of([*INPUTS, SPECS]), cache / "made.json"
    if stamp.exists():
        kept = json.loads(stamp.read_text("utf-8"))
        if kept.pop("state") == state and (cache / "site").is_dir():
            return _with_lab(Runtime(cache / "site", **kept), cache)
    stamp.unlink(missing_ok=True)
    modules = parts.npm_packages(cache)
    pyodide = modules / "pyodide"
    lock = json.loads((pyodide / "pyodide-lock.json").read_text("utf-8"))
    site = parts.release_site(pyodide)
    raw = [*parts.index_wheels("page.txt", cache), parts.pure_wheel("markupsafe", cache)]
    raw += [parts.official(name, lock, site, cache) for name in parts.PAGE]
    wheels = compacted([*raw, readers_wheel(cache)], pyodide, cache)

    folder = cache / "site"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name in PLAIN:
        shutil.copyfile(pyodide / name, folder / name)
    for name in PACKED:
        data = gzip.compress((pyodide / name).read_bytes(), 9, mtime=0)
        (folder / f"{name}.pack").write_bytes(data)
    for wheel in wheels:
        shutil.copyfile(wheel, folder / wheel.name)
    loaded = sum(path.stat().st_size for path in folder.iterdir())
    entries = [lock_entry(wheel) for wheel in wheels]
    lacking = ""
    try:
        entries += lab_packages(lock, site, pyodide, folder, cache)
    except parts.Missing as error:
        lacking = str(error)
    own_lock = {"info": lock["info"], "packages": {entry["name"]: entry for entry in entries}}
    (folder / "pyodide-lock.json").write_text(json.dumps(own_lock, indent=1), "utf-8")

    files = {path.name: parts.fingerprint(path.read_bytes())[:12] for path in sorted(folder.iterdir())}
    start = bundled("start.mjs", modules, folder, FILES=files)
    # JupyterLite's worker takes only a plain script that defines loadPyodide.
    plain = (
        f'self.loadPyodide = (...options) => import("./{start}").then((module) => module.loadPyodide(...options));\n'
    )
    (folder / start).with_suffix(".js").write_text(plain, "utf-8")
    worker = bundled("worker.js", modules, folder)
    names = [wheel.name for wheel in wheels]
    script = bundled("live.js", modules, folder, START=start, WORKER=worker, WHEELS=names)
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
    return parts.fingerprint(b"".join(path.read_bytes() for path in files if path.is_file() and path.suffix != ".pyc"))


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
    official = {name: parts.official(name, lock, site, cache) for name in parts.LAB}
    wheels = compacted([*parts.index_wheels("lab.txt", cache), *lab.kernel_wheels()], pyodide, cache)
    for path in (*official.values(), *wheels):
        shutil.copyfile(path, folder / path.name)
    return [*(lock["packages"][name] for name in official), *(lock_entry(wheel) for wheel in wheels)]


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


def compacted(wheels: list[Path], pyodide: Path, cache: Path) -> list[Path]:
    """The wheels compiled by the browser's own Python; those that have not changed are kept."""
    program = HERE / "compact.py"
    state = (pyodide / "package.json").read_bytes() + program.read_bytes()
    made = {
        wheel: cache / "compact" / parts.fingerprint(state + wheel.read_bytes())[:16] / wheel.name for wheel in wheels
    }
    missing = [wheel for wheel, ready in made.items() if not ready.exists()]
    if missing:
        work = cache / "work"
        shutil.rmtree(work, ignore_errors=True)
        for name in ("in", "out"):
            (work / name).mkdir(parents=True)
        for wheel in missing:
            shutil.copyfile(wheel, work / "in" / wheel.name)
        run_node(HERE / "compact.mjs", str(pyodide), str(work), str(program))
        for wheel in missing:
            made[wheel].parent.mkdir(parents=True, exist_ok=True)
            shutil.move(work / "out" / wheel.name, made[wheel])
        shutil.rmtree(work)
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
        "sha256": parts.fingerprint(wheel.read_bytes()),
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
    """Run a script of Node.js. Raises `parts.Missing` with what it says, where it fails."""
    command = ["node", str(script), *arguments]
    done = subprocess.run(
        command, check=False, env=os.environ | environment, capture_output=True, text=True, encoding="utf-8"
    )
    if done.returncode:
        raise parts.Missing(f"{script.name} failed: {(done.stderr or done.stdout).strip()[-600:]}")
