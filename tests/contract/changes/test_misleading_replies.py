"""Replies that are whole, well formed and not true: nothing is written on their word, and no line of the
journal repeats them."""

from typing import TYPE_CHECKING, Any

import httpx
import pytest

from diag.changes.journal.journal_line import latest_by_entry, unfinished
from diag.changes.plans.change_result import ChangeOutcome
from diag.changes.plans.manual_plan import make_manual_plan
from diag.changes.plans.plan import SkippedChange
from diag.changes.undo_plan import make_undo_plan
from diag.genesys.api_errors import UnexpectedReplyError
from diag.genesys.http.api import ApiRequest
from tests.support.changes.dropped_template import drop_the_template
from tests.support.sandbox_control import switch

if TYPE_CHECKING:
    from tests.contract.changes.conftest import Admin, Arm

ONE = {"method": "GET", "path": r"/actions/[^/]+$"}
REQUEST_TEMPLATE = {"method": "GET", "path": "requesttemplate"}


def retyped(part: str, value: str) -> dict[str, Any]:
    return {"kind": "retyped", "part": part, "value": value, **ONE}


NOT_TAKEN: dict[str, tuple[dict[str, Any], str]] = {
    "half a template as 206": ({"kind": "partial", **REQUEST_TEMPLATE}, "206"),
    "a template from a cache": ({"kind": "aged", **REQUEST_TEMPLATE}, "cache"),
    "an action from a cache": ({"kind": "aged", **ONE}, "cache"),
    "ASCII called UTF-16": ({"kind": "mislabelled", "value": "utf-16-le", **REQUEST_TEMPLATE}, "UTF-16"),
    "a web page instead of 404": ({"kind": "html", "status": 404, **ONE}, "not Genesys"),
    "a negative version": (retyped("version", "-1"), "version"),
    "a version as text": (retyped("version", '"1"'), "version"),
    "a version that is true": (retyped("version", "true"), "version"),
    "a version and a half": (retyped("version", "1.5"), "version"),
    "an endless version": (retyped("version", "1e300"), "version"),
    "another id": (retyped("id", '"custom_-_another"'), "another action"),
    "a category that is a number": (retyped("category", "7"), "category"),
    "headers that are a list": (retyped("config.request.headers", "[]"), "config.request.headers"),
    "a map that is a text": (retyped("config.response.translationMap", '"x"'), "translationMap"),
    "a URI that is a number": (retyped("config.request.requestTemplateUri", "7"), "requestTemplateUri"),
    "a timeout that is true": (retyped("config.timeoutSeconds", "true"), "timeoutSeconds"),
}


@pytest.mark.parametrize("name", NOT_TAKEN)
def test_nothing_is_planned_or_written_on_its_word(
    admin: "Admin", action_id: str, arm: "Arm", name: str
) -> None:
    fault, named = NOT_TAKEN[name]
    before = admin.client.read_config(action_id)
    change = admin.change(action_id)
    arm(fault)

    plan = make_manual_plan([before.action], 10, admin.client.read_config, admin.identity)
    (result,) = admin.apply(change)
    arm()

    assert plan.changes == ()
    assert [named in item.reason for item in plan.unread] == [True], plan.unread
    assert (result.outcome, admin.transport.patches) == (ChangeOutcome.FAILED, 0)
    assert named in result.reason
    assert admin.client.read_config(action_id) == before


@pytest.mark.parametrize("part", ["request.headers", "response.translationMap", "request.requestTemplateUri"])
def test_null_where_nothing_is_set_is_an_answer(
    admin: "Admin", action_id: str, arm: "Arm", part: str
) -> None:
    """Whether the platform sends it is unknown, and sent back it loses nothing."""
    arm(retyped(f"config.{part}", "null"))
    assert admin.client.read_config(action_id).patch_body(10)["version"] is not None


def test_a_cache_s_reply_is_refused_only_where_it_is_written_back(
    admin: "Admin", action_id: str, arm: "Arm"
) -> None:
    arm({"kind": "aged", "method": "GET"})
    assert action_id in {action.id for action in admin.client.list_actions()}
    with pytest.raises(UnexpectedReplyError, match="from a cache"):
        admin.client.read_config(action_id)


def test_a_read_back_from_before_the_write_is_not_someone_elses_change(
    admin: "Admin", action_id: str, arm: "Arm"
) -> None:
    fields = admin.fields(action_id)
    change = admin.change(action_id)
    arm({"kind": "replayed", **ONE})

    (first,) = admin.apply(change)
    arm()

    assert first.outcome is ChangeOutcome.FAILED
    assert "someone else" not in first.reason
    assert "before our write" in first.reason
    assert len(unfinished(admin.journal.read())) == 1
    (second,) = admin.apply(change)
    assert (second.outcome, admin.transport.patches) == (ChangeOutcome.APPLIED, 1)
    admin.assert_applied(action_id, fields, 10)


@pytest.mark.parametrize("arrives", [True, False])
def test_a_patch_answered_from_before_the_write_proves_nothing(
    admin: "Admin", action_id: str, arrives: bool
) -> None:
    """A cache, or a replica that lags, answers the PATCH with the action as it was."""
    fields = admin.fields(action_id)
    change = admin.change(action_id)
    path = f"/api/v2/integrations/actions/{action_id}"
    old = admin.client._api.call(ApiRequest("GET", path, {"includeConfig": True}))

    def as_it_was(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, stream=httpx.ByteStream(old.body), request=request)

    (admin.transport.after if arrives else admin.transport.before).append(as_it_was)

    (result,) = admin.apply(change)

    assert result.outcome is ChangeOutcome.APPLIED
    assert admin.transport.patches == (1 if arrives else 2)
    assert result.version_after == (change.action_version or 0) + 1
    admin.assert_applied(action_id, fields, 10)


def test_a_patch_answered_with_a_version_from_nowhere(admin: "Admin", action_id: str, arm: "Arm") -> None:
    fields = admin.fields(action_id)
    change = admin.change(action_id)
    arm({"kind": "retyped", "part": "version", "value": "999", "method": "PATCH"})

    (result,) = admin.apply(change)

    assert result.outcome is ChangeOutcome.APPLIED
    assert result.version_after == (change.action_version or 0) + 1
    admin.assert_applied(action_id, fields, 10)


@pytest.mark.parametrize("form", ["409", "400"])
def test_a_write_that_arrived_twice_and_lost_a_template_keeps_its_backup(
    admin: "Admin", action_id: str, quick_sandbox: str, arm: "Arm", form: str
) -> None:
    """The second copy is refused as stale; what the first one did is not what was sent."""
    switch(quick_sandbox, stale_form=form)
    change = admin.change(action_id)
    original = admin.client.read_config(action_id)
    admin.transport.before.append(drop_the_template)
    arm({"kind": "doubled", "method": "PATCH"})

    (result,) = admin.apply(change)

    assert result.outcome is ChangeOutcome.FAILED
    assert "requestTemplate" in result.reason and "The action as it was" in result.reason
    (entry,) = latest_by_entry(admin.journal.read())
    folder = admin.journal.path.with_name("journal.unfinished")
    assert (folder / f"{entry}.json").exists()
    assert original.request_template is not None


def test_an_action_that_a_web_page_calls_missing_is_not_reported_gone(
    admin: "Admin", action_id: str, arm: "Arm"
) -> None:
    change = admin.change(action_id)
    arm({"kind": "html", "status": 404, **ONE})

    (result,) = admin.apply(change)

    assert "no longer exists" not in result.reason


def test_an_undo_reads_as_carefully(admin: "Admin", action_id: str, arm: "Arm") -> None:
    admin.apply(admin.change(action_id))
    entries = [*latest_by_entry(admin.journal.read()).values()]
    for fault, _ in NOT_TAKEN.values():
        arm(fault)
        undo = make_undo_plan(entries, admin.client.read_config, admin.identity)
        assert undo.changes == () and isinstance(undo.skipped[0], SkippedChange)
