"""Findings as JUnit XML: one suite per rule, one case per action; undecided is `skipped`.

What is `printable` is also what XML 1.0 can hold.
"""

import xml.etree.ElementTree as ET
from collections.abc import Sequence
from itertools import groupby

from analysis.plain_text import printable
from diag.checks.rules import CheckFinding, CheckOutcome


def junit_xml(findings: Sequence[CheckFinding]) -> str:
    """Return the XML document."""
    root = ET.Element("testsuites", {"name": "diag check", **_counts(findings)})
    ordered = sorted(findings, key=lambda finding: finding.rule)
    for rule, group in groupby(ordered, key=lambda finding: finding.rule):
        cases = list(group)
        suite = ET.SubElement(root, "testsuite", {"name": f"diag check: {rule}", **_counts(cases)})
        for finding in cases:
            name = printable(f"{finding.action_name} ({finding.action_id})")
            case = ET.SubElement(suite, "testcase", classname=f"diag.{rule}", name=name)
            if finding.outcome is CheckOutcome.FAILED:
                ET.SubElement(case, "failure", type=str(rule), message=printable(finding.message))
            elif finding.outcome is CheckOutcome.UNDECIDED:
                ET.SubElement(case, "skipped", message=printable(finding.message))
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _counts(findings: Sequence[CheckFinding]) -> dict[str, str]:
    return {
        "tests": str(len(findings)),
        "failures": str(sum(finding.outcome is CheckOutcome.FAILED for finding in findings)),
        "skipped": str(sum(finding.outcome is CheckOutcome.UNDECIDED for finding in findings)),
        "errors": "0",
    }
