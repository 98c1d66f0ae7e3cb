"""The commands of `tasks.py`: each does its work, and wrong use, an old Python or a broken environment end in plain words."""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
import tasks  # noqa: E402


def tasks_py(*arguments: str, **options) -> subprocess.CompletedProcess:
    """Run tasks.py as a newcomer would."""
    return subprocess.run([sys.executable, "tasks.py", *arguments], cwd=ROOT, capture_output=True, text=True, **options)


@pytest.fixture
def commands(monkeypatch, tmp_path) -> list[list[str]]:
    """What a task would run, in order; nothing is run."""
    recorded: list[list[str]] = []
    monkeypatch.setattr(tasks, "run", lambda *parts, **_: recorded.append([str(part) for part in parts]))
    monkeypatch.setattr(tasks, "install", lambda: recorded.append(["install"]))
    monkeypatch.setattr(tasks, "chromium", lambda: "/usr/bin/a-browser")
    monkeypatch.setattr(tasks, "program", lambda *names: f"/usr/bin/{names[0]}")
    # The command for building takes the front page away first: not that of the book that other tests read.
    monkeypatch.setattr(tasks, "BUILT", tmp_path / "html")
    return recorded


def call(monkeypatch, *arguments: str) -> None:
    monkeypatch.setattr(sys, "argv", ["tasks.py", *arguments])
    tasks.main()


def test_the_list_of_commands_says_what_each_does():
    listed = tasks_py("--help").stdout
    described = dict(re.findall(r"^    (\w+)\s+(\S.*)$", listed, re.MULTILINE))
    assert {
        "book",
        "test",
        "lab",
        "serve",
        "run",
        "exercises",
        "grade",
        "quiz",
        "pdf",
        "epub",
        "slides",
        "reading",
        "data",
        "bench",
    } <= set(described)
    assert [command for command, words in described.items() if len(words) < 20] == []


@pytest.mark.parametrize(("command", "module"), [
    ("run", "frenemies_build.notebooks"), ("numbers", "frenemies_build.numbers"), ("exercises", "frenemies_build.course.editions"),
    ("grade", "frenemies_build.course.marking"), ("quiz", "frenemies_build.course.platform"),
    ("pdf", "frenemies_build.formats.pdf"), ("epub", "frenemies_build.formats.epub"), ("slides", "frenemies_build.formats.slides"),
    ("reading", "frenemies_build.words"), ("data", "frenemies_build.describe_tables"),
])  # fmt: skip
def test_a_command_hands_its_words_to_its_tool(monkeypatch, commands, command, module):
    call(monkeypatch, command, "one", "--two")
    assert commands[0] == ["install"]
    assert commands[-1] == [str(tasks.PYTHON), "-m", module, "one", "--two"]
    # A format is made from pages that are built first.
    assert any("jupyter-book" in parts[0] for parts in commands) == ("formats" in module)
    # The tool is there and knows the words `--help`.
    helped = subprocess.run([sys.executable, "-m", module, "--help"], cwd=ROOT, capture_output=True, text=True)
    assert helped.returncode == 0 and "usage" in helped.stdout


def test_every_tool_that_a_command_names_is_there():
    named = set(re.findall(r'"(frenemies_build[\w.]*)"', (ROOT / "tasks.py").read_text("utf-8")))
    assert len(named) >= 7
    assert [name for name in sorted(named) if importlib.util.find_spec(name) is None] == []


def test_the_test_command_checks_style_builds_and_runs_every_test_on_two_cores(monkeypatch, commands):
    call(monkeypatch, "test")
    lines = [" ".join(parts) for parts in commands]
    assert any("ruff check" in line for line in lines) and any("ruff format --check" in line for line in lines)
    assert any("jupyter-book build . -W" in line for line in lines)
    assert any(line.endswith("-m pytest -n 2 --dist loadscope --no-loadscope-reorder") for line in lines)
    # The stored outputs once more as an older processor would compute them.
    assert "NPY_DISABLE_CPU_FEATURES" in tasks.OLDER_PROCESSOR and "chapters" in lines[-1]


def test_the_front_page_of_the_site_is_a_whole_document(monkeypatch, commands):
    call(monkeypatch, "book")
    written = (tasks.BUILT / "index.html").read_text("utf-8")
    assert written.startswith("<!DOCTYPE html>") and "<title>" in written and 'url=chapters/index.html"' in written


def test_chosen_tests_run_on_the_book_as_it_is(monkeypatch, commands):
    call(monkeypatch, "test", "tests/test_maps.py")
    lines = [" ".join(parts) for parts in commands]
    assert len([line for line in lines if "pytest" in line]) == 1 and not any("jupyter-book" in line for line in lines)


def test_lab_and_bench_start_their_programs(monkeypatch, commands):
    call(monkeypatch, "lab", "--no-browser")
    assert commands[-1][0].endswith("jupyter-lab") and commands[-1][-1] == "--no-browser"
    call(monkeypatch, "bench")
    assert commands[-1][-1] == "tests/bench.py"


def test_data_checks_the_tables_for_real():
    checked = tasks_py("data", "--check")
    assert checked.returncode == 0 and "tables are valid" in checked.stdout


def test_a_failed_command_ends_with_its_code_and_its_name(capfd):
    with pytest.raises(SystemExit) as ended:
        tasks.run(sys.executable, "-c", "raise SystemExit(7)")
    assert ended.value.code == 7 and "failed with exit code 7" in capfd.readouterr().out


@pytest.mark.parametrize(("arguments", "words"), [
    ([], "the following arguments are required"), (["boook"], "invalid choice"), (["book", "--fast"], "unknown arguments: --fast"),
    (["serve", "--port", "x"], "invalid int value"),
])  # fmt: skip
def test_wrong_use_says_what_is_wrong(arguments, words):
    ended = tasks_py(*arguments)
    assert ended.returncode == 2 and words in ended.stderr and "Traceback" not in ended.stderr


def test_an_old_python_is_named(monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 10, 1))
    with pytest.raises(SystemExit, match=r"Python 3\.11 or newer is needed"):
        tasks.install()


def test_a_book_that_is_not_built_cannot_be_served(monkeypatch, tmp_path):
    monkeypatch.setattr(tasks, "BUILT", tmp_path)
    with pytest.raises(SystemExit, match=r"not built yet: python3 tasks\.py book"):
        call(monkeypatch, "serve")


def test_the_built_book_is_served_on_this_machine(built):
    with subprocess.Popen(
        [sys.executable, "-u", "tasks.py", "serve", "--port", "0", "--quiet"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    ) as server:
        try:
            address = re.search(r"http://127\.0\.0\.1:\d+/", server.stdout.readline())[0]
            with urllib.request.urlopen(f"{address}chapters/index.html") as page:
                assert b"Frenemies" in page.read()
        finally:
            server.terminate()


# The environment


def broken(change: str, folder: Path) -> None:
    """Damage a minimal environment that stands in a folder."""
    settings = folder / "pyvenv.cfg"
    if change == "moved":
        settings.write_text("command = python -m venv /elsewhere/.venv\n")
    elif change == "no interpreter":
        shutil.rmtree(folder / "bin")
    elif change == "no settings":
        settings.unlink()
    elif change == "interpreter that does not start":
        python = folder / "bin" / "python"
        python.unlink()
        python.write_text("#!/bin/sh\nexit 1\n")
        python.chmod(0o755)


@pytest.fixture
def environment(tmp_path, monkeypatch) -> Path:
    """A minimal environment, with `tasks` pointed at it."""
    folder = tmp_path / ".venv"
    (folder / "bin").mkdir(parents=True)
    (folder / "bin" / "python").symlink_to(sys.executable)
    (folder / "pyvenv.cfg").write_text(f"command = python -m venv {folder}\n")
    monkeypatch.setattr(tasks, "VENV", folder)
    monkeypatch.setattr(tasks, "PYTHON", folder / "bin" / "python")
    monkeypatch.setattr(tasks, "STAMP", folder / "installed.sha256")
    return folder


@pytest.mark.skipif(sys.platform == "win32", reason="the minimal environment is laid out as on Unix")
@pytest.mark.parametrize(
    "change", ["none", "moved", "no interpreter", "no settings", "interpreter that does not start"]
)
def test_a_broken_environment_is_made_anew(environment, monkeypatch, change):
    broken(change, environment)
    made: list[list[str]] = []
    monkeypatch.setattr(tasks, "run", lambda *parts, **_: made.append([str(part) for part in parts]))
    real = subprocess.run

    def venv(command, **options):
        if command[1:3] == ["-m", "venv"]:
            made.append(command)
            (environment / "bin").mkdir(parents=True)
            (environment / "bin" / "python").symlink_to(sys.executable)
            (environment / "pyvenv.cfg").write_text(f"command = python -m venv {environment}\n")
            return subprocess.CompletedProcess(command, 0)
        return real(command, **options)

    monkeypatch.setattr(subprocess, "run", venv)
    tasks.install()
    assert (made[0][1:3] == ["-m", "venv"]) == (change != "none")
    assert "--require-hashes" in made[-2] and made[-1].count("-e") == 2
    tasks.install()
    assert len(made) == (2 if change == "none" else 3), "the second time nothing is left to do"
