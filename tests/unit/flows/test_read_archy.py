import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.flows.join_actions import NamedAction, join_actions
from analysis.flows.longest_wait import longest_wait
from diag.flows.read_archy import read_archy
from diag.flows.unreadable_flow import UnreadableFlowError
from diag.flows.yaml_values import MOST_DEPTH, parse_yaml
from tests.support.flow_files import ARCHY


def test_an_archy_file_gives_names_timeouts_and_wiring() -> None:
    flow = read_archy(parse_yaml(ARCHY))

    first, second = flow.steps
    assert (flow.name, flow.type, flow.not_followed) == ("Main menu", "inboundCall", ())
    assert (first.name, first.action_name, first.category) == ("Get customer", "Get Customer", "Web Services")
    assert (first.own, first.own_ms, first.follows_action, first.action_id) == ("literal", 5_500, None, None)
    assert (first.success, first.failure, first.timeout, first.has_next) == (
        "wired",
        "not wired",
        "wired",
        True,
    )
    assert (second.own, second.own_ms) == ("expression", None)
    assert "secret" not in repr(flow)


def test_its_wiring_is_followed_from_the_menu_into_a_task() -> None:
    wait = longest_wait(read_archy(parse_yaml(ARCHY)), lambda step: 10)

    assert (wait.ms, wait.certain, wait.repeats, wait.unreached) == (20_000, False, ("Again",), ())


def test_a_name_that_one_action_has_is_that_action_and_one_that_two_have_is_not() -> None:
    actions = [
        NamedAction("1", "Get Customer", "Web Services"),
        NamedAction("2", "Get Customer", "Other"),
        NamedAction("3", "Get Orders", "Web Services"),
        NamedAction("4", "Get Orders", "Web Services"),
    ]

    (flow,) = join_actions([read_archy(parse_yaml(ARCHY))], actions)

    assert [step.action_id for step in flow.steps] == ["1", None]
    assert flow.steps[1].unknown_action == "2 actions have this name, the file gives no id"


def test_a_name_that_no_action_has_says_so() -> None:
    (flow,) = join_actions([read_archy(parse_yaml(ARCHY))], [])

    assert flow.steps[0].unknown_action == "no action here has this name and category"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("a: &x [1]\nb: *x", "alias"),
        ("a: 1\na: 2", "twice"),
        ("{a: {b: 1}}: 2", "key that is not a text"),
        ("a: 1\n---\nb: 2", "more than one document"),
        ("a: [", "not valid YAML (line"),
        ("flow:\n  name: {{flow_name}}\n", "perhaps a {{placeholder}}"),
        ("a: ]{{x", "fill in its {{placeholders}}"),
        ("[" * (MOST_DEPTH + 2), "nested too deep"),
        ("a: \x00", "not valid YAML"),
    ],
)
def test_what_no_flow_needs_is_refused_by_name(text: str, why: str) -> None:
    with pytest.raises(UnreadableFlowError) as refused:
        parse_yaml(text)

    assert why in str(refused.value)


def test_a_scalar_stays_the_text_it_is() -> None:
    assert parse_yaml("a: yes\nb: 0123\nc: 2020-99-99\nd: !!python/none x") == {
        "a": "yes",
        "b": "0123",
        "c": "2020-99-99",
        "d": "x",
    }


@pytest.mark.parametrize("text", ["", "a: 1", "[]", "x", "a: {}\nb: {}", "a: {name: []}", "a: {title: x}"])
def test_what_is_no_flow_of_archy_is_refused(text: str) -> None:
    with pytest.raises(UnreadableFlowError):
        read_archy(parse_yaml(text))


@pytest.mark.slow
@given(
    st.text(alphabet=ARCHY[:400], max_size=60) | st.text(max_size=30),
    st.integers(0, len(ARCHY)),
    st.integers(0, 40),
)
def test_any_text_gives_steps_or_a_named_refusal(noise: str, at: int, cut: int) -> None:
    """Pieces cut out of a sound file, and others put in."""
    try:
        flow = read_archy(parse_yaml(ARCHY[:at] + noise + ARCHY[at + cut :]))
    except UnreadableFlowError as error:
        assert str(error)
        return
    longest_wait(flow, lambda step: 10)
