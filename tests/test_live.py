"""Pages that run their own cells, in a real browser with the network cut: same results as stored, kept edits, plain errors."""

from __future__ import annotations

import csv
import functools
import http.server
import json
import math
import os
import re
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import nbformat
import pandas
import pytest
from conftest import BUILT, CHROMIUM, ROOT
from playwright.sync_api import Browser, BrowserContext, Locator, Page
from test_browser import DESKTOP, PHONE, violations

import frenemies as fr
from frenemies_build.formats.printer import FLAGS
from frenemies_build.live import lab
from frenemies_build.pages.chart_specs import MIME

CHAPTERS = sorted(path.stem for path in (ROOT / "chapters").glob("[0-9]*.ipynb"))
EXERCISES = ["01-trade", "06-the-long-record", "14-keeping-score"]
PATIENCE = 400_000  # ms: on a busy machine Python takes its time
READY = "/ ran\\.|ended in an error|could not|does not/.test(document.querySelector('.live-status')?.textContent)"
LIVE = (BUILT / "live" / "live.json").exists()

if not LIVE and not os.environ.get("CI"):
    pytest.skip("the book was built without live pages: the build says which part is missing", allow_module_level=True)


class Quiet(http.server.SimpleHTTPRequestHandler):
    """A plain web server's answers, without its log; it notes what it was asked for, and may serve files of elsewhere."""

    asked: ClassVar[list[str]] = []
    instead: ClassVar[dict[str, Path]] = {}  # by the path's beginning up to a question mark

    def do_GET(self) -> None:
        """Note the path, then answer."""
        self.asked.append(self.path)
        super().do_GET()

    def end_headers(self) -> None:
        """As for a visit a while later: no answer about JupyterLite is so fresh that a browser need not ask."""
        if self.path.startswith("/lab/"):
            self.send_header("Cache-Control", "no-cache")
        super().end_headers()

    def translate_path(self, path: str) -> str:
        """The file that is served at a path."""
        return str(self.instead.get(path.partition("?")[0]) or super().translate_path(path))

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


def runs_as_stored(page: Page, site: str, folder: Path, slug: str) -> None:
    """Run a chapter in the page from top to bottom: every result is the stored one, and charts are drawn."""
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    start(page, site, f"chapters/{slug}")
    stored = nbformat.read(ROOT / "chapters" / f"{slug}.ipynb", as_version=4)
    found = differing(stored, downloaded(page, folder))
    assert not found, f"{slug} comes out otherwise in the page:\n" + "\n".join(found)
    charts = page.locator(".live-output figure.chart")
    for chart in charts.all()[:2]:
        chart.scroll_into_view_if_needed()
        chart.locator("svg.marks").first.wait_for(timeout=60_000)
    assert charts.count() == sum(MIME in str(cell.outputs) for cell in code(stored))
    twice = page.evaluate(
        "[...document.querySelectorAll('[id]')].map(e => e.id).filter((id, i, all) => all.indexOf(id) < i)"
    )
    assert not [label for label in twice if label.startswith("figure-")], "two figures have one label"
    assert not errors


# Two classes, so that the two workers share the chapters. A browser loads Python once, and then keeps it.
class TestEarlierChapters:
    @pytest.mark.parametrize("slug", CHAPTERS[::2])
    def test_results_are_those_stored(self, context, page, site, tmp_path, slug):
        runs_as_stored(page, site, tmp_path, slug)


class TestLaterChapters:
    @pytest.mark.parametrize("slug", CHAPTERS[1::2])
    def test_results_are_those_stored(self, context, page, site, tmp_path, slug):
        runs_as_stored(page, site, tmp_path, slug)


@pytest.fixture(scope="class")
def handed_in() -> dict[str, dict[str, nbformat.NotebookNode]]:
    """What was downloaded, by student and exercise."""
    return {"right": {}, "wrong": {}}


class TestExercisesInThePage:
    @pytest.mark.parametrize("slug", EXERCISES)
    def test_wrong_right_reload_download(self, context, page, site, tmp_path, handed_in, slug):
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
        handed_in["wrong"][slug] = downloaded(page, tmp_path)

        for number, cell in enumerate(cells):
            if cell.id in tasks:
                write(page, number, answers[cell.id])
        page.reload()
        assert "Your changes" in page.locator(".live-size").inner_text()
        page.locator(".live-start").click()
        page.wait_for_function(READY, timeout=PATIENCE)
        assert "".join(feedback.all_inner_texts()).count("Correct.") == len(tasks), status(page)

        handed_in["right"][slug] = right = downloaded(page, tmp_path)
        for old, new in zip(release.cells, right.cells, strict=True):
            assert (old.id, old.cell_type, dict(old.metadata)) == (new.id, new.cell_type, dict(new.metadata))
            assert new.source == answers[new.id] if new.id in tasks else new.source == old.source

    def test_what_was_downloaded_is_graded(self, handed_in, tmp_path):
        """Points as the teacher's command gives them: all that a program can give, and none."""
        assert all(list(notebooks) == EXERCISES for notebooks in handed_in.values()), "run with the tests before it"
        for student, notebooks in handed_in.items():
            (tmp_path / "submitted" / student).mkdir(parents=True)
            for slug, notebook in notebooks.items():
                nbformat.write(notebook, tmp_path / "submitted" / student / f"{slug}.ipynb")
        # A process of its own, as for the teacher: the sandbox watches over all that its process has started.
        command = [sys.executable, "-m", "frenemies_build.course.marking", str(tmp_path / "submitted")]
        subprocess.run([*command, "--to", str(tmp_path / "graded")], cwd=ROOT, check=True)
        with (tmp_path / "graded" / "grades.csv").open(encoding="utf-8-sig", newline="") as file:
            rows = {(row["student"], row["exercise"]): row for row in csv.DictReader(file)}
        for slug in EXERCISES:
            release = nbformat.read(ROOT / "exercises" / "release" / slug / f"{slug}.ipynb", as_version=4)
            judged = [
                cell.metadata.nbgrader for cell in release.cells if cell.metadata.get("nbgrader", {}).get("grade")
            ]
            full = sum(one.points for one in judged if not one.solution)
            right, wrong = rows["right", slug], rows["wrong", slug]
            assert (float(right["points"]), float(wrong["points"])) == (full, 0), rows
            assert right["state"] == wrong["state"], rows


class TestWhatAReaderDoes:
    """One page, many moves: Python is started as seldom as can be."""

    NAME = "exercises/release/01-trade/01-trade"

    def test_edit_error_stop_reset_and_keyboard(self, context, page, site):
        Quiet.asked.clear()
        start(page, site, self.NAME)
        assert not [path for path in Quiet.asked if "frenemies_later" in path], "what can come later came at once"
        write(page, 1, "print('before')\nnobody")
        again(page, lambda: page.keyboard.press("ControlOrMeta+Enter"))
        output = page.locator("div.cell.docutils").nth(1).locator(".live-output")
        assert "NameError: name 'nobody' is not defined" in output.inner_text().splitlines()
        assert "In plain words:" in output.inner_text()
        assert "Cell 2 ended in an error. NameError" in status(page)

        # An answer cell that sets another name leaves the old one as it was: the check below does not judge that.
        names = [
            cell.metadata.get("nbgrader", {}).get("grade_id")
            for cell in code(nbformat.read(ROOT / f"{self.NAME}.ipynb", 4))
        ]
        answer, check = names.index("trade-1"), names.index("trade-1-check")
        said = page.locator("div.cell.docutils").nth(check).locator(".live-output")
        for text, feedback in (
            (solved("01-trade")["trade-1"], "Correct."),
            ("odrer = []", "Not judged. `order` still holds"),
            (solved("01-trade")["trade-1"], "Correct."),
        ):
            write(page, answer, text)
            for _ in range(2):  # the answer, then the check below it
                again(page, lambda: page.keyboard.press("Shift+Enter"))
            assert feedback in said.inner_text()

        write(page, 1, "while True:\n    pass")
        page.keyboard.press("ControlOrMeta+Enter")
        page.locator(".live-running").wait_for(timeout=PATIENCE)
        page.get_by_role("button", name="Stop").click()
        assert "Stopped" in status(page)

        # Without an end it is stopped after three minutes (the page's clock is put forward).
        page.clock.install()
        page.locator(".cm-content").nth(1).click()
        page.keyboard.press("ControlOrMeta+Enter")
        page.locator(".live-running").nth(0).wait_for(timeout=PATIENCE)
        page.wait_for_function("document.querySelectorAll('.live-state')[1].textContent == 'running'", timeout=PATIENCE)
        page.clock.fast_forward("03:01")
        assert "Cell 2 ran for three minutes and was stopped" in status(page)

        page.get_by_role("button", name="Reset cell 2").click()
        assert not output.is_visible()
        assert "fr.load" in page.locator(".cm-content").nth(1).inner_text()
        page.locator(".cm-content").nth(1).focus()
        again(page, lambda: page.keyboard.press("Shift+Enter"))
        assert page.evaluate("document.activeElement.getAttribute('aria-label')").startswith("Code of cell 3")
        # Tab leaves an editor: the keyboard is not caught in it.
        page.keyboard.press("Tab")
        assert not page.evaluate("document.activeElement.classList.contains('cm-content')")

        # What a start leaves out comes when it is imported; Markdown is shown as text with its marks carried out.
        write(page, 1, "import statistics, xml.dom.minidom\nprint(statistics.median([1, 2, 9]))\n"
              "from IPython.display import Markdown\nMarkdown('**bold** and [there](../x/y.ipynb#z)')")  # fmt: skip
        again(page, lambda: page.keyboard.press("ControlOrMeta+Enter"))
        assert output.locator(".text_markdown strong").inner_text() == "bold", output.inner_text()
        assert output.locator("a").get_attribute("href") == "../x/y.html#z"
        assert output.inner_text().startswith("2")
        assert len([path for path in Quiet.asked if "frenemies_later" in path]) == 1
        page.get_by_role("button", name="Reset cell 2").click()

        # A try that fails is not judged by the answer before it.
        release = code(nbformat.read(ROOT / f"{self.NAME}.ipynb", as_version=4))
        answers = solved("01-trade")
        number = next(i for i, cell in enumerate(release) if cell.id in answers)
        judged = page.locator("div.cell.docutils").nth(number + 1)
        run = judged.get_by_role("button", name=f"Run cell {number + 2}")
        for begin, correct in (("", True), ("nobody\n", False)):
            write(page, number, begin + answers[release[number].id])
            again(page, run.click)
            assert ("Correct." in judged.locator(".live-output").inner_text()) is correct

        # Python's memory at its start is kept for the next one. Where it does not fit, Python starts anew, in silence.
        plans = """async (first) => { const store = await caches.open("frenemies-memory");
            const keys = (await store.keys()).filter(({ url }) => url.endsWith("&plan"));
            if (first) for (const key of keys) await store.put(key, Response.json({ ...(await (await store.match(key)).json()), first }));
            return keys.length; }"""
        warned = []
        page.on("console", lambda message: warned.append(message.text))
        for first, warnings in ((None, 0), (7, 1)):
            page.wait_for_function(f"({plans})().then(kept => kept == 1)", timeout=PATIENCE)
            page.evaluate(plans, first)
            page.get_by_role("button", name="Restart").click()
            again(page, page.get_by_role("button", name="Run cell 1", exact=True).click)
            assert status(page) == "Cell 1 ran."
            assert len([text for text in warned if "did not fit" in text]) == warnings, warned

        for theme in ("light", "dark"):
            page.evaluate("theme => { document.documentElement.dataset.theme = theme; }", theme)
            assert not (found := violations(page)), f"{theme}: " + "\n".join(found)
        page.set_viewport_size(PHONE)
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


class TestJupyterLite:
    PLACE = "lab/notebooks/index.html?path=exercises/01-trade.ipynb"

    def edit(self, page: Page, address: str, text: str) -> Locator:
        """Open the notebook, write into its second cell; return that cell."""
        page.goto("about:blank")
        page.goto(address)
        page.locator(".jp-CodeCell").first.wait_for(timeout=PATIENCE)
        second = page.locator(".jp-CodeCell").nth(1)
        second.locator(".cm-content").click()
        page.keyboard.press("ControlOrMeta+a")
        page.keyboard.insert_text(text)
        return second

    def shows(self, page: Page, address: str, text: str) -> None:
        """Open the notebook and wait until its second cell holds a text."""
        page.goto("about:blank")
        page.goto(address)
        page.locator(".jp-CodeCell").nth(1).get_by_text(text).first.wait_for(timeout=PATIENCE)

    def test_a_notebook_runs_is_kept_and_begins_afresh(self, browser, site, tmp_path):
        # Nothing stands between this reader and the server: JupyterLite's own worker takes that place.
        page = browser.new_page()
        outside = []
        page.context.on("request", lambda request: outside.append(request.url))
        place = f"{site}{self.PLACE}"
        second = self.edit(
            page,
            place,
            "import frenemies as fr, pandas, sqlite3, xml.dom.minidom\nprint(pandas.__version__, len(fr.tables()))",
        )
        page.keyboard.press("Shift+Enter")
        answer = second.locator(".jp-OutputArea-output")
        answer.first.wait_for(timeout=PATIENCE)
        assert answer.first.inner_text().split() == [pandas.__version__, str(len(fr.tables()))]
        # It saves by itself; a moment later the edit is there again.
        page.wait_for_timeout(1000 * (lab.SAVE_SECONDS + 5))
        self.shows(page, place, "sqlite3")

        # To begin afresh, as the page "Run the notebooks" says: delete the copy, and the book's own is there again.
        page.get_by_role("menuitem", name="File").click()
        with page.context.expect_page(timeout=PATIENCE) as opened:
            page.locator(".lm-Menu-item", has_text="Open…").click()
        files = opened.value
        files.locator(".jp-DirListing-item", has_text="exercises").dblclick(timeout=PATIENCE)
        files.locator(".jp-DirListing-item", has_text="01-trade.ipynb").click(button="right", timeout=PATIENCE)
        files.locator(".lm-Menu-item[data-command='filebrowser:delete']").click()
        files.locator(".jp-Dialog .jp-mod-accept").click()
        files.locator(".jp-Dialog").wait_for(state="detached")
        files.close()
        self.shows(page, place, "fr.load")

        # A copy is kept once more; then the site is of a new edition, whose notebook is not hidden by it.
        self.edit(page, place, "import sqlite3")
        page.wait_for_timeout(1000 * (lab.SAVE_SECONDS + 5))
        files, settings = lab.contents(), json.loads((BUILT / "lab" / "jupyter-lite.json").read_text("utf-8"))
        name = "exercises/01-trade.ipynb"
        newer = nbformat.read(files[name], as_version=4)
        code(newer)[1].source += "\nnewer = True"
        nbformat.write(newer, tmp_path / "01-trade.ipynb")
        assert settings["jupyter-config-data"]["contentsStorageName"] == lab.edition(files)
        edition = lab.edition(files | {name: tmp_path / "01-trade.ipynb"})
        settings["jupyter-config-data"]["contentsStorageName"] = edition
        (tmp_path / "jupyter-lite.json").write_text(json.dumps(settings), "utf-8")
        Quiet.instead |= {
            "/lab/jupyter-lite.json": tmp_path / "jupyter-lite.json",
            f"/lab/files/{name}": tmp_path / "01-trade.ipynb",
        }
        try:
            self.shows(page, place, "newer = True")
        finally:
            Quiet.instead.clear()
        assert not [url for url in outside if url.startswith("http") and not url.startswith(site)]
        page.close()


class TestThePackedSite:
    def test_a_page_runs_from_a_stick(self, browser, tmp_path):
        """The archive, unpacked anywhere; the server is started by the very line that its read.txt names."""
        subprocess.run([sys.executable, "tasks.py", "pack"], cwd=ROOT, check=True)
        with zipfile.ZipFile(BUILT.parent / "frenemies-site.zip") as packed:
            packed.extractall(tmp_path)
        line = re.search(r"^ +python3 (-m http\.server .*)$", (tmp_path / "read.txt").read_text("utf-8"), re.MULTILINE)
        command = [sys.executable, "-u", *line[1].split(), "0"]  # any free port
        with subprocess.Popen(
            command, cwd=tmp_path, text=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        ) as server:
            try:
                port = re.search(r"port (\d+)", server.stdout.readline())[1]
                page = browser.new_page()
                start(page, f"http://localhost:{port}/", "exercises/release/02-energy/02-energy")
                assert status(page) == f"{page.locator('div.cell.docutils').count()} cells ran."
                page.close()
            finally:
                server.terminate()


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
        way = page.locator(".live-bar").get_by_role("link", name="Run the notebooks").get_attribute("href")
        page.close()
        assert way == f"{site}chapters/back/run.html"
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
        """A private window, and a class's own server without encryption: nothing can be kept, and the page says so."""
        host = "classroom.test"
        flags = [*FLAGS, "--no-proxy-server", f"--host-resolver-rules=MAP {host} 127.0.0.1"]
        private = browser.browser_type.launch(executable_path=CHROMIUM, args=flags)
        context = private.new_context(viewport=DESKTOP)
        context.add_init_script(
            "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('denied', 'SecurityError'); } });"
        )
        page = context.new_page()
        start(page, site.replace("127.0.0.1", host), "exercises/release/02-energy/02-energy")
        assert page.evaluate("window.caches") is None
        assert status(page) == f"{page.locator('div.cell.docutils').count()} cells ran."
        assert "download your notebook" in page.locator(".live-notes").inner_text()
        private.close()

    def test_from_disk(self, browser, built):
        page = browser.new_page()
        page.goto((built / f"{self.NAME}.html").as_uri())
        assert not page.locator(".live-start").is_visible()
        assert "from a web server" in page.locator(".live-bar").inner_text()
        page.locator(".live-bar").get_by_role("link", name="Run the notebooks").click()
        assert "python3 -m http.server" in page.locator("main").inner_text()
        page.close()

    def test_nothing_is_loaded_before_the_click(self, context, page, site):
        asked = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(f"{site}{self.NAME}.html")
        page.wait_for_load_state("networkidle")
        assert not [url for url in asked if "/live/" in url]
