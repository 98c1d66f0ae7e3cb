"""Takes single files out of a pinned npm package and keeps them; a file whose hash differs is refused."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import tarfile
from pathlib import Path


def take(package: str, files: dict[str, tuple[str, str]], cache: Path) -> None:
    """Put files of a package ("name@version") into a folder, unless they are there.

    files: from the name to keep a file under to its name in the package and its SHA-256 (""  for any).
    Raises `ValueError` or `OSError` with what is missing and what to do.
    """
    if all(_good(cache / name, digest) for name, (_, digest) in files.items()):
        return
    npm = shutil.which("npm")
    if not npm:
        raise ValueError("npm is not there; install it (Debian: apt-get install npm) and build again")
    cache.mkdir(parents=True, exist_ok=True)
    command = [npm, "pack", package, "--silent", "--ignore-scripts"]
    try:
        got = subprocess.run(command, cwd=cache, check=True, capture_output=True, text=True, timeout=300)
        archive = cache / got.stdout.strip().splitlines()[-1]
        with tarfile.open(archive) as pack:
            for name, (member, digest) in files.items():
                (cache / name).write_bytes(pack.extractfile(f"package/{member}").read())
                if not _good(cache / name, digest):
                    (cache / name).unlink()
                    raise ValueError(f"{name} of {package} is not the file whose hash this book knows")
        archive.unlink()
    except (subprocess.SubprocessError, tarfile.TarError, KeyError) as error:
        raise ValueError(f"{package} cannot be had: {error}") from error


def _good(path: Path, digest: str) -> bool:
    return path.is_file() and digest in ("", hashlib.sha256(path.read_bytes()).hexdigest())
