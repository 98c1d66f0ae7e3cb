"""What the notebooks of *Frenemies? Turkey and Russia in data* share: `import frenemies as fr`.

Importing it also gives Altair the book's look: its theme and the renderer that stores pure charts
(see `frenemies.charts.look`). Nothing else of your Python changes.
"""

from frenemies.charts.figure import figure
from frenemies.charts.look import COLOUR, colours
from frenemies.exercises.feedback import check
from frenemies.tables.loading import DataError, describe, load, tables

__all__ = ["COLOUR", "DataError", "check", "colours", "describe", "figure", "load", "tables"]
