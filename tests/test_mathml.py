"""Formulas become MathML, or stop the build with a sentence that names them."""

from __future__ import annotations

import io
from pathlib import Path
from xml.etree import ElementTree

import pytest
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.util.docutils import docutils_namespace, patch_docutils

from frenemies_build.pages.formulas import to_mathml


def text_of(mathml: str) -> str:
    """The letters of a formula, in the order in which they are drawn."""
    return "".join(ElementTree.fromstring(mathml).itertext())


@pytest.mark.parametrize(
    ("latex", "letters"),
    [
        (r"\text{HHI} = \sum_{i=1}^{n} s_i^2", "HHI=∑i=1nsi2"),
        (r"\hat{\delta} = (\bar y_{1} - \bar y_0)", "δ^=(y¯1−y¯0)"),
        (r"\text{share of } 5\% \ge x", "share\u00a0of\u00a05%≥x"),
        (r"\{a\} \& b", "{a}&b"),
    ],
)
def test_a_formula_keeps_its_letters(latex: str, letters: str) -> None:
    assert text_of(to_mathml(latex)) == letters


def test_display_is_told() -> None:
    assert 'display="block"' in to_mathml("x", "block")
    assert 'display="inline"' in to_mathml("x")


def test_aligned_lines_become_a_table() -> None:
    mathml = to_mathml(r"\begin{aligned} a &= b \\ c &= d \end{aligned}", "block")
    assert mathml.count("<mtr>") == 2 and "&</mi>" not in mathml


@pytest.mark.parametrize(
    ("latex", "complaint"),
    [
        (r"\unknowncommand{x}", "unknowncommand"),
        (r"\frac{a", "braces"),
        (r"a}", "braces"),
        (r"\left( x", "ExtraLeftOrMissingRight"),
        ("a & b", "outside of a table"),
        ("", "NoAvailableTokens"),
    ],
)
def test_what_cannot_be_drawn_whole_is_refused(latex: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        to_mathml(latex)


def build(folder: Path, markdown: str) -> str:
    """Build a book of one page with this text; return its HTML."""
    source, out = folder / "source", folder / "html"
    source.mkdir()
    (source / "index.md").write_text(markdown, "utf-8")
    settings = {
        "extensions": ["myst_nb", "frenemies_build.pages.formulas"],
        "nb_execution_mode": "off",
        "myst_enable_extensions": ["dollarmath"],
        "html_math_renderer": "mathml",
        "html_theme": "basic",
        "html_show_sphinx": False,
    }
    with docutils_namespace(), patch_docutils():
        Sphinx(source, None, out, folder / "doctrees", "html", settings, io.StringIO(), io.StringIO()).build()
    return (out / "index.html").read_text("utf-8")


def test_a_page_with_formulas_needs_no_script(tmp_path: Path) -> None:
    html = build(tmp_path, "# Page\n\nInline $a^2$.\n\n$$\nx_1 = 3\n$$ (first)\n\nSee {eq}`first`.\n")
    assert html.count("<math ") == 2 and 'display="block"' in html
    assert "tex-mml" not in html and "https://" not in html, "MathJax is not loaded"
    assert '<span class="eqno">(1)' in html and 'href="#equation-first"' in html


def test_a_bad_formula_stops_the_build_and_is_named(tmp_path: Path) -> None:
    with pytest.raises(ExtensionError, match=r"index: cannot turn the formula '\\\\nonsense\{x\}' into MathML"):
        build(tmp_path, "# Page\n\n$\\nonsense{x}$\n")
