"""Hold the trial of every claim and store its parts: the command behind ``python3 tasks.py claims``.

The functions in ``frenemies/claims/trials`` are run on the tables, and what they return is written to data/claim_parts.csv, which
the chapter, the links to claims, the exercises and the index read. Then the description of the tables is refreshed.

    python -m frenemies_build.claim_parts           try all claims and store their parts
    python -m frenemies_build.claim_parts --check   change nothing; fail if the stored parts are out of date
"""

from __future__ import annotations

import argparse
import sys
from functools import cache

from frenemies.claims import verdicts
from frenemies.claims.trials import all_parts
from frenemies.tables.loading import load
from frenemies.tables.package import DataError, data_dir
from frenemies_build import describe_tables

FILE = "claim_parts.csv"


def parts_text() -> str:
    """The table of all parts as the text of a CSV file. Raises DataError, naming the claim, if a trial cannot be held."""
    tables = cache(load)
    parts = all_parts(tables)
    verdicts.check_parts(verdicts.of_the_book(lambda name: parts if name == "claim_parts" else tables(name))[0], parts, tables)
    # Seven digits: enough for any number shown, and the same on every processor.
    return parts.to_csv(index=False, lineterminator="\n", float_format="%.7g")


def main(arguments: list[str] | None = None) -> int:
    """Run the command; returns 0 if the stored parts are up to date afterwards, else 1."""
    parser = argparse.ArgumentParser(prog="frenemies_build.claim_parts", description="Try all claims and store their parts.")
    parser.add_argument("--check", action="store_true", help="change nothing, fail if the stored parts are out of date")
    check = parser.parse_args(arguments).check
    try:
        text = parts_text()
    except DataError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    path = data_dir() / FILE
    stale = not path.is_file() or path.read_text(encoding="utf-8") != text
    if not stale:
        print(f"data/{FILE} is up to date.")
        return 0
    if check:
        print(f"error: data/{FILE} is out of date: run  python3 tasks.py claims", file=sys.stderr)
        return 1
    path.write_text(text, encoding="utf-8", newline="\n")
    print(f"Wrote data/{FILE}")
    return describe_tables.main([])


if __name__ == "__main__":
    sys.exit(main())
