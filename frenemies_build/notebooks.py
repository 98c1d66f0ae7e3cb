"""Run notebooks from a clean kernel, in order, and store what they show.

`python3 tasks.py run` runs every chapter, `python3 tasks.py run chapters/01-trade.ipynb` one.
A notebook that fails is left as it was.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

ROOT = Path(__file__).resolve().parents[1]
CHAPTERS = ROOT / "chapters"
KERNELSPEC = {"display_name": "Python 3", "language": "python", "name": "python3"}
CELL_SECONDS = 120
VOLATILE = ("execution", "ExecuteTime", "collapsed")


class NotebookError(Exception):
    """A notebook that cannot be read or run; the message names it, the cell and the remedy."""


def read_notebook(path: Path) -> nbformat.NotebookNode:
    """Read a notebook of format 4; raise `NotebookError` for a missing or damaged file."""
    try:
        notebook = nbformat.read(path, as_version=4)
        nbformat.validate(notebook)
    except FileNotFoundError:
        raise NotebookError(f"{path}: no such notebook; the chapters are in {CHAPTERS.name}/") from None
    except Exception as error:  # nbformat raises many types for files that are no notebook
        reason = (str(error) or type(error).__name__).splitlines()[0][:150]
        raise NotebookError(
            f"{path}: not a valid notebook ({reason}); restore it with: git checkout -- {shown(path)}"
        ) from None
    return notebook


def run_notebook(path: Path, kernel_arguments: Sequence[str] = (), afterwards: str = "") -> nbformat.NotebookNode:
    """Run a notebook from a clean kernel in its own folder and return it with its outputs.

    kernel_arguments: more arguments for the kernel's command line. afterwards: code that the same kernel runs after
    the last cell; it is no part of what is returned.
    Raises `NotebookError` naming the cell where a cell fails, hangs or kills the kernel.
    """
    notebook = normalise(read_notebook(path))
    if afterwards:
        notebook.cells.append(nbformat.v4.new_code_cell(afterwards))
    client = NotebookClient(
        notebook,
        kernel_name=KERNELSPEC["name"],
        timeout=CELL_SECONDS,
        resources={"metadata": {"path": str(path.parent)}},
        coalesce_streams=True,  # else one print is stored as one piece or two, as the moment has it
        extra_arguments=list(kernel_arguments),
    )
    with tempfile.TemporaryDirectory() as sockets:
        manager = client.create_kernel_manager()
        if os.name != "nt":
            # Two kernels over TCP can race for a port; sockets in a folder of their own cannot (Windows has none here).
            manager.transport, manager.ip = "ipc", f"{sockets}/kernel"
        execute(client, path)
    if afterwards:
        notebook.cells.pop()
    return normalise(notebook)


def execute(client: NotebookClient, path: Path) -> None:
    """Run a client's notebook; turn what can go wrong into a `NotebookError`."""
    try:
        client.execute()
    except CellExecutionError as error:
        number, source = failed_cell(client.nb)
        raise NotebookError(
            f"{path}: code cell {number} failed with {error.ename}: {error.evalue}\n"
            f"{indent(source)}\nmend the cell and run: python3 tasks.py run {shown(path)}"
        ) from None
    except (CellTimeoutError, DeadKernelError) as error:
        raise NotebookError(
            f"{path}: {type(error).__name__}: a cell ran over {CELL_SECONDS} s or killed the kernel"
        ) from None
    except RuntimeError as error:
        raise NotebookError(f"{path}: the kernel did not start ({error}); install anew: remove .venv") from None


def normalise(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Drop metadata that differs from machine to machine or from run to run."""
    notebook.metadata = nbformat.from_dict(
        {key: value for key, value in notebook.metadata.items() if key in ("frenemies", "nbgrader")}
        | {"kernelspec": KERNELSPEC, "language_info": {"name": "python"}}
    )
    for cell in notebook.cells:
        for key in VOLATILE:
            cell.metadata.pop(key, None)
    return notebook


def failed_cell(notebook: nbformat.NotebookNode) -> tuple[int, str]:
    """The number (from 1) and source of the code cell that stores an error."""
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    for number, cell in enumerate(code, 1):
        if any(output.output_type == "error" for output in cell.get("outputs", [])):
            return number, cell.source
    return len(code), ""


def indent(source: str) -> str:
    """A cell's source, set off for an error message."""
    return "\n".join(f"    {line}" for line in source.splitlines()[:15])


def write_notebook(notebook: nbformat.NotebookNode, path: Path) -> bool:
    """Write a notebook if its text changed, in one step so that nothing is lost; tell whether it did."""
    text = nbformat.writes(notebook) + "\n"
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return False
    fresh = path.with_suffix(".ipynb.new")
    fresh.write_text(text, encoding="utf-8", newline="\n")
    fresh.replace(path)
    return True


def shown(path: Path) -> str:
    """A path as a reader of the project writes it."""
    resolved = path.resolve()
    return resolved.relative_to(ROOT).as_posix() if resolved.is_relative_to(ROOT) else str(path)


def main(arguments: list[str] | None = None) -> int:
    """Read the command line, run the named notebooks, or all chapters; return the number that failed."""
    parser = argparse.ArgumentParser(prog="tasks.py run", description=__doc__.splitlines()[0])
    parser.add_argument("notebooks", nargs="*", type=Path, help="notebooks to run (all chapters if none is named)")
    paths = parser.parse_args(arguments).notebooks or sorted(CHAPTERS.rglob("*.ipynb"))
    paths = [path for path in paths if ".ipynb_checkpoints" not in path.parts]

    def one(path: Path) -> bool:
        begun = time.monotonic()
        try:
            changed = write_notebook(run_notebook(path), path)
        except NotebookError as error:
            print(f"FAILED  {error}", flush=True)
            return False
        state = "changed" if changed else "same"
        print(f"{state:8}{shown(path)}  {time.monotonic() - begun:.1f} s", flush=True)
        return True

    with ThreadPoolExecutor(max_workers=2) as pool:
        done = list(pool.map(one, paths))
    print(f"{sum(done)} of {len(done)} notebooks ran")
    return len(done) - sum(done)


if __name__ == "__main__":
    sys.exit(1 if main() else 0)
