#!/usr/bin/env python3
"""Everything the project does, from one place: `python3 tasks.py` lists the commands.

Needs Python 3.11 or newer and nothing else. The first command makes `.venv`, installs
the pinned packages of requirements.txt into it (each checked by hash) and says so;
later ones reuse it as long as the pins have not changed. `python3 tasks.py --show COMMAND`
prints what a command would run and runs nothing.
"""

from __future__ import annotations

import argparse
import functools
import hashlib
import http.server
import os
import re
import shlex
import shutil
import subprocess
import sys
import threading
import time
import webbrowser
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
STAMP = VENV / "installed.sha256"
PACKAGES = (".", "frenemies_build")  # readers' and builders', each with its pyproject.toml
BUILT = ROOT / "_build" / "html"
DEBIAN = {"bwrap": "bubblewrap", "java": "default-jre-headless"}  # the package of a program, where its name differs
COMPRESSED = {".pack", ".whl", ".zip", ".png", ".woff2"}  # files that another round would not make smaller
# NumPy computes with what the processor offers; a result that depends on it is no result to store.
OLDER_PROCESSOR = {"NPY_DISABLE_CPU_FEATURES": "X86_V4 X86_V3"}


only_show = False  # whether commands are printed instead of run


def say(text: str) -> None:
    """Print one line of progress at once, also where output is collected."""
    print(f"==> {text}", flush=True)


def stop(text: str) -> None:
    """End with an error that says what to do."""
    sys.exit(f"error: {text}")


def run(*command: str | Path, **options) -> None:
    """Run a command in the project's folder; end with its exit code if it fails. Under --show, print it."""
    if only_show:
        known = os.environ.items()
        given = [f"{name}={shlex.quote(value)}" for name, value in dict(options.get("env", {})).items() - known]
        print(*given, shlex.join(str(part) for part in command), flush=True)
        return
    with subprocess.Popen([str(part) for part in command], cwd=ROOT, **options) as process:
        while process.returncode is None:
            try:
                process.wait()
            except KeyboardInterrupt:
                # Ctrl-C reaches the command as well: it ends in its own way (JupyterLab asks first).
                continue
    if process.returncode:
        say(f"failed with exit code {process.returncode}: {' '.join(str(part) for part in command)}")
        sys.exit(process.returncode)


def install() -> None:
    """Make the environment, or leave it as it is when the pins have not changed."""
    oldest = re.search(r'requires-python = ">=([\d.]+)"', (ROOT / "pyproject.toml").read_text(encoding="utf-8"))[1]
    if sys.version_info < tuple(map(int, oldest.split("."))):
        stop(f"Python {oldest} or newer is needed, this is {sys.version.split()[0]}")
    state, sound = wanted(), usable()
    if sound and STAMP.exists() and STAMP.read_text() == state:
        return
    if not sound:
        say(f"making a Python environment in {VENV.name}/")
        make = [sys.executable, "-m", "venv", str(VENV)]
        if only_show:
            run(*make)
        else:
            shutil.rmtree(VENV, ignore_errors=True)
            if subprocess.run(make).returncode:
                stop("Python's venv module did not work; on Debian or Ubuntu: apt-get install python3-venv")
    if not only_show:
        STAMP.unlink(missing_ok=True)
    say("installing the pinned packages (1 to 3 minutes the first time)")
    pip = [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    # The list is whole: pip need not look for what a package asks for, nor take a newer one for it.
    run(*pip, "--no-deps", "--require-hashes", "-r", "requirements.txt")
    run(*pip, "--no-deps", "--no-build-isolation", *(word for part in PACKAGES for word in ("-e", ROOT / part)))
    if not only_show:
        STAMP.write_text(state)


def wanted() -> str:
    """The mark of an environment with these pins, made by this Python at this place."""
    pins = [ROOT / "requirements.txt", *(ROOT / part / "pyproject.toml" for part in PACKAGES)]
    return hashlib.sha256(b"".join(p.read_bytes() for p in pins) + f"{sys.version}{VENV}".encode()).hexdigest()


def usable() -> bool:
    """Whether the environment starts, is of this Python, and stands where it was made (its scripts hold its path)."""
    settings = VENV / "pyvenv.cfg"
    if not PYTHON.exists() or not settings.exists():
        return False
    lines = settings.read_text(encoding="utf-8").splitlines()
    if not any(line.startswith("command = ") and line.endswith(f" {VENV}") for line in lines):
        return False
    version = subprocess.run([str(PYTHON), "-c", "import sys; print(sys.version)"], capture_output=True, text=True)
    return version.returncode == 0 and version.stdout.strip() == sys.version.strip()


def chromium() -> str | None:
    """The path of Chromium, installed from Debian's package where that is possible, or None."""
    return os.environ.get("CHROMIUM") or program("chromium", "chromium-browser", "google-chrome")


def program(*names: str) -> str | None:
    """The path of a program by the first of its names that is there; on Debian, as root, installed under that name."""
    found = next(filter(None, map(shutil.which, names)), None)
    if not found and shutil.which("apt-get") and hasattr(os, "geteuid") and os.geteuid() == 0:
        package = DEBIAN.get(names[0], names[0])
        if only_show:
            run("apt-get", "install", "-y", "-qq", package)
            return names[0]
        say(f"installing {package} (Debian's package)")
        quiet = {"stdout": subprocess.DEVNULL, "env": os.environ | {"DEBIAN_FRONTEND": "noninteractive"}}
        subprocess.run(["apt-get", "update", "-qq"], **quiet)
        subprocess.run(["apt-get", "install", "-y", "-qq", package], **quiet)
    return found or shutil.which(names[0])


def book(args: argparse.Namespace) -> None:
    """Build the book into _build/html, warnings as errors."""
    install()
    build(*(["--all"] if args.all else []))


def build(*options: str) -> None:
    """Let Jupyter Book build what has changed; a failed build leaves nothing that looks whole."""
    jupyter_book = [BIN / "jupyter-book", "build", ".", "-W", "-n", "--keep-going", *options]
    if only_show:
        run(*jupyter_book)
        return
    whole = BUILT / "index.html"
    whole.unlink(missing_ok=True)
    begun = time.monotonic()
    say("building the book")
    try:
        run(*jupyter_book)
    except SystemExit:
        # It writes the front page all the same; and it warns of a page only when it reads it, so that
        # with the pages it remembers the next build would pass.
        whole.unlink(missing_ok=True)
        shutil.rmtree(BUILT.parent / ".doctrees", ignore_errors=True)
        raise
    # Jupyter Book's own front page leads to the first chapter, but is no whole HTML document.
    whole.parent.mkdir(parents=True, exist_ok=True)
    whole.write_text(
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>Frenemies? Turkey and Russia in data</title>'
        '<meta http-equiv="refresh" content="0; url=chapters/index.html"></head>'
        '<body><p><a href="chapters/index.html">To the book</a></p></body></html>\n',
        "utf-8",
    )
    say(f"built in {time.monotonic() - begun:.0f} s; open {whole.as_uri()}")


def test(args: argparse.Namespace) -> None:
    """Build the book and run all tests; with arguments for pytest, run those tests on the book as it is."""
    install()
    if not args.rest:
        say("checking the style of the code")
        run(PYTHON, "-m", "ruff", "check", "--quiet")
        run(PYTHON, "-m", "ruff", "format", "--check", "--quiet")
        build()
    browser = chromium()
    if not browser:
        say(
            "Chromium is missing, so the browser tests will fail: install it (Debian: apt-get install chromium) "
            "or set CHROMIUM to its path"
        )
    if not program("bwrap"):
        say("bubblewrap is missing, so the tests of marking will fail: install it (Debian: apt-get install bubblewrap)")
    if not program("java"):
        say(
            "Java is missing, so the tests of HTML and EPUB will fail: install it (Debian: apt-get install "
            "default-jre-headless)"
        )
    say("running the tests on two cores")
    # In the order of collection the slow browser tests come first, so that the two workers end together.
    pytest = [PYTHON, "-m", "pytest", "-n", "2", "--dist", "loadscope", "--no-loadscope-reorder"]
    run(*pytest, *args.rest, env=os.environ | ({"CHROMIUM": browser} if browser else {}))
    if not args.rest:
        say("running the notebooks once more, with an older processor's features")
        run(*pytest, "chapters", "exercises/source", env=os.environ | OLDER_PROCESSOR)


def lab(args: argparse.Namespace) -> None:
    """Open JupyterLab on the chapters."""
    install()
    say("starting JupyterLab on chapters/ (stop it with Ctrl-C)")
    # Settings that hide nbgrader's tools for authors and markers from readers.
    search = os.pathsep.join(filter(None, [str(ROOT / "exercises" / "lab"), os.environ.get("JUPYTER_CONFIG_PATH")]))
    run(
        BIN / "jupyter-lab",
        "--LabApp.default_url=/lab/tree/chapters/01-trade.ipynb",
        *args.rest,
        env=os.environ | {"JUPYTER_CONFIG_PATH": search},
    )


def serve(args: argparse.Namespace) -> None:
    """Serve the built book on this machine."""
    if not (BUILT / "index.html").exists():
        stop("the book is not built yet: python3 tasks.py book")
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(BUILT))
    try:
        server = http.server.ThreadingHTTPServer(("127.0.0.1", args.port), handler)
    except (OSError, OverflowError) as error:
        stop(f"port {args.port} cannot be used ({error}): choose another with --port")
    address = f"http://127.0.0.1:{server.server_port}/"
    say(f"the book is at {address} (stop with Ctrl-C)")
    if not args.quiet:
        threading.Timer(0.3, webbrowser.open, [address]).start()
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        say("stopped")


def pack(args: argparse.Namespace) -> None:
    """Pack the built book into one zip, to read from a stick or to put on a web server."""
    if not (BUILT / "index.html").exists():
        stop("the book is not built yet: python3 tasks.py book")
    target = BUILT.parent / "frenemies-site.zip"
    begin = "read.txt"
    lines = [
        "To read: open book/index.html.",
        "To run the pages' cells, too: in this folder, run",
        "    python3 -m http.server --directory book",
        "and open the address that it names, with localhost for 0.0.0.0.",
    ]
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr(begin, "\n".join(lines) + "\n")
        for path in sorted(BUILT.rglob("*")):
            if path.is_file():
                kind = zipfile.ZIP_STORED if path.suffix in COMPRESSED else zipfile.ZIP_DEFLATED
                made.write(path, f"book/{path.relative_to(BUILT).as_posix()}", kind)
    say(
        f"packed into {target.relative_to(ROOT)}, {target.stat().st_size / 1e6:.0f} MB; {begin} in it says how to begin"
    )


def execute(args: argparse.Namespace) -> None:
    """Run notebooks from a clean kernel and store their outputs (all chapters, or those named)."""
    install()
    run(PYTHON, "-m", "frenemies_build.notebooks", *args.rest)


def exercises(args: argparse.Namespace) -> None:
    """Make the students' editions and the answer hashes from the solved masters."""
    install()
    run(PYTHON, "-m", "frenemies_build.course.editions", *args.rest)


def grade(args: argparse.Namespace) -> None:
    """Mark what a class handed in, in a sandbox: tables of grades, a page on the class, pages of feedback."""
    install()
    program("bwrap")  # where it cannot be had, the command itself says what to do
    run(PYTHON, "-m", "frenemies_build.course.marking", *args.rest)


def quiz(args: argparse.Namespace) -> None:
    """Write the vote questions as a quiz for a learning platform (QTI), all or those of the chapters named."""
    install()
    run(PYTHON, "-m", "frenemies_build.course.platform", *args.rest)


def pdf(args: argparse.Namespace) -> None:
    """Make the book as PDF (--each: a file for each chapter; or name chapters; --paper Letter)."""
    made_from_pages("frenemies_build.formats.pdf", *args.rest)


def epub(args: argparse.Namespace) -> None:
    """Make the book as EPUB and let epubcheck read it."""
    program("java")  # where it cannot be had, the command itself says what to do
    made_from_pages("frenemies_build.formats.epub", *args.rest)


def slides(args: argparse.Namespace) -> None:
    """Make the figures of chapters as slides for the teacher, all or those of the chapters named."""
    made_from_pages("frenemies_build.formats.slides", *args.rest)


def made_from_pages(module: str, *options: str) -> None:
    """Build what has changed in the book, then make another format from its pages."""
    install()
    build()
    browser = chromium()
    run(PYTHON, "-m", module, *options, env=os.environ | ({"CHROMIUM": browser} if browser else {}))


def reading(args: argparse.Namespace) -> None:
    """Report length of sentences and ease of reading, a line for each chapter."""
    install()
    run(PYTHON, "-m", "frenemies_build.words", *args.rest)


def data(args: argparse.Namespace) -> None:
    """Check the data package and refresh what is derived in datapackage.json."""
    install()
    run(PYTHON, "-m", "frenemies_build.describe_tables", *args.rest)


def outlines(args: argparse.Namespace) -> None:
    """Cut the outlines of the map from Natural Earth's shapes anew (needs three packages; it says which)."""
    install()
    run(PYTHON, "-m", "frenemies_build.map_outlines", *args.rest)


def numbers(args: argparse.Namespace) -> None:
    """List each number in prose that no longer agrees (--write mends it, --propose drafts a list)."""
    install()
    run(PYTHON, "-m", "frenemies_build.numbers", *args.rest)


def claims(args: argparse.Namespace) -> None:
    """Try every claim of the articles and of the fifth voice anew and store the parts that the book reads."""
    install()
    run(PYTHON, "-m", "frenemies_build.claim_parts", *args.rest)


def bench(args: argparse.Namespace) -> None:
    """Measure the book against a plain Jupyter Book of the same notebooks."""
    install()
    browser = chromium() or stop("Chromium is needed: apt-get install chromium, or set CHROMIUM to its path")
    run(PYTHON, "tests/bench.py", env=os.environ | {"CHROMIUM": browser})


def main() -> None:
    """Read the command line and run one command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--show", action="store_true", help="print what the command would run, and run nothing")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    # What a command does not read itself goes on to the tool it runs.
    passes_on = (
        test,
        lab,
        execute,
        exercises,
        grade,
        quiz,
        pdf,
        epub,
        slides,
        reading,
        data,
        outlines,
        numbers,
        claims,
    )
    made = (pdf, epub, slides)
    for command in (
        book,
        test,
        lab,
        serve,
        pack,
        *made,
        execute,
        exercises,
        grade,
        quiz,
        data,
        outlines,
        numbers,
        claims,
        reading,
        bench,
    ):
        name = "run" if command is execute else command.__name__
        sub = commands.add_parser(name, help=command.__doc__.splitlines()[0])
        sub.set_defaults(command=command)
        if command is book:
            sub.add_argument("--all", action="store_true", help="build every page anew")
        elif command is serve:
            sub.add_argument("--port", type=int, default=8000)
            sub.add_argument("--quiet", action="store_true", help="do not open a browser")
    args, rest = parser.parse_known_args()
    if args.command in passes_on:
        args.rest = rest
    elif rest:
        parser.error(f"unknown arguments: {' '.join(rest)}")
    global only_show
    only_show = args.show
    if only_show and args.command in (serve, pack):
        say("this command runs no other")
    else:
        args.command(args)


if __name__ == "__main__":
    main()
