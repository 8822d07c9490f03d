"""The recommendations as CSV, with raw numbers, safe to open in a spreadsheet."""

import csv
import io
from typing import Final

from analysis.plain_text import csv_cell
from analysis.verdicts.analysis_json import recommendation_to_json
from analysis.verdicts.recommendation import Analysis

COLUMNS: Final = (
    "action_id",
    "action_name",
    "verdict",
    "current_timeout_s",
    "recommended_timeout_s",
    "p50_ms",
    "p95_ms",
    "p99_ms",
    "p99_lower_ms",
    "p99_upper_ms",
    "samples",
    "ok",
    "timeouts",
    "cut_off_now",
    "cut_off_after",
    "grade",
    "worst_wait_s",
    "concurrency_share",
    "invented_share",
    "source",
    "reason",
)
"""Keys of the recommendation JSON; the page's "Copy as CSV" gives the same (held by a test)."""


def build_csv(analysis: Analysis) -> str:
    """Return one line per action with a header (RFC 4180); unknown numbers are empty cells."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for action in analysis.actions:
        row = recommendation_to_json(action)
        writer.writerow([_cell(row[column]) for column in COLUMNS])
    return out.getvalue()


def _cell(value: object) -> object:
    if value is None:
        return ""
    return csv_cell(value) if isinstance(value, str) else value
