"""Claims and their verdicts as a list of cards, in HTML that is complete without a script.

The book adds search and filters (frenemies_build/pages/static/claims.js). Links name notebooks and pages of this repository, as
seen from the folder `chapters`; the book turns them into addresses of built pages.
"""

from __future__ import annotations

import re
from html import escape

import pandas as pd

from frenemies.claims import verdicts
from frenemies.claims.parts import MISSING
from frenemies.tables.catalogue import tables as listed

SCORES = "14-keeping-score"


def cards(
    claims: pd.DataFrame,
    parts: pd.DataFrame,
    tests: pd.DataFrame | None = None,
    workings: str | None = None,
    root: str = "",
) -> str:
    """One card for each claim: id and author, the claim, the verdict as word and shape; folded: what decides, the parts, links.

    claims, parts: as `verdicts.of_the_book()` returns them, or of another text. tests: by claim_id the columns chapter, figure_id,
    no_figure (why there is none) and would_change; without it a card links no figure. workings: page that shows how each claim was tried, with the claim's
    id as its label. root: the way from the notebook's folder to the folder `chapters`, for a notebook elsewhere. Raises DataError that names the claim where the parts cannot be judged.
    """
    verdicts.check_parts(claims, parts)
    judged = verdicts.judge(claims, parts)
    by_claim = dict(tuple(parts.fillna({"table": "", "records": "", "decides": ""}).groupby("claim_id")))
    families = listed().set_index("name")["family"]
    register = {} if tests is None else tests.set_index("claim_id").to_dict("index")
    shown = "".join(
        _card(row, by_claim[row["claim_id"]], register.get(row["claim_id"]), families, workings)
        for row in judged.to_dict("records")
    )
    if root:
        shown = re.sub(r'href="(?=[\w-]+(?:/[\w-]+)*\.(?:ipynb|md))', f'href="{root}', shown)
    return f'<div class="claims">\n{shown}</div>'


def mark(verdict: str) -> str:
    """A verdict as word and shape, so that its colour is never alone."""
    return f'<p class="verdict" data-verdict="{verdict}"><span aria-hidden="true">{verdicts.SHAPES[verdict]}</span> {verdict}</p>'


def _card(row: dict, parts: pd.DataFrame, test: dict | None, families: pd.Series, workings: str | None) -> str:
    claim, decides = row["claim_id"], verdicts.deciding(parts)
    tags = f'data-author="{escape(row["author"])}" data-kind="{row["kind"]}" data-verdict="{row["verdict"]}"'
    count = f"{len(parts)} part{'s' if len(parts) > 1 else ''}"
    return (
        f'<article class="claim" id="{claim}" {tags} aria-label="{claim}">\n'
        f'<p class="claim-head"><a href="#{claim}"><strong>{claim}</strong></a> {escape(row["author"].split()[-1])} {row["year"]}, {row["kind"]}</p>\n'
        f'<p class="claim-text">{escape(row["claim"])}</p>\n{mark(row["verdict"])}\n'
        f"<details class='claim-parts'><summary>{count}</summary>\n<p><strong>What decides.</strong> {escape(decides.what)}: {decides.outcome}</p>\n"
        f"{part_list(parts, families)}\n{_links(row, test, workings)}</details>\n</article>\n"
    )


def part_list(parts: pd.DataFrame, families: pd.Series) -> str:
    """The parts of a claim as an HTML list: outcome, basis, statement, reason, and the table and records with links."""
    items = ""
    for part in parts.itertuples():
        where = f" {table_link(part.table, families)}" if part.table else ""
        keys = " ".join(f"<code>{escape(key)}</code>" for key in part.records.split())
        would = f" <em>Would decide it:</em> {escape(part.decides)}" if part.outcome == MISSING else ""
        items += (
            f'<li data-outcome="{part.outcome}"><strong>{part.outcome}</strong> ({part.basis}): <strong>{escape(part.what)}.</strong> '
            f'{escape(part.reason)}{would}<span class="claim-where">{where}{f" {keys}" if keys else ""}</span></li>\n'
        )
    return f"<ul>\n{items}</ul>"


def table_link(name: str, families: pd.Series) -> str:
    """A link to a table's place in the data dictionary."""
    return f'<a href="back/data-{families[name]}.md#table-{name}"><code>{name}</code></a>'


def _links(row: dict, test: dict | None, workings: str | None) -> str:
    links = [f"<strong>Topic.</strong> {escape(str(row['topic']).replace('_', ' '))}"]
    if test:
        links.append(f"<strong>What would change it.</strong> {escape(test['would_change'])}")
        place = "" if pd.isna(test["figure_id"]) else f"#figure-{test['figure_id']}"
        words = f"{'Figure in chapter' if place else 'Chapter'} {int(test['chapter'][:2])}"
        why = "" if place else f". No figure: {escape(test['no_figure'])}"
        links.append(f'<strong>Where to look.</strong> <a href="{test["chapter"]}.ipynb{place}">{words}</a>{why}')
    if test and row["kind"] == "forecast":
        links.append(f'<strong>How good was the forecast?</strong> <a href="{SCORES}.ipynb">Chapter 14</a>')
    if workings:
        links.append(f'<a href="{workings}.md#working-{row["claim_id"].lower()}">How it was worked out</a>')
    return "".join(f"<p>{link}</p>\n" for link in links)
