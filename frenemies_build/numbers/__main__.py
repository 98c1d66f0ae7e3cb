"""The author's command: `python3 tasks.py numbers` and the names of pages.

Without an option it lists each number that no longer agrees, with its sentence. --write puts the new numbers into
prose and list and stores the values. --propose drafts the list of a page, keeping what is bound already.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from frenemies_build.notebooks import NotebookError, read_notebook
from frenemies_build.numbers.checking import (
    Finding,
    check_page,
    expressions_of,
    plain_text,
    report,
    stored_from,
    table_answers,
)
from frenemies_build.numbers.comparing import agrees, rewritten
from frenemies_build.numbers.kernels import run_and_ask
from frenemies_build.numbers.number_lists import NumberList, read_list, write_list
from frenemies_build.numbers.pages import NumbersError, Page, bound_pages, page_of
from frenemies_build.numbers.proposing import propose
from frenemies_build.numbers.storing import Stored, read_store, write_store
from frenemies_build.numbers.tracing import Origins
from frenemies_build.numbers.units import unit_of


class Kernels:
    """The notebooks that this run of the command asks, each run once for all pages."""

    def __init__(self, pages: Sequence[Page]):
        self.wanted: dict[str, list[str]] = {}
        self.root = pages[0].root
        for page in pages:
            for where, expression in expressions_of(page, read_list(page)).values():
                self.wanted.setdefault(where, []).append(expression)
        self.answered: dict[str, dict[str, dict]] = {}
        self.origins: dict[str, Origins] = {}

    def ask(self, where: str) -> dict[str, dict]:
        """The answers of one notebook (or, for "", of the tables) by expression."""
        if where not in self.answered:
            expressions = list(dict.fromkeys(self.wanted[where]))
            if where:
                page = page_of(where, self.root)
                if not page.has_kernel:
                    raise NumbersError(f"a list asks {where!r}, which is no notebook")
                print(f"running {where}", flush=True)
                answers, _ = run_and_ask(page, expressions)
                self.origins[where] = Origins(read_notebook(page.source))
            else:
                answers = table_answers([(None, "", expression) for expression in expressions])
                self.origins[where] = Origins()
            self.answered[where] = dict(zip(expressions, answers))
        return self.answered[where]


def update(page: Page, kernels: Kernels, write: bool) -> list[Finding]:
    """Compute a page's values anew and compare; with `write` rewrite prose and list, and store the values."""
    content, old = read_list(page), read_store(page)
    needed = expressions_of(page, content)
    answers = {text: kernels.ask(where)[expression] for text, (where, expression) in needed.items()}
    values = stored_from(page, content, answers, kernels.origins)
    if write:
        rewrite(page, content, old, values)
        write_store(page, values)
    findings = []
    for finding in check_page(page, values=values):
        findings.append(_with_cause(finding, page, answers))
    return findings


def _with_cause(finding: Finding, page: Page, answers: dict[str, dict]) -> Finding:
    """A value that could not be computed is named by its error."""
    for text, answer in answers.items():
        if "error" in answer and f"`{text}`" in finding.problem:
            return Finding(
                finding.page,
                finding.place,
                finding.sentence,
                finding.text,
                f"cannot be computed: `{text}`: {answer['error']}",
            )
    return finding


def rewrite(page: Page, content: NumberList, old: dict[str, Stored], values: dict[str, Stored]) -> None:
    """Put numbers that have changed into prose and list."""
    found = [one for one in page.numerals() if one[1].bindable]
    if [plain_text(numeral.text) for _, numeral in found] != [text for text, _ in content.numbers]:
        return  # the sequences differ: nothing is rewritten before a person has aligned them
    changes, numbers = [], list(content.numbers)
    for place, ((passage, numeral), (_, binding)) in enumerate(zip(found, content.numbers)):
        stored = values.get(binding)
        if stored is None or isinstance(stored.value, bool) or agrees(numeral, stored.value, stored.unit):
            continue
        if isinstance(stored.value, str) and numeral.kind == "quantity":
            continue
        was = old[binding].value if binding in old else None
        # A number that never agreed is a wrong binding, not an old number: a person looks at it.
        if was is None or not agrees(numeral, was, unit_of(read_expression(binding), content.units)):
            continue
        new = rewritten(numeral, stored.value, stored.unit, was)
        print(f"  [{numeral.text}] -> [{new}]  in: {numeral.sentence}")
        changes.append((passage, numeral, new))
        numbers[place] = plain_text(new), binding
    if changes:
        page.rewrite(changes)
        content.numbers = numbers
    sentences = [numeral.sentence for _, numeral in page.numerals() if numeral.bindable]
    write_list(page.list_path, content, sentences)


def read_expression(binding: str) -> str:
    """The expression of a binding."""
    from frenemies_build.numbers.bindings import read_binding

    return read_binding(binding).subject


def draft(page: Page) -> None:
    """Write the draft of a page's list and say how much of it needs a person."""
    old = read_list(page) if page.list_path.exists() else NumberList()
    content, sentences, notes, counts = propose(page, old)
    write_list(page.list_path, content, sentences, notes)
    total = sum(counts.values())
    print(f"{page.list_path.relative_to(page.root)}: {total} numbers: {counts['kept']} kept, {counts['sure']} drafted, "
          f"{counts['ambiguous']} to choose, {counts['unfound']} to find (those with a question mark); {len(content.locked)} locked")  # fmt: skip
    print(
        "Read every draft: a value that fits can be another fact. Then: python3 tasks.py numbers", page.name, "--write"
    )


def main(arguments: list[str]) -> int:
    """Check, rewrite or draft; returns 1 where numbers disagree or a page cannot be used."""
    parser = argparse.ArgumentParser(
        prog="tasks.py numbers", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "pages",
        nargs="*",
        help="for instance 01-trade, back/methods, exercises/01-trade, bank/01-trade (all bound pages if none)",
    )
    parser.add_argument("--write", action="store_true", help="rewrite prose and list, store the values")
    parser.add_argument("--propose", action="store_true", help="draft the lists of these pages")
    options = parser.parse_args(arguments)
    try:
        pages = [page_of(name) for name in options.pages] or bound_pages()
        if options.propose:
            for page in pages:
                draft(page)
            return 0
        if not pages:
            print("no page has a list yet")
            return 0
        kernels, disagree = Kernels(pages), 0
        for page in pages:
            findings = update(page, kernels, options.write)
            disagree += len(findings)
            print(
                f"{page.name}: {len(read_list(page).numbers)} numbers, {len(findings) or 'none'} to mend"
                + ("\n" + report(findings) if findings else "")
            )
        return 1 if disagree else 0
    except (NumbersError, NotebookError, ValueError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
