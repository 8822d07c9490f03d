"""The order of actions in every list: the most harmful timeout first."""

from typing import Final

from analysis.verdicts.recommendation import Recommendation, Verdict

SEVERITY_ORDER: Final = (
    Verdict.OVER_CAP_USE_ASYNC,
    Verdict.RAISE,
    Verdict.UNSTABLE,
    Verdict.CENSORED_NEEDS_PROBE,
    Verdict.INSUFFICIENT_SAMPLES,
    Verdict.NO_DATA,
    Verdict.LOWER,
    Verdict.OK,
    Verdict.NOT_CONFIGURABLE,
)
"""First the timeouts that cost callers their answers, then the unknown ones, then those that cost time."""


def severity(recommendation: Recommendation) -> tuple[int, float, str, str]:
    """Return the sort key: by verdict, then by the share of calls cut off now, then by name."""
    return (
        SEVERITY_ORDER.index(recommendation.verdict),
        -(recommendation.cut_off_now or 0.0),
        recommendation.action_name,
        recommendation.action_id,
    )
