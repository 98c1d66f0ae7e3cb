"""Sphinx extension: a button on every page made from a notebook runs its cells in the reader's browser.

Nothing is loaded before the click. What the click loads is made by `frenemies_build.live.runtime` and
stands in the site's folder `live/`. Where a part is missing, the book is built without the buttons and says so.
"""

from __future__ import annotations

import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote

import nbformat
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment
from sphinx.util import logging

from frenemies_build.live import pyodide_files, runtime
from frenemies_build.notebooks import KERNELSPEC
from frenemies_build.pages.downloads import outward

STATIC = Path(__file__).parent / "static"
FOLDER = "live"
LAB = "lab"
MEMORY = 90  # megabytes: Python's memory when it has started, which the browser keeps besides (page/memory.mjs)
_LOG = logging.getLogger(__name__)


def offer(home: str, page: str, megabytes: int, links: dict[str, str]) -> str:
    """The section with the button; the script static/live.js shows it where a page can run.

    home: the way from the page to the site's root. page: the page's name. megabytes: what the first click loads.
    links: other places where the page's notebook runs, by name.
    """
    size = (
        f"The first time this loads {megabytes} MB. Your browser then keeps {megabytes + MEMORY} MB, to start quickly the next "
        "time. Nothing that you write leaves it."
    )
    others = "".join(f'<a href="{escape(address)}">{escape(name)}</a>' for name, address in links.items())
    return (
        f'<section class="live-bar" aria-label="Run this page" data-home="{escape(home)}" '
        f'data-page="{escape(page)}" hidden>'
        f'<p class="live-offer"><button type="button" class="live-button live-start">Run this page</button> '
        f'<span class="live-size">{size}</span>{others}</p></section>\n'
    )


def page_notebook(path: Path) -> nbformat.NotebookNode:
    """A page's notebook without outputs, as the page edits it and hands it out."""
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    notebook.metadata = nbformat.from_dict({"kernelspec": KERNELSPEC, "language_info": {"name": "python"}})
    return notebook


def _begin(app: Sphinx) -> None:
    """Let another thread make what the click loads: for a minute it waits for Pyodide, while the pages are read."""
    app.frenemies_live = None
    if app.builder.name in ("html", "dirhtml"):
        other = ThreadPoolExecutor(1)
        app.frenemies_making = other.submit(runtime.make, Path(app.doctreedir).parent / ".live")
        other.shutdown(wait=False)


def _end(app: Sphinx, env: BuildEnvironment) -> None:
    """Before the first page is written: put what was made into the site, or say what is missing."""
    if app.builder.name not in ("html", "dirhtml"):
        return
    target = Path(app.outdir, FOLDER)
    try:
        app.frenemies_live = made = app.frenemies_making.result()
    except pyodide_files.Missing as error:
        shutil.rmtree(target, ignore_errors=True)
        _LOG.info('live: the pages get no button "Run this page". %s', error, color="yellow")
        return
    mirror(made.folder, target / "python")
    if made.lab:
        mirror(made.lab, Path(app.outdir, LAB))
    else:
        shutil.rmtree(Path(app.outdir, LAB), ignore_errors=True)
        _LOG.info("live: there is no JupyterLite. %s", made.lacking, color="yellow")
    (target / "live.json").write_text(json.dumps({"script": made.script, "bytes": made.size}), "utf-8")


def mirror(source: Path, target: Path) -> None:
    """Make the folder `target` hold just the files of `source`; those that are the same already stay."""
    wanted = {path.relative_to(source) for path in source.rglob("*") if path.is_file()}
    for path in sorted(target.rglob("*"), reverse=True):
        if path.is_file() and path.relative_to(target) not in wanted:
            path.unlink()
    for name in wanted:
        path, there = source / name, target / name
        if not there.exists() or there.stat().st_size != path.stat().st_size or there.read_bytes() != path.read_bytes():
            there.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, there)


def _page(app: Sphinx, pagename: str, template: str, context: dict, doctree: nodes.document | None) -> None:
    """Give a page made from a notebook its button, and the site the notebook that the button needs."""
    source = Path(app.env.doc2path(pagename)) if doctree else Path()
    if not app.frenemies_live or source.suffix != ".ipynb" or pagename == app.config.root_doc:
        return
    notebook = page_notebook(source)
    if not any(cell.cell_type == "code" for cell in notebook.cells):
        return
    name = pagename.replace("/", "-")
    target = Path(app.outdir, FOLDER, "notebooks", f"{name}.json")
    target.parent.mkdir(parents=True, exist_ok=True)
    content = {"name": pagename, "bundle": app.frenemies_bundle, "notebook": notebook}
    target.write_text(json.dumps(content, ensure_ascii=False, separators=(",", ":")), "utf-8")
    head, end, rest = context["body"].partition("</h1>")
    links = {"Open as a notebook": lab_address(home(pagename), source)} if app.frenemies_live.lab else {}
    links |= outward(app.config.frenemies_repository, source.relative_to(app.srcdir).as_posix())
    context["body"] = head + end + offer(home(pagename), name, round(app.frenemies_live.size / 1e6), links) + rest
    app.add_css_file("live.css")
    app.add_js_file("live.js", loading_method="defer")


def lab_address(home: str, source: Path) -> str:
    """Where a page's notebook opens in JupyterLite."""
    folder = "exercises" if "exercises" in source.parts else "chapters"
    return f"{home}{LAB}/notebooks/index.html?path={folder}/{quote(source.name)}"


def home(pagename: str) -> str:
    """The way from a page to the site's root."""
    return "../" * pagename.count("/")


def _add_static(app: Sphinx, config: Config) -> None:
    if str(STATIC) not in config.html_static_path:
        config.html_static_path.append(str(STATIC))


def setup(app: Sphinx) -> dict[str, Any]:
    """Register events and static files with Sphinx."""
    app.connect("config-inited", _add_static)
    app.connect("builder-inited", _begin, priority=600)  # after the readers' package is made (downloads.py)
    app.connect("env-updated", _end, priority=900)
    app.connect("html-page-context", _page)
    code = [Path(__file__), STATIC / "live.css", STATIC / "live.js"]
    version = pyodide_files.fingerprint(b"".join(path.read_bytes() for path in code))
    app.add_config_value("frenemies_live_version", version, "html")
    return {"version": version[:12], "parallel_read_safe": True, "parallel_write_safe": True}
