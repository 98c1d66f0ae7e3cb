"""What readers take along, links that lead out, and the parts of live pages: whole, pinned, and plain about what is missing."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import nbformat
import pytest
from conftest import ROOT
from sphinx.errors import ExtensionError

from frenemies_build.live import later, pyodide_files
from frenemies_build.pages import downloads

ADDRESS, REPOSITORY = "https://book.example/frenemies/", "https://github.com/someone/frenemies"
LIVE = ROOT / "frenemies_build" / "live"


def pins(path: Path) -> dict[str, str]:
    """Names and versions of a list of requirements."""
    return dict(re.findall(r"^([\w.-]+)==([\w.]+)", path.read_text(encoding="utf-8"), re.MULTILINE))


class TestDownloads:
    def test_package_and_archive_are_on_the_site(self, built):
        folder = built / downloads.FOLDER
        wheel = next(folder.glob("frenemies-*.whl"))
        with zipfile.ZipFile(wheel) as opened:
            assert {"frenemies/__init__.py", "frenemies/_data/datapackage.json"} <= set(opened.namelist())
        with zipfile.ZipFile(folder / downloads.ARCHIVE) as opened:
            names = opened.namelist()
        assert f"frenemies/{wheel.name}" in names and "frenemies/exercises/release/01-trade/01-trade.ipynb" in names
        given = "frenemies/exercises/release/"
        assert not [name for name in names if "exercises/" in name and not name.startswith(given)], (
            "the teacher's files are in it"
        )
        assert not [name for name in names if "source/" in name or "bank" in name], "the teacher's files are in it"
        run = (built / "chapters" / "back" / "run.html").read_text(encoding="utf-8")
        assert f'href="../../{downloads.FOLDER}/{wheel.name}"' in run

    def test_the_book_as_a_file_is_offered_where_it_was_made(self, tmp_path):
        page = f"<ul>{downloads.BOOKS_LINE}The whole book:</li><li>More</li></ul>"
        assert downloads.with_books(page, downloads.books(tmp_path)) == "<ul><li>More</li></ul>"
        (tmp_path / "frenemies.pdf").write_bytes(b"%" * 2_600_000)
        offered = downloads.with_books(page, downloads.books(tmp_path))
        assert '<li>The whole book: <a href="../../download/frenemies.pdf" download>PDF, 3 MB</a>.</li>' in offered
        assert downloads.with_books("<p>another page</p>", []) == "<p>another page</p>"

    def test_the_site_offers_what_was_made(self, built):
        run = (built / "chapters" / "back" / "run.html").read_text(encoding="utf-8")
        for name in downloads.BOOKS:
            assert (f"../../download/{name}" in run) == (built / downloads.FOLDER / name).exists()
        assert downloads.BOOKS_LINE not in run

    def test_downloaded_notebook_begins_with_what_it_needs(self, built):
        notebook = nbformat.read(built / "_sources" / "chapters" / "01-trade.ipynb", as_version=4)
        nbformat.validate(notebook)
        first = next(cell for cell in notebook.cells if cell.cell_type == "code")
        # Without the package (-S: no installed packages) it says how to get it; with it, it does nothing.
        without = subprocess.run(
            [sys.executable, "-S", "-I", "-c", first.source], capture_output=True, text=True, check=False
        )
        assert without.returncode == 1 and "%pip install frenemies-" in without.stderr
        assert "Traceback" not in without.stderr
        subprocess.run([sys.executable, "-c", first.source], check=True)

    def test_first_cell_with_an_address_installs_from_it(self):
        assert f"%pip install --quiet {ADDRESS}download/some.whl" in downloads.first_cell("some.whl", ADDRESS).source

    def test_links_become_absolute(self):
        text = "[a](../exercises/release/01-trade/01-trade.ipynb#x), [b](back/data.md), [M02](#M02), [c](https://c.example/d.md)"
        labels = {"m02": ("chapters/12-claims-on-trial", "claim-m02")}
        assert downloads.absolute(text, "chapters/01-trade", ADDRESS, labels) == (
            f"[a]({ADDRESS}exercises/release/01-trade/01-trade.html#x), [b]({ADDRESS}chapters/back/data.html), "
            f"[M02]({ADDRESS}chapters/12-claims-on-trial.html#claim-m02), [c](https://c.example/d.md)"
        )

    def test_outward_links_wait_for_the_setting(self, built):
        assert downloads.outward("", "chapters/01-trade.ipynb") == {}
        found = downloads.outward(REPOSITORY, "chapters/01-trade.ipynb")
        assert found["Colab"].endswith("/github/someone/frenemies/blob/notebooks/chapters/01-trade.ipynb")
        assert found["Binder"].endswith("/gh/someone/frenemies/main?labpath=chapters%2F01-trade.ipynb")
        page = (built / "chapters" / "01-trade.html").read_text(encoding="utf-8")
        assert "colab." not in page and "mybinder." not in page

    @pytest.mark.parametrize(
        ("address", "repository", "said"),
        [("book.example", "", "frenemies_address"), ("", "git@github.com:a/b.git", "frenemies_repository")],
    )
    def test_a_wrong_setting_is_named(self, address, repository, said):
        with pytest.raises(ExtensionError, match=said):
            downloads.checked(address, repository)

    def test_an_address_ends_in_a_slash(self):
        assert downloads.checked(ADDRESS.rstrip("/"), REPOSITORY) == ADDRESS == downloads.checked(ADDRESS, "")
        assert downloads.checked("", "") == ""

    def test_every_page_says_version_and_date_of_the_data(self, built):
        page = (built / "chapters" / "01-trade.html").read_text(encoding="utf-8")
        assert re.search(r"Version \d+\.\d+\.\d+; data as of \d{4}-\d{2}", page)


class TestParts:
    def test_versions_are_the_books(self):
        book, page = pins(ROOT / "requirements.txt"), pins(LIVE / "page.txt")
        older = {"jsonschema", "pyrsistent"}  # see page.txt
        assert {name: book[name] for name in page if name not in older} == {
            name: version for name, version in page.items() if name not in older
        }
        hub = pins(ROOT / "binder" / "requirements.txt")
        assert hub == {"nbgitpuller": hub["nbgitpuller"]} | {name: book[name] for name in hub if name in book}
        assert {"pandas", "altair", "jupyterlab"} <= hub.keys()

    def test_locks_name_no_address(self):
        for name in ("package-lock.json", "page.txt", "lab.txt"):
            assert "://" not in (LIVE / name).read_text(encoding="utf-8"), name
        packages = json.loads((LIVE / "package-lock.json").read_text(encoding="utf-8"))["packages"]
        assert all("integrity" in package for name, package in packages.items() if name)

    def entry(self, data: bytes) -> dict:
        return {"packages": {"numpy": {"file_name": "numpy.whl", "sha256": hashlib.sha256(data).hexdigest()}}}

    def test_a_part_from_the_folder_is_taken_if_its_fingerprint_fits(self, tmp_path, monkeypatch):
        own = tmp_path / "own"
        own.mkdir()
        (own / "numpy.whl").write_bytes(b"right")
        monkeypatch.setenv(pyodide_files.FOLDER, str(own))
        found = pyodide_files.official("numpy", self.entry(b"right"), "http://127.0.0.1:9/", tmp_path / "cache")
        assert found.read_bytes() == b"right"

    def test_a_false_part_is_refused_and_the_places_are_named(self, tmp_path, monkeypatch):
        own = tmp_path / "own"
        own.mkdir()
        (own / "numpy.whl").write_bytes(b"false")
        monkeypatch.setenv(pyodide_files.FOLDER, str(own))
        monkeypatch.setenv("PIP_NO_INDEX", "1")
        monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
        with pytest.raises(pyodide_files.Missing) as error:
            pyodide_files.official("numpy", self.entry(b"right"), "http://127.0.0.1:9/", tmp_path / "cache")
        said = str(error.value)
        assert "numpy.whl is missing" in said and "another file of that name" in said and pyodide_files.FOLDER in said
        assert "release site" in said and "package index" in said

    def test_a_folder_that_is_not_there_is_named(self, monkeypatch):
        monkeypatch.setenv(pyodide_files.FOLDER, "/no/such/folder")
        with pytest.raises(pyodide_files.Missing, match="not a folder"):
            pyodide_files.folder()

    def test_without_npm_it_says_what_to_install(self, tmp_path, monkeypatch):
        monkeypatch.setenv("PATH", str(tmp_path))
        with pytest.raises(pyodide_files.Missing, match=r"Node\.js"):
            pyodide_files.npm_packages(tmp_path / "cache")

    def test_what_a_start_can_do_without_comes_later(self, tmp_path):
        files = {
            later.LIBRARY: ["json/__init__.pyc", "json/tool.pyc", "xml/dom/__init__.pyc", "xml/__init__.pyc"],
            "a-1.whl": ["a/__init__.pyc", "a/used.pyc", "a/seldom/__init__.pyc", "a/seldom/part.so", "a/data.csv"],
            "zones-1.whl": ["zones/__init__.pyc", "zones/Europe"],
        }
        for name, inside in files.items():
            with zipfile.ZipFile(tmp_path / name, "w") as archive:
                for file in inside:
                    archive.writestr(file, file)
        made = tmp_path / "made"
        made.mkdir()
        asked = later.divide([tmp_path / name for name in files], {"json", "a", "a.used"}, made)
        assert asked == ["a.seldom", "xml", "zones"]
        kept = {path.name: set(zipfile.ZipFile(path).namelist()) for path in made.iterdir()}
        assert kept[later.LIBRARY] == {"json/__init__.pyc", "json/tool.pyc"}
        assert kept["a-1.whl"] == {"a/__init__.pyc", "a/used.pyc", "a/data.csv"} and "zones-1.whl" not in kept
        assert set().union(*kept.values()) >= set().union(*files.values()), "a file is lost"

    def test_site_holds_nothing_but_what_the_locks_name(self, built):
        folder = built / "live" / "python"
        if not folder.exists():
            pytest.skip("the book was built without live pages")
        lock = json.loads((folder / "pyodide-lock.json").read_text(encoding="utf-8"))["packages"].values()
        assert lock
        for entry in lock:
            plain = folder / entry["file_name"]
            packed = plain.with_name(f"{plain.name}.pack")
            data = gzip.decompress(packed.read_bytes()) if packed.exists() else plain.read_bytes()
            assert hashlib.sha256(data).hexdigest() == entry["sha256"], entry["file_name"]
            if entry["file_name"].endswith(".whl"):
                assert zipfile.ZipFile(io.BytesIO(data)).testzip() is None
