"""What all tests share: the book as it was built, a browser, and a place for what they measure."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd
import pytest
from playwright.sync_api import Browser, sync_playwright

import frenemies
from frenemies.tables.package import DESCRIPTOR, data_dir
from frenemies.tables.rules import sha256
from frenemies_build.formats.printer import FLAGS

ROOT = Path(__file__).resolve().parents[1]
BUILT = ROOT / "_build" / "html"
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")

Change = Callable[[pd.DataFrame], pd.DataFrame]


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


@pytest.fixture
def with_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, Change], None]:
    """Change one table for whatever reads it in this test: `with_changed(name, change)`.

    change: from the table as `frenemies.load` gives it to another; it may drop rows and must keep their labels.
    What is read is a copy of the package, whose description is told the changed file's fingerprint: no limit speaks up
    before the finding that the test is about.
    """

    def with_changed(name: str, change: Change) -> None:
        before = frenemies.load(name)
        after = change(before.copy())
        folder = shutil.copytree(data_dir(), tmp_path / "data")
        description = json.loads((folder / DESCRIPTOR).read_text("utf-8"))
        (resource,) = (one for one in description["resources"] if one["name"] == name)
        path = folder / resource["path"]
        texts = pd.read_csv(path, dtype=str, keep_default_na=False).loc[after.index]
        for column in texts:
            old, new = before.loc[after.index, column], after[column]
            differs = ~(old.eq(new) | (old.isna() & new.isna())).fillna(False).astype(bool)
            texts.loc[differs, column] = new[differs].map(lambda value: "" if pd.isna(value) else str(value))
        path.write_text(texts.to_csv(index=False, lineterminator="\n"), "utf-8", newline="\n")
        resource |= {"hash": sha256(path.read_bytes()), "rows": len(texts)}
        (folder / DESCRIPTOR).write_text(json.dumps(description), "utf-8")
        monkeypatch.setenv("FRENEMIES_DATA", str(folder))
        pd.testing.assert_frame_equal(frenemies.load(name), after.reset_index(drop=True), check_dtype=False)

    return with_changed


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
