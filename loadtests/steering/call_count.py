"""Ends an action when it was called as often as the plan asks for (`calls_per_action`)."""

from loadtests.steering.decisions import FinishAction
from loadtests.steering.load_second import Second


class CallCount:
    """Policy: each process makes its share of an action's calls. None: any number of them."""

    def __init__(self, calls_per_action: int | None) -> None:
        self._calls_per_action = calls_per_action

    def second(self, second: Second) -> list[FinishAction]:
        """Return the actions that have been called often enough."""
        most = self._calls_per_action
        if most is None or not second.share:
            return []
        enough = most * second.share
        done = [index for index, totals in enumerate(second.totals) if totals.calls >= enough]
        return [FinishAction(index, f"{most} calls made") for index in done]
