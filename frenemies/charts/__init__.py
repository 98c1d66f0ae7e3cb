"""How the book's charts look: palette and theme, the finish of a figure, maps."""
