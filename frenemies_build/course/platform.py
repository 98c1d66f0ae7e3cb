"""The vote questions as a quiz for a learning platform: one QTI package, written by text2qti.

    python3 tasks.py quiz                       all chapters, into _build/frenemies-quiz.zip
    python3 tasks.py quiz 01-trade 03-people    these chapters only

Each question brings its chart as a picture. The chart's title stays out, for it would give the answer away.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import nbformat
import vl_convert
from text2qti.config import Config
from text2qti.qti import QTI
from text2qti.quiz import Quiz

from frenemies_build.course import questions

ROOT = Path(__file__).resolve().parents[2]
TARGET = ROOT / "_build" / "frenemies-quiz.zip"
MIME = "application/vnd.vegalite.v5+json"
SIGNS = re.compile(r"([\\`*_{}\[\]<>#$^~|])")  # what text2qti's Markdown reads as markup


def plain(text: str) -> str:
    """A text of the bank for text2qti: on one line, every sign of Markdown as itself."""
    return SIGNS.sub(r"\\\1", " ".join(text.split()))


def chart_spec(slug: str, name: str, chapters: Path = ROOT / "chapters") -> dict:
    """The stored chart of a chapter with this id. Raises `BankError` that names the bank file where there is none."""
    notebook = nbformat.read(chapters / f"{slug}.ipynb", as_version=4)
    outputs = [output.get("data", {}) for cell in notebook.cells for output in cell.get("outputs", [])]
    known = {data[MIME]["usermeta"]["id"]: data[MIME] for data in outputs if MIME in data}
    if name not in known:
        raise questions.BankError(f"{slug}.toml: the chapter has no figure {name!r}; it has {', '.join(known)}")
    return known[name]


def picture(spec: dict) -> bytes:
    """A chart as PNG, on white, without its title."""
    untitled = {key: value for key, value in spec.items() if key not in ("title", "description")}
    return vl_convert.vegalite_to_png(
        {**untitled, "background": "white"}, vl_version="5.20", scale=2, allowed_base_urls=[]
    )


def question_text(number: int, slug: str, question: dict, image: str, subtitle: str) -> str:
    """One question in the notation of text2qti: figure, question, four readings, feedback to each."""
    lines = [
        f"Title: {plain(slug)}",
        "Points: 1",
        f"{number}. {plain(question['question'])}",
        "",
        f"    ![Chart: {plain(subtitle)}]({image})",
        "",
    ]
    for letter, option in question["options"].items():
        mark = "*" if letter == question["correct"] else ""
        lines += [f"{mark}{letter.lower()}) {plain(option['text'])}", f"... {plain(option['feedback'])}"]
    return "\n".join(lines) + "\n"


def package(chosen: Sequence[str], bank: Path = questions.BANK) -> bytes:
    """The QTI package (a zip) with the vote questions of the chapters `chosen`, in this order.

    Raises `BankError` for a chapter without a vote question, a damaged bank file, or a figure that is gone.
    """
    with tempfile.TemporaryDirectory() as folder:
        texts = [
            "Quiz title: Turkey and Russia in data\nQuiz description: One figure, four readings, a chapter each.\n"
        ]
        for number, slug in enumerate(chosen, 1):
            votes = [one for one in questions.read_bank(slug, bank).values() if one["use"] == "vote"]
            if not votes:
                known = ", ".join(path.stem for path in sorted(bank.glob("*.toml")))
                raise questions.BankError(f"no vote question for {slug!r}; the bank has {known}")
            spec = chart_spec(slug, votes[0]["figure"])
            image = Path(folder, f"{slug}.png")
            image.write_bytes(picture(spec))
            subtitle = (spec.get("usermeta") or {}).get("subtitle") or ""
            subtitle = subtitle if isinstance(subtitle, str) else " ".join(subtitle)
            texts.append(question_text(number, slug, votes[0], image.as_posix(), subtitle or "see the picture"))
        quiz = Quiz("\n".join(texts), config=Config(), source_name=str(Path(folder, "quiz.txt")))
        return QTI(quiz).zip_bytes()


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the package for the chapters named, or for all."""
    parser = argparse.ArgumentParser(prog="python3 tasks.py quiz", description=__doc__.splitlines()[0])
    parser.add_argument("chapters", nargs="*", metavar="CHAPTER", help="for instance 01-trade (default: all)")
    chosen = parser.parse_args(arguments).chapters or [path.stem for path in sorted(questions.BANK.glob("*.toml"))]
    try:
        made = package(chosen)
    except questions.BankError as error:
        sys.exit(f"error: {error}")
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_bytes(made)
    print(f"{len(chosen)} questions in {TARGET.relative_to(ROOT)}; import it as a QTI package")


if __name__ == "__main__":
    main()
