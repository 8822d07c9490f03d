"""Which actions a run calls: those with nothing to set take no share of the rate."""

import pytest

from diag.choice.choose_actions import Candidate, actions_to_call, without_built_in
from diag.errors import UsageError
from diag.genesys.data_action import Action
from diag.workload.workload import Workload, WorkloadEntry
from loadtests.planning.unlisted_actions import unlisted

BUILT_IN = Action("static_1", "Get User", None, None, 1, False)
CUSTOM = Action("custom_1", "Get Order", None, None, 1, False)
ORG = tuple(
    Action(action_id, name, "integration", "Web", 1, False)
    for action_id, name in (
        ("custom-1", "Get Customer"),
        ("custom-2", "Get Orders"),
        ("custom-3", "Create Ticket"),
        ("static-1", "Find Queue"),
    )
)


def called(wanted: tuple[str, ...] = (), rate: float | None = None) -> list[str]:
    candidates = [Candidate(BUILT_IN, WorkloadEntry(id="static_1", rate=rate))]
    kept, left_out = without_built_in([*candidates, Candidate(CUSTOM, WorkloadEntry(name="*"))], wanted)
    assert all("no timeout to set" in one.why for one in left_out)
    assert len(kept) + len(left_out) == 2
    return [each.action.name for each in kept]


def test_a_built_in_action_takes_no_share_of_the_rate() -> None:
    assert called() == ["Get Order"]
    assert called(("Get*",)) == ["Get Order"]


def test_a_built_in_action_that_is_asked_for_is_called() -> None:
    assert called(rate=1.0) == ["Get User", "Get Order"]
    assert called(("get user",)) == ["Get User", "Get Order"]
    assert called(("static_1",)) == ["Get User", "Get Order"]


def test_actions_no_entry_means_are_found_and_only_among_those_asked_for() -> None:
    workload = Workload(entries=(WorkloadEntry(name="Get Order"),))
    auth = Action("customAuth_1", "Log in", None, None, 1, False)

    assert unlisted(workload, [BUILT_IN, CUSTOM, auth], (), "w.toml").changing == (BUILT_IN,)
    assert unlisted(workload, [BUILT_IN, CUSTOM, auth], ("Get Order",), "w.toml").changing == ()


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        ([], [one.name for one in ORG]),
        (["custom-2"], ["Get Orders"]),
        (["get customer"], ["Get Customer"]),
        (["Get *"], ["Get Customer", "Get Orders"]),
        (["Create*", "static-1", "create ticket"], ["Create Ticket", "Find Queue"]),
    ],
)
def test_actions_are_meant_by_id_name_or_pattern(wanted: list[str], names: list[str]) -> None:
    assert [one.name for one in actions_to_call(ORG, wanted)] == names


def test_an_unknown_name_is_an_error_with_the_nearest_one() -> None:
    with pytest.raises(UsageError) as caught:
        actions_to_call(ORG, ["Get Custmer"])

    assert "Get Customer" in str(caught.value.hint)


def test_an_empty_org_says_so() -> None:
    with pytest.raises(UsageError, match="no data actions"):
        actions_to_call((), [])
