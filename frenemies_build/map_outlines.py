"""Cut the countries on the book's map from Natural Earth's shapes and store them as the table `map_outlines`.

    .venv/bin/python -m pip install --no-deps bqplot==0.13.1 shapely==2.1.2 pyogrio==0.12.1
    python3 tasks.py outlines

The shapes are Natural Earth's small-scale countries (1:110 million, public domain), which the package bqplot
carries as TopoJSON; nothing of bqplot is imported. The three packages are needed for this command alone, so they
are not among the pins of the book. Afterwards refresh the description: python3 tasks.py data.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path

from frenemies.tables.package import data_dir

TABLE = "map_outlines.csv"
SHAPES = Path("map_data", "WorldMap.json")
SHAPES_SHA256 = "35ed3867de6bc88de49a2aca6655ca8b91d0c4118cb85d8282ad8a1f67299e1c"
SOURCE = "natural_earth_110m_bqplot"
BOX = (9.0, 25.0, 60.0, 54.0)  # west, south, east and north edge of the map, degrees
DECIMALS = 2  # of a degree: about a kilometre, finer than the shapes
STEP = 3.0  # degrees between two points of a side: a longer one would be drawn as a great circle, bent
COLUMNS = ("place", "polygon", "point", "longitude_deg", "latitude_deg", "iso3", "source_id")
# ISO 3166 numbers, by which the shapes are marked, of the countries in the table `fatalities`.
ISO3 = {
    "51": "ARM",
    "31": "AZE",
    "268": "GEO",
    "368": "IRQ",
    "434": "LBY",
    "643": "RUS",
    "760": "SYR",
    "792": "TUR",
    "804": "UKR",
}


def shapes_file() -> Path:
    """The file with the shapes; exit with the remedy where it is missing or another than the one that was looked at."""
    found = importlib.util.find_spec("bqplot")
    path = Path(found.submodule_search_locations[0], SHAPES) if found else None
    if path is None or not path.is_file():
        sys.exit(f"error: the country shapes are missing. Install what this command needs:\n{__doc__.splitlines()[2]}")
    if hashlib.sha256(path.read_bytes()).hexdigest() != SHAPES_SHA256:
        sys.exit(f"error: {path.name} is another edition than the one that was looked at; install bqplot==0.13.1")
    return path


def outlines(path: Path) -> Iterator[tuple[str, str, list[list[tuple[float, float]]]]]:
    """Each country in the box: name, ISO3 code or empty, and its outer rings, closed and clockwise as Vega wants them."""
    import pyogrio
    import shapely
    from shapely.geometry.polygon import orient

    _, _, shapes, (numbers, names) = pyogrio.raw.read(path, layer="subunits")
    for shape, number, name in zip(shapely.from_wkb(shapes), numbers, names):
        cut = shapely.segmentize(shapely.clip_by_rect(shapely.make_valid(shape), *BOX), STEP)
        polygons = [part for part in shapely.get_parts(cut) if part.geom_type == "Polygon"]
        rings = [rounded(orient(polygon, sign=-1).exterior.coords) for polygon in polygons]
        if rings := [ring for ring in rings if len(ring) > 3]:
            yield name, ISO3.get(number, ""), sorted(rings)


def rounded(points: object) -> list[tuple[float, float]]:
    """A ring with its points rounded, doubled ones left out, beginning at its first point in sorted order."""
    ring = list(dict.fromkeys((round(x, DECIMALS), round(y, DECIMALS)) for x, y in points))
    first = ring.index(min(ring))
    return [*ring[first:], *ring[: first + 1]]


def main(arguments: list[str] | None = None) -> None:
    """Write the table."""
    argparse.ArgumentParser(prog="tasks.py outlines", description=__doc__.splitlines()[0]).parse_args(arguments)
    rows = []
    for place, iso3, rings in sorted(outlines(shapes_file())):
        for polygon, ring in enumerate(rings, 1):
            rows += [(place, polygon, point, x, y, iso3, SOURCE) for point, (x, y) in enumerate(ring, 1)]
    with (data_dir() / TABLE).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(rows)
    print(f"{len(rows):,} points of {len({row[0] for row in rows})} countries in data/{TABLE}")


if __name__ == "__main__":
    main()
