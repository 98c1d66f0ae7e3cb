"""Sphinx extension: the search finds "Türkiye" for "turkiye", and works quietly from disk.

Words lose their accents before they enter the index (Python, here) and before they are
looked up (JavaScript, below). Both must fold alike.
"""

from __future__ import annotations

import unicodedata
from typing import Any

from sphinx.application import Sphinx
from sphinx.search.en import SearchEnglish

_JS_FOLD = r"""
// Added by frenemies_build.pages.search: accents are no part of a word that is searched.
Stemmer = ((Plain) => function () {
  const plain = new Plain();
  const fold = (word) => word.normalize("NFKD").replace(/\p{M}/gu, "").replace(/ı/g, "i");
  this.stemWord = (word) => plain.stemWord(fold(word));
})(Stemmer);
// A page opened from disk may not read the other pages, so it shows results without extracts.
if (location.protocol === "file:") DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;
"""


def fold(word: str) -> str:
    """Return a word in lower case without accents; the Turkish dotless ı becomes i."""
    letters = unicodedata.normalize("NFKD", word.lower())
    return "".join(letter for letter in letters if not unicodedata.combining(letter)).replace("ı", "i")


class FoldingEnglish(SearchEnglish):
    """English search that ignores accents."""

    js_stemmer_code = SearchEnglish.js_stemmer_code + _JS_FOLD

    def __init__(self, options: dict) -> None:
        super().__init__(options)
        self.stems: dict[str, str] = {}

    def stem(self, word: str) -> str:
        """Return the stem of a word, folded; each word of the book is worked out once."""
        if word not in self.stems:
            self.stems[word] = super().stem(fold(word))
        return self.stems[word]


def setup(app: Sphinx) -> dict[str, Any]:
    """Replace the search language "en"."""
    app.add_search_language(FoldingEnglish)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
