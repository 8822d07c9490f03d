"""What the numbers of one short window would have cut off over a day: what the demo is about."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from analysis.verdicts.recommendation import Analysis
from diag.production.observed import Observed
from diag.production.production_evidence import ProductionEvidence

if TYPE_CHECKING:
    from analysis.samples.sample_set import SampleSet


@dataclass(frozen=True, slots=True)
class DemoComparison:
    """One action: the number of the window, and the share of the day's calls that took longer."""

    action_id: str
    name: str
    number_s: int
    cut_off: float


def demo_comparison(
    window: Analysis, day: "SampleSet", production: ProductionEvidence
) -> tuple[DemoComparison, ...]:
    """Return each action of which the window gave a number below the timeout in force, in its order.

    `day`: the calls of a whole day; an action that is not among them was judged by production."""
    found = []
    for row in window.actions:
        number, now = row.recommended_timeout_s, row.current_timeout_s
        if number is None or now is None or number >= now:
            continue
        share = _of_calls(day, row.action_id, number)
        if share is None:
            share = _of_production(production.observed, row.action_id, number)
        if share is not None:
            found.append(DemoComparison(row.action_id, row.action_name, number, share))
    return tuple(found)


def _of_calls(day: "SampleSet", action_id: str, number_s: int) -> float | None:
    taken = day.table.loc[day.table["action_id"] == action_id, "latency_ms"]
    return float((taken > number_s * 1e3).mean()) if len(taken) else None


def _of_production(observed: Mapping[str, Observed], action_id: str, number_s: int) -> float | None:
    one = observed.get(action_id)
    hours = () if one is None else [hour for hour in one.counts.hours if len(hour.below) >= number_s]
    total = sum(hour.total for hour in hours)
    return 1.0 - sum(hour.below[number_s - 1] for hour in hours) / total if total else None
