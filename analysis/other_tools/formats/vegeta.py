"""vegeta's results, as `vegeta encode` writes them: JSON lines, or CSV without a header."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import numpy as np
import pandas as pd

from analysis.other_tools.delimiter_and_header import Layout, text_batches, texts
from analysis.other_tools.http_outcome import network_outcome, outcome_of_status
from analysis.other_tools.json_lines import Row, line_batches
from analysis.other_tools.reading import Reading
from analysis.other_tools.units import unix_seconds

CSV_NAMES: Final = (
    "timestamp", "code", "latency", "bytes_out", "bytes_in", "error", "body", "attack", "seq", "method",
    "url", "headers",
)  # fmt: skip
JSON_KEYS: Final = frozenset({"attack", "seq", "code", "timestamp", "latency"})
_USED: Final = ("timestamp", "code", "latency", "error", "attack", "method", "url")
LAYOUT: Final = Layout(",", CSV_NAMES, has_header=False)


def csv_batches(reading: Reading) -> Iterator[pd.DataFrame]:
    """Yield calls with `label`, `started_at`, `latency_ms`, `outcome` and `http_status`."""
    for batch in text_batches(reading, LAYOUT, _USED):
        yield _calls(batch)


def json_batches(reading: Reading) -> Iterator[pd.DataFrame]:
    """Yield the same of JSON lines."""
    for batch in line_batches(reading, _result):
        yield _calls(batch)


def _result(line: Mapping[str, Any]) -> Row:
    return {name: None if line.get(name) is None else str(line[name]) for name in _USED}


def _calls(rows: pd.DataFrame) -> pd.DataFrame:
    rows = rows.reindex(columns=list(_USED))
    started, _ = unix_seconds(rows["timestamp"], None)
    status = pd.to_numeric(rows["code"], errors="coerce").replace(0, np.nan)
    unanswered = status.isna().to_numpy()
    outcome = outcome_of_status(status)
    outcome[unanswered] = network_outcome(rows["error"][unanswered])
    request = (texts(rows, "method") + " " + texts(rows, "url")).str.strip()
    attack = texts(rows, "attack")
    return pd.DataFrame(
        {
            "label": request.where(request != "", attack.where(attack != "", "vegeta")),
            "started_at": started,
            "latency_ms": pd.to_numeric(rows["latency"], errors="coerce") / 1e6,
            "outcome": outcome,
            "http_status": status,
        }
    )
