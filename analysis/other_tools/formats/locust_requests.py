"""Requests of Locust one by one, as listeners of its `request` event write them.

Locust itself writes only aggregates (`--csv`); the columns here are the arguments of the event (its page
"Event hooks": `request_type, name, response_time, response_length, exception, start_time`), as people call
them.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Final

import numpy as np
import pandas as pd

from analysis.format.sample_schema import Outcome
from analysis.other_tools.delimiter_and_header import Layout, text_batches, texts
from analysis.other_tools.http_outcome import network_outcome, outcome_of_status
from analysis.other_tools.reading import Reading
from analysis.other_tools.units import NO_ZONE, unix_seconds

_AS: Final[Mapping[str, tuple[str, ...]]] = {
    "name": ("name", "request_name"),
    "latency": ("response_time", "response_time_ms", "response time"),
    "start": ("start_time", "request_start_time"),
    "time": ("timestamp", "time"),
    "type": ("request_type", "type", "method"),
    "error": ("exception", "error"),
    "success": ("success", "result"),
    "status": ("status_code", "response_code", "status"),
}
_NEEDED: Final = ("name", "latency")
_TRUE: Final = r"(?i:true|1|success|ok|pass)"
_STATUS: Final = re.compile(r"\b([45]\d\d) (?:Client|Server) Error\b|\bcode=([45]\d\d)\b")
"""What the exceptions of requests and of Locust's FastHttpUser say of an answer that is an error."""
END_TIMES: Final = "the one time of a request is taken for its end: that is when Locust's event comes"


def requests_layout(layout: Layout) -> Mapping[str, str] | None:
    """Return which column holds what, None where this is no file of Locust's requests."""
    by_lower = {name.lower(): name for name in reversed(layout.names)}
    found = {
        ours: by_lower[name]
        for ours, names in _AS.items()
        if (name := next((each for each in names if each in by_lower), None)) is not None
    }
    whole = all(each in found for each in _NEEDED) and ("start" in found or "time" in found)
    return found if whole and ("type" in found or "error" in found or "success" in found) else None


def request_batches(reading: Reading, layout: Layout, holds: Mapping[str, str]) -> Iterator[pd.DataFrame]:
    """Yield calls with `label`, `started_at`, `latency_ms`, `outcome` and `http_status`."""
    for batch in text_batches(reading, layout, tuple(holds.values())):
        yield _calls(reading, batch.rename(columns={name: ours for ours, name in holds.items()}))


def _calls(reading: Reading, rows: pd.DataFrame) -> pd.DataFrame:
    latency = pd.to_numeric(rows["latency"], errors="coerce").to_numpy(dtype=np.float64)
    begins = "start" in rows
    started, unzoned = unix_seconds(rows["start" if begins else "time"], None)
    if unzoned:
        reading.say(NO_ZONE)
    if not begins:
        reading.say(END_TIMES)
        started = started - latency / 1e3
    error = texts(rows, "error")
    status = pd.to_numeric(texts(rows, "status"), errors="coerce").replace(0, np.nan)
    if "status" not in rows and (error != "").any():
        said = error.str.extract(_STATUS)
        status = pd.to_numeric(said[0].fillna(said[1]), errors="coerce")
    failed = ~error.isin(["", "None", "null"]).to_numpy()
    if "success" in rows:
        failed |= ~texts(rows, "success", "true").str.fullmatch(_TRUE).to_numpy(dtype=bool)
    outcome = outcome_of_status(status)
    unanswered = status.isna().to_numpy()
    # A failure without a status: what it was is only in the words of the exception.
    outcome[unanswered & failed] = network_outcome(error[unanswered & failed])
    outcome[unanswered & ~failed] = str(Outcome.OK)
    return pd.DataFrame(
        {
            "label": (texts(rows, "type") + " " + texts(rows, "name")).str.strip(),
            "started_at": started,
            "latency_ms": latency,
            "outcome": outcome,
            "http_status": status,
        }
    )
