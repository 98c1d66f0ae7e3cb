"""A pytest plugin: kernels talk over sockets, in every test and notebook that pytest runs here."""

from __future__ import annotations

import os
import tempfile
import uuid

from jupyter_client.connect import ConnectionFileMixin
from jupyter_client.manager import AsyncKernelManager, KernelManager

# Two nbval kernels that start together over TCP can race for a port; sockets of their own cannot.
SOCKETS = tempfile.TemporaryDirectory(prefix="kernels-")
if os.name != "nt":  # Windows has none here
    ConnectionFileMixin.transport.default_value = "ipc"
    for manager in (KernelManager, AsyncKernelManager):
        # Each class has its own table of default makers; replacing the method alone changes nothing.
        manager._all_trait_default_generators["ip"] = lambda _: f"{SOCKETS.name}/{uuid.uuid4().hex[:8]}"
