"""Files that take a while: how far they are read, and what happens to their calls then."""

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

from analysis.number_words import plural

if TYPE_CHECKING:
    from analysis.samples.read_progress import Reached
    from diag.console import Console, Progress

LONG_BYTES: Final = 100_000_000
"""Files of so much together take seconds; a bar for less would only flicker."""


class LargeFilesProgress:
    """Shows on a terminal what is waited for; nothing for files that are read at once."""

    def __init__(self, console: "Console", inputs: Sequence[Path]) -> None:
        from analysis.samples.read_progress import size_of

        self._console = console
        bytes_in_all = sum(map(size_of, inputs))
        self._long = bytes_in_all >= LONG_BYTES
        names = inputs[0].name if len(inputs) == 1 else plural(len(inputs), "file")
        self._reading = f"Reading {names} ({bytes_in_all / 1e9:.1f} GB)"
        self._shown = ExitStack()
        self._bar: Progress | None = None
        self._label = ""

    def __enter__(self) -> Self:
        """Return it."""
        return self

    def __exit__(self, *_: object) -> None:
        """Show nothing any more."""
        self._shown.close()

    def reading(self, reached: "Reached") -> None:
        """Show how far the files are read."""
        if self._long:
            bar = self._begin(self._reading)
            bar.update(reached.bytes_read, reached.bytes_in_all, plural(reached.calls, "call"))

    def judging(self, calls: int) -> None:
        """Show that the calls are judged."""
        if self._long:
            self._begin(f"Judging {plural(calls, 'call')}")

    def reporting(self) -> None:
        """Show that the report is made."""
        if self._long:
            self._begin("Making the report")

    def _begin(self, label: str) -> "Progress":
        if self._bar is None or label != self._label:
            self._shown.close()
            self._bar = self._shown.enter_context(self._console.progress(label))
            self._label = label
        return self._bar
