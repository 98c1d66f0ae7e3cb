"""What all tests share: the book as it was built, a browser, and a place for what they measure."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from frenemies_build.formats.printer import FLAGS

ROOT = Path(__file__).resolve().parents[1]
BUILT = ROOT / "_build" / "html"
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")


def lacking(what: str) -> None:
    """Skip a test whose checker cannot be had; where changes are tested on a server (CI is set) it fails instead."""
    if os.environ.get("CI"):
        pytest.fail(what, pytrace=False)
    pytest.skip(what)


@pytest.fixture(scope="session")
def built() -> Path:
    """The folder of the built book; `python3 tasks.py test` builds it before the tests."""
    if not (BUILT / "index.html").exists():
        pytest.fail("the book is not built: python3 tasks.py book", pytrace=False)
    return BUILT


@pytest.fixture(scope="class")
def browser() -> Iterator[Browser]:
    """Headless Chromium from the machine; Playwright's own download is not used.

    It ends with its class: as long as it lives, no other test of the worker could run a kernel.
    """
    if not CHROMIUM:
        pytest.fail("Chromium is missing: apt-get install chromium, or set CHROMIUM to its path", pytrace=False)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


def run_nbval(folder: Path, *arguments: str) -> subprocess.CompletedProcess:
    """Run strict nbval in a folder of its own; arguments: further options and the notebook, as pytest takes them."""
    plugins = [
        part for name in ("no:cacheprovider", "no:xdist", "frenemies_build.kernel_sockets") for part in ("-p", name)
    ]
    command = [sys.executable, "-m", "pytest", "--nbval", "-q", *plugins, *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what tests have measured, also where they ran in several processes."""
    for reports in terminalreporter.stats.values():
        for report in reports:
            for name, text in getattr(report, "user_properties", ()):
                if name == "summary" and report.when == "call":
                    terminalreporter.section(report.nodeid.partition("::")[2], "-")
                    terminalreporter.write_line(text)
