import xml.etree.ElementTree as ET

from diag.checks.junit import junit_xml
from diag.checks.rules import CheckFinding, CheckOutcome, Rule, failed
from tests.support.checks.hostile_finding import HOSTILE


def test_junit_is_valid_xml_with_counts_whatever_the_name() -> None:
    findings = [
        HOSTILE,
        CheckFinding(Rule.OUTSIDE, "b", "B", CheckOutcome.PASSED, "fits"),
        CheckFinding(Rule.UNSET, "b", "B", CheckOutcome.UNDECIDED, "unknown"),
    ]

    root = ET.fromstring(junit_xml(findings))

    assert root.attrib == {"name": "diag check", "tests": "3", "failures": "1", "skipped": "1", "errors": "0"}
    assert [suite.get("name") for suite in root] == ["diag check: outside", "diag check: unset"]
    (failure,) = root.iter("failure")
    assert failure.get("message") == "100 % bad  ::warning::x"
    assert len(list(root.iter("skipped"))) == 1
    assert len(failed(findings)) == 1
