"""When the next window is due: one in each stratum of the allowed time, at a random moment of it.

Stratified, so that the windows cover the span evenly; random inside, so that nothing periodic (a job on every
quarter hour) hides between them or is hit by all. What was missed, because the machine slept, moves the
strata of the windows that are left closer together."""

import random
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Annotated, Final

from analysis.coverage.time_coverage import WINDOW_GAP_S
from analysis.format.json_to_dataclass import Between, UnixSeconds
from diag.campaign.campaign import SHORTEST_STRATUM_S, WINDOW_SHARE, Campaign, allowed_s
from diag.hours.allowed_hours import Stretch

RARE: Final = 1.5
"""Times as far apart as planned, windows come too rarely for one call in each."""
NEWEST_WINDOWS: Final = 8
FEWEST_GAPS: Final = 3
ROUNDING_S: Final = 1e-3
"""A moment in Unix seconds has seven digits left behind the point, and sums of them fewer."""


@dataclass(frozen=True, slots=True)
class Slot:
    """Window `number` (from 1) is due at `due_at`; its stratum, of `windows_left` that are left with it, ends
    at `ends_at` (Unix seconds)."""

    number: Annotated[int, Between(1, 10**6)]
    due_at: UnixSeconds
    ends_at: UnixSeconds
    windows_left: Annotated[int, Between(1, 10**6)]


def next_slot(campaign: Campaign, windows_begun: int, since: float) -> Slot | None:
    """Return the slot after `windows_begun` windows, in the time from `since` on; None where no time is left.

    `since`: the end of the stratum before, or now where that is past. The same arguments give the same slot.
    """
    stretches = campaign.stretches(since)
    left = _windows_left(campaign, windows_begun, allowed_s(stretches))
    if left is None:
        return None
    stratum = allowed_s(stretches) / left
    offset = random.Random(f"{campaign.seed}:{windows_begun}").random()
    due = _at(stretches, offset * max(0.0, stratum - campaign.window_s - WINDOW_GAP_S))
    ends = _at(stretches, stratum)
    fitting = _where_it_fits(stretches, due, campaign.window_s)
    if fitting is None:
        return None
    return Slot(windows_begun + 1, fitting, max(ends, fitting), left)


@dataclass(frozen=True, slots=True)
class WindowPace:
    """How many windows the whole span has, how many are to come with this one (at least 1), and how many
    times closer together they come than planned, as a share of them (at most 1)."""

    whole: float
    to_come: float
    closer: float


def pace_of_windows(
    campaign: Campaign, slot: Slot, now: float, visits_apart_s: float | None = None
) -> WindowPace:
    """Return the pace if windows stay as far apart as planned.

    More may be left: they move closer together where some were missed. `visits_apart_s`: how far apart they
    really come where something else begins each (`RARE` times as far as planned, or it does not count)."""
    whole = allowed_s(campaign.stretches(campaign.began_at))
    after_it = allowed_s(campaign.stretches(max(slot.ends_at, now)))
    apart_s = whole / campaign.windows
    if visits_apart_s is not None and visits_apart_s > RARE * apart_s:
        left = allowed_s(campaign.stretches(now))
        return WindowPace(whole / visits_apart_s, 1.0 + left / visits_apart_s, 1.0)
    to_come = min(float(slot.windows_left), 1.0 + after_it / apart_s)
    return WindowPace(float(campaign.windows), to_come, to_come / slot.windows_left)


def usual_gap_s(begun_at: Sequence[float]) -> float | None:
    """Return how far apart the newest windows began, from when (Unix seconds, in order); None for too few.

    The median of their gaps: a night in which the machine slept is none of them."""
    newest = begun_at[-NEWEST_WINDOWS:]
    if len(newest) < FEWEST_GAPS + 1:
        return None
    return statistics.median(later - earlier for earlier, later in pairwise(newest))


def seen_from(campaign: Campaign) -> float:
    """Return the moment (Unix seconds) at which the last stratum begins: a call after it sees the end.

    With nothing called in the last 3 % of a week, a weekly batch of three hours was missed as a whole."""
    stretches = campaign.stretches(campaign.began_at)
    return _at(stretches, allowed_s(stretches) * (1.0 - 1.0 / campaign.windows))


def may_call_until(campaign: Campaign, now: float) -> float | None:
    """Return the end of the allowed hours that a window which begins now lies in (Unix seconds); None where
    it does not end inside them."""
    stretches = campaign.stretches(now)
    if not stretches or stretches[0][0] > now or stretches[0][1] - now < campaign.window_s - ROUNDING_S:
        return None
    return stretches[0][1]


def _windows_left(campaign: Campaign, begun: int, time_s: float) -> int | None:
    """Windows that are left, as far as they fit; one more while there is time, where all were begun."""
    if time_s < campaign.window_s:
        return None
    stratum = min(SHORTEST_STRATUM_S, campaign.window_s / WINDOW_SHARE)
    return max(1, min(campaign.windows - begun, int(time_s / stratum)))


def _at(stretches: Sequence[Stretch], seconds: float) -> float:
    """Return the moment after so many allowed seconds; the last one where there are fewer."""
    for begin, end in stretches:
        if seconds <= end - begin:
            return begin + seconds
        seconds -= end - begin
    return stretches[-1][1]


def _where_it_fits(stretches: Sequence[Stretch], moment: float, length_s: float) -> float | None:
    """Return the nearest moment with `length_s` of allowed time behind it: earlier in a stretch that ends too
    soon, later where a stretch is too short altogether; None where nothing fits any more."""
    for begin, end in stretches:
        if moment <= end and end - begin >= length_s - ROUNDING_S:
            return max(begin, min(moment, end - length_s))
    return None
