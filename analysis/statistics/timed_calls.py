"""When calls were made and how long they lasted, as far as each was watched."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.statistics.latency_counts import ROUNDING_SLACK_MS


@dataclass(frozen=True, slots=True)
class TimedCalls:
    """Calls in order of start within each run: Unix seconds, ms, whether each ended by itself, its run, and
    the timeout in force (ms, infinite where unknown). All arrays have equal length."""

    started_at: NDArray[np.float64]
    latency_ms: NDArray[np.float64]
    event: NDArray[np.bool_]
    run: NDArray[np.int64]
    limit_ms: NDArray[np.float64]

    def slower_than(self, level_ms: float) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Return which calls were slower than `level_ms`, and of which calls that is known.

        A call that would have been cut off below the level does not show on which side it is, and leaving out
        only the ones that were would make its run look calm.
        """
        slower = self.latency_ms > level_ms + ROUNDING_SLACK_MS
        # A call may end a little after its own timeout: the longest timeout always counts as far enough.
        far_enough = self.limit_ms >= min(level_ms, self.limit_ms.max(initial=0.0))
        return slower, (self.event | slower) & far_enough
