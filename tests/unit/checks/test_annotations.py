from diag.checks.annotations import annotations
from diag.checks.rules import CheckFinding, CheckOutcome, Rule
from tests.support.checks.hostile_finding import HOSTILE


def test_annotations_are_one_line_each_whatever_the_name() -> None:
    text = annotations([HOSTILE, CheckFinding(Rule.UNSET, "i", "n", CheckOutcome.UNDECIDED, "m")])

    error, notice = text.splitlines()
    assert error.startswith("::error title=diag check%3A outside::N ::error::owned")
    assert "100 %25 bad  ::warning::x" in error
    assert notice == "::notice title=diag check::1 of 2 checks is undecided"
