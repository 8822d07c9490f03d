"""The fault matrix of the issue against the real sandbox over HTTP.

In every case: no field but the timeout ever differs, the journal is right, a second run finishes.
"""

from typing import TYPE_CHECKING

import httpx
import pytest

from diag.changes.journal.journal_line import latest_by_entry, unfinished
from diag.changes.plans.change_result import ChangeOutcome
from diag.changes.undo_plan import make_undo_plan
from tests.support.changes.dropped_template import drop_the_template
from tests.support.sandbox_control import switch

if TYPE_CHECKING:
    from tests.contract.changes.conftest import Admin, Arm, MakeAdmin, Script


def reply(status: int, headers: dict[str, str] | None = None, **body: object) -> "Script":
    def script(request: httpx.Request) -> httpx.Response:
        return httpx.Response(
            status, headers=headers, json={"status": status, "message": "injected", **body}, request=request
        )

    return script


def reset(request: httpx.Request) -> Exception:
    return httpx.ReadError("connection reset by peer", request=request)


def saved_without_a_change(other: "Admin", action_id: str) -> "Script":
    """Someone presses Save: the version grows and nothing else."""

    def script(request: httpx.Request) -> None:
        other.client.patch_timeout(other.client.read_config(action_id), 5)

    return script


BEFORE_OR_AFTER = [
    pytest.param(reply(500, code="internal.server.error"), id="500"),
    pytest.param(reply(503, code="service.unavailable"), id="503"),
    pytest.param(reply(504, code="request.timeout"), id="504"),
    pytest.param(reply(408, code="client.timeout"), id="408"),
    pytest.param(reset, id="reset"),
]


@pytest.mark.parametrize("fault", BEFORE_OR_AFTER)
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_write_whose_reply_is_lost(admin: "Admin", action_id: str, fault: "Script", when: str) -> None:
    fields = admin.fields(action_id)
    change = admin.change(action_id)
    getattr(admin.transport, when).append(fault)

    (result,) = admin.apply(change)

    assert result.outcome is ChangeOutcome.APPLIED
    assert admin.transport.patches == (2 if when == "before" else 1)
    assert admin.client.get_action(action_id).version == (change.action_version or 0) + 1
    admin.assert_applied(action_id, fields, 10)


@pytest.mark.parametrize("headers", [{"Retry-After": "1"}, {}], ids=["with Retry-After", "without"])
def test_a_rate_limit(admin: "Admin", action_id: str, headers: dict[str, str]) -> None:
    fields = admin.fields(action_id)
    admin.transport.before.append(reply(429, headers, code="too.many.requests"))

    (result,) = admin.apply(admin.change(action_id))

    assert result.outcome is ChangeOutcome.APPLIED
    admin.assert_applied(action_id, fields, 10)


def test_a_rate_limit_too_long_to_wait_for(admin: "Admin", action_id: str) -> None:
    fields = admin.fields(action_id)
    change = admin.change(action_id)
    admin.transport.before.append(reply(429, {"Retry-After": "3600"}, code="too.many.requests"))

    (first,) = admin.apply(change)
    (second,) = admin.apply(change)

    assert first.outcome is ChangeOutcome.FAILED
    assert second.outcome is ChangeOutcome.APPLIED
    admin.assert_applied(action_id, fields, 10)


@pytest.mark.parametrize("form", ["409", "400", "408"])
@pytest.mark.parametrize("times", [1, 4])
def test_a_version_that_moves_while_nothing_else_does(
    admin: "Admin", make_admin: "MakeAdmin", action_id: str, quick_sandbox: str, form: str, times: int
) -> None:
    fields = admin.fields(action_id)
    change = admin.change(action_id)
    switch(quick_sandbox, stale_form=form)
    admin.transport.before.extend([saved_without_a_change(make_admin("other"), action_id)] * times)

    (result,) = admin.apply(change)

    assert result.outcome is ChangeOutcome.APPLIED
    assert admin.transport.patches == times + 1
    admin.assert_applied(action_id, fields, 10)


@pytest.mark.slow
@pytest.mark.parametrize("form", ["409", "400", "408"])
def test_a_version_that_is_always_stale(
    admin: "Admin", make_admin: "MakeAdmin", action_id: str, quick_sandbox: str, form: str
) -> None:
    fields = admin.fields(action_id)
    change = admin.change(action_id)
    switch(quick_sandbox, stale_form=form)
    admin.transport.before.extend([saved_without_a_change(make_admin("other"), action_id)] * 5)

    (first,) = admin.apply(change)
    assert (first.outcome, admin.transport.patches) == (ChangeOutcome.FAILED, 5)
    assert admin.timeout_of(action_id) == 5
    (second,) = admin.apply(change)

    assert second.outcome is ChangeOutcome.APPLIED
    admin.assert_applied(action_id, fields, 10)


def test_a_token_that_expires_between_read_and_patch(admin: "Admin", action_id: str) -> None:
    fields = admin.fields(action_id)

    def revoke(request: httpx.Request) -> None:
        gone = httpx.delete(
            f"{request.url.scheme}://{request.url.netloc.decode()}/api/v2/tokens/me",
            headers={"Authorization": request.headers["Authorization"]},
            trust_env=False,
            verify=False,
        )
        assert gone.is_success

    admin.transport.before.append(revoke)

    (result,) = admin.apply(admin.change(action_id))

    assert result.outcome is ChangeOutcome.APPLIED
    admin.assert_applied(action_id, fields, 10)


@pytest.mark.parametrize("semantics", ["replace", "merge"])
def test_merge_or_replace_nothing_is_lost(
    admin: "Admin", action_id: str, quick_sandbox: str, semantics: str
) -> None:
    fields = admin.fields(action_id)
    switch(quick_sandbox, patch_config=semantics)

    (result,) = admin.apply(admin.change(action_id))

    assert "config.request.requestTemplate" in fields  # only the template endpoint returns it
    assert result.outcome is ChangeOutcome.APPLIED
    admin.assert_applied(action_id, fields, 10)


def test_someone_edits_between_plan_and_apply(
    admin: "Admin", make_admin: "MakeAdmin", action_id: str, action_ids: "list[str]"
) -> None:
    other, second = make_admin("other"), next(iter(action_ids))
    changes = [admin.change(action_id), admin.change(second)]
    other.client.patch_timeout(other.client.read_config(action_id), 8)

    refused, applied = admin.apply(*changes)

    assert refused.outcome is ChangeOutcome.REFUSED
    assert refused.reason == "version: planned 1, present 2; timeout: planned 5 s, present 8 s"
    assert admin.timeout_of(action_id) == 8
    assert applied.outcome is ChangeOutcome.APPLIED


def test_an_open_draft_is_left_as_it_is(admin: "Admin", action_id: str) -> None:
    fields = admin.fields(action_id)
    admin.client.create_draft(action_id)
    draft = admin.client.read_config(action_id, draft=True)

    (result,) = admin.apply(admin.change(action_id))

    assert result.outcome is ChangeOutcome.APPLIED
    assert admin.client.read_config(action_id, draft=True) == draft
    admin.assert_applied(action_id, fields, 10)


def test_a_platform_that_drops_a_template_with_the_write(admin: "Admin", action_id: str) -> None:
    fields = admin.fields(action_id)
    change = admin.change(action_id)

    admin.transport.before.append(drop_the_template)

    (result,) = admin.apply(change)

    assert result.outcome is ChangeOutcome.RESTORED
    assert "config.request.requestTemplate" in result.reason
    assert admin.fields(action_id) == fields
    assert admin.timeout_of(action_id) == 5
    phases = [record.phase for record in admin.journal.read()]
    assert phases == ["intent", "written", "restore", "restore", "result"]  # before and after each write


@pytest.mark.parametrize("form", ["409", "400", "408"])
def test_a_write_that_arrives_twice_is_ours_and_can_be_undone(
    admin: "Admin", action_id: str, quick_sandbox: str, arm: "Arm", form: str
) -> None:
    fields = admin.fields(action_id)
    change = admin.change(action_id)
    switch(quick_sandbox, stale_form=form)
    arm({"kind": "doubled", "method": "PATCH"})

    (result,) = admin.apply(change)

    assert result.outcome is ChangeOutcome.APPLIED
    assert admin.transport.patches == 1
    assert result.version_after == (change.action_version or 0) + 1
    admin.assert_applied(action_id, fields, 10)
    (entry,) = latest_by_entry(admin.journal.read()).values()
    undo = make_undo_plan([entry], admin.client.read_config, admin.identity)
    (undone,) = admin.apply(*undo.changes)
    assert undone.outcome is ChangeOutcome.APPLIED
    assert (admin.timeout_of(action_id), admin.fields(action_id)) == (5, fields)


@pytest.mark.parametrize("status", [400, 404, 412, 422])
def test_a_refusal_of_the_second_copy_in_other_words(admin: "Admin", action_id: str, status: int) -> None:
    fields = admin.fields(action_id)
    admin.transport.after.append(reply(status, code="refused"))

    (result,) = admin.apply(admin.change(action_id))

    assert result.outcome is ChangeOutcome.APPLIED
    admin.assert_applied(action_id, fields, 10)


def test_a_restore_that_arrives_twice(admin: "Admin", action_id: str, arm: "Arm") -> None:
    fields = admin.fields(action_id)

    change = admin.change(action_id)
    admin.transport.before.append(drop_the_template)
    admin.transport.after.append(lambda request: arm({"kind": "doubled", "method": "PATCH"}))

    (result,) = admin.apply(change)

    assert result.outcome is ChangeOutcome.RESTORED
    assert (admin.timeout_of(action_id), admin.fields(action_id)) == (5, fields)
    assert unfinished(admin.journal.read()) == []
