import pytest

from analysis.flows.flow import ArchitectFlow, FlowStep, OwnTimeout, Wiring
from analysis.flows.path_warnings import PathWarning, alike_together, path_warnings


def step(
    *,
    follows: bool | None = False,
    own: OwnTimeout = "literal",
    own_ms: int | None = 10_000,
    failure: Wiring = "wired",
    timeout: Wiring = "wired",
    has_next: bool = False,
) -> FlowStep:
    return FlowStep(
        "Get",
        "Get Customer",
        "a1",
        follows_action=follows,
        own=own,
        own_ms=own_ms,
        failure=failure,
        timeout=timeout,
        has_next=has_next,
    )


def warnings(one: FlowStep, before_s: int, after_s: int) -> tuple[PathWarning, ...]:
    flow = ArchitectFlow("Main menu", "inboundcall", (one, FlowStep("Other", "Other", "a2")))
    return path_warnings([flow], "a1", before_s, after_s)


def test_lowering_below_the_step_moves_calls_to_a_path_that_is_perhaps_failure() -> None:
    (one,) = warnings(step(failure="not wired"), 20, 5)

    assert (one.kind, one.nowhere) == ("to the action", True)
    assert one.sentence == (
        'flow "Main menu", step "Get": calls that its own 10 s ended, on its Timeout path, will end at the '
        "action's 5 s, perhaps on its Failure path (unknown which); Failure is not wired and Timeout is "
        "wired: nothing follows the step there"
    )


def test_raising_above_the_step_moves_calls_to_its_timeout_path() -> None:
    (one,) = warnings(step(timeout="not wired", has_next=True), 5, 20)

    assert (one.kind, one.nowhere) == ("to the step", True)
    assert "will end at the step's own 10 s on its Timeout path" in one.sentence
    assert one.sentence.endswith("Failure is wired and Timeout is not wired: the flow goes on after the step")


@pytest.mark.parametrize(
    ("failure", "timeout", "nowhere"), [("wired", "wired", False), ("unknown", "wired", False)]
)
def test_a_move_between_wired_paths_is_said_and_leads_somewhere(
    failure: Wiring, timeout: Wiring, nowhere: bool
) -> None:
    (one,) = warnings(step(failure=failure, timeout=timeout), 20, 5)

    assert one.nowhere is nowhere


def test_a_change_that_the_step_does_not_let_through_has_no_effect_there() -> None:
    (one,) = warnings(step(), 20, 30)

    assert (one.kind, one.nowhere) == ("no effect", False)


@pytest.mark.parametrize("follows", [True, None])
def test_a_step_that_follows_the_action_or_may_moves_nothing(follows: bool | None) -> None:
    assert warnings(step(follows=follows), 20, 5) == ()


@pytest.mark.parametrize(
    ("own", "own_ms"), [("expression", None), ("empty", None), ("unreadable", None), ("literal", 0)]
)
def test_a_timeout_that_cannot_be_known_is_said_to_be_unknown(own: OwnTimeout, own_ms: int | None) -> None:
    (one,) = warnings(step(own=own, own_ms=own_ms), 20, 5)

    assert one.kind == "unknown"
    assert "not known" in one.sentence


@pytest.mark.parametrize(("before", "after"), [(5, 8), (10, 10), (5, 5)])
def test_a_change_on_one_side_of_the_step_moves_nothing(before: int, after: int) -> None:
    assert warnings(step(), before, after) == ()


def test_two_equal_timeouts_that_part_move_calls_both_ways() -> None:
    (raised,), (lowered,) = warnings(step(), 10, 20), warnings(step(), 10, 5)

    assert (raised.kind, lowered.kind) == ("to the step", "to the action")


def test_what_leads_nowhere_comes_first() -> None:
    flows = [
        ArchitectFlow("A", "inboundcall", (step(),)),
        ArchitectFlow("B", "inboundcall", (step(failure="not wired"),)),
    ]

    assert [one.flow for one in path_warnings(flows, "a1", 20, 5)] == ["B", "A"]


@pytest.mark.parametrize(("before", "after", "kind"), [(20, 10, "to the action"), (5, 10, "to the step")])
def test_timeouts_that_become_equal_may_move_calls(before: int, after: int, kind: str) -> None:
    (one,) = warnings(step(), before, after)

    assert one.kind == kind


def test_flows_in_which_the_same_happens_are_named_together() -> None:
    flows = [ArchitectFlow(f"Region {at}", "inboundcall", (step(),)) for at in range(5)]
    flows.append(ArchitectFlow("Other", "inboundcall", (step(failure="not wired"),)))

    first, second = alike_together(path_warnings(flows, "a1", 20, 5))

    assert (first.nowhere, second.nowhere) == (True, False)
    assert first.sentence.startswith('flow "Other", step "Get": calls')
    assert second.sentence.startswith(
        '5 flows ("Region 0", "Region 1", "Region 2" and 2 more), step "Get": calls'
    )
