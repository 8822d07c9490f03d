from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.flows.flow import MOST_MS, ArchitectFlow, FlowNode, FlowSequence, FlowStep
from analysis.flows.longest_wait import longest_wait

STEP = FlowStep("Get", "Get Customer", "a1", follows_action=True)


def flow(
    *nodes: FlowNode, sequences: Iterable[FlowSequence] = (FlowSequence("Main", (0,)),), steps: int = 3
) -> ArchitectFlow:
    every = tuple(FlowStep(f"step {at}", f"action {at}", str(at), follows_action=True) for at in range(steps))
    return ArchitectFlow("F", "inboundcall", every, nodes=nodes, sequences=tuple(sequences), begins_in=0)


def seconds(step: FlowStep) -> int:
    """Step 0 waits 10 s, step 1 20 s, step 2 40 s."""
    return (10, 20, 40)[int(step.action_id or 0)]


def test_steps_one_after_the_other_add_up() -> None:
    wait = longest_wait(flow(FlowNode(0, (1,)), FlowNode(1, (2,)), FlowNode(2)), seconds)

    assert (wait.ms, wait.certain, wait.steps) == (70_000, True, (0, 1, 2))


def test_of_two_branches_the_longer_counts() -> None:
    wait = longest_wait(flow(FlowNode(0, (1, 2)), FlowNode(1), FlowNode(2)), seconds)

    assert (wait.ms, wait.steps) == (50_000, (0, 2))


def test_a_task_is_waited_for_each_time_it_is_called() -> None:
    wait = longest_wait(
        flow(
            FlowNode(calls=(1,), after=(1,)),
            FlowNode(calls=(1,)),
            FlowNode(1),
            sequences=(FlowSequence("Main", (0,)), FlowSequence("Lookup", (2,))),
        ),
        seconds,
    )

    assert (wait.ms, wait.repeats, wait.unreached) == (40_000, (), ())


def test_a_loop_counts_once_and_is_named() -> None:
    wait = longest_wait(
        flow(FlowNode(repeats="Retry", after=(1, 2)), FlowNode(0, (2,)), FlowNode(1)), seconds
    )

    assert (wait.ms, wait.repeats) == (30_000, ("Retry",))


def test_a_step_that_is_gone_back_to_counts_once_and_is_named() -> None:
    wait = longest_wait(flow(FlowNode(0, (1,)), FlowNode(1, (0,))), seconds)

    assert (wait.ms, wait.repeats) == (30_000, ("a step that is gone back to",))


def test_tasks_that_call_each_other_end() -> None:
    wait = longest_wait(
        flow(
            FlowNode(0, calls=(1,)),
            FlowNode(1, calls=(0,)),
            sequences=(FlowSequence("Main", (0,)), FlowSequence("Other", (1,))),
        ),
        seconds,
    )

    assert wait.ms == 30_000
    assert wait.repeats


def test_a_task_that_nothing_leads_to_is_said_and_not_counted() -> None:
    sequences = (FlowSequence("Main", (0,)), FlowSequence("Reached by a bot", (1,)))

    wait = longest_wait(flow(FlowNode(0), FlowNode(2), sequences=sequences), seconds)

    assert (wait.ms, wait.unreached) == (10_000, (("Reached by a bot", 40_000),))


def test_a_step_whose_wait_is_only_bounded_makes_the_whole_a_bound() -> None:
    wait = longest_wait(flow(FlowNode(0, (1,)), FlowNode(1)), lambda step: None)

    assert (wait.ms, wait.certain) == (120_000, False)


def test_a_flow_without_wiring_waits_at_most_in_every_step() -> None:
    wait = longest_wait(ArchitectFlow("F", "bot", (STEP, STEP)), lambda step: 5)

    assert (wait.ms, wait.certain) == (10_000, False)


@pytest.mark.slow
@given(st.data(), st.integers(1, 30))
def test_any_wiring_has_a_longest_wait(data: st.DataObject, count: int) -> None:
    """However steps are wired: it ends, it is at least one step's wait, and at most the most there is."""
    place, task = st.integers(0, count - 1), st.integers(0, 2)
    nodes = [
        FlowNode(
            step=data.draw(st.none() | st.integers(0, 2)),
            after=tuple(data.draw(st.lists(place, max_size=3))),
            calls=tuple(data.draw(st.lists(task, max_size=2))),
        )
        for _ in range(count)
    ]
    sequences = [FlowSequence(str(at), tuple(data.draw(st.lists(place, max_size=2)))) for at in range(3)]

    wait = longest_wait(flow(*nodes, sequences=sequences), seconds)

    assert 0 <= wait.ms <= MOST_MS
    assert len(wait.steps) <= 12


@pytest.mark.slow
def test_a_chain_of_ten_thousand_steps_needs_no_recursion() -> None:
    chain = [FlowNode(0, (at + 1,)) for at in range(10_000)] + [FlowNode(0)]

    assert longest_wait(flow(*chain), seconds).ms == 100_010_000
