"""The exercises: a blank fails, a solution passes, nothing leaks and slips get their hints.

nbval runs every master and every students' edition anew, so what they store here is what `check` says today.
"""

from __future__ import annotations

import json
import random
import re
import shutil
import subprocess
import sys
import tomllib
from fractions import Fraction
from pathlib import Path

import nbformat
import numpy as np
import pandas as pd
import pytest
from nbgrader.nbgraderformat import MetadataValidator
from nbgrader.utils import determine_grade, is_grade
from nbgrader.validator import Validator

import frenemies
from frenemies.exercises import feedback, tries
from frenemies.exercises.answer_kinds import Task
from frenemies.exercises.plain_words import wrapped
from frenemies_build.course import editions, questions, sealed_answers
from frenemies_build.pages.chart_specs import MIME

SLUGS = editions.slugs()
LADDER = ("Order", "Fill", "Do", "Read", "Argue")
HEADING = re.compile(r"^## (\d)\. (\w+).*\((\d+) minutes\)$", re.MULTILINE)
REGION = re.compile(r"### BEGIN (SOLUTION|HIDDEN TESTS|MARK SCHEME)\n(.*?)### END \1", re.DOTALL)


@pytest.fixture(params=SLUGS)
def slug(request) -> str:
    return request.param


@pytest.fixture
def master(slug) -> nbformat.NotebookNode:
    return nbformat.read(editions.master_path(slug), as_version=4)


@pytest.fixture
def release(slug) -> nbformat.NotebookNode:
    return nbformat.read(editions.release_path(slug), as_version=4)


def feedback_by_task(notebook: nbformat.NotebookNode) -> dict[str, str]:
    """What the stored notebook's checks printed, by task."""
    text = "".join(o.text for cell in notebook.cells for o in cell.get("outputs", []) if o.output_type == "stream")
    lines = unwrapped(text).splitlines()
    return dict(line.split(": ", 1) for line in lines if line.split(": ", 1)[0] in editions.task_ids(notebook))


def unwrapped(text: str) -> str:
    """What `check` printed, each task in one line again."""
    return re.sub(r"\n {4}", " ", text)


# --- the two editions of every exercise


def test_there_are_exercises():
    assert SLUGS


def test_students_editions_answers_and_bank_are_up_to_date():
    assert editions.stale(SLUGS) == []


def test_blank_edition_fails_every_check_and_raises_nothing(release):
    said = feedback_by_task(release)
    assert list(said) == editions.task_ids(release) != []
    assert {task: text for task, text in said.items() if not text.startswith("Not answered yet. Expected: ")} == {}
    assert not [o for cell in release.cells for o in cell.get("outputs", []) if o.output_type == "error"]


def test_solved_master_passes_every_check(master):
    said = feedback_by_task(master)
    assert list(said) == editions.task_ids(master) != []
    assert {task: text for task, text in said.items() if not text.startswith(("Correct.", "Ready to hand in"))} == {}


def test_students_edition_holds_nothing_of_the_teachers(master, release):
    secret = {
        line.strip()
        for cell in master.cells
        for _, region in REGION.findall(cell.source)
        for line in region.splitlines()
        if len(line.strip()) > 8
    }
    assert secret
    text = "\n".join(cell.source for cell in release.cells)
    assert not [line for line in secret if line in text]
    assert not re.search(r"(BEGIN|END) (SOLUTION|HIDDEN|MARK)", text)


def test_nbgrader_accepts_the_metadata(master, release):
    for notebook in (master, release):
        MetadataValidator().validate_nb(notebook)


def test_tasks_climb_the_ladder_and_say_their_minutes(master):
    tasks = [found for cell in master.cells if cell.cell_type == "markdown" for found in HEADING.findall(cell.source)]
    assert [int(number) for number, _, _ in tasks] == list(range(1, len(tasks) + 1))
    assert 4 <= len(tasks) <= 6
    steps = [LADDER.index(step) for _, step, _ in tasks]
    assert steps == sorted(steps) and set(steps) == set(range(len(LADDER)))
    assert 30 <= sum(int(minutes) for _, _, minutes in tasks) <= 45
    prefixes = {editions.prefix(task) for task in editions.task_ids(master)}
    assert editions.task_ids(master) == [f"{next(iter(prefixes))}-{number}" for number, _, _ in tasks]


def test_no_task_begins_from_an_empty_cell(release):
    for cell in release.cells:
        if cell.metadata.get("nbgrader", {}).get("solution"):
            assert cell.source.replace("...", "").strip(), cell.id
            assert "..." in cell.source, cell.id


def test_checks_are_locked_and_the_last_task_is_marked_by_hand(master):
    for cell in master.cells:
        if cell.cell_type == "code" and editions.CHECK_CALL.search(cell.source):
            assert cell.metadata.nbgrader.locked and not cell.metadata.nbgrader.solution, cell.id
            assert (
                "BEGIN HIDDEN TESTS" in cell.source
                or editions.CHECK_CALL.search(cell.source)[1] == editions.task_ids(master)[-1]
            )
    by_hand = [cell for cell in master.cells if cell.metadata.get("nbgrader", {}).get("task")]
    assert len(by_hand) == 1
    assert by_hand[0].metadata.nbgrader.points > 0 and "BEGIN MARK SCHEME" in by_hand[0].source


def test_nbgrader_gives_a_solution_all_points(master):
    solved = [determine_grade(cell) for cell in master.cells if is_grade(cell)]
    assert solved and all(points == most for points, most in solved), solved


def test_answers_are_only_hashes():
    plain = {"kind", "lines", "rows", "columns", "index", "feedback"}
    for task, entry in feedback.answers().items():
        for key in entry.keys() - plain:
            hashes = (
                entry[key]
                if isinstance(entry[key], list)
                else list(entry[key].values())
                if isinstance(entry[key], dict)
                else [entry[key]]
            )
            assert all(re.fullmatch("[0-9a-f]{16}", text) for text in hashes), f"{task}: {key}"


def copied(folder: Path, *parts: str) -> None:
    """Put folders of the project into another one."""
    odd = shutil.ignore_patterns("*.db", ".ipynb_checkpoints", "__pycache__")
    for part in parts:
        shutil.copytree(editions.COURSE.parent / part, folder / part, ignore=odd)


def python(folder: Path, *words: str) -> subprocess.CompletedProcess:
    """Run Python on what stands in a folder."""
    return subprocess.run([sys.executable, *words], cwd=folder, capture_output=True, text=True, encoding="utf-8")


def test_editions_notice_every_kind_of_staleness(tmp_path):
    copied(tmp_path, "exercises", "frenemies", "frenemies_build")
    slug, course, answers = SLUGS[0], tmp_path / "exercises", tmp_path / "frenemies" / "exercises" / "answers.json"
    check = ("-m", "frenemies_build.course.editions", "--check", slug)
    whole = python(tmp_path, *check)
    assert (whole.returncode, whole.stdout) == (0, "1 exercises are up to date\n"), whole.stderr

    bank = course / "bank" / f"{slug}.toml"
    bank.write_text(re.sub('(?m)^feedback = "', 'feedback = "Mended: ', bank.read_text(), count=1))
    path = course / "source" / slug / f"{slug}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[0].source += " Mended."
    editions.write_notebook(notebook, path)
    gone = course / "release" / "99-gone"
    gone.mkdir()
    entries = json.loads(answers.read_text())
    lost = editions.task_ids(notebook)[0]
    del entries[lost]
    entries["gone-1"] = {"kind": "argument"}
    answers.write_text(json.dumps(entries))
    found = python(tmp_path, *check)
    assert found.returncode == 1
    for part in (
        f"release/{slug}: not made from its master",
        "the feedback of",
        "99-gone: has no master",
        f"{lost} is missing",
        "gone-1 has no master",
    ):
        assert part in found.stdout


@pytest.mark.parametrize("content", ["{", "[]", "\udcff"], ids=["cut", "a list", "not text"])
def test_damaged_answers_are_named_with_the_way_out(tmp_path, content):
    answers = tmp_path / "answers.json"
    answers.write_text(content, encoding="utf-8", errors="surrogateescape")
    with pytest.raises(editions.AnswersError, match="git checkout -- frenemies/exercises/answers.json"):
        editions.stored_answers(answers)


# --- what a chapter promises, and the tasks that practise it


def objectives(chapter: nbformat.NotebookNode) -> list[str]:
    """The objectives in a chapter's first box, each by the words that stand bold at its beginning."""
    return re.findall(r"^- \*\*([^*]+)\*\*", chapter.cells[0].source, re.MULTILINE)


def test_every_objective_of_a_chapter_is_practised_by_a_task(slug):
    promised = tomllib.loads((editions.COURSE / "objectives.toml").read_text(encoding="utf-8"))
    chapter = nbformat.read(editions.COURSE.parent / "chapters" / f"{slug}.ipynb", as_version=4)
    assert list(promised[slug]) == objectives(chapter) and len(promised[slug]) >= 3
    prose = "\n".join(cell.source for cell in chapter.cells if cell.cell_type == "markdown").partition(
        "## Check yourself"
    )[2]
    known = {f"check-{number}" for number in re.findall(r"^\*\*(\d)\. ", prose, re.MULTILINE)}
    known |= {name for one in SLUGS for name in questions.read_bank(one)} | feedback.answers().keys()
    for objective, named in promised[slug].items():
        tasks = named["tasks"] if isinstance(named, dict) else named
        assert tasks and set(tasks) <= known, (objective, set(tasks) - known)
        assert not isinstance(named, dict) or named["rest"].endswith(".")


def test_every_task_practises_an_objective(slug, master):
    promised = tomllib.loads((editions.COURSE / "objectives.toml").read_text(encoding="utf-8"))
    named = {
        task
        for one in promised.values()
        for entry in one.values()
        for task in (entry["tasks"] if isinstance(entry, dict) else entry)
    }
    assert set(editions.task_ids(master)) <= named


# --- the bank of multiple-choice questions


def test_bank_is_well_formed_and_its_options_stand_in_the_notebook(slug, master):
    known = questions.read_bank(slug)
    prose = "\n".join(cell.source for cell in master.cells if cell.cell_type == "markdown")
    minutes = {number: int(spent) for number, _, spent in HEADING.findall(prose)}
    read = {name: question for name, question in known.items() if question["use"] == "read"}
    assert read.keys() == {task for task in editions.task_ids(master) if feedback.answers()[task]["kind"] == "choice"}
    for name, question in read.items():
        assert question["minutes"] == minutes[name.rpartition("-")[2]]
        for letter, option in question["options"].items():
            assert f"- **{letter}.** {option['text']}\n" in prose + "\n"


def test_vote_question_is_about_a_chart_of_its_chapter(slug):
    votes = [question for question in questions.read_bank(slug).values() if question["use"] == "vote"]
    assert len(votes) == 1
    chapter = nbformat.read(editions.COURSE.parent / "chapters" / f"{slug}.ipynb", as_version=4)
    outputs = [output.get("data", {}) for cell in chapter.cells for output in cell.get("outputs", [])]
    known = {data[MIME]["usermeta"]["id"] for data in outputs if MIME in data}
    assert votes[0]["figure"] in known


def test_feedback_does_not_name_the_right_option():
    for slug in SLUGS:
        for question in questions.read_bank(slug).values():
            for letter, option in question["options"].items():
                assert letter == question["correct"] or not re.search(
                    rf"\b(option|reading|answer) {question['correct']}\b", option["feedback"]
                )


GOOD_QUESTION = {
    "use": "read",
    "minutes": 5,
    "question": "Which?",
    "correct": "A",
    "options": {
        x: {"text": x * 3, "reading": "supported" if x == "A" else "slip", "feedback": "Look again."} for x in "ABCD"
    },
}


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda q: q.update(use="quiz"), "needs use"),
        (lambda q: q.pop("minutes"), "minutes"),
        (lambda q: q.update(use="vote"), "figure"),
        (lambda q: q["options"].pop("D"), "A, B, C, D"),
        (lambda q: q.update(use=["read"]), "needs use"),
        (lambda q: q.update(options="ABCD"), "A, B, C, D"),
        (lambda q: q["options"].update(C="a text"), "option C is no table"),
        (lambda q: q["options"]["B"].pop("feedback"), "feedback"),
        (lambda q: q["options"]["B"].update(text=" "), "empty text"),
        (lambda q: q.update(correct="B"), "supported"),
    ],
)
def test_damaged_question_is_refused_with_its_fault(damage, message):
    question = json.loads(json.dumps(GOOD_QUESTION))
    assert questions.fault(question) is None
    damage(question)
    assert message in questions.fault(question)


def test_bank_file_that_is_not_toml_is_named(tmp_path):
    (tmp_path / "01-x.toml").write_text("[a\n")
    with pytest.raises(questions.BankError, match="01-x.toml: not valid TOML"):
        questions.read_bank("01-x", tmp_path)


# --- check: right answers, slips and their hints


@pytest.fixture
def ask(capsys):
    """Seal a right answer where a master's answers are sealed while it runs; return what `check` prints for another one."""

    def ask(right, answer, **asked):
        task = Task("t-1", **asked)
        entry = sealed_answers.seal(task, right, {"t-1": GOOD_QUESTION})
        feedback.answers()["t-1"] = entry
        frenemies.check("t-1", answer, **asked)
        return unwrapped(capsys.readouterr().out).removeprefix("t-1: ").rstrip("\n")

    yield ask
    feedback.answers().pop("t-1", None)


BILLIONS = {"unit": "billion US dollars", "decimals": 1}
PERCENT = {"unit": "percent", "decimals": 1}


@pytest.mark.parametrize(
    "answer", [35.456671, 35.5, 35.46, np.float64(35.4567), np.float32(35.46), Fraction(355, 10), np.array(35.5)]
)
def test_number_is_right_in_any_type_and_precision(ask, answer):
    assert ask(35.456671, answer, **BILLIONS) == "Correct."


@pytest.mark.parametrize(
    ("right", "answer"), [(0.45, 0.45000001), (35.4499, 35.45), (35.4501, 35.45), (-0.01, 0.0), (2.675, 2.68)]
)
def test_number_on_the_edge_of_rounding_is_right(ask, right, answer):
    assert ask(right, answer, decimals=1) == "Correct."


@pytest.mark.parametrize(
    ("right", "answer", "asked", "hint"),
    [
        (35.456671, 35.4, BILLIONS, "Only the last digit"),
        (35.456671, 35.0, BILLIONS, "rounded too early"),
        (35.456671, -35.456671, BILLIONS, "the sign is not"),
        (35.456671, 35456.671, BILLIONS, "1,000 times too large"),
        (35.456671, 35500, BILLIONS, "1,000 times too large"),
        (35.456671, 0.035456671, BILLIONS, "1,000 times too small"),
        (35.456671, 35.456671e9, BILLIONS, "1,000,000,000 times too large"),
        (35.456671, 35.456671e-6, BILLIONS, "1,000,000 times too small"),
        (6.5361, 0.065361, PERCENT, "100 times too small: a share for a percentage"),
        (6.5361, 653.61, PERCENT, "100 times too large"),
        (2.034, 1 / 2.034, {"unit": "ratio", "decimals": 2}, "upside down"),
        (6.5361, 93.4639, PERCENT, "share of all the others"),
        (6.5361, 106.5361, PERCENT, "change and a ratio"),
        (103.4, 2.034, PERCENT, "change and a ratio"),
        (12, 13, {}, "Off by one"),
        (35.456671, "35.5", BILLIONS, "quotation marks"),
        (35.456671, True, BILLIONS, "True or False"),
        (35.456671, np.bool_(True), BILLIONS, "True or False"),
        (35.456671, float("nan"), BILLIONS, "NaN"),
        (35.456671, pd.NA, BILLIONS, "missing value"),
        (35.456671, np.inf, BILLIONS, "divided by zero"),
        (35.456671, pd.Series([35.456671]), BILLIONS, ".squeeze()"),
        (35.456671, pd.DataFrame({"a": [1, 2]}), BILLIONS, "a table of 2 values"),
        (35.456671, [35.5], BILLIONS, "This is a list"),
        (35.456671, print, BILLIONS, "This is a thing of the type builtin_function_or_method"),
        (35.456671, 10**400, BILLIONS, "far too large"),
        (35.456671, 7.77, BILLIONS, "This is not the number"),
    ],
)
def test_wrong_number_gets_the_hint_for_its_slip(ask, right, answer, asked, hint):
    said = ask(right, answer, **asked)
    assert said.startswith("Not yet. ") and hint in said and "Expected: a" in said


RATIO = {"unit": "ratio", "decimals": 2}
INDEX = {"unit": "index, 2021 = 100", "decimals": 0}


@pytest.mark.parametrize(
    ("hint", "cases"),
    [
        (
            "write a decimal point, 35.5",
            [(35.456671, (35, 5), BILLIONS), (35.456671, "35,5", BILLIONS), (35.456671, " 35,5", {"decimals": 1})],
        ),
        (
            "leave out the commas between thousands",
            [(4479049, (4, 479, 49), {}), (1234567, (1, 234, 567), {}), (44018.4, (44, 18, 4), BILLIONS)],
        ),
        # A gap in percent of the one side, given in percent of the other; a change measured from its end; a part over the rest.
        (
            "Divided by the wrong number",
            [
                (26.4, 26.4 / 1.264, PERCENT),
                (18.5, 18.5 / 0.815, PERCENT),
                (12.4, 12.4 / 0.876, PERCENT),
                (0.25, 1 / 3, RATIO),
                (-66.7, -66.7 / 0.333, PERCENT),
            ],
        ),
        (
            "The comparison is turned round",
            [(-22.5, 22.5 / 0.775, PERCENT), (18.0, -18.0 / 1.18, PERCENT), (-0.4, 0.4 / 0.6, RATIO)],
        ),
        (
            "were percentages squared",
            [
                (0.2713, 2713, {"unit": "an index between 0 and 1", "decimals": 3}),
                (0.35, 3500, {"unit": "share", "decimals": 2}),
                (0.118, 1180, {"decimals": 3}),
            ],
        ),
        (
            "The ratio is upside down",
            [
                (2.034, 1 / 2.034, RATIO),
                (162.3, 1e4 / 162.3, INDEX),
                (0.13, 1 / 0.13, {"unit": "share", "decimals": 2}),
            ],
        ),
        ("the share of all the others", [(6.5361, 93.4639, PERCENT), (0.37, 0.63, RATIO), (41.2, 58.8, PERCENT)]),
        ("Only the last digit differs", [(35.456671, 35.4, BILLIONS), (2.035, 2.03, RATIO), (6.5361, 6.6, PERCENT)]),
        (
            "Was a number rounded too early",
            [(35.456671, 35.0, BILLIONS), (2.034, 2.0, RATIO), (1234.6, 1230, {"decimals": 1})],
        ),
        ("the sign is not", [(35.456671, -35.456671, BILLIONS), (-12.0, 12, {}), (2.034, -2.034, RATIO)]),
        (
            "A change and a ratio are mixed up",
            [(103.4, 2.034, PERCENT), (6.5361, 106.5361, PERCENT), (1.62, 0.62, RATIO)],
        ),
        (
            "1,000 times too",
            [(35.456671, 35456.671, BILLIONS), (35.456671, 0.035456671, BILLIONS), (4479049, 4479.049, {})],
        ),
        ("a share for a percentage", [(6.5361, 0.065361, PERCENT), (41.2, 0.412, PERCENT), (0.37, 37, RATIO)]),
    ],
)
def test_each_slip_is_named_in_three_wrong_answers(ask, hint, cases):
    assert len(cases) >= 3
    for right, answer, asked in cases:
        said = ask(right, answer, **asked)
        assert said.startswith("Not yet. ") and hint in said, (right, answer, said)


@pytest.mark.parametrize("seed", range(40))
def test_a_plain_wrong_number_is_not_called_a_slip(ask, seed):
    chance = random.Random(seed)
    right, answer = chance.uniform(20, 60), chance.uniform(120, 900)
    said = ask(right, answer, **BILLIONS)
    assert said.startswith("Not yet. This is not the number.")


@pytest.mark.parametrize(
    ("hint", "change"),
    [
        ("Divided by the wrong number", lambda column: column / (1 - column / 100)),
        ("The ratio is upside down", lambda column: 100 / column * 100),
        ("The comparison is turned round", lambda column: -column / (1 + column / 100)),
        ("were percentages squared", lambda column: column * 10_000),
        ("the share of all the others", lambda column: 100 - column),
        ("The sizes are right, the signs are not", lambda column: -column),
        ("The digits are right, but 100 times too small", lambda column: column / 100),
        ("A change and a ratio are mixed up", lambda column: column + 100),
        ("The values differ. Expected", lambda column: column * 1.07 + 0.2),
    ],
)
def test_slips_are_named_in_whole_columns(ask, hint, change):
    for right in (SHARES, SHARES * 9, SHARES.iloc[:2] + 20):
        said = ask(right, change(right), **PERCENT)
        assert hint in said and " in values" not in said, said


# --- a try that failed, errors in plain words


class Session:
    """A notebook's session without IPython, as the page's own runner keeps one."""

    def __init__(self, capsys):
        self.names = {"check": frenemies.check, "pd": pd}
        self.capsys = capsys

    def run(self, source: str, cell: object = None) -> str:
        """Run a cell; return what it printed and the line on its error. cell: what stands for it, where there is such a thing."""
        tries.started(source, self.names, cell)
        error = None
        try:
            exec(source, self.names)
        except BaseException as stopped:
            error = stopped
        line = tries.finished(source, self.names, error)
        return unwrapped(self.capsys.readouterr().out + (line or ""))


@pytest.fixture
def session(capsys):
    yield Session(capsys)
    tries.started("", {})


@pytest.mark.parametrize("failing", ["order = list(nothing)", 'order = ["C"', "order = 1 / 0", "order = raise_it("])
def test_answer_left_over_from_an_earlier_try_is_not_judged(session, failing):
    session.run(IN_ORDER)
    assert session.run('check("trade-1", order)') == "trade-1: Correct.\n"
    session.run(failing)
    said = session.run('check("trade-1", order)')
    assert "Not judged. `order` still holds what an earlier try gave it" in said and "Correct" not in said
    session.run(IN_ORDER)
    assert session.run('check("trade-1", order)') == "trade-1: Correct.\n"


IN_ORDER = 'order = ["C", "E", "B", "D", "A"]'


@pytest.mark.parametrize("cell", [7, None], ids=["known by an id", "known by its text"])
@pytest.mark.parametrize(
    "changed",
    [
        'odrer = ["C", "E", "B", "D", "A"]',
        f"# {IN_ORDER}",
        f"if 1 > 2:\n    {IN_ORDER}",
        f"for _ in []:\n    {IN_ORDER}",
    ],
    ids=["another name", "a comment", "a condition", "a loop"],
)
def test_value_that_a_changed_cell_no_longer_sets_is_not_judged(session, changed, cell):
    check = ('check("trade-1", order)', None if cell is None else 8)
    session.run(IN_ORDER, cell)
    assert session.run(*check) == "trade-1: Correct.\n"
    session.run(changed, cell)
    said = session.run(*check)
    assert "the cell that sets it ran again and did not set it" in said and "Correct" not in said
    assert "Not judged" in session.run(*check), "asked twice"
    session.run(IN_ORDER, cell)
    assert session.run(*check) == "trade-1: Correct.\n"


def test_changed_cell_that_fails_before_it_sets_another_name_leaves_an_old_value_too(session):
    session.run(IN_ORDER, 7)
    session.run("odrer = 1 / 0", 7)
    assert "the cell that sets it stopped with ZeroDivisionError" in session.run('check("trade-1", order)', 8)


@pytest.mark.parametrize("cell", [7, None])
@pytest.mark.parametrize(
    "after",
    [
        "wide = 3\nfor row in range(wide):\n    total = row",  # another cell altogether
        "def first():\n    return order[0]\nif first() == 'C':\n    order = order[:]",  # a condition that reads it
        f"if 2 > 1:\n    {IN_ORDER}",
        f"with memoryview(b'') as _:\n    {IN_ORDER}",
        'globals()["order"] = ["C", "E", "B", "D", "A"]',
    ],
)
def test_value_that_a_cell_did_set_is_judged(session, after, cell):
    session.run(IN_ORDER, cell)
    session.run(after, None if cell is None else 9)
    assert session.run('check("trade-1", order)', None if cell is None else 8) == "trade-1: Correct.\n"


def test_answer_moved_to_another_cell_is_judged(session):
    session.run(IN_ORDER, 7)
    session.run(IN_ORDER, 9)
    session.run("rest = 1", 7)
    assert session.run('check("trade-1", order)', 8) == "trade-1: Correct.\n"


@pytest.mark.parametrize("ids", [True, False], ids=["Jupyter", "a kernel without ids"])
def test_ipython_tells_which_cell_ran(ids):
    cells = [("setup", "from frenemies import check"), ("a", IN_ORDER), ("c", 'check("trade-1", order)')]
    cells += [("a", IN_ORDER.replace("order", "sorted_lines")), ("c", 'check("trade-1", order)')]
    program = (
        "from IPython.core.interactiveshell import InteractiveShell\nshell = InteractiveShell.instance()\n"
        f"for cell, source in {cells!r}:\n    shell.run_cell(source, cell_id=cell if {ids} else None)"
    )
    said = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(frenemies.__file__).parents[1],
    )
    first, second = said.stdout.split("trade-1: ")[1:]
    assert first == "Correct.\n"
    assert "`order` still holds what an earlier try gave it: the cell that sets it ran again" in unwrapped(second)


def test_function_that_reads_a_name_still_finds_it_in_a_cell_that_may_set_it(session):
    session.run(IN_ORDER + "\ndef first():\n    return [x for x in order if x][0]", 7)
    assert session.run("if first() == 'X':\n    order = 1", 9) == ""
    assert session.run('check("trade-1", order)', 8) == "trade-1: Correct.\n"


def test_name_that_a_failed_cell_was_to_set_points_to_that_cell(session):
    session.run("missing = 1 / 0")
    said = session.run('check("people-3", missing)')
    assert "there is no `missing` yet, for the cell that sets it stopped with ZeroDivisionError" in said


def test_only_what_the_failed_cell_did_not_reach_is_left_over(session):
    session.run('order = ["C", "E", "B", "D", "A"]')
    session.run('order = ["C", "E", "B", "D", "A"][:]\nx = 1 / 0')
    assert session.run('check("trade-1", order)') == "trade-1: Correct.\n"
    session.run("order = 0 / 0")
    assert "Not judged" in session.run('check("trade-1", order)')
    # Given in the same cell, it is fresh.
    assert "Correct." in session.run('order = ["C", "E", "B", "D", "A"]\ncheck("trade-1", order)')


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("reading = C", 'needs quotation marks: "C"'),
        ("tabel", "Did you mean `table`?"),
        ("deficit_2024 + 1", "Run the cell that makes it first"),
        ("table.query('partner == TUR')", "inside a query, a text needs quotation marks of its own: 'TUR'"),
        ("table['value_usdm']", "Did you mean 'value_musd'?"),
        ("table.set_index('partner').loc['RUSS']", "Did you mean 'RUS'?"),
        ("table['______']", "a blank is still open"),
        ("table[2024]", "no column or label '2024'"),
        ("x = (1 + 2", "a bracket or a quotation mark was opened and not closed"),
        ("x = 'a", "a quotation mark was opened and not closed"),
        ("x = \u201cC\u201d", "only straight quotation marks"),
        ("x = 1 2", "look for a missing comma"),
        ("  x = 1", "the spaces at the beginning"),
        ("x = 1)", "a bracket is closed that was not opened"),
        ("if x = 2: pass", "two, ==, compare"),
        ("... / 2", "three dots still stand"),
        (
            "table[table['value_musd'] > 1 and table['value_musd'] < 2]",
            "use &, | and ~, with each condition in brackets",
        ),
        ("1 - table['partner']", "a text and a number cannot be reckoned with"),
        ("0.2 - 'yes'", "is a bracket missing round a comparison?"),
        ("3 < 'yes'", "a text and a number cannot be reckoned with"),
        ("table.dropna(subset=value_musd)", 'needs quotation marks: "value_musd"'),
        ("table[partner]", 'needs quotation marks: "partner"'),
        ("table.set_index('partner')['value_musd'][RUS]", 'needs quotation marks: "RUS"'),
        ("yearly['2016']", "2016 is a number among the labels: write it without quotation marks"),
        ("yearly.loc['2017']", "write it without quotation marks"),
        ("yearly.to_frame().T['2016']", "write it without quotation marks"),
        ("table['value_musd'].item()", "no row, or more than one"),
        ("table.valu", "Did you mean value"),
    ],
)
def test_common_errors_end_in_a_plain_line(session, source, said):
    session.run("table = pd.DataFrame({'partner': ['RUS', 'WLD'], 'value_musd': [1.0, 2.0]})")
    session.run("yearly = pd.Series([1.0, 2.0], index=[2016, 2017])")
    line = session.run(source)
    assert line.startswith("In plain words: ") and said in line, line


def test_name_cut_short_is_completed_before_another_word_is_proposed(session):
    session.run("deals = pd.DataFrame({'country': ['Tunisia'], 'units_delivered': [3]})")
    assert "Did you mean 'units_delivered'?" in session.run("deals['units']")


@pytest.mark.parametrize(
    "source",
    [
        "x = 1",
        "1 / 0",
        "raise KeyboardInterrupt",
        "raise KeyError",
        "class E(NameError):\n    __str__ = lambda self: 1 / 0\nraise E",
    ],
)
def test_other_errors_are_left_to_python(session, source):
    assert "In plain words: there is no name" not in session.run(source)


def test_lines_fit_the_cell_and_break_between_words():
    long = (
        "trade-2: Not yet. "
        + "A sentence with words of all lengths, 1,000,000 of them. " * 5
        + "Expected: a number in billion US dollars, one decimal."
    )
    lines = wrapped(long).splitlines()
    assert max(map(len, lines)) <= 78 and " ".join(line.strip() for line in lines) == long
    assert "    Expected: a number in billion US dollars, one decimal." in lines


def test_jupyter_tells_of_failed_cells_and_nbgraders_validate_finds_what_is_open(tmp_path):
    """Both in one run: a kernel that validates, with a right answer, a wrong one, one left over, and open ones."""
    released = nbformat.read(editions.release_path("01-trade"), as_version=4)
    for place, cell in reversed(list(enumerate(released.cells))):
        name = cell.metadata.get("nbgrader", {}).get("grade_id")
        if name == "trade-1":
            cell.source = 'order = ["C", "E", "B", "D", "A"]'
        elif name == "trade-2":
            cell.source = "deficit_2024 = 35,5"
        elif name == "trade-5":
            cell.source = "reading = C"
            released.cells.insert(place, nbformat.v4.new_code_cell('reading = "C"'))
    path = tmp_path / "01-trade.ipynb"
    nbformat.write(released, path)
    found = Validator().validate(str(path))
    failed = {
        re.search(r'check\("([\w-]+)"', cell["source"])[1]: re.sub(r"\s+", " ", cell["error"])
        for cell in found["failed"]
    }
    assert list(failed) == ["trade-2", "trade-3", "trade-4", "trade-5"]
    assert "write a decimal point, 35.5" in failed["trade-2"] and "Not answered yet" in failed["trade-3"]
    assert "Not judged. `reading` still holds" in failed["trade-5"]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (BILLIONS, "a number in billion US dollars, one decimal."),
        ({"decimals": 2}, "a number, two decimals."),
        ({"unit": "visitors"}, "a whole number in visitors."),
        ({"unit": "visitors", "decimals": -3}, "a number in visitors, to the nearest 1,000."),
    ],
)
@pytest.mark.parametrize("blank", [..., None, "", " ... ", [], (), [...], [..., None, ""], {}])
def test_blank_says_what_is_expected(ask, blank, asked, expected):
    assert ask(1234567.0, blank, **asked) == f"Not answered yet. Expected: {expected}"


def test_large_count_is_compared_to_the_thousand(ask):
    assert ask(4_479_049, 4_479_400, unit="visitors", decimals=-3) == "Correct."
    assert "1,000 times too small" in ask(4_479_049, 4_479.049, unit="visitors", decimals=-3)


ORDER = ["C", "E", "B", "D", "A"]


@pytest.mark.parametrize(
    "answer", [ORDER, tuple(ORDER), ["c", " e", "b.", "d)", "a"], np.array(ORDER), pd.Series(ORDER)]
)
def test_order_is_right_in_any_list(ask, answer):
    assert ask(ORDER, answer) == "Correct."


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (["C", "E", "D", "B", "A"], "The first two lines are right"),
        (["C", "B", "E", "D", "A"], "The first one line is right"),
        (["E", "C", "B", "D", "A"], "Another line comes first"),
        (ORDER[::-1], "bottom to top"),
        (["C", "E", "B"], "The list has 3 lines"),
        (["C", "E", "B", "D", "D"], "stands twice"),
        (["C", "E", "B", "D", "F"], "a letter that no line has"),
        ([3, 5, 2, 4, 1], "a letter that no line has"),
        (["C", "E", ..., "D", "A"], "a place in the list is still open"),
        ("CEBDA", "This is a text"),
        ({"C", "E", "B", "D", "A"}, "Curly brackets"),
        (7, "This is a number"),
        (list(range(200_000)), "The list has 200,000 lines"),
    ],
)
def test_wrong_order_says_how_far_it_is_right(ask, answer, hint):
    said = ask(ORDER, answer)
    assert said.startswith(("Not yet. ", "Not answered yet")) and hint in said


@pytest.mark.parametrize("answer", ["A", "a", " A. ", ["A"]])
def test_right_choice_says_why(ask, answer):
    assert ask("A", answer) == "Correct. Look again."


@pytest.mark.parametrize(
    ("answer", "hint"),
    [("B", "Not yet. Look again."), ("E", "no such option"), (1, "This is a number"), ("A or B", "no such option")],
)
def test_wrong_choice_gets_its_feedback(ask, answer, hint):
    said = ask("A", answer)
    assert hint in said and "Correct" not in said


def test_word_is_compared_without_case(ask):
    assert ask("DEU", " deu ") == "Correct."
    assert "This is not it" in ask("DEU", "FRA", unit="an ISO3 code")
    assert "Expected: an ISO3 code, in quotes" in ask("DEU", 7, unit="an ISO3 code")


YEARS = pd.Index([2021, 2022, 2023], name="year")
SHARES = pd.Series([2.564, 3.676, 4.267], index=YEARS, name="RUS")
TABLE = pd.DataFrame({"year": [2021, 2022, 2023], "share": [2.564, 3.676, None], "who": ["a", "b", "c"]})


@pytest.mark.parametrize(
    ("right", "answer"),
    [
        (SHARES, SHARES.round(1)),
        (SHARES, SHARES.rename("other")),
        (SHARES, SHARES.astype("Float64")),
        (TABLE, TABLE[["who", "share", "year"]]),
        (TABLE, TABLE.set_index(pd.Index([7, 8, 9]))),
        (TABLE, TABLE.astype({"year": "Int64", "who": "category"})),
    ],
)
def test_table_is_right_whatever_its_types_and_names(ask, right, answer):
    assert ask(right, answer, **PERCENT) == "Correct."


@pytest.mark.parametrize(
    ("right", "answer", "hint"),
    [
        (SHARES, SHARES / 100, "The digits are right, but 100 times too small"),
        (SHARES, SHARES[::-1], "their order is not"),
        (SHARES, SHARES[1:], "There are 2 rows"),
        (SHARES, SHARES.reset_index(drop=True), "not labelled by year"),
        (SHARES, SHARES + 0.7, "Not yet. The values differ. Expected"),
        (SHARES, SHARES.set_axis(YEARS + 1), "The row labels differ."),
        (SHARES, SHARES.to_frame(), "choose one column"),
        (SHARES, [2.6, 3.7, 4.3], "This is a list"),
        (SHARES, 2.6, "This is a number"),
        (SHARES, np.float64(2.6), "This is a number"),
        (SHARES, np.int64(3), "This is a number"),
        (TABLE, TABLE["share"], "keep the table"),
        (TABLE, TABLE.drop(columns="who"), "A column is missing, who"),
        (TABLE, TABLE.set_index("year"), "use .reset_index()"),
        (TABLE, TABLE.assign(extra=1), "more columns"),
        (TABLE, TABLE.fillna(0), "The values differ in share"),
        (TABLE, TABLE.sort_values("year", ascending=False), "their order is not"),
        (TABLE, pd.concat([TABLE["year"], TABLE["year"], TABLE["who"]], axis=1), "A column is missing"),
    ],
)
def test_wrong_table_says_which_part_differs(ask, right, answer, hint):
    said = ask(right, answer, **PERCENT)
    assert said.startswith("Not yet. ") and hint in said and "Expected: a" in said


GOOD_PARTS = ["No, it does not hold. " * 4, "In 2019 it was 26.2 billion. " * 4, "One year is not a period. " * 6]


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (GOOD_PARTS, "Ready to hand in (80 words, about 80 are asked)"),
        ([GOOD_PARTS[0], "...", GOOD_PARTS[2]], "Not ready yet: still to write: evidence"),
        ([GOOD_PARTS[0], "It fell.", GOOD_PARTS[2]], "Not ready yet: the evidence has no number"),
        ([part[:30] for part in GOOD_PARTS], "it is too short"),
        ([part * 9 for part in GOOD_PARTS], "it is too long"),
        (
            ["...", " ", "\n...\n"],
            "Not answered yet. Expected: a claim, evidence with a number, and reasoning, about 80 words",
        ),
        ("one text", "This is a text"),
        ([1, 2, 3], "This is a list"),
    ],
)
def test_argument_is_looked_at_but_never_called_correct(ask, answer, said):
    text = ask(GOOD_PARTS, answer, words=80)
    assert said in text and "Correct" not in text


class Hostile:
    """An object that fails whenever it is looked at."""

    def __getattribute__(self, name):
        raise RuntimeError("no")

    __eq__ = __len__ = __iter__ = __str__ = __repr__ = __float__ = __bool__ = __hash__ = lambda *_: 1 / 0


class Liar(float):
    """A float that claims to equal everything."""

    __eq__ = lambda *_: True  # noqa: E731
    __hash__ = float.__hash__


def looped() -> list:
    """A list that holds itself."""
    items: list = []
    items.append(items)
    return items


# Made inside the test: pytest, too, would stumble over some of them.
STRANGE = {
    "hostile": Hostile,
    "five hostile": lambda: [Hostile()] * 5,
    "three hostile": lambda: [Hostile()] * 3,
    "liar": lambda: Liar(1),
    "list in itself": looped,
    "dictionary": lambda: {1: looped()},
    "bytes": lambda: b"A",
    "complex": lambda: 1j,
    "long text": lambda: "A" * 1_000_000,
    "long list": lambda: ["A"] * 1_000_000,
    "endless range": lambda: range(10**9),
    "list of lists": lambda: [[1]] * 5,
    "iterator": lambda: iter([]),
    "function": lambda: print,
    "type": lambda: int,
    "no time": lambda: pd.NaT,
    "empty table": pd.DataFrame,
    "empty series": lambda: pd.Series(dtype=float),
    "matrix": lambda: np.zeros((2, 2)),
    "table of odd columns": lambda: pd.DataFrame([[1, 2]], columns=pd.MultiIndex.from_tuples([("a", 1), ("a", 1)])),
    "nan": lambda: float("nan"),
}
RIGHT = {
    "number": 35.4,
    "order": ORDER,
    "choice": "A",
    "word": "DEU",
    "series": SHARES,
    "table": TABLE,
    "argument": GOOD_PARTS,
}


@pytest.mark.parametrize("right", RIGHT)
@pytest.mark.parametrize("answer", STRANGE)
def test_nothing_handed_in_raises_or_is_right_by_accident(ask, right, answer):
    said = ask(RIGHT[right], STRANGE[answer](), words=80 if right == "argument" else 0)
    assert said and not said.startswith(("Correct", "Ready"))


@pytest.mark.parametrize("task", ["t-2", "", None, 3, "hostile"])
def test_unknown_task_says_so(ask, capsys, task):
    ask(1.0, 1.0)
    frenemies.check(Hostile() if task == "hostile" else task, 1)
    said = capsys.readouterr().out
    assert ("could not be read" if task == "hostile" else "There is no task of this name") in said
    assert task != "t-2" or "Did you mean 't-1'?" in said


@pytest.mark.parametrize(
    "content", [None, "", "{", "[]", "\udcff"], ids=["missing", "empty", "cut", "a list", "not text"]
)
def test_damaged_answer_file_is_refused(tmp_path, content):
    path = tmp_path / "answers.json"
    if content is not None:
        path.write_text(content, encoding="utf-8", errors="surrogateescape")
    with pytest.raises((OSError, ValueError)):
        feedback.read_answers(path)


def test_without_its_answers_the_package_says_so(tmp_path):
    copied(tmp_path, "frenemies")
    (tmp_path / "frenemies" / "exercises" / "answers.json").unlink()
    said = python(tmp_path, "-c", "import frenemies; frenemies.check('trade-1', 1)")
    assert "answers.json is missing or damaged" in unwrapped(said.stdout), said.stderr


def test_check_works_in_a_python_without_openssl():
    # Such is a browser's: no _hashlib, so hashlib offers no scrypt.
    said = python(
        editions.COURSE.parent,
        "-c",
        "import sys; sys.modules['_hashlib'] = None\n"
        "import hashlib; assert not hasattr(hashlib, 'scrypt')\n"
        "import frenemies\n"
        "from frenemies.exercises import feedback\n"
        "from frenemies.exercises.answer_kinds import Task\n"
        "from frenemies_build.course import sealed_answers\n"
        f"asked = {BILLIONS!r}\n"
        "feedback.answers()['t-1'] = sealed_answers.seal(Task('t-1', **asked), 35.456671, {})\n"
        "frenemies.check('t-1', 35.5, **asked)\n",
    )
    assert said.stdout == "t-1: Correct.\n", said.stderr


def test_same_answer_is_sealed_differently_for_each_task():
    assert Task("a-1").seal("35.5") != Task("a-2").seal("35.5")


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (pd.Series([0.25]), "between two roundings"),
        (["A", "B", "A"], "stands twice"),
        (float("nan"), "no kind of answer"),
        (object(), "no kind of answer"),
        ("B", "the bank says A"),
    ],
)
def test_answer_that_cannot_be_sealed_is_refused(answer, message):
    with pytest.raises(ValueError, match=message):
        sealed_answers.seal(Task("t-1", decimals=1), answer, {"t-1": GOOD_QUESTION})


def test_choice_without_a_question_is_refused():
    with pytest.raises(ValueError, match="needs its question in the bank"):
        sealed_answers.seal(Task("t-1"), "A", {})
