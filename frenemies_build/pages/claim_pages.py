"""Sphinx extension: the cards of the claims in the book, and the page that shows how each claim was tried.

Directive (MyST):

    ```{claim-workings}```    every claim with its parts and the function that tried it, at the label working-<id>

A notebook writes plain cards whose links name notebooks, pages and figures of this repository. Here they become addresses of
built pages; one that is not in the book is a warning. Only pages with cards get their style and script (static/claims.css,
static/claims.js); without a script all cards show.
"""

from __future__ import annotations

import hashlib
import inspect
import re
from html import escape
from pathlib import Path
from typing import Any

import pandas as pd
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from frenemies.claims import cards, verdicts
from frenemies.claims.trials import TRIALS, series
from frenemies.tables.catalogue import tables
from frenemies.tables.package import DataError, data_dir

STATIC = Path(__file__).parent / "static"
MARKS = ('class="claims"', 'class="working"')
# A notebook or page of this repository as the cards name it: as seen from chapters/ or with the way there, with a label or without.
LINK = re.compile(r'href="([\w./-]+)\.(?:ipynb|md)(?:#([\w-]+))?"')
WORKING = "working-"
_LOG = logging.getLogger(__name__)


class ClaimWorkings(SphinxDirective):
    """A section for each author; in it every claim with verdict, parts and the code that tried it."""

    has_content = False

    def run(self) -> list[nodes.Node]:
        """Build the sections; a claim without a part, or with one that cannot be judged, stops the page."""
        for path in (
            data_dir() / "claims.csv",
            data_dir() / "claim_parts.csv",
            *Path(series.__file__).parent.glob("*.py"),
        ):
            self.env.note_dependency(str(path))
        try:
            claims, parts = verdicts.of_the_book()
            verdicts.check_parts(claims, parts)
        except DataError as error:
            raise self.error(str(error)) from error
        judged, by_claim = (
            verdicts.judge(claims, parts),
            dict(tuple(parts.fillna({"table": "", "records": "", "decides": ""}).groupby("claim_id"))),
        )
        return [self._section(author, rows, by_claim) for author, rows in judged.groupby("author", sort=False)]

    def _section(self, author: str, rows: pd.DataFrame, by_claim: dict[str, pd.DataFrame]) -> nodes.section:
        title = f"{author}, {rows['year'].iloc[0]}"
        label = nodes.make_id(title)
        section = nodes.section("", nodes.title("", title), ids=[label], names=[label])
        self.state.document.note_implicit_target(section, section)
        families = tables().set_index("name")["family"]
        for row in rows.to_dict("records"):
            claim = row["claim_id"]
            head = (
                f'<div class="working" id="{WORKING}{claim.lower()}">\n<p><a href="12-claims-on-trial.ipynb#{claim}"><strong>{claim}</strong></a> '
                f"{row['kind']}: {escape(row['claim'])}</p>\n{cards.mark(row['verdict'])}\n{cards.part_list(by_claim[claim], families)}\n"
                f"<details><summary>The code that tried {claim}</summary>"
            )
            source = inspect.getsource(TRIALS[claim])
            section += nodes.raw("", head, format="html")
            section += nodes.literal_block(source, source, language="python")
            section += nodes.raw("", "</details></div>", format="html")
        return section


def resolve(app: Sphinx, doctree: nodes.document, page: str) -> None:
    """Give the links of cards and workings the addresses of built pages; warn of those that lead nowhere."""
    labels, claims = app.env.domains["std"].anonlabels, set(TRIALS)

    def address(match: re.Match) -> str:
        target, label = f"chapters/{match[1].rpartition('chapters/')[2]}", match[2]
        # Cards and workings are raw HTML, so that Sphinx knows no label of theirs.
        own = label and (label in claims or label.removeprefix(WORKING).upper() in claims)
        where, place = (target, label) if own else labels.get(label, (target, "")) if label else (target, "")
        if where not in app.env.found_docs or where != target or (label and not place):
            _LOG.warning(
                "the claims link to %s, which is not in the book",
                match[0],
                location=page,
                type="frenemies",
                subtype="claims",
            )
            return 'href="#"'
        return f'href="{app.builder.get_relative_uri(page, where)}' + (f'#{place}"' if place else '"')

    for node in list(doctree.findall(nodes.raw)):
        if any(mark in node.astext() for mark in MARKS):
            node.replace_self(nodes.raw("", LINK.sub(address, node.astext()), format="html"))


def page_assets(app: Sphinx, page: str, template: str, context: dict, doctree: nodes.document | None) -> None:
    """Style and script go to the pages with claims, and to no other."""
    body = context.get("body", "")
    if any(mark in body for mark in MARKS):
        app.add_css_file("claims.css")
    if MARKS[0] in body:
        app.add_js_file("claims.js", loading_method="defer")


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directive and what happens to pages with claims."""
    app.add_directive("claim-workings", ClaimWorkings)
    app.connect("config-inited", lambda app, config: config.html_static_path.append(str(STATIC)))
    app.connect("doctree-resolved", resolve)
    app.connect("html-page-context", page_assets)
    # The sections are made when the page is read: other code for them has it read anew.
    code = [Path(__file__), *sorted(Path(cards.__file__).parent.glob("*.py"))]
    version = hashlib.sha256(b"".join(path.read_bytes() for path in code)).hexdigest()[:12]
    return {
        "version": version,
        "env_version": int(version, 16),
        "parallel_read_safe": True,
        "parallel_write_safe": True,
    }
