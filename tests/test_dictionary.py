"""The data dictionary: complete, linked both ways, readable by machines and screen readers, never stale."""

from __future__ import annotations

import io
import json
import re
import shutil
import zipfile
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import nbformat
import pytest
import yaml
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace, patch_docutils

import frenemies as fr
from frenemies.tables.description import reuse_verdicts
from frenemies.tables.package import read_package
from frenemies.tables.rules import sha256
from frenemies_build import describe_tables
from frenemies_build.pages.archives import archive
from frenemies_build.pages.data_dictionary import REUSE, scan_notebook, select, strictest

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT / "data"
FINDING = "Two lines that part"
FAMILIES = ("trade", "crises", "views", "reference")


def notebook(*sources: str) -> str:
    """A small notebook that loads trade_annual, draws it, and speaks of claims."""
    spec = {"title": {"text": FINDING}, "usermeta": {"tables": ["trade_annual"]}}
    drawn = nbformat.v4.new_output(
        "display_data", data={"application/vnd.vegalite.v5+json": spec, "text/plain": "chart"}
    )
    cells = [
        nbformat.v4.new_markdown_cell("# Who sells what"),
        *(nbformat.v4.new_markdown_cell(source) for source in sources),
        nbformat.v4.new_code_cell('import frenemies as fr\ntrade = fr.load("trade_annual")', execution_count=1),
        nbformat.v4.new_code_cell("draw(trade)", execution_count=2, outputs=[drawn]),
    ]
    for number, cell in enumerate(cells):
        cell["id"] = f"cell-{number}"
    return nbformat.writes(nbformat.v4.new_notebook(cells=cells, metadata={"language_info": {"name": "python"}}))


@pytest.fixture(scope="module")
def monkeypatch_module():
    with pytest.MonkeyPatch.context() as patch:
        yield patch


class Book:
    """A small book on a copy of the data."""

    def __init__(self, folder: Path):
        self.source, self.out, self.data = folder / "source", folder / "html", folder / "data"
        shutil.copytree(DATA, self.data)
        pages = {
            "index.md": "# Index\n\n```{toctree}\nchapters/01-trade\nback/data\nback/claims\n"
            + "".join(f"back/data-{family}\n" for family in FAMILIES)
            + "```\n",
            "chapters/01-trade.ipynb": notebook("Of [M02](#M02), and [another](#g03)."),
            "back/data.md": "# The data\n\n```{data-tables}\n```\n",
            "back/claims.md": "# The claims\n\nTheir anchors are the business of another test.\n",
        } | {f"back/data-{family}.md": f"# Data\n\n```{{data-family}} {family}\n```\n" for family in FAMILIES}
        for name, text in pages.items():
            self.write(name, text)
        # Families without a page here are another test's matter.
        descriptor = json.loads((self.data / "datapackage.json").read_text("utf-8"))
        descriptor["resources"] = [resource for resource in descriptor["resources"] if resource["family"] in FAMILIES]
        (self.data / "datapackage.json").write_text(describe_tables.to_text(descriptor), "utf-8")

    def write(self, name: str, text: str) -> None:
        path = self.source / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")

    def build(self) -> str:
        """Build what has changed; returns the warnings, and keeps the names of the pages read."""
        warnings = io.StringIO()
        settings = {
            "extensions": ["myst_nb", "frenemies_build.pages.data_dictionary", "frenemies_build.pages.claim_links"],
            "nb_execution_mode": "off",
            "html_theme": "basic",
            "frenemies_claims_page": "back/claims",
            "nb_mime_priority_overrides": [["html", "text/plain", 0]],
            # The chart here is only a title and the names of its tables: the dictionary needs no more.
            "suppress_warnings": ["frenemies.charts", "mystnb.unknown_mime_type"],
        }
        self.read: list[str] = []
        with patch_docutils(str(self.source)), docutils_namespace():
            app = Sphinx(
                str(self.source),
                None,
                str(self.out),
                str(self.out.parent / "doctrees"),
                "html",
                confoverrides=settings,
                status=None,
                warning=warnings,
            )
            app.connect("source-read", lambda app, page, text: self.read.append(page))
            app.build()
        return warnings.getvalue()

    def page(self, name: str) -> str:
        return (self.out / f"{name}.html").read_text("utf-8")


@pytest.fixture(scope="module")
def book(tmp_path_factory, monkeypatch_module) -> Book:
    made = Book(tmp_path_factory.mktemp("book"))
    monkeypatch_module.setenv("FRENEMIES_DATA", str(made.data))
    assert made.build() == ""
    return made


@pytest.fixture
def own_book(tmp_path, monkeypatch) -> Book:
    """A book that a test may damage."""
    made = Book(tmp_path)
    monkeypatch.setenv("FRENEMIES_DATA", str(made.data))
    return made


def words(html: str) -> str:
    return " ".join(unescape(re.sub("<[^>]+>", " ", html)).split())


def section(html: str, table: str) -> str:
    start = html.index(f'id="table-{table}"')
    end = html.find('id="table-', start + 1)
    return html[start : end if end > 0 else len(html)]


def test_every_table_of_a_family_has_a_complete_section(book):
    for resource in select(read_package(book.data)["resources"], "family trade"):
        part = section(book.page("back/data-trade"), resource["name"])
        shown = words(part)
        assert " ".join(resource["title"].split()) in shown.replace("’", "'")
        for field in resource["schema"]["fields"]:
            assert f"<code>{field['name']}</code>" in part
            assert " ".join(field["description"].split()) in shown
            assert field.get("unit", "") in shown
        for text in [
            *resource["caveats"],
            *(source["title"] for source in resource["sources"]),
            *(licence["title"] for licence in resource["licenses"]),
        ]:
            assert " ".join(text.split()) in shown
        assert REUSE[strictest(resource)] in shown
        assert f"{resource['rows']:,} rows" in shown
        assert f'href="../_data/{resource["path"]}"' in part


def test_a_preview_shows_the_first_rows_as_they_stand_in_the_file(book):
    preview = section(book.page("back/data-trade"), "trade_annual").rsplit("<table", 1)[1]
    assert "First 5 of" in words(preview)
    assert preview.count("<tr>") == 6
    assert "<td>1992</td><td>RUS</td><td>TUR</td><td>import</td><td>cow_trade_v4</td><td>383</td>" in preview


def test_a_table_names_the_chapters_and_figures_that_use_it(book):
    used = section(book.page("back/data-trade"), "trade_annual")
    assert '<a href="../chapters/01-trade.html">Who sells what</a>' in used
    assert FINDING in used
    assert "Used in" not in section(book.page("back/data-trade"), "trade_sitc")


def test_the_overview_links_to_every_table_and_to_the_archive(book):
    overview = book.page("back/data")
    for resource in read_package(book.data)["resources"]:
        assert f'<a href="data-{resource["family"]}.html#table-{resource["name"]}">' in overview
    assert 'href="../_data/frenemies-data.zip"' in overview


def test_the_built_book_carries_the_tables_and_one_archive_of_them(book):
    resources = read_package(book.data)["resources"]
    names = {resource["path"] for resource in resources} | {"datapackage.json"}
    assert {path.name for path in (book.out / "_data").iterdir()} == names | {"frenemies-data.zip"}
    with zipfile.ZipFile(book.out / "_data" / "frenemies-data.zip") as pack:
        assert {name.removeprefix("frenemies-data/") for name in pack.namelist()} == names
        for name in names:
            assert (
                pack.read(f"frenemies-data/{name}")
                == (DATA / name if name.endswith(".csv") else book.data / name).read_bytes()
            )


def test_the_strictest_terms_speak_for_a_table_of_several_sources():
    table = {"licenses": [{"reuse": "free"}, {"reuse": "not for sale"}, {"reuse": "name the source"}]}
    assert strictest(table) == "not for sale"
    assert list(REUSE) == reuse_verdicts(), "each verdict on reuse has its plain words"


def test_the_archive_has_the_same_bytes_each_time():
    files = {"b.csv": b"x\n1\n", "a.csv": b"y\n2\n"}
    assert archive(files, "folder") == archive(dict(reversed(files.items())), "folder")


def test_a_link_to_a_claim_leads_to_its_row_and_tells_the_claim(book):
    link = re.search(r'<a [^>]*href="\.\./back/claims\.html#M02"[^>]*>', book.page("chapters/01-trade")).group()
    claim = fr.load("claims").set_index("claim_id").loc["M02", "claim"]
    assert f"Ahmet Mehmet, 2020: {claim}" in unescape(link)
    assert 'href="../back/claims.html#G03"' in book.page("chapters/01-trade")


class Tables(HTMLParser):
    """What a screen reader needs of the tables of a page."""

    def __init__(self):
        super().__init__()
        self.tables, self.captions, self.headers, self.open = 0, 0, [], False
        self.regions: list[dict] = []

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        self.tables += tag == "table"
        self.captions += tag == "caption"
        if tag == "th":
            self.headers.append([attributes.get("scope"), ""])
            self.open = True
        if attributes.get("role") == "region":
            self.regions.append(attributes)

    def handle_endtag(self, tag):
        self.open = self.open and tag != "th"

    def handle_data(self, data):
        if self.open:
            self.headers[-1][1] += data


@pytest.mark.parametrize("page", ["back/data", "back/data-trade", "back/data-reference"])
def test_tables_have_captions_scopes_and_no_empty_header(book, page):
    found = Tables()
    found.feed(book.page(page))
    assert found.tables > 0 and found.tables == found.captions
    assert all(scope in ("col", "row") and text.strip() for scope, text in found.headers)
    assert all(region["tabindex"] == "0" and region["aria-label"].strip() for region in found.regions)
    assert len(found.regions) == found.tables


def test_nothing_is_built_again_when_nothing_changed(book):
    assert book.build() == "" and book.read == []


def test_an_unknown_claim_is_a_clear_warning(own_book):
    own_book.write("chapters/01-trade.ipynb", notebook("Of [M99](#M99)."))
    assert re.search(
        r"01-trade\.ipynb.*there is no claim M99 in data/claims\.csv \(ids run from G01 to P\d\d\)", own_book.build()
    )


def test_a_changed_table_builds_its_page_again_and_no_other_family(own_book, capsys):
    own_book.build()
    path = own_book.data / "trade_sitc.csv"
    lines = path.read_text("utf-8").splitlines(keepends=True)
    path.write_text("".join(lines[:-1]), "utf-8")
    for stray in own_book.data.glob("*.csv"):
        if stray.name not in {resource["path"] for resource in read_package(own_book.data)["resources"]}:
            stray.unlink()
    assert describe_tables.main([]) == 0, capsys.readouterr().err
    assert own_book.build() == ""
    assert set(own_book.read) == {"back/data", "back/data-trade"}
    assert f"{len(lines) - 2} rows" in words(section(own_book.page("back/data-trade"), "trade_sitc"))


def test_a_new_figure_appears_under_its_table(own_book):
    own_book.build()
    own_book.write("chapters/01-trade.ipynb", notebook("No claim.").replace(FINDING, "Another finding"))
    assert own_book.build() == ""
    assert set(own_book.read) == {"chapters/01-trade", "back/data", "back/data-trade"}
    assert "Another finding" in own_book.page("back/data-trade") and FINDING not in own_book.page("back/data-trade")


def test_a_damaged_table_stops_the_build_and_a_restored_one_heals_it(own_book):
    path = own_book.data / "trade_sitc.csv"
    whole = path.read_bytes()
    path.write_bytes(whole.replace(b"TUR", b"TRU", 1))
    warnings = own_book.build()
    assert "'TRU' is not one of" in warnings and "put a sound copy of the file" in warnings
    assert "ERROR" in warnings
    path.write_bytes(whole)
    assert own_book.build() == ""
    assert 'id="table-trade_sitc"' in own_book.page("back/data-trade")


def test_an_unknown_family_and_a_family_without_a_page_are_reported(own_book):
    own_book.write("back/data-views.md", "# Data\n\n```{data-family} veiws\n```\n")
    warnings = own_book.build()
    assert "no table belongs to the family 'veiws'" in warnings
    assert "no page shows the tables of the family views" in warnings


@pytest.mark.parametrize("content", ['{"cells": [', "[]", "3", '{"cells": null}', '{"cells": [{"cell_type": "code"}]}'])
def test_a_broken_notebook_is_named(tmp_path, content):
    path = tmp_path / "02-energy.ipynb"
    path.write_text(content, "utf-8")
    with pytest.raises(Exception, match="git checkout -- chapters/02-energy.ipynb"):
        scan_notebook(path, "chapters/02-energy.ipynb")


# The real book


def test_every_family_has_its_page_in_the_table_of_contents():
    contents = (ROOT / "_toc.yml").read_text("utf-8")
    files = set(re.findall(r"file: *(\S+)", contents))
    assert yaml.safe_load(contents)
    for family in dict.fromkeys(resource["family"] for resource in read_package(DATA)["resources"]):
        page = ROOT / "chapters" / "back" / f"data-{family}.md"
        assert f"```{{data-family}} {family}\n" in page.read_text("utf-8")
        assert f"chapters/back/data-{family}" in files
    assert "chapters/back/data" in files


def test_links_to_a_claim_change_with_the_trial(own_book):
    own_book.build()
    assert "38 billion" in own_book.page("chapters/01-trade")
    claims, descriptor = own_book.data / "claims.csv", own_book.data / "datapackage.json"
    before = claims.read_bytes()
    claims.write_bytes(before.replace(b"38 billion", b"39 billion"))
    told = descriptor.read_text("utf-8").replace(sha256(before), sha256(claims.read_bytes()))
    descriptor.write_text(told, "utf-8")
    own_book.build()
    page = own_book.page("chapters/01-trade")
    assert "39 billion" in page and "38 billion" not in page
