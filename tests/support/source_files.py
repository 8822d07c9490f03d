"""The code as syntax: every file is read and walked through once, whatever is asked of it."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final, TypeVar

ROOT: Final = Path(__file__).resolve().parents[2]
HOUSES: Final = ("analysis", "reports", "diag", "loadtests")
_KINDS: Final = (ast.Import, ast.ImportFrom, ast.ClassDef, ast.FunctionDef, ast.Attribute, ast.Name, ast.Call)
"""What tests look for; there are ten times as many nodes."""

Node = TypeVar("Node", bound=ast.AST)


@cache
def python_files() -> tuple[Path, ...]:
    """Every source file, tests excepted."""
    return tuple(sorted(path for house in HOUSES for path in (ROOT / house).rglob("*.py")))


def module_of(path: Path) -> str:
    """Return the dotted name a file is imported by."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


@cache
def tree_of(path: Path) -> ast.Module:
    """Return the syntax of a file."""
    return ast.parse(path.read_text(encoding="utf-8"))


def nodes_of(path: Path, kind: type[Node]) -> Iterator[Node]:
    """Yield what of one kind (`ast.ClassDef`) stands anywhere in a file."""
    assert issubclass(kind, _KINDS)
    return (node for node in _nodes(path) if isinstance(node, kind))


@cache
def _nodes(path: Path) -> tuple[ast.AST, ...]:
    found: list[ast.AST] = []
    left: list[object] = [tree_of(path)]
    while left:
        one = left.pop()
        if isinstance(one, ast.AST):
            left.extend(vars(one).values())
            if isinstance(one, _KINDS):
                found.append(one)
        elif isinstance(one, list):
            left.extend(one)
    return tuple(found)


@cache
def imports_of(path: Path) -> tuple[str, ...]:
    """Every module a file imports, with the names taken from our own packages: `diag.errors.UsageError`."""
    package = path.relative_to(ROOT).parts[:-1]
    found = [alias.name for node in nodes_of(path, ast.Import) for alias in node.names]
    for node in nodes_of(path, ast.ImportFrom):
        above = package[: len(package) - node.level + 1] if node.level else ()
        module = ".".join((*above, *([node.module] if node.module else [])))
        found += (f"{module}.{alias.name}" for alias in node.names)
    return tuple(found)
