"""The one place that writes to the terminal: results to stdout, everything else to stderr.

rich is imported only when something is drawn. NO_COLOR, FORCE_COLOR and TERM=dumb are honoured by rich;
a severity is always a word as well as a colour.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, Protocol

from analysis.machine.build_server import runs_on_build_server
from analysis.plain_text import printable, printable_lines
from analysis.wrapped_text import columns_of, shortened, terminal_width, wrapped
from diag.errors import UsageError
from diag.table import Table
from diag.table_layout import lay_out

if TYPE_CHECKING:
    from rich.console import Console as RichConsole

_STYLES: Final = {  # verdicts by their words (reports/wording/verdict_words.py)
    "Fits": "green",
    "Raise": "bold red",
    "Lower": "cyan",
    "Unstable": "yellow",
    "Make async": "bold magenta",
    "Try longer timeout": "bold yellow",
    "More calls needed": "yellow",
    "SANDBOX": "bold black on yellow",
}

ROOMY: Final = 100
"""Columns; below that a bar is short."""
_TIMES: Final = len(" 0:00:00 left 0:00:00  ")
"""What a bar has beside its label and its remark: times are never cut off, names may be."""


class Progress(Protocol):
    """A progress display, as the code that does the work sees it."""

    def update(self, done: float, total: float | None = None, note: str = "") -> None:
        """Show `done` of `total`; `note` is a short remark behind the bar."""


class Console:
    """Prints; never computes."""

    def __init__(self, *, quiet: bool = False) -> None:
        self.quiet = quiet
        self._err: RichConsole | None = None

    @property
    def interactive(self) -> bool:
        """Whether a user can answer a question here."""
        return sys.stdin.isatty() and sys.stderr.isatty()

    @contextmanager
    def aloud(self) -> Iterator[None]:
        """Within it nothing is quiet: who is asked to approve something reads what it is."""
        before, self.quiet = self.quiet, False
        try:
            yield
        finally:
            self.quiet = before

    def result(self, text: str) -> None:
        """Write a result of one or more lines to stdout, ending in one newline.

        What could move a cursor is replaced here at the latest; JSON has escapes for it (json_text).
        """
        shown = printable_lines(text)
        sys.stdout.write(shown if shown.endswith("\n") else shown + "\n")
        sys.stdout.flush()

    def exact(self, text: str) -> None:
        """Write a diff to stdout: to a file or a pipe each character as it is, to a terminal as `result`
        does, but with its tabs."""
        if sys.stdout.isatty():
            text = "\t".join(printable_lines(piece) for piece in text.split("\t"))
        sys.stdout.write(text)
        sys.stdout.flush()

    def sentence(self, text: str, *, indent: str = "  ") -> None:
        """Write one sentence to stdout; on a terminal it is wrapped between words, elsewhere one line."""
        line = indent + printable(text)
        self.result(wrapped(line, terminal_width(sys.stdout)) if sys.stdout.isatty() else line)

    def note(self, text: str = "", *, style: str | None = None) -> None:
        """Write one line to stderr, never as markup; nothing when quiet. No name in it can add another."""
        if not self.quiet:
            self._to_stderr(printable(text), style)

    def block(self, text: str) -> None:
        """Write lines to stderr; nothing when quiet. Whoever made the text made each line `printable`."""
        if not self.quiet:
            self._to_stderr(printable_lines(text), None)

    def heading(self, text: str) -> None:
        """Write a line that opens a new step."""
        self.note()
        self.note(text, style="bold")

    def warn(self, text: str) -> None:
        """Write a warning; also when quiet."""
        self._to_stderr("Warning: " + printable(text), "yellow")

    def banner(self, text: str) -> None:
        """Write a line that stands out, such as SANDBOX; also when quiet."""
        self._to_stderr(f" {printable(text)} ", _STYLES["SANDBOX"])

    def table(self, table: Table) -> None:
        """Draw a table on stdout; on a narrow terminal, what has no room as a column goes below its row."""
        from rich.console import Console as RichConsole
        from rich.text import Text

        terminal = sys.stdout.isatty()
        lines = lay_out(table, terminal_width(sys.stdout) if terminal else None)
        page = RichConsole(width=10_000, highlight=False)
        with page.capture() as drawing:
            for line in lines:
                base = "bold dim" if line.kind == "heading" else ""
                # Cleaned before they are coloured: colours are made of what is cleaned away.
                cells = ((printable(cell), _STYLES.get(cell.strip(), base)) for cell in line.cells)
                page.print(Text.assemble(*cells), crop=False, no_wrap=True, soft_wrap=True)
        sys.stdout.write("\n".join(line.rstrip() for line in drawing.get().split("\n")))
        sys.stdout.flush()

    def confirm(self, question: str, *, expected: str = "yes") -> bool:
        """Ask; only `expected`, as it is shown, approves. Raises UsageError where there is no terminal."""
        if not self.interactive:
            raise UsageError(
                "This needs your approval, and there is no terminal to ask on.",
                hint="Add --yes to approve without being asked.",
            )
        shown = printable(expected).strip()
        sys.stderr.write(f"{printable(question)} Only '{shown}' will be accepted: ")
        sys.stderr.flush()
        answer = _typed_line().strip()
        return answer != "" and answer in {shown, expected.strip()}

    def choose(self, most: int) -> int | None:
        """Ask for a number from 1 to `most`; None for anything else. Needs a terminal (`interactive`)."""
        sys.stderr.write(f"Its number (1 to {most}), or nothing to stop: ")
        sys.stderr.flush()
        answer = _typed_line().strip()
        return int(answer) if answer.isascii() and answer.isdigit() and 1 <= int(answer) <= most else None

    def ask(self, question: str) -> str | None:
        """Ask for a line; None at the end of the input. Needs a terminal (`interactive`)."""
        sys.stderr.write(printable(question))
        sys.stderr.flush()
        answer = _typed_line()
        return answer.strip() if answer else None

    @contextmanager
    def progress(self, label: str) -> Iterator[Progress]:
        """Show a progress bar on a terminal; elsewhere one plain line at the start and the end."""
        if self.quiet or not sys.stderr.isatty() or runs_on_build_server(os.environ):
            self.note(f"{label} ...")
            yield _Silent()
            return
        from rich.progress import BarColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
        from rich.progress import Progress as RichProgress

        width = terminal_width(sys.stderr)
        bar_columns = 32 if width >= ROOMY else 8
        room = width - columns_of(label) - bar_columns - _TIMES

        bar = RichProgress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=bar_columns),
            TimeElapsedColumn(),
            TextColumn("{task.fields[left]}"),
            TimeRemainingColumn(),
            TextColumn("{task.fields[remark]}"),
            console=self._stderr(),
        )
        with bar:
            task = bar.add_task(printable(label), total=None, left="", remark="")

            class Shown:
                def update(self, done: float, total: float | None = None, note: str = "") -> None:
                    left = "" if total is None else "left"
                    shown = shortened(printable(note), room)
                    bar.update(task, completed=done, total=total, left=left, remark=shown)

            yield Shown()

    def _to_stderr(self, text: str, style: str | None) -> None:
        """Wrapped between words on a terminal; elsewhere as it is, because logs are searched by line."""
        shown = wrapped(text, terminal_width(sys.stderr)) if sys.stderr.isatty() else text
        self._stderr().print(shown, style=style, markup=False, highlight=False, soft_wrap=True)

    def _stderr(self) -> "RichConsole":
        if self._err is None:
            from rich.console import Console as RichConsole

            self._err = RichConsole(stderr=True, highlight=False)
        return self._err


def _typed_line() -> str:
    """Return what is typed up to Enter; empty at the end of the input, where nothing ended the line."""
    line = sys.stdin.readline()
    if not line.endswith("\n"):
        sys.stderr.write("\n")
    return line


class _Silent:
    def update(self, done: float, total: float | None = None, note: str = "") -> None:
        """Show nothing."""
