"""k6's results, as CSV and as JSON lines: one row a metric, of which `http_req_duration` is the call's.

Its moment is that of the end of a request (k6's pages "CSV" and "JSON"). Error codes from 1000 to 1399, and
1600 on, are of connections; 1050 is k6's own timeout (k6's page "Error codes").
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import numpy as np
import pandas as pd

from analysis.format.sample_schema import Outcome
from analysis.other_tools.delimiter_and_header import Layout, text_batches, texts
from analysis.other_tools.http_outcome import outcome_of_status
from analysis.other_tools.json_lines import Row, line_batches
from analysis.other_tools.reading import Reading
from analysis.other_tools.units import unix_seconds

METRIC: Final = "http_req_duration"
CSV_NEEDED: Final = ("metric_name", "timestamp", "metric_value")
_TAGS: Final = ("method", "name", "status", "error_code")
_TIMED_OUT: Final = 1050
WHOLE_SECONDS: Final = "k6 wrote whole seconds as times"


def csv_batches(reading: Reading, layout: Layout) -> Iterator[pd.DataFrame]:
    """Yield calls with `label`, `started_at`, `latency_ms`, `outcome`, `http_status` and `error_code`."""
    for batch in text_batches(reading, layout, (*CSV_NEEDED, *_TAGS)):
        rows = batch[batch["metric_name"] == METRIC]
        yield _calls(reading, rows.rename(columns={"metric_value": "value", "timestamp": "time"}))


def json_batches(reading: Reading) -> Iterator[pd.DataFrame]:
    """Yield the same of JSON lines."""
    for batch in line_batches(reading, _point, having=METRIC):
        yield _calls(reading, batch)


def _point(line: Mapping[str, Any]) -> Row | None:
    """Return the call of a line; None for one of another metric."""
    if line.get("type") != "Point" or line.get("metric") != METRIC:
        return None
    data = line.get("data")
    if not isinstance(data, Mapping):
        return {}
    tags = data.get("tags")
    known = tags if isinstance(tags, Mapping) else {}
    time, value = data.get("time"), data.get("value")
    return {
        "time": None if time is None else str(time),
        "value": str(value) if isinstance(value, int | float) else None,
        **{name: str(known[name]) for name in _TAGS if name in known},
    }


def _calls(reading: Reading, rows: pd.DataFrame) -> pd.DataFrame:
    rows = rows.reindex(columns=["time", "value", *_TAGS])
    latency = pd.to_numeric(rows["value"], errors="coerce").to_numpy(dtype=np.float64)
    ended, _ = unix_seconds(rows["time"], None)
    if ended.size and (ended == np.floor(ended)).all():
        reading.say(WHOLE_SECONDS)
    code = pd.to_numeric(rows["error_code"], errors="coerce").to_numpy(dtype=np.float64)
    status = pd.to_numeric(rows["status"], errors="coerce").replace(0, np.nan)
    outcome = outcome_of_status(status)
    lost = np.where(code == _TIMED_OUT, str(Outcome.CLIENT_TIMEOUT), str(Outcome.NETWORK_ERROR))
    outcome = np.where(status.isna().to_numpy(), lost, outcome)
    return pd.DataFrame(
        {
            "label": (texts(rows, "method") + " " + texts(rows, "name")).str.strip(),
            "started_at": ended - latency / 1e3,
            "latency_ms": latency,
            "outcome": outcome,
            "http_status": status,
            "error_code": rows["error_code"].where(code >= 1000),
        }
    )
