"""Ends an action when it was called as often as the plan asks for (`LoadPlan.most_calls`)."""

from collections.abc import Sequence

from loadtests.steering.decisions import FinishAction
from loadtests.steering.load_second import Second


class CallCount:
    """Policy: each process makes its share of an action's calls; `most`, per action: None for any number.

    Calls that left count, not those that ended: of an action that takes 20 s, ten more would leave meanwhile.
    """

    def __init__(self, most: Sequence[int | None]) -> None:
        self._most = most
        self._sent = [0] * len(most)
        self._finished = [False] * len(most)

    @property
    def missing(self) -> int:
        """Return how many of the calls that were asked for this process has not sent."""
        pairs = zip(self._most, self._sent, strict=True)
        return sum(max(0, most - sent) for most, sent in pairs if most is not None)

    def is_due(self, sent: Sequence[int], share: float) -> bool:
        """Return whether an action has been called often enough that was not when last asked by the second.

        `sent`: the calls of this process to each action so far."""
        return any(
            most is not None and not finished and share > 0.0 and calls >= most * share
            for most, finished, calls in zip(self._most, self._finished, sent, strict=True)
        )

    def second(self, second: Second) -> list[FinishAction]:
        """Return the actions that have been called often enough."""
        self._sent = [before + now for before, now in zip(self._sent, second.sent, strict=True)]
        if not second.share:
            return []
        enough = [
            (index, most)
            for index, (most, sent) in enumerate(zip(self._most, self._sent, strict=True))
            if most is not None and sent >= most * second.share
        ]
        for index, _ in enough:
            self._finished[index] = True
        return [FinishAction(index, f"{most} calls made") for index, most in enough]
