"""What there is to load, and what each table holds: `fr.tables()`, `fr.describe("trade_annual")`, source lines."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

import pandas as pd

from frenemies.tables.description import misfit
from frenemies.tables.package import DataError, damaged, data_dir, described, description_of, explained
from frenemies.tables.rules import as_list

# Where a table rests on more sources than this, the line under a figure becomes shorter; see sources_of.
NAMED_SOURCES = 4
DATA_SETS = {"official", "research"}


def tables(family: str | None = None) -> pd.DataFrame:
    """List the tables: name, title, family, number of rows, first and last year where the table has a time.

    family: only the tables of one family, for instance "trade".
    Raises DataError if no table belongs to that family.
    """
    folder, rows, families = data_dir(), [], {}
    for resource in described(folder).values():
        with explained(folder, resource):
            facts = {part: resource[part] for part in ("name", "title", "family", "rows")}
            rows.append(facts | {"years": years_covered(resource)})
            families[facts["family"]] = None
    if family is not None and family not in list(families):
        raise DataError(
            f"There is no family of tables called {family!r}. The families are: {', '.join(map(str, families))}."
        )
    return pd.DataFrame([row for row in rows if family in (None, row["family"])])


def describe(name: str) -> Description:
    """Say what a table holds: title, description, the fields with type, unit and meaning, sources, licence, caveats.

    The result shows itself in a notebook; its attribute ``fields`` is a data frame.
    Raises DataError if there is no such table.
    """
    folder = data_dir()
    resource = description_of(folder, name)
    if problem := misfit(resource, computed=True):
        raise damaged(folder, f"the table {name} {problem}", name)
    return Description(resource)


def sources_of(names: str | Iterable[str], only: Iterable[str] | None = None) -> list[str]:
    """Short labels of the sources of one or more tables, the most used first, for the line under a figure.

    A table with many sources is given by the organisations behind its data sets; pages of the press and of governments
    are then counted, not named. ``fr.describe`` lists them all. `only` keeps the sources with these ids.
    Raises DataError if there is no such table, or if `only` names a source that none of the tables has.
    """
    folder = data_dir()
    labels: list[str] = []
    wanted = set(only or ())
    missing = set(wanted)
    for name in as_list(names) if isinstance(names, str) else names:
        resource = description_of(folder, name)
        with explained(folder, resource):
            sources = [
                {part: source[part] for part in ("name", "title", "organisation", "kind")}
                for source in resource["sources"]
            ]
            missing -= {source["name"] for source in sources}
            sources = [source for source in sources if not wanted or source["name"] in wanted]
            titles = list(dict.fromkeys(source["title"] for source in sources))
        if len(titles) <= NAMED_SOURCES:
            labels += titles
            continue
        sets = [source for source in sources if source["kind"] in DATA_SETS]
        labels += [source["organisation"] for source in sets]
        if pages := len(sources) - len(sets):
            labels.append(f"{pages} reports and statements listed with the table {name}")
    if missing:
        raise DataError(f"No table of {names} has the source {sorted(missing)}: see fr.load('sources').", str(names))
    return list(dict.fromkeys(labels))


def years_covered(resource: dict) -> str:
    """First and last year of a table as text, for instance "1992-2025"; empty where the table has no time."""
    return "\N{EN DASH}".join(str(year) for year in dict.fromkeys(resource.get("years", [])))


class Description:
    """What a table holds; prints as text and shows as a table with a caption in notebooks."""

    def __init__(self, resource: dict):
        self.name: str = resource["name"]
        self.title: str = resource["title"]
        self.description: str = resource["description"]
        self.rows: int = resource["rows"]
        self.years: str = years_covered(resource)
        self.sources: list[str] = list(dict.fromkeys(_full_label(source) for source in resource["sources"]))
        self.licences: list[str] = [licence.get("title") or licence["name"] for licence in resource.get("licenses", [])]
        self.caveats: list[str] = list(resource.get("caveats", []))
        self.fields = pd.DataFrame(
            [
                {
                    "field": field["name"],
                    "type": field["type"],
                    "unit": field.get("unit", ""),
                    "meaning": field["description"],
                }
                for field in resource["schema"]["fields"]
            ]
        )

    def _facts(self) -> list[tuple[str, list[str]]]:
        size = f"{self.rows:,} rows" + (f", {self.years}" if self.years else "")
        facts = [("Size", [size]), ("Sources", self.sources), ("Licence", self.licences), ("Caveats", self.caveats)]
        return [(label, values) for label, values in facts if values]

    def __repr__(self) -> str:
        lines = [f"{self.name}: {self.title}", self.description, ""]
        for field in self.fields.itertuples():
            unit = f", {field.unit}" if field.unit else ""
            lines.append(f"  {field.field} ({field.type}{unit}): {field.meaning}")
        lines.append("")
        for label, values in self._facts():
            lines += (
                [f"{label}: {values[0]}"] if len(values) == 1 else [f"{label}:", *(f"  - {value}" for value in values)]
            )
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        columns = list(self.fields.columns)
        head = "".join(f'<th scope="col">{name.capitalize()}</th>' for name in columns)
        body = ""
        for row in self.fields.itertuples(index=False):
            name, *cells = (escape(cell) for cell in row)
            body += (
                f'<tr><th scope="row"><code>{name}</code></th>'
                + "".join(f"<td>{cell}</td>" for cell in cells)
                + "</tr>\n"
            )
        facts = ""
        for label, values in self._facts():
            facts += f"<dt>{label}</dt>" + "".join(f"<dd>{escape(value)}</dd>" for value in values) + "\n"
        caption = (
            f"<strong>{escape(self.title)}</strong> (<code>{escape(self.name)}</code>). {escape(self.description)}"
        )
        return (
            '<div class="fr-describe">\n'
            f"<table>\n<caption>{caption}</caption>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}</tbody>\n</table>\n"
            f"<dl>\n{facts}</dl>\n</div>"
        )


def _full_label(source: dict) -> str:
    return f"{source['title']} ({source['version']})" if source.get("version") else source["title"]
