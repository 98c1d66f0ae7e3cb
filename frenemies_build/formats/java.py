"""Runs the checkers that are Java programs (epubcheck, the Nu HTML checker)."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from frenemies_build.formats.leaves import FormatError


def run(*arguments: str | Path) -> str:
    """Start Java with these arguments and return all that it said. Raises `FormatError` where there is no Java."""
    path = shutil.which("java")
    if not path:
        raise FormatError("Java is missing: install it (Debian: apt-get install default-jre-headless)")
    done = subprocess.run([path, *map(str, arguments)], capture_output=True, text=True)
    return done.stdout + done.stderr
