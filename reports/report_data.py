"""What a report is made from. Everything is passed in, so the same input gives the same bytes."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from analysis.flows.flow_view import FlowsShown
from analysis.format.manifest import Manifest
from analysis.verdicts.recommendation import Analysis, Recommendation
from analysis.views.cut_off_history import CutOffHistory
from analysis.views.summary import ActionSummary


@dataclass(frozen=True, slots=True)
class ProductionSource:
    """Where production telemetry was read; `since`, `until` in Unix seconds (UTC).

    `not_observed`: (action, why). `unknown`: what the platform does not report about its numbers.
    """

    host: str
    sandbox: bool
    org_name: str | None
    since: float
    until: float
    not_observed: tuple[tuple[str, str], ...] = ()
    unknown: str = ""


@dataclass(frozen=True, slots=True)
class ReportData:
    """One report: verdicts, the small tables the charts are drawn from, and what was run.

    `zone` is an IANA time zone shown beside UTC (None: UTC only). `source` is the path of the run or file,
    as it should appear in the next commands. `production` is set where telemetry stands beside the test, or
    (without manifests, verdicts of source "production") instead of one.
    """

    analysis: Analysis
    summaries: Mapping[str, ActionSummary]
    version: str
    manifests: tuple[Manifest, ...] = ()
    zone: str | None = None
    source: str | None = None
    counted: tuple[Recommendation, ...] | None = None
    """What the head counts where that is more than the page draws: with a campaign's actions that production
    judged and nobody called, which its plan sets, too."""
    to_set: str | None = None
    """The command that sets what can be set, where that is not to judge the same again and apply it."""
    notes: tuple[str, ...] = field(default=())
    """Sentences to show beside the verdict, e.g. that the generator judged its own run as late."""
    results: tuple[str, ...] = field(default=())
    """Sentences about what came of it, e.g. that raised timeouts were applied and calls end in time now."""
    production: ProductionSource | None = None
    histories: Mapping[str, CutOffHistory] = field(default_factory=dict)
    """By action id: the months of production that `diag watch` has kept; those without any have none."""
    flows: FlowsShown | None = None
    """Architect flows that call its actions; None where none were ever read."""
    span: tuple[float, float] | None = None
    """Start of the first call and of the last (Unix seconds), for calls without a manifest."""

    @property
    def in_head(self) -> tuple[Recommendation, ...]:
        """The verdicts that headline, steps and tally count: one judging, one count on page and terminal."""
        return self.analysis.actions if self.counted is None else self.counted

    @property
    def from_production(self) -> bool:
        """Do the verdicts rest on telemetry instead of a test?"""
        return self.production is not None and any(
            one.source == "production" for one in self.analysis.actions
        )

    @property
    def sandbox(self) -> bool:
        """Is anything here from made-up backends?"""
        made_up = self.production is not None and self.production.sandbox
        return made_up or self.analysis.sandbox is True or any(one.sandbox for one in self.manifests)
