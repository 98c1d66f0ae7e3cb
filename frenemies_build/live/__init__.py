"""What lets a page run its own cells in the reader's browser: the parts, and how they are made ready at build time."""
