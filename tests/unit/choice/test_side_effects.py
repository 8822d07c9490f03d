import pytest

from diag.choice.side_effects import select
from diag.genesys.data_action import Action, ActionConfig


def action(action_id: str, name: str, method: str | None = "GET", category: str = "Web") -> Action:
    config = ActionConfig(5, {"requestType": method} if method else {}, {})
    return Action(action_id, name, "integration", category, 1, False, config)


ORG = (
    action("custom-1", "Get Customer"),
    action("custom-2", "Get Orders"),
    action("custom-3", "Create Ticket", "POST"),
    action("static-1", "Find Queue"),
    action("customAuth_-_9", "Login"),
    action("custom-4", "Unknown Method", None),
)


def test_on_an_org_only_a_get_is_called_and_the_rest_is_left_out_with_a_reason() -> None:
    selection = select(ORG, as_org=True, allow_side_effects=False)

    assert [one.id for one in selection.chosen] == ["custom-1", "custom-2", "static-1"]
    assert {one.what: one.why.split(":")[0] for one in selection.left_out} == {
        "Create Ticket": "its request is a POST",
        "Login": "a custom authentication action",
        "Unknown Method": "its request type is unknown",
    }


@pytest.mark.parametrize(("as_org", "allowed"), [(False, False), (True, True)])
def test_side_effects_are_fine_in_the_sandbox_or_when_allowed(as_org: bool, allowed: bool) -> None:
    selection = select(ORG, as_org=as_org, allow_side_effects=allowed)

    assert [one.what for one in selection.left_out] == ["Login"]
