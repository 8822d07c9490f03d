"""Every decision a policy can make has someone who does it."""

from typing import Any, get_args

from loadtests.steering.decisions import Decision
from loadtests.steering.obey_decisions import ObeyDecisions

NOTHING: Any = None


def test_no_decision_is_left_undone() -> None:
    assert set(ObeyDecisions(NOTHING, NOTHING, NOTHING, NOTHING).table) == set(get_args(Decision))
