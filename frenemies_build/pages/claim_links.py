"""Sphinx extension: a link ``[M02](#M02)`` on any page leads to that claim on the page named by ``frenemies_claims_page``."""

from __future__ import annotations

import hashlib
import re
from functools import cache
from pathlib import Path

from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging
from sphinx.util.nodes import make_refnode

from frenemies.claims import verdicts
from frenemies.tables.package import DataError, data_dir

CLAIM = re.compile(r"[A-Z]\d\d", re.IGNORECASE)
LOGGER = logging.getLogger(__name__)


class ClaimLinks(SphinxPostTransform):
    """Turn ``[M02](#M02)`` into a link to the claim, with the claim and its verdict as its tooltip; warn of ids that do not exist."""

    default_priority = 8  # before MyST looks for the target among labels and pages

    def run(self, **kwargs: object) -> None:
        """Resolve the links of one page."""
        for node in list(self.document.findall(addnodes.pending_xref)):
            target = node["reftarget"].upper()
            if node["reftype"] != "myst" or node["refdomain"] == "doc" or not CLAIM.fullmatch(target):
                continue
            claims = _claims()
            content = node[0].deepcopy()
            if target not in claims:
                message = "there is no claim %s in data/claims.csv (ids run from %s to %s)"
                LOGGER.warning(
                    message, target, min(claims), max(claims), location=node, type="frenemies", subtype="claims"
                )
                node.replace_self(content)
                continue
            page = self.config.frenemies_claims_page
            if page not in self.env.found_docs:
                LOGGER.warning(
                    "the page of the claims, %s, is not in the book",
                    page,
                    location=node,
                    type="frenemies",
                    subtype="claims",
                )
            node.replace_self(make_refnode(self.app.builder, self.env.docname, page, target, content, claims[target]))


@cache
def _claims() -> dict[str, str]:
    """Tooltip by claim id: who said it, what, and the verdict; remembered during one build."""
    try:
        judged = verdicts.judge(*verdicts.of_the_book())
    except DataError as error:
        raise ExtensionError(str(error)) from error
    return {
        row.claim_id: f"{row.author}, {row.year}: {row.claim}. Verdict: {row.verdict}." for row in judged.itertuples()
    }


def _state() -> str:
    """The mark of the trial: claims, parts, and the code that makes verdicts of them."""
    files = [
        data_dir() / "claims.csv",
        data_dir() / "claim_parts.csv",
        *sorted(Path(verdicts.__file__).parent.glob("*.py")),
    ]
    return hashlib.sha256(b"".join(path.read_bytes() for path in files if path.is_file())).hexdigest()


def setup(app: Sphinx) -> dict[str, object]:
    """Register the links and the page that they lead to."""
    app.add_config_value("frenemies_claims_page", "chapters/12-claims-on-trial", "env")
    app.add_config_value("frenemies_trial", _state(), "html")  # another verdict: every page is written anew
    app.add_post_transform(ClaimLinks)
    app.connect("builder-inited", lambda app: _claims.cache_clear())
    return {"version": "1", "env_version": 1, "parallel_read_safe": True, "parallel_write_safe": True}
