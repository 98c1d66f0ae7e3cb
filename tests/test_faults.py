"""Proof that the checks bite: each plants one fault in a copy and shows that it is caught."""

from __future__ import annotations

import copy
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
import rules
import test_book
from conftest import run_nbval

TRADE = rules.ROOT / "chapters" / "01-trade.ipynb"


@pytest.fixture
def trade() -> nbformat.NotebookNode:
    """A fresh copy of the first chapter, which has no breach."""
    return copy.deepcopy(rules.read(TRADE))


def first_chart(notebook: nbformat.NotebookNode) -> dict:
    """The first stored chart, to be damaged in place."""
    return next(rules.charts(notebook))[1]


def cells(notebook: nbformat.NotebookNode, kind: str) -> list[nbformat.NotebookNode]:
    """The cells of one kind."""
    return [cell for cell in notebook.cells if cell.cell_type == kind]


def never_run(notebook):
    # What nbval lets through: outputs cleared and no run numbers.
    for cell in rules.code_cells(notebook):
        cell.execution_count, cell.outputs = None, []


def run_out_of_order(notebook):
    one, two = rules.code_cells(notebook)[2:4]
    one.execution_count, two.execution_count = two.execution_count, one.execution_count


def stored_warning(notebook):
    rules.code_cells(notebook)[0].outputs.append(nbformat.v4.new_output("stream", name="stderr", text="FutureWarning"))


def foreign_kernel(notebook):
    notebook.metadata.kernelspec["display_name"] = "my venv"


def editor_metadata(notebook):
    notebook.cells[0].metadata["vscode"] = {"languageId": "python"}


def second_title(notebook):
    cells(notebook, "markdown")[3].source += "\n\n# Another title"


def long_cell(notebook):
    rules.code_cells(notebook)[1].source += "\n#" * 20


def wide_cell(notebook):
    rules.code_cells(notebook)[1].source += "\n# " + "wide " * 20


def folded_in_the_book_alone(notebook):
    next(cell for cell in rules.code_cells(notebook) if rules.is_folded(cell)).metadata.pop("jupyter")


def chart_without_id(notebook):
    del first_chart(notebook)["usermeta"]["id"]


def two_charts_of_one_name(notebook):
    (_, one), (_, other) = list(rules.charts(notebook))[:2]
    other["usermeta"]["id"] = one["usermeta"]["id"]


def bare_dates(notebook):
    spec = next(
        spec
        for _, spec in rules.charts(notebook)
        if any(list(rules.temporal_fields(v["encoding"])) for v in rules.views(spec))
    )
    for view in rules.views(spec):
        for field in rules.temporal_fields(view["encoding"]):
            for rows in spec["datasets"].values():
                for row in rows:
                    row[field] = "2015-11-24"


def chart_without_description(notebook):
    del first_chart(notebook)["description"]


def chart_with_an_unfilled_field(notebook):
    first_chart(notebook)["usermeta"]["note"] = "A side counts as needier beyond {even:+}."


def chart_with_a_slug_for_description(notebook):
    first_chart(notebook)["description"] = "trade-chart-1"


def chart_without_title(notebook):
    first_chart(notebook)["title"] = None


def chart_without_source(notebook):
    first_chart(notebook)["usermeta"]["source"] = ""


def axis_without_title(notebook):
    for view in rules.views(first_chart(notebook)):
        view["encoding"].get("y", {}).pop("title", None)


def axis_without_unit(notebook):
    for view in rules.views(first_chart(notebook)):
        if "title" in view["encoding"].get("y", {}):
            view["encoding"]["y"]["title"] = "Value"


def unknown_claim(notebook):
    cells(notebook, "markdown")[1].source += " As [M99](#M99) says."


def mislabelled_claim(notebook):
    cells(notebook, "markdown")[1].source += " As [M02](#M03) says."


def unknown_citation(notebook):
    cells(notebook, "markdown")[1].source += " See {cite:p}`nobody_1900`."


FAULTS = [
    never_run, run_out_of_order, stored_warning, foreign_kernel, editor_metadata, second_title, long_cell,
    wide_cell, folded_in_the_book_alone, chart_without_id, two_charts_of_one_name, bare_dates,
    chart_without_description, chart_with_a_slug_for_description, chart_with_an_unfilled_field,
    chart_without_title, chart_without_source, axis_without_title, axis_without_unit, unknown_claim, mislabelled_claim, unknown_citation,
]  # fmt: skip


def test_the_sound_chapter_has_no_breach(trade):
    assert rules.all_breaches(trade) == []


@pytest.mark.parametrize("plant", FAULTS, ids=lambda plant: plant.__name__)
def test_planted_fault_is_caught(trade, plant):
    plant(trade)
    assert rules.all_breaches(trade)


@pytest.mark.parametrize(
    "words",
    [
        'title="The peak is 2022"', 'title=f"The peak is {2022}"', 'subtitle="Trade, 1992-2025"', 'alt_text=f"From {low:.1f} to 58.8 billion."',
        'note="It rose by 12 percent."', 'title="It " + "fell by 12 percent"', 'title=words', 'alt_text=" ".join(["a", "b 12"])',
        'title="War since 24 February 2023"', 'title="The highest year was 2015"',
    ],
)  # fmt: skip
def test_number_typed_in_the_words_of_a_figure_is_caught(words):
    code = f'words = f"It is {{low}} of 12"\nfr.figure(chart, {words}, tables=["trade_annual"])'
    assert rules.typed_numerals(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)]))


@pytest.mark.parametrize(
    "words",
    [
        'title=f"The peak is {bought.idxmax()}"', 'title="Before the crisis of 2015 it rose"', 'title="After the 2003 invasion"',
        'subtitle=f"Trade, {first}-{last}, billion US dollars"', 'alt_text=f"It reaches {s.loc[2022]:.1f} billion."', 'note="The S-400, see chapter 9."',
        'title="After 24 November 2015 it fell"',
    ],
)  # fmt: skip
def test_computed_number_and_fixed_year_in_the_words_of_a_figure_may_stand(words):
    code = f'fr.figure(chart, {words}, tables=["trade_annual"])'
    assert rules.typed_numerals(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)])) == []


FINDING = """
import altair as alt
import frenemies as fr

trade = fr.load("trade_annual")
bought = trade.query("reporter_iso3 == 'TUR' and flow == 'import' and year >= 2021").groupby("year")["value_musd"].last()
peak = bought.idxmax()
fr.figure(
    alt.Chart(bought.reset_index()).mark_bar().encode(alt.X("year:O"), alt.Y("value_musd:Q")),
    id="bought",
    title=f"Turkey bought most in {peak}, and more than twice what it bought in {bought.index.min()}",
    subtitle="Imports from Russia, million US dollars",
    alt_text="Bars by year. The highest is the second, and more than twice as high as the first.",
    tables=["trade_annual"],
    holds={
        "the second year is the highest": peak == bought.index.min() + 1,
        "it is more than twice the first": bought.max() > 2 * bought.iloc[0],
    },
)
"""


@pytest.mark.parametrize(("value", "finding"), [(None, ""), ("51000", "more than twice"), ("20000", "second year")])
def test_false_finding_stops_the_notebook(tmp_path, monkeypatch, value, finding):
    """A table is changed, soundly described, so that what a figure claims is false."""
    from frenemies_build.notebooks import NotebookError, run_notebook

    shutil.copytree(rules.ROOT / "data", tmp_path / "data")
    if value:
        table = tmp_path / "data" / "trade_annual.csv"
        table.write_text(table.read_text().replace(",tuik_mgimo_2026_07,58848.948,", f",tuik_mgimo_2026_07,{value},"))
        environment = os.environ | {"FRENEMIES_DATA": str(tmp_path / "data")}
        subprocess.run(
            [sys.executable, "-m", "frenemies_build.describe_tables"], env=environment, check=True, capture_output=True
        )
    monkeypatch.setenv("FRENEMIES_DATA", str(tmp_path / "data"))
    path = tmp_path / "finding.ipynb"
    path.write_text(nbformat.writes(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(FINDING.strip())])))
    if value is None:
        run_notebook(path)
    else:
        with pytest.raises(NotebookError, match=finding):
            run_notebook(path)


SMALL = """
import frenemies as fr
table = fr.load("trade_annual")
table.query("year == 2014").loc[:, ["flow", "value_musd"]]
"""


def nbval(folder: Path, notebook: nbformat.NotebookNode) -> subprocess.CompletedProcess:
    """Run strict nbval on a notebook in a folder of its own."""
    (folder / "chapter.ipynb").write_text(nbformat.writes(notebook), encoding="utf-8")
    return run_nbval(folder, "chapter.ipynb")


@pytest.fixture(scope="module")
def small(tmp_path_factory) -> nbformat.NotebookNode:
    """A short notebook that has just been run."""
    from frenemies_build.notebooks import run_notebook

    path = tmp_path_factory.mktemp("small") / "small.ipynb"
    path.write_text(nbformat.writes(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(SMALL.strip())])))
    return run_notebook(path)


def test_nbval_passes_the_sound_notebook(small, tmp_path):
    result = nbval(tmp_path, small)
    assert result.returncode == 0, result.stdout


def test_nbval_catches_a_changed_number_in_a_stored_table(small, tmp_path):
    notebook = copy.deepcopy(small)
    data = notebook.cells[0].outputs[0].data
    data["text/html"] = data["text/html"].replace("6650", "6651")
    assert data != small.cells[0].outputs[0].data
    assert nbval(tmp_path, notebook).returncode == 1


def test_nbval_catches_a_changed_datum_of_a_chart(trade, tmp_path):
    number, spec = next(rules.charts(trade))
    rows = next(iter(spec["datasets"].values()))
    rows[0]["busd"] += 1
    # Only the cells up to the chart: the rest adds nothing but seconds.
    last = rules.code_cells(trade)[number - 1]
    trade.cells = trade.cells[: trade.cells.index(last) + 1]
    assert nbval(tmp_path, trade).returncode == 1


def test_dead_link_and_dead_place_are_caught(built, tmp_path):
    (tmp_path / "page.html").write_text(
        '<p id="here"><a href="#here"></a><a href="#gone"></a><a href="gone.html"></a></p>'
    )
    assert len(test_book.dead_links(tmp_path, tmp_path / "page.html")) == 2


@pytest.mark.parametrize(
    "content",
    [b"", b"{ not json", b"\xff\xfe", b"[]", b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": null}'],
)
def test_notebook_that_is_none_gives_an_error_with_a_remedy(tmp_path, content):
    from frenemies_build.notebooks import NotebookError, run_notebook

    (tmp_path / "broken.ipynb").write_bytes(content)
    with pytest.raises(NotebookError, match=r"broken\.ipynb.*git checkout"):
        run_notebook(tmp_path / "broken.ipynb")


def test_syntax_error_names_notebook_and_cell_and_keeps_the_file(tmp_path, capsys):
    from frenemies_build.notebooks import main

    path = tmp_path / "typo.ipynb"
    code = [nbformat.v4.new_code_cell("1 + 1"), nbformat.v4.new_code_cell("print('a'")]
    path.write_text(nbformat.writes(nbformat.v4.new_notebook(cells=code)))
    before = path.read_text()
    assert main([str(path)]) == 1
    assert re.search(r"typo\.ipynb: code cell 2 failed with SyntaxError", capsys.readouterr().out)
    assert path.read_text() == before
