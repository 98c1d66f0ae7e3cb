"""The book's typeface: Source Sans 3 (SIL Open Font License), from a pinned npm package, checked by hash.

Two small files are read on every page: letters of Western Europe with the Turkish dotless i, and the cursive. A third
with the other letters of Turkish and of its neighbours in Europe is loaded only where one occurs; it is cut from a larger
file, and goes by another name, as the licence asks of a changed face. Without npm the pages use the reader's own faces.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import tarfile
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from sphinx.util import logging

PACKAGE = "@fontsource-variable/source-sans-3@5.2.9"
FACES = {
    "source-sans-3-latin-wght-normal.woff2": "7a19a7027e125257d310c6dbd78ae3a30b5ea1e3794d60b12bb28227a003bfda",
    "source-sans-3-latin-wght-italic.woff2": "9a15dafc2c2b2414aaa9d6c30830d9aab4361329d8495b1574633603b994b411",
    "source-sans-3-latin-ext-wght-normal.woff2": "a85a7459bdb3cdc1136751e151a506bae653fc29ada3ca86237477df6f1b59e6",
}
WHOLE = "source-sans-3-latin-ext-wght-normal.woff2"
CUT = "book-sans-latin-extended-a.woff2"
LETTERS = range(0x0100, 0x0180)  # Latin Extended-A
SHIPPED = (*(name for name in FACES if name != WHOLE), CUT)
LICENCE = "source-sans-3-LICENSE.txt"
_LOG = logging.getLogger(__name__)


def install(cache: Path, static: Path) -> list[str]:
    """Put the faces into the built book's static folder; return their names, none where they cannot be had.

    cache: where they are kept between builds. A file whose hash differs is refused.
    """
    static.mkdir(parents=True, exist_ok=True)
    try:
        if not all(_good(cache / name) for name in FACES) or not (cache / LICENCE).is_file():
            _fetch(cache)
    except (OSError, subprocess.SubprocessError, tarfile.TarError, KeyError, ValueError) as error:
        _LOG.info(
            "fonts: the pages use the reader's own faces, for %s cannot be had: %s", PACKAGE, error, color="yellow"
        )
        for name in SHIPPED:
            (static / name).unlink(missing_ok=True)
        return []
    cut(cache / WHOLE, cache / CUT)
    for name in (*SHIPPED, LICENCE):
        shutil.copyfile(cache / name, static / name)
    return list(SHIPPED)


def cut(whole: Path, target: Path) -> None:
    """Write the LETTERS of a face, and nothing else of it, to another file: copyright and licence stay, the name goes."""
    kept = Options()
    kept.flavor, kept.name_IDs, kept.layout_features = "woff2", [0, 13, 14], ["kern", "ccmp", "locl", "mark", "mkmk"]
    with TTFont(whole, recalcTimestamp=False) as face:
        cutter = Subsetter(kept)
        cutter.populate(unicodes=LETTERS)
        cutter.subset(face)
        face.flavor = "woff2"
        face.save(target)


def _good(path: Path) -> bool:
    return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == FACES[path.name]


def _fetch(cache: Path) -> None:
    npm = shutil.which("npm")
    if not npm:
        raise ValueError("npm is not there; install it (Debian: apt-get install npm) and build again")
    cache.mkdir(parents=True, exist_ok=True)
    got = subprocess.run(
        [npm, "pack", PACKAGE, "--silent", "--ignore-scripts"],
        cwd=cache,
        check=True,
        capture_output=True,
        text=True,
        timeout=120,
    )
    archive = cache / got.stdout.strip().splitlines()[-1]
    with tarfile.open(archive) as pack:
        for name in FACES:
            (cache / name).write_bytes(pack.extractfile(f"package/files/{name}").read())
            if not _good(cache / name):
                (cache / name).unlink()
                raise ValueError(f"{name} of {PACKAGE} is not the file whose hash this book knows")
        (cache / LICENCE).write_bytes(pack.extractfile("package/LICENSE").read())
    archive.unlink()
