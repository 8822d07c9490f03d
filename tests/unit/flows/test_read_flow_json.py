from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.flows.flow import ArchitectFlow
from analysis.flows.longest_wait import longest_wait
from diag.flows.read_flow_json import read_configuration
from diag.flows.unreadable_flow import UnreadableFlowError
from tests.support.flow_files import ACTION, configuration, data_step, menu, other_step, task

_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inside: st.lists(inside, max_size=4) | st.dictionaries(st.text(max_size=8), inside, max_size=4),
    max_leaves=20,
)


def read(*steps: dict[str, Any], **more: Any) -> ArchitectFlow:
    return read_configuration(configuration(task("Main", *steps), **more))


def test_a_step_says_whether_it_follows_the_action_and_what_is_wired() -> None:
    (step,) = read(data_step(success="On", then="After"), other_step("On"), other_step("After")).steps

    assert (step.name, step.action_id, step.action_name) == ("Get customer", ACTION, "Get Customer")
    assert (step.follows_action, step.own, step.own_ms) == (True, "literal", 60_000)
    assert (step.success, step.failure, step.timeout, step.has_next) == (
        "wired",
        "not wired",
        "not wired",
        True,
    )


@pytest.mark.parametrize(
    ("own", "form", "ms"),
    [
        ("P0D0H0M12S0F", "literal", 12_000),
        ("PT12S", "unreadable", None),
        ({"emp": {"text": ""}}, "empty", None),
        ({"ref": {"text": "Flow.Wait"}}, "expression", None),
        ({"exp": {}}, "expression", None),
        ({}, "unreadable", None),
        ({"lit": {}, "emp": {}}, "unreadable", None),
        ({"lit": "P0D0H1M0S0F"}, "unreadable", None),
        (7, "unreadable", None),
    ],
)
def test_a_timeout_of_its_own_is_a_literal_or_said_not_to_be(own: object, form: str, ms: int | None) -> None:
    (step,) = read(data_step(own=own, suggested=False)).steps

    assert (step.follows_action, step.own, step.own_ms) == (False, form, ms)


def test_a_switch_that_is_neither_on_nor_off_is_unknown() -> None:
    assert read(data_step(suggested="true")).steps[0].follows_action is None


def test_menus_lead_to_tasks_and_tasks_to_tasks() -> None:
    flow = read_configuration(
        configuration(
            menu("Menu", "Balance", "Orders"),
            task("Balance", data_step("a")),
            task(
                "Orders",
                data_step("b", success="go"),
                other_step("go", "CallTaskAction", taskReference="id of Balance"),
            ),
            begins="Menu",
        )
    )

    wait = longest_wait(flow, lambda step: 10)

    assert [sequence.name for sequence in flow.sequences] == ["Menu", "Balance", "Orders"]
    assert (wait.ms, wait.certain, wait.unreached) == (20_000, True, ())


def test_a_branch_that_ends_goes_on_after_the_step_it_belongs_to() -> None:
    flow = read(
        data_step("a", success="b", then="c"),
        data_step("b"),
        data_step("c"),
    )

    assert longest_wait(flow, lambda step: 10).ms == 30_000


def test_a_branch_that_disconnects_does_not_go_on() -> None:
    flow = read(
        data_step("a", success="x", failure="x", timeout="x", then="c"),
        other_step("x", "DisconnectAction"),
        data_step("c"),
    )

    assert longest_wait(flow, lambda step: 10).ms == 10_000


def test_a_loop_is_named() -> None:
    flow = read(
        other_step(
            "Retry", "LoopAction", then="end", path={"outputId": "__LOOP__", "nextActionId": "Get customer"}
        ),
        data_step(),
        other_step("end"),
    )

    assert longest_wait(flow, lambda step: 10).repeats == ("Retry",)


def test_steps_of_other_kinds_that_sound_alike_call_no_action() -> None:
    assert read(other_step("Set", "SetConversationDataAction")).steps == ()


@pytest.mark.parametrize(
    ("steps", "more", "doubt"),
    [
        ([data_step(action_id=None)], {}, 'step "Get customer" names its action without an id'),
        ([data_step(then="gone")], {}, "a step leads to one that is not in the flow"),
        ([data_step(), data_step()], {}, "a step has no id, or that of another one"),
        ([data_step()], {"uses": (ACTION, "another")}, "it uses 1 more actions than were found in its steps"),
        (
            [other_step("go", "TransferFlowAction")],
            {},
            "it goes on in another flow, where waits are not counted",
        ),
    ],
)
def test_what_cannot_be_followed_is_said(
    steps: list[dict[str, Any]], more: dict[str, Any], doubt: str
) -> None:
    assert doubt in read(*steps, **more).not_followed


@pytest.mark.parametrize("body", [None, [], "flow", {}, {"flowSequenceItemList": {}}])
def test_what_is_no_flow_is_refused(body: object) -> None:
    with pytest.raises(UnreadableFlowError):
        read_configuration(body)


def test_nothing_of_a_flow_but_its_steps_is_kept() -> None:
    assert "secret" not in repr(read(data_step(), description="a secret"))


@pytest.mark.slow
@given(st.data())
def test_any_value_in_any_place_gives_steps_or_a_named_refusal(data: st.DataObject) -> None:
    """Whatever stands where: a flow with a longest wait, or a reason."""
    body = configuration(
        menu("Menu", "Main"), task("Main", data_step(success="x"), other_step("x")), begins="Menu"
    )
    for _ in range(data.draw(st.integers(1, 4))):
        place: Any = body
        while isinstance(place, dict | list) and place:
            keys = list(place) if isinstance(place, dict) else list(range(len(place)))
            key = data.draw(st.sampled_from(keys))
            if not isinstance(place[key], dict | list) or data.draw(st.booleans()):
                place[key] = data.draw(_VALUES)
                break
            place = place[key]

    try:
        flow = read_configuration(body)
    except UnreadableFlowError as error:
        assert str(error)
        return
    longest_wait(flow, lambda step: 10)
