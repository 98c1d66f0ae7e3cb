"""Sphinx extension: "chapter 4" in the text of a page becomes a link to that chapter.

Chapters of the customs tariff are written with two digits ("chapter 08") or have larger numbers, and stay text.
"""

from __future__ import annotations

import re
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.nodes import make_refnode

from frenemies_build.pages.shell import chapter_number

NAMED = re.compile(r"\b[Cc]hapter ([1-9]\d?)\b(?!\d)|(?<=\b[Cc]hapters )([1-9]\d?)\b|(?<=\band )([1-9]\d?)\b")
SEVERAL = re.compile(r"\b[Cc]hapters [1-9]\d? and [1-9]\d?\b")
INSIDE = (nodes.reference, nodes.literal, nodes.title, nodes.raw, nodes.literal_block)


def mentions(text: str) -> list[tuple[int, int, int]]:
    """Where a text names chapters: begin, end and number of each mention."""
    spans = [match.span() for match in SEVERAL.finditer(text)]
    found = []
    for match in NAMED.finditer(text):
        number = next(filter(None, match.groups()))
        if match[3] and not any(begin <= match.start() < end for begin, end in spans):
            continue  # "and 4" of another sentence
        found.append((match.start(), match.end(), int(number)))
    return found


class ChapterLinks(SphinxPostTransform):
    """Link the chapters that a page's text names."""

    default_priority = 700  # the numbers and claims of the page are marked by then

    def run(self, **kwargs: Any) -> None:
        """Replace each mention by a link; the page's own number stays text."""
        pages = {chapter_number(page): page for page in self.env.found_docs if chapter_number(page) is not None}
        for text in list(self.document.findall(nodes.Text)):
            if any(isinstance(node, INSIDE) for node in _above(text)):
                continue
            pieces, last, words = [], 0, text.astext()
            for begin, end, number in mentions(words):
                page = pages.get(number)
                if page is None or page == self.env.docname:
                    continue
                name = nodes.inline("", words[begin:end])
                link = make_refnode(self.app.builder, self.env.docname, page, None, name)
                pieces += [nodes.Text(words[last:begin]), link]
                last = end
            if pieces:
                text.parent.replace(text, [*pieces, nodes.Text(words[last:])])


def _above(node: nodes.Node) -> list[nodes.Node]:
    found = []
    while node.parent is not None:
        node = node.parent
        found.append(node)
    return found


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the transform."""
    app.add_post_transform(ChapterLinks)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
