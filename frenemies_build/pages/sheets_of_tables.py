"""Sheets made from tables, not cut from a page: the four authors, and the cards of an appeal court."""

from __future__ import annotations

from html import escape

from frenemies import load
from frenemies.claims import verdicts

# The verdicts that the fold of chapter 12 lets groups appeal against.
IN_COURT = ("M02", "M04", "K09", "P07", "G08", "M15")


def authors() -> list[str]:
    """The four authors in the order in which they wrote, as HTML: position, what is known of them, what they judge and expect."""
    claims, _ = verdicts.of_the_book()
    shown = []
    for article in load("articles").sort_values("date").to_dict("records"):
        day = "" if article["date_precision"] == "month" else f"{article['date'].day} "
        own = (claims["author"] == article["author"]) & (claims["kind"] != "fact")
        shown.append(
            f'<p class="rubric">{escape(article["author"])}</p>\n<p class="position">{escape(article["position"])}</p>\n'
            f"<p><strong>The article.</strong> <em>{escape(article['title'])}</em>, {escape(article['outlet'])}, "
            f"{day}{article['date']:%B %Y}{' (inferred)' if article['date_basis'] == 'inferred' else ''}.</p>\n"
            f"<p><strong>Known.</strong> {escape(article['author_note'])}</p>\n"
            f"<p><strong>Not known.</strong> {escape(article['unknown'])}</p>\n"
            f"<p><strong>What the article judges and expects</strong>, in this book's words (its facts are left out):</p>\n"
            f"{claim_list(claims[own].to_dict('records'))}"
        )
    return shown


def claim_list(claims: list[dict]) -> str:
    """Claims as an HTML list, each with its id."""
    items = "".join(f"<li><strong>{one['claim_id']}</strong> {escape(one['claim'])}.</li>" for one in claims)
    return f"<ul>{items}</ul>"


def court_cards() -> list[str]:
    """The cards of `IN_COURT` as HTML: the claim, its verdict, and the parts with what each rests on."""
    claims, parts = verdicts.of_the_book()
    judged = verdicts.judge(claims, parts).set_index("claim_id")
    shown = []
    for claim in IN_COURT:
        row, own = judged.loc[claim], parts[parts["claim_id"] == claim]
        items = "".join(
            f"<li><strong>{part['outcome']}</strong> ({part['basis']}): <strong>{escape(part['what'])}.</strong> {escape(part['reason'])}</li>"
            for part in own.to_dict("records")
        )
        shown.append(
            f'<p class="rubric">{claim}. {escape(row["author"])}, {row["year"]}</p>\n'
            f'<p class="position">{escape(row["claim"])}.</p>\n'
            f"<p><strong>Verdict: {verdicts.SHAPES[row['verdict']]} {row['verdict']}</strong> ({verdicts.VERDICTS[row['verdict']]}). "
            f"It rests on:</p>\n<ul>{items}</ul>"
        )
    return shown
