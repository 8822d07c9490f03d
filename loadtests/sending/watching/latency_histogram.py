"""Latencies of direct calls counted in buckets, one histogram for each set of labels."""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from loadtests.sending.watching.watched_call import WatchedCall

BOUNDS_S: Final = (
    0.005,
    0.01,
    0.025,
    0.05,
    0.075,
    0.1,
    0.25,
    0.5,
    0.75,
    1.0,
    2.5,
    5.0,
    7.5,
    10.0,
    30.0,
    60.0,
)
"""Those that OpenTelemetry's conventions advise for `http.client.request.duration`, then up to the longest
timeout of an action."""

Labels = tuple[tuple[str, str], ...]


def labels_of(call: WatchedCall) -> Labels:
    """Return the labels of a call, by the names of OpenTelemetry's conventions; `diag.*` are our own.

    `error.type` is there for a call that failed, `http.response.status_code` for one that was answered.
    """
    end = call.end
    labels = [
        ("http.request.method", call.method),
        ("server.address", call.host.host),
        ("server.port", str(call.host.port)),
        ("diag.action.name", call.action_name),
        ("diag.outcome", end.outcome.value),
    ]
    if end.status:
        labels.append(("http.response.status_code", str(end.status)))
    if end.code:
        labels.append(("error.type", error_type(end.code, end.status)))
    return tuple(labels)


def error_type(code: str, status: int) -> str:
    """Return the value of `error.type`: the status where that is the error, else the error's code."""
    return str(status) if code == f"http_{status}" else code


@dataclass(slots=True)
class DurationHistogram:
    """Of one set of labels; `counts` by bucket, the last one without a bound."""

    counts: list[int] = field(default_factory=lambda: [0] * (len(BOUNDS_S) + 1))
    sum_s: float = 0.0

    def cumulative(self) -> Iterator[tuple[float | None, int]]:
        """Yield each upper bound with how many calls took no longer; None: all of them."""
        total = 0
        for bound, count in zip((*BOUNDS_S, None), self.counts, strict=True):
            total += count
            yield bound, total


class LatencyHistograms:
    """A Watcher. Labels are bounded: actions, hosts, statuses and codes are."""

    def __init__(self) -> None:
        self.of: dict[Labels, DurationHistogram] = {}

    def __call__(self, call: WatchedCall) -> None:
        """Count one call."""
        labels = labels_of(call)
        histogram = self.of.get(labels)
        if histogram is None:
            histogram = self.of[labels] = DurationHistogram()
        seconds = call.end.latency_ms / 1000
        histogram.counts[bisect_left(BOUNDS_S, seconds)] += 1
        histogram.sum_s += seconds
