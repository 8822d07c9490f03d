import xml.etree.ElementTree as ET

import pytest

from analysis.verdicts.recommendation import Recommendation, Verdict
from diag.checks.annotations import annotations
from diag.checks.junit import junit_xml
from diag.checks.rules import DEFAULT_RULES, Finding, Outcome, Rule, failed, judge
from tests.support.changes.recommendations import analysis_of, recommendation


def outcome(rule: Rule, **values: object) -> Outcome | None:
    findings = judge(analysis_of(recommendation(**values)), [rule])
    return findings[0].outcome if findings else None


@pytest.mark.parametrize(
    ("verdict", "expected"),
    [
        (Verdict.RAISE, Outcome.FAILED),
        (Verdict.LOWER, Outcome.FAILED),
        (Verdict.OVER_CAP_USE_ASYNC, Outcome.FAILED),
        (Verdict.OK, Outcome.PASSED),
        (Verdict.UNSTABLE, Outcome.UNDECIDED),
        (Verdict.NO_DATA, Outcome.UNDECIDED),
        (Verdict.CENSORED_NEEDS_PROBE, Outcome.UNDECIDED),
        (Verdict.INSUFFICIENT_SAMPLES, Outcome.UNDECIDED),
        (Verdict.NOT_CONFIGURABLE, None),
    ],
)
def test_outside_follows_the_verdict(verdict: Verdict, expected: Outcome | None) -> None:
    assert outcome(Rule.OUTSIDE, verdict=verdict) is expected


def test_outside_says_both_numbers() -> None:
    (finding,) = judge(analysis_of(recommendation()), [Rule.OUTSIDE])

    assert finding.message.startswith("the timeout is 5 s, recommended are 10 s: 99 of 100 calls")


def test_a_cap_that_is_set_already_is_not_outside() -> None:
    assert outcome(Rule.OUTSIDE, verdict=Verdict.OVER_CAP_USE_ASYNC, current_timeout_s=10) is Outcome.PASSED


@pytest.mark.parametrize(
    ("is_set", "expected"), [(True, Outcome.PASSED), (False, Outcome.FAILED), (None, Outcome.UNDECIDED)]
)
def test_unset(is_set: bool | None, expected: Outcome) -> None:
    assert outcome(Rule.UNSET, timeout_is_set=is_set) is expected


def test_undecided_fails_only_who_asks_for_it() -> None:
    assert outcome(Rule.UNDECIDED, verdict=Verdict.NO_DATA) is Outcome.FAILED
    assert outcome(Rule.UNDECIDED) is Outcome.PASSED
    assert Rule.UNDECIDED not in DEFAULT_RULES


def measured(p99_ms: float, spread_ms: float = 50.0, **values: object) -> Recommendation:
    return recommendation(
        quantile_ms=p99_ms,
        quantile_lower_ms=p99_ms - spread_ms,
        quantile_upper_ms=p99_ms + spread_ms,
        **values,
    )


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (measured(3000), Outcome.FAILED),
        (measured(2010), Outcome.PASSED),
        (measured(1000), Outcome.PASSED),
        (measured(2500, spread_ms=900), Outcome.UNDECIDED),
        (recommendation(), Outcome.UNDECIDED),
        (measured(3000, verdict=Verdict.NOT_CONFIGURABLE), Outcome.FAILED),
        (measured(3000, action_id="new"), Outcome.UNDECIDED),
    ],
)
def test_slower_is_what_compare_says(now: Recommendation, expected: Outcome) -> None:
    (finding,) = judge(analysis_of(now), [Rule.SLOWER], baseline=analysis_of(measured(2000)))

    assert finding.outcome is expected


def test_slower_needs_a_baseline() -> None:
    assert judge(analysis_of(recommendation()), [Rule.SLOWER]) == ()


HOSTILE = Finding(
    Rule.OUTSIDE, "id", 'N\n::error::owned <b>"&\x00\x1b', Outcome.FAILED, "100 % bad\r\n::warning::x"
)


def test_annotations_are_one_line_each_whatever_the_name() -> None:
    text = annotations([HOSTILE, Finding(Rule.UNSET, "i", "n", Outcome.UNDECIDED, "m")])

    error, notice = text.splitlines()
    assert error.startswith("::error title=diag check%3A outside::N%0A")
    assert "100 %25 bad%0D%0A" in error
    assert notice == "::notice title=diag check::1 of 2 checks are undecided"


def test_junit_is_valid_xml_with_counts_whatever_the_name() -> None:
    findings = [
        HOSTILE,
        Finding(Rule.OUTSIDE, "b", "B", Outcome.PASSED, "fits"),
        Finding(Rule.UNSET, "b", "B", Outcome.UNDECIDED, "unknown"),
    ]

    root = ET.fromstring(junit_xml(findings))

    assert root.attrib == {"name": "diag check", "tests": "3", "failures": "1", "skipped": "1", "errors": "0"}
    assert [suite.get("name") for suite in root] == ["diag check: outside", "diag check: unset"]
    (failure,) = root.iter("failure")
    assert failure.get("message") == "100 % bad\r\n::warning::x"
    assert len(list(root.iter("skipped"))) == 1
    assert len(failed(findings)) == 1
