"""Country shapes for the book's maps, without a network.

    from frenemies.charts import maps
    land = alt.Chart(maps.as_data(maps.countries())).mark_geoshape()

The shapes are the table `map_outlines`: Natural Earth's small-scale countries, cut to the neighbourhood of Turkey and
Russia. In this edition the map draws Crimea with Ukraine, and northern Cyprus and Kosovo as areas of their own. The
book takes the borders as the source draws them and implies no view on any of them.
"""

from __future__ import annotations

import json

import altair as alt

from frenemies.tables.loading import load

TABLE = "map_outlines"


def countries() -> list[dict]:
    """The countries from the Adriatic to the Caspian Sea as GeoJSON features.

    Coordinates are longitude and latitude in degrees; outer rings run clockwise, as Vega wants them. Each feature has
    the property `iso3`: the code of a country in the table `fatalities`, and empty for every other.
    Raises DataError where the table is missing or damaged.
    """
    points = load(TABLE)
    features = []
    for _, place in points.groupby("place", sort=False):
        rings = [
            [list(pair) for pair in zip(ring["longitude_deg"], ring["latitude_deg"])]
            for _, ring in place.groupby("polygon", sort=False)
        ]
        code = place["iso3"].iloc[0]
        geometry = {"type": "MultiPolygon", "coordinates": [[ring] for ring in rings]}
        features.append(
            {"type": "Feature", "properties": {"iso3": "" if code != code else str(code)}, "geometry": geometry}
        )
    return features


def as_data(features: list[dict]) -> alt.InlineData:
    """GeoJSON features as the data of a chart, written as one line of text.

    A notebook file puts each number of a nested list on a line of its own: shapes would take eight times the room.
    """
    return alt.InlineData(values=json.dumps(features, separators=(",", ":")), format=alt.JsonDataFormat(type="json"))
