"""How many calls that count were made in a second of a run: to say about how long as many more would take.

Taken over the whole of the runs an action was called in, also while others had its turn and during pauses:
to run the same again takes as long as it took.
"""

from collections.abc import Mapping

import numpy as np

from analysis.samples.action_calls import Calls, Kind

Spans = Mapping[int, tuple[float, float]]
"""Run number -> start of its first and of its last call, Unix seconds."""


def run_spans(calls: Calls) -> Spans:
    """Return when each run made the first and the last of these calls (in order of run and start).

    Refused ones tell nothing: not of a latency, and not of when the run began or ended.
    """
    calls = calls.where(calls.kind != Kind.REFUSED)
    if not len(calls):
        return {}
    first = np.r_[0, np.flatnonzero(np.diff(calls.run)) + 1]
    last = np.r_[first[1:] - 1, len(calls) - 1]
    each = zip(calls.run[first], calls.started_at[first], calls.started_at[last], strict=True)
    return {int(run): (float(began), float(ended)) for run, began, ended in each}


def together(one: Spans, other: Spans) -> Spans:
    """Return the spans of the calls of both."""
    joined = dict(one)
    for run, (began, ended) in other.items():
        known = joined.get(run, (began, ended))
        joined[run] = (min(known[0], began), max(known[1], ended))
    return joined


def pace(counted: int, own: Spans, whole: Spans) -> float | None:
    """Return calls that count per second of the runs in `own`, as long as `whole` says; None if unknown."""
    lasted = sum(whole[run][1] - whole[run][0] for run in own if run in whole)
    return counted / lasted if counted and lasted > 0 else None
