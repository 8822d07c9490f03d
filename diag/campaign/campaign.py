"""A campaign as a value: over which span, in how many windows, and which actions at which pace.

Many short windows instead of one long run, because a number is only as good as the hours it has seen: with
the same 1,000 calls, judged on eight public latency traces, 18 % of the numbers were wrong from one window,
4.2 % from 20 and 0.9 % from 100; with a third of the calls it takes the more of them (docs/method.md, "A
campaign")."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Annotated, Final

from analysis.format.action_facts import ProductionWeek
from analysis.format.json_to_dataclass import Amount, Between, Count, UnixSeconds
from diag.hours.allowed_hours import ALWAYS, AllowedHours, Stretch

SHORTEST_S: Final = 3600.0
LONGEST_S: Final = 14 * 86_400.0
MOST_WINDOWS: Final = 1000
SHORTEST_STRATUM_S: Final = 120.0
"""Of the span, one window each: time enough for it, for starting it and for judging it."""
LONGEST_WINDOW_S: Final = 300.0
WINDOW_SHARE: Final = 0.4
"""Of its stratum a window takes at most: the rest is the gap that makes two windows of two."""
WARM_GAP_S: Final = 15.0
"""An action that production calls more often than this is warm there, so its first calls here do not
count."""
RESERVE: Final = 0.03
"""Part of the windows that may be missed: what they lacked is made up for in those to come."""
FASTEST_GAP_S: Final = 1.0
MARGIN: Final = 4.0
"""Times its first call, a call of an action is expected to take at most, when places in flight are shared
out."""
LEAVE_WITHIN: Final = 0.8
"""Of a window: by then its last call should have left, so that the slow ones among them end inside it."""
FEWEST_WINDOWS: Final = 100
"""Where they fit, however short the span."""
USUAL_STRATUM_S: Final = 200.0
"""A day has a window for each call then. Cron that runs `diag tune --once` every five minutes makes two in
three of them, which the pace makes up for."""
START_SHARE: Final = 0.2
"""Of its stratum, starting a window may take: the inputs of each action are read anew, one request each."""
SPARE_WINDOWS: Final = 1.25
"""Times the calls an action needs, where it gets one a window: some windows come too soon after another."""
TO_THE_END: Final = 1.1
"""Times the calls of a first number: so the first look comes after nine tenths of the span, in time to go on
where it does not settle the answer, and where it does the last hours are called, too."""


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
    fastest_gap_s: Annotated[float, Between(1e-3, 60)] = FASTEST_GAP_S
    """Between two calls of an action at least."""
    most_windows: Annotated[int, Between(1, MOST_WINDOWS)] = MOST_WINDOWS

    @property
    def places_each(self) -> int:
        """Return the places in flight one action may fill: half, so that a slow one never holds up all."""
        return max(1, self.in_flight // 2)


@dataclass(frozen=True)
class Campaign:
    """What was decided before the first call; nothing of it changes later. Times are Unix seconds."""

    began_at: UnixSeconds
    until: UnixSeconds
    windows: Annotated[int, Between(1, MOST_WINDOWS)]
    seed: int
    budget: Budget
    actions: tuple[ScopedAction, ...]
    fewest_calls: Count
    """Calls that count after which the number is taken, decided before the first of them
    (`analysis.stopping.when_settled.planned_calls`)."""
    hours: AllowedHours = ALWAYS
    production_weeks: Mapping[str, ProductionWeek] | None = None
    """When production calls the actions, by id, as it was known before the first call: the campaign's own
    calls weigh nothing in it. An action that is not in it is seldom called. None where it could not be read:
    then each window asks."""
    stated_weeks: Mapping[str, ProductionWeek] = field(default_factory=dict)
    """When production calls them as the workload states it: known whatever the org answers."""

    @property
    def known_weeks(self) -> Mapping[str, ProductionWeek]:
        """Return when production calls the actions, by id, where that is known."""
        return {**(self.production_weeks or {}), **self.stated_weeks}

    @cached_property
    def window_s(self) -> float:
        """Return the longest a window's calls may take to leave, seconds."""
        return window_s(allowed_s(self.stretches(self.began_at)), self.windows)

    def stretches(self, since: float) -> tuple[Stretch, ...]:
        """Return the allowed stretches from a moment to the end."""
        return tuple((max(begin, since), end) for begin, end in self._whole if end > since)

    @cached_property
    def _whole(self) -> tuple[Stretch, ...]:
        return _stretches(self.hours, self.began_at, self.until)


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


def to_the_end(fewest_calls: int) -> int:
    """Return the calls that an action gets at least which needs so many for a number."""
    return math.ceil(TO_THE_END * fewest_calls)


def gap_s(action: ScopedAction, budget: Budget, first_s: float | None) -> float:
    """Return the seconds between two calls of an action: the same in every window, so that all are one load
    level.

    So long that calls of the length expected (`first_s`: how long the first one took; the timeout where that
    is not known) fill no more than the action's share of the places in flight."""
    longest_s = action.timeout_s if first_s is None else min(action.timeout_s, MARGIN * first_s)
    gap = max(budget.fastest_gap_s, 1.0 / budget.calls_per_s, longest_s / budget.places_each)
    return gap if action.warm else max(gap, action.production_gap_s or 0.0)


def most_calls(gap: float, longest_window_s: float) -> int:
    """Return how many calls `gap` seconds apart a window has room for: one at least."""
    return max(1, int(LEAVE_WITHIN * longest_window_s / gap))


def windows_for(actions: Sequence[ScopedAction], allowed: float, fewest_calls: int, budget: Budget) -> int:
    """Return how many windows so many allowed seconds should have: one for each call that an action gets,
    where they lie 200 s apart then (for several hundred actions, further), at least a hundred, fewer
    where those do not fit.

    Calls of one window mostly meet the backend in one state, and how much alike they are cannot be learnt
    from the three slow ones among 318: so they are made in different windows (docs/method.md, "A campaign").
    More windows where an action's calls are so far apart (production's are, or the slow ones would fill the
    places in flight) that these have no room for all of them; no closer than production's calls.
    """
    fitting = max(1, int(allowed / SHORTEST_STRATUM_S))
    calls = to_the_end(fewest_calls)
    apart_s = max(USUAL_STRATUM_S, len(actions) / budget.calls_per_s / START_SHARE)
    one_each = math.ceil(calls / (1.0 - RESERVE))
    wanted = max(FEWEST_WINDOWS, min(one_each, int(allowed / apart_s)))
    usual = min(wanted, fitting)
    for action in actions:
        gap = gap_s(action, budget, None)
        if most_calls(gap, window_s(allowed, usual)) * usual * (1.0 - RESERVE) < calls:
            room = max(FEWEST_WINDOWS, int(allowed / gap))
            wanted = max(wanted, min(room, math.ceil(SPARE_WINDOWS * calls)))
    return min(wanted, fitting, budget.most_windows)
