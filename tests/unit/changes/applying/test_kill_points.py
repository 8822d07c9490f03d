"""kill -9 at every step of the machine, enumerated: nothing is written twice, nothing forgotten."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from diag.changes.applying.apply import Watch
from diag.changes.applying.apply_context import Step
from diag.changes.journal.journal import Journal
from diag.changes.journal.journal_line import unfinished
from diag.changes.plans.change_result import ChangeOutcome, ChangeResult
from diag.changes.plans.plan import Change
from tests.support.changes.fake_org import (
    FakeOrg,
    Killed,
    all_but_timeout,
    change_for,
    full_config,
    nothing,
    raising,
)

Apply = Callable[..., list[ChangeResult]]
FIRST, SECOND = full_config("custom_-_1"), full_config("custom_-_2")
CHANGES = (change_for(FIRST, 10), change_for(SECOND, 12))


def killed_after(step: Step, action_id: str) -> Watch:
    def on_step(change: Change, done: Step) -> None:
        if done is step and change.action_id == action_id:
            raise Killed

    return Watch(on_step=on_step)


def mangle(org: FakeOrg, action_id: str) -> None:
    """The platform drops a template with the write (replace semantics gone wrong)."""
    full = org.actions[action_id]
    org.actions[action_id] = type(full)(full.action, None, full.success_template)


FORWARD = [
    Step.READ,
    Step.COMPARE,
    Step.TEST_BEFORE,
    Step.INTENT,
    Step.BACK_UP,
    Step.PATCH,
    Step.WRITTEN,
    Step.READ_BACK,
    Step.TEST_AFTER,
    Step.RESULT,
    Step.CLEAN_UP,
]
BACKWARD = [Step.RESTORE_INTENT, Step.RESTORE, Step.READ_RESTORED]


def test_every_step_is_killed_somewhere_here() -> None:
    reached = {*FORWARD, *BACKWARD, Step.RESUME, Step.LOOK_UP, Step.DONE}

    assert reached == set(Step)


@pytest.mark.parametrize("action_id", ["custom_-_1", "custom_-_2"])
@pytest.mark.parametrize("step", FORWARD)
def test_killed_on_the_way_forward(apply: Apply, journal: Journal, step: Step, action_id: str) -> None:
    org = FakeOrg.with_actions(FIRST, SECOND)

    with pytest.raises(Killed):
        apply(org, *CHANGES, watch=killed_after(step, action_id))
    results = apply(org, *CHANGES)

    assert {result.outcome for result in results} <= {ChangeOutcome.APPLIED, ChangeOutcome.SKIPPED}
    assert org.patches == [("custom_-_1", 10), ("custom_-_2", 12)]
    assert all_but_timeout(org.actions["custom_-_1"]) == all_but_timeout(FIRST)
    assert unfinished(journal.read()) == []
    applied = [record.action_id for record in journal.read() if record.outcome == "applied"]
    assert sorted(applied) == ["custom_-_1", "custom_-_2"]
    assert [result.outcome for result in apply(org, *CHANGES)] == [
        ChangeOutcome.SKIPPED,
        ChangeOutcome.SKIPPED,
    ]
    assert not list(journal.path.parent.glob("*.unfinished/*"))


@pytest.mark.parametrize("when", ["before the write took effect", "after the write took effect"])
def test_killed_while_the_write_was_on_its_way(apply: Apply, journal: Journal, when: str) -> None:
    org = FakeOrg.with_actions(FIRST)
    (org.on_patch if when.startswith("before") else org.after_patch).append(raising(Killed()))

    with pytest.raises(Killed):
        apply(org, CHANGES[0])
    (result,) = apply(org, CHANGES[0])

    assert result.outcome is ChangeOutcome.APPLIED
    assert org.patches == [("custom_-_1", 10)]
    assert unfinished(journal.read()) == []


@pytest.mark.parametrize(
    "step", [Step.INTENT, Step.PATCH, Step.WRITTEN, Step.READ_BACK, *BACKWARD, Step.RESULT]
)
def test_killed_while_a_mangled_write_is_put_back(apply: Apply, journal: Journal, step: Step) -> None:
    org = FakeOrg.with_actions(FIRST)
    org.after_patch = [mangle]

    with pytest.raises(Killed):
        apply(org, CHANGES[0], watch=killed_after(step, "custom_-_1"))
    if step is Step.RESULT:  # it had ended: restored, and journalled so
        assert journal.read()[-1].outcome == "restored"
    else:
        (result,) = apply(org, CHANGES[0])
        assert result.outcome is ChangeOutcome.RESTORED
        assert "config.request.requestTemplate" in result.reason or step is Step.PATCH

    assert org.patches == [("custom_-_1", 10), ("custom_-_1", 5)]
    assert org.actions["custom_-_1"].request_template == FIRST.request_template
    assert all_but_timeout(org.actions["custom_-_1"]) == all_but_timeout(FIRST)
    assert unfinished(journal.read()) == []


@pytest.mark.parametrize("when", ["before", "after"])
def test_killed_while_the_restoring_write_was_on_its_way(apply: Apply, journal: Journal, when: str) -> None:
    org = FakeOrg.with_actions(FIRST)
    org.works_at_least_s = 4
    (org.on_patch if when == "before" else org.after_patch).extend([nothing, raising(Killed())])
    lower = change_for(FIRST, 2)

    with pytest.raises(Killed):
        apply(org, lower)
    (result,) = apply(org, lower)

    assert result.outcome is ChangeOutcome.RESTORED
    assert org.timeout_of("custom_-_1") == 5
    assert org.patches == [("custom_-_1", 2), ("custom_-_1", 5)]
    assert unfinished(journal.read()) == []


def test_killed_again_while_finishing(apply: Apply, journal: Journal) -> None:
    org = FakeOrg.with_actions(FIRST)

    for step in (Step.PATCH, Step.RESUME, Step.WRITTEN, Step.RESUME, Step.READ_BACK, Step.TEST_AFTER):
        with pytest.raises(Killed):
            apply(org, CHANGES[0], watch=killed_after(step, "custom_-_1"))
    (result,) = apply(org, CHANGES[0])

    assert result.outcome is ChangeOutcome.APPLIED
    assert org.patches == [("custom_-_1", 10)]
    assert len({record.entry for record in journal.read()}) == 1


def test_killed_after_a_write_that_someone_then_changed(apply: Apply, journal: Journal) -> None:
    org = FakeOrg.with_actions(FIRST)

    with pytest.raises(Killed):
        apply(org, CHANGES[0], watch=killed_after(Step.WRITTEN, "custom_-_1"))
    org.edit("custom_-_1", timeout_s=33)
    (result,) = apply(org, CHANGES[0])

    assert result.outcome is ChangeOutcome.FAILED
    assert "changed by someone else" in result.reason
    assert org.timeout_of("custom_-_1") == 33
    assert org.patches == [("custom_-_1", 10)]


@pytest.mark.parametrize("step", [Step.INTENT, Step.PATCH, Step.WRITTEN, Step.READ_BACK])
@pytest.mark.parametrize("backup_lost", [False, True])
def test_killed_while_unsetting_on_a_platform_that_merges(
    apply: Apply, journal: Journal, step: Step, backup_lost: bool
) -> None:
    org = FakeOrg.with_actions(FIRST)
    org.merges = True
    unset = replace(change_for(FIRST, 60), after_is_set=False)

    with pytest.raises(Killed):
        apply(org, unset, watch=killed_after(step, "custom_-_1"))
    if backup_lost:
        for path in journal.path.parent.glob("*.unfinished/*"):
            path.unlink()
    (result,) = apply(org, unset)

    assert result.outcome is ChangeOutcome.APPLIED
    assert org.timeout_of("custom_-_1") == 60
    assert all_but_timeout(org.actions["custom_-_1"]) == all_but_timeout(FIRST)
    assert unfinished(journal.read()) == []


def test_without_its_backup_a_mangled_write_is_not_put_back_but_told(apply: Apply, journal: Journal) -> None:
    org = FakeOrg.with_actions(FIRST)
    org.after_patch = [mangle]

    with pytest.raises(Killed):
        apply(org, CHANGES[0], watch=killed_after(Step.WRITTEN, "custom_-_1"))
    for path in journal.path.parent.glob("*.unfinished/*"):
        path.unlink()
    (result,) = apply(org, CHANGES[0])

    assert result.outcome is ChangeOutcome.FAILED
    assert result.stop
    assert "config.request.requestTemplate" in result.reason
    assert "there is no backup to put back" in result.reason
