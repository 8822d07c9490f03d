"""The news of `diag check`: each action that fails a rule, once, and each that no longer does."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from analysis.number_words import plural
from analysis.timeout_rule import slack_s
from analysis.verdicts.recommendation import Analysis, Recommendation
from diag.checks.rules import CheckFinding, CheckOutcome, Rule, failed
from diag.notifying.news import FoundNow, Item

_FINE: Final = {
    Rule.OUTSIDE: "its timeout fits now.",
    Rule.UNSET: "a timeout is set now.",
    Rule.SLOWER: "it is no longer slower than in the baseline.",
    Rule.UNDECIDED: "there is a verdict now.",
    Rule.PROPOSED: "the number that was proposed to Terraform is in the org now.",
}


def check_news(
    analysis: Analysis, findings: Sequence[CheckFinding], org: str | None, report: Path | None
) -> FoundNow:
    """Return what a check found. An action that could not be judged now stays as it was reported."""
    rows = {row.action_id: row for row in analysis.actions}
    broken = failed(findings)
    of_org = f" in {org}" if org else ""
    sandbox = "SANDBOX: " if analysis.sandbox else ""
    return FoundNow(
        f"{sandbox}diag check: {len(broken)} of {plural(len(findings), 'check')} failed{of_org}",
        tuple(_item(finding, rows[finding.action_id], analysis) for finding in broken),
        {
            _key(finding): f"{finding.action_name}: {_FINE[finding.rule]}"
            for finding in findings
            if finding.outcome is CheckOutcome.PASSED
        },
        report,
    )


def _key(finding: CheckFinding) -> str:
    return f"{finding.rule} {finding.action_id}"


def _item(finding: CheckFinding, row: Recommendation, analysis: Analysis) -> Item:
    text = f"{finding.action_name}: {finding.message}"
    number = row.recommended_timeout_s
    if finding.rule is not Rule.OUTSIDE or number is None:
        return Item(_key(finding), text)
    mark = f"{row.verdict}, set to {row.current_timeout_s} s"
    return Item(_key(finding), text, mark, number, slack_s(number, analysis.settings))
