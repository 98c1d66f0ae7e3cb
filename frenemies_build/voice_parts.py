"""Store the parts of the fifth voice: data/voice_parts.csv, made by the code of the workshop's worked example.

The code stands in chapters/16-a-new-voice.ipynb, where readers see it. This command runs its cells up to the one that makes
`parts`, and stores what they made. The exercise reads the stored table.

    python3 tasks.py claims                         store (with the parts of the book's own claims)
    python -m frenemies_build.voice_parts           store the parts, then refresh the description of the tables
    python -m frenemies_build.voice_parts --check   change nothing; fail if the stored parts are out of date
"""

from __future__ import annotations

import argparse
import sys

from frenemies.tables.loading import data_dir
from frenemies_build import describe_tables
from frenemies_build.notebooks import CHAPTERS, NotebookError, read_notebook

FILE = "voice_parts.csv"
NOTEBOOK = CHAPTERS / "16-a-new-voice.ipynb"


def parts_text() -> str:
    """The parts as the text of a CSV file. Raises `NotebookError` where a cell fails or none of them makes `parts`."""
    names: dict[str, object] = {}
    code = [cell.source for cell in read_notebook(NOTEBOOK).cells if cell.cell_type == "code"]
    for number, source in enumerate(code, 1):
        try:
            exec(compile(source, f"{NOTEBOOK.name}, code cell {number}", "exec"), names)
        except Exception as error:  # whatever an author's cell raises, the remedy is the same
            reason = f"{type(error).__name__}: {error}"
            raise NotebookError(
                f"{NOTEBOOK.name}: code cell {number} fails ({reason}); mend it in JupyterLab"
            ) from error
        if "parts" in names:
            return names["parts"].to_csv(index=False, lineterminator="\n")
    raise NotebookError(f"{NOTEBOOK.name}: no cell makes the table `parts`")


def main(arguments: list[str] | None = None) -> int:
    """Run the command; returns 0 if the stored parts are up to date afterwards, else 1."""
    parser = argparse.ArgumentParser(
        prog="frenemies_build.voice_parts", description="Store the parts of the fifth voice."
    )
    parser.add_argument("--check", action="store_true", help="change nothing, fail if the stored parts are out of date")
    check = parser.parse_args(arguments).check
    try:
        text = parts_text()
    except NotebookError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    path = data_dir() / FILE
    if path.is_file() and path.read_text(encoding="utf-8") == text:
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
