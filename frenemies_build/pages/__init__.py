"""The Sphinx extensions that turn notebooks into the book's pages."""
