"""`diag check` as series: how many findings of each outcome, and every action's verdict."""

from collections import Counter
from collections.abc import Sequence

from analysis.openmetrics import Family
from analysis.verdicts.recommendation import Analysis
from diag.checks.rules import CheckFinding, CheckOutcome
from diag.metrics.gathered import Gathered
from diag.metrics.series import FINDINGS, LAST_RUN


def check_metrics(analysis: Analysis, findings: Sequence[CheckFinding], now: float) -> tuple[Family, ...]:
    """Return the series of one check; `now`: Unix seconds.

    Every outcome of a rule that was asked for is there, also with 0: an alert that watches it needs a value.
    """
    gathered = Gathered("check", analysis.host)
    gathered.add(LAST_RUN, now)
    times = Counter((finding.rule, finding.outcome) for finding in findings)
    for rule in dict.fromkeys(finding.rule for finding in findings):
        for outcome in CheckOutcome:
            labels = (("rule", rule.value), ("outcome", outcome.value))
            gathered.add(FINDINGS, times[rule, outcome], labels)
    for row in analysis.actions:
        gathered.add_verdict(row)
    return gathered.families()
