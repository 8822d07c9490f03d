"""The plan of calls that are added to a run: these actions, so many, as fast as before."""

from pathlib import Path

import pytest

from diag.errors import UsageError
from diag.measuring.load_process import LoadOptions, command_line
from loadtests.planning.plan import ActionLoad, LoadPlan
from loadtests.planning.topped_up_plan import MoreCalls, TopUp, read_top_up, topped_up

PLAN = LoadPlan(
    (ActionLoad("a", "Get A", 5, 9.0, ()), ActionLoad("b", "Get B", 5, 9.0, ())),
    calls_per_action=7,
    mode="ramp",
)


def test_what_measure_asks_for_is_what_the_load_reads() -> None:
    line = command_line(LoadOptions(Path("r"), None, top_up={"a": (12, 2.5)}))

    assert read_top_up(line[line.index("--top-up") + 1]) == TopUp({"a": MoreCalls(12, 2.5)})
    assert read_top_up(None) is None


def test_only_these_are_called_so_often_and_at_the_rate_of_before() -> None:
    plan = topped_up(PLAN, TopUp({"b": MoreCalls(12, 2.5)}))

    (action,) = plan.actions
    assert (action.action_id, action.calls, action.rate) == ("b", 12, 2.5)
    assert plan.most_calls(action) == 12
    assert plan.mode == "measure"


def test_one_that_cannot_be_called_now_is_said() -> None:
    with pytest.raises(UsageError, match="1 of the actions that lack calls cannot be called now"):
        topped_up(PLAN, TopUp({"gone": MoreCalls(1, 1.0)}))


@pytest.mark.parametrize(
    "text",
    [
        *("", "[]", '{"actions": 7}', '{"actions": {"a": {"calls": 0, "rate": 1}}}'),
        *(f'{{"actions": {{"a": {{"calls": 1, "rate": {rate}}}}}}}' for rate in ("-1", "1e-9", "2e6")),
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="--top-up"):
        read_top_up(text)
