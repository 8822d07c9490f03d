"""How long a run waits before its first call: what it asked to begin counts against the same limit.

An org with 200 actions is asked 200 times for their inputs, at once; calls at 80 % of the token's limit after
it would be more than the limit in that minute, and what the platform then refuses, an integration of the same
client may be missing.
"""

from typing import Final

from diag.workload.org_limits import DEFAULT_TOKEN_RATE, OrgLimits
from loadtests.run.forecast import Forecast

_MINUTE_S: Final = 60.0


def wait_before_calls_s(requests: int, took_s: float, coming: Forecast, limits: OrgLimits) -> float:
    """Return the seconds to wait so that no minute holds more requests than the token may send.

    `requests`: those made to begin, in the last `took_s` seconds; `coming`: the calls that follow."""
    left = max(0, (limits.token_per_minute or DEFAULT_TOKEN_RATE) - requests)
    known = [count for count in coming.calls if count is not None]
    calls = sum(known) if len(known) == len(coming.calls) else float("inf")
    if coming.peak <= 0.0 or min(calls, coming.peak * _MINUTE_S) <= left:
        return 0.0
    return max(0.0, _MINUTE_S - took_s - left / coming.peak)
