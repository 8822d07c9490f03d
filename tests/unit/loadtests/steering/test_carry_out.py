"""Every decision a policy can make has someone who does it."""

from typing import Any, get_args

from loadtests.steering.carry_out import CarryOut
from loadtests.steering.decisions import Decision

NOTHING: Any = None


def test_no_decision_is_left_undone() -> None:
    assert set(CarryOut(NOTHING, NOTHING, NOTHING, NOTHING).table) == set(get_args(Decision))
