"""How many calls that count were made in a second of a run: to say about how long as many more would take.

Taken over the whole of the runs an action was called in, also while others had its turn and during pauses:
to run the same again takes as long as it took. The time before a run was topped up or went on is not of it:
then other workers make its calls than before.
"""

from collections.abc import Mapping

import numpy as np

from analysis.samples.action_calls import Calls

Spans = Mapping[tuple[int, int], tuple[float, float]]
"""Number of a run and of its worker -> start of the first and of the last call, Unix seconds."""


def run_spans(calls: Calls) -> Spans:
    """Return when each worker of each run made the first and the last of these calls.

    Refused ones tell nothing: not of a latency, and not of when the run began or ended.
    """
    spans: dict[tuple[int, int], tuple[float, float]] = {}
    for piece in calls.ran().pieces():
        workers = 1 + int(piece.worker.max(initial=0))
        senders, which = np.unique(piece.run * workers + piece.worker, return_inverse=True)
        began, ended = np.full(senders.size, np.inf), np.full(senders.size, -np.inf)
        np.minimum.at(began, which, piece.started_at)
        np.maximum.at(ended, which, piece.started_at)
        for sender, first, last in zip(senders.tolist(), began.tolist(), ended.tolist(), strict=True):
            known = spans.get(divmod(sender, workers), (first, last))
            spans[divmod(sender, workers)] = min(known[0], first), max(known[1], last)
    return dict(sorted(spans.items()))


def together(one: Spans, other: Spans) -> Spans:
    """Return the spans of the calls of both."""
    joined = dict(one)
    for of, (began, ended) in other.items():
        known = joined.get(of, (began, ended))
        joined[of] = (min(known[0], began), max(known[1], ended))
    return joined


def lasted_s(spans: Spans) -> Mapping[int, float]:
    """Return by run for how many seconds any of its workers was at work."""
    lasted: dict[int, float] = {}
    until: dict[int, float] = {}
    for (run, _), (began, ended) in sorted(spans.items(), key=lambda each: each[1]):
        known = until.get(run, began)
        lasted[run] = lasted.get(run, 0.0) + max(0.0, ended - max(began, known))
        until[run] = max(known, ended)
    return lasted


def pace(counted: int, own: Spans, lasted: Mapping[int, float]) -> float | None:
    """Return calls that count per second of the runs in `own`; None if unknown."""
    seconds = sum(lasted.get(run, 0.0) for run in {run for run, _ in own})
    return counted / seconds if counted and seconds > 0 else None
