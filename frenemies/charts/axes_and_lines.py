"""Parts that many charts share: the axis of years, a line to compare with, a shaded span of time.

lines.encode(fr.year_axis()) + fr.reference_line(100, "2002 = 100")
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Literal

import altair as alt
import pandas as pd

from frenemies.charts.look import GREY

# How a line looks that is no series of the chart but something to compare it with.
DASHED = {"strokeDash": [6, 4], "strokeWidth": 1.5}


def year_axis(
    field: str = "year",
    *,
    title: str | None = "Year",
    domain: Sequence[float] | None = None,
    padding: int = 0,
    **axis: Any,
) -> alt.X:
    """The x axis of a chart over years that are numbers: no thousands separator, no empty years at the ends.

    field: the column with the years. domain: first and last year of the axis (by default those of the data).
    padding: room at both ends, in pixels. axis: what else `alt.Axis` takes, for instance `values=[1992, 2022]`.
    """
    scale = {"nice": False} | ({"domain": list(domain)} if domain else {}) | ({"padding": padding} if padding else {})
    return alt.X(f"{field}:Q", title=title, axis=alt.Axis(format="d", **axis), scale=alt.Scale(**scale))


def year_bands(
    field: str = "year",
    *,
    title: str | None = "Year",
    domain: Iterable[int] | None = None,
    gap: float | None = None,
    **axis: Any,
) -> alt.X:
    """The x axis of a chart with one bar, or one group of bars, for each year.

    field: the column with the years. domain: all years of the axis, with those that have no bar.
    gap: room between two bands, as a share of a band. axis: what else `alt.Axis` takes.
    """
    scale = ({"domain": list(domain)} if domain else {}) | ({"paddingInner": gap} if gap is not None else {})
    return alt.X(
        f"{field}:O",
        title=title,
        axis=alt.Axis(**({"labelAngle": 0, "labelOverlap": True} | axis)),
        **({"scale": alt.Scale(**scale)} if scale else {}),
    )


def reference_line(
    at: float | str | pd.Timestamp | alt.Parameter,
    words: str | None = None,
    *,
    axis: Literal["x", "y"] = "y",
    field: str | None = None,
    **text: Any,
) -> alt.LayerChart:
    """A dashed line across the chart at one value of an axis, with a few words at its end if wanted.

    at: the value, in the axis's unit; on an axis of time a date; or a parameter that the reader moves. axis: "y" for a level, "x" for a moment.
    field: a name for the value that the chart's table shows (by default "level" or "moment").
    text: what `mark_text` takes, to move the words (`dx`, `dy`, `align`).
    """
    moment = isinstance(at, (str, pd.Timestamp))
    moved = isinstance(at, alt.Parameter)
    name = field or ("moment" if axis == "x" else "level")
    row = pd.DataFrame({name: [pd.Timestamp(at) if moment else 0 if moved else at], "words": [words or ""]})
    shorthand = f"{name}:{'T' if moment else 'Q'}"
    channel = alt.X(shorthand) if axis == "x" else alt.Y(shorthand)
    base = alt.Chart(row)
    if moved:
        base = base.transform_calculate(**{name: at.name})
    layers = [base.mark_rule(**DASHED).encode(channel)]
    if words:
        room = {"align": "left", "dx": 5, "dy": 10} if axis == "x" else {"align": "left", "dx": 4, "dy": -7}
        edge = {"y": 0} if axis == "x" else {"x": 0}
        layers.append(base.mark_text(**(edge | room | text)).encode(channel, text="words:N"))
    return alt.layer(*layers)


def shaded_span(
    start: float | str | pd.Timestamp, end: float | str | pd.Timestamp, words: str | None = None, **text: Any
) -> alt.LayerChart:
    """A grey band behind the chart from one moment of the x axis to another, with a few words at its top.

    start, end: years as numbers, or dates. text: what `mark_text` takes, to move the words.
    """
    moment = isinstance(start, (str, pd.Timestamp))
    kind = "T" if moment else "Q"
    ends = [pd.Timestamp(value) if moment else value for value in (start, end)]
    base = alt.Chart(pd.DataFrame({"start": ends[:1], "end": ends[1:], "words": [words or ""]}))
    layers = [base.mark_rect(opacity=0.18, color=GREY).encode(alt.X(f"start:{kind}"), alt.X2("end"))]
    if words:
        place = {"y": 0, "align": "left", "dx": 5, "dy": 10}
        layers.append(base.mark_text(**(place | text)).encode(alt.X(f"start:{kind}"), text="words:N"))
    return alt.layer(*layers)
