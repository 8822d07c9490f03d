"""An undo to "unset" ends as well where the file of facts is right, old or missing; nothing else moves."""

from typing import TYPE_CHECKING

import pytest

from diag.changes.journal.journal_line import latest_by_entry, unfinished
from diag.changes.plans.change_result import ChangeOutcome
from diag.changes.undo_plan import make_undo_plan
from tests.support.learnt_facts import learnt
from tests.support.sandbox_control import switch

if TYPE_CHECKING:
    from tests.contract.changes.conftest import MakeAdmin


@pytest.mark.parametrize("semantics", ["replace", "merge"])
@pytest.mark.parametrize("known", [None, "omit", "null", "neither"])
@pytest.mark.parametrize("really", ["omit", "null", "neither"])
def test_an_undo_to_unset_ends_unset_or_at_60(
    make_admin: "MakeAdmin",
    action_id: str,
    quick_sandbox: str,
    really: str,
    known: str | None,
    semantics: str,
) -> None:
    admin = make_admin("admin", learnt("sandbox", **({} if known is None else {"clear_timeout": known})))
    plain = make_admin("plain").client
    plain.patch_timeout(plain.read_config(action_id), None)
    fields = admin.fields(action_id)
    switch(quick_sandbox, patch_config=semantics, clear_timeout=really)

    (applied,) = admin.apply(admin.change(action_id))
    (entry,) = latest_by_entry(admin.journal.read()).values()
    undo = make_undo_plan([entry], admin.client.read_config, admin.identity)
    writes = admin.transport.patches
    (undone,) = admin.apply(*undo.changes)

    assert (applied.outcome, undone.outcome) == (ChangeOutcome.APPLIED, ChangeOutcome.APPLIED)
    shown = admin.client.get_action(action_id)
    unset = {"omit": known != "neither", "null": known == "null", "neither": False}[really]
    assert (shown.timeout_s, shown.timeout_is_set) == (60, not unset)
    assert admin.fields(action_id) == fields
    assert unfinished(admin.journal.read()) == []
    if known == really:
        assert admin.transport.patches == writes + 1
