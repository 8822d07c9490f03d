"""Which actions wait until others are done, because the limits do not leave room for all of them at once."""

import math
from collections.abc import Sequence
from typing import Final

from loadtests.planning.plan import LoadPlan

TINY: Final = 1e-9
"""What a sum of rates may exceed the limits by: no more than rounding."""


class WaitingActions:
    """The actions of a plan in the order of their turns, by their places in the plan."""

    def __init__(self, plan: LoadPlan) -> None:
        self._rates = [action.rate for action in plan.actions]
        self._room = math.inf if plan.total_rate is None else plan.total_rate
        together: dict[str, list[int]] = {}
        for place, action in enumerate(plan.actions):
            together.setdefault(action.action_id, []).append(place)
        self._turns: list[list[int]] = []
        for places in together.values():
            # An action and its backend are compared: they are called at the same time, where there is room.
            fits = sum(self._rates[place] for place in places) <= self._room + TINY
            self._turns += [places] if fits else [[place] for place in places]

    def called_now(self, done: Sequence[bool]) -> list[int]:
        """Return the places of those that are called, given which are done.

        One that does not fit waits until others are done; a smaller one behind it is called meanwhile. One
        that was slowed down keeps its whole place: what the guard takes from it goes to no other.
        """
        room, called = self._room, []
        for places in self._turns:
            due = [place for place in places if not done[place]]
            takes = sum(self._rates[place] for place in due)
            if takes <= room + TINY:
                room -= takes
                called += due
        return called
