"""How the book compares with a plain Jupyter Book of the same chapters: `python3 tasks.py bench`.

Plain means what a newcomer would set up: notebooks run at every build (`execute_notebooks: force`)
and Altair's default renderer, which loads its scripts from another host. Prints ratios,
plain divided by this book; nothing here passes or fails.
"""

from __future__ import annotations

import gzip
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

import bench_live
import nbformat
from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
CHAPTERS = sorted((ROOT / "chapters").glob("[0-9]*.ipynb"))
PAGE = "01-trade"
WAIT = 8_000  # ms that a chart may take before it counts as never drawn
PLAIN_CONFIG = """
title: Plain
execute: {execute_notebooks: force, timeout: 120}
only_build_toc_files: true
"""


def timed(*command: str, cwd: Path) -> float:
    """Seconds that a command takes; its output goes nowhere."""
    begun = time.monotonic()
    subprocess.run(command, cwd=cwd, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.monotonic() - begun


def make_plain(folder: Path) -> None:
    """Write the chapters as a plain book: default renderer, outputs made at build time."""
    for path in CHAPTERS:
        notebook = nbformat.read(path, as_version=4)
        first = next(cell for cell in notebook.cells if cell.cell_type == "code")
        first.source += "\nalt.renderers.enable('default')"
        nbformat.write(notebook, folder / path.name)
    pages = "".join(f"  - file: {path.stem}\n" for path in CHAPTERS[1:])
    (folder / "_toc.yml").write_text(f"format: jb-book\nroot: {CHAPTERS[0].stem}\nchapters:\n{pages}")
    (folder / "_config.yml").write_text(PLAIN_CONFIG)


def make_ours(folder: Path) -> None:
    """Copy what this book is built from, so that its build starts cold."""
    for name in ("_config.yml", "_toc.yml", "chapters", "data", "exercises"):
        source = ROOT / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, folder / name)


def drawn(page: Page) -> bool:
    """Whether every chart of the page stands as a live drawing."""
    return page.evaluate("""() => {
        const places = document.querySelectorAll('figure.chart, [id^="altair-viz"]');
        return places.length > 0 && [...places].every(place => place.querySelector('svg.marks, canvas.marks'));
    }""")


def visit(path: Path) -> dict[str, float]:
    """Open a page with the network cut: kB (HTML; all files, compressed), requests, seconds until all is drawn."""
    sizes: list[int] = []
    blocked: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ["CHROMIUM"], args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page(viewport={"width": 1280, "height": 900})

        def weigh(url: str) -> None:
            if url.startswith("file://"):
                file = Path(url2pathname(urlsplit(url).path))
                sizes.append(len(gzip.compress(file.read_bytes())) if file.is_file() else 0)
            elif url.startswith("http"):
                blocked.append(url)

        page.on("request", lambda request: weigh(request.url))
        page.route("http*://**", lambda route: route.abort())
        begun = time.monotonic()
        page.goto(path.as_uri())
        loaded = time.monotonic() - begun
        height = page.evaluate("document.documentElement.scrollHeight")
        seconds = float("inf")
        while (time.monotonic() - begun) * 1000 < WAIT:
            for top in range(0, height, 800):
                page.evaluate(f"window.scrollTo(0, {top})")
                page.wait_for_timeout(30)
            if drawn(page):
                seconds = time.monotonic() - begun
                break
        browser.close()
    return {
        "page HTML, kB": path.stat().st_size / 1000,
        "all files, kB compressed": sum(sizes) / 1000,
        "requests": len(sizes) + len(blocked),
        "of them to other hosts": len(blocked),
        "load, s": loaded,
        "all charts drawn, s": seconds,
    }


def ratio(plain: float, ours: float) -> str:
    """Plain divided by ours, in words where one of them is zero or never."""
    if plain == float("inf"):
        return "never against once" if ours < plain else "neither"
    return f"{plain / ours:.1f}" if ours else ("same" if not plain else "some against none")


def main() -> None:
    """Build both books cold, build them again after one edit, visit one page of each, run one; print the ratios."""
    rows: dict[str, tuple[float, float]] = {}
    with tempfile.TemporaryDirectory() as scratch:
        books = {"plain": Path(scratch, "plain"), "ours": Path(scratch, "ours")}
        for make, folder in zip((make_plain, make_ours), books.values(), strict=True):
            folder.mkdir()
            make(folder)
        build = [str(Path(sys.executable).parent / "jupyter-book"), "build", "."]
        results = {}
        for name, folder in books.items():
            print(f"building the {name} book of {len(CHAPTERS)} chapters ...", flush=True)
            cold = timed(*build, cwd=folder)
            edited = folder / ("chapters" if name == "ours" else "") / f"{PAGE}.ipynb"
            edited.write_text(
                edited.read_text(encoding="utf-8").replace("Further reading", "Read on"), encoding="utf-8"
            )
            warm = timed(*build, cwd=folder)
            html = folder / "_build" / "html" / ("chapters" if name == "ours" else "") / f"{PAGE}.html"
            results[name] = {"build, cold, s": cold, "build after one edit, s": warm} | visit(html)
        rows = {key: (results["plain"][key], results["ours"][key]) for key in results["ours"]}
        print(f"\n{'':28}{'plain':>10}{'this book':>12}   plain / this book")
        for key, (plain, ours) in rows.items():
            print(f"{key:28}{plain:>10.1f}{ours:>12.1f}   {ratio(plain, ours)}")
        bench_live.measure(books["ours"] / "_build" / "html")


if __name__ == "__main__":
    main()
