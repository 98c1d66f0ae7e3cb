"""The shape of a table's description in ``datapackage.json``: what the package leans on is there, and of the right type."""

from __future__ import annotations

from frenemies.tables.rules import CONVERTERS, as_list

# A type, several, or a set of allowed texts; a list with the shape of its items; parts by name, "?" where one may be absent.
NAMES = (str, list)
BOUND = (int, float, str)
CONSTRAINTS = {
    "required?": bool,
    "unique?": bool,
    "enum?": [BOUND],
    "pattern?": str,
    "minLength?": int,
    "maxLength?": int,
    "minimum?": BOUND,
    "maximum?": BOUND,
}
FIELD = {"name": str, "type": set(CONVERTERS), "description": str, "unit?": str, "ordered?": bool, "constraints?": CONSTRAINTS}
FOREIGN_KEY = {"fields": NAMES, "reference": {"resource": str, "fields": NAMES}}
SCHEMA = {"fields": [FIELD], "primaryKey": NAMES, "foreignKeys?": [FOREIGN_KEY], "missingValues?": [str]}
WRITTEN = {
    "name": str,
    "path": str,
    "title": str,
    "description": str,
    "family": str,
    "licenses?": [{"name": str}],
    "caveats?": [str],
    "schema": SCHEMA,
}
SOURCE = {"name": str, "title": str, "organisation": str, "kind": str, "date_read": str}
COMPUTED = {"hash": str, "bytes": int, "rows": int, "years?": [int], "sources": [SOURCE]}
WORDS = {str: "text", int: "a whole number", bool: "true or false", list: "a list", NAMES: "text or a list", BOUND: "a number or text"}


def misfit(resource: object, computed: bool) -> str | None:
    """The first thing that is wrong with the shape of a table's description, as the end of a sentence; None if nothing is.

    computed: whether the parts that the build tools compute (sources, fingerprint, rows) must be there already.
    """
    return _misfit(resource, WRITTEN | COMPUTED if computed else WRITTEN, "") or _unknown_key(resource["schema"])


def _misfit(value: object, shape: object, place: str) -> str | None:
    if isinstance(shape, dict):
        if not isinstance(value, dict):
            return f"has no named parts{_in(place)}"
        if lacking := sorted(name for name in shape if not name.endswith("?") and name not in value):
            return f"lacks {', '.join(lacking)}{_in(place)}"
        inside = ((value[name], inner, f"{place}.{name}") for name, inner in _by_name(shape) if name in value)
    elif isinstance(shape, list):
        if not isinstance(value, list):
            return f"has no list{_in(place)}"
        inside = ((item, shape[0], f"{place}[{number}]") for number, item in enumerate(value))
    elif isinstance(shape, set):
        fits = isinstance(value, str) and value in shape
        return None if fits else f"has {value!r}{_in(place)}, which is not one of {', '.join(sorted(shape))}"
    else:
        return None if isinstance(value, shape) else f"has {value!r}{_in(place)}, which is not {WORDS[shape]}"
    return next(filter(None, (_misfit(*part) for part in inside)), None)


def _by_name(shape: dict) -> list[tuple[str, object]]:
    return [(name.rstrip("?"), inner) for name, inner in shape.items()]


def _in(place: str) -> str:
    return f" in {place.lstrip('.')}" if place else ""


def _unknown_key(schema: dict) -> str | None:
    """A key that names a field which the table does not have."""
    known = [field["name"] for field in schema["fields"]]
    foreign = [name for key in schema.get("foreignKeys", []) for name in as_list(key["fields"])]
    for part, names in (("primaryKey", as_list(schema["primaryKey"])), ("foreignKeys", foreign)):
        if unknown := [name for name in names if name not in known]:
            return f"has {unknown[0]!r} in schema.{part}, which is none of its fields"
    return None
