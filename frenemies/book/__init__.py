"""Tools that build the book: Sphinx extensions and scripts. A reader's notebook never imports them."""
