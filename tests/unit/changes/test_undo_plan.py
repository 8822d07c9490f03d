from collections.abc import Callable
from dataclasses import replace

import pytest

from diag.changes.change_errors import NothingToUndoError
from diag.changes.journal.journal import Journal
from diag.changes.plans.change_result import ChangeOutcome, ChangeResult
from diag.changes.plans.plan import OrgIdentity, Plan
from diag.changes.plans.plan_file import plan_digest
from diag.changes.undo_plan import demand_something_undone, entries_of_run, entry_named, make_undo_plan
from diag.genesys.api_errors import RateLimitedError
from tests.support.changes.fake_org import ID, IDENTITY, FakeOrg, change_for, full_config, raising

Apply = Callable[..., list[ChangeResult]]


def undo_plan(journal: Journal, org: FakeOrg, entry: str | None = None, *, force: bool = False) -> Plan:
    return make_undo_plan(
        entry_named(journal.read(), entry, IDENTITY), org.read_config, IDENTITY, force=force
    )


def test_an_undo_is_a_plan_that_takes_the_same_way(apply: Apply, journal: Journal) -> None:
    org = FakeOrg.with_actions(full_config())
    (done,) = apply(org, change_for(full_config(), 10))

    plan = undo_plan(journal, org)
    (undone,) = apply(org, *plan.changes)

    assert plan.origin == "undo"
    assert plan.changes[0].undoes == done.entry
    assert plan.changes[0].reason == f"takes back {done.entry}: it was 5 s"
    assert undone.outcome is ChangeOutcome.APPLIED
    assert org.timeout_of(ID) == 5
    assert journal.read()[-1].undoes == done.entry


def test_what_was_undone_is_not_undone_again(apply: Apply, journal: Journal) -> None:
    org = FakeOrg.with_actions(full_config())
    apply(org, change_for(full_config(), 10))
    apply(org, *undo_plan(journal, org).changes)

    with pytest.raises(NothingToUndoError):
        undo_plan(journal, org)


def test_an_undone_plan_can_be_applied_again(apply: Apply, journal: Journal) -> None:
    org = FakeOrg.with_actions(full_config())
    change = change_for(full_config(), 10)
    apply(org, change)
    apply(org, *undo_plan(journal, org).changes)

    (again,) = apply(org, change)

    assert again.outcome is ChangeOutcome.APPLIED
    assert org.timeout_of(ID) == 10


def test_a_timeout_someone_changed_since_is_left_alone(apply: Apply, journal: Journal) -> None:
    org = FakeOrg.with_actions(full_config())
    apply(org, change_for(full_config(), 10))
    org.edit(ID, timeout_s=20)

    plan = undo_plan(journal, org)

    assert plan.changes == ()
    assert "its timeout is 20 s now, the journal set 10 s" in plan.skipped[0].reason
    assert undo_plan(journal, org, force=True).changes[0].after_timeout_s == 5


@pytest.mark.parametrize("merges", [False, True])
def test_an_unset_timeout_is_unset_again_or_60_where_the_platform_merges(
    apply: Apply, journal: Journal, merges: bool
) -> None:
    org = FakeOrg.with_actions(full_config(timeout_s=None))
    org.merges = merges
    apply(org, change_for(full_config(timeout_s=None), 10))

    (change,) = undo_plan(journal, org).changes
    (undone,) = apply(org, change)

    assert (change.after_timeout_s, change.after_is_set) == (60, False)
    assert change.reason.endswith("it was unset, which is 60 s")
    assert undone.outcome is ChangeOutcome.APPLIED
    assert org.timeout_of(ID) == 60
    assert org.actions[ID].action.timeout_is_set is merges


def test_a_whole_run_is_undone_by_apply_id_or_plan(apply: Apply, journal: Journal) -> None:
    fulls = [full_config(f"custom_-_{number}") for number in range(3)]
    org = FakeOrg.with_actions(*fulls)
    changes = tuple(change_for(full, 10) for full in fulls)
    apply(org, *changes)
    digest = plan_digest(Plan(created_at=1000.0, org=IDENTITY, changes=changes))

    by_apply = make_undo_plan(entries_of_run(journal.read(), "apply-of-client-a"), org.read_config, IDENTITY)
    by_plan = make_undo_plan(entries_of_run(journal.read(), digest[:12]), org.read_config, IDENTITY)

    assert [change.after_timeout_s for change in by_apply.changes] == [5, 5, 5]
    assert len(by_plan.changes) == 3
    with pytest.raises(NothingToUndoError):
        entries_of_run(journal.read(), "no such run")


def test_two_entries_of_one_action_are_taken_back_together(apply: Apply, journal: Journal) -> None:
    org = FakeOrg.with_actions(full_config())
    apply(org, change_for(full_config(), 10))
    apply(org, change_for(org.actions[ID], 15))

    (change,) = make_undo_plan(
        entries_of_run(journal.read(), "apply-of-client-a"), org.read_config, IDENTITY
    ).changes

    assert (change.before_timeout_s, change.after_timeout_s) == (15, 5)


def test_entries_of_another_org_or_without_a_write_are_skipped(apply: Apply, journal: Journal) -> None:
    org = FakeOrg.with_actions(full_config())
    org.on_patch = [raising(RateLimitedError("429", status=429))]
    (failed,) = apply(org, change_for(full_config(), 10))
    apply(org, change_for(full_config(), 10))
    (_, applied) = entries_of_run(journal.read(), "apply-of-client-a")
    other = OrgIdentity("org-2", "Other", "api.example.test")

    unwritten = undo_plan(journal, org, failed.entry)
    foreign = make_undo_plan([applied], org.read_config, other)

    assert "nothing to undo: failed" in unwritten.skipped[0].reason
    assert "made in org 'Acme'" in foreign.skipped[0].reason


def test_an_unknown_entry(journal: Journal) -> None:
    with pytest.raises(NothingToUndoError):
        entry_named(journal.read(), "nope", IDENTITY)


SANDBOX = OrgIdentity("org-1", "Sandbox (demo)", "127.0.0.1:8377", sandbox=True)


@pytest.mark.parametrize("elsewhere", [SANDBOX, OrgIdentity("org-2", "Other", "api.example.test")])
def test_the_newest_change_of_the_connected_org_is_undone(
    apply: Apply, journal: Journal, elsewhere: OrgIdentity
) -> None:
    org = FakeOrg.with_actions(full_config())
    (done,) = apply(org, change_for(full_config(), 10))
    foreign = replace(journal.read()[-1], entry="newer", org_id=elsewhere.org_id, host=elsewhere.host)
    journal.append(foreign)

    (chosen,) = entry_named(journal.read(), None, IDENTITY)

    assert chosen.entry == done.entry
    assert entry_named(journal.read(), None, elsewhere)[0].entry == "newer"


def test_nothing_to_undo_says_where_changes_were_made(apply: Apply, journal: Journal) -> None:
    apply(FakeOrg.with_actions(full_config()), change_for(full_config(), 10))

    with pytest.raises(NothingToUndoError) as caught:
        entry_named(journal.read(), None, SANDBOX)

    assert "in org Sandbox (demo) (127.0.0.1:8377)" in caught.value.message
    assert "only changes in Acme (api.example.test)" in caught.value.message
    assert caught.value.hint == "List what was changed, and where: diag history"


def test_an_undo_that_can_do_nothing_is_an_error_with_the_reasons(apply: Apply, journal: Journal) -> None:
    org = FakeOrg.with_actions(full_config())
    (done,) = apply(org, change_for(full_config(), 10))
    entries = entry_named(journal.read(), done.entry, SANDBOX)
    nothing_here = make_undo_plan(entries, org.read_config, SANDBOX)
    something = make_undo_plan(entries, org.read_config, IDENTITY)
    org.edit(ID, timeout_s=5)
    all_as_it_was = make_undo_plan(entries, org.read_config, IDENTITY)

    with pytest.raises(NothingToUndoError) as caught:
        demand_something_undone(nothing_here)
    demand_something_undone(something)
    demand_something_undone(all_as_it_was)

    assert "Nothing was undone in org Sandbox (demo)" in caught.value.message
    assert "it was made in org 'Acme'" in caught.value.details[0]
