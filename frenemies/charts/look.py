"""One look for every chart of the book: palette and Altair theme.

Each country keeps one colour everywhere. The colours reach a contrast of 3:1 on
the light and on the dark page and stay apart for colour-blind readers
(`tests/test_style.py` measures both).
"""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt

# The inks are sentinels: the book swaps them for the page's own text colours,
# so that a stored chart fits the light and the dark theme.
INK, MUTED_INK, GRID = "#1b2430", "#5b6675", "#dfe3e8"
DARK_INK, DARK_MUTED_INK, DARK_GRID = "#e6e9ee", "#a9b2bd", "#39414c"

COLOUR = {
    "TUR": "#d01129",
    "RUS": "#1364ec",
    "USA": "#9d41aa",
    "UKR": "#9f8f60",
    "DEU": "#4d6f2a",
    "EU27": "#1b7e65",
    "CHN": "#d97512",
    "WLD": "#7c8796",
}
"""Hex colour by ISO3 code (or aggregate)."""

GREY = COLOUR["WLD"]
"""For all others, for what is compared with, for spans of time."""

WIDTH, HEIGHT = 640, 320
FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif"


@alt.theme.register("frenemies", enable=True)
def theme() -> alt.theme.ThemeConfig:
    """The Altair theme: quiet axes, text in the page's ink, ordered colour ranges."""
    return {
        "width": WIDTH,
        "height": HEIGHT,
        "config": {
            "background": "white",
            "font": FONT,
            "view": {"stroke": None, "continuousWidth": WIDTH, "continuousHeight": HEIGHT},
            "axis": {
                "labelColor": INK,
                "titleColor": INK,
                "labelFontSize": 12,
                "titleFontSize": 12,
                "titleFontWeight": "normal",
                "gridColor": GRID,
                "domainColor": MUTED_INK,
                "tickColor": MUTED_INK,
                "labelLimit": 260,
            },
            "axisX": {"grid": False},
            "axisY": {"domain": False, "ticks": False},
            "legend": {
                "labelColor": INK,
                "titleColor": INK,
                "labelFontSize": 12,
                "titleFontSize": 12,
                "titleFontWeight": "normal",
                "orient": "top",
                "labelLimit": 300,
                "symbolSize": 120,
            },
            "header": {"labelColor": INK, "titleColor": INK, "labelFontSize": 12},
            "title": {
                "anchor": "start",
                "color": INK,
                "subtitleColor": MUTED_INK,
                "fontSize": 15,
                "subtitleFontSize": 12,
                "offset": 12,
            },
            "text": {"color": INK, "fontSize": 12},
            "rule": {"color": MUTED_INK},
            "line": {"strokeWidth": 2.5},
            "point": {"filled": True, "size": 45},
            "bar": {"color": COLOUR["RUS"]},
            "range": {
                "category": list(COLOUR.values()),
                "diverging": ["#d01129", "#e98e96", "#d8d8d8", "#8db0ee", "#1364ec"],
                "ordinal": ["#c9d6ea", "#93b0de", "#5c88d6", "#2f63bd", "#1a3f80"],
            },
        },
    }


# The MIME renderer stores the pure chart: no random ids and no script address, so that
# nbval can compare outputs and the book can draw them. Colab shows only HTML.
try:
    import google.colab  # noqa: F401
except ImportError:
    alt.renderers.enable("mimetype")
else:
    alt.renderers.enable("html")


def colours(codes: Sequence[str], names: Sequence[str] | None = None) -> alt.Scale:
    """The fixed country colours as an Altair scale.

    Parameters: `codes`, ISO3 codes in legend order; `names`, what the column holds
    instead of the codes, in the same order. Raises `KeyError` for a code without a
    colour, and `ValueError` where codes and names differ in number.
    """
    names = list(codes if names is None else names)
    if len(names) != len(codes):
        raise ValueError(f"{len(codes)} codes but {len(names)} names: give one name for each code")
    missing = [code for code in codes if code not in COLOUR]
    if missing:
        raise KeyError(f"no colour for {missing}: frenemies.COLOUR knows {sorted(COLOUR)}")
    return alt.Scale(domain=names, range=[COLOUR[code] for code in codes])
