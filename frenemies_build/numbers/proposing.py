"""A first draft of a page's list: for each numeral the expression that most likely yields it.

Values that fit at the written precision are ranked by the years and words that the sentence shares with their
labels, by what the words ask for (peak, average, total), and by how near their cell is. Where one stands out it is
taken; where several could be meant, or none fits, a question mark leaves the decision to a person.
"""

from __future__ import annotations

import bisect
import difflib
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import frenemies as fr
from frenemies_build.numbers import candidates as holding
from frenemies_build.numbers.bindings import cited, read_binding, years_named
from frenemies_build.numbers.checking import _claim_problem, plain_text
from frenemies_build.numbers.comparing import agrees
from frenemies_build.numbers.kernels import run_and_ask
from frenemies_build.numbers.number_lists import NumberList
from frenemies_build.numbers.pages import Page, Passage
from frenemies_build.numbers.scanner import Numeral
from frenemies_build.numbers.tracing import Origins

UNITS = (1.0, 1e3, 1e6, 1e9, 0.01)
_UNIT_WORDS = {
    1e6: ("musd", "million", "mln", "meur"), 1e9: ("busd", "billion", "bcm", "bn"), 1e3: ("thousand", "ths"),
    0.01: ("share", "percent", "pct", "rate", "part"),
}  # fmt: skip
_ASKED = {
    "max": "peak|highest|most|deepest|largest|biggest|up to|at most|record|never more|greatest|strongest|maximum|long",
    "min": "lowest|least|smallest|at least|minimum|trough|shortest|weakest",
    "mean": "average|averaged|mean|on average|a month|a year",
    "median": "median|middle|half of",
    "sum": "total|together|in all|altogether|sum|added|add up|adds up|overall|whole|from .* to",
    "number": "rows|list|has|count|of the|number|all",
    "count": "of the|are|were|count|list|has",
    "idxmax": "peak|highest|most|deepest|largest|record|maximum|best",
    "idxmin": "lowest|least|smallest|minimum|trough|worst",
    "first": "since|from|first|begin|start|opened",
    "last": "until|to|last|end|by",
}
_CLAIM = re.compile(r"\(#([A-Z]\d\d)\)")
_NOTEBOOK = re.compile(r"\(((?:\.\./)*(?:chapters/)?)([\w-]+)\.ipynb(?:#[\w-]+)?\)")
_TABLE = re.compile(r"<table-(\w+)>")
_QUOTED = re.compile(r"[\"“][^\"”]*[\"”]")
# Tables of dated events, which any page may call by name.
DATED = ("chronology", "leader_meetings", "articles", "sanctions_measures", "akkuyu_events", "deconfliction")
CLEAR = 1.2  # by how much the best draft must lead


@dataclass
class Draft:
    """A draft of one binding; `sure` says whether it stands out, `others` are rivals worth a look."""

    binding: str
    sure: bool
    unit: float = 1.0
    key: str = ""
    others: tuple[str, ...] = ()


@dataclass(frozen=True)
class Candidate:
    """A value with its expression; `years` and `words` are those of its labels, `place` that of its cell."""

    value: float | int | str
    expression: str
    name: str
    column: str
    years: frozenset[int]
    words: frozenset[str]
    roles: tuple[str, ...]
    place: int
    raw: bool
    page: str
    labels: tuple[str, ...] = ()


def propose(page: Page, old: NumberList) -> tuple[NumberList, list[str], dict[int, str], Counter]:
    """Draft a page's list, keeping what is bound already.

    Returns the list, the sentence of each number, comments by entry, and how many were kept, sure, ambiguous, unfound.
    Raises `frenemies_build.notebooks.NotebookError` where a notebook that is needed fails.
    """
    found = [one for one in page.numerals() if one[1].bindable]
    kept = _kept([plain_text(numeral.text) for _, numeral in found], old)
    pools = Pools(page)
    drafts: list[Draft] = []
    for place, (passage, numeral) in enumerate(found):
        if place in kept and not kept[place].startswith("?"):
            drafts.append(Draft(kept[place], True))
        else:
            drafts.append(draft(passage, numeral, pools, passage.key))
    _years(found, drafts, pools)
    units = _units(drafts, dict(old.units))
    counts = Counter()
    notes: dict[int, str] = {}
    entries = []
    for place, ((_, numeral), one) in enumerate(zip(found, drafts)):
        state = (
            "kept"
            if place in kept and not kept[place].startswith("?")
            else "sure"
            if one.sure
            else "ambiguous"
            if one.binding
            else "unfound"
        )
        counts[state] += 1
        entries.append((plain_text(numeral.text), one.binding if one.sure else f"? {one.binding}".strip()))
        if not one.sure and one.others:
            notes[place] = "\n".join(f"or {other}" for other in one.others)
    locked = [plain_text(numeral.text) for _, numeral in page.numerals() if not numeral.bindable]
    sentences = [numeral.sentence for _, numeral in found]
    return NumberList(entries, locked, units, dict(old.truths)), sentences, notes, counts


def _kept(texts: list[str], old: NumberList) -> dict[int, str]:
    """Bindings of the old list that still belong to a numeral, by its place."""
    matcher = difflib.SequenceMatcher(None, texts, [text for text, _ in old.numbers], autojunk=False)
    return {a + step: old.numbers[b + step][1] for a, b, size in matcher.get_matching_blocks() for step in range(size)}


class Pools:
    """The candidates of a page: of its own notebook, or of the notebooks and tables that a sentence points to."""

    def __init__(self, page: Page):
        self.page = page
        self.known: dict[str, Pool] = {}
        self.own = page.name if page.has_kernel else ""
        self.claims = sorted({claim for passage in page.passages() for claim in _CLAIM.findall(passage.text)})
        if page.name.startswith("bank/"):
            chapter = page.name.partition("/")[2]
            self.always = [chapter, f"exercises/{chapter}"]
        else:
            self.always = [self.own] if self.own else []

    def of(self, passage: Passage, numeral: Numeral) -> list[Pool]:
        """Where the value of a numeral may be found."""
        names = list(self.always)
        if not self.own:
            first, last = numeral.group
            line = passage.text[
                passage.text.rfind("\n", 0, numeral.start) + 1 : (
                    passage.text.find("\n", numeral.end) + 1 or len(passage.text)
                )
            ]
            near = line if line.lstrip().startswith("|") else passage.text[first:last]
            names += [name for _, name in _NOTEBOOK.findall(near)]
            names += [f"table {name}" for name in _TABLE.findall(near)]
        return [self._pool(name) for name in dict.fromkeys(names)]

    def dated(self) -> list[Pool]:
        """The tables of dated events."""
        return [self._pool(f"table {name}") for name in DATED if name in set(fr.tables()["name"])]

    def _pool(self, name: str) -> Pool:
        if name not in self.known:
            if name.startswith("table "):
                table = name.partition(" ")[2]
                rows = list(holding.candidates({table: fr.load(table)}))
                self.known[name] = Pool(rows, Origins(), "", self.page.root)
            else:
                from frenemies_build.notebooks import read_notebook

                other = Page(name, self.page.root)
                _, rows = run_and_ask(other, [], candidates=True)
                elsewhere = "" if name == self.own else name
                self.known[name] = Pool(rows, Origins(read_notebook(other.source)), elsewhere, self.page.root)
        return self.known[name]


class Pool:
    """Candidates sorted by size, to be found by value."""

    def __init__(self, rows: Iterable[dict], origins: Origins, page: str, root):
        countries = dict(zip(fr.load("countries")["iso3"], fr.load("countries")["name"]))
        loaded = {name for name, tables in origins.tables.items() if len(tables) == 1} if origins.tables else set()
        self.raw = {name for name in loaded if name in origins.place and origins.place[name] <= 8}
        self.all = [self._candidate(row, origins, page, countries) for row in rows]
        self.dates = [one for one in self.all if isinstance(one.value, str)]
        numbers = [one for one in self.all if not isinstance(one.value, str)]
        self.numbers = sorted(numbers, key=lambda one: abs(one.value))
        self.sizes = [abs(one.value) for one in self.numbers]
        self.by_column: dict[tuple[str, str], list[Candidate]] = defaultdict(list)
        for one in numbers:
            if one.years and not one.roles:
                self.by_column[one.name, one.column].append(one)
        self.by_row: dict[tuple[str, tuple[str, ...]], list[Candidate]] = defaultdict(list)
        for one in numbers:
            if one.labels and not one.roles:
                self.by_row[one.name, one.labels].append(one)

    def _candidate(self, row: dict, origins: Origins, page: str, countries: dict[str, str]) -> Candidate:
        labels, column, name = row["labels"], row["column"], row["name"]
        roles = tuple(label for label in labels if label in _ASKED)
        texts = [label for label in labels if label not in _ASKED]
        years = {int(year) for text in [*texts, column] for year in re.findall(r"\b(1[4-9]\d\d|20\d\d)\b", text)}
        named = [countries.get(text, text) for text in [*texts, *re.split(r"[\W_]+", column)]]
        return Candidate(
            row["value"], f"in {page}: {row['expression']}" if page else row["expression"], name, column, frozenset(years),
            frozenset(stems(" ".join([*named, column.replace("_", " "), name.replace("_", " ")]))), roles,
            origins.place.get(name, 0), name in self.raw, page, tuple(texts),
        )  # fmt: skip

    def near(self, low: float, high: float) -> Sequence[Candidate]:
        """Candidates whose size lies in a span."""
        return self.numbers[bisect.bisect_left(self.sizes, low) : bisect.bisect_right(self.sizes, high)]


def stems(text: str) -> set[str]:
    """The beginnings of a text's words, without accents: enough to tell that two speak of one thing."""
    plain = unicodedata.normalize("NFKD", text.lower()).encode("ascii", "ignore").decode()
    short = {"turkish": "turkey", "russian": "russia", "russians": "russia", "turks": "turkey", "german": "germany", "american": "united", "chinese": "china",
             "bought": "import", "buys": "import", "buy": "import", "purchases": "import", "imports": "import", "sold": "export", "sales": "export",
             "sells": "export", "exports": "export", "european": "eu27", "world": "wld"}  # fmt: skip
    return {short.get(word, word)[:6] for word in re.findall(r"[a-z][a-z0-9]{2,}", plain)} - {
        "the",
        "and",
        "for",
        "from",
        "with",
        "that",
        "value",
        "year",
    }


def draft(passage: Passage, numeral: Numeral, pools: Pools, place: int) -> Draft:
    """The best binding for one numeral, years apart (see `_years`)."""
    if numeral.kind == "date":
        return _dated(passage, numeral, [*pools.of(passage, numeral), *pools.dated()])
    if numeral.kind == "year":
        return Draft("", False)
    here, keys = _claims(numeral), cited(passage.text, numeral.start, numeral.sentence)
    quoted = any(numeral.text in words for words in _QUOTED.findall(numeral.sentence))
    if not here and quoted:
        here = [claim for claim in pools.claims if not _claim_problem(numeral, claim)]
    if len(here) == 1 and _digits(numeral) > 1:
        return Draft(f"claim {here[0]}", True)
    if pools.page.name.startswith("teach/") and _of_a_plan(passage, numeral):
        return Draft("plan", True)
    ranked = rank(passage, numeral, pools.of(passage, numeral), place)
    if here:
        return Draft(f"claim {here[0]}", False, others=_shown(ranked[:3]))
    if not ranked:
        return Draft(f"cite {keys[0]}", len(keys) == 1) if keys else Draft("", False)
    best, rivals = ranked[0], []
    for other in ranked[1:]:
        if best[0] - other[0] >= CLEAR:
            break
        if not _same(best, other):
            rivals.append(other)
    if keys and best[0] < 5:
        return Draft(f"cite {keys[0]}", len(keys) == 1 and best[0] < 1, others=_shown(ranked[:2]))
    # Small numbers fit by chance: they need words and years that speak for them.
    least = (
        6.0
        if not numeral.scale and not numeral.decimals and abs(numeral.value) < 100
        else 4.0
        if _digits(numeral) <= 2
        else 1.0
    )
    enough = best[0] >= least
    # A bare number says little of its unit: it decides only where nothing else does.
    vote = best[2] if numeral.scale or best[2] != 1 else -1.0
    return Draft(best[1].expression, not rivals and enough, vote, _unit_key(best[1]), _shown(rivals[:3] or ranked[1:3]))


def _claims(numeral: Numeral) -> list[str]:
    """The claims that a numeral's sentence links to and that hold the numeral."""
    return [claim for claim in dict.fromkeys(_CLAIM.findall(numeral.sentence)) if not _claim_problem(numeral, claim)]


def _of_a_plan(passage: Passage, numeral: Numeral) -> bool:
    """Whether a small number on a teacher's page is one of points, words or sizes."""
    after, before = (
        passage.text[numeral.end : numeral.end + 12],
        passage.text[max(0, numeral.start - 1) : numeral.start],
    )
    small = not numeral.scale and not numeral.decimals and abs(numeral.value) <= 100
    return small and (
        bool(re.match(r" (?:points?|words|×)\b| ×", after)) or (before == "(" and after.startswith((")", ";")))
    )


def _digits(numeral: Numeral) -> int:
    return len(re.sub(r"\D", "", numeral.text).strip("0") or "0")


def _same(one: tuple[float, Candidate, float], other: tuple[float, Candidate, float]) -> bool:
    """Whether two candidates are one fact: the same value, or one the other's rounding, of the same years."""
    a, b = abs(one[1].value * one[2]), abs(other[1].value * other[2])
    if abs(a - b) <= 1e-6 * max(a, b):
        return True
    if one[1].years != other[1].years and one[1].years and other[1].years:
        return False
    return any(_is_rounding(first, second) for first, second in ((one, other), (other, one)))


def _is_rounding(rough: tuple[float, Candidate, float], fine: tuple[float, Candidate, float]) -> bool:
    value = abs(rough[1].value)
    places = len(f"{value:.10g}".partition(".")[2])
    exact = abs(fine[1].value * fine[2] / rough[2])
    return places <= 2 and abs(exact - value) <= 0.5 * 10.0**-places * 1.000001


def _shown(ranked: Sequence[tuple[float, Candidate, float]]) -> tuple[str, ...]:
    return tuple(f"{one.expression}  # {one.value:.8g}" for _, one, _ in ranked)


def rank(passage: Passage, numeral: Numeral, pools: Sequence[Pool], place: int) -> list[tuple[float, Candidate, float]]:
    """Candidates that fit a numeral, best first, each with its score and the unit in which it fits."""
    sentence_years = _years_in(passage.text[numeral.group[0] : numeral.group[1]])
    # In a long sentence the years on either side of a number count most.
    before = passage.text[max(numeral.group[0], numeral.start - 45) : numeral.start]
    after = passage.text[numeral.end : min(numeral.group[1], numeral.end + 45)]
    close_years = _years_in(before)[-1:] + _years_in(after)[:1]
    words, around = stems(passage.text[numeral.group[0] : numeral.group[1]]), stems(passage.text)
    close_words = stems(before[-30:] + " " + after[:30])
    fitting: dict[str, tuple[float, Candidate, float]] = {}

    def keep(found: Iterable[tuple[Candidate, float]]) -> None:
        for one, unit in found:
            score = _score(one, unit, numeral, sentence_years, close_years, words, around, close_words, place)
            if one.expression not in fitting or score > fitting[one.expression][0]:
                fitting[one.expression] = score, one, unit

    for pool in pools:
        keep(_fitting(numeral, pool))
    small = not numeral.scale and not numeral.decimals and abs(numeral.value) < 100
    if not small and max((score for score, *_ in fitting.values()), default=0) < 5:
        for pool in pools:
            keep(_derived(numeral, pool, sentence_years))
    return sorted(fitting.values(), key=lambda item: (-item[0], len(item[1].expression)))[:12]


def _years_in(text: str) -> list[int]:
    years = []
    for first, last in re.findall(r"\b(1[4-9]\d\d|20\d\d)(?:\s?(?:-|–|to|and)\s?(1[4-9]\d\d|20\d\d))?\b", text):
        years += [int(first), *([int(last)] if last else [])]
    return years


def _fitting(numeral: Numeral, pool: Pool) -> Iterable[tuple[Candidate, float]]:
    stated, slack = (
        abs(float(numeral.value)),
        0.5 * 10.0**-numeral.decimals + (0.3 * abs(float(numeral.value)) if numeral.hedge else 0),
    )
    scales = [numeral.scale] if numeral.scale else [1.0, *([numeral.context] if numeral.context else [])]
    seen = set()
    for scale in scales:
        for unit in UNITS:
            factor = scale / unit
            for one in pool.near((stated - slack) * factor * 0.999999, (stated + slack) * factor * 1.000001):
                if (one.expression, unit) not in seen and agrees(numeral, one.value, unit):
                    seen.add((one.expression, unit))
                    yield one, unit


def _derived(numeral: Numeral, pool: Pool, years: list[int]) -> Iterable[tuple[Candidate, float]]:
    """Changes between two years of the sentence, and quotients and differences within one row."""
    span = set(years)
    span |= {year - 1 for year in years} if len(span) == 1 else set()
    if years:
        for column in pool.by_column.values():
            here = [one for one in column if one.years <= span and len(one.years) == 1]
            if not 2 <= len(here) <= 60:
                continue
            for a in here:
                for b in here:
                    if a is b or min(a.years) <= min(b.years) or _rest(a) != _rest(b) or not b.value:
                        continue
                    yield from _combined(numeral, a, b, ("/", "-", "growth"))
    kinds = [kind for kind, words in (("/", "percent|share|ratio|times|part|cents|%|of the|below|above"), ("-", "difference|gap|more|less|fewer|margin|minus|balance|points"))
             if re.search(rf"\b(?:{words})\b", numeral.sentence)]  # fmt: skip
    if kinds and (numeral.scale or numeral.decimals):
        for row in pool.by_row.values():
            here = [one for one in row if not one.years or one.years <= set(years)]
            if 2 <= len(here) <= 12:
                for a in here:
                    for b in here:
                        if a is not b and b.value:
                            yield from _combined(numeral, a, b, kinds)


def _rest(one: Candidate) -> tuple[str, ...]:
    return tuple(label for label in one.labels if not re.fullmatch(r"\d{4}(-\d\d)?", label))


def _combined(numeral: Numeral, a: Candidate, b: Candidate, kinds: Sequence[str]) -> Iterable[tuple[Candidate, float]]:
    inner = b.expression.partition(": ")[2] if b.page else b.expression
    for kind in kinds:
        value = a.value - b.value if kind == "-" else a.value / b.value - (kind == "growth")
        expression = (
            f"{a.expression} - {inner}"
            if kind == "-"
            else f"{a.expression} / {inner}" + (" - 1" if kind == "growth" else "")
        )
        if kind == "growth" and numeral.scale != 0.01:
            continue
        for unit in (1.0, 1e3, 1e6, 1e9, 0.01) if kind == "-" else (1.0,):
            if value and agrees(numeral, value, unit):
                merged = Candidate(
                    value,
                    expression,
                    a.name,
                    a.column,
                    a.years | b.years,
                    a.words | b.words,
                    ("derived",),
                    max(a.place, b.place),
                    a.raw,
                    a.page,
                    a.labels,
                )
                yield merged, unit


def guess_unit(one: Candidate) -> float | None:
    """The unit that a column's or a name's words speak of."""
    for text in (one.column, one.name):
        parts = set(re.split(r"[\W_]+", text.lower()))
        for unit, words in _UNIT_WORDS.items():
            if parts & set(words):
                return unit
    return None


def _score(one, unit, numeral, years, close_years, words, around, close_words, place) -> float:
    score = 0.0
    if one.years:
        score += 3.0 if one.years <= set(years) else 1.0 if one.years & set(years) else (-3.0 if years else -0.5)
        score += 1.5 if one.years & set(close_years) and one.years <= set(years) else 0.0
    shared = one.words & words
    score += (
        1.2 * min(3, len(shared))
        + 0.8 * min(2, len(one.words & close_words))
        + 0.3 * min(3, len((one.words & around) - shared))
    )
    labelled = {stem for label in one.labels for stem in stems(label)}
    score -= 0.4 * min(3, len(labelled - around))
    guess = guess_unit(one)
    if guess and "derived" not in one.roles:
        score += 1.0 if guess == unit else -3.0
    elif unit == 1e3 or unit == 0.01:
        score -= 2.0
    if unit != 1 and {"number", "count"} & set(one.roles):
        score -= 3.0
    if isinstance(one.value, float) and len(f"{one.value:.10g}".partition(".")[2]) > 2:
        score += 0.3  # unrounded
    for role in one.roles:
        if role == "derived":
            score -= 2.5 if "growth" not in one.expression else 2.0
            score += (
                1.5
                if re.search(
                    r"\b(fell|rose|grew|growth|more|less|fewer|of the level|doubled|change|ratio|cover|gap|percent|share|difference)\b",
                    numeral.sentence,
                )
                else 0
            )
        else:
            score += 2.0 if re.search(rf"\b(?:{_ASKED[role]})\b", numeral.sentence, re.IGNORECASE) else -1.5
    if numeral.hedge == "under" and isinstance(one.value, (int, float)):
        score -= 0.5
    distance = place - 1 - one.place
    score -= 0.06 * abs(distance) if distance >= 0 else 0.25 * min(8, -distance)
    score -= 0.5 * one.raw + 0.014 * len(one.expression)
    return score


def _unit_key(one: Candidate) -> str:
    """Under which name a list keeps the unit of a draft: name and column where the expression names one."""
    if one.page or one.column in ("len", "index") or ("derived" in one.roles and " / " in one.expression):
        return ""
    named = one.column and (
        repr(one.column) in one.expression or f"[{one.column}]" in one.expression or f" {one.column}]" in one.expression
    )
    return f"{one.name}.{one.column}" if named and re.fullmatch(r"[\w .'-]+", one.column) else one.name


def _dated(passage: Passage, numeral: Numeral, pools: Sequence[Pool]) -> Draft:
    """A date is looked for among the dated rows, the row whose words the sentence shares first."""
    words, place = stems(numeral.sentence), passage.key
    fitting = []
    for pool in pools:
        for one in pool.dates:
            if agrees(numeral, one.value):
                score = (
                    1.2 * min(4, len(one.words & words))
                    - 0.03 * abs(place - one.place)
                    - 0.008 * len(one.expression)
                    - 1.0 * bool(one.roles)
                )
                fitting.append((score, one))
    fitting.sort(key=lambda item: (-item[0], len(item[1].expression)))
    if not fitting or fitting[0][0] < 0.5:
        keys = cited(passage.text, numeral.start, numeral.sentence)
        return Draft(f"cite {keys[0]}", len(keys) == 1) if keys else Draft(_event(numeral), False)
    best = fitting[0]
    lead = best[0] - (fitting[1][0] if len(fitting) > 1 else 0)
    exact = numeral.kind == "date" and numeral.value[2] is not None
    enough = best[0] >= (1.5 if exact else 2.5) and lead >= (0.3 if exact else 0.8)
    return Draft(best[1].expression, enough, others=tuple(one.expression for _, one in fitting[1:3]))


def _event(numeral: Numeral) -> str:
    return f"event: {_excerpt(numeral)}"


def _excerpt(numeral: Numeral) -> str:
    """The words round a numeral, for a person to turn into a reason."""
    text = re.sub(r"\]\([^)]*\)|[\[\]*`\"]", "", numeral.sentence)
    at = text.find(numeral.text)
    return " ".join(text[max(0, at - 30) : at + 40].split())


def _years(found: Sequence[tuple[Passage, Numeral]], drafts: list[Draft], pools: Pools) -> None:
    """Years last: most are named by an expression beside them."""
    named: dict[tuple[int, tuple[int, int]], set[int]] = defaultdict(set)
    for (passage, numeral), one in zip(found, drafts):
        if one.binding and not one.binding.startswith(("cite", "claim", "event", "plan", "words", "year")):
            try:
                named[passage.key, numeral.group] |= years_named(read_binding(one.binding).subject)
            except ValueError:
                continue
    for at, ((passage, numeral), one) in enumerate(zip(found, drafts)):
        if numeral.kind != "year" or one.binding:
            continue
        claims, keys = _claims(numeral), cited(passage.text, numeral.start, numeral.sentence)
        if int(numeral.value) in named[passage.key, numeral.group]:
            drafts[at] = Draft("year", True)
        elif claims:
            drafts[at] = Draft(f"claim {claims[0]}", True)
        elif keys:
            drafts[at] = Draft(f"cite {keys[0]}", len(keys) == 1)
        else:
            edge, event = _edge(passage, numeral, pools), _dated(passage, numeral, pools.dated())
            drafts[at] = (
                edge
                if edge and edge.sure
                else event
                if event.sure or not edge
                else replace(event, others=(edge.binding, *event.others[:2]))
            )


def _edge(passage: Passage, numeral: Numeral, pools: Pools) -> Draft | None:
    """A year that a series begins or ends with, or in which it is highest or lowest."""
    ranked = [
        one for one in rank(passage, numeral, pools.of(passage, numeral), passage.key)
        if set(one[1].roles) & {"first", "last", "idxmax", "idxmin"} and one[1].words & stems(numeral.sentence)
    ]  # fmt: skip
    if not ranked:
        return None
    others = [one for one in ranked[1:] if ranked[0][0] - one[0] < CLEAR and one[1].name != ranked[0][1].name]
    return Draft(ranked[0][1].expression, ranked[0][0] >= 3 and not others, others=_shown(ranked[1:3]))


def _units(drafts: Sequence[Draft], units: dict[str, float]) -> dict[str, float]:
    """The units that the drafts need, by column; by name alone where all columns agree."""
    votes: dict[str, Counter] = defaultdict(Counter)
    for one in drafts:
        if one.key and one.binding:
            votes[one.key][abs(one.unit)] += 0.1 if one.unit < 0 else 1 if one.sure else 0.4
    chosen = {key: counts.most_common(1)[0][0] for key, counts in votes.items()}
    by_name: dict[str, set[float]] = defaultdict(set)
    for key, unit in chosen.items():
        by_name[key.partition(".")[0]].add(unit)
    for key, unit in chosen.items():
        name = key.partition(".")[0]
        if key in units or name in units or by_name[name] == {1.0}:
            continue
        if len(by_name[name]) == 1:
            units[name] = unit
        elif unit != 1:
            units[key] = unit
    return units
