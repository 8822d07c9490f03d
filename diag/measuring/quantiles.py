"""p50 and p99 of a running load, straight from its segments: only what was appended is read again."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.record import FIELDS, OUTCOME_CODES, RECORD_SIZE, SEGMENT_SUFFIX
from analysis.run_folder import RunFolder
from analysis.schema import Outcome

_DTYPE: Any = np.dtype([*((name, kind) for name, _, kind in FIELDS), ("crc", "<u4")])
_SLOWER = [OUTCOME_CODES[Outcome.TIMEOUT], OUTCOME_CODES[Outcome.CLIENT_TIMEOUT]]


@dataclass(slots=True)
class LiveQuantiles:
    """Quantiles per action, in the order of the run's plan; a timed-out call is slower than any other."""

    folder: RunFolder
    _offsets: dict[Path, int] = field(default_factory=dict)
    _latencies: dict[int, list[NDArray[np.float64]]] = field(default_factory=dict)

    def look(self) -> Mapping[int, tuple[float | None, float | None]]:
        """Return action number (from 1) -> (p50, p99) in ms; None where it lies beyond the timeout."""
        for path in sorted(self.folder.segments.glob(f"*{SEGMENT_SUFFIX}")):
            self._read(path)
        return {action: self._of(action) for action in self._latencies}

    def _read(self, path: Path) -> None:
        offset = self._offsets.get(path, 0)
        rows = (path.stat().st_size - offset) // RECORD_SIZE
        if rows <= 0:
            return
        table = np.fromfile(path, dtype=_DTYPE, count=rows, offset=offset)
        self._offsets[path] = offset + rows * RECORD_SIZE
        slower = np.isin(table["outcome"], _SLOWER)
        counted = slower | (table["outcome"] == OUTCOME_CODES[Outcome.OK])
        values = np.where(slower, np.inf, table["latency_ms"])
        for action in np.unique(table["action"]):
            of_action = values[counted & (table["action"] == action)]
            self._latencies.setdefault(int(action), []).append(of_action)

    def _of(self, action: int) -> tuple[float | None, float | None]:
        values = np.concatenate(self._latencies[action])
        if not values.size:
            return None, None
        self._latencies[action] = [values]
        p50, p99 = np.quantile(values, [0.5, 0.99], method="higher")
        return _finite(p50), _finite(p99)


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
