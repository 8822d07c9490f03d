"""The Retry-After of a refused call. Standard library only: the load process reads it, too."""

from typing import Final

_LONGEST_S: Final = 1e9


def retry_after_s(value: str) -> float | None:
    """Return the seconds a Retry-After header asks for; None when it is absent, or not a number.

    The platform sends whole numbers, never a date (docs/genesys-api.md, "Rate limits").
    """
    try:
        seconds = float(value)
    except ValueError:
        return None
    return seconds if 0 <= seconds < _LONGEST_S else None
