"""The finish that every chart of the book gets: title, source line, text alternative, and its label in the book."""

from __future__ import annotations

import re
import textwrap
import unicodedata
from collections.abc import Mapping, Sequence

import altair as alt

from frenemies.tables.catalogue import sources_of

LINE = 105  # characters that fit under a chart of the theme's width
LEAST_ALT = 40  # characters of a text alternative: less cannot say what a chart shows


def figure(
    chart: alt.TopLevelMixin,
    *,
    title: str,
    subtitle: str,
    alt_text: str,
    tables: Sequence[str],
    sources: Sequence[str] | None = None,
    note: str | None = None,
    id: str | None = None,
    holds: Mapping[str, bool] | None = None,
) -> alt.TopLevelMixin:
    """Finish a chart: finding as title, what is drawn as subtitle, source and text alternative.

    Parameters
    ----------
    chart : any Altair chart
    title : the finding, as a sentence
    subtitle : what is plotted, with its unit
    alt_text : what the chart shows, for a reader who cannot see it (a full sentence with
        its main values)
    tables : the data tables drawn; the source line is made from their descriptions
    sources : the ids of the sources drawn, where the chart leaves out some of a table's
    note : a short warning printed beside the source
    id : a short name in small letters, unique on its page; links to the figure end in "#figure-<id>"
    holds : what the title and the words around the figure claim, each as a sentence with its computed truth, for
        instance `{"2022 is the highest year": deficit.idxmax() == 2022}`

    Raises `ValueError` for an empty title, subtitle or table list, a text alternative of under 40
    characters, an id that is no label, or a claim that does not hold; `TypeError` where a claim's truth is
    neither true nor false; and `frenemies.DataError` for an unknown table or source.
    """
    for name, text, least in (("title", title, 1), ("subtitle", subtitle, 1), ("alt_text", alt_text, LEAST_ALT)):
        if len(text.strip()) < least:
            raise ValueError(f"figure({name}=...) needs at least {least} characters, got {text!r}")
    if not tables:
        raise ValueError("figure(tables=[...]) needs the names of the tables that the chart draws")
    if id is not None and not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", id):
        raise ValueError(f"figure(id={id!r}): use small letters, digits and hyphens, for instance 'trade-deficit'")
    _assert_all(holds or {})
    source = "; ".join(sources_of(tables, sources))
    usermeta = {"source": source, "subtitle": subtitle, "tables": list(tables)}
    if note:
        usermeta["note"] = note
    if id:
        usermeta["id"] = id
    return chart.properties(
        title=alt.Title(title, subtitle=[subtitle, *textwrap.wrap(f"Source: {source}", LINE)]),
        description=" ".join(alt_text.split()),
        usermeta=usermeta,
    )


def _assert_all(claims: Mapping[str, bool]) -> None:
    """Refuse claims that the data do not bear out."""
    for words, truth in claims.items():
        # NumPy's truth values are not Python's; a number or a column here would be a slip that passes for true.
        if type(truth).__name__ not in ("bool", "bool_"):
            raise TypeError(f"figure(holds={{{words!r}: ...}}) needs True or False, got {type(truth).__name__}")
        if not truth:
            raise ValueError(
                f"the figure claims what its data do not show: {words!r}. Mend the words or the computation"
            )


def label_of(spec: dict) -> str:
    """The label of a stored chart in the book: its id where it has one, else made from its title."""
    ident = (spec.get("usermeta") or {}).get("id")
    return f"figure-{ident}" if ident else anchor(spec["title"]["text"])


def anchor(title: str) -> str:
    """The label of a figure in the book, made from its title: "figure-" and up to 60 plain letters and digits."""
    plain = unicodedata.normalize("NFKD", title.lower()).encode("ascii", "ignore").decode()
    return "figure-" + (re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60].strip("-") or "chart")
