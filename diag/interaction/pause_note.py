"""Saying why a command stands still: a token may make 300 calls a minute."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from diag.console import Console

WORTH_SAYING_S: Final = 5.0
"""The short pauses after a long one are the pace itself."""


def pause_note(console: "Console") -> Callable[[float], None]:
    """Return what the client calls before each pause, with its seconds."""

    def say(seconds: float) -> None:
        if seconds > WORTH_SAYING_S:
            console.note(f"Pausing {seconds:.0f} s: a token may make 300 calls a minute.")

    return say
