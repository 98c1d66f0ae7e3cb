"""Chromium prints a page as PDF: tagged, with bookmarks, page numbers in the margin, nothing wider than the paper."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from frenemies_build.formats.leaves import FormatError

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# A table that is wider than the text is made smaller as a whole: no column is cut, no word broken. Returns what is still
# too wide, or a picture that is taller than a page.
FIT = """([width, height]) => {
  const left = document.body.getBoundingClientRect().left, found = [];
  const over = (tag) => tag.getBoundingClientRect().right - left - width;
  for (const tag of document.querySelectorAll("table, pre, .math > math")) {
    if (over(tag) > 0.5 || tag.scrollWidth > tag.clientWidth + 1) {
      const room = width - (tag.getBoundingClientRect().left - left);
      tag.style.zoom = Math.max(0.4, Math.floor(100 * room / Math.max(tag.scrollWidth, tag.getBoundingClientRect().width)) / 100);
    }
  }
  for (const tag of document.querySelectorAll("table, pre, img, math, figure, h1, h2, h3, p, li")) {
    const box = tag.getBoundingClientRect();
    if (over(tag) > 2) found.push(`${tag.tagName} is ${Math.round(over(tag))} px too wide: ${tag.textContent.trim().slice(0, 60) || tag.alt}`);
    if (tag.tagName === "IMG" && box.height > height) found.push(`picture is ${Math.round(box.height)} px tall: ${tag.alt.slice(0, 60)}`);
    if (tag.tagName === "IMG" && !tag.naturalWidth) found.push(`picture is missing: ${tag.src}`);
  }
  return found;
}"""


@contextmanager
def chromium() -> Iterator[Browser]:
    """Headless Chromium of this machine. Raises `FormatError` where there is none."""
    path = os.environ.get("CHROMIUM") or next(
        filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
    )
    if not path:
        raise FormatError(
            "Chromium is missing: install it (Debian: apt-get install chromium) or set CHROMIUM to its path"
        )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


def printed(browser: Browser, html: Path, width: int, height: int) -> bytes:
    """The PDF of an HTML file whose styles name the size of the paper.

    width, height: px of the text on a sheet. Raises `FormatError` where something does not fit on it.
    """
    page = browser.new_page(viewport={"width": width, "height": height})
    page.emulate_media(media="print", color_scheme="light")
    page.goto(html.as_uri())
    page.evaluate("document.fonts.ready")
    page.evaluate("Promise.all([...document.images].map((one) => one.decode().catch(() => 0)))")
    if problems := page.evaluate(FIT, [width, height]):
        raise FormatError(f"{html.name} does not fit on its paper: " + "; ".join(problems[:8]))
    made = page.pdf(prefer_css_page_size=True, outline=True, tagged=True, print_background=True)
    page.close()
    return made
