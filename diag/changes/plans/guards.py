"""What speaks against setting a recommended number (docs/method.md, "What may be changed").

A raise stands on its own; a lowering needs evidence over time; what the data call unstable or beyond the cap
is held back, and so is every number of runs that were cut short or judged invalid. `--force` overrules all of
it; what the platform forbids is not decided here.
"""

from collections.abc import Sequence
from typing import Final

from analysis.verdicts.recommendation import Recommendation, Verdict

MIN_CALLS_TO_LOWER: Final = 1000
"""Effective calls a lowering needs."""


def objection_to(item: Recommendation, weak: Sequence[str] = ()) -> str | None:
    """Return what speaks against setting the recommended number, by the data alone, or None.

    `weak`: what weakens the runs the number comes from (`Analysis.weak`).
    """
    if weak:
        return f"weak evidence: {' '.join(weak).rstrip('.')}"
    if item.verdict is Verdict.UNSTABLE:
        return f"unstable: {item.reason}"
    if item.verdict is Verdict.OVER_CAP_USE_ASYNC:
        return f"beyond the cap: {item.reason}"
    if item.verdict is Verdict.LOWER:
        return objection_to_lowering(item)
    return None


def objection_to_lowering(item: Recommendation) -> str | None:
    """Return why the evidence is too thin to shorten a timeout, or None when it is enough."""
    if item.grade not in ("A", "B"):
        return (
            f"lowering needs calls spread over an hour or more (grade A or B), these are grade {item.grade}"
            if item.grade
            else "lowering needs calls spread over an hour or more (grade A or B), the spread is unknown"
        )
    if item.n_eff is None or item.n_eff < MIN_CALLS_TO_LOWER:
        have = "unknown" if item.n_eff is None else f"{item.n_eff:,.0f}"
        return f"lowering needs {MIN_CALLS_TO_LOWER:,} effective calls, there are {have}"
    return None


def objection_in_org(item: Recommendation, before_timeout_s: int, after_timeout_s: int) -> str | None:
    """Return why the evidence does not fit the timeout in force now, or None when it does."""
    if item.current_timeout_s is not None and item.current_timeout_s != before_timeout_s:
        return (
            f"its timeout is {before_timeout_s} s now and was {item.current_timeout_s} s when measured: "
            "measure again"
        )
    if after_timeout_s < before_timeout_s and item.verdict is not Verdict.LOWER:
        return objection_to_lowering(item)
    return None
