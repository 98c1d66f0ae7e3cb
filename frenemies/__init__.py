"""What the notebooks of *Frenemies? Turkey and Russia in data* share: `import frenemies as fr`."""

from frenemies.data import DataError, describe, load, tables
from frenemies.exercises import check
from frenemies.style import COLOUR, colours, figure

__all__ = ["COLOUR", "DataError", "check", "colours", "describe", "figure", "load", "tables"]
