"""Which findings break a build. One action under one rule gives one outcome: passed, failed or undecided.

Undecided (too few calls, hidden by the timeout, unstable) is not failed: a nightly job that turns red for
lack of data is switched off after a week. `undecided` as a rule of its own makes it fail for who wants it.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from analysis.verdicts.recommendation import Analysis, Recommendation, Verdict
from analysis.views.compare_runs import difference


class Rule(StrEnum):
    """What `--fail-on` may name."""

    OUTSIDE = "outside"
    """The timeout is not the recommended one."""
    UNSET = "unset"
    """No timeout is set: the platform's default of 60 s is in force."""
    SLOWER = "slower"
    """p99 is surely higher than in the baseline."""
    UNDECIDED = "undecided"
    """The data allow no verdict."""


DEFAULT_RULES: Final = (Rule.OUTSIDE, Rule.UNSET, Rule.SLOWER)


class Outcome(StrEnum):
    """How one action did under one rule."""

    PASSED = "passed"
    FAILED = "failed"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class Finding:
    """One action under one rule, with the sentence a person needs."""

    rule: Rule
    action_id: str
    action_name: str
    outcome: Outcome
    message: str


_UNDECIDED: Final = frozenset(
    {Verdict.NO_DATA, Verdict.CENSORED_NEEDS_PROBE, Verdict.INSUFFICIENT_SAMPLES, Verdict.UNSTABLE}
)


def judge(
    analysis: Analysis,
    rules: Collection[Rule] = DEFAULT_RULES,
    *,
    baseline: Analysis | None = None,
) -> tuple[Finding, ...]:
    """Return one finding per action and rule, in the analysis' order (worst harm first).

    Actions whose timeout nobody can change are judged by `slower` only. `slower` needs `baseline`.
    """
    known = {item.action_id: item for item in baseline.actions} if baseline is not None else None
    findings: list[Finding] = []
    for item in analysis.actions:
        if item.verdict is not Verdict.NOT_CONFIGURABLE:
            if Rule.OUTSIDE in rules:
                findings.append(_outside(item))
            if Rule.UNSET in rules:
                findings.append(_unset(item))
            if Rule.UNDECIDED in rules:
                findings.append(_undecided(item))
        if Rule.SLOWER in rules and known is not None:
            findings.append(_slower(item, known))
    return tuple(findings)


def failed(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Return the findings that break the build."""
    return tuple(finding for finding in findings if finding.outcome is Outcome.FAILED)


def _outside(item: Recommendation) -> Finding:
    if item.verdict in _UNDECIDED or item.recommended_timeout_s is None:
        return _finding(Rule.OUTSIDE, item, Outcome.UNDECIDED, item.reason)
    if item.verdict is Verdict.OK or item.recommended_timeout_s == item.current_timeout_s:
        return _finding(Rule.OUTSIDE, item, Outcome.PASSED, item.reason)
    if item.current_timeout_s is None:
        return _finding(Rule.OUTSIDE, item, Outcome.UNDECIDED, "its present timeout is not known")
    return _finding(
        Rule.OUTSIDE,
        item,
        Outcome.FAILED,
        f"the timeout is {item.current_timeout_s} s, recommended are {item.recommended_timeout_s} s: "
        f"{item.reason}",
    )


def _unset(item: Recommendation) -> Finding:
    if item.timeout_is_set is None:
        return _finding(Rule.UNSET, item, Outcome.UNDECIDED, "whether a timeout is set is not known")
    if item.timeout_is_set:
        return _finding(Rule.UNSET, item, Outcome.PASSED, f"{item.current_timeout_s} s is set")
    return _finding(
        Rule.UNSET, item, Outcome.FAILED, "no timeout is set: the platform's default of 60 s is in force"
    )


def _undecided(item: Recommendation) -> Finding:
    outcome = Outcome.FAILED if item.verdict in _UNDECIDED else Outcome.PASSED
    return _finding(Rule.UNDECIDED, item, outcome, item.reason)


def _slower(item: Recommendation, baseline: Mapping[str, Recommendation]) -> Finding:
    found = difference(baseline.get(item.action_id), item)
    return _finding(Rule.SLOWER, item, _SLOWER.get(found.verdict, Outcome.PASSED), found.reason)


_SLOWER: Final = {"slower": Outcome.FAILED, "cannot tell": Outcome.UNDECIDED}


def _finding(rule: Rule, item: Recommendation, outcome: Outcome, message: str) -> Finding:
    return Finding(rule, item.action_id, item.action_name, outcome, message)
