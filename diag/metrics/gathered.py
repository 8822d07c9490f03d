"""The samples of one run of one verb, gathered and put in order."""

from analysis.openmetrics import Family, Labels, Metric, Sample
from analysis.verdicts.recommendation import Recommendation
from diag.metrics.series import (
    CALLS,
    CUT_OFF,
    LATENCY,
    LATENCY_BOUND,
    RECOMMENDED,
    SERIES,
    TIMEOUT,
    VERDICT,
)


class Gathered:
    """`verb` and `host` are labels of every sample: several verbs and orgs may be read by one collector."""

    def __init__(self, verb: str, host: str | None) -> None:
        self._labels: Labels = (("verb", verb), *((("host", host),) if host else ()))
        self._samples: dict[Metric, list[Sample]] = {}

    def add(self, metric: Metric, value: float | int | None, labels: Labels = ()) -> None:
        """Add a sample; None: what is unknown has none."""
        if value is not None:
            number = int(value) if isinstance(value, bool) else value
            self._samples.setdefault(metric, []).append(Sample(number, (*self._labels, *labels)))

    def add_verdict(self, row: Recommendation) -> None:
        """Add what a verdict says of an action."""
        of = action_labels(row.action_id, row.action_name)
        self.add(TIMEOUT, row.current_timeout_s, of)
        self.add(RECOMMENDED, row.recommended_timeout_s, of)
        at = (*of, ("percentile", f"{row.percentile:g}"))
        self.add(LATENCY, _seconds(row.quantile_ms), at)
        self.add(LATENCY_BOUND, _seconds(row.quantile_upper_ms), at)
        self.add(CUT_OFF, row.cut_off_now, of)
        self.add(CALLS, row.samples, of)
        self.add(VERDICT, 1, (*of, ("verdict", row.verdict.value)))

    def families(self) -> tuple[Family, ...]:
        """Return what was added, in the order of the list of series."""
        return tuple(Family(metric, tuple(self._samples.get(metric, ()))) for metric in SERIES)


def action_labels(action_id: str, action_name: str) -> Labels:
    """Return the labels of an action: its id, which is one action's, and its name for people."""
    return (("action_id", action_id), ("action_name", action_name))


def _seconds(ms: float | None) -> float | None:
    return None if ms is None else ms / 1000.0
