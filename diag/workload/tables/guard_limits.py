"""When the guard steps in: the table [guard] of the workload file, with its ranges and defaults.

What it does then is in `loadtests/steering/guard.py`.
"""

import math
from dataclasses import dataclass, replace
from typing import Annotated

from analysis.format.json_to_dataclass import Between, Share
from diag.toml_forms.kinds import Above, Duration


@dataclass(frozen=True, slots=True)
class GuardLimits:
    """When the guard steps in. A share of 1.0, or 0 in a row, never does."""

    error_share: Share = 0.5
    """Stop calling an action when more than this share of its last `error_calls` calls failed."""
    error_calls: Annotated[int, Between(1, math.inf)] = 50
    """Of how many of its last calls `error_share` is a share."""
    timeouts_in_a_row: Annotated[int, Between(0, math.inf)] = 40
    """Stop calling an action after so many calls in a row that hit a timeout: its backend does not answer."""
    latency_factor: Annotated[float, Above(1)] = 4.0
    """Halve an action's rate when the median of its last window is so many times that of its first."""
    latency_window_s: Duration = 30.0
    """The length of these windows."""
    rate_limited_stops: Annotated[int, Between(1, math.inf)] = 3
    """Stop the run at this many pauses because the org's data action limits answered 429."""
    pause_s: Annotated[float, Between(1, 3600)] = 60.0
    """How long to pause for a 429 without a Retry-After, seconds."""
    no_token_s: Duration = 15.0
    """So long without a token that Genesys accepts ends the run."""

    def off(self) -> "GuardLimits":
        """Return limits that only a 429 ever meets: that one is always honoured."""
        return replace(self, error_share=1.0, timeouts_in_a_row=0, latency_factor=math.inf)
