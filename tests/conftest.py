"""What all tests share: kernels over sockets, and the book as it was built."""

from __future__ import annotations

import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from jupyter_client.connect import ConnectionFileMixin
from jupyter_client.manager import AsyncKernelManager, KernelManager
from playwright.sync_api import Browser, sync_playwright

from frenemies_build.formats.printer import FLAGS

ROOT = Path(__file__).resolve().parents[1]
BUILT = ROOT / "_build" / "html"
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")

# Two nbval kernels that start together over TCP can race for a port; sockets of their own cannot.
SOCKETS = tempfile.TemporaryDirectory(prefix="kernels-")
if os.name != "nt":  # Windows has none here
    ConnectionFileMixin.transport.default_value = "ipc"
    for manager in (KernelManager, AsyncKernelManager):
        # Each class has its own table of default makers; replacing the method alone changes nothing.
        manager._all_trait_default_generators["ip"] = lambda _: f"{SOCKETS.name}/{uuid.uuid4().hex[:8]}"


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


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what tests have measured, also where they ran in several processes."""
    for reports in terminalreporter.stats.values():
        for report in reports:
            for name, text in getattr(report, "user_properties", ()):
                if name == "summary" and report.when == "call":
                    terminalreporter.section(report.nodeid.partition("::")[2], "-")
                    terminalreporter.write_line(text)
