"""Pages that run their own cells, in a real browser with the network cut: same results as stored, kept edits, plain errors."""

from __future__ import annotations

import functools
import http.server
import json
import math
import os
import re
import threading
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from conftest import BUILT, ROOT
from playwright.sync_api import Browser, BrowserContext, Page
from test_browser import DESKTOP, PHONE, violations

from frenemies_build.pages.chart_specs import MIME

CHAPTERS = sorted(path.stem for path in (ROOT / "chapters").glob("[0-9]*.ipynb"))
EXERCISES = ["01-trade", *(["06-the-long-record", "14-keeping-score"] if os.environ.get("EVERY_CHAPTER") else [])]
PATIENCE = 400_000  # ms: on a busy machine Python takes its time
READY = "/cells? ran|ended in an error|could not|does not/.test(document.querySelector('.live-status')?.textContent)"
LIVE = (BUILT / "live" / "live.json").exists()

if not LIVE and not os.environ.get("CI"):
    pytest.skip("the book was built without live pages: the build says which part is missing", allow_module_level=True)


class Quiet(http.server.SimpleHTTPRequestHandler):
    """A plain web server's answers, without its log."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="session")
def site() -> Iterator[str]:
    """The address of the built book on this machine."""
    handler = functools.partial(Quiet, directory=str(BUILT))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@pytest.fixture(scope="class")
def context(browser: Browser, site: str) -> Iterator[BrowserContext]:
    """One reader: what one page has loaded the next one finds; every other host is out of reach."""
    context = browser.new_context(viewport=DESKTOP, accept_downloads=True)
    context.outside = []

    def answer(route) -> None:
        if route.request.url.startswith(site):
            route.continue_()
        else:
            context.outside.append(route.request.url)
            route.abort()

    context.route(re.compile("^https?:"), answer)
    yield context
    assert not context.outside, f"asked the network for {context.outside}"
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A page of that reader."""
    page = context.new_page()
    yield page
    page.close()


def start(page: Page, site: str, name: str) -> None:
    """Open a page, click its button, wait until its cells have run."""
    page.goto(f"{site}{name}.html")
    page.locator(".live-start").click()
    page.wait_for_function(READY, timeout=PATIENCE)


def status(page: Page) -> str:
    """What the page says of itself, as a screen reader hears it."""
    return page.locator(".live-status").inner_text()


def again(page: Page, press) -> None:
    """Do something that runs cells and wait until they have run."""
    page.evaluate("document.querySelector('.live-status').textContent = ''")
    press()
    page.wait_for_function(READY, timeout=PATIENCE)


def write(page: Page, number: int, text: str) -> None:
    """Replace a cell's code as a reader does: click, select all, type."""
    cell = page.locator("div.cell.docutils").nth(number)
    editor = cell.locator(".cm-content")
    if not editor.is_visible():
        cell.locator("summary").first.click()
    editor.click()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.insert_text(text)


def downloaded(page: Page, folder: Path) -> nbformat.NotebookNode:
    """Click *Download my notebook* and read what comes."""
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Download my notebook").click()
    path = folder / waiting.value.suggested_filename
    waiting.value.save_as(path)
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    return notebook


def shown(cell: nbformat.NotebookNode) -> list:
    """What a cell shows, each output in the form that a page draws."""
    found = []
    for output in cell.outputs:
        if output.output_type == "stream":
            found.append(output.text)
        elif output.output_type == "error":
            found.append(f"{output.ename}: {output.evalue}")
        elif MIME in output.data:
            spec = output.data[MIME]
            found.append(json.loads(spec) if isinstance(spec, str) else spec)
        elif "text/html" in output.data:
            found.append(re.sub(r"<style scoped>.*?</style>", "", output.data["text/html"], flags=re.DOTALL))
        else:
            found.append(output.data.get("text/markdown") or output.data["text/plain"])
    return found


def code(notebook: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    """A notebook's code cells."""
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def difference(old: object, new: object, place: str = "") -> str | None:
    """Where two values first differ; numbers may differ in their last digit, as processors do."""
    if isinstance(old, dict) and isinstance(new, dict) and old.keys() == new.keys():
        parts = [(old[key], new[key], f"{place}.{key}") for key in old]
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        parts = [(one, other, f"{place}[{i}]") for i, (one, other) in enumerate(zip(old, new, strict=True))]
    elif isinstance(old, int | float) and isinstance(new, int | float) and math.isclose(old, new, rel_tol=1e-12):
        return None
    else:
        if old == new:
            return None
        texts = str(old), str(new)
        first = next(
            (i for i, pair in enumerate(zip(*texts, strict=False)) if len(set(pair)) > 1), min(map(len, texts))
        )
        was, now = (text[max(0, first - 60) : first + 80] for text in texts)
        return f"{place}: stored {was!r}, in the page {now!r}"
    return next(filter(None, (difference(*part) for part in parts)), None)


def inlined(value: object, sets: dict | None = None) -> object:
    """A chart with its rows where it draws them: the names that Altair gives to data are made from their last digits."""
    if isinstance(value, list):
        return [inlined(one, sets) for one in value]
    if not isinstance(value, dict):
        return value
    sets = value.get("datasets", sets)
    if sets and value.get("name") in sets:
        return sets[value["name"]]
    return {key: inlined(one, sets) for key, one in value.items() if key != "datasets"}


def differing(stored: nbformat.NotebookNode, run: nbformat.NotebookNode) -> list[str]:
    """The cells whose results are not those stored, each with the first place that differs."""
    pairs = enumerate(zip(code(stored), code(run), strict=True), 1)
    found = ((n, difference(*([inlined(one) for one in shown(cell)] for cell in pair))) for n, pair in pairs)
    return [f"cell {number}, output {text}" for number, text in found if text]


def solved(slug: str) -> dict[str, str]:
    """The teacher's answers by cell, without the lines that mark them."""
    master = nbformat.read(ROOT / "exercises" / "source" / slug / f"{slug}.ipynb", as_version=4)
    return {
        cell.id: "\n".join(line for line in cell.source.splitlines() if "### " not in line)
        for cell in code(master)
        if cell.metadata.get("nbgrader", {}).get("solution")
    }


@pytest.mark.skipif(not os.environ.get("EVERY_CHAPTER"), reason="takes half an hour: EVERY_CHAPTER=1 runs it")
class TestChaptersInThePage:
    @pytest.mark.parametrize("slug", CHAPTERS)
    def test_results_are_those_stored(self, context, page, site, tmp_path, slug):
        errors = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        start(page, site, f"chapters/{slug}")
        stored = nbformat.read(ROOT / "chapters" / f"{slug}.ipynb", as_version=4)
        found = differing(stored, downloaded(page, tmp_path))
        assert not found, f"{slug} comes out otherwise in the page:\n" + "\n".join(found)
        charts = page.locator(".live-output figure.chart")
        for chart in charts.all()[:2]:
            chart.scroll_into_view_if_needed()
            chart.locator("svg.marks").first.wait_for(timeout=60_000)
        assert charts.count() == sum(MIME in str(cell.outputs) for cell in code(stored))
        assert not errors


class TestExercisesInThePage:
    @pytest.mark.parametrize("slug", EXERCISES)
    def test_wrong_right_reload_download(self, context, page, site, tmp_path, slug):
        path = f"exercises/release/{slug}/{slug}"
        release = nbformat.read(ROOT / f"{path}.ipynb", as_version=4)
        start(page, site, path)
        answers, cells = solved(slug), code(release)
        feedback = page.locator(".live-output")
        tasks = [cell.id for cell in cells if cell.id in answers and "claim" not in cell.source]
        for number, cell in enumerate(cells):
            if cell.id in tasks:
                write(page, number, re.sub(r"^(\s*)\.\.\.", r"\1-1.5", cell.source, flags=re.MULTILINE))
        again(page, page.get_by_role("button", name="Run all").click)
        assert "Correct." not in "".join(feedback.all_inner_texts())

        for number, cell in enumerate(cells):
            if cell.id in tasks:
                write(page, number, answers[cell.id])
        again(page, page.get_by_role("button", name="Run all").click)
        right = "".join(feedback.all_inner_texts()).count("Correct.")
        assert right == len(tasks), status(page)

        page.reload()
        assert "Your changes" in page.locator(".live-size").inner_text()
        page.locator(".live-start").click()
        page.wait_for_function(READY, timeout=PATIENCE)
        assert "".join(feedback.all_inner_texts()).count("Correct.") == right

        handed_in = downloaded(page, tmp_path)
        for old, new in zip(release.cells, handed_in.cells, strict=True):
            assert (old.id, old.cell_type, dict(old.metadata)) == (new.id, new.cell_type, dict(new.metadata))
            assert new.source == answers[new.id] if new.id in tasks else new.source == old.source


class TestWhatAReaderDoes:
    """One page, many moves: Python is started as seldom as can be."""

    NAME = "exercises/release/01-trade/01-trade"

    def test_edit_error_stop_reset_and_keyboard(self, context, page, site):
        start(page, site, self.NAME)
        write(page, 1, "print('before')\nnobody")
        again(page, lambda: page.keyboard.press("ControlOrMeta+Enter"))
        output = page.locator("div.cell.docutils").nth(1).locator(".live-output")
        assert output.inner_text().strip().splitlines()[-1] == "NameError: name 'nobody' is not defined"
        assert "Cell 2 ended in an error. NameError" in status(page)

        write(page, 1, "while True:\n    pass")
        page.keyboard.press("ControlOrMeta+Enter")
        page.locator(".live-running").wait_for(timeout=PATIENCE)
        page.get_by_role("button", name="Stop").click()
        assert "Stopped" in status(page)

        page.get_by_role("button", name="Reset cell 2").click()
        assert not output.is_visible()
        assert "fr.load" in page.locator(".cm-content").nth(1).inner_text()
        page.locator(".cm-content").nth(1).focus()
        again(page, lambda: page.keyboard.press("Shift+Enter"))
        assert page.evaluate("document.activeElement.getAttribute('aria-label')").startswith("Code of cell 3")
        # Tab leaves an editor: the keyboard is not caught in it.
        page.keyboard.press("Tab")
        assert not page.evaluate("document.activeElement.classList.contains('cm-content')")

        for theme in ("light", "dark"):
            page.evaluate("theme => { document.documentElement.dataset.theme = theme; }", theme)
            assert not (found := violations(page)), f"{theme}: " + "\n".join(found)
        page.set_viewport_size(PHONE)
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


class TestWhenSomethingIsMissing:
    """Each ends in a plain line that names the next best way."""

    NAME = "chapters/00-how-to-read-evidence"

    def refused(self, context: BrowserContext, site: str, pattern: str) -> str:
        page = context.new_page()
        page.route(re.compile(pattern), lambda route: route.abort())
        page.goto(f"{site}{self.NAME}.html")
        page.locator(".live-start").click()
        page.wait_for_function(
            "/could not|does not|refused/.test(document.querySelector('.live-bar').innerText)", timeout=PATIENCE
        )
        text = page.locator(".live-bar").inner_text()
        page.close()
        assert "Run the notebooks" in text, text
        return text

    def test_no_network(self, context, site):
        assert "network" in self.refused(context, site, r"/live/")

    def test_lost_script(self, context, site):
        assert "missing" in self.refused(context, site, r"/live/python/live-")

    def test_lost_wheel(self, context, site):
        assert "missing" in self.refused(context, site, r"/live/python/altair-")

    def test_blocked_worker(self, context, site):
        assert "refused" in self.refused(context, site, r"/live/python/worker-")

    def test_no_storage(self, browser, site):
        context = browser.new_context(viewport=DESKTOP)
        context.add_init_script(
            "for (const name of ['localStorage', 'caches'])"
            " Object.defineProperty(window, name, { get() { throw new DOMException('denied', 'SecurityError'); } });"
        )
        page = context.new_page()
        page.goto(f"{site}{self.NAME}.html")
        page.locator(".live-start").click()
        page.locator(".live-note").first.wait_for(timeout=PATIENCE)
        assert "download your notebook" in page.locator(".live-notes").inner_text()
        context.close()

    def test_from_disk(self, browser, built):
        page = browser.new_page()
        page.goto((built / f"{self.NAME}.html").as_uri())
        assert not page.locator(".live-start").is_visible()
        assert "from a web server" in page.locator(".live-bar").inner_text()
        page.close()

    def test_nothing_is_loaded_before_the_click(self, context, page, site):
        asked = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(f"{site}{self.NAME}.html")
        page.wait_for_load_state("networkidle")
        assert not [url for url in asked if "/live/" in url]
