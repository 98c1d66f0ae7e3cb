"""A pytest plugin: after the cells of a notebook one more test asks nbval's kernel for the numbers in prose.

The values stored beside the lists, on which the book and all other tests of numbers rest, must be those of this run.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import Empty
from types import MethodType

import pytest
from nbval.plugin import IPyNbFile

from frenemies_build.numbers.checking import asked_of, disagreements, report
from frenemies_build.numbers.kernels import ASK, question
from frenemies_build.numbers.pages import NumbersError, bound_pages, page_of

SECONDS = 60


class NumbersDisagree(Exception):
    """Numbers whose stored value is not what the notebook computes."""


class NumbersItem(pytest.Item):
    """The test of the numbers that rest on one notebook."""

    def __init__(self, asked: list, **arguments):
        super().__init__(**arguments)
        self.asked = asked

    def runtest(self) -> None:
        """Ask the kernel that has just run the cells; one question for all numbers."""
        kernel = self.parent.kernel
        if kernel is None or not kernel.is_alive():
            raise NumbersDisagree("the kernel is gone, so that no number can be computed: see the cells before")
        expressions = [expression for _, _, expression in self.asked]
        message = kernel.kc.execute(ASK, store_history=False, user_expressions={"answers": question(expressions)})
        reply = self._reply(kernel, message)["user_expressions"]["answers"]
        if reply["status"] != "ok":
            raise NumbersDisagree(f"the kernel could not answer: {reply['ename']}: {reply['evalue']}")
        answers = json.loads(ast.literal_eval(reply["data"]["text/plain"]))
        if findings := disagreements(self.asked, answers):
            names = " ".join(dict.fromkeys(page.name for page, _, _ in self.asked))
            raise NumbersDisagree(
                f"numbers in prose disagree with the notebook:\n{report(findings)}\nto bring them up to date: python3 tasks.py numbers {names} --write"
            )

    def _reply(self, kernel, message: str) -> dict:
        while True:
            try:
                reply = kernel.get_message("shell", timeout=SECONDS)
            except Empty:
                raise NumbersDisagree(f"the kernel did not answer within {SECONDS} s") from None
            if reply["parent_header"].get("msg_id") == message:
                return reply["content"]

    def repr_failure(self, excinfo: pytest.ExceptionInfo) -> str:
        """The findings, without a traceback of this plugin."""
        if isinstance(excinfo.value, NumbersDisagree):
            return str(excinfo.value)
        return super().repr_failure(excinfo)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Where the test stands in a report."""
        return self.path, 0, f"{self.path.name}::numbers"


def _with_numbers(collector: IPyNbFile, cells: Callable[[], Iterator[pytest.Item]]) -> Iterator[pytest.Item]:
    yield from cells()
    root = collector.config.rootpath
    try:
        page = page_of(collector.path.relative_to(root).as_posix(), root)
    except (ValueError, NumbersError):
        return  # no page of this project: a copy in a test's folder, a student's edition
    if collector.path != page.source:
        return
    if asked := asked_of(page.name, bound_pages(root)):
        yield NumbersItem.from_parent(collector, name="numbers", asked=asked)


@pytest.hookimpl(wrapper=True)
def pytest_collect_file(file_path: Path, parent: pytest.Collector):
    """Let each notebook that nbval collects have the test of its numbers as its last."""
    collected = yield
    for collector in collected:
        if isinstance(collector, IPyNbFile):
            cells = collector.collect
            collector.collect = MethodType(lambda self, cells=cells: _with_numbers(self, cells), collector)
    return collected
