"""Tells the user why a command waits: a token may make 300 API requests a minute."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from diag.console import Console

WORTH_SAYING_S: Final = 5.0
"""Shorter pauses are the normal pace and are not announced."""


def pause_note(console: "Console") -> Callable[[float], None]:
    """Return the function the client calls before each pause, with its length in seconds."""

    def say(seconds: float) -> None:
        if seconds > WORTH_SAYING_S:
            console.note(f"Waiting {seconds:.0f} s: Genesys Cloud allows a token 300 API requests a minute.")

    return say
