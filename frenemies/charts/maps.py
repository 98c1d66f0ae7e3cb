"""Country shapes for the book's maps, without a network.

    from frenemies.charts import maps
    land = alt.Chart(maps.as_data(maps.countries((8, 20, 60, 57)))).mark_geoshape()

The shapes are Natural Earth's small-scale countries (1:110 million, public domain). They are read at run
time from the package bqplot, which carries them as TopoJSON; nothing of bqplot is imported. In this edition
the map draws Crimea with Ukraine, and northern Cyprus and Kosovo as areas of their own. The book takes the
borders as the source draws them and implies no view on any of them.
"""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import altair as alt

PACKAGE = "bqplot==0.13.1"
ISO_NUMERIC = {
    "ARM": 51, "AZE": 31, "GEO": 268, "IRQ": 368, "LBY": 434, "RUS": 643, "SYR": 760, "TUR": 792, "UKR": 804,
}
"""ISO 3166 numbers, by which the shapes are marked, of the countries in the table `fatalities`."""

DECIMALS = 2  # of a degree: about a kilometre, finer than the shapes
STEP = 3.0  # degrees between two points of a cut edge: a long one would be drawn as a great circle, bent

Point = tuple[float, float]
Ring = list[Point]
Box = tuple[float, float, float, float]


def countries(box: Box) -> list[dict]:
    """All countries in a box as GeoJSON features, cut at its edges.

    box: west, south, east and north edge in degrees. Coordinates come as longitude and latitude in degrees,
    rounded to two decimals; outer rings run clockwise, as Vega wants them. Each feature has the property
    `iso3`, the code of a country in `ISO_NUMERIC` and empty for every other.
    Raises ValueError for a box without an inside and ImportError where the package with the shapes is missing.
    """
    west, south, east, north = box
    if west >= east or south >= north:
        raise ValueError(f"the box {box} is empty: give west, south, east, north with west < east and south < north")
    codes = {number: code for code, number in ISO_NUMERIC.items()}
    features = []
    for number, polygons in _shapes():
        kept = [[ring for ring in (_cut(ring, box) for ring in rings) if ring] for rings in polygons]
        kept = [rings for rings in kept if rings]
        if kept:
            geometry = {"type": "MultiPolygon", "coordinates": kept}
            features.append({"type": "Feature", "properties": {"iso3": codes.get(number, "")}, "geometry": geometry})
    return features


def as_data(features: list[dict]) -> alt.InlineData:
    """GeoJSON features as the data of a chart, written as one line of text.

    A notebook file puts each number of a nested list on a line of its own: shapes would take eight times the room.
    """
    return alt.InlineData(values=json.dumps(features, separators=(",", ":")), format=alt.JsonDataFormat(type="json"))


def _file() -> Path:
    found = importlib.util.find_spec(PACKAGE.partition("==")[0])
    path = Path(found.submodule_search_locations[0], "map_data", "WorldMap.json") if found else None
    if path is None or not path.is_file():
        raise ImportError(f"Maps need the country shapes in the package {PACKAGE}: python -m pip install {PACKAGE}")
    return path


@cache
def _shapes() -> tuple[tuple[int, list[list[Ring]]], ...]:
    """Each country's ISO number and polygons; a polygon is its outer ring and the rings of its holes."""
    topology = json.loads(_file().read_text(encoding="utf-8"))
    arcs = [list(_line(arc, topology["transform"])) for arc in topology["arcs"]]
    shapes = []
    for geometry in topology["objects"]["subunits"]["geometries"]:
        polygons = [geometry["arcs"]] if geometry["type"] == "Polygon" else geometry["arcs"]
        shapes.append((geometry["id"], [[_ring(indices, arcs) for indices in rings] for rings in polygons]))
    return tuple(shapes)


def _line(arc: list[list[int]], transform: dict) -> Iterator[Point]:
    """A TopoJSON arc, stored as whole-number steps, in degrees."""
    (wide, high), (left, bottom) = transform["scale"], transform["translate"]
    x = y = 0
    for right, up in arc:
        x, y = x + right, y + up
        yield x * wide + left, y * high + bottom


def _ring(indices: list[int], arcs: list[Ring]) -> Ring:
    """Arcs joined end to end; a negative index means the arc backwards."""
    ring: Ring = []
    for index in indices:
        arc = arcs[index] if index >= 0 else arcs[~index][::-1]
        ring += arc[1:] if ring else arc
    return ring


def _cut(ring: Ring, box: Box) -> Ring:
    """A closed ring cut to the box (Sutherland and Hodgman), rounded; empty where it lies outside."""
    west, south, east, north = box
    points = ring[:-1]
    for axis, edge, sign in ((0, west, 1), (0, east, -1), (1, south, 1), (1, north, -1)):
        kept: Ring = []
        for before, after in zip(points[-1:] + points[:-1], points):
            inside = [sign * (point[axis] - edge) >= 0 for point in (before, after)]
            if inside[0] != inside[1]:
                share = (edge - before[axis]) / (after[axis] - before[axis])
                crossing = [start + share * (end - start) for start, end in zip(before, after)]
                crossing[axis] = edge
                kept.append((crossing[0], crossing[1]))
            if inside[1]:
                kept.append(after)
        points = kept
    dense = [point for pair in zip(points, points[1:] + points[:1]) for point in _along(*pair, (south, north))]
    rounded = [(round(x, DECIMALS), round(y, DECIMALS)) for x, y in dense]
    different = [point for point, last in zip(rounded, rounded[-1:] + rounded[:-1]) if point != last]
    return [*different, different[0]] if len(different) > 2 else []


def _along(start: Point, end: Point, edges: tuple[float, float]) -> Iterator[Point]:
    """The start of a side and, where the side follows the upper or lower edge of the box, points along it."""
    yield start
    if start[1] == end[1] and start[1] in edges:
        parts = int(abs(end[0] - start[0]) // STEP) + 1
        for part in range(1, parts):
            yield start[0] + (end[0] - start[0]) * part / parts, start[1]
