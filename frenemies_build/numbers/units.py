"""The unit of an expression, worked out from the units of its names: a division cancels, a count has none."""

from __future__ import annotations

import ast

# What counts, orders or points instead of measuring.
_WITHOUT_UNIT = {
    "len", "idxmax", "idxmin", "argmax", "argmin", "rank", "count", "nunique", "size", "pct_change", "corr", "index",
    "year", "month", "day", "shape", "columns", "any", "all", "isin", "notna", "isna", "between", "skew",
}  # fmt: skip
_KEEPS_FIRST = {"abs", "round", "max", "min", "sum", "float", "int", "sorted", "next", "reversed", "list"}


def unit_of(expression: str, units: dict[str, float]) -> float:
    """What 1 of the expression's value stands for, 1 where no name in it has a unit.

    units: by name, or by name and column ("deficit.cover").
    """
    if not units:
        return 1.0
    return _unit(ast.parse(expression, mode="eval").body, units)


def _unit(node: ast.AST, units: dict[str, float]) -> float:
    match node:
        case ast.BinOp(op=ast.Div() | ast.FloorDiv()):
            return _unit(node.left, units) / _unit(node.right, units)
        case ast.BinOp(op=ast.Mult()):
            return _unit(node.left, units) * _unit(node.right, units)
        case ast.BinOp(op=ast.Pow()):
            return 1.0
        case ast.BinOp():
            # A sum of two measures has their unit; what is added as a plain number ("- 1") has none of its own.
            left, right = _unit(node.left, units), _unit(node.right, units)
            return left if not isinstance(node.left, ast.Constant) else right
        case ast.UnaryOp():
            return _unit(node.operand, units)
        case ast.IfExp():
            return _unit(node.body, units)
        case ast.Compare() | ast.BoolOp() | ast.Constant() | ast.Lambda():
            return 1.0
        case ast.Call(func=ast.Name(id=name)):
            if name in _KEEPS_FIRST and node.args:
                return _unit(node.args[0], units)
            return units.get(name, 1.0)
        case ast.Call(func=ast.Attribute(attr=attr, value=value)):
            if attr in _WITHOUT_UNIT:
                return 1.0
            if attr in ("div", "truediv", "divide") and node.args:
                return _unit(value, units) / _unit(node.args[0], units)
            if attr in ("mul", "multiply") and node.args:
                return _unit(value, units) * _unit(node.args[0], units)
            return _chain(node, units)
        case ast.Attribute(attr=attr) if attr in _WITHOUT_UNIT:
            return 1.0
        case ast.GeneratorExp() | ast.ListComp():
            return _unit(node.elt, units)
    return _chain(node, units)


def _chain(node: ast.AST, units: dict[str, float]) -> float:
    """The unit of `name.loc[...]['column'].max()`: that of the last column named which has one, else of the name."""
    columns: list[str] = []
    while True:
        match node:
            case ast.Call(func=ast.Attribute(value=inner) as function):
                if function.attr in _WITHOUT_UNIT:
                    return 1.0
                node = inner
            case ast.Subscript():
                columns += [
                    part.value
                    for part in ast.walk(node.slice)
                    if isinstance(part, ast.Constant) and isinstance(part.value, str)
                ]
                node = node.value
            case ast.Attribute():
                if node.attr in _WITHOUT_UNIT:
                    return 1.0
                columns.append(node.attr)
                node = node.value
            case ast.Name(id=name):
                for column in columns:
                    if f"{name}.{column}" in units:
                        return units[f"{name}.{column}"]
                return units.get(name, 1.0)
            case ast.BinOp() | ast.Call(func=ast.Name()):
                return _unit(node, units)
            case _:
                return 1.0
