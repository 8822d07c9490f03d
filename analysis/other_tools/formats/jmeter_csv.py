"""JMeter's JTL as CSV, with or without the row that names its columns (JMeter's manual, "CSV Log format")."""

import re
from collections.abc import Iterator
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.format.sample_schema import Outcome
from analysis.other_tools.delimiter_and_header import (
    Layout,
    cells_of,
    first_line,
    layout_of,
    text_batches,
    texts,
)
from analysis.other_tools.http_outcome import error_code, network_outcome, outcome_of_status
from analysis.other_tools.reading import Reading
from analysis.other_tools.units import NO_ZONE, unix_seconds

NAMES: Final = (
    "timeStamp", "elapsed", "label", "responseCode", "responseMessage", "threadName", "dataType", "success",
    "failureMessage", "bytes", "sentBytes", "grpThreads", "allThreads", "URL", "Latency", "IdleTime",
    "Connect",
)  # fmt: skip
"""The columns of a file without a header, in JMeter's usual order."""
NEEDED: Final = ("timeStamp", "elapsed", "label")
_USED: Final = (*NEEDED, "responseCode", "responseMessage", "success")
_TRUE: Final = re.compile("true|1", re.IGNORECASE)
_MOMENT: Final = re.compile(r"\d{13}|\d{4}[-/]\d{2}[-/]\d{2}[ T]\d{2}:\d{2}:\d{2}\S*")
_TRANSACTION: Final = r"Number of samples in transaction\s*:"
"""What JMeter writes into `responseMessage` of a row that sums its parts."""
PARTS: Final = "transactions that sum rows of this file: their parts are counted, not they"
WHOLES: Final = (
    "the file holds transactions of JMeter and none of their parts: a call is a whole transaction here"
)


def layout_of_jtl(head: str) -> Layout | None:
    """Return the layout of a JTL; None for a file that is none."""
    stated = layout_of(head)
    if set(NEEDED) <= set(stated.names):
        return stated
    for delimiter in (",", ";", "\t", "|"):
        cells = cells_of(first_line(head), delimiter)
        if len(cells) >= 8 and _MOMENT.fullmatch(cells[0]) and cells[1].isdigit():
            success = cells[NAMES.index("success")].lower()
            if success in ("true", "false"):
                return Layout(delimiter, (*NAMES, *("" for _ in cells[len(NAMES) :])), has_header=False)
    return None


def jtl_batches(reading: Reading, layout: Layout) -> Iterator[pd.DataFrame]:
    """Yield calls with `label`, `started_at`, `latency_ms`, `outcome`, `http_status` and `error_code`."""
    wholes_only = "responseMessage" in layout.names and _holds_only_transactions(reading, layout)
    if wholes_only:
        reading.say(WHOLES)
    for batch in text_batches(reading, layout, _USED):
        parts = np.ones(len(batch), dtype=bool) if wholes_only else ~_transactions(batch)
        reading.left_out[PARTS] += int((~parts).sum())
        yield jmeter_calls(reading, batch[parts])


def _holds_only_transactions(reading: Reading, layout: Layout) -> bool:
    """Read up to the first row that is none: mostly that is the first or second."""
    look, rows = Reading(reading.path, reading.options), 0
    for batch in text_batches(look, layout, ("responseMessage",)):
        if not _transactions(batch).all():
            return False
        rows += len(batch)
    return rows > 0


def _transactions(rows: pd.DataFrame) -> NDArray[np.bool_]:
    return texts(rows, "responseMessage").str.contains(_TRANSACTION).to_numpy(dtype=bool)


def jmeter_calls(reading: Reading, rows: pd.DataFrame) -> pd.DataFrame:
    """Return rows of JMeter, named as in its CSV, as calls."""
    started, unzoned = unix_seconds(rows["timeStamp"], "ms" if _are_numbers(rows["timeStamp"]) else None)
    if unzoned:
        reading.say(NO_ZONE)
    code = texts(rows, "responseCode")
    status = pd.to_numeric(code, errors="coerce")
    outcome = outcome_of_status(status)
    unanswered = status.isna().to_numpy()
    outcome[unanswered] = network_outcome(code[unanswered])
    success = texts(rows, "success", "true")
    failed = ~success.str.fullmatch(_TRUE).to_numpy(dtype=bool)
    # Without a code only `success` tells: a sampler that is not HTTP.
    outcome = np.where(unanswered & ~failed, str(Outcome.OK), outcome)
    odd = failed & (outcome == str(Outcome.OK))
    if odd.any():  # an assertion of the test plan failed; the answer took as long as it took
        reading.say("calls that only an assertion of the test plan failed count as answered")
    return pd.DataFrame(
        {
            "label": rows["label"],
            "started_at": started,
            "latency_ms": pd.to_numeric(rows["elapsed"], errors="coerce"),
            "outcome": outcome,
            "http_status": status,
            "error_code": error_code(code[failed | unanswered]).reindex(rows.index),
        }
    )


def _are_numbers(values: "pd.Series[str]") -> bool:
    return bool(values.dropna().str.fullmatch(r"\s*\d{10,16}\s*").all())
