"""What is put back, what is left alone, and where the backup stays."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from diag.changes.journal.journal import Journal
from diag.changes.journal.journal_line import unfinished
from diag.changes.plans.change_result import ChangeOutcome, ChangeResult
from diag.genesys.api_errors import (
    RateLimitedError,
)
from tests.support.changes.fake_org import (
    ID,
    FakeOrg,
    change_for,
    full_config,
    nothing,
    only_the_timeout_differs,
    raising,
)
from tests.support.changes.journal_records import phases

Apply = Callable[..., list[ChangeResult]]


def drop_template(org: FakeOrg, action_id: str) -> None:
    org.actions[action_id] = type(org.actions[action_id])(
        org.actions[action_id].action, None, org.actions[action_id].success_template
    )


def test_a_write_that_changes_more_than_the_timeout_is_put_back_at_once(
    apply: Apply, journal: Journal
) -> None:
    others = full_config("custom_-_2")
    org = FakeOrg.with_actions(full_config(), others)
    org.after_patch = [drop_template]

    first, second = apply(org, change_for(full_config(), 10), change_for(others, 10))

    assert first.outcome is ChangeOutcome.RESTORED
    assert "config.request.requestTemplate: planned digest:" in first.reason
    assert "present absent" in first.reason
    assert second.outcome is ChangeOutcome.SKIPPED  # whatever --on-error says
    assert org.patches == [(ID, 10), (ID, 5)]
    assert org.actions[ID].request_template == full_config().request_template
    assert only_the_timeout_differs(org)
    assert phases(journal) == ["intent", "written", "restore", "restore", "result"]


def test_a_restore_that_fails_keeps_the_backup_and_says_where(apply: Apply, journal: Journal) -> None:
    org = FakeOrg.with_actions(full_config())
    org.after_patch = [drop_template] * 99

    (result,) = apply(org, change_for(full_config(), 10))

    backup = journal.path.parent / "journal.unfinished" / f"{result.entry}.json"
    assert result.outcome is ChangeOutcome.FAILED
    assert str(backup) in result.reason
    assert backup.stat().st_mode & 0o077 == 0
    assert "rawRequest" in backup.read_text()


def test_a_restore_that_does_not_succeed_yet_is_finished_by_the_next_apply(
    apply: Apply, journal: Journal
) -> None:
    org = FakeOrg.with_actions(full_config())
    org.after_patch = [drop_template] * 6

    change = change_for(full_config(), 10)
    (first,) = apply(org, change)
    assert unfinished(journal.read()) != []
    (second,) = apply(org, change)

    assert first.outcome is ChangeOutcome.FAILED
    assert first.stop
    assert "putting it back has not succeeded yet" in first.reason
    assert second.outcome is ChangeOutcome.RESTORED
    assert only_the_timeout_differs(org)
    assert org.timeout_of(ID) == 5


def test_someone_who_edits_during_the_restore_is_not_overwritten(apply: Apply) -> None:
    org = FakeOrg.with_actions(full_config())
    org.after_patch = [drop_template]
    org.on_patch = [nothing, lambda org, action_id: org.edit(action_id, timeout_s=20)]

    (result,) = apply(org, change_for(full_config(), 10))

    assert result.outcome is ChangeOutcome.FAILED
    assert "someone else changed it before it was put back: timeout 20 s" in result.reason
    assert org.timeout_of(ID) == 20


@pytest.mark.parametrize("merges", [False, True])
def test_a_restore_unsets_what_was_unset_where_the_platform_lets_it(apply: Apply, merges: bool) -> None:
    org = FakeOrg.with_actions(full_config(timeout_s=None))
    org.merges = merges
    org.works_at_least_s = 4

    (result,) = apply(org, change_for(full_config(timeout_s=None), 2))

    assert result.outcome is ChangeOutcome.RESTORED
    assert org.timeout_of(ID) == 60
    assert org.actions[ID].action.timeout_is_set is merges
    assert result.reason.endswith("put back to 60 s" if merges else "put back to 60 s (unset)")


def taken_over(org: FakeOrg, action_id: str) -> None:
    org.edit(action_id, timeout_s=33)


def ignores_the_timeout(org: FakeOrg, action_id: str) -> None:
    full = org.actions[action_id]
    config = full.action.config
    assert config is not None
    old = replace(full.action, config=replace(config, timeout_seconds=5))
    org.actions[action_id] = replace(full, action=old)


def test_a_platform_that_ignores_the_number_is_told(apply: Apply) -> None:
    org = FakeOrg.with_actions(full_config())
    org.after_patch = [ignores_the_timeout]

    (result,) = apply(org, change_for(full_config(), 10))

    assert result.outcome is ChangeOutcome.FAILED
    assert "accepted 10 s and shows 5 s" in result.reason


@pytest.mark.parametrize("step", [taken_over, ignores_the_timeout])
def test_a_failure_after_a_write_keeps_the_backup_and_names_it(
    apply: Apply, journal: Journal, step: Callable[[FakeOrg, str], None]
) -> None:
    org = FakeOrg.with_actions(full_config())
    org.after_patch = [step]

    (result,) = apply(org, change_for(full_config(), 10))

    assert result.outcome is ChangeOutcome.FAILED
    (backup,) = journal.path.parent.glob("*.unfinished/*")
    assert f"The action as it was: {backup}" in result.reason
    assert "s3cret-header" in backup.read_text()
    assert backup.stat().st_mode & 0o777 == 0o600


def test_a_failure_before_any_write_leaves_no_backup(apply: Apply, journal: Journal) -> None:
    org = FakeOrg.with_actions(full_config())
    org.on_patch = [raising(RateLimitedError("429", status=429))]

    (result,) = apply(org, change_for(full_config(), 10))

    assert result.outcome is ChangeOutcome.FAILED
    assert not list(journal.path.parent.glob("*.unfinished/*"))
