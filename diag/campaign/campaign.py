"""A campaign as a value: over which span, in how many windows, and which actions at which pace.

Many short windows instead of one long run, because a number is only as good as the hours it has seen: with
the same 1,000 calls, judged on eight public latency traces, 18 % of the numbers were wrong from one window,
4.2 % from 20 and 0.9 % from 100 (docs/method.md, "A campaign")."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Final

from analysis.format.action_facts import ProductionWeek
from analysis.format.typed_json import Amount, Between, Count, UnixSeconds
from diag.workload.allowed_hours import ALWAYS, AllowedHours, Stretch

SHORTEST_S: Final = 3600.0
LONGEST_S: Final = 14 * 86_400.0
USUAL_WINDOWS: Final = 100
MOST_WINDOWS: Final = 1000
SHORTEST_STRATUM_S: Final = 120.0
"""Of the span, one window each: time enough for it, for starting it and for judging it."""
LONGEST_WINDOW_S: Final = 300.0
WINDOW_SHARE: Final = 0.4
"""Of its stratum a window takes at most: the rest is the gap that makes two windows of two."""
WARM_GAP_S: Final = 15.0
"""An action that production calls more often than this is warm there, so its first calls here do not
count."""
FASTEST_GAP_S: Final = 1.0
SPARE_WINDOWS: Final = 1.25
"""Times the calls an action needs, where it gets one a window: some windows come too soon after another."""
RESERVE: Final = 0.1
"""Part of the windows that is kept for what is missed or slower than planned."""


@dataclass(frozen=True, slots=True)
class ScopedAction:
    """One action to measure. `production_gap_s`: mean time between two executions in the hours in which
    production calls it; None where that is not known."""

    action_id: str
    name: str
    timeout_s: Annotated[int, Between(1, 60)]
    production_gap_s: Amount | None = None
    side_effects: bool = False
    invented: bool = False
    """Its inputs are made up."""

    @property
    def warm(self) -> bool:
        """Return whether production calls it so often that it never gets cold."""
        return self.production_gap_s is not None and self.production_gap_s <= WARM_GAP_S


@dataclass(frozen=True, slots=True)
class Budget:
    """What the limits leave: calls/s (80 % of the token's limit), places in flight (20 % of the org's)."""

    calls_per_s: Annotated[float, Between(1e-3, 1e6)]
    in_flight: Annotated[int, Between(1, 10**6)]
    token_per_minute: Count | None = None
    concurrent_executions: Count | None = None

    @property
    def places_each(self) -> int:
        """Return the places in flight one action may fill: half, so that a slow one never holds up all."""
        return max(1, self.in_flight // 2)


@dataclass(frozen=True, slots=True)
class Campaign:
    """What was decided before the first call; nothing of it changes later. Times are Unix seconds."""

    began_at: UnixSeconds
    until: UnixSeconds
    windows: Annotated[int, Between(1, MOST_WINDOWS)]
    seed: int
    budget: Budget
    actions: tuple[ScopedAction, ...]
    fewest_calls: Count
    """Calls that count before which no number can be had: the first look of the stopping rule."""
    hours: AllowedHours = ALWAYS
    production_weeks: Mapping[str, ProductionWeek] | None = None
    """When production calls the actions, by id, as it was known before the first call: the campaign's own
    calls weigh nothing in it. None in a campaign that did not keep it."""

    @property
    def window_s(self) -> float:
        """Return the longest a window's calls may take to leave, seconds."""
        return window_s(allowed_s(self.stretches(self.began_at)), self.windows)

    def stretches(self, since: float) -> tuple[Stretch, ...]:
        """Return the allowed stretches from a moment to the end."""
        whole = _stretches(self.hours, self.began_at, self.until)
        return tuple((max(begin, since), end) for begin, end in whole if end > since)


@lru_cache(maxsize=16)
def _stretches(hours: AllowedHours, since: float, until: float) -> tuple[Stretch, ...]:
    """A fortnight of hours in a time zone takes longer than every question asked of it."""
    return hours.stretches(since, until)


def allowed_s(stretches: Sequence[Stretch]) -> float:
    """Return the seconds in all of them."""
    return sum(end - begin for begin, end in stretches)


def window_s(allowed: float, windows: int) -> float:
    """Return the longest a window may be: a part of its stratum, at most five minutes."""
    return min(LONGEST_WINDOW_S, WINDOW_SHARE * allowed / windows)


def windows_for(actions: Sequence[ScopedAction], allowed: float, fewest_calls: int) -> int:
    """Return how many windows so many allowed seconds should have: about a hundred, fewer where they do not
    fit.

    More where production calls an action so rarely that one window has room for one call only: a number needs
    that many windows then, no closer than production's calls.
    """
    fitting = max(1, int(allowed / SHORTEST_STRATUM_S))
    usual = min(USUAL_WINDOWS, fitting)
    longest_s = window_s(allowed, usual)
    wanted = USUAL_WINDOWS
    for action in actions:
        gap_s = action.production_gap_s
        if gap_s is not None and gap_s > longest_s:
            room = max(USUAL_WINDOWS, int(allowed / gap_s))
            wanted = max(wanted, min(room, math.ceil(SPARE_WINDOWS * fewest_calls)))
    return min(wanted, fitting, MOST_WINDOWS)
