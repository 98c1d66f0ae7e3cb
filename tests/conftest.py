"""What all tests share: kernels over sockets, and the book as it was built."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from jupyter_client.connect import ConnectionFileMixin

ROOT = Path(__file__).resolve().parents[1]
BUILT = ROOT / "_build" / "html"

# Two nbval kernels that start together over TCP can race for a port; sockets, each in a folder
# of its own, cannot.
ConnectionFileMixin.transport.default_value = "ipc"
ConnectionFileMixin._ip_default = lambda manager: str(Path(tempfile.mkdtemp(prefix="kernel-")) / "socket")


@pytest.fixture(scope="session")
def built() -> Path:
    """The folder of the built book; `python3 tasks.py test` builds it before the tests."""
    if not (BUILT / "index.html").exists():
        pytest.fail("the book is not built: python3 tasks.py book", pytrace=False)
    return BUILT
