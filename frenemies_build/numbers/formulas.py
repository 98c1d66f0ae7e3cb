"""Formulas that calculate with plain numbers: whether both sides agree, at the precision written."""

from __future__ import annotations

import re

_FRACTION = re.compile(r"\\[td]?frac\s*(?:\{([^{}]*)\}\s*\{([^{}]*)\}|(\d)(\d))")
_PLAIN = re.compile(r"[-+*/().\d\s]+")


def wrong_sum(formula: str) -> str:
    """What is wrong with a formula's arithmetic, or nothing; one with names or letters in it is passed over.

    formula: LaTeX with its dollar signs. A side may be in percent where the one before is a share.
    """
    text = formula.strip("$").replace("{,}", "").replace("−", "-").replace(r"\,", "")
    text = re.sub(r"\\(?:times|cdot)\b", "*", re.sub(r"\\approx\b", "=", text))
    text = _FRACTION.sub(lambda match: f"(({match[1] or match[3]})/({match[2] or match[4]}))", text)
    sides = [side.strip() for side in re.sub(r"\^\{?(\d+)\}?", r"**\1", text).split("=")]
    if len(sides) < 2 or not all(_PLAIN.fullmatch(side) for side in sides):
        return ""
    try:
        values = [float(eval(side, {"__builtins__": {}})) for side in sides]
    except (SyntaxError, ZeroDivisionError, TypeError):
        return "cannot be calculated"
    for side, before, after in zip(sides[1:], values, values[1:]):
        half = 0.5 * 10.0 ** -len(side.partition(".")[2]) if re.fullmatch(r"-?[\d.]+", side) else 1e-9
        if all(abs(before * factor - after) > half * (1 + 1e-9) for factor in (1, 100)):
            return f"does not add up: {before:.6g} is not {side}"
    return ""
