"""Did an action get slower? The difference of two p99 with its interval, and a verdict in one word.

The interval of a difference is recovered from the two single intervals (MOVER: Zou & Donner 2008,
"Construction of confidence limits about effect measures", Statistics in Medicine 27): it keeps their
asymmetry, which for a p99 is large, and needs nothing but the bounds already computed.
"""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Final, Literal

from analysis.recommendation import Analysis, Recommendation
from analysis.to_json import JsonObject, recommendation_to_json
from analysis.wording import seconds

Change = Literal["slower", "faster", "same", "cannot tell"]

FORMAT_VERSION: Final = 1

SAME_WITHIN: Final = 0.10
"""A difference surely smaller than this share of the first run's p99 is no difference worth acting on."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A later run against the first: later p99 minus first p99, with one-sided bounds on each side."""

    verdict: Change
    reason: str
    p99_ms: float | None = None
    lower_ms: float | None = None
    upper_ms: float | None = None


@dataclass(frozen=True, slots=True)
class ComparedAction:
    """One action in every run (None: not measured there); `differences` are against the first run."""

    action_id: str
    action_name: str
    entries: tuple[Recommendation | None, ...]
    differences: tuple[Difference, ...]

    @property
    def worst(self) -> Change:
        """The gravest verdict among the differences: slower before cannot tell, faster, same."""
        order: tuple[Change, ...] = ("slower", "cannot tell", "faster", "same")
        return min((one.verdict for one in self.differences), key=order.index)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Runs side by side; `labels` in the order given, the first is what the others are compared with."""

    labels: tuple[str, ...]
    actions: tuple[ComparedAction, ...]


def compare(analyses: Sequence[Analysis], labels: Sequence[str]) -> Comparison:
    """Return every action of any run, those that got slower first. Needs at least two runs."""
    known = [{action.action_id: action for action in analysis.actions} for analysis in analyses]
    names = {identity: action.action_name for run in known for identity, action in run.items()}
    actions = []
    for identity, name in names.items():
        entries = tuple(run.get(identity) for run in known)
        differences = tuple(difference(entries[0], later) for later in entries[1:])
        actions.append(ComparedAction(identity, name, entries, differences))
    order = ("slower", "faster", "cannot tell", "same")
    return Comparison(tuple(labels), tuple(sorted(actions, key=lambda one: order.index(one.worst))))


def difference(first: Recommendation | None, later: Recommendation | None) -> Difference:
    """Return how the later p99 differs from the first. Without both numbers only what is proven is said."""
    if first is None or later is None:
        return Difference("cannot tell", "measured in one of the runs only")
    known = None not in (first.p99_ms, later.p99_ms, first.p99_upper_ms, later.p99_upper_ms)
    return _mover(first, later) if known else _from_bounds(first, later)


def _mover(first: Recommendation, later: Recommendation) -> Difference:
    a, b = first.p99_ms or 0.0, later.p99_ms or 0.0
    a_low, a_high = min(first.p99_lower_ms or 0.0, a), max(first.p99_upper_ms or a, a)
    b_low, b_high = min(later.p99_lower_ms or 0.0, b), max(later.p99_upper_ms or b, b)
    gap = b - a
    low = gap - math.hypot(b - b_low, a_high - a)
    high = gap + math.hypot(b_high - b, a - a_low)
    margin = SAME_WITHIN * a
    if -margin < low and high < margin:
        return Difference(
            "same", f"differs by less than {SAME_WITHIN:.0%}".replace("%", " %"), gap, low, high
        )
    if low > 0:
        return Difference("slower", f"p99 grew by at least {_at_least(low)}", gap, low, high)
    if high < 0:
        return Difference("faster", f"p99 fell by at least {_at_least(-high)}", gap, low, high)
    return Difference("cannot tell", "the intervals allow both directions", gap, low, high)


def _from_bounds(first: Recommendation, later: Recommendation) -> Difference:
    """A p99 or its bound lies beyond what was seen: the side that is known may still settle the direction."""
    gap = None if first.p99_ms is None or later.p99_ms is None else later.p99_ms - first.p99_ms
    if first.p99_upper_ms is not None and (later.p99_lower_ms or 0.0) > first.p99_upper_ms:
        low = (later.p99_lower_ms or 0.0) - first.p99_upper_ms
        return Difference("slower", f"p99 grew by at least {_at_least(low)}", gap, lower_ms=low)
    if later.p99_upper_ms is not None and (first.p99_lower_ms or 0.0) > later.p99_upper_ms:
        high = later.p99_upper_ms - (first.p99_lower_ms or 0.0)
        return Difference("faster", f"p99 fell by at least {_at_least(-high)}", gap, upper_ms=high)
    return Difference("cannot tell", "a p99 or its bound is not known", gap)


def comparison_to_json(comparison: Comparison) -> JsonObject:
    """Return the comparison as a JSON object: numbers or null, never NaN."""
    return {
        "format_version": FORMAT_VERSION,
        "labels": list(comparison.labels),
        "actions": [
            {
                "action_id": action.action_id,
                "action_name": action.action_name,
                "runs": [
                    None if entry is None else recommendation_to_json(entry) for entry in action.entries
                ],
                "differences": [asdict(one) for one in action.differences],
            }
            for action in comparison.actions
        ],
    }


def _at_least(ms: float) -> str:
    """Return a proven difference, rounded down to what will be shown of it."""
    step = 10.0 if ms < 1e3 else 100.0 if ms < 1e4 else 1e3
    return seconds(math.floor(ms / step) * step) if ms >= step else f"{max(math.floor(ms), 1)} ms"
