"""Sphinx extension: formulas become MathML at build time, which browsers draw without a script.

Choose it with `html_math_renderer = "mathml"`; MathJax is then never loaded.
"""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree

from docutils import nodes
from latex2mathml.converter import convert
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.util.math import get_node_equation_number

_NAMESPACE = "{http://www.w3.org/1998/Math/MathML}"


def to_mathml(latex: str, display: str = "inline") -> str:
    """Return a formula as a <math> element; `display` is "inline" or "block".

    Raises `ValueError` where the formula cannot be converted whole. latex2mathml itself
    closes missing braces and passes unknown commands and stray & on as letters, which
    would print a wrong formula; those are refused here.
    """
    if latex.count("{") - latex.count(r"\{") != latex.count("}") - latex.count(r"\}"):
        raise ValueError("its braces do not balance")
    latex = re.sub(r"(\\(?:begin|end)\{)aligned\}", r"\1align*}", latex.strip())
    try:
        mathml = convert(latex, display=display)
    except Exception as error:  # latex2mathml has a dozen exceptions without a common parent
        raise ValueError(f"{type(error).__name__} {error}".strip()) from error
    if "<mi>&</mi>" in mathml:
        raise ValueError("& stands outside of a table environment")
    for element in ElementTree.fromstring(mathml).iter():
        text = element.text or ""
        if element.tag != f"{_NAMESPACE}mtext" and len(text) > 1 and text.startswith("\\"):
            raise ValueError(f"{text} is not known here")
    return mathml


def _convert(self, node: nodes.Element, display: str) -> str:
    latex = node.astext()
    try:
        return to_mathml(latex, display)
    except ValueError as error:
        raise ExtensionError(
            f"{self.builder.current_docname}: cannot turn the formula {latex!r} into MathML: {error}"
        ) from error


def _visit_inline(self, node: nodes.math) -> None:
    self.body.append(f'<span class="math">{_convert(self, node, "inline")}</span>')
    raise nodes.SkipNode


def _visit_block(self, node: nodes.math_block) -> None:
    self.body.append(self.starttag(node, "div", CLASS="math"))
    if node.get("number"):
        self.body.append(f'<span class="eqno">({get_node_equation_number(self, node)})')
        self.add_permalink_ref(node, "Link to this equation")
        self.body.append("</span>")
    self.body.append(f"{_convert(self, node, 'block')}</div>\n")
    raise nodes.SkipNode


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the renderer "mathml" with Sphinx."""
    app.add_html_math_renderer("mathml", (_visit_inline, None), (_visit_block, None))
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
