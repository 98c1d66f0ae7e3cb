"""Divide what a page loads: what a start needs, and one wheel with the rest, which comes when it is imported."""

from __future__ import annotations

import zipfile
from pathlib import Path

LIBRARY = "python_stdlib.zip"  # Python's own modules; a package of them is not divided
WHEEL = "frenemies_later-0-py3-none-any.whl"
DESCRIPTION = {
    "METADATA": "Metadata-Version: 2.1\nName: frenemies-later\nVersion: 0\n",
    "WHEEL": "Wheel-Version: 1.0\nGenerator: frenemies\nRoot-Is-Purelib: false\nTag: py3-none-any\n",
}


def module(file: str) -> str:
    """The name of the module that a file of an archive holds; empty where it holds none."""
    path, _, kind = file.partition(".")
    if not kind.endswith(("pyc", "so")):
        return ""
    return path.removesuffix("/__init__").replace("/", ".")


def comes_later(archive: str, files: list[str], needed: set[str]) -> set[str]:
    """Those files of an archive that a start can do without.

    archive: its name. needed: the modules that a start imports. Data stay where they are, but for those of a
    package that is not imported at all.
    """
    if archive == LIBRARY:
        used = {name.partition(".")[0] for name in needed}
        return {file for file in files if module(file).partition(".")[0] not in used and module(file)}
    if not needed.intersection(map(module, files)):
        return set(files)
    return {file for file in files if module(file) and module(file) not in needed}


def divide(archives: list[Path], needed: set[str], folder: Path) -> list[str]:
    """Write the archives into `folder` without what comes later, and that as `WHEEL`; keep them uncompressed.

    Returns the names whose import calls for the wheel: the later modules whose package is there from the start.
    """
    names: set[str] = set()
    with zipfile.ZipFile(folder / WHEEL, "w") as rest:
        for file, text in DESCRIPTION.items():
            rest.writestr(zipfile.ZipInfo(f"frenemies_later-0.dist-info/{file}"), text)
        for archive in archives:
            with zipfile.ZipFile(archive) as old:
                later = comes_later(archive.name, old.namelist(), needed)
                now = [name for name in old.namelist() if name not in later]
                for name in sorted(later):
                    rest.writestr(zipfile.ZipInfo(name), old.read(name))
                if now:
                    with zipfile.ZipFile(folder / archive.name, "w") as new:
                        for name in now:
                            new.writestr(zipfile.ZipInfo(name), old.read(name))
            names |= {module(name) for name in later} - {""}
    return sorted(name for name in names if name.rpartition(".")[0] not in names)
