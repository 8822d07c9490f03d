"""Which findings break a build. One action under one rule gives one outcome: passed, failed or undecided.

Undecided (too few calls, hidden by the timeout, unstable) is not failed: a nightly job that turns red for
lack of data is switched off after a week. `--fail-on undecided` makes it fail for those who want that. A
number that is held back is undecided under `outside`, and passes `undecided`, unless its verdict is unstable.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Final, Literal, TypedDict

from analysis.dataclass_to_json import JsonObject, Written
from analysis.recommend_settings import SAME_WITHIN_S
from analysis.verdicts.recommendation import Analysis, Recommendation, Verdict
from analysis.verdicts.sentences.why_not_set import objection_to
from analysis.views.compare_runs import difference
from diag.checks.proposals import Arrival, ProposalState


class Rule(StrEnum):
    """What `--fail-on` may name."""

    OUTSIDE = "outside"
    """`recommend --apply` would set another timeout."""
    UNSET = "unset"
    """No timeout is set: the platform's default of 60 s is in force."""
    SLOWER = "slower"
    """p99 is higher than in the baseline, beyond doubt, by more than counts as the same."""
    UNDECIDED = "undecided"
    """The data allow no verdict."""
    PROPOSED = "proposed"
    """A number that was proposed to Terraform is not in the org yet."""


DEFAULT_RULES: Final = (Rule.OUTSIDE, Rule.UNSET, Rule.SLOWER)


class CheckOutcome(StrEnum):
    """How one action did under one rule: the type of `CheckFinding.outcome`."""

    PASSED = "passed"
    FAILED = "failed"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class CheckFinding:
    """One action under one rule, with the sentence that says why."""

    rule: Rule
    action_id: str
    action_name: str
    outcome: CheckOutcome
    """Failed findings break the build."""
    message: str
    """Why, in a sentence."""


_WRITTEN: Final = Written(CheckFinding)
_PROPOSAL: Final = Written(ProposalState)


class CheckJson(TypedDict):
    """Every action under every rule that was asked for."""

    format_version: Literal[1]
    failed: int
    """How many findings break the build."""
    findings: list[Annotated[JsonObject, _WRITTEN]]
    """Most severe first."""
    proposals: list[Annotated[JsonObject, _PROPOSAL]]
    """Of each action the newest number that was proposed to Terraform."""


_UNDECIDED: Final = frozenset(
    {Verdict.NO_DATA, Verdict.CENSORED_NEEDS_PROBE, Verdict.INSUFFICIENT_SAMPLES, Verdict.UNSTABLE}
)


def judge(
    analysis: Analysis,
    rules: Collection[Rule] = DEFAULT_RULES,
    *,
    baseline: Analysis | None = None,
    same_within_s: float = SAME_WITHIN_S,
    proposals: Sequence[ProposalState] = (),
) -> tuple[CheckFinding, ...]:
    """Return one finding per action and rule, in the analysis' order (most severe first).

    Actions whose timeout cannot be changed are judged by `slower` only. `slower` needs `baseline`.
    """
    known = {item.action_id: item for item in baseline.actions} if baseline is not None else None
    findings: list[CheckFinding] = []
    for item in analysis.actions:
        if item.verdict is not Verdict.NOT_CONFIGURABLE:
            if Rule.OUTSIDE in rules:
                findings.append(_outside(item))
            if Rule.UNSET in rules:
                findings.append(_unset(item))
            if Rule.UNDECIDED in rules:
                findings.append(_undecided(item))
        if Rule.SLOWER in rules and known is not None:
            findings.append(_slower(item, known, same_within_s))
    if Rule.PROPOSED in rules:
        findings += map(_proposed, proposals)
    return tuple(findings)


def failed(findings: Sequence[CheckFinding]) -> tuple[CheckFinding, ...]:
    """Return the findings that break the build."""
    return tuple(finding for finding in findings if finding.outcome is CheckOutcome.FAILED)


def findings_json(findings: Sequence[CheckFinding], proposals: Sequence[ProposalState] = ()) -> CheckJson:
    """Return the findings as JSON."""
    return {
        "format_version": 1,
        "failed": len(failed(findings)),
        "findings": [_WRITTEN.of(finding) for finding in findings],
        "proposals": [_PROPOSAL.of(proposal) for proposal in proposals],
    }


def _outside(item: Recommendation) -> CheckFinding:
    if item.verdict in _UNDECIDED or item.recommended_timeout_s is None:
        return _finding(Rule.OUTSIDE, item, CheckOutcome.UNDECIDED, item.reason)
    if item.verdict is Verdict.OK and item.backend_alone:
        return _finding(Rule.OUTSIDE, item, CheckOutcome.UNDECIDED, item.reason)
    if item.verdict is Verdict.OK or item.recommended_timeout_s == item.current_timeout_s:
        return _finding(Rule.OUTSIDE, item, CheckOutcome.PASSED, item.reason)
    objection = objection_to(item)
    if objection is not None:
        # The cap that no action fits into is not a number to set.
        no_number = item.verdict is Verdict.OVER_CAP_USE_ASYNC
        held = item.reason if no_number else f"{item.recommended_timeout_s} s is held back: {objection}"
        return _finding(Rule.OUTSIDE, item, CheckOutcome.UNDECIDED, held)
    if item.current_timeout_s is None:
        return _finding(Rule.OUTSIDE, item, CheckOutcome.UNDECIDED, "its current timeout is unknown")
    return _finding(
        Rule.OUTSIDE,
        item,
        CheckOutcome.FAILED,
        f"the timeout is {item.current_timeout_s} s, recommended is {item.recommended_timeout_s} s: "
        f"{item.reason}",
    )


def _unset(item: Recommendation) -> CheckFinding:
    if item.timeout_is_set is None:
        return _finding(Rule.UNSET, item, CheckOutcome.UNDECIDED, "it is unknown whether a timeout is set")
    if item.timeout_is_set:
        return _finding(Rule.UNSET, item, CheckOutcome.PASSED, f"{item.current_timeout_s} s is set")
    return _finding(
        Rule.UNSET, item, CheckOutcome.FAILED, "no timeout is set: the platform's default of 60 s is in force"
    )


def _undecided(item: Recommendation) -> CheckFinding:
    outcome = CheckOutcome.FAILED if item.verdict in _UNDECIDED else CheckOutcome.PASSED
    return _finding(Rule.UNDECIDED, item, outcome, item.reason)


def _proposed(state: ProposalState) -> CheckFinding:
    outcome = _IF_PROPOSED[state.arrival]
    return CheckFinding(Rule.PROPOSED, state.action_id, state.action_name, outcome, state.sentence)


_IF_PROPOSED: Final = {
    Arrival.ARRIVED: CheckOutcome.PASSED,
    Arrival.NOT_YET: CheckOutcome.FAILED,
    Arrival.UNKNOWN: CheckOutcome.UNDECIDED,
    Arrival.NO_ACTION: CheckOutcome.UNDECIDED,
}


def _slower(
    item: Recommendation, baseline: Mapping[str, Recommendation], same_within_s: float
) -> CheckFinding:
    change = difference(baseline.get(item.action_id), item, same_within_s=same_within_s)
    return _finding(Rule.SLOWER, item, _IF_SLOWER.get(change.verdict, CheckOutcome.PASSED), change.reason)


_IF_SLOWER: Final = {"slower": CheckOutcome.FAILED, "cannot tell": CheckOutcome.UNDECIDED}
"""Verdict of a comparison -> outcome; every other one passes."""


def _finding(rule: Rule, item: Recommendation, outcome: CheckOutcome, message: str) -> CheckFinding:
    return CheckFinding(rule, item.action_id, item.action_name, outcome, message)
