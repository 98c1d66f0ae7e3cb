"""Takes single files out of a pinned npm package and keeps them; a file whose hash differs is refused."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path


def take(package: str, files: dict[str, tuple[str, str]], cache: Path) -> None:
    """Put files of a package ("name@version") into a folder, unless they are there.

    files: from the name to keep a file under to its name in the package and its SHA-256 ("" for any).
    Raises `ValueError` or `OSError` with what is missing and what to do.
    """
    if all(_good(cache / name, digest) for name, (_, digest) in files.items()):
        return
    npm = shutil.which("npm")
    if not npm:
        raise ValueError("npm is not there; install it (Debian: apt-get install npm) and build again")
    cache.mkdir(parents=True, exist_ok=True)
    try:
        # Two processes may want the same files at once: each unpacks in a folder of its own and moves whole files.
        with tempfile.TemporaryDirectory(dir=cache) as aside:
            command = [npm, "pack", package, "--silent", "--ignore-scripts"]
            got = subprocess.run(command, cwd=aside, check=True, capture_output=True, text=True, timeout=300)
            with tarfile.open(Path(aside, got.stdout.strip().splitlines()[-1])) as pack:
                for name, (member, digest) in files.items():
                    taken = Path(aside, name)
                    taken.write_bytes(pack.extractfile(f"package/{member}").read())
                    if not _good(taken, digest):
                        raise ValueError(f"{name} of {package} is not the file whose hash this book knows")
                    os.replace(taken, cache / name)
    except (subprocess.SubprocessError, tarfile.TarError, KeyError) as error:
        raise ValueError(f"{package} cannot be had: {error}") from error


def _good(path: Path, digest: str) -> bool:
    return path.is_file() and digest in ("", hashlib.sha256(path.read_bytes()).hexdigest())
