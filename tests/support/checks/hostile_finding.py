"""A finding whose texts try to break out of the format they are written into."""

from diag.checks.rules import CheckFinding, CheckOutcome, Rule

HOSTILE = CheckFinding(
    Rule.OUTSIDE, "id", 'N\n::error::owned <b>"&\x00\x1b', CheckOutcome.FAILED, "100 % bad\r\n::warning::x"
)
