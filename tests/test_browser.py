"""The built pages in a real browser, with the network cut: they draw, answer, search and read well."""

from __future__ import annotations

import re
from functools import cache

import pytest
import rules
from axe_playwright_python.sync_playwright import Axe
from conftest import lacking
from playwright.sync_api import Browser, Page
from test_book import PAGES, html_of

from frenemies_build import npm

SNIFFER = "html_codesniffer@2.5.1"
SNIFFER_HASH = "bc9501382a35bff6acfc255945b1ed732fcec544cfcaeec17b5ac8d79a6c7967"
DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
TRADE = "chapters/01-trade"
# How far what is shown may move by itself while a page loads. Below 0.1 is what the web calls good, and quick machines stay
# there; the book's face, which arrives after the text on a slow one, moves a page with large tables by a little more.
SHIFT = 0.2
WATCH_SHIFTS = """window.shifted = 0;
new PerformanceObserver((list) => list.getEntries().forEach((entry) => { if (!scrollY) window.shifted += entry.value; }))
  .observe({ type: "layout-shift", buffered: true });"""


class Visit:
    """One page opened from disk; notes every request to a host and every error of the console."""

    def __init__(
        self,
        browser: Browser,
        page: str,
        size: dict = DESKTOP,
        theme: str = "light",
        script: bool = True,
        zone: str = "UTC",
    ) -> None:
        self.context = browser.new_context(
            viewport=size, color_scheme=theme, java_script_enabled=script, timezone_id=zone
        )
        self.page: Page = self.context.new_page()
        self.requests: list[str] = []
        self.errors: list[str] = []
        self.context.route(
            re.compile("^https?:"), lambda route: (self.requests.append(route.request.url), route.abort())
        )
        self.page.on("console", lambda message: self.errors.append(message.text) if message.type == "error" else None)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        if script:
            self.page.add_init_script(WATCH_SHIFTS)
            self.page.add_init_script(
                f"localStorage.setItem('mode', '{theme}'); localStorage.setItem('theme', '{theme}')"
            )
        self.page.goto(html_of(page).as_uri())

    def __enter__(self) -> Visit:
        return self

    def __exit__(self, *_: object) -> None:
        self.context.close()

    def see_all(self) -> None:
        """Scroll through the page as a reader does, so that every chart comes into view."""
        for chart in self.page.locator("figure.chart").all():
            chart.scroll_into_view_if_needed()
            chart.locator("svg.marks").first.wait_for(timeout=15_000)
        self.page.evaluate("window.scrollTo(0, 0)")


def violations(page: Page) -> list[str]:
    """What axe-core finds, a line each."""
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]  # of others it names one
    return [f"{v['id']}: {v['help']} ({v['nodes'][0]['html'][:120]})" for v in found]


@cache
def sniffer() -> str:
    """The script of HTML_CodeSniffer, from a pinned npm package, checked by hash."""
    folder = rules.ROOT / "_build" / ".checkers"
    try:
        npm.take(SNIFFER, {"HTMLCS.js": ("build/HTMLCS.js", SNIFFER_HASH)}, folder)
    except (OSError, ValueError) as error:
        lacking(f"HTML_CodeSniffer: {error}")
    return (folder / "HTMLCS.js").read_text("utf-8")


def sniffed(page: Page) -> list[str]:
    """The errors that HTML_CodeSniffer finds (WCAG, level AA), a line each; its warnings ask for a person's eyes.

    It wants the technique H43 (addresses of headers in each cell) for headers of two rows; ours say by H63 what they head.
    """
    page.evaluate(sniffer())
    return page.evaluate("""() => new Promise((done) => HTMLCS.process("WCAG2AA", document, () => done(
        HTMLCS.getMessages().filter((one) => one.type === HTMLCS.ERROR && !one.code.includes(".H43."))
          .map((one) => `${one.code.slice(8)}: ${one.msg} (${one.element.outerHTML.slice(0, 120)})`)), (error) => done([String(error)])))""")


# The cells whose code is broken by the page, with the wide page's folds open.
BROKEN = """() => {
  document.querySelectorAll("details.code-fold").forEach((fold) => { fold.open = true; });
  const broken = [...document.querySelectorAll(".cell_input pre")].filter((code) => {
    const style = getComputedStyle(code);
    const room = parseFloat(style.paddingTop) + parseFloat(style.paddingBottom);
    return code.clientHeight - room > (code.textContent.trimEnd().split("\\n").length + 0.5) * parseFloat(style.lineHeight);
  }).map((code) => code.textContent.slice(0, 80));
  document.querySelectorAll("details.code-fold").forEach((fold) => { fold.open = false; });
  return broken;
}"""


def look(browser: Browser, page: str) -> None:
    """All that must hold on every page: drawn, quiet, offline, accessible, and on a phone no wider than it.

    The wide page is seen in the light theme and the phone's in the dark one: two visits, both themes and sizes.
    """
    for size, theme in ((DESKTOP, "light"), (PHONE, "dark")):
        with Visit(browser, page, size=size, theme=theme) as visit:
            shifted = visit.page.evaluate("window.shifted")
            assert shifted < SHIFT, f"{page} moves by {shifted:.2f} while it loads"
            visit.see_all()
            width = visit.page.evaluate("document.documentElement.scrollWidth")
            assert width <= size["width"], f"{page} scrolls sideways: {width} px on a screen of {size['width']}"
            if size == DESKTOP:
                assert not (found := visit.page.evaluate(BROKEN)), f"{page} breaks lines of code: {found}"
            assert not visit.errors, f"{page}: {visit.errors}"
            assert not visit.requests, f"{page} asked {visit.requests}"
            # Last, for axe itself asks for style sheets in a way that a page from disk refuses.
            assert not (found := violations(visit.page)), f"{page}, {theme}: " + "\n".join(found)
            assert not (found := sniffed(visit.page)), f"{page}, {theme}: " + "\n".join(found)


# Two classes, so that the two workers share the pages.
class TestChapters:
    @pytest.mark.parametrize("page", [page for page in PAGES if re.match(r"chapters/\d", page)])
    def test_page_reads_well(self, built, browser, page):
        look(browser, page)


class TestOtherPages:
    @pytest.mark.parametrize("page", [page for page in PAGES if not re.match(r"chapters/\d", page)])
    def test_page_reads_well(self, built, browser, page):
        look(browser, page)


def has_dates(page: str) -> bool:
    """Whether a chapter draws a chart over time by days or months."""
    source = rules.ROOT / f"{page}.ipynb"
    drawn = (
        [view for _, spec in rules.charts(rules.read(source)) for view in rules.views(spec)] if source.is_file() else []
    )
    return any(list(rules.temporal_fields(view["encoding"])) for view in drawn)


# What is written at each mark of the charts, what it is called and what its tooltip says. Places are left out: where clocks
# change for the summer, an axis of time stretches by a twentieth of a pixel.
DRAWN = """() => [...document.querySelectorAll("figure.chart svg.marks *")].map((mark) => JSON.stringify([
  mark.tagName, mark.tagName === "text" ? mark.textContent : "", mark.getAttribute("aria-label"),
  mark.__data__?.tooltip ?? null]))"""
# Draw, by the page's own script, a chart of two days; written bare, they mean midnight in Greenwich.
PLANT = """async ([first, last]) => {
  const figure = document.createElement("figure");
  figure.className = "chart";
  document.querySelector("main").replaceChildren(figure);
  await window.frenemiesVegaEmbed(figure, {
    data: { values: [{ day: first }, { day: last }] }, mark: "point",
    encoding: { x: { field: "day", type: "temporal" }, tooltip: { field: "day", type: "temporal" } },
  }, { mode: "vega-lite", renderer: "svg", actions: false });
}"""


def east_and_west(browser: Browser, page: str, days: list[str] | None = None) -> tuple[list[str], list[str]]:
    """What a reader in New Zealand and one in New York see in a page's charts, or in one of these days planted there."""
    seen = []
    for zone in ("Pacific/Auckland", "America/New_York"):
        with Visit(browser, page, zone=zone) as visit:
            visit.see_all()
            if days:
                visit.page.evaluate(PLANT, days)
            seen.append(visit.page.evaluate(DRAWN))
    return seen[0], seen[1]


class TestTimeZones:
    @pytest.mark.parametrize("page", [page for page in PAGES if has_dates(page)])
    def test_no_date_moves_with_the_readers_clock(self, built, browser, page):
        east, west = east_and_west(browser, page)
        assert [pair for pair in zip(east, west) if pair[0] != pair[1]] == []
        assert len(east) == len(west) > 20

    def test_a_planted_bare_date_is_seen_to_move(self, built, browser):
        whole = east_and_west(browser, TRADE, ["2015-11-24T00:00:00", "2016-06-24T00:00:00"])
        bare = east_and_west(browser, TRADE, ["2015-11-24", "2016-06-24"])
        assert whole[0] == whole[1] and bare[0] != bare[1]
        assert "Nov 24, 2015" in str(bare[0]) and "Nov 23, 2015" in str(bare[1])


class TestWhatAReaderDoes:
    def test_tooltip_answers(self, built, browser):
        with Visit(browser, TRADE) as visit:
            visit.see_all()
            chart = visit.page.locator("figure.chart").nth(1)
            chart.scroll_into_view_if_needed()
            chart.locator("svg.marks path[aria-roledescription='bar'], svg.marks .mark-rect path").first.hover()
            tip = visit.page.locator("#chart-tooltip.visible")
            tip.wait_for(timeout=5_000)
            assert "billion US dollars" in tip.inner_text()

    def test_menu_changes_the_chart(self, built, browser):
        with Visit(browser, TRADE) as visit:
            visit.see_all()
            chart = visit.page.locator("figure.chart", has=visit.page.locator("select")).first
            before = chart.locator("svg.marks").inner_html()
            chart.locator("select").select_option(index=1)
            visit.page.wait_for_function(
                "before => !document.body.innerHTML.includes(before)", arg=before[:2000][-1500:], timeout=5_000
            )
            assert chart.locator("svg.marks").inner_html() != before

    def test_data_are_one_key_away(self, built, browser):
        with Visit(browser, TRADE) as visit:
            fold = visit.page.locator("figure.chart details").first
            fold.locator("summary").focus()
            visit.page.keyboard.press("Enter")
            fold.locator("table tbody tr").first.wait_for(timeout=5_000)
            assert fold.locator("table tbody tr").count() > 20

    def test_dark_theme_turns_the_ink_of_charts(self, built, browser):
        ink = {}
        for theme in ("light", "dark"):
            with Visit(browser, TRADE, theme=theme) as visit:
                visit.see_all()
                text = visit.page.locator("figure.chart svg.marks text").first
                ink[theme] = text.evaluate("node => getComputedStyle(node).fill")
        assert ink["light"] != ink["dark"]

    def test_search_finds_a_word_with_and_without_its_accent(self, built, browser):
        for word in ("Türkiye", "turkiye"):
            with Visit(browser, TRADE) as visit:
                visit.page.goto(f"{html_of('search').as_uri()}?q={word}")
                visit.page.locator("#search-results li a").first.wait_for(timeout=10_000)
                assert not visit.requests and not visit.errors

    def test_page_shows_pictures_without_script(self, built, browser):
        with Visit(browser, TRADE, script=False) as visit:
            pictures = visit.page.locator("figure.chart img:visible")
            assert pictures.count() == visit.page.locator("figure.chart").count() > 4
            for picture in pictures.all():
                assert len(picture.get_attribute("alt") or "") > 40
