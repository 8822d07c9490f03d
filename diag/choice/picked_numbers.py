"""Numbers of a list as people type them: `1,3-7 9`."""

import re
from typing import Final

_PIECE: Final = re.compile(r"([0-9]{1,6})(?:-([0-9]{1,6}))?")


class NotNumbersError(ValueError):
    """Raised for a text that names no numbers of the list; its text says what is wrong."""


def picked_numbers(text: str, most: int) -> tuple[int, ...]:
    """Return the numbers, from 1 to `most`, in their order and each once. Raises NotNumbersError."""
    picked: set[int] = set()
    for piece in text.replace(",", " ").split():
        match = _PIECE.fullmatch(piece)
        if match is None:
            raise NotNumbersError(f"{piece!r} is neither a number nor a range such as 3-7.")
        first = int(match[1])
        last = int(match[2] or match[1])
        if not 1 <= first <= last <= most:
            raise NotNumbersError(f"{piece!r} is not within 1 to {most}.")
        picked |= set(range(first, last + 1))
    if not picked:
        raise NotNumbersError("No number was given.")
    return tuple(sorted(picked))
