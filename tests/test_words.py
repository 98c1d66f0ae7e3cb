"""The words of the whole book: spelled as a word list has them, one spelling for each name, sentences of a readable length."""

from __future__ import annotations

import csv
import re
import tomllib
from collections.abc import Iterator
from functools import cache

import pytest
from conftest import ROOT
from spellchecker import SpellChecker
from test_book import PAGES, html_of

from frenemies_build import words

# Every page but the list of literature, which has words of many languages.
READ = [page for page in PAGES if page != "chapters/back/bibliography"]
CHAPTERS = [page for page in PAGES if re.match(r"chapters/\d\d-", page)]
TERMS = tomllib.loads((ROOT / "tests" / "terms.toml").read_text("utf-8"))
# Names of sources and addresses are as their owners write them; so is what a label in brackets cites.
AS_THEY_ARE = re.compile(
    r'<a class="reference external".*?</a>|<span class="bibtex-citation">.*?</span>|<p class="chart-source">.*?</p>',
    re.DOTALL,
)
ADDRESS = re.compile(r"https?://\S+|\b[\w-]+(?:[./_@]+[\w-]+)+\b|\b\w*\d\w*\b")
WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
MEAN, LONGEST, EASE = 17, 65, 55  # words in a sentence: on average, at most; Flesch's ease at least


def text_of(page: str) -> str:
    """What a reader reads on a page, without code."""
    html = AS_THEY_ARE.sub(" ", html_of(page).read_text("utf-8"))
    return "\n".join(words.blocks(html, code=False))


def spelled(text: str) -> Iterator[str]:
    """The words of a text as they are looked up; abbreviations in capitals are none."""
    for found in WORD.finditer(ADDRESS.sub(" ", text)):
        word = re.sub(r"['’]s?$", "", found[0]).replace("’", "'")
        if len(word) > 2 and not word.isupper():
            yield word


@cache
def listed() -> frozenset[str]:
    """The words of tests/words.txt, in small letters."""
    lines = (ROOT / "tests" / "words.txt").read_text("utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.lower().split())


@cache
def of_the_sources() -> frozenset[str]:
    """Every word of the tables and of the literature: a name that stands there may stand in the book."""
    known: set[str] = set()
    for path in ROOT.glob("data/*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.reader(file):
                known.update(word for cell in row for word in WORD.findall(cell))
    known.update(WORD.findall((ROOT / "chapters" / "references.bib").read_text("utf-8")))
    return frozenset(word.removesuffix("'s") for word in known)


@cache
def dictionary() -> SpellChecker:
    """The English word list of pyspellchecker."""
    return SpellChecker(language="en")


def misspelled(text: str) -> set[str]:
    """Words of a text that no list has; of names, those that stand in no table and no work either."""
    return {
        word
        for word in spelled(text)
        if word.lower() not in listed()
        and word.lower() not in dictionary()
        and not (word[0].isupper() and word in of_the_sources())
    }


def unwanted(text: str) -> list[str]:
    """Spellings that the book does not use, each with the one that it uses."""
    return [
        f"{found[0]!r}: write {wanted!r}"
        for wanted, others in TERMS["write"].items()
        for other in others
        for found in re.finditer(rf"(?<![\w-]){other}(?![\w-])", text)
    ]


@pytest.mark.parametrize("page", READ)
def test_every_word_is_spelled_as_a_list_has_it(built, page):
    found = misspelled(text_of(page))
    assert not found, f"{sorted(found)}: mend them, or add a true word to tests/words.txt"


@pytest.mark.parametrize("page", [page for page in READ if not page.startswith("chapters/back/data-")])
def test_each_name_has_one_spelling(built, page):
    assert not unwanted(text_of(page))


@pytest.mark.parametrize("page", CHAPTERS)
def test_sentences_can_be_read(built, page):
    one = words.reading(page, html_of(page).read_text("utf-8"))
    assert one.mean <= MEAN and one.longest <= LONGEST and one.ease >= EASE, one


def test_a_slip_is_found():
    assert misspelled("The goverment of Turkey and Mr Lavrov of Russia’s minsitry met Nikola Mikovcic") == {
        "goverment", "minsitry", "Mikovcic",
    }  # fmt: skip
    assert unwanted("The S400 in Kiev") == ["'S400': write 'S-400'", "'Kiev': write 'Kyiv'"]


def test_the_lists_hold_no_word_in_vain():
    lines = [
        line for line in (ROOT / "tests" / "words.txt").read_text("utf-8").splitlines() if not line.startswith("#")
    ]
    assert lines == sorted(set(lines), key=str.casefold), "tests/words.txt: one word a line, in order, none twice"


PAGE = '<div class="bd-article"><p>{}</p><pre>code that is no sentence at all.</pre></div></main>'


def test_sentences_words_and_syllables_are_counted():
    html = PAGE.format("It cost 3.5 million in the <em>U.S.</em> market. Who paid for <code>it</code> then?")
    assert words.sentences(html)[:2] == ["It cost 3.5 million in the U.S. market.", "Who paid for it then?"]
    assert [words.syllables(word) for word in ("trade", "energy", "table", "the", "Turkey")] == [1, 3, 2, 1, 2]
    one = words.reading("page", PAGE.format("The cat sat on the mat. The dog ran off to the sea."))
    assert (one.sentences, one.words, one.longest, one.mean) == (2, 13, 7, 6.5) and one.ease > 100
    with pytest.raises(ValueError, match="page has no sentence"):
        words.reading("page", PAGE.format("a label"))
