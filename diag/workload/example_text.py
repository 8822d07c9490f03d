"""A text that matches a contract's `pattern`, for the kinds of pattern that inputs of data actions have.

No generator for any regular expression: libraries for it know Python's dialect and not JSON Schema's, and
what they make up for `^[A-Z]{2}\\d{6}$` is as little a known customer number as what is made here. So a few
hundred likely texts are tried; where none fits, the user must write the input, and the reason says so.
"""

import random
import re
import string
from collections.abc import Iterator
from typing import Final

USUAL_LENGTH: Final = 8
LONGEST: Final = 20
"""Beyond that only where the contract asks for it: a careless pattern may take exponential time."""

_FIXED: Final = (
    "+15550100123",
    "+1 555 010 0123",
    "(555) 010-0123",
    "555-010-0123",
    "tel:+15550100123",
    "load.test@example.com",
    "https://example.com/load-test",
    "2026-01-15",
    "2026/01/15",
    "01/15/2026",
    "20260115",
    "2026-01-15T09:30:00Z",
    "2026-01-15T09:30:00.000Z",
    "09:30",
    "09:30:00",
    "en-US",
    "en_US",
    "USD",
    "12.50",
    "true",
    "Y",
    "192.0.2.1",
)


def matching_text(
    pattern: str, chance: random.Random, *, shortest: int = 0, longest: int | None = None
) -> str | None:
    """Return a text that matches and has the length asked for; None where no likely one does."""
    try:
        expression = re.compile(pattern)
    except re.error:
        return None
    fits = [
        text
        for text in _likely(chance, shortest, longest)
        if shortest <= len(text) <= (longest if longest is not None else len(text))
        and expression.search(text)
    ]
    return min(fits, key=lambda text: abs(len(text) - USUAL_LENGTH), default=None)


def _likely(chance: random.Random, shortest: int, longest: int | None) -> Iterator[str]:
    yield f"{chance.getrandbits(32):08x}-0000-4000-8000-{chance.getrandbits(48):012x}"
    yield from _FIXED
    lengths = {*range(1, LONGEST + 1), shortest, min(longest or 0, 4 * LONGEST)}
    for length in sorted(lengths):
        for alphabet in (
            string.digits,
            string.ascii_uppercase,
            string.ascii_lowercase,
            "0123456789abcdef",
            "0123456789ABCDEF",
        ):
            text = "".join(chance.choices(alphabet, k=length))
            yield text
            yield f"1{text[1:]}"  # numbers that may not begin with 0
    for letters in range(1, 5):
        head = "".join(chance.choices(string.ascii_uppercase, k=letters))
        for digits in range(1, 13):
            tail = "".join(chance.choices(string.digits, k=digits))
            for between in ("", "-", "_", " ", "/", "."):
                yield f"{head}{between}{tail}"
