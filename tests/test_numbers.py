"""Numbers in prose are bound to what makes them true: the engine, the lists, and what slips they catch.

The values are those stored beside the lists; that these are what the notebooks compute is tested in the notebooks'
own kernels, one item after the last cell (frenemies_build/numbers/nbval_item.py).
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass, field

import nbformat
import pandas as pd
import pytest
import rules
from conftest import run_nbval

import frenemies as fr
from frenemies_build.numbers import __main__ as command
from frenemies_build.numbers.bindings import BindingError, cited, read_binding, years_named
from frenemies_build.numbers.checking import (
    asked_of,
    check_numerals,
    check_page,
    disagreements,
    plain_text,
    report,
    table_answers,
)
from frenemies_build.numbers.comparing import agrees, rewritten
from frenemies_build.numbers.evaluating import ValueProblem, value_of
from frenemies_build.numbers.formulas import wrong_sum
from frenemies_build.numbers.lists import NumberList, read_list, write_list
from frenemies_build.numbers.pages import (
    NumbersError,
    Page,
    Passage,
    all_pages,
    bound_pages,
    page_of,
)
from frenemies_build.numbers.scanner import numerals
from frenemies_build.numbers.storing import Stored, read_store, write_store
from frenemies_build.numbers.tracing import Origins
from frenemies_build.numbers.units import unit_of

BOUND = bound_pages()
NAMES = [page.name for page in BOUND]


def one(text: str):
    """The only numeral of a text."""
    (found,) = numerals(text)
    return found


# --- the book ---------------------------------------------------------------------------


@pytest.mark.parametrize("page", BOUND, ids=NAMES)
def test_every_number_of_the_page_is_bound_and_agrees(page):
    findings = check_page(page)
    assert not findings, (
        f"{len(findings)} numbers to mend (python3 tasks.py numbers {page.name} --write):\n{report(findings)}"
    )


def test_every_page_with_numbers_has_a_list():
    missing = [
        page.name
        for page in all_pages()
        if not page.list_path.exists() and any(numeral.bindable for _, numeral in page.numerals())
    ]
    assert not missing, f"pages whose numbers rest on nothing: python3 tasks.py numbers {' '.join(missing)} --propose"


def test_what_rests_on_tables_alone_is_computed_anew():
    asked = asked_of("", BOUND)
    findings = disagreements(asked, table_answers(asked))
    assert not findings, report(findings)


def test_every_notebook_that_a_list_asks_exists():
    for page in BOUND:
        for _, binding in read_list(page).numbers:
            where = read_binding(binding).page
            assert not where or page_of(where).has_kernel, (
                f"{page.name}: {binding!r} asks {where!r}, which is no notebook"
            )


def test_stored_values_belong_to_their_lists():
    for page in BOUND:
        content = read_list(page)
        used = {binding for _, binding in content.numbers} | set(content.truths.values())
        stale = set(read_store(page)) - used
        assert not stale, (
            f"{page.name}: stored and no longer bound: {sorted(stale)}; python3 tasks.py numbers {page.name} --write"
        )


def test_share_of_bound_pages_and_of_computed_numbers(capsys):
    pages, kinds = all_pages(), Counter()
    for page in BOUND:
        kinds.update(read_binding(binding).kind for _, binding in read_list(page).numbers)
    total = sum(kinds.values())
    with capsys.disabled():
        shown = ", ".join(f"{kind} {count}" for kind, count in kinds.most_common())
        print(f"\nnumbers: {len(BOUND)} of {len(pages)} pages bound; {total} numbers: {shown}")
    assert not kinds["undecided"]


# --- the measure: slips that are caught ---------------------------------------------------

# Every digit that a reader sees in the prose, found without the scanner; list markers are set by the page, letters
# before a digit make it a name (M02, G20).
SEEN = re.compile(r"(?<![A-Za-z\d])\d+(?:,\d{3})*(?:\.\d+)?")
UNSEEN = re.compile(
    r"`[^`\n]*`|<!--.*?-->|<[^>]+>|\]\([^)\n]*\)|https?://\S+|^\([\w-]+\)=$|^\s*\d+\. ", re.DOTALL | re.MULTILINE
)
CODE = re.compile(
    r"^(`{3,})(?!\{(?:glossary|note|warning|admonition|tip|important)\}).*?^\1[ \t]*$", re.DOTALL | re.MULTILINE
)


def slips(number: str) -> dict[str, str]:
    """A number with its last digit one higher, ten percent more, and two digits swapped."""
    decimals = len(number.partition(".")[2])
    more = float(number.replace(",", "")) * 1.1
    changed = {
        "last digit": number[:-1] + str((int(number[-1]) + 1) % 10),
        "ten percent": f"{more:,.{decimals}f}" if "," in number else f"{more:.{decimals}f}",
    }
    digits = [place for place, sign in enumerate(number) if sign.isdigit()]
    for a, b in zip(digits, digits[1:]):
        if number[a] != number[b]:
            swapped = list(number)
            swapped[a], swapped[b] = number[b], number[a]
            changed["two digits swapped"] = "".join(swapped)
            break
    return {how: new for how, new in changed.items() if new != number}


def paragraphs(text: str) -> list[tuple[int, int]]:
    """Where the paragraphs of a text begin and end; if they read otherwise alone, the text is one."""
    ends = [match.end() for match in re.finditer(r"\n[ \t]*\n", text)]
    spans = list(zip([0, *ends], [*ends, len(text)]))
    alone = [one.text for start, end in spans for one in numerals(text[start:end])]
    return spans if alone == [one.text for one in numerals(text)] else [(0, len(text))]


@dataclass
class Measure:
    """Slips made and missed by kind; slips made in prose and list alike, by kind of binding and whether seen."""

    made: Counter = field(default_factory=Counter)
    missed: list[str] = field(default_factory=list)
    twice: Counter = field(default_factory=Counter)
    through: list[str] = field(default_factory=list)

    def page(self, page: Page) -> None:
        """Change each number of a page in turn, and hold its paragraph against the list."""
        content, values = read_list(page), read_store(page)
        entries = iter(content.numbers)
        for passage in page.passages():
            blank = CODE.sub(lambda match: " " * len(match[0]), passage.text)
            blank = UNSEEN.sub(lambda match: " " * len(match[0]), blank)
            for start, end in paragraphs(passage.text):
                text = passage.text[start:end]
                before = numerals(text)
                bound = [next(entries) for one in before if one.bindable]
                for match in SEEN.finditer(blank, start, end):
                    for how, new in slips(match[0]).items():
                        changed = text[: match.start() - start] + new + text[match.end() - start :]
                        where = f"{page.name}, {passage.place}: {match[0]} -> {new} in {context(text, match.start() - start)}"
                        self.slip(before, Passage(passage.place, 0, changed), bound, content, values, how, where)

    def slip(
        self, before: list, changed: Passage, bound: list, content: NumberList, values: dict, how: str, where: str
    ) -> None:
        """Count one slip: in the prose alone, then in the list as well."""
        after = numerals(changed.text)
        self.made[how] += 1
        if [one.text for one in before] == [one.text for one in after]:
            self.missed.append(where)
        was, now = ([one for one in some if one.bindable] for some in (before, after))
        different = [place for place, (one, other) in enumerate(zip(was, now)) if one.text != other.text]
        if len(was) != len(now) or len(different) != 1:
            return  # the list would have to change its length too
        (place,) = different
        copied = [(plain_text(one.text), binding) for one, (_, binding) in zip(now, bound)]
        seen = check_numerals("", [(changed, one) for one in now], NumberList(copied, [], content.units), values)
        kind = read_binding(bound[place][1]).kind
        self.twice[kind, bool(seen)] += 1
        if kind == "expression" and not seen:
            self.through.append(where)


def context(text: str, at: int) -> str:
    """The words round a place of a text."""
    return repr(" ".join(text[max(0, at - 30) : at + 30].split()))


def test_at_least_99_of_100_slips_in_numbers_are_caught(record_property):
    measure = Measure()
    for page in all_pages():
        if page.list_path.exists():
            measure.page(page)
    total, twice = sum(measure.made.values()), measure.twice
    kinds = sorted({kind for kind, _ in twice})
    lines = [
        f"{len(BOUND)} pages; {total} slips in numbers ({', '.join(f'{how} {n}' for how, n in measure.made.items())}): "
        f"{total - len(measure.missed)} caught, {100 * (1 - len(measure.missed) / total):.2f} percent",
        "the same slip in prose and list, so that only the computation can catch it: "
        + ", ".join(f"{kind} {twice[kind, True]} of {twice[kind, True] + twice[kind, False]}" for kind in kinds),
        *(f"not caught: {line}" for line in measure.missed),
        *(f"not caught if the list has it too: {line}" for line in measure.through),
    ]
    record_property("summary", "\n".join(lines))
    assert len(measure.missed) <= 0.01 * total, measure.missed
    computed = twice["expression", True] + twice["expression", False]
    assert twice["expression", False] <= 0.05 * computed, measure.through


# --- the scanner --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "kind", "value", "scale"),
    [
        ("It sold 58.8 billion dollars.", "quantity", 58.8, 1e9),
        ("It sold 5,774 million.", "quantity", 5774, 1e6),
        ("A part of 21.2 percent.", "quantity", 21.2, 0.01),
        ("A part of 3.4%.", "quantity", 3.4, 0.01),
        ("It rose by 9.4 percentage points.", "quantity", 9.4, 0.01),
        ("A deficit of **−23.2 billion**.", "quantity", -23.2, 1e9),
        ("In 2022 it ended.", "year", 2022, None),
        ("In the 1990s.", "year", 1990, None),
        ("On 24 November 2015.", "date", (2015, 11, 24), None),
        ("In May 2017.", "date", (2017, 5, None), None),
        ("On 9 August.", "date", (None, 8, 9), None),
        ("On September 12.", "date", (None, 9, 12), None),
        ("On September 12, 2016.", "date", (2016, 9, 12), None),
        ("In September 12.7 came.", "quantity", 12.7, None),
        ("In September 12,700 came.", "quantity", 12700, None),
        ("In September 12 percent came.", "quantity", 12, 0.01),
        ("In September 5 million came.", "quantity", 5, 1e6),
        ("It was 12.7 September for September.", "quantity", 12.7, None),
        ("See chapter 4.", "label", 0, None),
        ("The S-400 came.", "label", 0, None),
        ("Take 35 minutes.", "reading time", 0, None),
        ("The 20th time.", "ordinal", 0, None),
        ("The band of ICD 203.", "label", 0, None),
        ("Two F-16s came.", "label", 0, None),
        ("See A/RES/74/169.", "label", 0, None),
        ("## 1. Order", "ordinal", 0, None),
        ("Slips. (1) A gap is a zero.", "ordinal", 0, None),
        ("Fewer than Syria (13), too.", "quantity", 13, None),
        ("So $5.8 / 29.0 = 0.20$.", "formula", 0, None),
    ],
)
def test_scanner_reads_a_numeral(text, kind, value, scale):
    found = one(text)
    assert (found.kind, found.scale) == (kind, scale)
    if kind in ("quantity", "year", "date"):
        assert found.value == value
    assert text[found.start : found.end] == found.text


@pytest.mark.parametrize(
    "text",
    [
        "`x = 58`",
        "$s_i / s$ and `$HOME`",
        "[a link](page-12.html#part-3)",
        '<div class="h2" width="80">',
        "```python\nx = 12\n```",
        "M02 and P11",
    ],
)
def test_scanner_passes_over_what_is_no_prose(text):
    assert numerals(text) == []


def test_first_number_of_a_span_takes_the_unit_of_the_second():
    first, second = numerals("It was 26.2 to 28.1 billion.")
    assert first.borrowed and first.scale == second.scale == 1e9
    later = numerals("It fell from 6.6 billion to 2.2.")[1]
    assert later.scale is None and later.context == 1e9


def test_a_glossary_is_prose_though_it_stands_in_a_fence():
    assert [found.text for found in numerals("```{glossary}\nword\n  It has 40 states.\n```\n")] == ["40"]


# --- bindings, units, comparison ----------------------------------------------------------


@pytest.mark.parametrize("text", ["", "event:", "words: ", "deficit.loc[", "claim about"])
def test_a_binding_that_says_nothing_is_refused(text):
    with pytest.raises(BindingError):
        read_binding(text)


def test_kinds_of_bindings():
    assert read_binding("in 01-trade: sold.max()").page == "01-trade"
    assert read_binding("claim M02").subject == "M02"
    assert read_binding("event: the jet was shot down").kind == "event"
    assert read_binding("? sold.max()").kind == "undecided"
    assert read_binding("plan").kind == "plan"


def test_a_bold_lead_may_rest_on_what_its_paragraph_cites():
    text = "**Ali Veli (2018): uneven.** He counts trade. {cite:t}`veli_2018` says so.\n\nIn 2018 it ended.\n"
    lead, later = numerals(text)
    assert cited(text, lead.start, lead.sentence) == ["veli_2018"]
    assert cited(text, later.start, later.sentence) == []


def test_years_of_an_expression():
    assert years_named("totals.loc[2008:2010, 'x'] + s.query('year == 2015').sum()") == {2008, 2009, 2010, 2015}


@pytest.mark.parametrize(
    ("expression", "unit"),
    [
        ("deficit.loc[2022, 'bought']", 1e9),
        ("deficit['bought'].max()", 1e9),
        ("deficit.loc[2022, 'cover']", 1),
        ("deficit.loc[2022, 'bought'] / deficit.loc[2021, 'bought'] - 1", 1),
        ("deficit['balance'].idxmin()", 1),
        ("len(deficit)", 1),
        ("abs(deficit['balance'].min())", 1e9),
        ("(deficit['bought'] > 5).sum()", 1),
        ("(lambda rows: rows['bought'].max())(deficit)", 1),
    ],
)
def test_units_come_from_the_expression(expression, unit):
    assert unit_of(expression, {"deficit": 1e9, "deficit.cover": 1}) == unit


@pytest.mark.parametrize(
    ("text", "value", "unit", "right"),
    [
        ("58.8 billion", 58.8432, 1e9, True),
        ("58.8 billion", 58.86, 1e9, False),
        ("58.8 billion", 58843.2, 1e6, True),
        ("58.8 billion", 58.8432, 1e6, False),
        ("fell by 29 percent", -0.294, 1, True),
        ("fell by 29 percent", -29.4, 0.01, True),
        ("29 percent", 0.306, 1, False),
        ("about 600", 640, 1, True),
        ("about 600", 660, 1, False),
        ("600", 640, 1, False),
        ("almost 50 billion", 46.1, 1e9, True),
        ("almost 50 billion", 44.0, 1e9, False),
        ("almost 50 billion", 51.0, 1e9, False),
        ("more than 100", 112, 1, True),
        ("more than 100", 99, 1, False),
        ("more than 100", 250, 1, False),
        ("−23.2 billion", -23.18, 1e9, True),
        ("−23.2 billion", 23.18, 1e9, False),
        ("2016", 2016, 1, True),
        ("2016", 2017, 1, False),
        ("24 November 2015", "2015-11-24", 1, True),
        ("24 November 2015", "2015-11-25", 1, False),
        ("November 2015", "2015-11-24", 1, True),
        ("2015", "2015-11-24", 1, True),
    ],
)  # fmt: skip
def test_comparison_at_the_precision_and_in_the_unit_written(text, value, unit, right):
    assert agrees(one(text), value, unit) is right


@pytest.mark.parametrize(
    ("text", "old", "new", "unit", "said"),
    [
        ("58.8 billion", 58.84, 61.24, 1e9, "61.2 billion"),
        ("5,774 million", 5774.2, 12345.6, 1e6, "12,346 million"),
        ("76 percent", 0.7597, 0.805, 1, "81 percent"),
        ("−23.2 billion", -23.2, -24.05, 1e9, "−24.1 billion"),
        ("2022", 2022, 2026, 1, "2026"),
        ("24 November 2015", "2015-11-24", "2016-06-27", 1, "27 June 2016"),
        ("about 600", 610, 740, 1, "700"),
    ],
)
def test_a_new_value_is_written_as_the_old_one_was(text, old, new, unit, said):
    assert rewritten(one(text), new, unit, old) == said


@pytest.mark.parametrize(
    ("formula", "said"),
    [
        ("$29.0 / 271.4 = 10.7$", ""),  # in percent
        ("$29.0 / 271.4 = 10.8$", "is not 10.8"),
        (r"$0.5^2 + 5 \times 0.1^2 = 0.25 + 0.05 = 0.30$", ""),
        (r"$0.5^2 + 5 \times 0.1^2 = 0.25 + 0.06 = 0.31$", "is not 0.25 + 0.06"),
        (r"$$\frac{0.80}{0.20} = 4$$", ""),
        (r"$31{,}364 / 3{,}892 \times 100 \approx 807$", "is not 807"),
        (r"$\tfrac14 \times 4 = 2$", "is not 2"),
        ("$1 / 0 = 2$", "cannot be calculated"),
        ("$p_o = 39/40$", ""),  # names are passed over
        ("$0.44$", ""),
    ],
)
def test_a_formula_adds_up_at_the_precision_written(formula, said):
    assert said in wrong_sum(formula) and bool(said) == bool(wrong_sum(formula))


# --- evaluation: bad input ----------------------------------------------------------------

FRAME = pd.DataFrame({"year": [2020, 2020, 2021], "value": [1.0, 2.0, float("nan")]})


@pytest.mark.parametrize(
    ("expression", "problem"),
    [
        ("gone.loc[2022]", "the name 'gone' is gone"),
        ("frame.query('year == 2020')['value']", "matches 2 values, not exactly one"),
        ("frame.query('year == 1900')['value']", "matches 0 values, not exactly one"),
        ("frame.loc[2, 'value']", "the value is missing"),
        ("frame.loc[7, 'value']", "raises KeyError"),
        ("frame['nothing'].max()", "raises KeyError"),
        ("1 / 0", "raises ZeroDivisionError"),
        ("'word'", "yields str"),
        ("[1, 2]", "yields list"),
        ("float('inf')", "infinite"),
        ("None", "missing"),
    ],
)
def test_an_expression_that_yields_no_value_says_why(expression, problem):
    with pytest.raises(ValueProblem, match=re.escape(problem)):
        value_of(expression, {"frame": FRAME})


def test_values_lose_their_clothes():
    assert value_of("frame.query('year == 2021')['year']", {"frame": FRAME}) == 2021
    assert value_of("frame['value'].max() > 1", {"frame": FRAME}) is True
    assert value_of("pd.Timestamp('2022-02-24')", {}) == "2022-02-24"
    assert isinstance(value_of("len(chronology)", {}), int)


def test_tables_behind_a_name_are_followed_to_where_they_were_loaded():
    code = [
        "import frenemies as fr\ntrade = fr.load('trade_annual')",
        "sold = trade.query('flow == 1')",
        "share = sold / fr.load('macro_annual')",
    ]
    cells = [nbformat.v4.new_code_cell(text, id=f"cell-{place}") for place, text in enumerate(code)]
    origins = Origins(nbformat.v4.new_notebook(cells=cells))
    assert origins.of("sold.max()").tables == ["trade_annual"] and origins.of("sold.max()").cell == "cell-1"
    assert set(origins.of("share.max()").tables) == {"trade_annual", "macro_annual"}
    assert origins.of("len(chronology)").tables == ["chronology"]


# --- a small page, from draft to update ---------------------------------------------------

ROWS = len(fr.load("chronology"))
PROSE = f"# A page\n\nIn 2022 Turkey bought goods for 58.8 billion dollars. The list has {ROWS} rows, see chapter 4.\n"
BOUGHT = "trade_annual.query(\"year == 2022 and reporter_iso3 == 'TUR' and flow == 'import' and source_id == 'tuik_mgimo_2026_07'\")['value_musd']"


@pytest.fixture
def small(tmp_path) -> Page:
    """A page without a kernel, bound by hand."""
    page = Page("back/small", tmp_path)
    (tmp_path / "chapters" / "back").mkdir(parents=True)
    (tmp_path / "chapters" / "back" / "small.md").write_text(PROSE)
    numbers = [("2022", "year"), ("58.8 billion", BOUGHT), (str(ROWS), "len(chronology)")]
    save(page, NumberList(numbers, ["chapter 4"], {"trade_annual": 1e6}))
    assert command.update(page, command.Kernels([page]), write=True) == []
    return page


def save(page: Page, content: NumberList) -> None:
    """Write a list whose comments do not matter."""
    write_list(page.list_path, content, [""] * len(content.numbers))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("58.8", "58.9", "stands where the list has"),
        ("In 2022", "In 2021", "stands where the list has"),
        ("dollars.", "dollars, 3 times more.", "bound to nothing"),
        (" 58.8 billion", " many", "not in the prose near here"),
        ("chapter 4", "chapter 5", "stands where the list has"),
    ],
)
def test_a_slip_in_prose_is_named_with_page_and_sentence(small, old, new, said):
    path = small.source
    path.write_text(path.read_text().replace(old, new))
    findings = report(check_page(small))
    assert said in findings and "back/small" in findings and "in: " in findings


@pytest.mark.parametrize(
    ("binding", "said"),
    [
        ("? len(chronology)", "somebody must decide"),
        ("claim Z99", "is no claim"),
        ("claim M01", "does not stand in the claim"),
        ("cite nobody_1900", "does not cite"),
        ("len(chronology", "is no expression"),
        ("year", "no expression in its sentence names it"),
        ("2 * 2", "is not what"),
        ("gone.max()", "the name 'gone' is gone"),
        ("chronology['date']", "not exactly one"),
        ("chronology.loc[-5, 'date']", "raises KeyError"),
    ],
)
def test_a_wrong_binding_is_named_with_page_sentence_and_number(small, binding, said):
    content = read_list(small)
    content.numbers[2] = str(ROWS), binding
    save(small, content)
    findings = report(command.update(small, command.Kernels([small]), write=False))
    assert said in findings and f"[{ROWS}]" in findings and "The list has" in findings


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("numbers = [", "no TOML"),
        ('numbers = [["1"]]', "entry 1"),
        ("locked = 3", "locked must be"),
        ("[units]\nx = 'many'", "the unit of 'x'"),
        ("more = 1", "'more' is no part"),
    ],
)
def test_a_damaged_list_is_named(small, text, said):
    small.list_path.write_text(text)
    with pytest.raises(NumbersError, match=f"chapters/numbers/back/small.toml.*{re.escape(said)}"):
        read_list(small)


def test_a_damaged_store_and_an_unknown_page_are_named(small):
    small.store_path.write_text("{")
    with pytest.raises(NumbersError, match=r"small\.json is damaged.*--write"):
        read_store(small)
    with pytest.raises(NumbersError, match="did you mean"):
        page_of("01-trad")


def test_truths_must_stand_and_be_true(small):
    content = read_list(small)
    content.truths["Turkey bought goods"] = "len(chronology) < 0"
    content.truths["a phrase that is gone"] = "len(chronology) > 0"
    save(small, content)
    findings = report(command.update(small, command.Kernels([small]), write=False))
    assert "is not true" in findings and "no longer stands" in findings


@pytest.fixture
def changed_data(tmp_path, monkeypatch):
    """A copy of the data: Turkey bought for 59.2 billion in 2022, Russians 4,712 homes in 2024; one more event happened."""
    shutil.copytree(rules.ROOT / "data", tmp_path / "data")
    table = tmp_path / "data" / "trade_annual.csv"
    (row,) = re.findall(r"^2022,TUR,RUS,import,tuik_mgimo_2026_07,.*$", table.read_text(), re.MULTILINE)
    table.write_text(table.read_text().replace(row, row.replace(",58848.948,", ",59243.5,")))
    homes = tmp_path / "data" / "house_sales.csv"
    homes.write_text(homes.read_text().replace(",4867,", ",4712,"))
    events = tmp_path / "data" / "chronology.csv"
    key, _, rest = events.read_text().splitlines()[-1].partition(",")
    events.write_text(f"{events.read_text()}zz-{key},{rest}\n")
    environment = os.environ | {"FRENEMIES_DATA": str(tmp_path / "data")}
    done = subprocess.run(
        [sys.executable, "-m", "frenemies_build.describe_tables"], env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    monkeypatch.setenv("FRENEMIES_DATA", str(tmp_path / "data"))


def test_a_changed_table_is_listed_and_brings_the_page_up_to_date(small, changed_data, capsys):
    """How the book is brought up to date: the data change, the numbers are listed, then rewritten."""
    findings = report(command.update(small, command.Kernels([small]), write=False))
    assert "[58.8 billion] -> [59.2 billion]" in findings and f"[{ROWS}] -> [{ROWS + 1}]" in findings
    assert command.update(small, command.Kernels([small]), write=True) == []
    assert "[58.8 billion] -> [59.2 billion]" in capsys.readouterr().out
    assert "59.2 billion dollars" in small.source.read_text() and f"has {ROWS + 1} rows" in small.source.read_text()
    assert ("59.2 billion", BOUGHT) in read_list(small).numbers
    assert check_page(small) == []


def test_a_changed_table_brings_a_whole_chapter_up_to_date(tmp_path, changed_data, capsys):
    """The same with a chapter of the book and its kernel: the numbers that rest on the changed row, and no other."""
    page, book = Page("03-people", tmp_path), Page("03-people")
    page.list_path.parent.mkdir(parents=True)
    copies = (book.source, tmp_path / "chapters"), (book.list_path, page.list_path), (book.store_path, page.store_path)
    for old, new in copies:
        shutil.copy(old, new)
    before, kernels = [one.text for _, one in page.numerals()], command.Kernels([page])
    found = command.update(page, kernels, write=False)
    assert {(finding.text, finding.new) for finding in found} == {("4,867", "4,712")}
    assert all("homes" in finding.sentence for finding in found)
    assert command.update(page, kernels, write=True) == [] == check_page(page)
    assert "[4,867] -> [4,712]" in capsys.readouterr().out
    after = [one.text for _, one in page.numerals()]
    assert after == [{"4,867": "4,712"}.get(text, text) for text in before]
    assert [binding for _, binding in read_list(page).numbers] == [binding for _, binding in read_list(book).numbers]


# --- the item after the cells of a notebook ------------------------------------------------


@pytest.mark.parametrize(
    ("stored", "binding", "said"),
    [
        (12.5, "cups.max()", ""),
        (12.4, "cups.max()", "was 12.4 and is now 12.5"),
    ],
)
def test_the_kernel_that_ran_the_cells_is_asked_for_the_numbers(tmp_path, stored, binding, said):
    page = Page("01-cups", tmp_path)
    code = "import pandas as pd\n\ncups = pd.Series({2020: 12.5, 2021: 3.0})"
    cells = [
        nbformat.v4.new_markdown_cell("# Cups\n\nThey drank 12.5 cups."),
        nbformat.v4.new_code_cell(code, execution_count=1),
    ]
    (tmp_path / "chapters").mkdir()
    (tmp_path / "chapters" / "01-cups.ipynb").write_text(nbformat.writes(nbformat.v4.new_notebook(cells=cells)))
    save(page, NumberList([("12.5", binding)]))
    write_store(page, {binding: Stored(stored)})
    plugin = ["-p", "frenemies_build.numbers.nbval_item", f"--rootdir={tmp_path}"]
    done = run_nbval(tmp_path, *plugin, "chapters/01-cups.ipynb")
    assert (done.returncode == 0) == (not said), done.stdout
    if said:
        assert (
            said in done.stdout
            and "[12.5]" in done.stdout
            and "They drank 12.5 cups." in done.stdout
            and "python3 tasks.py numbers 01-cups --write" in done.stdout
        )
    else:
        assert "2 passed" in done.stdout
