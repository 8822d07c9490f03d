"""What a report is made from. Everything is passed in, so the same input gives the same bytes."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from analysis.recommendation import Analysis
from analysis.run_folder import Manifest
from analysis.summary import ActionSummary


@dataclass(frozen=True, slots=True)
class ReportData:
    """One report: verdicts, the small tables the charts are drawn from, and what was run.

    `generated_at` is in Unix seconds (UTC). `zone` is an IANA time zone shown beside UTC (None: UTC
    only). `source` is the path of the run or file, as it should appear in the next commands.
    """

    analysis: Analysis
    summaries: Mapping[str, ActionSummary]
    version: str
    generated_at: float
    manifests: tuple[Manifest, ...] = ()
    zone: str | None = None
    source: str | None = None
    notes: tuple[str, ...] = field(default=())
    """Sentences to show beside the verdict, e.g. that the generator judged its own run as late."""
