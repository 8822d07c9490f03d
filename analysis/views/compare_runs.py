"""Did an action get slower? The difference of two p99 with its interval, and a verdict in one word.

The interval of a difference is recovered from the two single intervals (MOVER: Zou & Donner 2008,
"Construction of confidence limits about effect measures", Statistics in Medicine 27): it keeps their
asymmetry, which for a p99 is large, and needs nothing but the bounds already computed.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np
from scipy import special

from analysis.estimates.slow_share import RISK, gap_interval, slow_share
from analysis.format.sample_schema import ActionVersion, action_of_key, entry_key, is_direct_key, shown_name
from analysis.long_arrays.pieces import extremes
from analysis.number_words import at_least, percent, plural
from analysis.recommend_settings import SAME_WITHIN_S
from analysis.samples.action_calls import Calls
from analysis.verdicts.recommendation import Analysis, Recommendation
from analysis.views.calls_to_tell import Width, calls_to_tell

Change = Literal["slower", "faster", "same", "cannot tell"]

WORST_FIRST: Final[tuple[Change, ...]] = ("slower", "cannot tell", "faster", "same")
"""The order of the list: slower actions first, then the undecided ones."""

MIN_SLOW: Final = 5
"""With fewer slow calls in both runs together, no direction is reported."""

SAME_WITHIN: Final = 0.10
"""A difference proven smaller than this share of the first run's p99 counts as none."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A later run against the first: later p99 minus first p99, with one-sided bounds on each side.

    Where a p99 is beyond what was observed, the shares of calls that took at least `edge_s` are compared.
    """

    verdict: Change
    reason: str
    p99_ms: float | None = None
    """Later less first."""
    lower_ms: float | None = None
    """Its interval."""
    upper_ms: float | None = None
    """The other end of it."""
    edge_s: float | None = None
    """Where a p99 is not known: the second at which shares are compared."""
    share_first: float | None = None
    """Of calls of the first run that took at least so long."""
    share_later: float | None = None
    """The same of the later one."""
    calls_to_tell: int | None = None
    """For "cannot tell": about so many calls in each run would tell; None where no number of calls would."""


@dataclass(frozen=True, slots=True)
class ComparedAction:
    """One action in every run (None: not measured there); `differences` are against the first run.

    `backend`: its backend called directly, which is compared with itself only; the name says so.
    """

    action_id: str
    action_name: str
    entries: tuple[Recommendation | None, ...]
    differences: tuple[Difference, ...]
    backend: bool = False

    @property
    def key(self) -> str:
        """What stands for it among calls (`analysis.format.sample_schema`)."""
        return entry_key(self.action_id, ActionVersion.DIRECT if self.backend else ActionVersion.PUBLISHED)

    @property
    def worst(self) -> Change:
        """The most serious verdict among the differences: slower before cannot tell, faster, same."""
        return min((difference.verdict for difference in self.differences), key=WORST_FIRST.index)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Runs side by side; `labels` in the order given, the first is what the others are compared with."""

    labels: tuple[str, ...]
    actions: tuple[ComparedAction, ...]
    same_within_s: float = SAME_WITHIN_S


def compare(
    analyses: Sequence[Analysis],
    labels: Sequence[str],
    calls: Sequence[Mapping[str, Calls]] | None = None,
    *,
    same_within_s: float = SAME_WITHIN_S,
) -> Comparison:
    """Return every action of any run, those that got slower first. Needs at least two runs.

    `calls`: per run and key of an action, the calls its p99 comes from
    (`analysis.estimates.deciding_calls.calls_that_count`). With them, two runs that were cut off before their
    p99 can be compared as well. `same_within_s`: a difference proven smaller than this counts as none.
    """
    known = [_by_key(analysis) for analysis in analyses]
    names = {key: action.action_name for run in known for key, action in run.items()}
    looks = len(names) * (len(known) - 1)
    actions = []
    for key, name in names.items():
        entries = tuple(run.get(key) for run in known)
        seen = [run.get(key) for run in calls] if calls is not None else [None] * len(entries)
        differences = tuple(
            _at_a_common_timeout(
                difference(entries[0], later, looks, same_within_s=same_within_s), seen[0], there, looks
            )
            for later, there in zip(entries[1:], seen[1:], strict=True)
        )
        backend = is_direct_key(key)
        shown = shown_name(name, ActionVersion.DIRECT) if backend else name
        actions.append(ComparedAction(action_of_key(key), shown, entries, differences, backend))
    worst_first = sorted(actions, key=lambda action: WORST_FIRST.index(action.worst))
    return Comparison(tuple(labels), tuple(worst_first), same_within_s)


def _by_key(analysis: Analysis) -> dict[str, Recommendation]:
    found = {action.action_id: action for action in analysis.actions if not action.backend_alone}
    direct = {entry_key(key, ActionVersion.DIRECT): item for key, item in analysis.backends.items()}
    return {**found, **direct}


def difference(
    first: Recommendation | None,
    later: Recommendation | None,
    looks: int = 1,
    *,
    same_within_s: float = SAME_WITHIN_S,
) -> Difference:
    """Return how the later p99 differs from the first; without both numbers, only a proven direction.

    `looks`: comparisons made at once. The risk of a false alarm is shared among them, or with twelve
    unchanged actions every third comparison would report an action as slower.
    """
    if first is None or later is None:
        where = "in neither of these two runs" if first is later else "in only one of these runs"
        return Difference("cannot tell", f"measured {where}")
    if first.backend_alone != later.backend_alone:
        return Difference("cannot tell", "one of them is the backend alone, without Genesys Cloud")
    known = None not in (
        first.quantile_ms,
        later.quantile_ms,
        first.quantile_upper_ms,
        later.quantile_upper_ms,
    )
    return _mover(first, later, looks, same_within_s) if known else _from_bounds(first, later)


def _wider(looks: int) -> float:
    """How many times as far the ends lie when the risk of 5 % on each side is shared (Bonferroni)."""
    return float(special.ndtri(1.0 - RISK / max(looks, 1)) / special.ndtri(1.0 - RISK))


def _mover(first: Recommendation, later: Recommendation, looks: int, same_within_s: float) -> Difference:
    wider = _wider(looks)
    a, b = first.quantile_ms or 0.0, later.quantile_ms or 0.0
    a_low, a_high = min(first.quantile_lower_ms or 0.0, a), max(first.quantile_upper_ms or a, a)
    b_low, b_high = min(later.quantile_lower_ms or 0.0, b), max(later.quantile_upper_ms or b, b)
    gap = b - a
    low = gap - wider * math.hypot(b - b_low, a_high - a)
    high = gap + wider * math.hypot(b_high - b, a - a_low)
    relative, absolute = SAME_WITHIN * a, same_within_s * 1e3
    if max(-low, high) < relative:
        return Difference("same", f"differs by less than {percent(SAME_WITHIN)}", gap, low, high)
    if max(-low, high) < absolute:
        reason = f"the same for a timeout: differs by less than {same_within_s:g} s"
        return Difference("same", reason, gap, low, high)
    if low > 0:
        return Difference("slower", f"p99 grew by at least {at_least(low)}", gap, low, high)
    if high < 0:
        return Difference("faster", f"p99 fell by at least {at_least(-high)}", gap, low, high)
    needed = calls_to_tell(
        gap,
        max(relative, absolute),
        below=(Width(wider * (b - b_low), later.samples), Width(wider * (a_high - a), first.samples)),
        above=(Width(wider * (b_high - b), later.samples), Width(wider * (a - a_low), first.samples)),
        risk=RISK / max(looks, 1),
    )
    reason = f"the intervals allow both directions; {_would_tell(needed)}"
    return Difference("cannot tell", reason, gap, low, high, calls_to_tell=needed)


def _would_tell(calls: int | None) -> str:
    if calls is None:
        return "no reasonable number of calls would tell"
    return f"about {plural(calls, 'call')} in each run would tell"


def _from_bounds(first: Recommendation, later: Recommendation) -> Difference:
    """A p99 or its bound lies beyond what was observed; the known side may still prove a direction."""
    gap = (
        None
        if first.quantile_ms is None or later.quantile_ms is None
        else later.quantile_ms - first.quantile_ms
    )
    if first.quantile_upper_ms is not None and (later.quantile_lower_ms or 0.0) > first.quantile_upper_ms:
        low = (later.quantile_lower_ms or 0.0) - first.quantile_upper_ms
        return Difference("slower", f"p99 grew by at least {at_least(low)}", gap, lower_ms=low)
    if later.quantile_upper_ms is not None and (first.quantile_lower_ms or 0.0) > later.quantile_upper_ms:
        high = later.quantile_upper_ms - (first.quantile_lower_ms or 0.0)
        return Difference("faster", f"p99 fell by at least {at_least(-high)}", gap, upper_ms=high)
    unknown = [
        (name, run) for name, run in (("first", first), ("later", later)) if run.quantile_upper_ms is None
    ]
    which = "both runs" if len(unknown) != 1 else f"the {unknown[0][0]} run"
    reason = f"{which} cannot say yet how long it takes{_to_know([run.calls_needed for _, run in unknown])}"
    return Difference("cannot tell", reason, gap)


def _to_know(missing: Sequence[int | None]) -> str:
    """Return what would make both p99 known, as far as calls alone would."""
    calls = [count for count in missing if count is not None]
    if not calls or len(calls) < len(missing):
        return " (see the verdict)"
    return f"; about {plural(max(calls), 'more call')} would tell"


def _at_a_common_timeout(
    found: Difference, first: Calls | None, later: Calls | None, looks: int = 1
) -> Difference:
    """Where a p99 or its bound is unknown: compare the shares still waiting at the shorter timeout."""
    no_interval = found.lower_ms is None and found.upper_ms is None
    if found.verdict != "cannot tell" or not no_interval or not first or not later:
        return found
    edge_ms = min(_longest_watched_ms(first), _longest_watched_ms(later))
    a, b = slow_share(first, edge_ms), slow_share(later, edge_ms)
    if a is None or b is None or a.slow + b.slow < MIN_SLOW:
        return found
    low, high = gap_interval(a, b, RISK / max(looks, 1))
    text = (
        f"{percent(b.share)} of calls took {edge_ms / 1e3:g} s or longer, {percent(a.share)} in the first run"
    )
    shares = replace(found, reason=text, edge_s=edge_ms / 1e3, share_first=a.share, share_later=b.share)
    margin, risk = SAME_WITHIN * a.share, RISK / max(looks, 1)
    if -margin < low and high < margin:
        return replace(shares, verdict="same")
    if low > 0:
        return replace(shares, verdict="slower")
    if high < 0:
        return replace(shares, verdict="faster")
    z = float(special.ndtri(1.0 - risk / 2))
    sides = [
        Width(z * math.sqrt(share.share * (1.0 - share.share) / share.n_eff), share.calls) for share in (a, b)
    ]
    needed = calls_to_tell(b.share - a.share, margin, sides, sides, risk / 2)
    reason = f"{text}: this may be chance; {_would_tell(needed)}"
    return replace(shares, reason=reason, calls_to_tell=needed)


def _longest_watched_ms(calls: Calls) -> float:
    """The longest timeout any of the calls had; where none is known, the slowest call."""
    known = (piece.limit_ms[np.isfinite(piece.limit_ms)] for piece in calls.pieces())
    limits = [float(limits.max()) for limits in known if limits.size]
    return max(limits) if limits else extremes(calls.latency_ms)[1]
