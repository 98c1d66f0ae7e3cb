"""Sphinx extension: the data dictionary, made from the data package when the book is built.

Directives (MyST):

    ```{data-tables}```          a table of all tables, with links and the archive of all data
    ```{data-family} trade```    a section for each table of a family, with the label table-<name>

The tables are copied to ``_data/`` of the built book, with one archive of them all.
"""

from __future__ import annotations

import csv
import hashlib
import json
import re
from dataclasses import dataclass, field
from html import escape
from itertools import islice
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.errors import ExtensionError
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from frenemies.charts.figure import label_of
from frenemies.tables.catalogue import years_covered
from frenemies.tables.description import reuse_verdicts
from frenemies.tables.loading import load
from frenemies.tables.package import DESCRIPTOR, DataError, checked_package, data_dir
from frenemies.tables.rules import as_list
from frenemies_build.pages.archives import archive
from frenemies_build.pages.chart_specs import MIME

LOGGER = logging.getLogger(__name__)
STATIC = Path(__file__).parent / "static"
FILES = "_data"
ARCHIVE = "frenemies-data.zip"
PREVIEW_ROWS = 5
SHOWN_VALUES = 12
# Cells with more letters are given room in a preview.
LONG_CELL = 24
# Longer lists of sources are folded away.
SHOWN_SOURCES = 8
# What a reader may do with a table, in plain words, by the verdict on its licence (table.schema.json).
REUSE = {
    "free": "Yes, for any purpose and without asking.",
    "facts": "Yes: single facts are free. Name the source of each row. The texts of the sources are not in the table.",
    "name the source": "Yes, for any purpose, if you name the source.",
    "same terms": "Yes, if you name the source and publish a database that you make from it under the same licence.",
    "teaching and research": "Yes, in teaching and research, if you cite the source. For other uses ask its owner.",
    "not for sale": "Yes, if you name the source and earn nothing with it.",
    "small parts": "Yes, in small parts, if you name the source. Ask its owner before you pass on large parts.",
    "not stated": "In class, yes. The copy that was read does not state all terms: ask the owner before you publish the table.",
}
LOAD_CALL = re.compile(r"""\bload\(\s*["']([a-z0-9_]+)["']""")
# Hints of this extension inside raw HTML: a page, a label or a file, made a real address once the page is written.
LINK = re.compile(r'<a href="(doc|ref|file):([^"]+)"([^>]*)>(.*?)</a>', re.DOTALL)


@dataclass
class Use:
    """A page that uses a table: its title, and the figures in it that draw the table as (label, title)."""

    title: str
    figures: list[tuple[str, str]] = field(default_factory=list)


def scan_notebook(path: Path, shown: str) -> dict[str, Use]:
    """Which tables a notebook loads or draws, by name.

    shown: the notebook's path within the book, for messages.

    Raises ExtensionError if the file is not a notebook.
    """
    try:
        return _uses(json.loads(path.read_text(encoding="utf-8"))["cells"], path.stem)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        remedy = f"restore it with: git checkout -- {shown}"
        raise ExtensionError(
            f"{shown} is not a notebook that can be read ({type(error).__name__}: {error}); {remedy}"
        ) from error


def _uses(cells: list[dict], stem: str) -> dict[str, Use]:
    sources = ["".join(cell["source"]) for cell in cells]
    headings = [
        re.search(r"^# +(.+)$", text, re.MULTILINE)
        for cell, text in zip(cells, sources)
        if cell["cell_type"] == "markdown"
    ]
    title = next((heading.group(1).strip() for heading in headings if heading), stem)
    found: dict[str, Use] = {}
    for cell, text in zip(cells, sources):
        if cell["cell_type"] != "code":
            continue
        for name in LOAD_CALL.findall(text):
            found.setdefault(name, Use(title))
        for output in cell["outputs"]:
            spec = output.get("data", {}).get(MIME, {})
            for name in spec.get("usermeta", {}).get("tables", []):
                finding = spec["title"]["text"]
                found.setdefault(name, Use(title)).figures.append((label_of(spec), finding))
    return found


def scan_book(env: BuildEnvironment) -> dict[str, dict[str, Use]]:
    """For each table the pages that use it: {table: {page: Use}}, pages in alphabetical order."""
    uses: dict[str, dict[str, Use]] = {}
    for page in sorted(env.found_docs):
        path = Path(env.doc2path(page))
        if path.suffix == ".ipynb":
            for table, use in scan_notebook(path, f"{page}.ipynb").items():
                uses.setdefault(table, {})[page] = use
    return uses


class PackageDirective(SphinxDirective):
    """What the directives here share: the tables that they show, and a note of the state these were in."""

    def resources(self, selection: str) -> list[dict]:
        """The descriptors of the tables of a selection (see ``select``).

        The page is built again when one of them changes, or the list of their users does, and only then.
        A missing or damaged package or table stops the page: nothing is half made.
        """
        meta = self.env.metadata[self.env.docname]
        meta["data_selection"], meta["data_state"] = selection, "failed"
        try:
            resources = select(checked_package(data_dir())["resources"], selection)
            for resource in resources:
                self.env.note_dependency(str(data_dir() / resource["path"]))
                load(resource["name"])
        except DataError as error:
            raise self.error(str(error)) from error
        meta["data_state"] = _state(resources, self.env.frenemies_uses)
        return resources

    def html(self, text: str) -> nodes.raw:
        """Raw HTML whose links are resolved when the page is written."""
        return nodes.raw("", text, format="html", resolve_links=True)


class DataFamily(PackageDirective):
    """A section for each table of a family: description, fields, sources, licence, caveats, preview, use, download."""

    required_arguments = 1
    has_content = False

    def run(self) -> list[nodes.Node]:
        """Build the sections."""
        resources = self.resources(f"family {self.arguments[0]}")
        if not resources:
            raise self.error(f"no table belongs to the family {self.arguments[0]!r}")
        return [self.section(resource) for resource in resources]

    def section(self, resource: dict) -> nodes.section:
        """One table."""
        name = resource["name"]
        label = f"table-{name}"
        section = nodes.section("", nodes.title("", resource["title"]), ids=[label], names=[label])
        self.state.document.note_explicit_target(section, section)
        section += nodes.paragraph("", resource["description"])
        section += self.html(_facts(resource) + _fields_table(resource))
        section += self.html(_caveats(resource) + _sources(resource) + _licences(resource))
        section += self.html(_used_by(self.env.frenemies_uses.get(name, {})) + _preview(resource))
        return section


class DataTables(PackageDirective):
    """One table of all tables, by family, and the archive of all data."""

    has_content = False

    def run(self) -> list[nodes.Node]:
        """Build the overview."""
        resources = self.resources("all")
        body = ""
        for resource in resources:
            name = resource["name"]
            body += (
                f'<tr><th scope="row"><a href="ref:table-{name}"><code>{name}</code></a></th><td class="long">{escape(resource["title"])}</td>'
                f'<td>{resource["family"]}</td><td>{resource["rows"]:,}</td><td class="short">{years_covered(resource)}</td>'
                f"<td>{strictest(resource)}</td></tr>\n"
            )
        caption = f"All {len(resources)} tables of the book"
        head = _head(["Table", "What it holds", "Family", "Rows", "Years", "Reuse"])
        whole = f'<p><a href="file:{ARCHIVE}" download>All data in one archive</a> (zip: {len(resources)} CSV files and their description, {DESCRIPTOR}).</p>\n'
        return [self.html(whole + _scrolling(caption, f"{head}<tbody>\n{body}</tbody>"))]


def outdated_pages(
    app: Sphinx, env: BuildEnvironment, added: set[str], changed: set[str], removed: set[str]
) -> list[str]:
    """Pages made from tables, or from a list of their users, that have changed since."""
    env.frenemies_uses = scan_book(env)
    try:
        resources = checked_package(data_dir())["resources"]
    except DataError:
        resources = []  # the directives report it
    return [
        page
        for page, meta in env.metadata.items()
        if "data_state" in meta
        and meta["data_state"] != _state(select(resources, meta["data_selection"]), env.frenemies_uses)
    ]


def select(resources: list[dict], selection: str) -> list[dict]:
    """The tables that a page shows. selection: "all", "family" and its name, or "tables" and their names."""
    kind, *names = selection.split()
    if kind == "all":
        return resources
    part = "family" if kind == "family" else "name"
    return [resource for resource in resources if resource[part] in names]


def check_families(app: Sphinx, env: BuildEnvironment) -> None:
    """Warn of tables that no page of the dictionary shows."""
    selections = {meta["data_selection"] for meta in env.metadata.values() if "data_selection" in meta}
    if "all" in selections:
        for family in dict.fromkeys(resource["family"] for resource in checked_package(data_dir())["resources"]):
            if f"family {family}" not in selections:
                LOGGER.warning(
                    "no page shows the tables of the family %s: it needs a page with {data-family} %s", family, family
                )


def resolve_links(app: Sphinx, doctree: nodes.document, page: str) -> None:
    """Give the links in this extension's HTML their addresses, as the builder at hand needs them."""
    labels = app.env.domains["std"].anonlabels

    def address(match: re.Match) -> str:
        kind, target, attributes, text = match.groups()
        if kind == "file":
            return f'<a href="{"../" * page.count("/")}{FILES}/{target}"{attributes}>{text}</a>'
        if kind == "doc" and target in app.env.found_docs:
            return f'<a href="{app.builder.get_relative_uri(page, target)}"{attributes}>{text}</a>'
        if kind == "ref" and target in labels:
            where, anchor = labels[target]
            return f'<a href="{app.builder.get_relative_uri(page, where)}#{anchor}"{attributes}>{text}</a>'
        return text

    for node in doctree.findall(nodes.raw):
        if node.get("resolve_links"):
            text = LINK.sub(address, node.astext())
            node.replace_self(nodes.raw("", text, format="html"))


def copy_data(app: Sphinx, error: Exception | None) -> None:
    """Put the tables and the archive of them all into the built book."""
    if error or app.builder.format != "html":
        return
    folder, target = data_dir(), Path(app.outdir) / FILES
    target.mkdir(parents=True, exist_ok=True)
    resources = checked_package(folder)["resources"]
    files = {resource["path"]: (folder / resource["path"]).read_bytes() for resource in resources}
    files[DESCRIPTOR] = (folder / DESCRIPTOR).read_bytes()
    files[ARCHIVE] = archive(files, "frenemies-data")
    for stale in {path.name for path in target.iterdir()} - set(files):
        (target / stale).unlink()
    for name, data in files.items():
        path = target / name
        if not path.is_file() or path.read_bytes() != data:
            path.write_bytes(data)


def _state(resources: list[dict], uses: dict[str, dict[str, Use]]) -> str:
    """A fingerprint of some tables and of who uses them (the descriptor holds that of each file)."""
    used = {resource["name"]: uses.get(resource["name"], {}) for resource in resources}
    return hashlib.sha256(json.dumps([resources, used], default=vars, sort_keys=True).encode()).hexdigest()


def _head(names: list[str]) -> str:
    return "<thead><tr>" + "".join(f'<th scope="col">{name}</th>' for name in names) + "</tr></thead>\n"


def _scrolling(caption: str, content: str) -> str:
    """A table that scrolls sideways by itself, by touch and by keyboard, where it is wider than the page."""
    words = escape(re.sub("<[^>]+>", "", caption))
    return (
        f'<div class="data-scroll" role="region" aria-label="{words}" tabindex="0">\n'
        f'<table class="data-table">\n<caption>{caption}</caption>\n{content}\n</table>\n</div>\n'
    )


def _facts(resource: dict) -> str:
    years = years_covered(resource)
    facts = [f'<code>fr.load("{resource["name"]}")</code>', f"{resource['rows']:,} rows"] + ([years] if years else [])
    size = max(1, round(resource["bytes"] / 1000))
    link = f'<a href="file:{resource["path"]}" download>Download CSV</a> ({size:,} kB)'
    return f'<p class="data-facts">{" · ".join([*facts, link])}</p>\n'


def _fields_table(resource: dict) -> str:
    frame = load(resource["name"])
    keys = as_list(resource["schema"]["primaryKey"])
    body = ""
    for spec in resource["schema"]["fields"]:
        name = spec["name"]
        kind = (
            escape(spec["type"])
            + (f", {escape(spec['unit'])}" if spec.get("unit") else "")
            + ("; key" if name in keys else "")
        )
        body += (
            f'<tr><th scope="row"><code>{name}</code></th><td>{kind}</td><td class="long">{escape(spec["description"])}</td>'
            f"<td>{_values(spec, frame[name])}</td></tr>\n"
        )
    caption = f"Fields of <code>{resource['name']}</code>"
    return _scrolling(caption, f"{_head(['Field', 'Type and unit', 'Meaning', 'Values'])}<tbody>\n{body}</tbody>")


def _values(spec: dict, column) -> str:
    """The allowed values of a field, or the range found, and how many cells are empty."""
    parts = []
    constraints, known = spec.get("constraints", {}), column.dropna()
    if "enum" in constraints:
        shown = [f"<code>{escape(str(value))}</code>" for value in constraints["enum"]]
        more = f" and {len(shown) - SHOWN_VALUES} more" if len(shown) > SHOWN_VALUES else ""
        parts.append(("in this order: " if spec.get("ordered") else "") + ", ".join(shown[:SHOWN_VALUES]) + more)
    elif spec["type"] in ("integer", "number", "year", "date", "yearmonth") and len(known):
        low, high = known.min(), known.max()
        parts.append(_written(low, spec) if low == high else f"{_written(low, spec)} to {_written(high, spec)}")
    if empty := len(column) - len(known):
        parts.append(f"empty in {empty:,} of {len(column):,} rows")
    return "; ".join(parts)


def _written(value, spec: dict) -> str:
    if spec["type"] == "date":
        return str(value.date())
    if spec["type"] == "yearmonth":
        return f"{value:%Y-%m}"
    if spec["type"] == "year" or spec.get("unit") == "year" or spec["name"].endswith("_id"):
        return str(value)
    return f"{value:,}" if spec["type"] == "integer" else f"{value:,.10g}"


def _caveats(resource: dict) -> str:
    items = "".join(f"<li>{escape(caveat)}</li>\n" for caveat in resource.get("caveats", []))
    return f'<p class="data-label">Caveats</p>\n<ul>\n{items}</ul>\n' if items else ""


def _sources(resource: dict) -> str:
    items = ""
    for source in resource["sources"]:
        title = escape(source["title"])
        linked = (
            f'<a class="reference external" href="{escape(source["path"])}">{title}</a>' if "path" in source else title
        )
        version = f", {escape(source['version'])}" if "version" in source else ""
        items += f"<li>{linked}{version}; read {source['date_read']} (<code>{source['name']}</code>)</li>\n"
    if not items:
        return ""
    count = len(resource["sources"])
    if count > SHOWN_SOURCES:
        return f'<details class="data-fold">\n<summary>{count} sources</summary>\n<ul>\n{items}</ul>\n</details>\n'
    return f'<p class="data-label">{"Sources" if count > 1 else "Source"}</p>\n<ul>\n{items}</ul>\n'


def _licences(resource: dict) -> str:
    names = []
    for licence in resource["licenses"]:
        title = escape(licence.get("title") or licence["name"])
        names.append(
            f'<a class="reference external" href="{escape(licence["path"])}">{title}</a>'
            if licence.get("path")
            else title
        )
    verdict = strictest(resource)
    several = len(names) > 1 and " The rows come under several terms; this is the strictest."
    return (
        f'<p class="data-label">May I reuse it?</p>\n<p class="data-reuse">{REUSE[verdict]}{several or ""}</p>\n'
        f'<p class="data-label">Licence</p>\n<ul>\n{"".join(f"<li>{name}</li>" for name in names)}\n</ul>\n'
    )


def strictest(resource: dict) -> str:
    """The verdict on reuse that holds for all rows of a table: the strictest of its licences."""
    return max((licence["reuse"] for licence in resource["licenses"]), key=reuse_verdicts().index)


def _used_by(uses: dict[str, Use]) -> str:
    if not uses:
        return ""
    items = ""
    for page, use in uses.items():
        drawn = "".join(f'<li><a href="ref:{label}">{escape(title)}</a></li>\n' for label, title in use.figures)
        items += (
            f'<li><a href="doc:{page}">{escape(use.title)}</a>' + (f"\n<ul>\n{drawn}</ul>" if drawn else "") + "</li>\n"
        )
    return f'<p class="data-label">Used in</p>\n<ul>\n{items}</ul>\n'


def _preview(resource: dict) -> str:
    with (data_dir() / resource["path"]).open(encoding="utf-8", newline="") as file:
        header, *rows = islice(csv.reader(file), PREVIEW_ROWS + 1)
    cells = [
        [
            f'<td class="long">{escape(cell)}</td>' if len(cell) > LONG_CELL else f"<td>{escape(cell)}</td>"
            for cell in row
        ]
        for row in rows
    ]
    body = "".join(f"<tr>{''.join(row)}</tr>\n" for row in cells)
    shown = "All rows" if len(rows) == resource["rows"] else f"First {len(rows)} of {resource['rows']:,} rows"
    head = _head([f"<code>{name}</code>" for name in header])
    return _scrolling(f"{shown} of <code>{resource['name']}</code>", f"{head}<tbody>\n{body}</tbody>")


def page_style(app: Sphinx, page: str, template: str, context: dict, doctree: nodes.document | None) -> None:
    """The style of the dictionary goes to the pages that hold one of its tables, and to no other."""
    if 'class="data-table"' in context.get("body", ""):
        app.add_css_file("dictionary.css")


def setup(app: Sphinx) -> dict[str, object]:
    """Register the directives and what happens around a build."""
    app.add_directive("data-family", DataFamily)
    app.add_directive("data-tables", DataTables)
    app.connect("config-inited", lambda app, config: config.html_static_path.append(str(STATIC)))
    app.connect("env-get-outdated", outdated_pages)
    app.connect("env-check-consistency", check_families)
    app.connect("doctree-resolved", resolve_links)
    app.connect("html-page-context", page_style)
    app.connect("build-finished", copy_data)
    version = hashlib.sha256(Path(__file__).read_bytes()).hexdigest()[:12]
    # A change of this code changes the pages that it makes; reading them anew is the only way to show it.
    return {
        "version": version,
        "env_version": int(version, 16),
        "parallel_read_safe": True,
        "parallel_write_safe": True,
    }
