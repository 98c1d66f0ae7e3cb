"""The shape of a table's description in ``datapackage.json``: ``table.schema.json``, and what a schema cannot say."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path

from jsonschema import Draft7Validator, ValidationError

from frenemies.tables.rules import CONVERTERS, as_list

SCHEMA = Path(__file__).with_name("table.schema.json")
COMPUTED = ("hash", "bytes", "rows", "sources")
WORDS = {
    "string": "text", "integer": "a whole number", "boolean": "true or false", "array": "a list", "object": "named parts",
    "number": "a number",
}  # fmt: skip


def misfit(resource: object, computed: bool) -> str | None:
    """The first thing that is wrong with a table's description, as the end of a sentence; None if nothing is.

    computed: whether the parts that the build tools compute (sources, fingerprint, rows) must be there already.
    """
    errors = list(_validator(computed).iter_errors(resource))
    if errors:
        return _in_words(min(errors, key=lambda error: (len(error.absolute_path), error.json_path)))
    return _unknown_key(resource["schema"]) or _unusable_constraint(resource["schema"]["fields"])


@cache
def known_constraints() -> frozenset[str]:
    """The names of the constraints that a field may have."""
    return frozenset(_schema()["definitions"]["field"]["properties"]["constraints"]["properties"])


def reuse_verdicts() -> list[str]:
    """The verdicts on reuse that a licence may have, from the freest to the strictest."""
    return _schema()["definitions"]["reuse"]["enum"]


@cache
def _schema() -> dict:
    return json.loads(SCHEMA.read_text(encoding="utf-8"))


@cache
def _validator(computed: bool) -> Draft7Validator:
    schema = _schema()
    return Draft7Validator(schema | {"required": [*schema["required"], *COMPUTED]} if computed else schema)


def _in_words(error: ValidationError) -> str:
    """An error of the schema for somebody who does not know schemas."""
    place = re.sub(r"^\$\.?", "", error.json_path)
    where = f" in {place}" if place else ""
    if error.validator == "required":
        return f"lacks {', '.join(name for name in error.validator_value if name not in error.instance)}{where}"
    if error.validator == "enum":
        return f"has {error.instance!r}{where}, which is not one of {', '.join(error.validator_value)}"
    if error.validator_value in ("array", "object"):
        return f"has no {'list' if error.validator_value == 'array' else 'named parts'}{where}"
    kinds = " or ".join(WORDS[kind] for kind in as_list(error.validator_value))
    return f"has {error.instance!r}{where}, which is not {kinds}"


def _unknown_key(schema: dict) -> str | None:
    """A field that is described twice, or a key that names a field which the table does not have."""
    known = [field["name"] for field in schema["fields"]]
    if doubled := [name for name in known if known.count(name) > 1]:
        return f"describes the field {doubled[0]!r} twice in schema.fields"
    foreign = [name for key in schema.get("foreignKeys", []) for name in as_list(key["fields"])]
    for part, names in (("primaryKey", as_list(schema["primaryKey"])), ("foreignKeys", foreign)):
        if unknown := [name for name in names if name not in known]:
            return f"has {unknown[0]!r} in schema.{part}, which is none of its fields"
    return None


def _unusable_constraint(fields: list[dict]) -> str | None:
    """A limit of another type than its column, or a pattern that is none."""
    for number, field in enumerate(fields):
        constraints, place = field.get("constraints", {}), f"schema.fields[{number}].constraints"
        for side in ("minimum", "maximum"):
            limit = constraints.get(side)
            of_text = field["type"] in ("date", "yearmonth", "string", "boolean")
            fits = CONVERTERS[field["type"]](limit) is not None if isinstance(limit, str) else not of_text
            if limit is not None and not fits:
                return f"has {limit!r} in {place}.{side}, which is no {field['type']}"
        values = constraints.get("enum", [])
        if field.get("ordered") and (not values or len(set(map(str, values))) < len(values)):
            return f"has an order in schema.fields[{number}] without a list of different values (enum)"
        try:
            re.compile(constraints.get("pattern", ""))
        except re.error as error:
            return f"has a pattern in {place} that is none ({error})"
    return None
