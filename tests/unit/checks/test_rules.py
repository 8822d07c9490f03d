from dataclasses import replace
from typing import Any

import pytest

from analysis.verdicts.recommendation import Recommendation, Verdict
from diag.checks.rules import DEFAULT_RULES, CheckOutcome, Rule, judge
from tests.support.changes.recommendations import analysis_of, recommendation


def outcome(rule: Rule, **values: Any) -> CheckOutcome | None:
    findings = judge(analysis_of(recommendation(**values)), [rule])
    return findings[0].outcome if findings else None


@pytest.mark.parametrize(
    ("verdict", "expected"),
    [
        (Verdict.RAISE, CheckOutcome.FAILED),
        (Verdict.LOWER, CheckOutcome.FAILED),
        (Verdict.OVER_CAP_USE_ASYNC, CheckOutcome.UNDECIDED),
        (Verdict.OK, CheckOutcome.PASSED),
        (Verdict.UNSTABLE, CheckOutcome.UNDECIDED),
        (Verdict.NO_DATA, CheckOutcome.UNDECIDED),
        (Verdict.CENSORED_NEEDS_PROBE, CheckOutcome.UNDECIDED),
        (Verdict.INSUFFICIENT_SAMPLES, CheckOutcome.UNDECIDED),
        (Verdict.NOT_CONFIGURABLE, None),
    ],
)
def test_outside_follows_the_verdict(verdict: Verdict, expected: CheckOutcome | None) -> None:
    assert outcome(Rule.OUTSIDE, verdict=verdict) is expected


def test_outside_says_both_numbers() -> None:
    (finding,) = judge(analysis_of(recommendation()), [Rule.OUTSIDE])

    assert finding.message.startswith("the timeout is 5 s, recommended is 10 s: 99 of 100 calls")


def test_a_number_that_apply_holds_back_breaks_no_build() -> None:
    thin = recommendation(Verdict.LOWER, recommended_timeout_s=3, grade="C")
    (finding,) = judge(analysis_of(thin), [Rule.OUTSIDE])

    assert finding.outcome is CheckOutcome.UNDECIDED
    assert finding.message.startswith("3 s is held back: these calls may cover too short a time")

    cut_short = replace(analysis_of(recommendation()), weak=("Run 1 was cut short.",))
    assert judge(cut_short, [Rule.OUTSIDE])[0].outcome is CheckOutcome.UNDECIDED


def test_no_number_is_named_where_no_timeout_fits() -> None:
    slow = recommendation(Verdict.OVER_CAP_USE_ASYNC, reason="No timeout up to 30 s fits.")
    (finding,) = judge(analysis_of(slow), [Rule.OUTSIDE])

    assert (finding.outcome, finding.message) == (CheckOutcome.UNDECIDED, "No timeout up to 30 s fits.")


def test_a_cap_that_is_set_already_is_not_outside() -> None:
    assert (
        outcome(Rule.OUTSIDE, verdict=Verdict.OVER_CAP_USE_ASYNC, current_timeout_s=10) is CheckOutcome.PASSED
    )


@pytest.mark.parametrize(
    ("is_set", "expected"),
    [(True, CheckOutcome.PASSED), (False, CheckOutcome.FAILED), (None, CheckOutcome.UNDECIDED)],
)
def test_unset(is_set: bool | None, expected: CheckOutcome) -> None:
    assert outcome(Rule.UNSET, timeout_is_set=is_set) is expected


def test_undecided_fails_only_who_asks_for_it() -> None:
    assert outcome(Rule.UNDECIDED, verdict=Verdict.NO_DATA) is CheckOutcome.FAILED
    assert outcome(Rule.UNDECIDED) is CheckOutcome.PASSED
    assert Rule.UNDECIDED not in DEFAULT_RULES


def measured(p99_ms: float, spread_ms: float = 50.0, **values: Any) -> Recommendation:
    return recommendation(
        quantile_ms=p99_ms,
        quantile_lower_ms=p99_ms - spread_ms,
        quantile_upper_ms=p99_ms + spread_ms,
        **values,
    )


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (measured(3000), CheckOutcome.FAILED),
        (measured(2010), CheckOutcome.PASSED),
        (measured(1000), CheckOutcome.PASSED),
        (measured(2500, spread_ms=900), CheckOutcome.UNDECIDED),
        (recommendation(), CheckOutcome.UNDECIDED),
        (measured(3000, verdict=Verdict.NOT_CONFIGURABLE), CheckOutcome.FAILED),
        (measured(3000, action_id="new"), CheckOutcome.UNDECIDED),
    ],
)
def test_slower_is_what_compare_says(now: Recommendation, expected: CheckOutcome) -> None:
    (finding,) = judge(analysis_of(now), [Rule.SLOWER], baseline=analysis_of(measured(2000)))

    assert finding.outcome is expected


def test_slower_needs_a_baseline() -> None:
    assert judge(analysis_of(recommendation()), [Rule.SLOWER]) == ()
