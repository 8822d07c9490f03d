"""How many examples a property gets where the hundred of `make test` are too many for it, or too few."""

from hypothesis import settings

USUAL = 100
"""Examples in `make test` of a property that says nothing of them; the profile of `make quick` has fewer."""


def examples(many: int) -> int:
    """Return `many` in `make test`, and the same part of them in `make quick` as of every other property."""
    return max(1, many * settings().max_examples // USUAL)
