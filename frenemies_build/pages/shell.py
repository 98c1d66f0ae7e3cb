"""Sphinx extension: what stands around the text of a page: menu, contents, numbers, lines at the top and the foot.

The frame itself is templates/layout.html. It loads this book's own style and script and what an extension of this
book adds; nothing of the theme's (an icon font, Bootstrap, a search index) travels with a page.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from html import escape, unescape
from pathlib import Path, PurePosixPath
from typing import Any

import yaml
from bs4 import BeautifulSoup
from docutils import nodes
from pybtex.plugin import find_plugin, register_plugin
from sphinx.application import Sphinx
from sphinx.config import Config

from frenemies.tables.package import data_dir
from frenemies_build.pages import fonts

HERE = Path(__file__).parent
CHAPTER = re.compile(r"chapters/(\d\d)-[^/]+")
MINUTES = re.compile(r"<strong>Time:</strong>\s*(?:about )?(\d+) minutes to read")
# What the theme and its helpers add to every page. The search page names what it needs in its own template.
UNUSED = re.compile(
    r"togglebutton|copybutton|clipboard|design|sphinx-book-theme|mystnb|basic\.css|doctools|sphinx_highlight"
    r"|documentation_options|searchtools|language_data|searchindex"
)
THEMES_PARTS = (
    "article_header_start", "article_header_end", "article_footer_items", "secondary_sidebar_items", "primary_sidebar_end",
    "content_footer_items", "footer_content_items", "navbar_start", "navbar_center", "navbar_end", "navbar_persistent",
    "footer_start", "footer_center", "footer_end",
)  # fmt: skip
UNUSED_BODY = re.compile(r"toggle(Hint|OpenOnPrint|button)|DOCUMENTATION_OPTIONS")
UNUSED_FILES = (
    "styles", "scripts", "vendor", "webpack-macros.html", "sbt-webpack-macros.html", "images", "sphinx-design.min.css", "design-tabs.js",
    "sphinx-thebe.js", "sphinx-thebe.css", "togglebutton.js", "togglebutton.css", "copybutton.js", "copybutton.css",
    "copybutton_funcs.js", "clipboard.min.js", "basic.css", "locales", "_sphinx_design_static",
)  # fmt: skip
FIRST_SCRIPT = """const page = document.documentElement;
page.classList.add("js");
page.dataset.mode = localStorage.getItem("mode") || "auto";
page.dataset.theme = page.dataset.mode !== "auto" ? page.dataset.mode : matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
if (localStorage.getItem("code") === "shown") page.classList.add("show-code");"""


def chapter_number(page: str) -> int | None:
    """The number of a chapter's page, or `None` for other pages."""
    found = CHAPTER.fullmatch(page)
    return int(found[1]) if found else None


def numbered(page: str, title: str) -> str:
    """A page's title with its chapter's number before it."""
    number = chapter_number(page)
    return title if number is None else f'<span class="nr">{number}</span> {title}'


def part_of(srcdir: Path, page: str) -> str:
    """The caption of the part that a page belongs to, or an empty text."""
    contents = yaml.safe_load((srcdir / "_toc.yml").read_text("utf-8"))
    for part in contents["parts"]:
        if any(entry["file"] == page for entry in part["chapters"]):
            return part["caption"]
    return ""


def menu(html: str, chapters: dict[str, int]) -> str:
    """Sphinx's list of all pages as the book's menu: parts with headings, chapters with numbers.

    chapters: their numbers by the address that the list has for them.
    """
    soup = BeautifulSoup(html, "html.parser")
    for caption in soup.select("p.caption"):
        caption.attrs = {"class": "part"}
        caption.string = caption.get_text(strip=True)
    for link in soup.find_all("a"):
        current = "current" in link.get("class", []) and link["href"] == "#"
        link.attrs = {"href": link["href"]} | ({"aria-current": "page"} if current else {})
        if link["href"] in chapters:
            mark = soup.new_tag("span", attrs={"class": "nr"}, string=str(chapters[link["href"]]))
            link.insert(0, mark, " ")
    for item in soup.find_all(["li", "ul"]):
        item.attrs = {}
    return str(soup)


def contents(html: str) -> str:
    """The sections of a page as a list of links, without the title; empty where there are fewer than two."""
    soup = BeautifulSoup(html, "html.parser")
    inner = soup.select_one("ul > li > ul")
    if not inner or len(inner.find_all("a")) < 2:
        return ""
    for link in inner.find_all("a"):
        link.attrs = {"href": link["href"]}
        link.string = link.get_text()
    for deep in inner.select("ul ul"):
        deep.decompose()
    return str(inner)


def citation(cff: dict, year: str) -> dict[str, str]:
    """How to cite the book, as a line of text and as BibTeX, from CITATION.cff."""
    author = ", ".join(one.get("name") or f"{one['family-names']}, {one['given-names']}" for one in cff["authors"])
    title, version = cff["title"], cff["version"]
    where = f" {cff['url']}" if cff.get("url") else ""
    bibtex = (
        f"@misc{{frenemies{year},\n  author = {{{{{author}}}}},\n  title = {{{title}}},\n"
        f"  year = {{{year}}},\n  note = {{Version {version}, {cff['license']}}}"
        + (f",\n  url = {{{cff['url']}}}" if cff.get("url") else "")
        + "\n}"
    )
    return {"text": f"{author} ({year}). {title}. Version {version}. {cff['license']}.{where}", "bibtex": bibtex}


# Code


CELL = re.compile(
    r'<div class="cell(?P<tags>[^"]*?) docutils container"(?P<ident> id="[^"]*")?>\s*'
    r'(?:<details class="admonition hide above-input">\s*<summary>.*?</summary>\s*)?'
    r'(?P<code><div class="cell_input docutils container">\s*<div class="highlight-python.*?</pre></div>\s*</div>\s*</div>)\s*'
    r"(?:</details>\s*)?(?P<end></div>\s*)?",
    re.DOTALL,
)


def told(code: str) -> str:
    """In a few words what a cell does: the tables it loads, the names it makes, whether it draws."""
    loads = re.findall(r"""fr\.load\(["'](\w+)["']\)""", code)
    draws = "fr.figure(" in code
    names = list(re.findall(r"^(\w+)(?:\[.*\])? = ", code, re.MULTILINE))
    defines = re.findall(r"^def (\w+)", code, re.MULTILINE)
    parts = []
    if loads:
        parts.append("loads " + _listed([name.replace("_", " ") for name in loads]))
    elif defines or names:
        parts.append("makes " + _listed([name.replace("_", " ") for name in dict.fromkeys([*defines, *names])]))
    if draws:
        parts.append("draws the figure")
    if not parts:
        parts.append("imports" if re.match(r"(import|from) ", code) else "shows a result")
    return ", ".join(parts)


def _listed(names: list[str], most: int = 3) -> str:
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")


def fold_code(html: str) -> str:
    """Fold every code cell of a chapter behind one quiet line; consecutive cells without output share the first's.

    The cells stay as they are in the page, so that a script that runs them finds each one.
    """
    cells = list(CELL.finditer(html))
    joins = [
        place > 0 and not html[cells[place - 1].end() : cell.start()].strip() and bool(cells[place - 1]["end"])
        for place, cell in enumerate(cells)
    ]
    codes = [unescape(re.sub(r"<[^>]+>", "", cell["code"])).strip() for cell in cells]
    pieces, last = [], 0
    for place, cell in enumerate(cells):
        end = next((later for later in range(place + 1, len(cells)) if not joins[later]), len(cells))
        # The first line of a run speaks for all of it.
        label = told("\n".join(codes[place : place + 1] if joins[place] else codes[place:end]))
        joined = " joined" if joins[place] else ""
        pieces.append(html[last : cell.start()])
        tail = cell["end"] or ""
        pieces.append(
            f'<div class="cell{cell["tags"]}{joined} docutils container"{cell["ident"] or ""}>\n<details class="code-fold"><summary>Code: '
            f"{escape(label)}</summary>\n{cell['code']}\n</details>\n{tail}"
        )
        last = cell.end()
    return "".join(pieces) + html[last:]


# Pages


def _page(app: Sphinx, page: str, template: str, context: dict, doctree: nodes.document | None) -> None:
    env = app.env
    title = context.get("title") or {"search.html": "Search", "genindex.html": "Index"}.get(template, "")
    number = chapter_number(page)
    body = context.get("body", "")
    has_code = number is not None and "cell_input" in body
    if has_code:
        body = fold_code(body)
    lead = []
    if number is not None:
        body = body.replace("<h1>", f'<h1><span class="nr">{number}</span> ', 1)
        lead += [escape(part_of(Path(app.srcdir), page)), f"Chapter {number}"]
    if minutes := MINUTES.search(body):
        lead.append(f"{minutes[1]} minutes to read")
    if number is not None and (dates := _dates_of(app, page)):
        lead.append(f"data as of {max(dates)}")
    source = context.get("sourcename")
    if has_code and source:
        lead.append(f'<a href="{context["pathto"]("_sources/" + source, 1)}" download>download the notebook</a>')
    context["body"] = body
    # Chapters carry their numbers wherever they are named.
    for key in ("prev", "next"):
        if context.get(key):
            there = _target(app, page, context[key]["link"])
            context[key] = context[key] | {"title": numbered(there, context[key]["title"])}
    addresses = {
        "#" if other == page else app.builder.get_relative_uri(page, other): chapter
        for other in env.found_docs
        if (chapter := chapter_number(other)) is not None
    }
    tree = context["toctree"](collapse=True, maxdepth=2, titles_only=True, includehidden=True) or ""
    config = app.config
    repository = getattr(config, "frenemies_repository", "")
    paragraph = next((node.astext() for node in doctree.findall(nodes.paragraph)), "") if doctree else ""
    context["shell"] = {
        "title": f"{number}. {title}" if number is not None else title,
        "book": config.html_title or config.project,
        "description": " ".join(paragraph.split())[:280],
        "first_script": FIRST_SCRIPT,
        "styles": [one for one in context["css_files"] if not UNUSED.search(_name(one))],
        "scripts": [one for one in context["script_files"] if not _unused(one)],
        "menu": menu(tree, addresses),
        "contents": contents(context.get("toc") or ""),
        "lead": " · ".join(lead),
        "has_code": has_code,
        "cite": app.frenemies_citation,
        "report": f"{repository}/issues/new?title={page}" if repository else "",
    }


def _target(app: Sphinx, page: str, link: str) -> str:
    path = PurePosixPath(page).parent / link.removesuffix(".html")
    parts: list[str] = []
    for part in path.parts:
        parts = parts[:-1] if part == ".." else [*parts, part]
    return "/".join(parts)


def _dates_of(app: Sphinx, page: str) -> list[str]:
    used = getattr(app.env, "frenemies_uses", {})
    package = app.frenemies_sources
    return [date for table, pages in used.items() if page in pages for date in package.get(table, [])]


def _name(asset: Any) -> str:
    return str(getattr(asset, "filename", asset) or "")


def _unused(asset: Any) -> bool:
    body = getattr(asset, "attributes", {}).get("body") or ""
    return bool(UNUSED.search(_name(asset)) or UNUSED_BODY.search(body))


def _configure(app: Sphinx, config: Config) -> None:
    config.html_static_path.append(str(HERE / "static"))
    # Before the theme's folders, so that these templates are found first.
    config.templates_path.insert(0, str(HERE / "templates"))
    # The theme would make its own menu, bars and foot for every page, to find out whether they are empty.
    config.html_sidebars = {"**": []}
    config.html_theme_options |= dict.fromkeys(THEMES_PARTS, [])
    # A citation looks for these among all that is installed, each time; what is registered it finds at once.
    for name in ("docutils", "plaintext"):
        register_plugin("pybtex.backends", name, find_plugin("pybtex.backends", name), force=True)


def _prepare(app: Sphinx) -> None:
    cff = yaml.safe_load((Path(app.srcdir) / "CITATION.cff").read_text("utf-8"))
    app.frenemies_citation = citation(cff, str(cff["date-released"])[:4])
    package = json.loads((data_dir() / "datapackage.json").read_text("utf-8"))
    app.frenemies_sources = {
        table["name"]: [source["date_read"] for source in table.get("sources", []) if source.get("date_read")]
        for table in package["resources"]
    }
    if app.builder.format == "html":
        fonts.install(Path(app.doctreedir).parent / ".fonts", Path(app.outdir, "_static"))


def _clean(app: Sphinx, error: Exception | None) -> None:
    if app.builder.format != "html":
        return
    for name in UNUSED_FILES:
        path = Path(app.outdir, "_static", name)
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the frame of the pages."""
    app.connect("config-inited", _configure)
    app.connect("builder-inited", _prepare)
    app.add_js_file("book.js", loading_method="defer")
    # After all others have added their scripts and styles, and their parts of the page.
    app.connect("html-page-context", _page, priority=950)
    app.connect("build-finished", _clean, priority=950)
    version = hashlib.sha256(b"".join(path.read_bytes() for path in sorted(HERE.glob("templates/*")))).hexdigest()[:12]
    app.add_config_value("frenemies_shell_version", version, "html")
    return {"version": version, "parallel_read_safe": True, "parallel_write_safe": True}
