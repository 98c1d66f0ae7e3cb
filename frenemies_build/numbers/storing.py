"""The values behind a page's numbers, kept as JSON beside its list: the book shows them without a kernel."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field

from frenemies_build.numbers.pages import NumbersError, Page


@dataclass
class Stored:
    """What is known of one expression: its plain value, its unit, the tables and the cell it rests on.

    page: the page whose notebook computed it; "" where it was read from tables alone.
    """

    value: float | int | bool | str
    unit: float = 1.0
    tables: list[str] = field(default_factory=list)
    cell: str = ""
    page: str = ""


def read_store(page: Page) -> dict[str, Stored]:
    """The stored values of a page by binding; empty if there are none. Raises NumbersError for a damaged file."""
    path = page.store_path
    if not path.is_file():
        return {}
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return {binding: Stored(**entry) for binding, entry in content.items()}
    except (UnicodeDecodeError, ValueError, TypeError, AttributeError) as error:
        shown = path.relative_to(page.root).as_posix()
        raise NumbersError(
            f"{shown} is damaged ({error}); make it anew with: python3 tasks.py numbers {page.name} --write"
        ) from None


def write_store(page: Page, values: dict[str, Stored]) -> None:
    """Write the values of a page, one binding a line."""
    lines = [
        f" {json.dumps(binding, ensure_ascii=False)}: {json.dumps(asdict(entry), ensure_ascii=False)}"
        for binding, entry in values.items()
    ]
    page.store_path.parent.mkdir(parents=True, exist_ok=True)
    page.store_path.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8", newline="\n")
