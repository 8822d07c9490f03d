"""What holds a number back from being set (docs/method.md, "What may be changed").

A raise stands on its own (of the backend alone, too: Genesys' own share only makes a call longer); a lowering
needs real inputs, and evidence over time. What the data call unstable or beyond the cap is held back, and so
is every number of runs that were cut short or judged invalid. `sentences/why_not_set.py` says it in words,
`next_command.py` how to get past it, `--force` overrules it; what the platform forbids is not decided here.
Tables, reports, `check` and plans all ask here, so that they agree on what will be changed.
"""

from enum import StrEnum
from typing import Final

from analysis.verdicts.recommendation import Recommendation, Verdict

MIN_CALLS_TO_LOWER: Final = 1000
"""Effective calls a lowering needs."""
GRADES_TO_LOWER: Final = ("A", "B")
"""Time coverage a lowering needs: an hour of calls or 30 separate windows, in the hours that production calls
(where these are known)."""
WITH_A_NUMBER: Final = (Verdict.RAISE, Verdict.LOWER, Verdict.UNSTABLE, Verdict.OVER_CAP_USE_ASYNC)


class Hold(StrEnum):
    """Why a number is only set with `--force`. The last six: what a lowering still needs."""

    WEAK_RUNS = "weak runs"
    """They were cut short, judged invalid, or made in different orgs."""
    UNSTABLE = "unstable"
    OVER_CAP = "over the cap"
    OTHER_TOOL = "other tool"
    """Whether Genesys' own share of a call is in its latencies is not known."""
    BACKEND_ALONE = "backend alone"
    """Genesys' own share of a call is not in its latencies."""
    REAL_INPUTS = "real inputs"
    HOURS = "hours"
    """Those in which production calls were not seen."""
    TIME = "time"
    CALLS = "calls"


def hold_on(item: Recommendation) -> Hold | None:
    """Return what speaks against setting the recommended number, by the data alone, or None."""
    if item.weak_runs:
        return Hold.WEAK_RUNS
    match item.verdict:
        case Verdict.UNSTABLE:
            return Hold.UNSTABLE
        case Verdict.OVER_CAP_USE_ASYNC:
            return Hold.OVER_CAP
        case Verdict.LOWER:
            return hold_on_lowering(item)
        case _:
            return None


def hold_on_lowering(item: Recommendation) -> Hold | None:
    """Return what the evidence lacks to shorten a timeout, or None; what more calls would not bring first."""
    if item.measured_by:
        return Hold.OTHER_TOOL
    if item.backend_alone:
        return Hold.BACKEND_ALONE
    if item.mostly_invented:
        return Hold.REAL_INPUTS
    if item.hours is not None and item.hours.grade == "C":
        return Hold.HOURS
    if item.grade not in GRADES_TO_LOWER:
        return Hold.TIME
    return Hold.CALLS if item.n_eff is None or item.n_eff < MIN_CALLS_TO_LOWER else None


def may_be_set(item: Recommendation) -> bool:
    """Return whether the verdict is one that comes with another number than the one in force."""
    to_s = item.recommended_timeout_s
    return item.verdict in WITH_A_NUMBER and to_s is not None and to_s != item.current_timeout_s


def will_be_set(item: Recommendation) -> bool:
    """Return whether `--apply` sets the number by itself, as far as the data alone decide."""
    return may_be_set(item) and hold_on(item) is None


def held_back(item: Recommendation) -> bool:
    """Return whether there is another number, but one that is only set with `--force`."""
    return may_be_set(item) and hold_on(item) is not None
