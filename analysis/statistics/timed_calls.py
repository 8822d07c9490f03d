"""When calls were made and how long they lasted, as far as each was watched."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.long_arrays.pieces import extremes, walk
from analysis.statistics.latency_counts import ROUNDING_SLACK_MS

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class TimedCalls:
    """Calls in order of start within each run: Unix seconds, ms, whether each ended by itself, its run, and
    the timeout in force (ms, infinite where unknown). All arrays have equal length."""

    started_at: NDArray[np.float64]
    latency_ms: NDArray[np.float64]
    event: NDArray[np.bool_]
    run: NDArray[np.int64]
    limit_ms: NDArray[np.float64]

    def slower_than(self, level_ms: float) -> Iterator[tuple["TimedCalls", Mask, Mask]]:
        """Yield the calls piece by piece, with which were slower than `level_ms`, and of which that is known.

        A call that would have been cut off below the level does not show on which side it is, and leaving out
        only the ones that were would make its run look calm.
        """
        # A call may end a little after its own timeout: the longest timeout always counts as far enough.
        far = min(level_ms, extremes(self.limit_ms)[1] if self.limit_ms.size else 0.0)
        for values in walk(self.started_at, self.latency_ms, self.event, self.run, self.limit_ms):
            part = TimedCalls(*values)
            slower = part.latency_ms > level_ms + ROUNDING_SLACK_MS
            yield part, slower, (part.event | slower) & (part.limit_ms >= far)
