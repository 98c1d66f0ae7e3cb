"""Country shapes: the right countries, cut to the box, and small enough to store."""

from __future__ import annotations

import json

import altair as alt
import pytest
import vl_convert

import frenemies as fr
from frenemies.charts import maps

BOX = (9, 25, 60, 54)
LONGEST_SIDE = 3  # degrees
PLACES = {
    "TUR": (32.9, 39.9),
    "SYR": (38.0, 35.0),
    "LBY": (17.0, 27.0),
    "GEO": (43.0, 42.1),
    "ARM": (44.6, 40.4),
    "AZE": (48.0, 40.3),
    "IRQ": (43.5, 33.0),
    "RUS": (40.0, 53.0),
    "UKR": (32.0, 49.0),
}


def rings(feature: dict) -> list[list[tuple[float, float]]]:
    """The outer rings of a feature."""
    return [polygon[0] for polygon in feature["geometry"]["coordinates"]]


def holds(ring: list[tuple[float, float]], place: tuple[float, float]) -> bool:
    """Whether a place lies within a ring: does a line to the east cross its sides an odd number of times?"""
    x, y = place
    crossings = 0
    for (x1, y1), (x2, y2) in zip(ring, ring[1:]):
        if (y1 > y) != (y2 > y) and x < x1 + (y - y1) / (y2 - y1) * (x2 - x1):
            crossings += 1
    return crossings % 2 == 1


def test_every_country_of_the_fatalities_that_is_marked_has_a_shape():
    marked = {feature["properties"]["iso3"] for feature in maps.countries()} - {""}
    assert marked == set(PLACES) <= set(fr.load("fatalities")["iso3"])


def country_at(place: tuple[float, float]) -> list[str]:
    """The codes of the shapes that hold a place."""
    return [f["properties"]["iso3"] for f in maps.countries() if any(holds(ring, place) for ring in rings(f))]


@pytest.mark.parametrize("code", PLACES)
def test_the_middle_of_each_country_lies_in_its_shape_alone(code):
    assert country_at(PLACES[code]) == [code]


def test_the_words_on_contested_areas_fit_the_shapes():
    # The note under the map says how this edition draws them.
    assert country_at((34.2, 45.2)) == ["UKR"]  # Crimea
    assert country_at((33.5, 35.25)) == [""]  # northern Cyprus
    assert country_at((46.75, 39.82)) == ["AZE"]  # Karabakh


def test_shapes_keep_to_the_box_and_touch_it():
    points = [point for f in maps.countries() for ring in rings(f) for point in ring]
    west, south, east, north = BOX
    assert min(x for x, _ in points) == west and max(x for x, _ in points) == east
    assert min(y for _, y in points) == south and max(y for _, y in points) == north


def test_outer_rings_are_closed_and_clockwise():
    # A ring the other way round would paint the whole globe but the country.
    for feature in maps.countries():
        for ring in rings(feature):
            assert ring[0] == ring[-1]
            doubled_area = sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in zip(ring, ring[1:]))
            assert doubled_area < 0


def test_no_cut_edge_is_long_enough_to_bend():
    for feature in maps.countries():
        for ring in rings(feature):
            for (x1, y1), (x2, y2) in zip(ring, ring[1:]):
                assert not (y1 == y2 and y1 in BOX[1::2]) or abs(x2 - x1) <= LONGEST_SIDE


def test_a_notebook_stays_small():
    stored = json.dumps(alt.Chart(maps.as_data(maps.countries())).mark_geoshape().to_dict(), indent=1)
    assert len(stored) < 60_000


def test_shapes_written_as_text_are_drawn():
    svg = vl_convert.vegalite_to_svg(
        alt.Chart(maps.as_data(maps.countries())).mark_geoshape().to_dict(), vl_version="5.20"
    )
    shapes = svg.partition("mark-shape")[2].partition("</g>")[0]
    assert shapes.count("<path") == len(maps.countries())
