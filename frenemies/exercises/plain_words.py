"""What a beginner's error means, in one plain line under Python's own message."""

from __future__ import annotations

import difflib
import re
import textwrap

WIDTH = 78
INDENT = "    "


def in_plain_words(error: BaseException, namespace: dict) -> str | None:
    """One sentence or two on a common error, or None for others and wherever looking at it fails.

    namespace: the names of the session, to find the one that was meant.
    """
    try:
        said = next(
            (said for kind, explain in EXPLAINED if isinstance(error, kind) and (said := explain(error, namespace))),
            None,
        )
    except Exception:  # an error's text, or an object in the session, may fail in any way
        return None
    return wrapped(f"In plain words: {said}") if said else None


def wrapped(text: str) -> str:
    """A text in lines that a notebook need not break in the middle of a word; what is expected begins a line."""
    first, *rest = " ".join(text.split()).replace(" Expected: ", "\nExpected: ").split("\n")
    lines = [fill(first, ""), *(fill(part, INDENT) for part in rest)]
    return "\n".join(lines)


def fill(text: str, begin: str) -> str:
    """One paragraph in lines."""
    return textwrap.fill(
        text, WIDTH, initial_indent=begin, subsequent_indent=INDENT, break_long_words=False, break_on_hyphens=False
    )


def name_error(error: NameError, namespace: dict) -> str | None:
    """A name that nothing has set."""
    found = re.search(r"name '(\w+)' is not defined", str(error))
    if not found:
        return None
    name = found[1]
    if set(name) == {"_"}:
        return "a blank is still open: put a word in place of the line."
    if type(error).__name__ == "UndefinedVariableError":
        return f"inside a query, a text needs quotation marks of its own: '{name}'. The name of a column needs none, but must match letter by letter."
    if len(name) == 1 and name.isupper() and name not in namespace:
        return f'a letter as an answer needs quotation marks: "{name}".'
    if name in labels(namespace):
        return f'the name of a column, or a text in it, needs quotation marks: "{name}".'
    near = nearest(name, [known for known in namespace if not known.startswith("_")])
    if near:
        return f"there is no name `{name}`. Did you mean `{near}`? Names must match letter by letter."
    return f"there is no name `{name}` yet. Run the cell that makes it first, or look at how it is spelled."


def key_error(error: KeyError, namespace: dict) -> str | None:
    """A column or label that is not there."""
    key = error.args[0] if error.args else None
    if isinstance(key, str) and set(key) == {"_"}:
        return "a blank is still open: put a word in place of the line."
    text = missing(key) if isinstance(key, str) else str(key)
    if isinstance(key, str) and re.fullmatch(r"\d{1,4}", key) and int(key) in numbered(namespace):
        return f"{key} is a number among the labels: write it without quotation marks."
    near = nearest(str(text), labels(namespace))
    hint = f" Did you mean {near!r}?" if near else " Show the table to see its columns and labels."
    return f"the table or list has no column or label {str(text)[:60]!r}.{hint}"


def missing(said: str) -> str:
    """The first label that a message of pandas' calls missing; the text itself where it is no such message."""
    if not re.search(r"not found|not in index|are in the|do not exist|are not columns", said):
        return said
    # The innermost brackets hold the labels, else they stand after a colon; each in quotation marks where it is a text.
    found = re.search(r"""\[(['"]?)([^\[\]]*?)\1[],]""", said) or re.search(
        r"""not found: (['"]?)(.*?)\1(?:,|$)""", said
    )
    return found[2] if found else said


def labels(namespace: dict) -> list[str]:
    """The texts that name columns, rows or entries of what the session holds."""
    found: list[str] = []
    for name, thing in list(namespace.items()):
        if name.startswith("_"):
            continue
        if isinstance(thing, dict):
            found += [key for key in list(thing)[:200] if isinstance(key, str)]
        for part in ("columns", "index"):
            held = getattr(thing, part, None)
            if type(thing).__name__ in ("DataFrame", "Series") and held is not None and len(held) <= 300:
                found += [label for label in held if isinstance(label, str)]
        if type(thing).__name__ == "DataFrame" and len(thing) <= 20_000:
            for kept in thing.columns:
                values = (
                    list(thing[kept].unique())
                    if str(thing[kept].dtype) in ("str", "string", "object", "category")
                    else []
                )
                found += [value for value in values if isinstance(value, str)] if len(values) <= 60 else []
    return found


def numbered(namespace: dict) -> set[int]:
    """The whole numbers, such as years, that label rows or columns of what the session holds."""
    tables = [
        thing
        for name, thing in list(namespace.items())
        if type(thing).__name__ in ("DataFrame", "Series") and name[0] != "_"
    ]
    parts = [getattr(table, part, ()) for table in tables for part in ("index", "columns")]
    return {
        int(label)
        for part in parts
        if len(part) <= 300
        for label in part
        if str(label).isdecimal() and not isinstance(label, str)
    }


def syntax_error(error: SyntaxError, namespace: dict) -> str | None:
    """A line that is no Python."""
    said, line = str(error.msg), error.text or ""
    if isinstance(error, IndentationError):
        return "the spaces at the beginning of a line count. Begin it like the line above."
    if "invalid character" in said or re.search("[\u201c\u201d\u201e\u2018\u2019\u00ab\u00bb]", line):
        return "Python knows only straight quotation marks and plain signs: \" and ', - and *. Type them anew."
    if "unterminated" in said or "EOL while" in said:
        return "a quotation mark was opened and not closed."
    if "was never closed" in said or "unexpected EOF" in said or "incomplete input" in said:
        return "a bracket or a quotation mark was opened and not closed: count ( and ), [ and ]."
    if "unmatched" in said or "does not match" in said:
        return "a bracket is closed that was not opened, or another one was: count ( and ), [ and ]."
    if "==" in said or "cannot assign" in said:
        return "one = gives a name to a value; two, ==, compare."
    if "decimal literal" in said:
        return "a name cannot begin with a digit, and a number holds no letters or spaces."
    where = f" in line {error.lineno}" if error.lineno else ""
    return (
        f"Python cannot read this{where}: look for a missing comma, bracket, quotation mark or sign between two things."
    )


def type_error(error: TypeError, namespace: dict) -> str | None:
    """Three dots, or a text, in a computation."""
    said = str(error)
    if "ellipsis" in said:
        return "three dots still stand where a value must be: an answer above is open."
    if "'str'" in said and ("unsupported operand" in said or "not supported between" in said):
        return "a text and a number cannot be reckoned with or compared: is a column of texts meant, or is a bracket missing round a comparison?"
    return None


def value_error(error: ValueError, namespace: dict) -> str | None:
    """`.item()` on more or less than one value; `and` between columns."""
    if "can only convert an array of size 1" in str(error):
        return "the choice leaves no row, or more than one. Show it without .item() to see which."
    if "truth value of a" in str(error):
        return "`and`, `or` and `not` cannot join conditions on whole columns: use &, | and ~, with each condition in brackets."
    return None


def attribute_error(error: AttributeError, namespace: dict) -> str | None:
    """Something that a table or text cannot do."""
    found = re.search(r"'(\w+)' object has no attribute '(\w+)'", str(error))
    if not found:
        return None
    if found[1] == "ellipsis":
        return "three dots still stand where a value must be: an answer above is open."
    near = nearest(found[2], [name for name in dir(getattr(error, "obj", None)) if not name.startswith("_")])
    kind = {
        "DataFrame": "a table",
        "Series": "a column",
        "str": "a text",
        "list": "a list",
        "float": "a number",
        "int": "a number",
    }
    hint = f" Did you mean {near}?" if near else ""
    return f"{kind.get(found[1], 'this')} has nothing called {found[2]}.{hint}"


def nearest(name: str, known: list[str]) -> str | None:
    """The known text that begins with a name, else the one that is most like it, capitals apart, or None."""
    by_case = {text.casefold(): text for text in known}
    longer = [text for text in by_case if len(name) > 2 and text.startswith(name.casefold())]
    found = [min(longer, key=len)] if longer else difflib.get_close_matches(name.casefold(), by_case, n=1, cutoff=0.6)
    return by_case[found[0]] if found and by_case[found[0]] != name else None


EXPLAINED = (
    (NameError, name_error),
    (KeyError, key_error),
    (SyntaxError, syntax_error),
    (TypeError, type_error),
    (ValueError, value_error),
    (AttributeError, attribute_error),
)
