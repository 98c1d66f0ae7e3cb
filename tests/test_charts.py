"""Charts of the book: what a figure is made of, and what a build does with a bad one."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import altair as alt
import nbformat
import pandas as pd
import pytest
from conftest import ROOT
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.util.docutils import docutils_namespace, patch_docutils

from frenemies.charts import look
from frenemies_build.pages import chart_pictures, chart_specs, charts

ALT_TEXT = "Line chart: imports rise from 2 to 9 billion dollars, exports stay near 1."
ROWS = [{"year": year, "flow": flow, "value": year % 7 + 0.5} for flow in ("export", "import") for year in range(4)]


def finished(chart: alt.TopLevelMixin, **other: object) -> dict:
    """A chart as `frenemies.figure` leaves it, without asking the data package for its source."""
    chart = chart.properties(
        title=alt.Title("Imports grow faster", subtitle=["Billion dollars", "Source: S"]),
        description=ALT_TEXT,
        usermeta={"source": "S, table 3", "subtitle": "Billion dollars", "tables": ["trade_annual", "gas"], **other},
    )
    return chart.to_dict()


def line(rows: list[dict] = ROWS) -> alt.Chart:
    """A line chart of `rows`, with the countries' colours left to the theme."""
    return (
        alt.Chart(pd.DataFrame(rows))
        .mark_line()
        .encode(x="year:Q", y="value:Q", color="flow:N", tooltip=["year", "flow", "value"])
    )


@pytest.fixture(scope="session")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The script with Vega as a build keeps it, made once (it takes seconds) in a folder that holds a damaged one."""
    kept = tmp_path_factory.mktemp("bundle") / chart_pictures.BUNDLE
    kept.write_text("(half a script", "utf-8")
    chart_pictures.Artist(kept.parent).bundle()
    return kept


@pytest.fixture
def artist(tmp_path: Path) -> chart_pictures.Artist:
    """Draws into a folder that is empty at first."""
    return chart_pictures.Artist(tmp_path / "charts")


# What a chart lacks


def test_a_finished_chart_has_no_problem() -> None:
    assert list(chart_specs.problems(finished(line()))) == []


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"description": "Too short."}, "text alternative of 10 characters"),
        ({"description": None}, "text alternative of 0 characters"),
        ({"title": ""}, "no title"),
        ({"usermeta": {"tables": []}}, "names no source"),
        ({"data": {"url": "https://example.org/data.csv"}}, "reads data from an address"),
    ],
)
def test_a_missing_part_is_named(change: dict, complaint: str) -> None:
    assert any(complaint in problem for problem in chart_specs.problems({**finished(line()), **change}))


def test_caption_takes_the_words_apart() -> None:
    words = chart_specs.caption(finished(line(), note="Before 1996 estimated."))
    assert words == chart_specs.Caption(
        title="Imports grow faster",
        subtitle="Billion dollars",
        alt=ALT_TEXT,
        source="S, table 3",
        note="Before 1996 estimated.",
        tables=("trade_annual", "gas"),
    )


# Data


def test_the_drawing_keeps_neither_words_nor_rows() -> None:
    drawing, data = chart_specs.split(finished(line()))
    assert not {"title", "description", "usermeta", "datasets", "$schema"} & drawing.keys()
    assert drawing["background"] == "transparent"
    assert list(data.values()) == [ROWS] and drawing["data"]["name"] in data


def test_two_charts_with_the_same_rows_share_one_data_set() -> None:
    one, other = (chart_specs.split(finished(chart))[1] for chart in (line(), line().mark_bar()))
    assert one.keys() == other.keys()
    changed = [{**ROWS[0], "value": 99}, *ROWS[1:]]
    assert chart_specs.split(finished(line(changed)))[1].keys() != one.keys()


def unpacked(packed: dict) -> object:
    """Undo `chart_specs.pack`, as static/charts.js does in the page."""
    if "rows" in packed:
        return packed["rows"]
    return [dict(zip(packed["columns"], row)) for row in zip(*packed["values"])]


@pytest.mark.parametrize(
    "values",
    [
        ROWS,
        [{"a": 1}, {"a": 1, "b": None}],  # rows that differ in their columns
        [{"a": None, "b": [1, 2]}, {"a": "x", "b": {}}],
        [3, 1, 2],
        {"type": "Topology", "objects": {}},
        "a,b\n1,2",
        [],
    ],
)
def test_packing_loses_nothing(values: object) -> None:
    assert unpacked(json.loads(json.dumps(chart_specs.pack(values)))) == values


def test_packing_by_column_saves_bytes() -> None:
    assert len(json.dumps(chart_specs.pack(ROWS * 40))) < 0.6 * len(json.dumps(ROWS * 40))


def test_csv_holds_the_data_in_the_order_of_the_tooltip() -> None:
    drawing, data = chart_specs.split(finished(line()))
    [(key, rows)] = data.items()
    text = chart_specs.to_csv(chart_specs.table(key, rows, chart_specs.field_order(drawing)))
    assert text.splitlines()[0] == "year,flow,value"
    read = csv.DictReader(io.StringIO(text))
    assert [{"year": int(r["year"]), "flow": r["flow"], "value": float(r["value"])} for r in read] == ROWS


def test_csv_of_a_missing_value_is_an_empty_cell() -> None:
    assert (
        chart_specs.to_csv(chart_specs.table("k", [{"a": None, "b": 0}, {"b": 2, "c": "x,y"}], []))
        == 'a,b,c\n,0,\n,2,"x,y"\n'
    )


def test_map_shapes_are_no_table_but_their_values_are() -> None:
    shape = {"type": "Polygon", "coordinates": []}
    place = {"type": "Feature", "id": 792, "geometry": shape, "properties": {"name": "Turkey"}}
    assert chart_specs.table("k", [place], []) is None
    assert chart_specs.table("k", {"type": "Topology"}, []) is None
    place["properties"]["deaths"] = 7
    assert chart_specs.to_csv(chart_specs.table("k", [place], ["deaths"])) == "deaths,id,name\n7,792,Turkey\n"


# Two sizes


def test_a_single_plot_takes_any_width(artist: chart_pictures.Artist) -> None:
    wide, narrow, _ = artist.draw(finished(line()))
    assert abs(wide.width - chart_specs.WIDE) <= 2 and abs(narrow.width - chart_specs.NARROW) <= 2
    assert chart_specs.is_fluid(wide.spec)


def test_plots_side_by_side_stand_one_below_the_other_on_a_phone(artist: chart_pictures.Artist) -> None:
    part = line().properties(width=300, height=150)
    wide, narrow, _ = artist.draw(finished(part | part))
    assert "hconcat" in wide.spec and "vconcat" in narrow.spec
    assert wide.width <= chart_specs.WIDE and narrow.width <= chart_specs.NARROW
    assert narrow.height > wide.height
    assert not chart_specs.is_fluid(wide.spec)


@pytest.mark.parametrize(
    "small_multiples",
    [
        lambda: line().properties(width=300, height=100).facet("flow:N", columns=2),
        lambda: line().properties(width=300, height=100).facet(column="flow:N"),
        lambda: line().properties(width=300, height=100).encode(column="flow:N"),
    ],
)
def test_small_multiples_have_one_column_on_a_phone(artist: chart_pictures.Artist, small_multiples) -> None:
    wide, narrow, _ = artist.draw(finished(small_multiples()))
    assert wide.width <= chart_specs.WIDE and narrow.width <= chart_specs.NARROW
    assert narrow.height > 1.4 * wide.height


@pytest.mark.parametrize("bar", [{"width": 64}, {"size": 64}])
def test_what_an_author_gave_in_pixels_follows_the_width(artist: chart_pictures.Artist, bar: dict) -> None:
    bars = alt.Chart(pd.DataFrame({"x": [1, 2], "y": [1, 2]})).mark_bar(**bar).encode(x="x:Q", y="y:Q")
    end = alt.Chart(pd.DataFrame({"t": ["end"]})).mark_text(x=look.WIDTH).encode(text="t")
    for drawing in artist.draw(finished(bars + end))[:2]:
        plot = drawing.spec["width"]
        [at] = re.findall(r'translate\(([\d.]+),[\d.]+\)"[^>]*>end<', drawing.svg)
        across = re.search(r'aria-roledescription="bar" d="M[^h]+h([\d.]+)v', drawing.svg)[1]
        assert float(at) == plot
        assert float(across) == pytest.approx(plot / 10, abs=0.5)


def test_long_row_names_are_broken_and_never_cut(artist: chart_pictures.Artist) -> None:
    name = "Machinery and mechanical appliances, with all their parts"
    bars = alt.Chart(pd.DataFrame({"product": [name, "Cereals"], "share": [3, 1]})).mark_bar()
    _, narrow, _ = artist.draw(finished(bars.encode(y="product:N", x="share:Q").properties(height=40)))
    assert "…" not in narrow.svg
    shown = " ".join(re.findall(r"<tspan[^>]*>([^<]+)</tspan>", narrow.svg))
    assert name in shown
    assert narrow.spec["height"] > 40, "two rows of three lines do not fit into 40 px"


def test_a_legend_has_as_many_columns_and_lines_as_fit() -> None:
    rows = [{**row, "flow": f"Exports as the customs office of {row['flow']} reports them"} for row in ROWS]
    drawing, data = chart_specs.split(finished(line(rows)))
    legend = chart_specs.fit_labels(drawing, data, chart_specs.NARROW)["encoding"]["color"]["legend"]
    assert legend["columns"] == 1
    assert '["Exports as the customs office of export", "reports them"]' in legend["labelExpr"]
    drawing, data = chart_specs.split(finished(line()))
    assert "columns" not in chart_specs.fit_labels(drawing, data, chart_specs.WIDE)["encoding"]["color"]["legend"]


# Pictures


def test_dark_changes_the_inks_and_nothing_else(artist: chart_pictures.Artist) -> None:
    svg = artist.draw(finished(line()))[0].svg
    dark = chart_pictures.dark(svg)
    assert look.INK in svg and look.GRID in svg
    assert not any(ink in dark for ink in (look.INK, look.MUTED_INK, look.GRID))
    back = dark.replace(look.DARK_INK, look.INK).replace(look.DARK_MUTED_INK, look.MUTED_INK)
    assert back.replace(look.DARK_GRID, look.GRID) == svg


def test_letters_have_their_true_size_in_the_picture(artist: chart_pictures.Artist) -> None:
    svg = artist.draw(finished(line()))[0].svg
    assert set(re.findall(r'font-size="([^"]+)"', svg)) == {"12px"}


def test_a_second_build_draws_nothing(artist: chart_pictures.Artist) -> None:
    first = artist.draw(finished(line()))
    drawn = artist.count["drawn"]
    again = chart_pictures.Artist(artist.folder)
    assert again.draw(finished(line())) == first
    assert drawn > 0 and again.count["drawn"] == 0
    again.draw(finished(line([{**ROWS[0], "value": 99}, *ROWS[1:]])))
    assert again.count["drawn"] > 0, "other data are another picture"


def test_the_picture_that_travels_alone_carries_title_and_source(artist: chart_pictures.Artist) -> None:
    spec = finished(line(), note="Before 1996 estimated.")
    svg = chart_pictures.framed(artist.draw(spec)[0], chart_specs.caption(spec))
    shown = re.sub(r"<title>.*?</title>|<desc>.*?</desc>", "", svg)
    for words in ("Imports grow faster", "Billion dollars", "Source: S, table 3", "Note: Before 1996 estimated."):
        assert words in shown
    assert f"<desc>{ALT_TEXT}</desc>" in svg


def test_a_chart_that_vega_lite_refuses_stops_the_build(artist: chart_pictures.Artist) -> None:
    with pytest.raises(ExtensionError, match="cannot draw this chart"):
        artist.draw({**finished(line()), "mark": "pie slices"})


@pytest.mark.parametrize(
    "damage", [lambda kept: kept[: len(kept) // 2], lambda _: b"", lambda _: b"[]", lambda kept: b"\xff\xfe" + kept]
)
def test_a_damaged_picture_in_the_folder_is_drawn_anew(artist: chart_pictures.Artist, damage) -> None:
    first = artist.draw(finished(line()))
    [kept] = artist.folder.iterdir()
    kept.write_bytes(damage(kept.read_bytes()))
    again = chart_pictures.Artist(artist.folder)
    assert again.draw(finished(line())) == first
    assert again.count["drawn"] == 1


def test_charts_drawn_ahead_are_those_drawn_here(artist: chart_pictures.Artist, tmp_path: Path) -> None:
    ahead = chart_pictures.Artist(tmp_path / "ahead")
    good, bad = finished(line()), {**finished(line()), "mark": "pie slices"}
    ahead.begin(good)
    ahead.begin(bad)
    assert ahead.draw(good) == artist.draw(good)
    with pytest.raises(ExtensionError, match="cannot draw this chart"):
        ahead.draw(bad)
    ahead.end()
    ahead.begin(good)
    assert not ahead._others, "what is kept needs no other process"


# The script that draws in the page


def test_the_bundle_is_the_one_that_was_tried(bundle: Path) -> None:
    name, text = chart_pictures.Artist(bundle.parent).bundle()
    assert chart_pictures.BUNDLE_SHA256[:12] in name
    assert text.startswith("(()=>{") and "window.frenemiesVegaEmbed=" in text


def test_another_bundle_is_refused_with_advice(bundle: Path) -> None:
    good = bundle.read_text("utf-8")
    assert chart_pictures.the_one_tried(good) == good
    with pytest.raises(ExtensionError, match="Install the pinned versions.*BUNDLE_SHA256"):
        chart_pictures.the_one_tried(good.replace("vega", "Vega", 1))


def test_a_damaged_bundle_in_the_folder_is_made_anew(bundle: Path) -> None:
    assert hashlib.sha256(bundle.read_bytes()).hexdigest() == chart_pictures.BUNDLE_SHA256


def test_json_cannot_end_its_script_element() -> None:
    text = chart_pictures.to_json({"name": "</script><b>é"})
    assert "<" not in text and json.loads(text) == {"name": "</script><b>é"}


# A book of one notebook


def write(folder: Path, specifications: list[dict]) -> Path:
    """Write the pages of a book whose one notebook stores these charts; return their folder."""
    cells = [nbformat.v4.new_markdown_cell("# Page\n\n[jump](#figure-flows)")]
    for spec in specifications:
        stored = {charts.MIME: spec, "text/plain": "alt.Chart(...)"}
        output = nbformat.v4.new_output("execute_result", stored, execution_count=1)
        cells.append(nbformat.v4.new_code_cell("chart", outputs=[output], execution_count=1))
    source = folder / "source"
    source.mkdir(exist_ok=True)
    notebook = nbformat.v4.new_notebook(cells=cells, metadata={"language_info": {"name": "python"}})
    nbformat.write(notebook, source / "index.ipynb")
    words = "---\norphan: true\n---\n# Words\n\n(table-trade_annual)=\n## trade_annual\n\nText.\n"
    (source / "words.md").write_text(words)
    return source


SETTINGS = {
    "extensions": ["myst_nb", "frenemies_build.pages.charts"],
    "nb_execution_mode": "off",
    "project": "Test",
    "html_theme": "basic",
}


def build(folder: Path, specifications: list[dict], builder: str = "html") -> tuple[Path, str]:
    """Build a book whose one notebook stores these charts; return its output folder and the warnings."""
    source, out, warnings = write(folder, specifications), folder / "_build" / builder, io.StringIO()
    with docutils_namespace(), patch_docutils():
        app = Sphinx(source, None, out, folder / "_build" / ".doctrees", builder, SETTINGS, io.StringIO(), warnings)
        app.build()
    return out, warnings.getvalue()


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory, bundle: Path) -> tuple[Path, str]:
    """A built page with two charts of the same rows; its folder and its HTML."""
    folder = tmp_path_factory.mktemp("book")
    shutil.copytree(bundle.parent, folder / "_build" / ".charts")
    out, warnings = build(folder, [finished(line(), id="flows"), finished(line().mark_bar())])
    assert warnings == ""
    return out, (out / "index.html").read_text("utf-8")


def test_figures_have_words_picture_and_links(page: tuple[Path, str]) -> None:
    out, html = page
    assert html.count('<figure class="chart"') == 2
    assert '<p class="chart-title">Imports grow faster</p>' in html
    assert html.count(f'alt="{ALT_TEXT}"') == 4, "light and dark picture of two charts"
    assert '<a href="words.html#table-trade-annual"><code>trade_annual</code></a>, <code>gas</code>' in html
    for link in re.findall(r'(?:src|srcset|href)="(_images/[^"]+)"', html):
        assert (out / link).stat().st_size > 20
    [name, *_] = re.findall(r'href="(_images/[^"]+\.csv)"', html)
    assert (out / name).read_text().splitlines()[1] == "0,export,0.5"
    assert html.count(">Download data</a>") == 2, "one link a figure, however many data sets it draws"


def test_ids_are_unique_and_links_find_the_figure(page: tuple[Path, str]) -> None:
    ids = re.findall(r'<figure class="chart" id="([^"]+)"', page[1])
    assert ids == ["figure-flows", "figure-imports-grow-faster"]
    assert 'href="#figure-flows"' in page[1]


def test_a_page_carries_each_data_set_once(page: tuple[Path, str]) -> None:
    script = (page[0] / "_static" / "charts-index.js").read_text("utf-8")
    assert page[1].index("charts-index.js") < page[1].index("charts.js"), "the data are there when they are drawn"
    sent = json.loads(script.removeprefix("window.frenemiesPage = ").removesuffix(";\n"))
    assert [unpacked(packed) for packed in sent["data"].values()] == [ROWS]
    assert (script + page[1]).count('"export"') == len(ROWS) // 2, "no other copy of the rows"
    assert list(sent["figures"]) == re.findall(r'<figure class="chart" id="([^"]+)"', page[1])
    for figure in sent["figures"].values():
        assert figure["config"] in sent["configs"] and figure["data"] == list(sent["data"])


def test_only_pages_with_charts_load_the_script(page: tuple[Path, str]) -> None:
    out, html = page
    assert "charts.js" in html and "charts.css" in html
    assert "charts.js" not in (out / "words.html").read_text("utf-8")
    bundle = re.search(r'"bundle":"([^"]+)"', (out / "_static" / "charts-index.js").read_text("utf-8"))[1]
    assert (out / "_static" / bundle).stat().st_size > 500_000


def test_the_search_knows_the_title(page: tuple[Path, str]) -> None:
    assert "faster" in (page[0] / "searchindex.js").read_text("utf-8")


def test_a_changed_look_is_seen_though_no_notebook_changed(tmp_path: Path, bundle: Path) -> None:
    for package in ("frenemies", "frenemies_build"):
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(bundle.parent, tmp_path / "_build" / ".charts")
    source = write(tmp_path, [finished(line(), id="flows")])
    (source / "conf.py").write_text("\n".join(f"{name} = {value!r}" for name, value in SETTINGS.items()), "utf-8")

    def pictures() -> str:
        """The page's pictures after a build by the copied packages."""
        words = ["-q", "-d", "_build/.doctrees", "source", "_build/html"]
        subprocess.run([sys.executable, "-m", "sphinx", *words], cwd=tmp_path, check=True)
        html = (tmp_path / "_build/html/index.html").read_text("utf-8")
        shown = re.findall(r'(?:src|srcset)="(_images/[^"]+)"', html)
        return "".join((tmp_path / "_build/html" / name).read_text("utf-8") for name in shown)

    assert look.DARK_INK in pictures()
    code = tmp_path / "frenemies" / "charts" / "look.py"
    code.write_text(code.read_text("utf-8").replace(look.DARK_INK, "#ffe4c4"), "utf-8")
    again = pictures()
    assert "#ffe4c4" in again and look.DARK_INK not in again


def test_an_unfinished_chart_is_a_warning_that_names_notebook_and_cell(tmp_path: Path) -> None:
    _, warnings = build(tmp_path, [finished(line(), id="flows"), {**finished(line()), "description": "Short."}], "text")
    assert re.search(r"index\.ipynb: WARNING: the chart in cell 3 has a text alternative of 6 characters", warnings)


@pytest.mark.parametrize(
    ("builder", "page", "picture"),
    [("epub", "index.xhtml", "chart-*.svg"), ("latex", "test.tex", "chart-*.pdf"), ("text", "index.txt", None)],
)
def test_other_formats_keep_picture_title_and_source(tmp_path: Path, builder: str, page: str, picture: str) -> None:
    out, _ = build(tmp_path, [finished(line(), id="flows")], builder)
    text = (out / page).read_text("utf-8")
    assert "Imports grow faster" in text and "Source: S, table 3" in text
    if picture:
        assert [path for path in out.rglob(picture) if path.stat().st_size > 1000]
