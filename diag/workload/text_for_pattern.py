"""A text that matches a contract's `pattern`: first a likely one, else one made from the pattern itself.

`rstr` makes texts from a pattern in Python's dialect; each is checked against the pattern before it is used,
because JSON Schema's dialect differs and lookarounds are beyond it. A made-up text is a valid input and
hardly ever a known one: whoever measures with it is told so.
"""

import random
import re
import string
import warnings
from collections.abc import Iterator
from typing import Final

USUAL_LENGTH: Final = 8
LONGEST: Final = 20
"""Beyond that only where the contract asks for it: a careless pattern may take exponential time."""
ATTEMPTS: Final = 50

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
    "15.01.2026",
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
    "sip:load.test@example.com",
)
_PRINTABLE: Final = frozenset(string.printable) - frozenset("\t\n\r\x0b\x0c")
_REPEATS_OF_REPEATS: Final = re.compile(r"[*+}]\)+[*+{]")
"""`(a+)+`: matching a text that nearly fits may take exponential time."""


def matching_text(
    pattern: str, chance: random.Random, *, shortest: int = 0, longest: int | None = None
) -> str | None:
    """Return a text that matches and has the length asked for; None where none was found."""
    try:
        expression = re.compile(pattern)
    except (re.error, OverflowError, RecursionError):
        return None

    def fits(text: str) -> bool:
        right_length = shortest <= len(text) <= (longest if longest is not None else len(text))
        return right_length and expression.search(text) is not None

    likely = [text for text in _likely(chance, shortest, longest) if fits(text)]
    if likely:
        return min(likely, key=lambda text: abs(len(text) - USUAL_LENGTH))
    return next((text for text in _made(pattern, chance) if fits(text)), None)


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


def _made(pattern: str, chance: random.Random) -> Iterator[str]:
    """Yield texts made from the pattern, printable and shortest first; none where rstr does not know it."""
    import rstr

    maker = rstr.Rstr(chance)
    most = LONGEST if _REPEATS_OF_REPEATS.search(pattern) else 4 * LONGEST
    made: set[str] = set()
    for _ in range(ATTEMPTS):
        try:
            with warnings.catch_warnings(action="ignore"):
                made.add(maker.xeger(pattern))
        except Exception:  # rstr raises whatever its parser meets; then the user writes the input
            return
    usable = (text for text in made if len(text) <= most and set(text) <= _PRINTABLE)
    yield from sorted(usable, key=lambda text: (len(text), text))
