"""After how many calls an action of which none counts, because each was refused (not found, forbidden and the
like), is called no more."""

from typing import Final

ENOUGH_CALLS: Final = 50
WHY_REFUSED: Final = "every call was refused"


def only_refused(calls: int) -> bool:
    """Return whether so many calls without one that counts are enough to stop calling the action."""
    return calls >= ENOUGH_CALLS
