"""In what two measurements of one action differ beside the way the calls took."""

from typing import Final

from analysis.estimates.load_levels import SAME_LEVEL_RATIO
from analysis.moment_words import at
from analysis.number_words import rate
from analysis.runs.invented_inputs import share_invented
from analysis.samples.action_calls import Calls

OTHER_INPUTS: Final = 0.5
LATE: Final = "the load generator was late, and how late is in these times: the difference may be its own"


def what_else_differs(
    whole: Calls,
    backend: Calls,
    rates: tuple[float | None, float | None],
    *,
    together: bool,
    on_time: bool,
) -> tuple[str, ...]:
    """Return it in sentences without their full stops; empty where nothing is known to differ.

    `rates`: of the load levels the calls come from, in calls/s; `on_time`: both left as planned, so that
    their times count from when they left.
    """
    return tuple(
        sentence
        for sentence in (
            None if together else _times(whole, backend),
            _rates(*rates),
            _inputs(whole, backend),
            None if on_time else LATE,
        )
        if sentence is not None
    )


def _times(whole: Calls, backend: Calls) -> str:
    begun = [at(float(side.started_at.min())) for side in (whole, backend)]
    when = "" if begun[0] == begun[1] else f" ({begun[0]} and {begun[1]})"
    return (
        f"the two were not called at the same time{when}: what changed in between is in the difference, and "
        "no interval covers it"
    )


def _rates(whole: float | None, backend: float | None) -> str | None:
    if whole is None or backend is None or max(whole, backend) <= SAME_LEVEL_RATIO * min(whole, backend):
        return None
    return (
        f"the action was called at {rate(whole)}, its backend at {rate(backend)}: load alone changes latency"
    )


def _inputs(whole: Calls, backend: Calls) -> str | None:
    shares = [share_invented(side.origins(), len(side)) for side in (whole, backend)]
    one, other = shares
    if one is None or other is None or abs(one - other) < OTHER_INPUTS:
        return None
    return (
        "one of the two had invented inputs and the other real ones, which a backend answers in another time"
    )
