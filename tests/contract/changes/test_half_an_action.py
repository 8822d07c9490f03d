"""An org that tells only half of an action: nothing is planned, nothing is written, and it says why."""

from typing import TYPE_CHECKING, Any

import httpx
import pytest

from diag.changes.journal.journal_line import latest_by_entry
from diag.changes.plans.change_result import ChangeOutcome
from diag.changes.plans.manual_plan import make_manual_plan
from diag.changes.undo_plan import make_undo_plan

if TYPE_CHECKING:
    from tests.contract.changes.conftest import Admin, Arm

ONE = {"method": "GET", "path": r"/actions/[^/]+$"}
REQUEST_TEMPLATE = {"method": "GET", "path": "requesttemplate"}
SUCCESS_TEMPLATE = {"method": "GET", "path": "successtemplate"}
NOT_WHOLE: dict[str, tuple[dict[str, Any], str]] = {
    "a page for the request template": ({"kind": "page", **REQUEST_TEMPLATE}, "text/html"),
    "a page for the success template": ({"kind": "page", **SUCCESS_TEMPLATE}, "text/html"),
    "an empty request template": ({"kind": "empty", **REQUEST_TEMPLATE}, "is empty"),
    "an empty success template": ({"kind": "empty", **SUCCESS_TEMPLATE}, "is empty"),
    "no request template": ({"kind": "status", "status": 404, **REQUEST_TEMPLATE}, "is not there"),
    "no success template": ({"kind": "status", "status": 404, **SUCCESS_TEMPLATE}, "is not there"),
    "a template of unknown length": ({"kind": "unmeasured", **REQUEST_TEMPLATE}, "how long"),
    "a template whose length was miscounted": (
        {"kind": "undercounted", **REQUEST_TEMPLATE},
        "holds more than",
    ),
    "a template in another character set": ({"kind": "latin1_unsaid", **REQUEST_TEMPLATE}, "UTF-8"),
    **{
        f"{part} {kind}": ({"kind": kind, "part": part, **ONE}, part)
        for kind in ("stripped", "nulled")
        for part in (
            "name",
            "version",
            "config",
            "config.request",
            "config.request.requestType",
            "config.request.requestUrlTemplate",
            "config.response",
        )
    },
    "a page for the action": ({"kind": "page", **ONE}, "not JSON"),
    "nothing for the action": ({"kind": "empty", **ONE}, "it is empty"),
}
FRENCH = '{"prénom": "${input.id}"}'


@pytest.fixture
def french(admin: "Admin", action_id: str, quick_sandbox: str) -> str:
    """An action whose request template has a letter that differs between ISO-8859-1 and UTF-8."""
    full = admin.client.read_config(action_id)
    body = full.patch_body(5)
    config: Any = body["config"]
    config["request"]["requestTemplate"] = FRENCH
    httpx.patch(
        f"{quick_sandbox}/api/v2/integrations/actions/{action_id}",
        json=body,
        headers={"Authorization": f"Bearer {admin.client.access_token().reveal()}"},
        trust_env=False,
        verify=False,
    ).raise_for_status()
    assert admin.client.read_config(action_id).request_template == FRENCH
    return action_id


@pytest.fixture
def met(request: pytest.FixtureRequest, name: str) -> str:
    """An action whose request template a fault can bend; any, where the template is not what it meets."""
    fault, _ = NOT_WHOLE[name]
    found: str = request.getfixturevalue("action_id" if fault["path"] == ONE["path"] else "french")
    return found


@pytest.mark.parametrize("name", NOT_WHOLE)
def test_what_did_not_arrive_whole_is_never_written(admin: "Admin", met: str, arm: "Arm", name: str) -> None:
    fault, named = NOT_WHOLE[name]
    before = admin.client.read_config(met)
    change = admin.change(met)
    arm(fault)

    plan = make_manual_plan([before.action], 10, admin.client.read_config, admin.identity)
    (result,) = admin.apply(change)
    arm()

    assert plan.changes == ()
    assert [named in item.reason for item in plan.unread] == [True]
    assert result.outcome is ChangeOutcome.FAILED
    assert named in result.reason
    assert "Nothing was changed" in result.reason
    assert admin.transport.patches == 0
    assert admin.client.read_config(met) == before
    (again,) = admin.apply(change)
    assert again.outcome is ChangeOutcome.APPLIED


@pytest.mark.parametrize("name", NOT_WHOLE)
def test_what_cannot_be_read_back_is_neither_written_again_nor_called_applied(
    admin: "Admin", met: str, arm: "Arm", name: str
) -> None:
    fields = admin.fields(met)
    change = admin.change(met)
    admin.transport.after.append(lambda request: arm(NOT_WHOLE[name][0]))

    (first,) = admin.apply(change)
    undo = make_undo_plan(
        [*latest_by_entry(admin.journal.read()).values()], admin.client.read_config, admin.identity
    )
    arm()
    assert first.outcome is ChangeOutcome.FAILED
    assert "may already be 10 s" in first.reason
    assert (undo.changes, len(undo.unread)) == ((), 1)
    (second,) = admin.apply(change)

    assert second.outcome is ChangeOutcome.APPLIED
    assert admin.transport.patches == 1
    admin.assert_applied(met, fields, 10)


def test_a_template_in_a_declared_character_set_stays_what_it_is(
    admin: "Admin", french: str, arm: "Arm"
) -> None:
    fields = admin.fields(french)
    change = admin.change(french)
    arm({"kind": "latin1", **REQUEST_TEMPLATE})

    (result,) = admin.apply(change)
    arm()

    assert result.outcome is ChangeOutcome.APPLIED
    assert admin.client.read_config(french).request_template == FRENCH
    admin.assert_applied(french, fields, 10)
