"""The house: two packages whose imports point one way, and a readers' wheel that stands by itself."""

from __future__ import annotations

import ast
import graphlib
import importlib.metadata
import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[1]
READERS = sorted((ROOT / "frenemies").rglob("*.py"))
BUILDERS = sorted((ROOT / "frenemies_build").rglob("*.py"))
# What a browser's Python has besides the standard library once pandas and Altair are there.
ALLOWED = {"pandas", "numpy", "altair", "jsonschema", "frenemies"}


def module_name(path: Path) -> str:
    """The dotted name of a module of this project."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_name(path) for path in READERS + BUILDERS}


def imports(path: Path) -> Iterator[str]:
    """The modules that a file imports, wherever in it; of a package's own, the deepest that is a module."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name} has a relative import: name the module in full"
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                yield inner if inner in MODULES else node.module


@pytest.mark.parametrize("path", READERS, ids=module_name)
def test_a_reader_needs_pandas_altair_and_the_standard_library(path):
    names = {name.partition(".")[0] for name in imports(path)}
    # Colab and IPython are asked for, never needed.
    assert names - ALLOWED - sys.stdlib_module_names - {"google", "IPython"} == set()


def test_imports_have_no_circle():
    graph = {module_name(path): {name for name in imports(path) if name in MODULES} for path in READERS + BUILDERS}
    for name in graph:
        graph[name].discard(name)
    list(graphlib.TopologicalSorter(graph).static_order())  # raises CycleError and names the circle


def room_of(module: str) -> str:
    """The subpackage that a module is in; empty for one that stands beside the rooms."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 and (ROOT / parts[0] / parts[1]).is_dir() else ""


def test_rooms_import_as_the_map_of_the_house_says():
    found = set()
    for package in (READERS, BUILDERS):
        names = {module_name(path): path for path in package}
        found |= {
            (room_of(name), room_of(other)) for name, path in names.items() for other in imports(path) if other in names
        }
    lines = re.findall(r"^- `(\w+)` → (.+)$", (ROOT / "HOUSE.md").read_text("utf-8"), re.MULTILINE)
    told = {(room, other) for room, others in lines for other in re.findall(r"`(\w+)`", others)}
    assert {(room, other) for room, other in found if room and other and room != other} == told


def test_a_readers_module_never_imports_a_builders():
    for path in READERS:
        assert not [name for name in imports(path) if name.startswith("frenemies_build")], path.name


# Tests without doubles

# What puts something else in the place of the project's own code, or of a library's, while a test runs.
STAND_INS = {"setattr", "delattr", "setitem", "delitem"}
DOUBLES = {"unittest.mock", "mock", "pytest_mock"}


def doubles(source: str) -> list[str]:
    """The lines of a test file that put a double in place; folder, environment and search path are no doubles."""
    found = []
    for node in ast.walk(ast.parse(source)):
        names: list[str] = []
        if isinstance(node, ast.Attribute):
            names = [node.attr] if node.attr in STAND_INS else []
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names if alias.name in DOUBLES]
        elif isinstance(node, ast.ImportFrom):
            names = [f"{node.module}.{alias.name}" for alias in node.names]
            names = [name for name in names if name in DOUBLES or name.rpartition(".")[0] in DOUBLES]
        elif isinstance(node, ast.arg):
            names = [node.arg] if node.arg == "mocker" else []
        found += [f"line {node.lineno}: {name}" for name in names]
    return found


@pytest.mark.parametrize("path", sorted((ROOT / "tests").glob("*.py")), ids=lambda path: path.stem)
def test_tests_use_no_doubles(path):
    assert doubles(path.read_text("utf-8")) == [], "use real files, a process of its own, or a parameter"


@pytest.mark.parametrize("line", [
    "monkeypatch.setattr(sandbox, 'run', print)", "patch.delattr(os, 'fork')", "monkeypatch.setitem(sys.modules, 'os', None)",
    "from unittest import mock", "from unittest.mock import patch", "import unittest.mock", "def test(mocker): ...",
])  # fmt: skip
def test_a_planted_double_is_found(line):
    assert doubles(line)
    assert doubles("monkeypatch.setenv('PATH', ''); monkeypatch.chdir('/'); monkeypatch.syspath_prepend('x')") == []


# The wheel


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    """The readers' wheel, as pip would build it."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    built = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert built.returncode == 0, built.stderr
    (found,) = folder.glob("*.whl")
    return found


def beside(source: Path, place: Path) -> None:
    """Let a file or folder of the environment stand at another place too: linked, or copied where Windows forbids links."""
    try:
        place.symlink_to(source)
    except OSError:
        (shutil.copytree if source.is_dir() else shutil.copy)(source, place)


@pytest.fixture(scope="module")
def alone(wheel, tmp_path_factory) -> Path:
    """A folder with the wheel and, of all that is installed here, what it declares to need and nothing else."""
    folder = tmp_path_factory.mktemp("alone")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
        [metadata] = [name for name in archive.namelist() if name.endswith("METADATA")]
        declared = importlib.metadata.PathDistribution(folder / Path(metadata).parent).requires or []
    wanted, seen = [Requirement(text) for text in declared], set()
    while wanted:
        requirement = wanted.pop()
        if requirement.name in seen or (requirement.marker and not requirement.marker.evaluate({"extra": ""})):
            continue
        seen.add(requirement.name)
        found = importlib.metadata.distribution(requirement.name)
        wanted += [Requirement(text) for text in found.requires or []]
        for top in {Path(str(file)).parts[0] for file in found.files or [] if ".." not in Path(str(file)).parts}:
            place = folder / top
            if not place.exists() and top != "__pycache__":
                beside(Path(str(found.locate_file(top))), place)
    return folder


def test_the_wheel_holds_what_readers_need_and_nothing_of_the_builders(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.partition("/")[0] for name in names} == {
        "frenemies",
        next(n for n in names if "dist-info" in n).partition("/")[0],
    }
    assert not [name for name in names if name.endswith("entry_points.txt")], "it would act in every MyST-NB book"
    held = {name for name in names if name.endswith(".py")}
    assert held == {path.relative_to(ROOT).as_posix() for path in READERS}


def test_the_wheel_works_in_an_environment_of_its_own(alone, tmp_path):
    program = (
        "import sys, json; sys.path.insert(0, sys.argv[1])\n"
        "import frenemies as fr\n"
        "from frenemies.charts import maps\n"
        "from frenemies.claims import verdicts\n"
        "from frenemies.tables.package import data_dir\n"
        "fr.check('trade-2', 1)\n"
        "print(len(maps.countries()))\n"
        "print(json.dumps([data_dir().as_posix(), {name: len(fr.load(name)) for name in fr.tables()['name']}]))\n"
    )
    keep = {key: value for key, value in os.environ.items() if key not in ("FRENEMIES_DATA", "PYTHONPATH")}
    command = [sys.executable, "-I", "-S", "-c", program, str(alone)]
    run = subprocess.run(command, cwd=tmp_path, env=keep, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    folder, rows = json.loads(run.stdout.splitlines()[-1])
    assert Path(folder) == alone.resolve() / "frenemies" / "_data"
    package = json.loads((ROOT / "data" / "datapackage.json").read_text("utf-8"))
    assert rows == {resource["name"]: resource["rows"] for resource in package["resources"]}


def test_a_damaged_copy_in_an_environment_is_repaired_as_the_error_says(wheel, tmp_path):
    subprocess.run([sys.executable, "-m", "venv", str(tmp_path / "env")], check=True)
    (python,) = [path for path in tmp_path.glob("env/*/python*") if path.name in ("python", "python.exe")]
    options = ["--quiet", "--disable-pip-version-check", "--no-index"]
    subprocess.run([python, "-m", "pip", "install", *options, "--no-deps", wheel.name], cwd=wheel.parent, check=True)
    (package,) = list(tmp_path.rglob("site-packages/frenemies"))
    # pandas and Altair are those of this environment.
    package.with_name("others.pth").write_text(sysconfig.get_path("purelib"), "utf-8")
    keep = {key: value for key, value in os.environ.items() if key not in ("FRENEMIES_DATA", "PYTHONPATH")}

    def load() -> subprocess.CompletedProcess:
        program = "import frenemies as fr; print(fr.__file__, len(fr.load('trade_annual')))"
        return subprocess.run([python, "-c", program], cwd=tmp_path, env=keep, capture_output=True, text=True)

    assert str(package) in load().stdout
    with (package / "_data" / "trade_annual.csv").open("a", encoding="utf-8") as table:
        table.write("torn")
    words = load().stderr.strip().rpartition("    pip ")[2].split()
    assert words[-1] == wheel.name
    subprocess.run([python, "-m", "pip", *words, *options], cwd=wheel.parent, check=True)
    assert str(package) in load().stdout


OTHER_BOOK = """{"cells": [{"cell_type": "code", "execution_count": 1, "id": "a", "metadata": {}, "source": ["chart"], "outputs":
[{"output_type": "display_data", "metadata": {}, "data": {"application/vnd.vegalite.v5+json": {"mark": "bar"},
"text/plain": ["the words of another book"]}}]}], "metadata": {"language_info": {"name": "python", "pygments_lexer": "python"}}, "nbformat": 4, "nbformat_minor": 5}"""


def test_another_book_in_this_environment_stays_as_it_was(tmp_path):
    (tmp_path / "conf.py").write_text(
        'extensions = ["myst_nb"]\nnb_execution_mode = "off"\nsuppress_warnings = ["mystnb.unknown_mime_type"]\n',
        "utf-8",
    )
    (tmp_path / "index.ipynb").write_text(
        OTHER_BOOK.replace(
            '"cells": [',
            '"cells": [{"cell_type": "markdown", "id": "t", "metadata": {}, "source": ["# Another book"]}, ',
        ),
        "utf-8",
    )
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "-b", "html", str(tmp_path), str(tmp_path / "out")]
    run = subprocess.run(command, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    page = (tmp_path / "out" / "index.html").read_text("utf-8")
    assert "the words of another book" in page and "chart-view" not in page


def test_the_code_that_the_page_of_workings_shows_fits_its_column():
    # 84 characters: frenemies/claims/trials/ruff.toml
    wide = [f"{path.name}: {line}" for path in READERS if path.parent.name == "trials"
            for line in path.read_text("utf-8").splitlines() if len(line) > 84]  # fmt: skip
    assert wide == []
