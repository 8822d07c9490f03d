"""This program started once more, in a process of its own."""

import sys
from pathlib import Path
from typing import Final

_HOME: Final = Path(__file__).resolve().parents[2]


def python_module(name: str) -> list[str]:
    """Return the beginning of a command that runs a module: `[python, "-P", "-m", name]`.

    -P keeps the folder one happens to be in from being searched first: there may be another `analysis` in it.
    Not where nothing else leads to this program's packages (a checkout that is not installed).
    """
    found_anyway = any(Path(place).resolve() == _HOME for place in sys.path[1:] if place)
    return [sys.executable, *(["-P"] if found_anyway else []), "-m", name]
