"""Zip files that the book offers to take along."""

from __future__ import annotations

import io
import zipfile


def archive(files: dict[str, bytes], folder: str) -> bytes:
    """A zip file of named contents in one folder; the same bytes for the same contents, whenever and wherever it is made."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as pack:
        for name in sorted(files):
            entry = zipfile.ZipInfo(f"{folder}/{name}", date_time=(1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            entry.create_system = 3
            pack.writestr(entry, files[name], compresslevel=9)
    return buffer.getvalue()
