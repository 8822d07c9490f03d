"""k6's results, as CSV and as JSON lines: one row a metric, of which `http_req_duration` is the call's.

Its moment is that of the end of a request (k6's pages "CSV" and "JSON"). Error codes from 1000 to 1399, and
1600 on, are of connections; 1050 is k6's own timeout (k6's page "Error codes").
"""

from collections.abc import Iterator, Mapping
from typing import Final

import numpy as np
import pandas as pd

from analysis.format.checked_json import parse_line
from analysis.format.sample_schema import Outcome
from analysis.other_tools.http_outcome import outcome_of_status
from analysis.other_tools.reading import Reading
from analysis.other_tools.source import lines_of, opened_text
from analysis.other_tools.text_table import BATCH_ROWS, Layout, text_batches, texts
from analysis.other_tools.units import unix_seconds

METRIC: Final = "http_req_duration"
CSV_NEEDED: Final = ("metric_name", "timestamp", "metric_value")
_TAGS: Final = ("method", "name", "status", "error_code")
_TIMED_OUT: Final = 1050
WHOLE_SECONDS: Final = "k6 wrote whole seconds as times"
NOT_A_LINE: Final = "not a line of JSON"


def csv_batches(reading: Reading, layout: Layout) -> Iterator[pd.DataFrame]:
    """Yield calls with `label`, `started_at`, `latency_ms`, `outcome`, `http_status` and `error_code`."""
    for batch in text_batches(reading, layout, (*CSV_NEEDED, *_TAGS)):
        rows = batch[batch["metric_name"] == METRIC]
        yield _calls(reading, rows.rename(columns={"metric_value": "value", "timestamp": "time"}))


def json_batches(reading: Reading) -> Iterator[pd.DataFrame]:
    """Yield the same of JSON lines."""
    rows = list[dict[str, object]]()
    with opened_text(reading.path) as text:
        for line in lines_of(text, reading.left_out):
            if METRIC not in line:
                continue
            row = parse_line(line)
            if row is None:
                reading.left_out[NOT_A_LINE] += 1
            elif row.get("type") == "Point" and row.get("metric") == METRIC:
                rows.append(_point(row.get("data")))
            if len(rows) >= BATCH_ROWS:
                yield _calls(reading, pd.DataFrame(rows))
                rows = []
    if rows:
        yield _calls(reading, pd.DataFrame(rows))


def _point(data: object) -> dict[str, object]:
    if not isinstance(data, Mapping):
        return {}
    tags = data.get("tags")
    known = tags if isinstance(tags, Mapping) else {}
    texts = {name: str(known[name]) for name in _TAGS if name in known}
    time, value = data.get("time"), data.get("value")
    return {
        "time": None if time is None else str(time),
        "value": str(value) if isinstance(value, int | float) else None,
        **texts,
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
