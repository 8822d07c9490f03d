"""A sequential proof, as a bet, that less than a share of executions takes so long. It proves that a promise
is kept again, or that half a timeout would do.

While the share or more does, the bet's worth ever reaches `PROVEN` with a chance of at most 1 in `PROVEN`
(Ville's inequality), however often it is looked at.
"""

import math
from dataclasses import dataclass, replace
from typing import Final

from analysis.production.cut_off_by_hour import HourCut, log_factor

PROVEN: Final = 20.0
PARTS: Final = (0.02, 0.1, 0.3, 0.5)
"""The bets are on the share times this; the stake in equal parts."""
_MOST_LOG: Final = 50.0


@dataclass(frozen=True, slots=True)
class BetOnLess:
    """The bet after some hours: `logs` are the logs of what each part is worth."""

    share: float
    logs: tuple[float, ...] = (0.0,) * len(PARTS)

    @property
    def worth(self) -> float:
        """Return how many times its stake the bet is worth."""
        return sum(math.exp(min(log, _MOST_LOG)) for log in self.logs) / len(PARTS)

    def after(self, hour: HourCut, design_effect: float) -> "BetOnLess":
        """Return the bet after one more hour; `design_effect` by the hours before it."""
        return replace(
            self,
            logs=tuple(
                log + log_factor(self.share, self.share * part, hour, design_effect)
                for log, part in zip(self.logs, PARTS, strict=True)
            ),
        )
