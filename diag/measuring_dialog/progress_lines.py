"""The progress of a running load where no table fits: in a log, and the texts that the table uses, too."""

import time
from collections.abc import Callable, Sequence
from typing import Final

from analysis.number_words import invented, plural
from analysis.plain_text import printable
from diag.measuring.run_progress import ActionProgress, RunProgress

PLAIN_EVERY: Final = ((60.0, 10.0), (3600.0, 60.0), (float("inf"), 600.0))
"""Until which second of the run, and how often a plain line is written: a night must not fill a log."""


class PlainLines:
    """For logs: a line now and then, and each action of the guard at once."""

    def __init__(self, note: Callable[[str], None], now: Callable[[], float] = time.monotonic) -> None:
        self._note = note
        self._now = now
        self._began = self._said_at = now()
        self._notes_said = 0

    def follow(self, progress: RunProgress) -> None:
        """Write the lines that are due at this progress."""
        for note in progress.notes[self._notes_said :]:
            self._note(printable(note))
        self._notes_said = len(progress.notes)
        now = self._now()
        every_s = next(every_s for until_s, every_s in PLAIN_EVERY if now - self._began <= until_s)
        if now - self._said_at < every_s:
            return
        self._said_at = now
        settled = sum(action.settled for action in progress.actions)
        parts = [
            f"{progress.elapsed_s:.0f} s: {plural(progress.calls, 'call')}, {progress.timeouts:,} cut off, "
            f"{progress.errors:,} failed",
            *jobs_told(progress.actions),
            f"{settled} of {plural(len(progress.actions), 'action')} settled",
            *_invented(progress.actions),
            *time_left(progress),
        ]
        self._note(", ".join(parts))


def time_left(progress: RunProgress) -> list[str]:
    """Return one text, or none where nobody knows when the run ends."""
    return [] if progress.left_s is None else [f"{progress.left_s:.0f} s left"]


def jobs_told(actions: Sequence[ActionProgress]) -> list[str]:
    """Return one text per submit action: the state of its jobs."""
    told = []
    for action in actions:
        if action.jobs is not None:
            jobs = action.jobs
            said = (
                f"{printable(action.action_name)}: {plural(jobs.done, 'job')} done, {jobs.running:,} running"
            )
            said += f", {jobs.ended:,} ended otherwise" if jobs.ended else ""
            share = jobs.invented / jobs.started if jobs.started else 0.0
            said += f", inputs {invented(share)}" if share else ""
            told.append(said)
    return told


def _invented(actions: Sequence[ActionProgress]) -> list[str]:
    count = sum(action.invented_share > 0 for action in actions)
    return [f"{count} with invented inputs"] if count else []
