"""What a running load has done so far, read from the lines its processes write once a second."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from analysis.analysis_errors import UnreadableSamplesError
from analysis.format.call_record import SEGMENT_SUFFIX
from analysis.format.event_lines import second_line
from analysis.format.input_file import InputFile, open_regular
from analysis.format.job_lines import JOBS_SUFFIX, JobLine, LookLine, job_line
from analysis.format.json_to_dataclass import Count, WrongShapeError, typed
from analysis.format.json_within_limits import parse_line
from analysis.format.run_folder import RunFolder
from analysis.format.sample_schema import ActionVersion, InputOrigin, action_of_key, is_direct_key, shown_name
from diag.measuring.live_quantiles import Latencies, LiveQuantiles
from diag.measuring.settled_watch import SETTLING_FILE

BYTES_AT_ONCE: Final = 4 * 1024 * 1024
"""Longer than any line: one of two thousand actions has 150 kB."""
LINES_AT_ONCE: Final = 100
SILENT_S: Final = 10.0
"""A process that has written nothing for so long, while others have, is not at work."""


@dataclass(frozen=True, slots=True)
class ActionProgress:
    """One action so far, or its backend called directly, whose name says so.

    `timeouts`: all right-censored calls; `settled`: its answer can no longer change.
    """

    action_id: str
    action_name: str
    calls: int = 0
    ok: int = 0
    timeouts: int = 0
    errors: int = 0
    dropped: int = 0
    settled: bool = False
    more_calls: int | None = None
    """About how many more calls settle it; None while that is unknown."""
    p50_ms: float | None = None
    p99_ms: float | None = None
    """So far; None: beyond the timeout, or no call yet that shows it (see `timed`)."""
    jobs: "JobCounts | None" = None
    """Of a submit action."""
    contract_errors: int = 0
    """Of `errors`: replies that broke the action's contract."""
    invented_share: float = 0.0
    """Share (0..1) of the calls in p50 and p99 that had an invented input."""

    @property
    def timed(self) -> int:
        """Calls that show how long the action takes."""
        return self.ok + self.timeouts + self.contract_errors


@dataclass(frozen=True, slots=True)
class JobCounts:
    """Jobs of a submit action so far. `ended` otherwise: failed, cancelled, given up, not readable."""

    started: int = 0
    done: int = 0
    ended: int = 0
    throttled: int = 0
    """Polls that were answered 429."""
    invented: int = 0
    """Jobs started with an invented input."""

    @property
    def running(self) -> int:
        """Jobs that are followed."""
        return self.started - self.done - self.ended


@dataclass(frozen=True, slots=True)
class RunProgress:
    """All actions and all load processes so far. `planned_s` is None for a run without an end."""

    elapsed_s: float
    planned_s: float | None
    calls: int
    ok: int
    timeouts: int
    errors: int
    dropped: int
    in_flight: int
    offered_rate: float
    """Calls/s the schedule sends now, all actions together."""
    actions: tuple[ActionProgress, ...]
    notes: tuple[str, ...] = ()

    @property
    def left_s(self) -> float | None:
        """Seconds left; None for a run without an end."""
        return None if not self.planned_s else max(0.0, self.planned_s - self.elapsed_s)


def latency_text(value_ms: float | None, timed: int) -> str:
    """Return a latency so far: `beyond` where only timed-out calls are left, `-` without a call."""
    if not timed:
        return "-"
    if value_ms is None:
        return "beyond"
    return f"{value_ms:.0f} ms" if value_ms < 10_000 else f"{value_ms / 1000:.1f} s"


@dataclass(frozen=True, slots=True)
class _Settling:
    """One action in `settling.json`."""

    more_calls: Count | None = None


@dataclass(slots=True)
class ProgressReader:
    """Reads what was appended since the last time; never reads a byte twice."""

    folder: RunFolder
    planned_s: float | None = None
    _offsets: dict[Path, int] = field(default_factory=dict)
    _seconds: dict[Path, Mapping[str, Any]] = field(default_factory=dict)
    _names: dict[str, str] = field(default_factory=dict)
    _invented: dict[str, set[int]] = field(default_factory=dict)
    """Per worker: the codes of payloads that are invented."""
    _codes: dict[str, dict[str, int]] = field(default_factory=dict)
    _jobs: dict[tuple[str, int], tuple[str, str, int]] = field(default_factory=dict)
    _job_counts: dict[str, JobCounts] = field(default_factory=dict)
    _quantiles: LiveQuantiles = field(default_factory=LiveQuantiles)
    _settled: set[str] = field(default_factory=set)
    _notes: list[str] = field(default_factory=list)

    def read(self, between: Callable[[], object] = lambda: None) -> RunProgress:
        """Return the state now; all zero before the first second is over.

        `between` is called after each small step of reading: inside a load process it lets calls go first.
        """
        for path in sorted(self.folder.segments.glob("*.names")):
            for line in self._new_lines(path, between):
                action_id, name, code = line.get("text"), line.get("name"), line.get("code")
                if line.get("kind") == "action" and isinstance(action_id, str) and isinstance(name, str):
                    self._names[action_id] = name
                    if isinstance(code, int):
                        self._codes.setdefault(action_id, {})[path.stem] = code
                elif line.get("origin") == InputOrigin.INVENTED and isinstance(code, int):
                    self._invented.setdefault(path.stem, set()).add(code)
        for path in sorted(self.folder.segments.glob("*.events")):
            for line in self._new_lines(path, between):
                self._take(path, line)
        for path in sorted(self.folder.segments.glob(f"*{JOBS_SUFFIX}")):
            for line in self._new_lines(path, between):
                self._take_job(path.stem, line)
        for path in sorted(self.folder.segments.glob(f"*{SEGMENT_SUFFIX}")):
            self._quantiles.read_on(path, between)
        return self._sum()

    def _take(self, path: Path, line: Mapping[str, Any]) -> None:
        match line.get("kind"):
            case "second":
                self._seconds[path] = line
            case "settled":
                self._settled.add(str(line.get("action_id")))
            case "guard":
                self._notes.append(str(line.get("why")))

    def _take_job(self, worker: str, line: Mapping[str, Any]) -> None:
        match job_line(line):
            case JobLine() as begun:
                self._jobs[worker, begun.job] = begun.action_id, "running", 0
                self._count_job(begun.action_id, "started", 1)
                self._count_job(begun.action_id, "invented", begun.input_origin == InputOrigin.INVENTED)
            case LookLine() as look if (worker, look.job) in self._jobs:
                action_id, before, throttled_before = self._jobs[worker, look.job]
                self._jobs[worker, look.job] = action_id, look.state, look.throttled
                self._count_job(action_id, "throttled", look.throttled - throttled_before)
                if look.state != before:
                    self._count_job(action_id, "done" if look.state == "done" else "ended", 1)

    def _count_job(self, action_id: str, what: str, more: int) -> None:
        counts = self._job_counts.setdefault(action_id, JobCounts())
        self._job_counts[action_id] = replace(counts, **{what: getattr(counts, what) + more})

    def _new_lines(self, path: Path, between: Callable[[], object]) -> Iterator[Mapping[str, Any]]:
        with open_regular(path) as file:
            while True:
                file.seek(self._offsets.get(path, 0))
                text = file.read(BYTES_AT_ONCE)
                whole = text[: text.rfind(b"\n") + 1]
                if not whole:
                    return
                self._offsets[path] = self._offsets.get(path, 0) + len(whole)
                for number, line in enumerate(whole.splitlines(), start=1):
                    yield parse_line(line) or {}
                    if number % LINES_AT_ONCE == 0:
                        between()

    def _more_calls(self) -> Mapping[str, int | None]:
        try:
            body = InputFile(self.folder.path / SETTLING_FILE, UnreadableSamplesError).json()
            states = typed(dict[str, _Settling], body)
        except (UnreadableSamplesError, WrongShapeError):
            return {}  # not there (yet)
        return {key: state.more_calls for key, state in states.items()}

    def _name(self, key: str) -> str:
        action_id = action_of_key(key)
        name = self._names.get(action_id, action_id)
        return shown_name(name, ActionVersion.DIRECT) if is_direct_key(key) else name

    def _latencies(self, key: str) -> Latencies:
        return self._quantiles.of(self._codes.get(action_of_key(key), {}), direct=is_direct_key(key))

    def _invented_share(self, key: str, total: int) -> float:
        codes, direct = self._codes.get(action_of_key(key), {}), is_direct_key(key)
        made_up = self._quantiles.calls_with(codes, self._invented, direct=direct)
        return made_up / total if total else 0.0

    def _sum(self) -> RunProgress:
        totals: dict[str, list[int]] = {}
        seconds = [second for line in self._seconds.values() if (second := second_line(line)) is not None]
        for second in seconds:
            for key, counts in second.actions.items():
                have = totals.setdefault(key, [0] * len(counts))
                totals[key] = [a + b for a, b in zip(have, counts, strict=True)]
        more = self._more_calls()
        # An earlier part of a soak was killed with calls in flight: they are not in flight any more.
        newest = max((second.at for second in seconds), default=0.0)
        at_work = [one for one in seconds if one.at >= newest - SILENT_S]
        actions = tuple(
            ActionProgress(
                action_of_key(key),
                self._name(key),
                *(calls, ok, timeouts, errors, dropped),
                settled=key in self._settled,
                more_calls=more.get(key),
                p50_ms=latencies.quantile_ms(0.5),
                p99_ms=latencies.quantile_ms(0.99),
                jobs=self._job_counts.get(key),
                contract_errors=latencies.contract_errors,
                invented_share=self._invented_share(key, latencies.total),
            )
            for key, (calls, ok, timeouts, errors, dropped) in totals.items()
            for latencies in [self._latencies(key)]
        )
        return RunProgress(
            elapsed_s=max((second.elapsed_s for second in seconds), default=0.0),
            planned_s=self.planned_s,
            calls=sum(action.calls for action in actions),
            ok=sum(action.ok for action in actions),
            timeouts=sum(action.timeouts for action in actions),
            errors=sum(action.errors for action in actions),
            dropped=sum(action.dropped for action in actions),
            in_flight=sum(second.in_flight for second in at_work),
            offered_rate=sum(second.offered_rate for second in at_work),
            actions=actions,
            notes=tuple(self._notes),
        )
