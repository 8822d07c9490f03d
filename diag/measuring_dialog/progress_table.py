"""The progress of a running load: a live table on a terminal, plain lines elsewhere."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from analysis.number_words import invented
from analysis.plain_text import printable
from analysis.wrapped_text import glued, shortened, wrapped
from diag.measuring.run_progress import ActionProgress, RunProgress, latency_text
from diag.measuring_dialog.progress_lines import PlainLines, jobs_told, time_left
from diag.table import Column, Table, column_widths
from diag.table_layout import columns_that_fit, lay_out

if TYPE_CHECKING:
    from diag.console import Console

ROWS_BESIDE: Final = 8
"""Lines of the terminal that the table leaves free: earlier output, its own head and foot."""
SHOWN_NOTES: Final = 3
GAP: Final = 2
FEWEST_LETTERS: Final = 8
NARROW: Final = 100
"""Columns; below that the bars are short."""
BAR: Final = 14
NARROW_BAR: Final = 8
_FIGURES: Final = (("calls", 2), ("ok", 5), ("timeouts", 2), ("errors", 4), ("p50", 3), ("p99", 2))
"""Headings, and which go below first when the terminal is narrow."""
_INPUTS: Final = ("inputs", 4)
"""Only where some are invented: what the times rest on stands beside them."""


@contextmanager
def show_progress(console: "Console", *, live: bool) -> Iterator[Callable[[RunProgress], None]]:
    """Yield the function that `run_load` calls with its progress."""
    if not live:
        yield PlainLines(console.note).follow
        return
    from rich.console import Console as RichConsole
    from rich.live import Live

    terminal = RichConsole(stderr=True)
    with Live(console=terminal, refresh_per_second=4, transient=True) as screen:

        def follow(progress: RunProgress) -> None:
            rows = terminal.height - ROWS_BESIDE
            screen.update(live_table(progress, rows=rows, width=terminal.width))

        yield follow


def live_table(progress: RunProgress, *, rows: int, width: int) -> Any:
    """Return the table for a terminal; of more actions than fit in `rows` lines, those at work come first.

    On a narrow terminal names are shortened and figures go below: one cut short would be a wrong figure.
    """
    from rich.text import Text

    narrow = width < NARROW
    bar = NARROW_BAR if narrow else BAR
    made_up = (_INPUTS,) if any(action.invented_share for action in progress.actions) else ()
    columns = tuple(
        Column(heading, "left" if place < 2 else "right", priority)
        for place, (heading, priority) in enumerate(
            (("action", 1), ("settled" if narrow else "towards settled", 1), *_FIGURES, *made_up)
        )
    )
    every = tuple(_cells(action, bar)[: len(columns)] for action in progress.actions)
    widths = column_widths(Table(columns, every))
    shortest = (max(len(columns[0].heading), FEWEST_LETTERS), *widths[1:])
    side_by_side = columns_that_fit(columns, shortest, width, gap=GAP)
    letters = width - sum(widths[place] + GAP for place in side_by_side[1:])
    lines_each = 1 if len(side_by_side) == len(columns) else 2
    shown = _at_work(progress.actions, max(rows // lines_each, 1))
    cells = [
        (shortened(name, max(letters, FEWEST_LETTERS)), *rest)
        for name, *rest in (_cells(action, bar)[: len(columns)] for action in shown)
    ]
    drawn = [line.text for line in lay_out(Table(columns, tuple(cells)), width, gap=GAP)]
    left_out = len(progress.actions) - len(shown)
    if left_out:
        settled = sum(action.settled for action in progress.actions) - sum(one.settled for one in shown)
        drawn.append(f"and {left_out} more  {settled} settled")
    drawn += [wrapped(line, width) for line in _caption(progress)]
    return Text("\n".join(drawn), no_wrap=True)


def _at_work(actions: Sequence[ActionProgress], most: int) -> Sequence[ActionProgress]:
    """The actions to show; where they are more than `most`, those at work first, and a line free."""
    if len(actions) <= most:
        return actions
    return sorted(actions, key=lambda action: action.settled)[: max(most - 1, 1)]


def _cells(action: ActionProgress, bar: int) -> tuple[str, ...]:
    return (
        printable(action.action_name),
        _towards(action, bar),
        *(str(count) for count in (action.calls, action.ok, action.timeouts, action.errors)),
        *(latency_text(value, action.timed) for value in (action.p50_ms, action.p99_ms)),
        invented(action.invented_share),
    )


def _caption(progress: RunProgress) -> list[str]:
    rate = progress.calls / progress.elapsed_s if progress.elapsed_s else 0.0
    parts = [
        f"{progress.elapsed_s:.0f} s",
        *time_left(progress),
        f"{rate:.1f} of {progress.offered_rate:.1f} calls/s",
        f"{progress.in_flight} in flight",
    ]
    if progress.dropped:
        parts.append(f"{progress.dropped} held back")
    notes = [printable(note) for note in progress.notes[-SHOWN_NOTES:]]
    return [" · ".join(glued(part) for part in parts), *jobs_told(progress.actions), *notes]


def _towards(action: ActionProgress, width: int) -> str:
    """How close an action is to its answer, as far as it is known."""
    if action.settled:
        return "settled"
    if action.more_calls is None or not action.calls:
        return _bar(0.0, width)
    return _bar(action.calls / (action.calls + action.more_calls), width)


def _bar(share: float, width: int) -> str:
    full = min(width, int(share * width))
    return "█" * full + "░" * (width - full)
