"""What it costs to run a page, and the same notebook in JupyterLite, cold and warm: part of `python3 tasks.py bench`."""

from __future__ import annotations

import functools
import http.server
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import BrowserContext, Page, sync_playwright

PAGE = "chapters/01-trade"
PATIENCE = 600_000  # ms
RESULT = "[...document.querySelectorAll('.live-state')].some(state => /done|error/.test(state.textContent))"
ALL = "/cells? ran|ended in an error/.test(document.querySelector('.live-status')?.textContent)"
PROMPT = "/\\[[0-9]+\\]/.test(document.querySelector('.jp-CodeCell .jp-InputPrompt')?.textContent)"


class Counter(http.server.SimpleHTTPRequestHandler):
    """A plain web server that counts what it sends."""

    sent = 0

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def copyfile(self, source, outputfile) -> None:
        """Send a file and count its bytes."""
        data = source.read()
        Counter.sent += len(data)
        outputfile.write(data)


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address of a folder on this machine."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Counter, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def in_page(page: Page, site: str) -> tuple[float, float]:
    """Seconds from the click to the first result, and to the last."""
    page.goto(f"{site}{PAGE}.html")
    page.wait_for_load_state("networkidle")
    Counter.sent = 0
    begun = time.monotonic()
    page.locator(".live-start").click()
    page.wait_for_function(RESULT, timeout=PATIENCE)
    first = time.monotonic() - begun
    page.wait_for_function(ALL, timeout=PATIENCE)
    return first, time.monotonic() - begun


def in_jupyterlite(page: Page, site: str) -> tuple[float, float]:
    """Seconds from the click on the link to the first result; the second number says the same."""
    Counter.sent = 0
    begun = time.monotonic()
    page.goto(f"{site}lab/notebooks/index.html?path={PAGE}.ipynb")
    page.locator(".jp-CodeCell").first.wait_for(timeout=PATIENCE)
    page.wait_for_load_state("networkidle")
    # The stored number goes when the cell is sent, and comes back with its result.
    page.locator(".jp-CodeCell").first.click()
    page.keyboard.press("Shift+Enter")
    page.wait_for_function(
        "/\\[\\*\\]/.test(document.querySelector('.jp-CodeCell .jp-InputPrompt').textContent)", timeout=PATIENCE
    )
    page.wait_for_function(PROMPT, timeout=PATIENCE)
    took = time.monotonic() - begun
    return took, took


def weight(folder: Path) -> float:
    """Megabytes of a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6


def measure(built: Path) -> None:
    """Print bytes and seconds for both ways, first visit and second, and what they add to the site."""
    if not (built / "live" / "live.json").exists():
        print("\nThe book was built without live pages: nothing to measure there.")
        return
    print(f"\n{'to the first result':28}{'MB moved':>10}{'s':>8}{'s, all cells':>14}")
    with sync_playwright() as playwright, served(built) as site:
        browser = playwright.chromium.launch(
            executable_path=os.environ["CHROMIUM"], args=["--no-sandbox", "--disable-gpu"]
        )
        for name, way in (("in the page", in_page), ("in JupyterLite", in_jupyterlite)):
            if way is in_jupyterlite and not (built / "lab").is_dir():
                continue
            reader: BrowserContext = browser.new_context()
            for visit in ("cold", "warm"):
                page = reader.new_page()
                first, whole = way(page, site)
                print(f"{f'{name}, {visit}':28}{Counter.sent / 1e6:>10.1f}{first:>8.1f}{whole:>14.1f}", flush=True)
                page.close()
            reader.close()
        browser.close()
    parts = [built / "live", built / "lab"]
    added = sum(weight(part) for part in parts if part.is_dir())
    whole = weight(built)
    print(f"size of the site: {whole:.0f} MB, without live pages and JupyterLite {whole - added:.0f} MB")


if __name__ == "__main__":
    measure(Path(__file__).resolve().parents[1] / "_build" / "html")
