"""How a running load looks: a live table on a terminal, plain lines elsewhere."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from diag.measuring.progress import ActionProgress, Progress
from diag.table import clean

if TYPE_CHECKING:
    from diag.console import Console
    from diag.measuring.quantiles import LiveQuantiles

PLAIN_EVERY_S: Final = 10.0


@contextmanager
def show_progress(
    console: "Console", quantiles: "LiveQuantiles", *, live: bool
) -> Iterator[Callable[[Progress], None]]:
    """Yield what `run_load` calls with its progress."""
    if not live:
        yield _plain(console)
        return
    from rich.console import Console as RichConsole
    from rich.live import Live

    with Live(console=RichConsole(stderr=True), refresh_per_second=4, transient=True) as screen:
        yield lambda progress: screen.update(_table(progress, quantiles))


def _plain(console: "Console") -> Callable[[Progress], None]:
    said_at = time.monotonic()

    def follow(progress: Progress) -> None:
        nonlocal said_at
        if time.monotonic() - said_at < PLAIN_EVERY_S:
            return
        said_at = time.monotonic()
        settled = sum(action.settled for action in progress.actions)
        console.note(
            f"{progress.elapsed_s:.0f} s: {progress.calls} calls, {progress.timeouts} timed out, "
            f"{progress.errors} failed, {settled} of {len(progress.actions)} actions settled"
        )

    return follow


def _table(progress: Progress, quantiles: "LiveQuantiles") -> Any:
    from rich.table import Table

    seen = quantiles.look()
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for heading in ("action", "towards settled", "calls", "ok", "timeouts", "errors", "p50", "p99"):
        table.add_column(heading, justify="left" if heading in ("action", "towards settled") else "right")
    for number, action in enumerate(progress.actions, start=1):
        p50, p99 = seen.get(number, (None, None))
        table.add_row(
            clean(action.action_name),
            "settled" if action.settled else _towards(action),
            *(str(action.calls), str(action.ok), str(action.timeouts), str(action.errors)),
            *(_ms(p50, action.calls), _ms(p99, action.calls)),
        )
    table.caption = _caption(progress)
    table.caption_justify = "left"
    return table


def _caption(progress: Progress) -> str:
    rate = progress.calls / progress.elapsed_s if progress.elapsed_s else 0.0
    parts = [f"{progress.elapsed_s:.0f} s"]
    if progress.planned_s:
        parts.append(f"{max(0.0, progress.planned_s - progress.elapsed_s):.0f} s left")
    parts.append(f"{rate:.1f} of {progress.offered_rate:.1f} calls/s")
    parts.append(f"{progress.in_flight} in flight")
    if progress.dropped:
        parts.append(f"{progress.dropped} held back")
    notes = [clean(note) for note in progress.notes[-3:]]
    return "\n".join([" · ".join(parts), *notes])


def _towards(action: ActionProgress) -> str:
    """How far an action is, where the watcher can say."""
    if action.more_calls is None or not action.calls:
        return _bar(0.0)
    return _bar(action.calls / (action.calls + action.more_calls))


def _bar(share: float, width: int = 14) -> str:
    full = min(width, int(share * width))
    return "█" * full + "░" * (width - full)


def _ms(value: float | None, calls: int) -> str:
    if value is None:
        return "beyond" if calls else "-"
    return f"{value:.0f} ms" if value < 10_000 else f"{value / 1000:.1f} s"
