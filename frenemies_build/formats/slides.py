"""The figures of a chapter as slides for the teacher: `python3 tasks.py slides 01-trade`, one file that needs nothing else.

A slide holds a figure with its finding, what is drawn, its source, and a question for the class. The figure of the class vote
comes twice: first with the four readings and without its finding. What the chapter says of a figure is the teacher's note
below it, which is neither projected nor printed until it is opened.
"""

from __future__ import annotations

import argparse
import base64
import sys
from html import escape
from pathlib import Path

from bs4 import Tag

from frenemies_build.course import questions
from frenemies_build.formats import leaves
from frenemies_build.formats.leaves import BUILT, MADE, ROOT, Entry, FormatError
from frenemies_build.formats.pdf import about

HERE = Path(__file__).parent
FACE = "source-sans-3-latin-wght-normal.woff2"
QUESTION = "What do you see? What can this figure not say?"
NOTES = ("What the figure says", "What it cannot say")


def _embedded(path: Path) -> str:
    return f"data:image/svg+xml;base64,{base64.b64encode(path.read_bytes()).decode()}"


def _face() -> str:
    path = BUILT / "_static" / FACE
    if not path.is_file():  # the book was built without npm: the reader's own letters
        return ""
    data = base64.b64encode(path.read_bytes()).decode()
    return (
        f'@font-face {{ font-family: "Book Sans"; src: url(data:font/woff2;base64,{data}); font-weight: 200 900; }}\n'
    )


def _notes(figure: Tag) -> str:
    """The paragraphs that follow a figure and say what it shows and what it does not, up to the next figure."""
    found = []
    for tag in figure.find_all_next(["p", "figure"]):
        if tag.name == "figure" and "chart" in tag.get("class", []):
            break
        strong = tag.find("strong")
        if tag.name == "p" and strong and strong.get_text().startswith(NOTES):
            found.append(f"<p>{escape(' '.join(tag.get_text().split()))}</p>")
    return "".join(found)


def _slide(figure: Tag, kind: str, head: str, below: str, notes: str = "") -> str:
    subtitle, image = figure.select_one(".chart-subtitle"), figure.find("img")
    sources = [" ".join(line.get_text().split()) for line in figure.select(".chart-source")]
    source = "".join(f"<p>{escape(line)}</p>" for line in sources if line.startswith("Source"))
    alt = "" if kind == "vote" else image["alt"]  # it tells the finding
    fold = f"<details><summary>For the teacher</summary>{notes}</details>" if notes else ""
    return (
        f'<section class="slide {kind}"><h2>{escape(head)}</h2><p class="drawn">{escape(subtitle.get_text())}</p>'
        f'<img src="{image["src"]}" alt="{escape(alt)}" width="{image["width"]}" height="{image["height"]}">'
        f'<div class="below">{below}</div><footer>{source}</footer>{fold}</section>\n'
    )


def _vote(question: dict) -> str:
    options = "".join(f"<li>{escape(option['text'])}</li>" for option in question["options"].values())
    return f'<ol type="A">{options}</ol>'


def made(entry: Entry) -> str:
    """The slides of a chapter as one HTML page. Raises `FormatError` where it has no figure."""
    (leaf,) = leaves.read([entry], lambda slug, place: f"#{place}", _embedded)
    votes = {one["figure"]: one for one in questions.read_bank(leaf.slug).values() if one["use"] == "vote"}
    facts, slides = about(), []
    for figure in leaf.body.select("figure.chart"):
        title = figure.select_one(".chart-title").get_text()
        if vote := votes.get(figure["id"].removeprefix("figure-")):
            slides.append(_slide(figure, "vote", vote["question"], _vote(vote)))
        asked = f'<p class="question">{escape(QUESTION)}</p>'
        slides.append(_slide(figure, "finding", title, asked, _notes(figure)))
    if not slides:
        raise FormatError(f"{leaf.slug} has no figure")
    first = (
        f'<section class="slide first"><h1>{escape(leaf.heading)}</h1><p>{escape(facts["title"])}. {escape(facts["author"])}, '
        f'version {facts["version"]}, data as of {facts["data"]}.</p><p class="keys">Arrow keys or Page Up and Page Down turn '
        'the slides. <label><input type="checkbox" id="findings"> Hide the findings, to ask first</label></p></section>\n'
    )
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{escape(leaf.heading)}: figures</title>\n<style>{_face()}{(HERE / 'slides.css').read_text('utf-8')}</style></head>\n"
        f"<body>{first}{''.join(slides)}<script>{(HERE / 'slides.js').read_text('utf-8')}</script></body></html>\n"
    )


def main(arguments: list[str] | None = None) -> None:
    """Read the command line and write the files."""
    parser = argparse.ArgumentParser(prog="tasks.py slides", description=__doc__.splitlines()[0])
    parser.add_argument("chapters", nargs="*", help="chapters by name, such as 01-trade; none: all")
    options = parser.parse_args(arguments)
    MADE.mkdir(parents=True, exist_ok=True)
    try:
        for entry in leaves.chapters(options.chapters):
            target = MADE / f"{leaves.slug_of(entry.name)}-slides.html"
            target.write_text(made(entry), "utf-8")
            print(f"{target.relative_to(ROOT)}: {target.stat().st_size / 1e6:.1f} MB", flush=True)
    except FormatError as error:
        sys.exit(f"error: {error}")


if __name__ == "__main__":
    main()
