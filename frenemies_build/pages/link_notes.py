"""Sphinx extension: what a term, a work or a claim is, in a note beside the link that leads to it.

The first mention of a glossary term on a chapter's page becomes a link to its entry. Its tooltip is the definition, as that
of a citation is the work and that of a claim its words; static/notes.js shows the tooltip as a note to whoever points at
the link or reaches it by keyboard. Without a script the browser's own tooltip stays.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.nodes import make_refnode

from frenemies_build.pages.shell import chapter_number

STATIC = Path(__file__).parent / "static"
# Where a word is no mention of a term: it leads elsewhere already, or is being explained.
INSIDE = (nodes.reference, nodes.literal, nodes.title, nodes.raw, nodes.literal_block, nodes.strong)
# Words that every reader knows, although the glossary says how the book uses them.
EVERYDAY = {
    "alignment", "alliance", "flow", "frenemies", "NATO", "partner", "reporter", "rivalry", "sanction", "sensitivity",
    "stance", "Straits", "theatre", "transit", "vulnerability",
}  # fmt: skip


def glossary(env: BuildEnvironment) -> dict[str, tuple[str, str, str]]:
    """Page, label and definition (plain text) of each term of the book's glossaries."""
    if not hasattr(env, "frenemies_terms"):
        env.frenemies_terms = {}
        terms = [entry for entry in env.domains["std"].get_objects() if entry[2] == "term"]
        for page in {entry[3] for entry in terms}:
            for item in env.get_doctree(page).findall(nodes.definition_list_item):
                meaning = " ".join(item[-1].astext().split())
                for term in item.findall(nodes.term):
                    env.frenemies_terms[term.astext()] = (page, term["ids"][0], meaning)
    return env.frenemies_terms


def mentions(text: str, terms: list[str]) -> list[tuple[int, int, str]]:
    """Where a text names one of some terms: begin, end and term; long terms before the short ones in them.

    A term in small letters is also found with a capital and in the plural.
    """
    if not terms:
        return []
    patterns = [
        f"(?i:{re.escape(term)}s?)" if term == term.lower() else re.escape(term)
        for term in sorted(terms, key=len, reverse=True)
    ]
    by_lower = {term.lower(): term for term in terms}
    found = []
    for match in re.finditer(rf"(?<![\w-])(?:{'|'.join(patterns)})(?![\w-])", text):
        words = match[0].lower()
        found.append((match.start(), match.end(), by_lower.get(words) or by_lower[words.removesuffix("s")]))
    return found


class TermLinks(SphinxPostTransform):
    """Link the first mention of each term on a chapter's page to the glossary."""

    default_priority = 710  # the claims and chapters of the page are links by then

    def run(self, **kwargs: Any) -> None:
        """Look through the page in reading order."""
        if chapter_number(self.env.docname) is None:
            return
        terms = glossary(self.env)
        left = [term for term in terms if term not in EVERYDAY]
        for text in [text for text in self.document.findall(nodes.Text) if _is_prose(text)]:
            pieces, last, words = [], 0, text.astext()
            for begin, end, term in mentions(words, left):
                if term not in left:
                    continue  # its second mention in these words
                left.remove(term)
                page, label, meaning = terms[term]
                name = nodes.inline("", words[begin:end])
                link = make_refnode(self.app.builder, self.env.docname, page, label, name, meaning)
                link["classes"].append("glossed")
                pieces += [nodes.Text(words[last:begin]), link]
                last = end
            if pieces:
                text.parent.replace(text, [*pieces, nodes.Text(words[last:])])


def _is_prose(text: nodes.Text) -> bool:
    node = text.parent
    while node is not None:
        if isinstance(node, INSIDE) or (isinstance(node, nodes.container) and node.get("nb_element")):
            return False
        if isinstance(node, nodes.bullet_list) and isinstance(node.parent.parent, nodes.document):
            return False  # the objectives, before the text has begun
        node = node.parent
    return True


def page_assets(app: Sphinx, page: str, template: str, context: dict, doctree: nodes.document | None) -> None:
    """Script and style go to the pages that have links with a tooltip, and to no other."""
    if re.search(r'<a class="[^"]*reference internal[^>]* title="', context.get("body", "")):
        app.add_css_file("asked.css")
        app.add_js_file("notes.js", loading_method="defer")


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the transform and the script."""
    app.connect("config-inited", lambda app, config: config.html_static_path.append(str(STATIC)))
    app.add_post_transform(TermLinks)
    app.connect("html-page-context", page_assets)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
