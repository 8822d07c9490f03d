"""Where diag runs, checked before anything is imported that would fail there with a riddle."""

from typing import Final

OLDEST_PYTHON: Final = (3, 11)


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
