"""Sphinx extension: code on the pages is coloured with a third of the usual marks.

Pygments puts a tag around every name, sign and space, although most of them look like plain text: on a page with much
code, more than half of all elements. Here only what has a colour of its own is marked, and neighbours of one colour once.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pygments.formatters import HtmlFormatter
from pygments.token import Comment, Keyword, Name, Number, Operator, Punctuation, String, Token
from sphinx.application import Sphinx

# What stands in the book's code without a colour of its own.
PLAIN = {Name, Name.Namespace, Name.Other, Punctuation, Operator, Token.Text, Token.Text.Whitespace}
# Kinds whose members look the same; the words among the operators (in, not) look like keywords.
GROUPS = {String: String, Number: Number, Comment: Comment, Keyword: Keyword, Operator.Word: Keyword}


def seen_as(kind: tuple) -> tuple:
    """The kind of token as which a reader sees this one."""
    if kind in PLAIN:
        return Token
    return next((looks for group, looks in GROUPS.items() if kind in group), kind)


class FewMarks(HtmlFormatter):
    """Pygments' formatter for HTML; tokens that look alike are one."""

    def format_unencoded(self, tokensource: Iterable[tuple[tuple, str]], outfile: Any) -> None:
        """Write the tokens, each as what a reader sees."""
        super().format_unencoded(((seen_as(kind), text) for kind, text in tokensource), outfile)


def _use(app: Sphinx) -> None:
    if highlighter := getattr(app.builder, "highlighter", None):
        highlighter.formatter = FewMarks


def setup(app: Sphinx) -> dict[str, bool]:
    """Colour the code of this book's pages so; other books stay as they are."""
    app.connect("builder-inited", _use)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
