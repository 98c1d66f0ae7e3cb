"""Hold the trials and store their parts: the command behind ``python3 tasks.py claims``.

Two tables of parts are stored, which chapters, links to claims, exercises and the index read:

- data/claim_parts.csv: the functions in ``frenemies/claims/trials`` try the claims of the four articles;
- data/voice_parts.csv: the cells of chapter 16, where readers see them, try those of the fifth text.

    python -m frenemies_build.claim_parts           try all claims and store their parts, then describe the tables anew
    python -m frenemies_build.claim_parts --check   change nothing; fail if stored parts are out of date
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from functools import cache

import pandas as pd

from frenemies.claims import verdicts
from frenemies.claims.trials import all_parts
from frenemies.tables.loading import load
from frenemies.tables.package import DataError, data_dir
from frenemies_build import describe_tables
from frenemies_build.notebooks import CHAPTERS, NotebookError, read_notebook

WORKSHOP = CHAPTERS / "16-a-new-voice.ipynb"


def of_the_articles() -> pd.DataFrame:
    """The parts of the book's own claims. Raises DataError, naming the claim, if a trial cannot be held."""
    tables = cache(load)
    parts = all_parts(tables)
    claims, _ = verdicts.of_the_book(lambda name: parts if name == "claim_parts" else tables(name))
    verdicts.check_parts(claims, parts, tables)
    return parts


def of_the_fifth_text() -> pd.DataFrame:
    """The parts that chapter 16 makes: its cells are run up to the one that sets `parts`.

    Raises `NotebookError` where a cell fails or none of them sets `parts`.
    """
    names: dict[str, object] = {}
    code = [cell.source for cell in read_notebook(WORKSHOP).cells if cell.cell_type == "code"]
    for number, source in enumerate(code, 1):
        try:
            exec(compile(source, f"{WORKSHOP.name}, code cell {number}", "exec"), names)
        except Exception as error:  # whatever an author's cell raises, the remedy is the same
            reason = f"{type(error).__name__}: {error}"
            raise NotebookError(
                f"{WORKSHOP.name}: code cell {number} fails ({reason}); mend it in JupyterLab"
            ) from error
        if isinstance(parts := names.get("parts"), pd.DataFrame):
            return parts
    raise NotebookError(f"{WORKSHOP.name}: no cell makes the table `parts`")


TRIALS: dict[str, Callable[[], pd.DataFrame]] = {
    "claim_parts.csv": of_the_articles,
    "voice_parts.csv": of_the_fifth_text,
}


def as_text(parts: pd.DataFrame) -> str:
    """A table of parts as the text of its file; seven digits are enough for any number shown and the same on every processor."""
    return parts.to_csv(index=False, lineterminator="\n", float_format="%.7g")


def main(arguments: list[str] | None = None) -> int:
    """Run the command; returns 0 if the stored parts are up to date afterwards, else 1."""
    parser = argparse.ArgumentParser(
        prog="frenemies_build.claim_parts", description="Hold the trials and store their parts."
    )
    parser.add_argument("--check", action="store_true", help="change nothing, fail if stored parts are out of date")
    check = parser.parse_args(arguments).check
    try:
        texts = {data_dir() / name: as_text(trial()) for name, trial in TRIALS.items()}
    except (DataError, NotebookError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    stale = [path for path, text in texts.items() if not path.is_file() or path.read_text(encoding="utf-8") != text]
    for path in texts:
        if path not in stale:
            print(f"data/{path.name} is up to date.")
        elif check:
            print(f"error: data/{path.name} is out of date: run  python3 tasks.py claims", file=sys.stderr)
        else:
            path.write_text(texts[path], encoding="utf-8", newline="\n")
            print(f"Wrote data/{path.name}")
    if stale and check:
        return 1
    return describe_tables.main([]) if stale else 0


if __name__ == "__main__":
    sys.exit(main())
