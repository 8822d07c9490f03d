"""How a value looks that Genesys hides in what it shows: signs in its place."""

from typing import Final

_SIGNS: Final = frozenset("*x•X#")


def is_masked(value: str) -> bool:
    """Return whether a value consists of such signs alone."""
    return bool(value) and set(value) <= _SIGNS
