"""Sphinx extension: the table of verdicts in the book, with search, filters and links that lead on.

The notebook writes a plain table whose links name notebooks and figures of this repository. Here they become
addresses of the built pages; a figure or table that is not in the book is a warning. Only the page that holds the
table gets its style and its script (static/claims.css, static/claims.js); without a script the whole table shows.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import logging

STATIC = Path(__file__).parent / "static"
MARK = 'class="verdicts"'
# A notebook or page of this repository as the notebook names it: relative to chapters/, with a label or without.
LINK = re.compile(r'href="([\w./-]+)\.(?:ipynb|md)(?:#([\w-]+))?"')
_LOG = logging.getLogger(__name__)


def resolve(app: Sphinx, doctree: nodes.document, page: str) -> None:
    """Give the links of the table of verdicts the addresses of built pages; warn of those that lead nowhere."""
    labels, folder = app.env.domains["std"].anonlabels, page.rpartition("/")[0]

    def address(match: re.Match) -> str:
        target, label = f"{folder}/{match[1]}".lstrip("/"), match[2]
        where, place = labels.get(label, (target, "")) if label else (target, "")
        if where not in app.env.found_docs or where != target or (label and not place):
            _LOG.warning("the table of verdicts links to %s, which is not in the book", match[0], location=page, type="frenemies", subtype="claims")
            return 'href="#"'
        return f'href="{app.builder.get_relative_uri(page, where)}' + (f'#{place}"' if place else '"')

    for node in list(doctree.findall(nodes.raw)):
        if MARK in node.astext():
            node.replace_self(nodes.raw("", LINK.sub(address, node.astext()), format="html"))


def page_assets(app: Sphinx, page: str, template: str, context: dict, doctree: nodes.document | None) -> None:
    """Style and script go to the page with the table, and to no other."""
    if MARK in context.get("body", ""):
        app.add_css_file("claims.css")
        app.add_js_file("claims.js", loading_method="defer")


def setup(app: Sphinx) -> dict[str, Any]:
    """Register what happens to the page with the table of verdicts."""
    app.connect("config-inited", lambda app, config: config.html_static_path.append(str(STATIC)))
    app.connect("doctree-resolved", resolve)
    app.connect("html-page-context", page_assets)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
