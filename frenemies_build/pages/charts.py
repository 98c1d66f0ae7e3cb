"""Sphinx extension: every stored Vega-Lite chart becomes a figure that works everywhere.

A figure is a picture at once (no script needed, prints, has a text alternative) and a live
chart when it comes into view (static/charts.js). Its words are text of the page; its data
are a table and a CSV file. Builders that know no script get the picture, title and source.
"""

from __future__ import annotations

import hashlib
import json
import os
import posixpath
from html import escape
from pathlib import Path
from typing import Any

import vl_convert
from docutils import nodes
from myst_nb.core.render import MimeData, MimeRenderPlugin, NbElementRenderer
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.errors import ExtensionError
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging

from frenemies.charts import look
from frenemies.charts.figure import anchor, label_of
from frenemies_build.pages import chart_pictures, chart_specs
from frenemies_build.pages.archives import archive
from frenemies_build.pages.chart_specs import MIME

STATIC = Path(__file__).parent / "static"
EXTENSION = "frenemies_build.pages.charts"
_LOG = logging.getLogger(__name__)


class chart(nodes.General, nodes.Element):
    """A chart: its spec (JSON), its place ("cell 3"), and its words as children, for the search."""


class VegaLitePlugin(MimeRenderPlugin):
    """What myst-nb asks when a notebook holds a Vega-Lite chart (entry point myst_nb.mime_renderers).

    myst-nb asks it in every book of the environment: it answers only where this extension is loaded.
    """

    @staticmethod
    def handle_mime(renderer: NbElementRenderer, data: MimeData, inline: bool) -> list[nodes.Element] | None:
        """Return the chart as a node; `None` for every other kind of output."""
        loaded = EXTENSION in renderer.renderer.sphinx_env.app.extensions
        if not loaded or data.mime_type != MIME or inline:
            return None
        spec = json.loads(data.content) if isinstance(data.content, str) else data.content
        document, docname = renderer.renderer.document, renderer.renderer.sphinx_env.docname
        place = f"cell {(data.cell_index or 0) + 1}"
        for problem in chart_specs.problems(spec):
            _LOG.warning("the chart in %s %s", place, problem, type="frenemies", subtype="charts", location=docname)
        words = chart_specs.caption(spec)
        node = chart("", spec=json.dumps(spec), place=place)
        node += nodes.caption("", words.title)
        node += nodes.paragraph("", " ".join(filter(None, (words.subtitle, words.note, words.source))))
        name = label_of(spec) if words.title else anchor("")
        while name in document.nametypes:  # two charts with one title
            name += "-again"
        node["names"] = [name]
        document.note_explicit_target(node)
        return [node]


def _draw(app: Sphinx, node: chart, docname: str) -> tuple[chart_pictures.Drawing, chart_pictures.Drawing, dict]:
    try:
        return app.frenemies_artist.draw(json.loads(node["spec"]))
    except ExtensionError as error:
        raise ExtensionError(f"{docname}, {node['place']}: {error}") from error


def _tables(drawing: chart_pictures.Drawing, data: dict[str, Any]) -> list[chart_specs.Table]:
    order = chart_specs.field_order(drawing.spec)
    found = (chart_specs.table(key, values, order) for key, values in data.items())
    return [one for one in found if one]


# HTML


def _visit_html(self, node: chart) -> None:
    """Write the figure of a chart, and the files that it links to."""
    builder = self.builder
    folder, away = Path(builder.outdir, builder.imagedir), builder.imgpath
    wide, narrow, data = _draw(builder.app, node, builder.current_docname)
    words, ident = chart_specs.caption(json.loads(node["spec"])), node["ids"][0]
    stem = f"chart-{chart_specs.digest(json.loads(node['spec']))}"
    folder.mkdir(parents=True, exist_ok=True)

    def file(ending: str, content: str) -> str:
        (folder / f"{stem}{ending}").write_text(content, "utf-8", newline="\n")
        return posixpath.join(away, f"{stem}{ending}")

    def picture(theme: str, paint) -> str:
        small, large = file(f"-narrow-{theme}.svg", paint(narrow.svg)), file(f"-wide-{theme}.svg", paint(wide.svg))
        return (
            f'<picture class="only-{theme}"><source media="screen and (max-width: 600px)" srcset="{small}" '
            f'width="{narrow.width}" height="{narrow.height}">'
            f'<img class="only-{theme}" src="{large}" width="{wide.width}" height="{wide.height}" '
            f'alt="{escape(words.alt)}" loading="lazy" decoding="async"></picture>'
        )

    tables, short = _tables(wide, data), ident.removeprefix("figure-")
    links = []
    if len(tables) == 1:
        href = file(".csv", chart_specs.to_csv(tables[0]))
        links.append(f'<a href="{href}" download="{short}.csv">Download data</a>')
    elif tables:  # one link whatever the number of data sets
        files = {f"{short}-{n}.csv": chart_specs.to_csv(one).encode() for n, one in enumerate(tables, 1)}
        (folder / f"{stem}.zip").write_bytes(archive(files, short))
        links.append(f'<a href="{posixpath.join(away, stem)}.zip" download="{short}.zip">Download data</a>')
    href = file("-picture.svg", chart_pictures.framed(wide, words))
    links.append(f'<a href="{href}" download="{short}.svg">Download picture</a>')
    config, specifications = wide.spec.get("config"), {}
    for name, drawing in (("wide", wide), ("narrow", narrow)):
        specifications[name] = {k: v for k, v in drawing.spec.items() if k != "config"}
    packed = {
        **specifications,
        "config": chart_specs.digest(config) if config else None,
        "fluid": chart_specs.is_fluid(wide.spec),
        "wideWidth": wide.width,
        "data": list(data),
        "tables": [{"data": one.key, "columns": one.columns} for one in tables],
    }
    show = '<details class="chart-data pst-js-only"><summary>Show the data</summary></details>' if tables else ""
    node["packed"] = packed  # for the script of the page's charts
    self.body.append(
        f'<figure class="chart" id="{ident}">'
        f'<figcaption><p class="chart-title">{escape(words.title)}</p>'
        f'<p class="chart-subtitle">{escape(words.subtitle)}</p></figcaption>'
        f'<div class="chart-view">{picture("light", str)}{picture("dark", chart_pictures.dark)}</div>'
        f'<div class="chart-foot">{_source(builder, words)}<p class="chart-links">{"".join(links)}</p>{show}</div></figure>\n'
    )
    raise nodes.SkipNode


def _source(builder, words: chart_specs.Caption) -> str:
    """Return the lines under a chart: source, note, and links to the data dictionary."""
    labels = builder.env.domains["std"].anonlabels
    links = []
    for name in words.tables:
        page, target = labels.get(f"table-{name}", ("", ""))
        text = f"<code>{escape(name)}</code>"
        if page:
            text = f'<a href="{builder.get_relative_uri(builder.current_docname, page)}#{target}">{text}</a>'
        links.append(text)
    lines = [
        ("Source", escape(words.source)),
        ("Note", escape(words.note)),
        ("Tables" if len(links) > 1 else "Table", ", ".join(links)),
    ]
    return "".join(f'<p class="chart-source"><b>{name}:</b> {text}</p>' for name, text in lines if text)


def _page_assets(app: Sphinx, pagename: str, template: str, context: dict, doctree: nodes.document | None) -> None:
    """Give a page with charts, and no other, the script, the style, and each data set once."""
    charts = list(doctree.findall(chart)) if doctree else []
    if not charts:
        return
    data, configs = {}, {}
    for node in charts:
        wide, _, used = _draw(app, node, pagename)
        data.update(used)
        if config := wide.spec.get("config"):
            configs[chart_specs.digest(config)] = config
    drawn = {
        "bundle": app.frenemies_bundle,
        "configs": configs,
        "data": {k: chart_specs.pack(v) for k, v in data.items()},
        "figures": {node["ids"][0]: node["packed"] for node in charts},
    }
    # In a file of its own: the page is there before its charts, and a page from disk may read scripts, but no data.
    name = f"charts-{pagename.replace('/', '-')}.js"
    Path(app.outdir, "_static", name).write_text(f"window.frenemiesPage = {chart_pictures.to_json(drawn)};\n", "utf-8")
    app.add_js_file(name, loading_method="defer", priority=400)  # before charts.js
    app.add_css_file("charts.css")
    app.add_js_file("charts.js", loading_method="defer")


# Every other builder: picture, title, source


class PictureOnly(SphinxPostTransform):
    """Replace charts by plain figures where no script runs (EPUB, LaTeX, text)."""

    default_priority = 10  # after myst-nb has chosen the output to show, before images are collected

    def run(self, **kwargs: Any) -> None:
        """Replace each chart of the document."""
        if _is_live(self.app):
            return
        ending = "pdf" if self.app.builder.format == "latex" else "svg"
        for node in list(self.document.findall(chart)):
            wide, _, _ = _draw(self.app, node, self.env.docname)
            words = chart_specs.caption(json.loads(node["spec"]))
            path = self.app.frenemies_artist.folder / f"chart-{chart_specs.digest(json.loads(node['spec']))}.{ending}"
            path.write_bytes(vl_convert.svg_to_pdf(wide.svg) if ending == "pdf" else wide.svg.encode())
            uri = Path(os.path.relpath(path, self.app.srcdir)).as_posix()
            self.env.images.add_file(self.env.docname, uri)
            image = nodes.image("", uri=uri, alt=words.alt, candidates={"*": uri}, width=f"{wide.width}px")
            figure = nodes.figure("", image, nodes.caption("", words.title), ids=node["ids"])
            lines = (words.subtitle, f"Source: {words.source}" if words.source else "", words.note)
            figure += nodes.legend("", *(nodes.paragraph("", line) for line in lines if line))
            node.replace_self(figure)


def _is_live(app: Sphinx) -> bool:
    return app.builder.name in ("html", "dirhtml")


# Wiring


def _add_static(app: Sphinx, config: Config) -> None:
    config.html_static_path.append(str(STATIC))
    config.nb_mime_priority_overrides = [*config.nb_mime_priority_overrides, ("*", MIME, 1)]


def _let_pages_link(app: Sphinx, doctree: nodes.document) -> None:
    """Tell MyST of the figures of a page, so that other pages can link to them: `../01-trade.ipynb#figure-...`."""
    known = app.env.metadata[app.env.docname].setdefault("myst_slugs", {})
    for node in doctree.findall(chart):
        for ident in node["ids"]:
            known[ident] = (node.line or 0, ident, node.astext())


def _prepare(app: Sphinx) -> None:
    app.frenemies_artist = chart_pictures.Artist(Path(app.doctreedir).parent / ".charts")
    if _is_live(app):
        name, text = app.frenemies_artist.bundle()
        static = Path(app.outdir, "_static")
        static.mkdir(parents=True, exist_ok=True)
        static.joinpath(name).write_text(text, "utf-8")
        app.frenemies_bundle = name


def _begin_drawing(app: Sphinx, doctree: nodes.document) -> None:
    """Let idle cores draw a page's charts while other pages are read."""
    for node in doctree.findall(chart):
        app.frenemies_artist.begin(json.loads(node["spec"]))


def _end_drawing(app: Sphinx, error: Exception | None) -> None:
    artist = app.frenemies_artist
    artist.end()
    _LOG.info("charts: %d drawn, the others taken from %s", artist.count["drawn"], artist.folder)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register node, events and static files with Sphinx."""
    app.add_node(chart, html=(_visit_html, None))
    app.add_post_transform(PictureOnly)
    app.connect("config-inited", _add_static)
    app.connect("builder-inited", _prepare)
    app.connect("doctree-read", _let_pages_link)
    app.connect("html-page-context", _page_assets)
    app.connect("doctree-read", _begin_drawing)
    app.connect("build-finished", _end_drawing)
    # A change of this code writes every page anew, though no notebook changed.
    look_of_charts = Path(look.__file__).parent
    code = [
        *sorted(Path(__file__).parent.glob("*.py")),
        *sorted(STATIC.iterdir()),
        *sorted(look_of_charts.glob("*.py")),
    ]
    version = hashlib.sha256(b"".join(path.read_bytes() for path in code)).hexdigest()
    app.add_config_value("frenemies_charts_version", version, "html")
    return {"version": version[:12], "env_version": 1, "parallel_read_safe": True, "parallel_write_safe": True}
