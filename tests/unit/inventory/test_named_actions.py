"""One name means the same actions to every verb, flag and file."""

import pytest

from analysis.format.sample_schema import InputOrigin
from diag.apply_dialog.verification_input import entry_for
from diag.changes.change_errors import UnknownActionError
from diag.changes.plans.manual_plan import actions_named
from diag.changes.plans.only_and_skip import Scope
from diag.choice.choose_actions import actions_to_call
from diag.errors import UsageError
from diag.genesys.data_action import Action, ActionConfig
from diag.inventory.named_actions import wanted_actions
from diag.workload.payload import Payload
from diag.workload.workload import Workload, WorkloadEntry
from loadtests.planning.plan import ActionLoad, LoadPlan
from loadtests.run.sla import ids_judged, parse_thresholds

NAMES = {
    "c-1": "Get Customer",
    "c-2": "Get Orders",
    "c-3": "Create Ticket",
    "c-4": "c-1",  # a name that is another action's id
    "c-5": "LOOK up",
    "c-6": "Look Up",
    "c-7": "Get Order [EU]",  # in another case, too, it is a name and no pattern
}
ORG = tuple(
    Action(id_, name, "integration", "Web", 1, False, ActionConfig(5, {}, {})) for id_, name in NAMES.items()
)
PAIRS = [(action.id, action.name) for action in ORG]
PLAN = LoadPlan(
    tuple(ActionLoad(id_, name, 5, 1.0, (Payload("p", b"{}", InputOrigin.NONE),)) for id_, name in PAIRS)
)

MEANT = [
    ("c-2", {"c-2"}),
    ("c-1", {"c-1"}),  # the id goes first
    ("Get Customer", {"c-1"}),
    ("get customer", {"c-1"}),
    ("GET *", {"c-1", "c-2", "c-7"}),
    ("get order [eu]", {"c-7"}),
    ("Look Up", {"c-6"}),  # as it is written, before any other case
    ("C-*", set(NAMES)),
]


@pytest.mark.parametrize(("wanted", "ids"), MEANT)
def test_every_way_of_naming_actions_agrees(wanted: str, ids: set[str]) -> None:
    (condition,) = parse_thresholds([f"{wanted}: p99<2s"])

    assert {action.id for action in wanted_actions(ORG, [wanted])} == ids, "observe"
    assert {action.id for action in actions_to_call(ORG, [wanted])} == ids, "measure, init, the workload"
    assert {action.id for action in actions_named(ORG, [wanted])} == ids, "set, export"
    assert Scope.of(PAIRS, only=[wanted]).only == frozenset(ids), "--only"
    assert Scope.of(PAIRS, skip=[wanted]).skip == ids, "--skip"
    assert ids_judged(condition, PLAN) == ids, "--sla"


@pytest.mark.parametrize("wanted", ["Get Customer", "get customer", "Get C*", "c-1"])
def test_the_test_call_of_an_apply_finds_the_workload_s_entry_as_the_load_does(wanted: str) -> None:
    entry = WorkloadEntry(name=wanted)
    later = WorkloadEntry(name="*", allow_side_effects=True)

    assert entry_for(Workload(entries=(entry, later)), ORG[0]) is entry
    assert entry_for(Workload(entries=(entry, later)), ORG[2]) is later


def test_a_name_that_means_no_action_is_refused_with_the_nearest() -> None:
    for refused in (
        lambda: wanted_actions(ORG, ["get custmer"]),
        lambda: Scope.of(PAIRS, only=["get custmer"]),
        lambda: Scope.of(PAIRS, skip=["get custmer"]),
        lambda: actions_named(ORG, ["get custmer"]),
    ):
        with pytest.raises((UsageError, UnknownActionError)) as refusal:
            refused()
        assert "Get Customer" in (refusal.value.hint or "")


def test_a_pattern_to_skip_may_mean_nothing_but_one_to_keep_may_not() -> None:
    assert Scope.of(PAIRS, skip=["Legacy*"]).skip == frozenset()
    with pytest.raises(UnknownActionError):
        Scope.of(PAIRS, only=["Legacy*"])


def test_a_name_two_actions_have_is_refused_before_a_write() -> None:
    twins = (*ORG, Action("c-8", "Get Orders", "integration", "Web", 1, False, ActionConfig(5, {}, {})))

    with pytest.raises(UnknownActionError, match="2 actions are named"):
        actions_named(twins, ["get orders"])
    assert [action.id for action in actions_named(twins, ["c-8"])] == ["c-8"]
