"""What the notebooks of *Frenemies? Turkey and Russia in data* share: `import frenemies as fr`.

Importing it also gives Altair the book's look: its theme and the renderer that stores pure charts
(see `frenemies.charts.look`), and lets `check` know which cells failed: a common error then ends in
a line in plain words (see `frenemies.exercises.tries`). Nothing else of your Python changes.
"""

from frenemies.charts.axes_and_lines import DASHED, reference_line, shaded_span, year_axis, year_bands
from frenemies.charts.figure import figure
from frenemies.charts.look import COLOUR, GREY, INK, colours
from frenemies.exercises import tries
from frenemies.exercises.feedback import check
from frenemies.tables.catalogue import describe, tables
from frenemies.tables.loading import load
from frenemies.tables.package import DataError
from frenemies.tables.preference import prefer_sources

__all__ = [
    "COLOUR",
    "DASHED",
    "GREY",
    "INK",
    "DataError",
    "check",
    "colours",
    "describe",
    "figure",
    "load",
    "prefer_sources",
    "reference_line",
    "shaded_span",
    "tables",
    "year_axis",
    "year_bands",
]

tries.watch()
