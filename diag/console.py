"""The one place that writes to the terminal: results to stdout, everything else to stderr.

rich is imported only when something is drawn. NO_COLOR, FORCE_COLOR and TERM=dumb are honoured by rich;
a severity is always a word as well as a colour.
"""

import os
import shutil
import sys
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, Protocol

from diag.errors import UsageError
from diag.table import Table, clean, column_widths, fit, to_text

if TYPE_CHECKING:
    from rich.console import Console as RichConsole

_STYLES: Final = {
    "ok": "green",
    "raise": "bold red",
    "lower": "cyan",
    "unstable": "yellow",
    "over_cap_use_async": "bold magenta",
    "censored_needs_probe": "bold yellow",
    "insufficient_samples": "yellow",
    "SANDBOX": "bold black on yellow",
}


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

    def result(self, text: str) -> None:
        """Write a result to stdout as it is, ending in one newline."""
        sys.stdout.write(text if text.endswith("\n") else text + "\n")
        sys.stdout.flush()

    def sentence(self, text: str) -> None:
        """Write one sentence to stdout; on a terminal it is wrapped between words, elsewhere one line."""
        if sys.stdout.isatty():
            width = max(40, shutil.get_terminal_size((100, 24)).columns)
            text = textwrap.fill(
                clean(text), width, initial_indent="  ", subsequent_indent="      ", break_on_hyphens=False
            )
            self.result(text)
        else:
            self.result("  " + clean(text))

    def note(self, text: str = "", *, style: str | None = None) -> None:
        """Write a line to stderr; nothing when quiet. `text` is shown as it is, never as markup."""
        if self.quiet:
            return
        self._stderr().print(_lines_clean(text), style=style, markup=False, highlight=False, soft_wrap=True)

    def heading(self, text: str) -> None:
        """Write a line that opens a new step."""
        self.note()
        self.note(text, style="bold")

    def warn(self, text: str) -> None:
        """Write a warning; also when quiet."""
        self._stderr().print(
            "Warning: " + _lines_clean(text), style="yellow", markup=False, highlight=False, soft_wrap=True
        )

    def banner(self, text: str) -> None:
        """Write a line that stands out, such as SANDBOX; also when quiet."""
        self._stderr().print(
            f" {clean(text)} ", style=_STYLES["SANDBOX"], markup=False, highlight=False, soft_wrap=True
        )

    def table(self, table: Table) -> None:
        """Draw a table on stdout; columns of low priority go first when the terminal is narrow."""
        from rich.console import Console as RichConsole
        from rich.table import Table as RichTable
        from rich.text import Text

        terminal = sys.stdout.isatty()
        width = shutil.get_terminal_size((100, 24)).columns
        shown = fit(table, width) if terminal else table
        drawn = RichTable(box=None, pad_edge=False, padding=(0, 3, 0, 0))
        for column in shown.columns:
            drawn.add_column(column.heading, justify=column.align, no_wrap=True, header_style="bold dim")
        for row in shown.rows:
            drawn.add_row(*(Text(text, style=_STYLES.get(text, "")) for text in map(to_text, row)))
        # Never narrower than the table: rich would cut cells, and a figure cut short is a wrong figure.
        needed = sum(cells + 3 for cells in column_widths(shown))
        page = RichConsole(width=max(width, needed) if terminal else 10_000, highlight=False)
        with page.capture() as drawing:
            page.print(drawn, crop=False, no_wrap=True)
        self.result("\n".join(line.rstrip() for line in drawing.get().splitlines()))
        hidden = len(table.columns) - len(shown.columns)
        if hidden:
            self.note(f"({hidden} more columns in a wider terminal, or with --format csv)")

    def confirm(self, question: str, *, expected: str = "yes") -> bool:
        """Ask; only `expected` approves. Raises UsageError where there is no terminal to ask on."""
        if not self.interactive:
            raise UsageError(
                "This needs your approval, and there is no terminal to ask on.",
                hint="Add --yes to approve without being asked.",
            )
        sys.stderr.write(f"{clean(question)} Only '{clean(expected)}' will be accepted: ")
        sys.stderr.flush()
        return sys.stdin.readline().strip() == expected

    @contextmanager
    def progress(self, label: str) -> Iterator[Progress]:
        """Show a progress bar on a terminal; elsewhere one plain line at the start and the end."""
        if self.quiet or not sys.stderr.isatty() or os.environ.get("CI"):
            self.note(f"{label} ...")
            yield _Silent()
            return
        from rich.progress import BarColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
        from rich.progress import Progress as RichProgress

        bar = RichProgress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=32),
            TimeElapsedColumn(),
            TextColumn("left"),
            TimeRemainingColumn(),
            TextColumn("{task.fields[remark]}"),
            console=self._stderr(),
        )
        with bar:
            task = bar.add_task(clean(label), total=None, remark="")

            class Shown:
                def update(self, done: float, total: float | None = None, note: str = "") -> None:
                    bar.update(task, completed=done, total=total, remark=clean(note))

            yield Shown()

    def _stderr(self) -> "RichConsole":
        if self._err is None:
            from rich.console import Console as RichConsole

            self._err = RichConsole(stderr=True, highlight=False)
        return self._err


class _Silent:
    def update(self, done: float, total: float | None = None, note: str = "") -> None:
        """Show nothing."""


def _lines_clean(text: str) -> str:
    return "\n".join(clean(line) for line in text.split("\n"))
