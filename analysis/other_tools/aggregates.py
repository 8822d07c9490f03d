"""Files that hold percentiles and no calls: recognised, so that the refusal can say what to write instead."""

import re
from typing import Final

from analysis.other_tools.delimiter_and_header import Layout

NO_NUMBER: Final = (
    "a timeout needs each call: percentiles of parts cannot be added up, and hide what was cut off"
)
_LISTENER: Final = "Have each request written: a listener of Locust's request event, or diag measure."
_JTL: Final = "Give the JTL that the report was made from (jmeter -l FILE)."
_HISTOGRAMS: Final = "It keeps histograms only: measure with diag measure."
_BY_COLUMNS: Final[tuple[tuple[str, frozenset[str], str], ...]] = (
    (
        "Locust's statistics",
        frozenset({"request count", "failure count", "median response time"}),
        _LISTENER,
    ),
    (
        "Locust's history of statistics",
        frozenset({"user count", "requests/s", "failures/s"}),
        _LISTENER,
    ),
    (
        "JMeter's aggregate report",
        frozenset({"# samples", "average"}),
        _JTL,
    ),
    (
        "JMeter's aggregate report",
        frozenset({"sampler_label", "aggregate_report_count"}),
        _JTL,
    ),
)
_BY_TEXT: Final = (
    (
        "k6's summary",
        re.compile(r'"http_req_duration"\s*:\s*\{[^{}]*"(?:p\(9|avg|values)'),
        "Use k6 run --out csv=FILE or --out json=FILE.",
    ),
    (
        "vegeta's report",
        re.compile(r'"latencies"\s*:\s*\{\s*"total"'),
        "Use vegeta encode instead of vegeta report.",
    ),
    ("Artillery's report", re.compile(r'"aggregate"\s*:\s*\{'), _HISTOGRAMS),
    ("autocannon's report", re.compile(r'"p97_5"\s*:'), _HISTOGRAMS),
)


def aggregate_in(layout: Layout, head: str) -> tuple[str, str] | None:
    """Return what kind of aggregate a file is, and what to give instead; None where it is none that is
    known."""
    names = {name.lower() for name in layout.names}
    for what, columns, instead in _BY_COLUMNS:
        if columns <= names:
            return what, instead
    if head.lstrip()[:1] == "{":
        for what, pattern, instead in _BY_TEXT:
            if pattern.search(head):
                return what, instead
    return None
