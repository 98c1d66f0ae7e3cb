"""Sphinx extension: take from every page what would ask the network for something.

Jupyter Book 1 puts thebe (live code on a remote server) on every page, though this book does
not use it: two scripts, one of which names an external address and fails with an error.
"""

from __future__ import annotations

from typing import Any

from docutils import nodes
from sphinx.application import Sphinx


def _is_thebe(asset: Any) -> bool:
    name = str(getattr(asset, "filename", asset) or "")
    body = getattr(asset, "attributes", {}).get("body") or ""
    return "thebe" in name or "THEBE_JS_URL" in body


def _drop_thebe_config(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    # sphinx-thebe writes its settings, with an external address, into every page as raw HTML
    for node in list(doctree.findall(nodes.raw)):
        if "thebe" in node.astext() and "<script" in node.astext():
            node.parent.remove(node)


def _drop_thebe_files(app: Sphinx, page: str, template: str, context: dict, doctree: Any) -> None:
    for kind in ("script_files", "css_files"):
        context[kind] = [asset for asset in context.get(kind, ()) if not _is_thebe(asset)]


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect after every other extension (priority 900), so that all scripts are known."""
    app.connect("doctree-resolved", _drop_thebe_config, priority=900)
    app.connect("html-page-context", _drop_thebe_files, priority=900)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
