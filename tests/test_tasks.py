"""The commands of `tasks.py`: each does its work, and wrong use, an old Python or a broken environment end in plain words."""

from __future__ import annotations

import ast
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import urllib.request
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PINS = ("requirements.txt", "pyproject.toml", "frenemies_build/pyproject.toml")
BUILD = re.compile(r"jupyter-book'? build \. -W")
unix = pytest.mark.skipif(sys.platform == "win32", reason="the small environments are laid out as on Unix")


def tasks_py(*arguments: str, folder: Path = ROOT, **options) -> subprocess.CompletedProcess:
    """Run tasks.py as a newcomer would."""
    return subprocess.run(
        [sys.executable, "tasks.py", *arguments], cwd=folder, capture_output=True, text=True, **options
    )


def shown(*arguments: str, **options) -> list[str]:
    """The commands that a task would run, in order; nothing is run."""
    said = tasks_py("--show", *arguments, **options)
    assert said.returncode == 0, said.stderr
    return [line for line in said.stdout.splitlines() if not line.startswith("==> ")]


def commands() -> dict[str, str]:
    """The commands by name, with what the list says of them."""
    return dict(re.findall(r"^    (\w+)\s+(\S.*)$", tasks_py("--help").stdout, re.MULTILINE))


TOOLS = {
    "run": "frenemies_build.notebooks", "numbers": "frenemies_build.numbers", "exercises": "frenemies_build.course.editions",
    "grade": "frenemies_build.course.marking", "quiz": "frenemies_build.course.platform", "claims": "frenemies_build.claim_parts",
    "pdf": "frenemies_build.formats.pdf", "epub": "frenemies_build.formats.epub", "slides": "frenemies_build.formats.slides",
    "reading": "frenemies_build.words", "data": "frenemies_build.describe_tables", "outlines": "frenemies_build.map_outlines",
}  # fmt: skip
# What the other tests of this file try.
OTHERS = {"book", "test", "lab", "serve", "pack", "bench"}


def test_the_list_of_commands_says_what_each_does():
    listed = commands()
    assert set(listed) == {*TOOLS, *OTHERS}, "a command without a test, or the other way round"
    assert [command for command, words in listed.items() if len(words) < 20] == []


@pytest.mark.parametrize(("command", "module"), TOOLS.items())
def test_a_command_hands_its_words_to_its_tool(command, module):
    lines = shown(command, "one", "--two")
    assert lines[-1].endswith(f" -m {module} one --two") and ".venv" in lines[-1]
    # A format is made from pages that are built first.
    assert any(BUILD.search(line) for line in lines) == ("formats" in module)
    # The tool is there and knows the words `--help`.
    helped = subprocess.run([sys.executable, "-m", module, "--help"], cwd=ROOT, capture_output=True, text=True)
    assert helped.returncode == 0 and "usage" in helped.stdout


def test_every_tool_that_a_command_names_is_there():
    named = set(re.findall(r'"(frenemies_build[\w.]+)"', (ROOT / "tasks.py").read_text("utf-8")))
    assert named == set(TOOLS.values())
    assert [name for name in sorted(named) if importlib.util.find_spec(name) is None] == []


def test_the_test_command_checks_style_builds_and_runs_every_test_on_two_cores():
    lines = shown("test")
    assert any("ruff check" in line for line in lines) and any("ruff format --check" in line for line in lines)
    assert any(BUILD.search(line) for line in lines)
    assert any(line.endswith("-m pytest -n 2 --dist loadscope --no-loadscope-reorder") for line in lines)
    # The stored outputs once more as an older processor would compute them.
    assert "NPY_DISABLE_CPU_FEATURES=" in lines[-1] and lines[-1].endswith(" chapters exercises/source")


def test_chosen_tests_run_on_the_book_as_it_is():
    lines = shown("test", "tests/test_maps.py")
    assert [line for line in lines if "pytest" in line] == [lines[-1]] and lines[-1].endswith(" tests/test_maps.py")
    assert not any(BUILD.search(line) for line in lines)


def test_lab_and_bench_start_their_programs():
    line = shown("lab", "--no-browser")[-1]
    assert "jupyter-lab" in line and line.endswith(" --no-browser") and "JUPYTER_CONFIG_PATH=" in line
    assert shown("bench", env=os.environ | {"CHROMIUM": "/a/browser"})[-1].endswith(" tests/bench.py")


def test_without_the_shapes_the_outlines_say_what_to_install():
    if importlib.util.find_spec("bqplot"):
        pytest.skip("the packages for the outlines are installed here")
    ended = subprocess.run(
        [sys.executable, "-m", "frenemies_build.map_outlines"], cwd=ROOT, capture_output=True, text=True
    )
    assert ended.returncode == 1 and "pip install --no-deps bqplot==" in ended.stderr


# A book of one page, with an environment of its own that borrows this one's packages


@pytest.fixture(scope="module")
def one_page(tmp_path_factory) -> Path:
    """The folder of a book of one page, built by `tasks.py book`."""
    folder = tmp_path_factory.mktemp("project")
    bare(folder)
    venv.create(folder / ".venv", symlinks=True)
    packages = f"import site; site.addsitedir({sysconfig.get_path('purelib')!r})\n"
    [place] = (folder / ".venv").glob("lib/python*/site-packages")
    (place / "borrowed.pth").write_text(packages, "utf-8")
    for program in ("jupyter-book", "jupyter-lab"):
        (folder / ".venv" / "bin" / program).symlink_to(Path(sysconfig.get_path("scripts"), program))
    installed(folder)
    (folder / "_config.yml").write_text("title: One page\nonly_build_toc_files: true\n", "utf-8")
    (folder / "_toc.yml").write_text("format: jb-book\nroot: chapters/index\n", "utf-8")
    (folder / "chapters").mkdir()
    (folder / "chapters" / "index.md").write_text("# The one page\n\nIts text.\n", "utf-8")
    made = tasks_py("book", folder=folder)
    assert made.returncode == 0, made.stdout + made.stderr
    assert "making a Python environment" not in made.stdout and "open file:" in made.stdout
    return folder


def bare(folder: Path) -> None:
    """Put tasks.py and the pins into a folder."""
    for name in ("tasks.py", *PINS):
        (folder / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, folder / name)


def installed(folder: Path) -> None:
    """Mark the environment of a folder as one that has all its pins."""
    asked = "import tasks; tasks.STAMP.write_text(tasks.wanted())"
    subprocess.run([sys.executable, "-c", asked], cwd=folder, check=True)


@unix
def test_the_front_page_of_a_built_book_is_a_whole_document(one_page):
    written = (one_page / "_build" / "html" / "index.html").read_text("utf-8")
    assert written.startswith("<!DOCTYPE html>") and "<title>" in written and 'url=chapters/index.html"' in written
    assert "Its text." in (one_page / "_build" / "html" / "chapters" / "index.html").read_text("utf-8")


@unix
def test_a_built_book_is_packed_with_words_on_how_to_begin(one_page):
    packed = tasks_py("pack", folder=one_page)
    assert packed.returncode == 0 and "frenemies-site.zip" in packed.stdout
    with zipfile.ZipFile(one_page / "_build" / "frenemies-site.zip") as archive:
        assert {"read.txt", "book/index.html", "book/chapters/index.html"} <= set(archive.namelist())
        assert "http.server" in archive.read("read.txt").decode()


@unix
def test_a_built_book_is_served_on_this_machine(one_page):
    words = [sys.executable, "-u", "tasks.py", "serve", "--port", "0", "--quiet"]
    with subprocess.Popen(words, cwd=one_page, stdout=subprocess.PIPE, text=True) as server:
        try:
            address = re.search(r"http://127\.0\.0\.1:\d+/", server.stdout.readline())[0]
            with urllib.request.urlopen(f"{address}chapters/index.html") as page:
                assert b"Its text." in page.read()
        finally:
            server.terminate()


@unix
def test_a_page_with_a_fault_fails_the_build_and_leaves_nothing_that_looks_whole(one_page, tmp_path):
    folder = shutil.copytree(one_page, tmp_path / "project", symlinks=True)
    installed(folder)
    settings = folder / ".venv" / "pyvenv.cfg"
    settings.write_text(settings.read_text("utf-8").replace(str(one_page), str(folder)), "utf-8")
    with (folder / "chapters" / "index.md").open("a", encoding="utf-8") as page:
        page.write("\n[nowhere](nowhere.md)\n")
    failed = tasks_py("book", folder=folder)
    assert failed.returncode and "failed with exit code" in failed.stdout and "Traceback" not in failed.stderr
    assert not (folder / "_build" / "html" / "index.html").exists()
    for command in ("serve", "pack"):
        ended = tasks_py(command, folder=folder)
        assert ended.returncode and "not built yet: python3 tasks.py book" in ended.stderr


@unix
def test_lab_starts_jupyterlab(one_page):
    assert re.search(r"^4\.\d", tasks_py("lab", "--version", folder=one_page).stdout, re.MULTILINE)


def test_data_checks_the_tables_for_real():
    checked = tasks_py("data", "--check")
    assert checked.returncode == 0 and "tables are valid" in checked.stdout


@pytest.mark.parametrize(("arguments", "words"), [
    ([], "the following arguments are required"), (["boook"], "invalid choice"), (["book", "--fast"], "unknown arguments: --fast"),
    (["serve", "--port", "x"], "invalid int value"),
])  # fmt: skip
def test_wrong_use_says_what_is_wrong(arguments, words):
    ended = tasks_py(*arguments)
    assert ended.returncode == 2 and words in ended.stderr and "Traceback" not in ended.stderr


def test_an_old_python_is_named(tmp_path):
    bare(tmp_path)
    settings = tmp_path / "pyproject.toml"
    settings.write_text(settings.read_text("utf-8").replace('requires-python = ">=3.11"', 'requires-python = ">=3.99"'))
    ended = tasks_py("data", folder=tmp_path)
    assert ended.returncode == 1 and "Python 3.99 or newer is needed, this is 3." in ended.stderr
    # One that old can read as far as the place where it is told so.
    ast.parse((ROOT / "tasks.py").read_text("utf-8"), feature_version=(3, 8))


# The environment


def damage(change: str, folder: Path) -> None:
    """Damage a minimal environment that stands in a folder."""
    settings, python = folder / "pyvenv.cfg", folder / "bin" / "python"
    if change == "empty":
        shutil.rmtree(folder)
        folder.mkdir()
    elif change == "moved":
        settings.write_text("command = python -m venv /elsewhere/.venv\n")
    elif change == "no interpreter":
        shutil.rmtree(folder / "bin")
    elif change == "no settings":
        settings.unlink()
    elif change == "interpreter that does not start":
        python.unlink()
        python.write_text("#!/bin/sh\nexit 1\n")
        python.chmod(0o755)


@pytest.fixture
def environment(tmp_path) -> Path:
    """A minimal environment in a folder with tasks.py and the pins."""
    bare(tmp_path)
    folder = tmp_path / ".venv"
    (folder / "bin").mkdir(parents=True)
    (folder / "bin" / "python").symlink_to(sys.executable)
    (folder / "pyvenv.cfg").write_text(f"command = python -m venv {folder}\n")
    return folder


@unix
@pytest.mark.parametrize(
    "change", ["none", "empty", "moved", "no interpreter", "no settings", "interpreter that does not start"]
)
def test_a_broken_environment_would_be_made_anew(environment, change):
    damage(change, environment)
    lines = shown("data", folder=environment.parent)
    assert any(" -m venv " in line for line in lines) == (change != "none")
    assert "--require-hashes" in lines[-3] and lines[-2].count(" -e ") == 2
    installed(environment.parent)
    assert len(shown("data", folder=environment.parent)) == (1 if change == "none" else 4), "a mark mends nothing"


# A build backend of a few lines: the two packages are installed for real, without a registry.
BACKEND = """
import pathlib, zipfile

def build_editable(folder, settings=None, metadata=None):
    name = pathlib.Path.cwd().name.replace("-", "_")
    with zipfile.ZipFile(pathlib.Path(folder, f"{name}-1-py3-none-any.whl"), "w") as wheel:
        place = f"{name}-1.dist-info/"
        wheel.writestr(place + "METADATA", f"Metadata-Version: 2.1\\nName: {name}\\nVersion: 1\\n")
        wheel.writestr(place + "WHEEL", "Wheel-Version: 1.0\\nGenerator: own\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        wheel.writestr(place + "RECORD", "")
    return f"{name}-1-py3-none-any.whl"
"""


@unix
def test_a_broken_environment_is_made_anew(environment):
    damage("interpreter that does not start", environment)
    project = environment.parent
    (project / "requirements.txt").write_text("", "utf-8")
    for folder in (project, project / "frenemies_build"):
        (folder / "backend.py").write_text(BACKEND, "utf-8")
        (folder / "pyproject.toml").write_text(
            f'[project]\nname = "{folder.name}"\nversion = "1"\nrequires-python = ">=3.11"\n'
            '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n',
            "utf-8",
        )
    first, second = tasks_py("quiz", folder=project), tasks_py("quiz", folder=project)
    assert "making a Python environment" in first.stdout and "installing the pinned packages" in first.stdout
    # Of the builders' package there is only the name: the command itself fails, and says which.
    for ended in (first, second):
        assert ended.returncode == 1 and "failed with exit code 1" in ended.stdout
        assert "frenemies_build.course.platform" in ended.stdout.splitlines()[-1]
    assert len(second.stdout.splitlines()) == 1, "nothing was left to do"
    listed = subprocess.run([environment / "bin" / "python", "-m", "pip", "list"], capture_output=True, text=True)
    assert "frenemies_build" in listed.stdout.replace("-", "_")
