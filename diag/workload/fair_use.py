"""What requests come to: of what the token may send, and of what Genesys counts against an org."""

from typing import Final

from analysis.number_words import duration, percent_at_most
from diag.workload.share_of_org_limits import DEFAULT_TOKEN_RATE

DAY_S: Final = 86_400.0
FAIR_USE: Final = (
    "Genesys counts an org's requests against a fair-use allotment and bills what is beyond it. Whether test "
    "calls count is not documented: assume that they do."
)


def share_of_a_day(requests: float, token_per_minute: int | None, span_s: float = DAY_S) -> str:
    """Return which share these requests are of all that the token may send in a day, or in a longer span:
    "at most 0.29 % of the 432,000 that the token may send in a day"."""
    span_s = max(DAY_S, span_s)
    allowed = (token_per_minute or DEFAULT_TOKEN_RATE) * span_s / 60.0
    span = "a day" if span_s == DAY_S else duration(span_s)
    return f"{percent_at_most(requests / allowed)} of the {allowed:,.0f} that the token may send in {span}"
