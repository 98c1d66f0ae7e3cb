"""The words of the built pages: `python3 tasks.py reading` reports sentences and ease of reading, a line for each chapter.

Ease is Flesch's: 60 to 70 is plain English, 30 to 50 a newspaper for experts. Syllables are counted by groups of vowels.
`--long 35` lists the sentences of more than 35 words, so that their author sees them.
"""

from __future__ import annotations

import argparse
import re
import sys
from html import unescape
from pathlib import Path
from typing import NamedTuple

from frenemies_build.formats import leaves
from frenemies_build.pages.shell import chapter_number

_GONE = re.compile(
    r"<script\b.*?</script>|<pre\b.*?</pre>|<math\b.*?</math>|<kbd\b.*?</kbd>|<summary>Code: .*?</summary>"
    r'|<p class="chart-links">.*?</p>',
    re.DOTALL,
)
_CODE = re.compile(r"<code\b.*?</code>", re.DOTALL)
_INLINE = re.compile(r"</?(?:a|b|i|em|strong|span|button|code|sub|sup|q|cite|abbr|small|label)\b[^>]*>")
_NOTES = re.compile(r'<div class="(?:asked|link)-notes">.*', re.DOTALL)
_WORD = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*")
# A full stop ends a sentence where a new one begins: not within "U.S." or "3.5", nor after "e.g.".
_STOP = re.compile(r"(?<=[.!?…])[\"'”’)]*\s+(?=[\"“‘(]?[A-ZÇĞİÖŞÜ0-9])")
LEAST = 4  # words; shorter pieces are labels


class Reading(NamedTuple):
    """How a page reads: sentences with their words, and the share of long ones."""

    page: str
    sentences: int
    words: int
    longest: int
    ease: float

    @property
    def mean(self) -> float:
        """Words in a sentence, on average."""
        return self.words / self.sentences


def blocks(html: str, code: bool = True) -> list[str]:
    """The pieces of text of a built page (paragraphs, items, cells, headings), without code cells and notes.

    code: whether names set as code stay in the text.
    """
    begin = html.index('<div class="bd-article">')
    body = _NOTES.sub("", html[begin : html.index("</main>", begin)])
    body = _GONE.sub(" ", body)
    body = body if code else _CODE.sub(" ", body)
    pieces = re.split(r"<[^>]+>", _INLINE.sub("", body))
    return [text for text in (" ".join(unescape(piece).split()) for piece in pieces) if text]


def sentences(html: str) -> list[str]:
    """The sentences of a built page; labels, headings and cells are none."""
    found = []
    for block in blocks(html):
        if block[-1] in ".!?…:;)”’\"'":
            found += [one for one in _STOP.split(block) if len(_WORD.findall(one)) >= LEAST]
    return found


def syllables(word: str) -> int:
    """About how many syllables an English word has."""
    word = word.lower()
    groups = len(re.findall(r"[aeiouyäöüâıéè]+", word))
    silent = word.endswith("e") and not word.endswith(("le", "ee")) and groups > 1
    return max(1, groups - silent)


def reading(page: str, html: str) -> Reading:
    """Measure a page. Raises `ValueError` where it has no sentence."""
    found = sentences(html)
    if not found:
        raise ValueError(f"{page} has no sentence")
    lengths = [len(_WORD.findall(one)) for one in found]
    words = [word for one in found for word in _WORD.findall(one)]
    letters = [word for word in words if word[0].isalpha()]
    ease = 206.835 - 1.015 * len(words) / len(found) - 84.6 * sum(map(syllables, letters)) / len(letters)
    return Reading(page, len(found), len(words), max(lengths), ease)


def main(arguments: list[str] | None = None) -> None:
    """Read the command line and print the report."""
    parser = argparse.ArgumentParser(prog="tasks.py reading", description=__doc__.splitlines()[0])
    parser.add_argument("--long", type=int, metavar="WORDS", help="list the sentences with more words than this")
    options = parser.parse_args(arguments)
    print(f"{'page':<34}{'sentences':>10}{'words':>8}{'mean':>7}{'longest':>9}{'ease':>6}")
    for entry in leaves.entries():
        path = Path(leaves.BUILT, f"{entry.name}.html")
        if chapter_number(entry.name) is None:
            continue
        if not path.is_file():
            sys.exit("error: the book is not built: python3 tasks.py book")
        html = path.read_text("utf-8")
        one = reading(leaves.slug_of(entry.name), html)
        print(f"{one.page:<34}{one.sentences:>10}{one.words:>8}{one.mean:>7.1f}{one.longest:>9}{one.ease:>6.0f}")
        if options.long:
            for sentence in sentences(html):
                if (count := len(_WORD.findall(sentence))) > options.long:
                    print(f"  {count} words: {sentence}")


if __name__ == "__main__":
    main()
