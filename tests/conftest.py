"""What all tests share: kernels over sockets, and the book as it was built."""

from __future__ import annotations

import os
import tempfile
import uuid
from pathlib import Path

import pytest
from jupyter_client.connect import ConnectionFileMixin
from jupyter_client.manager import AsyncKernelManager, KernelManager

ROOT = Path(__file__).resolve().parents[1]
BUILT = ROOT / "_build" / "html"

# Two nbval kernels that start together over TCP can race for a port; sockets of their own cannot.
SOCKETS = tempfile.TemporaryDirectory(prefix="kernels-")
if os.name != "nt":  # Windows has none here
    ConnectionFileMixin.transport.default_value = "ipc"
    for manager in (KernelManager, AsyncKernelManager):
        # Each class has its own table of default makers; replacing the method alone changes nothing.
        manager._all_trait_default_generators["ip"] = lambda _: f"{SOCKETS.name}/{uuid.uuid4().hex[:8]}"


@pytest.fixture(scope="session")
def built() -> Path:
    """The folder of the built book; `python3 tasks.py test` builds it before the tests."""
    if not (BUILT / "index.html").exists():
        pytest.fail("the book is not built: python3 tasks.py book", pytrace=False)
    return BUILT
