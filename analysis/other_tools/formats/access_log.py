"""Access logs that say how long a request took: nginx by its `log_format`, and AWS load balancers.

nginx writes a line when the request is over, and `$request_time` in seconds with milliseconds
(`ngx_http_log_module`); so does a load balancer, whose fields are in the Elastic Load Balancing guide
("Access log entries"): `target_processing_time` is -1 where no target answered.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
import pandas as pd

from analysis.format.sample_schema import Outcome
from analysis.other_tools.decoded_text import lines_of
from analysis.other_tools.delimiter_and_header import BATCH_ROWS, texts
from analysis.other_tools.http_outcome import outcome_of_status
from analysis.other_tools.reading import Reading
from analysis.other_tools.units import unix_seconds

_VARIABLE: Final = re.compile(r"\$(?:\{(\w+)\}|(\w+))")
_RUN: Final = re.compile(r"(?:\$(?:\{\w+\}|\w+))+")
_REQUESTED: Final = ("request", "request_uri", "uri", "document_uri")
_MOMENTS: Final = ("msec", "time_iso8601", "time_local")
_NEEDED: Final = "request_time"
_HINT: Final = (
    "Give the log_format of nginx.conf with $request_time and a time in it: "
    """--pattern '$remote_addr [$time_local] "$request" $status $request_time'"""
)
NOT_A_LINE: Final = "a line that does not fit the pattern"
_CLIENT_WENT: Final = 499
"""nginx's own status: the client closed the connection before there was an answer."""
_ALB: Final = re.compile(
    r"(?P<kind>h2|https?|grpcs?|wss?) (?P<time>\d{4}-\d\d-\d\dT\S+) \S+ \S+ \S+ "
    r"(?P<first>-?[\d.]+) (?P<target>-?[\d.]+) (?P<last>-?[\d.]+) (?P<status>\S+) \S+ \S+ \S+ "
    r'"(?P<request>(?:[^"\\]|\\.)*)"'
)


def alb_line(line: str) -> bool:
    """Return whether a line is one of a load balancer's access log."""
    return _ALB.match(line) is not None


def alb_batches(reading: Reading) -> Iterator[pd.DataFrame]:
    """Yield calls with `label`, `started_at`, `latency_ms`, `outcome` and `http_status`."""
    for rows in _matched(reading, _ALB):
        parts = rows[["first", "target", "last"]].apply(pd.to_numeric, errors="coerce")
        whole = parts.where(parts >= 0).sum(axis=1, min_count=3)
        lost = int(whole.isna().sum())
        reading.left_out["no target answered, so the log holds no time"] += lost
        known = rows[whole.notna()]
        yield _calls(known, whole.dropna(), known["time"])


def nginx_batches(reading: Reading) -> Iterator[pd.DataFrame]:
    """Yield the same of an nginx log. Raises UnreadableSamplesError for a pattern that holds no duration."""
    pattern = nginx_pattern(reading)
    for rows in _matched(reading, pattern):
        moment = next(name for name in _MOMENTS if name in rows)
        ended = _local(rows[moment]) if moment == "time_local" else rows[moment]
        yield _calls(rows, pd.to_numeric(rows[_NEEDED], errors="coerce"), ended)


def nginx_pattern(reading: Reading) -> re.Pattern[str]:
    """Return what a `log_format` matches. Raises UnreadableSamplesError where it cannot be used."""
    given = reading.options.pattern
    if given is None:
        raise reading.unfit("is read as an nginx log, and its usual format holds no duration", _HINT)
    names = [first or second for first, second in _VARIABLE.findall(given)]
    if _NEEDED not in names or not set(_MOMENTS) & set(names):
        raise reading.unfit("cannot be read by this pattern: it holds no $request_time, or no time", _HINT)
    seen = set[str]()
    pieces, end = [], 0
    for match in _RUN.finditer(given):
        run = [first or second for first, second in _VARIABLE.findall(match[0])]
        name = _name_of(reading, run)
        before, after = given[end : match.start()], given[match.end() : match.end() + 1]
        pieces.append(re.escape(before))
        stop = re.escape(after) if after else r"\s"
        group = "" if name in seen else f"?P<{name}>"
        pieces.append(f"({group}[^{stop}]*)")
        seen.add(name)
        end = match.end()
    return re.compile("".join(pieces) + re.escape(given[end:].rstrip()))


def _name_of(reading: Reading, run: Sequence[str]) -> str:
    """Return the variable that variables without anything between them are read as: they are one text, and
    two of them would have to be guessed apart. Raises UnreadableSamplesError where one is needed by itself.
    """
    needed = [name for name in run if name in (_NEEDED, "status", *_MOMENTS)]
    if len(run) > 1 and needed:
        raise reading.unfit(
            f"cannot be read by this pattern: nothing parts ${needed[0]} from what stands beside it", _HINT
        )
    return next((name for name in run if name in _REQUESTED), run[0])


def _matched(reading: Reading, pattern: re.Pattern[str]) -> Iterator[pd.DataFrame]:
    rows = list[dict[str, str]]()
    with reading.opened() as text:
        for line in lines_of(text, reading.damaged):
            match = pattern.match(line)
            if match is None:
                reading.left_out[NOT_A_LINE] += 1
                continue
            rows.append(match.groupdict())
            if len(rows) >= BATCH_ROWS:
                yield pd.DataFrame(rows)
                rows = []
    if rows:
        yield pd.DataFrame(rows)


def _calls(rows: pd.DataFrame, took_s: "pd.Series[float]", ended: "pd.Series[str]") -> pd.DataFrame:
    moments, _ = unix_seconds(ended, None)
    seconds = took_s.to_numpy(dtype=np.float64)
    status = pd.to_numeric(texts(rows, "status"), errors="coerce")
    outcome = outcome_of_status(status)
    outcome[(status == _CLIENT_WENT).to_numpy()] = str(Outcome.CLIENT_TIMEOUT)
    outcome[status.isna().to_numpy()] = str(Outcome.OK if "status" not in rows else Outcome.NETWORK_ERROR)
    return pd.DataFrame(
        {
            "label": _requested(rows),
            "started_at": moments - seconds,
            "latency_ms": seconds * 1e3,
            "outcome": outcome,
            "http_status": status,
        }
    )


def _requested(rows: pd.DataFrame) -> "pd.Series[str]":
    """Method and URL, from whatever of nginx's variables say them."""
    if "request" in rows:
        parts = rows["request"].str.extract(r"^([A-Z]+) (\S+)")
        return (parts[0].fillna("") + " " + parts[1].fillna("")).str.strip().replace("", "a request")
    for name in _REQUESTED[1:]:
        if name in rows:
            return (texts(rows, "request_method") + " " + texts(rows, name)).str.strip()
    return pd.Series("the log", index=rows.index)


def _local(values: "pd.Series[str]") -> "pd.Series[str]":
    """`29/Nov/2026:05:11:29 +0000` as ISO 8601, whatever language this machine speaks."""
    months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    parts = values.str.extract(r"(\d\d)/(\w{3})/(\d{4}):(\d\d:\d\d:\d\d) ([+-]\d{4})")
    number = parts[1].map({month: f"{at:02}" for at, month in enumerate(months, start=1)})
    return parts[2] + "-" + number + "-" + parts[0] + "T" + parts[3] + parts[4]
