"""Where the code opens, reads or parses something itself, found in its syntax."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tests.support.source_files import ROOT, nodes_of, python_files

_READ: Final = {
    "open",
    "open_descriptor",
    "read_text",
    "read_bytes",
    "FileIO",
    "GzipFile",
    "DictReader",
    "dotenv_values",
}
_TABLES: Final = {"read_csv", "read_parquet", "read_json", "read_table", "ParquetFile", "fromfile", "memmap"}
_WRITTEN: Final = {"write_text", "write_bytes", "touch", "copyfile", "copyfileobj"}
_ANY_RECEIVER: Final = _READ | _TABLES | _WRITTEN
"""Attributes that open or read, whatever they are asked of."""
_OF_MODULE: Final = {
    module: frozenset({"load", "loads"})
    for module in ("json", "tomllib", "pickle", "marshal", "msgpack", "np")
} | {"csv": frozenset({"reader"}), "shutil": frozenset({"copy", "copy2", "copytree", "move"})}
"""Module -> its functions that read, whose names others have, too."""


def file_access() -> dict[str, set[str]]:
    """Return what each file opens, reads, parses or writes by itself: `{"diag/x.py": {"json.loads"}}`."""
    found = {str(path.relative_to(ROOT)): set(_accesses(path)) for path in python_files()}
    return {name: accesses for name, accesses in found.items() if accesses}


def _accesses(path: Path) -> Iterator[str]:
    for attribute in nodes_of(path, ast.Attribute):
        module = attribute.value.id if isinstance(attribute.value, ast.Name) else ""
        if attribute.attr in _OF_MODULE.get(module, ()):
            yield f"{module}.{attribute.attr}"
        elif attribute.attr in _ANY_RECEIVER:
            yield f"{module if module == 'os' else ''}.{attribute.attr}"
    for name in nodes_of(path, ast.Name):
        if name.id in _ANY_RECEIVER and isinstance(name.ctx, ast.Load):
            yield name.id
    for taken in nodes_of(path, ast.ImportFrom):
        readers = _OF_MODULE.get(taken.module or "", frozenset()) | _ANY_RECEIVER
        yield from (alias.name for alias in taken.names if alias.name in readers)
