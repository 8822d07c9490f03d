"""What one second of the load looked like: the one snapshot that every policy decides by."""

from collections.abc import Sequence
from dataclasses import dataclass

from loadtests.recording.recorder import ActionTotals, Recorder
from loadtests.sending.caller import PreparedCall
from loadtests.sending.feedback import Failure, Feedback


@dataclass(frozen=True, slots=True)
class Load:
    """What all processes together send at a moment."""

    rates: Sequence[float]
    """Calls/s per action; 0 while nothing may be sent."""
    factor: float
    """How many times the planned rates are sent."""


@dataclass(frozen=True, slots=True)
class Second:
    """One second of this process. Sequences hold one entry per action of the plan."""

    now_s: float
    """When it was over, in seconds since the start."""
    totals: Sequence[ActionTotals]
    """Since the start."""
    errors: Sequence[int]
    held_back: Sequence[int]
    """Arrivals that were due and not sent."""
    sent: Sequence[int]
    """Calls that left."""
    latencies_ms: Sequence[Sequence[float]]
    load: Load
    failures: Sequence[Failure] = ()
    """What went wrong since the last tick, in the order in which it ended."""
    share: float = 1.0
    """Of the arrival streams of all processes, and so of the calls: those of this process."""
    open_jobs: int = 0
    """Jobs that are still followed."""
    in_flight: int = 0
    """Calls that are still waited for."""


class SecondMeter:
    """Turns what is counted since the start into what one second brought. Owned by `Session`."""

    def __init__(
        self,
        recorder: Recorder,
        feedback: Feedback,
        dropped: Sequence[int],
        prepared: Sequence[PreparedCall],
    ) -> None:
        self._recorder = recorder
        self._feedback = feedback
        self._dropped = dropped
        self._prepared = prepared
        self._errors_before = [totals.errors for totals in recorder.totals()]
        self._dropped_before = list(dropped)
        self._sent_before = [one.calls for one in prepared]

    def take(self, now_s: float, load: Load, *, share: float, open_jobs: int, in_flight: int) -> Second:
        """Return what happened since this was last asked."""
        totals, dropped = self._recorder.totals(), list(self._dropped)
        errors, sent = [one.errors for one in totals], [one.calls for one in self._prepared]
        second = Second(
            now_s=now_s,
            totals=totals,
            errors=[now - before for now, before in zip(errors, self._errors_before, strict=True)],
            held_back=[now - before for now, before in zip(dropped, self._dropped_before, strict=True)],
            sent=[now - before for now, before in zip(sent, self._sent_before, strict=True)],
            latencies_ms=self._feedback.take_latencies_ms(),
            load=load,
            failures=self._feedback.take_failures(),
            share=share,
            open_jobs=open_jobs,
            in_flight=in_flight,
        )
        self._errors_before, self._dropped_before, self._sent_before = errors, dropped, sent
        return second
