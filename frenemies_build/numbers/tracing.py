"""What an expression rests on: the tables that its names come from, and the cell that made them."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

import nbformat

import frenemies as fr


@dataclass
class Trace:
    """Tables by name, in the order of the code, and the id of the cell that last made a name of the expression."""

    tables: list[str] = field(default_factory=list)
    cell: str = ""


class Origins:
    """For each name of a notebook its tables and its cell, read from the code without running it."""

    def __init__(self, notebook: nbformat.NotebookNode | None = None):
        self.tables: dict[str, list[str]] = {}
        self.cell: dict[str, str] = {}
        self.place: dict[str, int] = {}
        for number, cell in enumerate(notebook.cells if notebook else ()):
            if cell.cell_type != "code":
                continue
            try:
                statements = ast.parse(cell.source).body
            except SyntaxError:
                continue
            for statement in statements:
                made = _names_made(statement)
                used = _tables_in(statement, self.tables)
                for name in made:
                    inherited = (
                        self.tables.get(name, [])
                        if isinstance(statement, (ast.AugAssign, ast.Expr, ast.Assign))
                        else []
                    )
                    self.tables[name] = list(dict.fromkeys([*used, *inherited]))
                    self.cell[name], self.place[name] = cell.get("id", ""), number

    def of(self, expression: str) -> Trace:
        """What an expression rests on."""
        tree = ast.parse(expression, mode="eval")
        names = [node.id for node in ast.walk(tree) if isinstance(node, ast.Name)]
        tables = _tables_in(tree, self.tables)
        known = set(fr.tables()["name"])
        tables += [name for name in names if name not in self.tables and name in known]
        cells = [(self.place[name], self.cell[name]) for name in names if name in self.cell]
        return Trace(list(dict.fromkeys(tables)), max(cells)[1] if cells else "")


def _names_made(statement: ast.stmt) -> list[str]:
    """The names that a statement makes or changes at the top of a cell."""
    match statement:
        case ast.FunctionDef(name=name):
            return [name]
        case ast.Assign(targets=targets):
            return [_root(target) for target in _flat(targets) if _root(target)]
        case ast.AnnAssign(target=target) | ast.AugAssign(target=target):
            return [_root(target)] if _root(target) else []
        case ast.For() | ast.With() | ast.If():
            inner = [
                name
                for part in ast.iter_child_nodes(statement)
                if isinstance(part, ast.stmt)
                for name in _names_made(part)
            ]
            return inner + (
                [_root(target) for target in _flat([statement.target])] if isinstance(statement, ast.For) else []
            )
    return []


def _flat(targets: list[ast.expr]) -> list[ast.expr]:
    return [
        part for target in targets for part in (target.elts if isinstance(target, (ast.Tuple, ast.List)) else [target])
    ]


def _root(node: ast.expr) -> str:
    while isinstance(node, (ast.Subscript, ast.Attribute, ast.Starred)):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def _tables_in(tree: ast.AST, known: dict[str, list[str]]) -> list[str]:
    """Tables loaded inside a piece of code, and those behind the names that it uses."""
    found: list[str] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "load":
            found += [
                part.value for part in node.args if isinstance(part, ast.Constant) and isinstance(part.value, str)
            ]
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            found += known.get(node.id, [])
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and "@" in node.value:
            # query("year in @turns") uses a name inside its text
            found += [table for name, tables in known.items() if f"@{name}" in node.value for table in tables]
    return list(dict.fromkeys(found))
