"""The JSON of runs side by side, key by key; `compare_page` fills it."""

from typing import Annotated, TypedDict

from analysis.dataclass_to_json import JsonObject
from analysis.views.comparison_json import ComparedActionJson, ComparisonFrame
from reports.figures.figure import ChartJson
from reports.pages.report_keys import RUN_WRITTEN

_OfEachVerdict = TypedDict("_OfEachVerdict", {"slower": int, "faster": int, "same": int, "cannot tell": int})


class ComparedCounts(_OfEachVerdict):
    """How many actions got which verdict, by the worst of their differences."""

    actions: int
    too_short: int
    """Measured in all runs, which are too short to tell."""
    measured_once: int
    calls_to_tell: int
    """About so many calls of each run would tell, for all of these."""
    calls_to_tell_known: int
    """Of how many a number of calls would tell."""


class CompareHeadline(ComparedCounts):
    """The comparison in a sentence, and its numbers."""

    text: str


class ComparedActionShown(ComparedActionJson):
    """One action in every run, as the page shows it."""

    figures: dict[str, ChartJson]
    """The numbers of its chart."""


class CompareJson(ComparisonFrame):
    """Runs side by side: what the page holds, and every number it shows."""

    actions: list[ComparedActionShown]
    """Those that got slower first."""
    percentile: float
    """The quantile that is compared; keys say p99 whichever it is."""
    headline: CompareHeadline
    measured: list[list[Annotated[JsonObject, RUN_WRITTEN]]]
    """Of each run what was measured: several where it was made of windows."""
    version: str
    """Of diag."""
