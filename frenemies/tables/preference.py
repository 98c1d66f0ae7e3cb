"""One row where several sources give the same quantity: the book's rule for choosing among them."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd


def prefer_sources(table: pd.DataFrame, order: Sequence[str], keys: Sequence[str] = ("year",)) -> pd.DataFrame:
    """Keep, for each year, the row of the source that comes first in an order that you give.

    table: rows with the column `source_id`. order: ids of sources, the preferred one first; rows of other
    sources are left out. keys: the columns that say what one row is about, for instance `["year", "flow"]`.
    Returns the chosen rows, sorted by the keys. Raises ValueError if a source of the order has no row, and if one
    source gives two rows for the same keys.
    """
    keys = list(keys)
    if absent := [source for source in order if source not in set(table["source_id"])]:
        raise ValueError(
            f"no row comes from the source {absent[0]!r}: its id is misspelt, or a filter took its rows out"
        )
    rank = {source: place for place, source in enumerate(order)}
    known = table[table["source_id"].isin(rank)]
    if twice := known.duplicated([*keys, "source_id"]).sum():
        raise ValueError(f"{twice} rows share their source and {', '.join(keys)}: name more columns in keys")
    ranked = known.assign(_rank=known["source_id"].astype("string").map(rank))
    best = ranked.sort_values([*keys, "_rank"]).drop_duplicates(keys)
    return best.drop(columns="_rank").reset_index(drop=True)
