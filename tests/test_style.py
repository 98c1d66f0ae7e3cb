"""The palette reads on both pages and for colour-blind readers; figure() refuses half-done charts."""

from __future__ import annotations

import itertools

import altair as alt
import numpy as np
import pytest

from frenemies.charts import look
from frenemies.charts.axes_and_lines import DASHED, reference_line, shaded_span, year_axis, year_bands
from frenemies.charts.figure import figure

LIGHT_PAGE, DARK_PAGE = "#ffffff", "#121820"

# Full dichromacy in linear RGB: Machado, Oliveira and Fernandes (2009), severity 1.
VISION = {
    "usual": np.eye(3),
    "no red cones": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "no green cones": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "no blue cones": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}


def linear(colour: str) -> np.ndarray:
    """A hex colour as linear RGB."""
    rgb = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def contrast(one: str, other: str) -> float:
    """The WCAG 2 contrast ratio of two colours."""
    dark, light = sorted(float(linear(colour) @ [0.2126, 0.7152, 0.0722]) for colour in (one, other))
    return (light + 0.05) / (dark + 0.05)


def lab(rgb: np.ndarray) -> np.ndarray:
    """Linear RGB as CIELAB (D65)."""
    xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]) @ np.clip(rgb, 0, 1)
    f = np.where((t := xyz / [0.95047, 1, 1.08883]) > 0.008856, np.cbrt(t), 7.787 * t + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("page", [LIGHT_PAGE, DARK_PAGE])
@pytest.mark.parametrize("code", look.COLOUR)
def test_country_colour_stands_out_from_the_page(code, page):
    assert contrast(look.COLOUR[code], page) >= 3


@pytest.mark.parametrize(
    "ink, page",
    [
        (look.INK, LIGHT_PAGE),
        (look.MUTED_INK, LIGHT_PAGE),
        (look.DARK_INK, DARK_PAGE),
        (look.DARK_MUTED_INK, DARK_PAGE),
    ],
)
def test_text_ink_reaches_reading_contrast(ink, page):
    assert contrast(ink, page) >= 4.5


@pytest.mark.parametrize("vision", VISION)
def test_country_colours_stay_apart(vision):
    seen = {code: lab(np.array(VISION[vision]) @ linear(colour)) for code, colour in look.COLOUR.items()}
    closest = min((np.linalg.norm(seen[a] - seen[b]), a, b) for a, b in itertools.combinations(seen, 2))
    assert closest[0] > 14, closest


CHART = alt.Chart(alt.Data(values=[{"x": 1}])).mark_point().encode(alt.X("x:Q"))
GOOD = {
    "title": "A finding",
    "subtitle": "Billion US dollars",
    "alt_text": "One point that stands at the value of one.",
    "tables": ["trade_annual"],
}


def test_figure_stores_title_source_and_text_alternative():
    spec = figure(CHART, **GOOD, note="Read with care").to_dict()
    assert spec["title"]["text"] == "A finding"
    assert spec["description"] == GOOD["alt_text"]
    assert spec["usermeta"]["tables"] == ["trade_annual"]
    assert spec["usermeta"]["note"] == "Read with care"
    assert "Correlates of War" in spec["usermeta"]["source"]


@pytest.mark.parametrize(
    "damage, word",
    [
        ({"title": " "}, "title"),
        ({"alt_text": "A chart."}, "alt_text"),
        ({"subtitle": ""}, "subtitle"),
        ({"tables": []}, "tables"),
    ],
)
def test_figure_refuses_a_half_done_chart(damage, word):
    with pytest.raises(ValueError, match=word):
        figure(CHART, **(GOOD | damage))


def test_colours_refuses_a_country_without_a_colour():
    with pytest.raises(KeyError, match="ATL"):
        look.colours(["TUR", "ATL"])
    with pytest.raises(ValueError, match="one name for each"):
        look.colours(["TUR", "RUS"], ["Turkey"])


# Axes and lines


def test_the_axis_of_years_reaches_as_far_as_it_is_told():
    drawn = year_axis("start_year", domain=[1560, 2026], values=[1600, 2000]).to_dict()
    assert drawn["scale"] == {"nice": False, "domain": [1560, 2026]} and drawn["title"] == "Year"
    assert drawn["axis"] == {"format": "d", "values": [1600, 2000]} and drawn["field"] == "start_year"
    assert year_axis(padding=8).to_dict()["scale"] == {"nice": False, "padding": 8}


def test_bands_of_years_may_hold_years_without_a_bar():
    drawn = year_bands(domain=range(2008, 2011), gap=0.06).to_dict()
    assert drawn["scale"] == {"domain": [2008, 2009, 2010], "paddingInner": 0.06} and drawn["type"] == "ordinal"
    assert "scale" not in year_bands().to_dict()


def test_a_shaded_span_lies_between_two_years_or_two_dates_with_words_or_without():
    spec = shaded_span(2016, 2018, "ban", dx=9).to_dict()
    [[row]] = spec["datasets"].values()
    band, words = spec["layer"]
    assert (row["start"], row["end"], row["words"]) == (2016, 2018, "ban")
    assert band["encoding"] == {"x": {"field": "start", "type": "quantitative"}, "x2": {"field": "end"}}
    assert words["mark"]["dx"] == 9 and words["encoding"]["text"]["field"] == "words"
    spec = shaded_span("2015-11-24", "2016-06-27").to_dict()
    [[row]] = spec["datasets"].values()
    assert row["start"] == "2015-11-24T00:00:00" and len(spec["layer"]) == 1
    assert spec["layer"][0]["encoding"]["x"]["type"] == "temporal"


def rule_of(line: alt.LayerChart) -> tuple[dict, dict]:
    """The rule of a line, and its row."""
    spec = line.to_dict()
    [rows] = spec["datasets"].values()
    return spec["layer"][0], rows[0]


def test_a_reference_line_stands_at_a_level_a_date_or_where_the_reader_puts_it():
    level, row = rule_of(reference_line(100, "2002 = 100"))
    assert level["encoding"] == {"y": {"field": "level", "type": "quantitative"}} and row["level"] == 100
    assert level["mark"] == {"type": "rule"} | DASHED
    moment, row = rule_of(reference_line("2015-11-24", axis="x"))
    assert moment["encoding"]["x"] == {"field": "moment", "type": "temporal"} and row["moment"] == "2015-11-24T00:00:00"
    moved, _ = rule_of(reference_line(alt.param("cut", value=3), axis="x"))
    assert moved["transform"] == [{"calculate": "cut", "as": "moment"}]
