"""Findings as GitHub workflow commands: an `::error` line per failed check, one `::notice` for the undecided.

Escaping as the runner's own toolkit does it (actions/toolkit, packages/core, command.ts), after each text was
made printable: a name with a line break must not become a command of its own.
"""

from collections.abc import Sequence

from analysis.number_words import noun, plural
from analysis.plain_text import printable
from diag.checks.rules import CheckFinding, CheckOutcome, failed


def annotations(findings: Sequence[CheckFinding]) -> str:
    """Return the lines to print to a workflow's stdout."""
    lines = [
        f"::error title={_property(f'diag check: {finding.rule}')}::"
        f"{_data(f'{finding.action_name} ({finding.action_id}): {finding.message}')}"
        for finding in failed(findings)
    ]
    undecided = sum(finding.outcome is CheckOutcome.UNDECIDED for finding in findings)
    if undecided:
        are = noun(undecided, "is", "are")
        checks = plural(len(findings), "check")
        lines.append(f"::notice title=diag check::{undecided} of {checks} {are} undecided")
    return "".join(line + "\n" for line in lines)


def _data(text: str) -> str:
    return printable(text).replace("%", "%25")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
