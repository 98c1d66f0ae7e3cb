"""Sphinx extension: what a reader takes along, and the links that lead out of the book.

The site's folder `download/` gets the readers' package (a wheel with all tables), one archive for students, and the book
as PDF and EPUB: these are made from the built pages, and the next build offers them. A notebook downloaded from a page
says in its first cell how it gets that package.

Two settings in `_config.yml` hold all that the book must know of the world outside; both may stay empty:
`frenemies_address`, where the book is published, and `frenemies_repository`, its repository at GitHub.
"""

from __future__ import annotations

import csv
import posixpath
import re
import shutil
from importlib import metadata
from pathlib import Path
from typing import Any
from urllib.parse import quote

import nbformat
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.errors import ExtensionError

from frenemies_build.live import runtime
from frenemies_build.pages.archives import archive

FOLDER = "download"
ARCHIVE = "frenemies-students.zip"
BOOKS = {"frenemies.pdf": "PDF", "frenemies.epub": "EPUB"}  # as `python3 tasks.py pdf` and `epub` name what they make
BOOKS_LINE = '<li class="frenemies-books">'
WHEEL_LINK = f'{FOLDER}/" class="frenemies-wheel">on this site</a>'
LINK = re.compile(r"\]\((?![a-z]+:|#)([^)#\s]+?)\.(?:ipynb|md)(#[^)\s]*)?\)")
LABEL = re.compile(r"\]\(#([^)\s]+)\)")
REPOSITORY = re.compile(r"https://github\.com/[\w.-]+/[\w.-]+")
READ_ME = """\
Frenemies? Turkey and Russia in data: the notebooks, their tables and their Python package.

You need Python 3.11 or newer. In this folder:

    python3 -m pip install jupyterlab {wheel}
    python3 -m jupyter lab

Then open a chapter in chapters/ or an exercise in exercises/release/.
"""


def first_cell(wheel: str, address: str) -> nbformat.NotebookNode:
    """The cell that gets the readers' package where a notebook stands by itself.

    wheel: the package's file name. address: where the book is published, or an empty text.
    """
    if address:
        remedy = f"%pip install --quiet {address}{FOLDER}/{wheel}"
    else:
        remedy = (
            "raise SystemExit(\n        \"This notebook needs the book's package. Download it from the book's page \"\n"
            f'        "Run the notebooks, then run: %pip install {wheel}"\n    ) from None'
        )
    source = (
        "# By itself (a download, Colab) this notebook first needs the book's package,\n"
        f"# which carries the tables.\ntry:\n    import frenemies\nexcept ModuleNotFoundError:\n    {remedy}"
    )
    return nbformat.v4.new_code_cell(source, id="get-the-package")


def absolute(text: str, page: str, address: str, labels: dict[str, tuple[str, str]]) -> str:
    """Markdown of a page in which links to other pages and to labels lead to the published book."""

    def to_page(match: re.Match) -> str:
        target = posixpath.normpath(posixpath.join(posixpath.dirname(page), match[1]))
        return f"]({address}{target}.html{match[2] or ''})"

    def to_label(match: re.Match) -> str:
        found = labels.get(match[1]) or labels.get(match[1].lower())
        return f"]({address}{found[0]}.html#{found[1]})" if found else match[0]

    return LABEL.sub(to_label, LINK.sub(to_page, text))


def outward(repository: str, path: str) -> dict[str, str]:
    """Addresses where others run a notebook of the repository, by name; none where no repository is set.

    Colab reads the branch that the publishing workflow makes: there each notebook first gets the book's package.
    """
    if not repository:
        return {}
    name = repository.removeprefix("https://github.com/")
    return {
        "Colab": f"https://colab.research.google.com/github/{name}/blob/notebooks/{quote(path)}",
        "Binder": f"https://mybinder.org/v2/gh/{name}/main?labpath={quote(path, safe='')}",
    }


def data_as_of(folder: Path) -> str:
    """The last day or month on which a source of the tables was read."""
    with (folder / "sources.csv").open(encoding="utf-8", newline="") as file:
        return max((row["date_read"] for row in csv.DictReader(file)), key=lambda day: day.ljust(10, "-"))


def students_archive(wheel: Path, root: Path) -> bytes:
    """The archive for students: notebooks, tables, package; nothing of the teacher's."""
    files = [*(root / "chapters").glob("[0-9]*.ipynb"), *(root / "exercises" / "release").glob("*/*.ipynb")]
    files += [path for path in (root / "data").iterdir() if path.is_file()]
    contents = {path.relative_to(root).as_posix(): path.read_bytes() for path in files}
    contents |= {wheel.name: wheel.read_bytes(), "README.txt": READ_ME.format(wheel=wheel.name).encode()}
    return archive(contents, "frenemies")


def _configure(app: Sphinx, config: Config) -> None:
    config.frenemies_address = checked(config.frenemies_address, config.frenemies_repository)
    config.html_baseurl = config.frenemies_address
    config.frenemies_books = books(_made(app))
    day, version = data_as_of(Path(app.srcdir, "data")), metadata.version("frenemies")
    line = f"<p>Version {version}; data as of {day}.</p>"
    footer = config.html_theme_options.get("extra_footer", "")
    config.html_theme_options = {**config.html_theme_options, "extra_footer": footer + line}


def _made(app: Sphinx) -> Path:
    """The folder of other formats, beside the built pages (frenemies_build/formats/leaves.py)."""
    return Path(app.doctreedir).parent / "formats"


def checked(address: str, repository: str) -> str:
    """The address of the published book with a slash at its end, or "". Raises `ExtensionError` for a wrong setting."""
    if address and not re.fullmatch(r"https?://[^\s]+", address):
        raise ExtensionError(
            f"_config.yml: frenemies_address is {address!r}; write the whole address, https://... , or leave it empty"
        )
    if repository and not REPOSITORY.fullmatch(repository):
        raise ExtensionError(
            f"_config.yml: frenemies_repository is {repository!r}; "
            "write it as https://github.com/OWNER/NAME, or leave it empty"
        )
    return address and address.rstrip("/") + "/"


def _prepare(app: Sphinx) -> None:
    app.frenemies_written = set()
    if app.builder.name in ("html", "dirhtml"):
        app.frenemies_wheel = runtime.readers_wheel(Path(app.doctreedir).parent / ".live")


def books(made: Path) -> list[tuple[str, int]]:
    """The editions of the whole book that a folder holds: name and size in bytes of each."""
    return [(name, (made / name).stat().st_size) for name in BOOKS if (made / name).exists()]


def with_books(body: str, made: list[tuple[str, int]]) -> str:
    """A page's HTML with links to the editions that were made; without its line on them where there are none."""
    before, found, line = body.partition(BOOKS_LINE)
    if not found:
        return body
    words, end, after = line.partition("</li>")
    links = (f'<a href="../../{FOLDER}/{name}" download>{BOOKS[name]}, {size / 1e6:.0f} MB</a>' for name, size in made)
    return before + (f"<li>{words} {', '.join(links)}.{end}" if made else "") + after


def _link_files(app: Sphinx, page: str, template: str, context: dict, doctree: Any) -> None:
    """Lead the page's link to the package to the file, whose name holds its version; offer PDF and EPUB where made."""
    if doctree:
        app.frenemies_written.add(page)
    if "body" in context:
        name = app.frenemies_wheel.name
        body = context["body"].replace(WHEEL_LINK, f'{FOLDER}/{name}" download>{name}</a>')
        context["body"] = with_books(body, app.config.frenemies_books)


def _finish(app: Sphinx, error: Exception | None) -> None:
    """Write the downloads, and dress the notebooks that pages offer."""
    if error or app.builder.name not in ("html", "dirhtml"):
        return
    wheel, target = app.frenemies_wheel, Path(app.outdir, FOLDER)
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir()
    shutil.copyfile(wheel, target / wheel.name)
    for name, _ in app.config.frenemies_books:
        shutil.copyfile(_made(app) / name, target / name)
    (target / ARCHIVE).write_bytes(students_archive(wheel, Path(app.srcdir)))
    labels = app.env.domains["std"].anonlabels
    for page in app.frenemies_written:  # of other pages, the notebook from last time stands there
        source, offered = Path(app.env.doc2path(page)), Path(app.outdir, "_sources", f"{page}.ipynb")
        if source.suffix != ".ipynb" or not offered.exists():
            continue
        notebook = nbformat.read(source, as_version=4)
        if address := app.config.frenemies_address:
            for cell in notebook.cells:
                if cell.cell_type == "markdown":
                    cell.source = absolute(cell.source, page, address, labels)
        notebook.cells.insert(1, first_cell(wheel.name, app.config.frenemies_address))
        offered.write_text(nbformat.writes(notebook) + "\n", "utf-8")


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the two settings and the events."""
    app.add_config_value("frenemies_address", "", "html")
    app.add_config_value("frenemies_repository", "", "html")
    app.add_config_value("frenemies_books", [], "html")
    # A new version has a new file's name: every page is written anew.
    app.add_config_value("frenemies_version", metadata.version("frenemies"), "html")
    app.connect("config-inited", _configure)
    app.connect("builder-inited", _prepare)
    app.connect("html-page-context", _link_files)
    app.connect("build-finished", _finish)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
