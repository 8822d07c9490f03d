"""Where diag runs, checked before anything is imported that would fail there with a riddle."""

import os
import sys
from importlib.machinery import PathFinder
from typing import Final

OLDEST_PYTHON: Final = (3, 11)
BESIDE: Final = ("analysis", "reports", "loadtests")
"""Packages that diag brings beside its own, whose names others use, too."""
HOME: Final = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
"""The folder that diag and they lie in."""


def why_unsupported(python: tuple[int, int]) -> tuple[str, str] | None:
    """Return (what is wrong, what to do) for a Python version; None where diag runs."""
    if python < OLDEST_PYTHON:
        oldest = ".".join(map(str, OLDEST_PYTHON))
        this = ".".join(map(str, python))
        return (
            f"diag needs Python {oldest} or newer; this is Python {this}.",
            f"Install Python {oldest} or newer.",
        )
    return None


def refuse_foreign_packages() -> None:
    """End the process with one sentence (exit code 2) where another package has a name that diag needs."""
    refusal = foreign_package()
    if refusal is not None:
        sys.stderr.write("Error: {}\n| Fix: {}\n".format(*refusal))  # before anything knows the terminal
        sys.exit(2)


def foreign_package() -> tuple[str, str] | None:
    """Return (what is wrong, what to do) where another package has a name that diag needs; None else."""
    for name in BESIDE:
        ours = os.path.join(HOME, name)
        found = PathFinder.find_spec(name)
        places = () if found is None else tuple(found.submodule_search_locations or ())
        if ours in map(os.path.realpath, places):
            continue
        if found is None:
            return f"A part of diag is missing: {ours}.", "Install diag anew."
        where = found.origin or ", ".join(places)
        return (
            f"diag needs its own Python package {name!r}, and finds another: {where}",
            "Install diag into an environment of its own (uvx genesys-diag, or pipx install genesys-diag). "
            "Where that is yours, run diag from another folder: this one and PYTHONPATH are searched first.",
        )
    return None
