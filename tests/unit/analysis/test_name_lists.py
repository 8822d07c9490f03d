"""How several names read in one line."""

from analysis.name_lists import reason_lines


def test_a_reason_that_several_share_is_said_once_and_counted() -> None:
    lines = reason_lines([("Get A", "no execution."), ("Get B", "no contract"), ("Get C", "no execution.")])
    assert lines == ["2 actions, the same for each: no execution (Get A, Get C)", "Get B: no contract"]
