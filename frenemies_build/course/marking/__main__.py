"""Mark a class: every student gets a row, and nothing that was handed in can touch a mark.

    python3 tasks.py grade submitted --to graded
    python3 tasks.py grade --after-marking --to graded           once texts were marked by hand
    python3 tasks.py grade submitted --part 1/2 --to part-1      half of a large class
    python3 tasks.py grade --merge part-1 part-2 --to graded     all parts together

`submitted` is a folder or a platform's archive. `graded` gets `grades.csv`, a table for each exercise as
platforms import it, `class.html` for the teacher, `to-decide.txt` where something is doubtful, pages of
feedback, and `course/`, an nbgrader course: start `jupyter lab` in it and open Formgrader to mark the
last task by hand. Started again, the command goes on where it was.
"""

from __future__ import annotations

import argparse
import re
import sys
import time
from pathlib import Path

from frenemies_build.course.marking import sandbox, whole_class
from frenemies_build.course.marking.decisions import OPEN
from frenemies_build.course.marking.gradebook import Course
from frenemies_build.course.marking.reports import write_page, write_tables
from frenemies_build.course.marking.submission_records import MARKED
from frenemies_build.course.marking.whole_class import Row

UNSAFE = "--run-student-code-without-a-sandbox"


def part_of(text: str) -> tuple[int, int]:
    """Read "1/2". Raises `argparse.ArgumentTypeError` for anything else."""
    found = re.fullmatch(r"(\d{1,4})/(\d{1,4})", text)
    if not found or not 1 <= int(found[1]) <= int(found[2]):
        raise argparse.ArgumentTypeError(f"{text!r} is no part; the first of two is 1/2")
    return int(found[1]), int(found[2])


def finish(to: Path) -> list[Row]:
    """Judge what is on record and write gradebook, feedback, tables and page."""
    rows = whole_class.judge_all(to)
    whole_class.clear_submitted(to)
    Course(to.resolve() / "course").write_feedback(sorted({row.slug for row in rows if row.slug}), to / "feedback")
    write_tables(rows, to)
    write_page(rows, to)
    return rows


def say(text: str) -> None:
    """A line of progress, at once."""
    print(text, flush=True)


def main(arguments: list[str] | None = None) -> int:
    """Read the command line; return the exit code."""
    parser = argparse.ArgumentParser(prog="tasks.py grade", description=__doc__.splitlines()[0])
    parser.add_argument("submitted", type=Path, nargs="?", help="a folder of submissions, or a platform's zip")
    parser.add_argument("--to", type=Path, default=Path("graded"), help="where the results go (default: graded)")
    parser.add_argument(
        "--seconds",
        type=float,
        default=sandbox.CELL_SECONDS,
        help=f"limit for one cell (default: {sandbox.CELL_SECONDS})",
    )
    parser.add_argument("--part", type=part_of, default=(1, 1), help="mark only this part of the class, such as 1/2")
    parser.add_argument("--merge", type=Path, nargs="+", metavar="PART", help="bring the results of all parts together")
    parser.add_argument(
        "--after-marking", action="store_true", help="run nothing; write tables, page and feedback anew"
    )
    parser.add_argument(
        UNSAFE, action="store_true", dest="unsafe", help="run the students' programs with your own rights"
    )
    args = parser.parse_args(arguments)
    chosen = [bool(args.submitted), bool(args.merge), args.after_marking]
    if (args.merge and args.submitted) or not any(chosen):
        parser.error("name the folder of the submissions, or use --merge or --after-marking")
    begun = time.monotonic()
    try:
        if args.merge:
            whole_class.merge(args.merge, args.to)
        elif not args.after_marking:
            if args.unsafe:
                say("The students' programs run with your rights: they can read and change what you can.")
            whole_class.collect(args.submitted, args.to, args.seconds, args.part, not args.unsafe, say)
        rows = finish(args.to)
    except KeyboardInterrupt:
        print("stopped; what was run is kept, start the command again to go on", file=sys.stderr)
        return 130
    except sandbox.NoSandbox as error:
        print(
            f"error: nothing was run: {error}\nTo run student code all the same, with your rights: {UNSAFE}",
            file=sys.stderr,
        )
        return 1
    except (OSError, RuntimeError, ValueError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    report(rows, args.to, time.monotonic() - begun)
    return 0


def report(rows: list[Row], to: Path, seconds: float) -> None:
    """Say what came out."""
    marked, by_hand = sum(row.state == MARKED for row in rows), sum(row.to_mark > 0 for row in rows)
    say(
        f"{len(rows)} rows in {to / 'grades.csv'} ({marked} marked, {by_hand} with texts to mark by hand), {seconds:.0f} s; see {to / 'class.html'}"
    )
    if (to / OPEN).exists():
        say(f"something is for you to decide: {to / OPEN}")


if __name__ == "__main__":
    sys.exit(main())
