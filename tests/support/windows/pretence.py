"""The import system of a process that pretends: which modules the project's code gets for which name."""

import builtins
import importlib.abc
import importlib.machinery
import io
import os
import signal
import sys
import warnings
from collections.abc import Mapping, Sequence
from types import ModuleType
from typing import Any, Final

from tests.support.windows import held_files
from tests.support.windows.system_modules import CTRL_BREAK, system_modules

HOUSES: Final = ("analysis", "diag", "loadtests", "reports")
PROOFS: Final = "tests.support.windows.proofs"
"""It is played to as well, because it looks at what is played."""
MISSING: Final = frozenset(
    {"fcntl", "resource", "termios", "tty", "pty", "pwd", "grp", "posix", "syslog", "readline"}
)
NOT_INSTALLED: Final = ("uvloop", "httptools")
"""Not asked for on Windows (pyproject.toml), so no library finds them either."""


def begin() -> None:
    """Have the project's modules read as on Windows from now on, and redirected output be as it is there."""
    sys.meta_path.insert(0, _Finder())
    sys.modules.update(dict.fromkeys(NOT_INSTALLED))  # type: ignore[arg-type]  # None: cannot be imported
    held_files.refuse_to_delete((*HOUSES, PROOFS))
    warnings.filterwarnings("error", category=EncodingWarning, module=rf"({'|'.join(HOUSES)})\b")
    encode_as_there()


def encode_as_there() -> None:
    """Have redirected output in the code page that Windows gives it."""
    for stream in (sys.stdout, sys.stderr):
        if (
            isinstance(stream, io.TextIOWrapper)
            and not stream.isatty()
            and "PYTHONIOENCODING" not in os.environ
        ):
            errors = "strict" if stream is sys.stdout else "backslashreplace"
            stream.reconfigure(encoding="cp1252", errors=errors, newline="\r\n")


class _Loader(importlib.machinery.SourceFileLoader):
    def exec_module(self, module: ModuleType) -> None:
        vars(module)["__builtins__"] = _BUILTINS
        super().exec_module(module)


class _Finder(importlib.abc.MetaPathFinder):
    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname != PROOFS and fullname.partition(".")[0] not in HOUSES:
            return None
        spec = importlib.machinery.PathFinder.find_spec(fullname, path, target)
        if spec is not None and isinstance(spec.loader, importlib.machinery.SourceFileLoader):
            spec.loader = _Loader(spec.loader.name, spec.loader.path)
        return spec


_SYSTEM: Final = system_modules()


def _import(
    name: str,
    globals: Mapping[str, object] | None = None,
    locals: Mapping[str, object] | None = None,
    fromlist: Sequence[str] = (),
    level: int = 0,
) -> Any:
    if level == 0:
        if name.partition(".")[0] in MISSING:
            raise ModuleNotFoundError(f"No module named {name!r} on Windows", name=name)
        if name in _SYSTEM:
            return _SYSTEM[name]
    module = builtins.__import__(name, globals, locals, fromlist, level)
    if name == "uvicorn":
        module.server.HANDLED_SIGNALS = (
            signal.SIGINT,
            signal.SIGTERM,
            CTRL_BREAK,
        )  # as its source says for Windows
    return module


def _open(file: Any, mode: str = "r", *arguments: Any, **named: Any) -> Any:
    if isinstance(file, int):
        held_files.as_they_are(file)  # FileIO sets a descriptor to binary
    if "b" not in mode and set(mode) & set("wax") and named.get("newline") is None:
        named["newline"] = "\r\n"
    return builtins.open(file, mode, *arguments, **named)


_BUILTINS: Final = {**vars(builtins), "__import__": _import, "open": _open}
