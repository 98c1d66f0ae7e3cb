"""Runs a notebook and asks its kernel, once, after the last cell."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from frenemies_build.notebooks import run_notebook
from frenemies_build.numbers.pages import Page

ASK = "import frenemies_build.numbers.evaluating as _numbers"


def question(expressions: list[str]) -> str:
    """The code that makes a kernel answer: a JSON text."""
    return f"_numbers.answers({expressions!r}, globals())"


def run_and_ask(page: Page, expressions: list[str], candidates: bool = False) -> tuple[list[dict], list[dict]]:
    """Run a page's notebook from a clean kernel; return the answers and, if wanted, all values that it holds.

    Raises `frenemies_build.notebooks.NotebookError` where a cell fails.
    """
    with tempfile.TemporaryDirectory() as folder:
        said, held = Path(folder, "answers.json"), Path(folder, "candidates.json")
        code = [ASK, f"open({str(said)!r}, 'w', encoding='utf-8').write({question(expressions)})"]
        if candidates:
            code.append("import frenemies_build.numbers.candidates as _candidates")
            code.append(f"open({str(held)!r}, 'w', encoding='utf-8').write(_candidates.as_json(globals()))")
        run_notebook(page.source, afterwards="\n".join(code))
        answers = json.loads(said.read_text(encoding="utf-8"))
        return answers, json.loads(held.read_text(encoding="utf-8")) if candidates else []
