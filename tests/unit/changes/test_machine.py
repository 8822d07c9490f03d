"""One change under every fault of the issue: only the timeout ever differs, the journal tells the truth."""

import errno
import os
from collections.abc import Callable
from dataclasses import replace

import pytest

from diag.changes.apply import ApplyOptions
from diag.changes.errors import JournalError
from diag.changes.journal import Journal, unfinished
from diag.changes.result import ChangeResult, Outcome
from diag.genesys.errors import (
    ApiError,
    LoginError,
    NetworkError,
    NotFoundError,
    PlatformError,
    RateLimitedError,
    StaleVersionError,
    UnexpectedReplyError,
)
from tests.unit.changes.fake_org import (
    FakeOrg,
    all_but_timeout,
    api_error,
    change_for,
    full_config,
    nothing,
    raising,
)

Apply = Callable[..., list[ChangeResult]]
ID = "custom_-_1"


def phases(journal: Journal) -> list[str]:
    return [record.phase for record in journal.read()]


def only_the_timeout_differs(org: FakeOrg) -> bool:
    return all_but_timeout(org.actions[ID]) == all_but_timeout(full_config())


def test_a_change_is_written_proven_tested_and_journalled(apply: Apply, journal: Journal) -> None:
    org = FakeOrg.with_actions(full_config())

    (result,) = apply(org, change_for(full_config(), 10))

    assert result.outcome is Outcome.APPLIED
    assert result.reason == "5 s -> 10 s; test call passed"
    assert (result.version_before, result.version_after) == (7, 8)
    assert len(result.correlation_ids) == 3  # test before, patch, test after
    assert org.timeout_of(ID) == 10
    assert only_the_timeout_differs(org)
    assert phases(journal) == ["intent", "written", "result"]
    assert {record.entry for record in journal.read()} == {result.entry}
    assert not list(journal.path.parent.glob("*.unfinished/*"))


def test_neither_payload_nor_header_nor_template_reaches_the_journal(apply: Apply, journal: Journal) -> None:
    apply(FakeOrg.with_actions(full_config()), change_for(full_config(), 10))

    text = journal.path.read_text()

    for secret in ("payload-secret", "s3cret-header", "rawRequest", "crm.example.test"):
        assert secret not in text


@pytest.mark.parametrize(
    ("edit", "named"),
    [
        ({"timeout_s": 8}, "timeout: planned 5 s, present 8 s"),
        ({"url": "https://other.example.test"}, "config.request.requestUrlTemplate: planned digest:"),
        ({"request_template": "changed"}, "config.request.requestTemplate: planned digest:"),
    ],
)
def test_an_edited_action_is_refused_by_name_with_both_values(
    apply: Apply, journal: Journal, edit: dict[str, object], named: str
) -> None:
    org = FakeOrg.with_actions(full_config())
    change = change_for(full_config(), 10)
    org.edit(ID, **edit)  # type: ignore[arg-type]

    (result,) = apply(org, change)

    assert result.outcome is Outcome.REFUSED
    assert "version: planned 7, present 8" in result.reason
    assert named in result.reason
    assert org.patches == []
    assert journal.read()[-1].outcome == "refused"


def test_a_version_that_moved_alone_is_no_drift(apply: Apply) -> None:
    org = FakeOrg.with_actions(full_config())
    change = change_for(full_config(), 10)
    org.edit(ID)

    (result,) = apply(org, change)

    assert (result.outcome, result.version_before, result.version_after) == (Outcome.APPLIED, 8, 9)


def test_the_loser_of_a_race_says_who_won(apply: Apply) -> None:
    org = FakeOrg.with_actions(full_config())
    plan_of_b = change_for(full_config(), 12)
    apply(org, change_for(full_config(), 10), author="client-a")

    (result,) = apply(org, plan_of_b, author="client-b")

    assert result.outcome is Outcome.REFUSED
    assert "timeout: planned 5 s, present 10 s" in result.reason
    assert "set to 10 s by client-a" in result.reason


@pytest.mark.parametrize("times", [1, 4])
def test_a_stale_version_is_read_again_and_written_once(apply: Apply, times: int) -> None:
    stale = raising(StaleVersionError("409", status=409))
    org = FakeOrg.with_actions(full_config())
    org.on_patch = [stale] * times

    (result,) = apply(org, change_for(full_config(), 10))

    assert result.outcome is Outcome.APPLIED
    assert org.patches == [(ID, 10)]


def test_a_version_that_is_always_stale_ends_after_five_writes(apply: Apply, journal: Journal) -> None:
    org = FakeOrg.with_actions(full_config())
    org.on_patch = [raising(StaleVersionError("does not match", status=400))] * 99

    (result,) = apply(org, change_for(full_config(), 10))

    assert result.outcome is Outcome.FAILED
    assert "nothing was changed after 5 attempts" in result.reason
    assert org.calls.count("patch") == 5
    assert unfinished(journal.read()) == []
    assert only_the_timeout_differs(org)


def test_somebody_who_edits_just_before_the_write_is_not_overwritten(apply: Apply) -> None:
    org = FakeOrg.with_actions(full_config())
    org.on_patch = [lambda org, action_id: org.edit(action_id, url="https://theirs.example.test")]

    (result,) = apply(org, change_for(full_config(), 10))

    assert result.outcome is Outcome.REFUSED
    assert "config.request.requestUrlTemplate" in result.reason
    assert org.patches == []


def test_somebody_who_edits_just_after_the_write_is_not_overwritten(apply: Apply) -> None:
    org = FakeOrg.with_actions(full_config())
    org.after_patch = [lambda org, action_id: org.edit(action_id, timeout_s=20)]

    (result,) = apply(org, change_for(full_config(), 10))

    assert result.outcome is Outcome.FAILED
    assert "written as version 8, then somebody else changed it: version 9, timeout 20 s" in result.reason
    assert org.timeout_of(ID) == 20


LOST = [
    api_error(PlatformError, 500),
    api_error(PlatformError, 503),
    api_error(PlatformError, 504),
    NetworkError("connection reset"),
]


@pytest.mark.parametrize("error", LOST, ids=lambda error: f"{type(error).__name__}-{error.status}")
def test_a_lost_reply_before_the_write_took_effect(apply: Apply, error: ApiError) -> None:
    org = FakeOrg.with_actions(full_config())
    org.on_patch = [raising(error)]

    (result,) = apply(org, change_for(full_config(), 10))

    assert result.outcome is Outcome.APPLIED
    assert org.patches == [(ID, 10)]


@pytest.mark.parametrize("error", LOST, ids=lambda error: f"{type(error).__name__}-{error.status}")
def test_a_lost_reply_after_the_write_took_effect_is_not_written_twice(apply: Apply, error: ApiError) -> None:
    org = FakeOrg.with_actions(full_config())
    org.after_patch = [raising(error)]

    (result,) = apply(org, change_for(full_config(), 10))

    assert result.outcome is Outcome.APPLIED
    assert result.version_after == 8
    assert org.patches == [(ID, 10)]


def test_when_nothing_can_be_read_after_a_lost_write_the_next_apply_finishes(
    apply: Apply, journal: Journal
) -> None:
    org = FakeOrg.with_actions(full_config())
    org.after_patch = [raising(NetworkError("reset"))]
    org.on_read = [nothing, raising(NetworkError("network down"))]
    change = change_for(full_config(), 10)

    (first,) = apply(org, change)
    (second,) = apply(org, change)

    assert first.outcome is Outcome.FAILED
    assert "the timeout may be 10 s already" in first.reason
    assert second.outcome is Outcome.APPLIED
    assert org.patches == [(ID, 10)]
    assert first.entry == second.entry
    assert unfinished(journal.read()) == []


def test_rate_limits_that_stay_end_the_change_without_harm(apply: Apply, journal: Journal) -> None:
    org = FakeOrg.with_actions(full_config())
    org.on_patch = [raising(RateLimitedError("429", status=429))]
    change = change_for(full_config(), 10)

    (first,) = apply(org, change)
    (second,) = apply(org, change)

    assert first.outcome is Outcome.FAILED
    assert "Nothing was changed" in first.reason
    assert second.outcome is Outcome.APPLIED


def test_lost_credentials_stop_everything(apply: Apply) -> None:
    fulls = [full_config(f"custom_-_{number}") for number in range(3)]
    org = FakeOrg.with_actions(*fulls)
    org.on_patch = [nothing, raising(LoginError("401", status=401))]

    results = apply(org, *(change_for(full, 10) for full in fulls))

    assert [result.outcome for result in results] == [Outcome.APPLIED, Outcome.FAILED, Outcome.SKIPPED]
    assert results[1].denied
    assert "not tried: stopped after" in results[2].reason


def test_a_deleted_action_is_refused(apply: Apply) -> None:
    org = FakeOrg.with_actions(full_config())
    change = change_for(full_config(), 10)
    org.on_read = [raising(NotFoundError("404", status=404))]

    (result,) = apply(org, change)

    assert (result.outcome, result.reason) == (Outcome.REFUSED, "it does not exist any more")


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

    assert first.outcome is Outcome.RESTORED
    assert "config.request.requestTemplate: planned digest:" in first.reason
    assert "present absent" in first.reason
    assert second.outcome is Outcome.SKIPPED  # whatever --on-error says
    assert org.patches == [(ID, 10), (ID, 5)]
    assert org.actions[ID].request_template == full_config().request_template
    assert only_the_timeout_differs(org)
    assert phases(journal) == ["intent", "written", "restore", "restore", "result"]


def test_a_restore_that_fails_keeps_the_backup_and_says_where(apply: Apply, journal: Journal) -> None:
    org = FakeOrg.with_actions(full_config())
    org.after_patch = [drop_template] * 99

    (result,) = apply(org, change_for(full_config(), 10))

    backup = journal.path.parent / "journal.unfinished" / f"{result.entry}.json"
    assert result.outcome is Outcome.FAILED
    assert str(backup) in result.reason
    assert backup.stat().st_mode & 0o077 == 0
    assert "rawRequest" in backup.read_text()


def test_a_platform_that_ignores_the_number_is_told(apply: Apply) -> None:
    org = FakeOrg.with_actions(full_config())

    def ignore(org: FakeOrg, action_id: str) -> None:
        version = org.actions[action_id].action.version
        org.edit(action_id, timeout_s=5)
        full = org.actions[action_id]
        org.actions[action_id] = type(full)(
            type(full.action)(
                *[
                    getattr(full.action, name) if name != "version" else version
                    for name in full.action.__dataclass_fields__
                ]
            ),
            full.request_template,
            full.success_template,
        )

    org.after_patch = [ignore]

    (result,) = apply(org, change_for(full_config(), 10))

    assert result.outcome is Outcome.FAILED
    assert "accepted 10 s and shows 5 s" in result.reason


def test_a_test_that_passed_before_and_fails_now_puts_the_old_timeout_back(apply: Apply) -> None:
    org = FakeOrg.with_actions(full_config())
    org.works_at_least_s = 4

    (result,) = apply(org, change_for(full_config(), 2))

    assert result.outcome is Outcome.RESTORED
    assert "passed at 5 s and fails at 2 s (timeout)" in result.reason
    assert org.timeout_of(ID) == 5
    assert only_the_timeout_differs(org)


def test_a_test_that_failed_before_too_is_no_reason_to_put_back(apply: Apply) -> None:
    org = FakeOrg.with_actions(full_config())
    org.works_at_least_s = 30

    (result,) = apply(org, change_for(full_config(), 10))

    assert result.outcome is Outcome.APPLIED
    assert "fails as before (timeout)" in result.reason


def test_one_unlucky_call_does_not_put_back(apply: Apply) -> None:
    org = FakeOrg.with_actions(full_config())
    org.outcomes = ["ok", "timeout", "timeout", "ok"]

    (result,) = apply(org, change_for(full_config(), 10))

    assert result.reason == "5 s -> 10 s; test call passed"


def test_a_limit_is_no_verdict_on_the_action(apply: Apply) -> None:
    org = FakeOrg.with_actions(full_config())
    org.outcomes = ["ok", "rate_limited", "rate_limited", "network_error"]

    (result,) = apply(org, change_for(full_config(), 10))

    assert result.outcome is Outcome.APPLIED
    assert "told nothing (network_error)" in result.reason


def test_an_action_with_side_effects_is_not_called_unless_allowed(apply: Apply) -> None:
    full = full_config(method="POST")
    org = FakeOrg.with_actions(full)

    (result,) = apply(org, change_for(full, 10))

    assert result.outcome is Outcome.APPLIED
    assert "not tested: its request is POST" in result.reason
    assert "test" not in org.calls

    (back,) = apply(org, change_for(org.actions[ID], 6), options=ApplyOptions(allow_side_effects=True))

    assert back.reason == "10 s -> 6 s; test call passed"


@pytest.mark.parametrize("room_for_lines", [0, 1, 2])
def test_a_full_disk_stops_the_apply_and_the_next_one_finishes(
    apply: Apply, journal: Journal, monkeypatch: pytest.MonkeyPatch, room_for_lines: int
) -> None:
    org = FakeOrg.with_actions(full_config())
    change = change_for(full_config(), 10)
    write, left = os.write, [room_for_lines]

    def until_full(descriptor: int, body: bytes) -> int:
        if not left[0]:
            raise OSError(errno.ENOSPC, "No space left on device")
        left[0] -= 1
        return write(descriptor, body)

    with monkeypatch.context() as patched, pytest.raises(JournalError) as caught:
        patched.setattr("diag.changes.journal.os.write", until_full)
        apply(org, change)

    assert "No space left on device" in caught.value.message
    assert org.patches == ([] if room_for_lines == 0 else [(ID, 10)])  # no intent, no write
    assert [result.outcome for result in apply(org, change)] == [Outcome.APPLIED]
    assert org.patches == [(ID, 10)]
    assert unfinished(journal.read()) == []


def test_no_verify_makes_no_call(apply: Apply) -> None:
    org = FakeOrg.with_actions(full_config())

    (result,) = apply(org, change_for(full_config(), 10), options=ApplyOptions(verify=False))

    assert result.reason == "5 s -> 10 s; not tested: verification is off"
    assert "test" not in org.calls


def test_a_restore_that_does_not_succeed_yet_is_finished_by_the_next_apply(
    apply: Apply, journal: Journal
) -> None:
    org = FakeOrg.with_actions(full_config())
    org.after_patch = [drop_template] * 6

    change = change_for(full_config(), 10)
    (first,) = apply(org, change)
    assert unfinished(journal.read()) != []
    (second,) = apply(org, change)

    assert first.outcome is Outcome.FAILED
    assert first.stop
    assert "putting it back did not succeed yet" in first.reason
    assert second.outcome is Outcome.RESTORED
    assert only_the_timeout_differs(org)
    assert org.timeout_of(ID) == 5


def test_somebody_who_edits_during_the_restore_is_not_overwritten(apply: Apply) -> None:
    org = FakeOrg.with_actions(full_config())
    org.after_patch = [drop_template]
    org.on_patch = [nothing, lambda org, action_id: org.edit(action_id, timeout_s=20)]

    (result,) = apply(org, change_for(full_config(), 10))

    assert result.outcome is Outcome.FAILED
    assert "before it was put back somebody changed it: timeout 20 s" in result.reason
    assert org.timeout_of(ID) == 20


@pytest.mark.parametrize("merges", [False, True])
def test_a_restore_unsets_what_was_unset_where_the_platform_lets_it(apply: Apply, merges: bool) -> None:
    org = FakeOrg.with_actions(full_config(timeout_s=None))
    org.merges = merges
    org.works_at_least_s = 4

    (result,) = apply(org, change_for(full_config(timeout_s=None), 2))

    assert result.outcome is Outcome.RESTORED
    assert org.timeout_of(ID) == 60
    assert org.actions[ID].action.timeout_is_set is merges
    assert result.reason.endswith("put back to 60 s" if merges else "put back to 60 s (unset)")


def lost_after(edit: Callable[[FakeOrg], None]) -> Callable[[FakeOrg, str], None]:
    def step(org: FakeOrg, action_id: str) -> None:
        edit(org)
        raise NetworkError("connection reset")

    return step


def test_a_lost_write_is_still_ours_when_somebody_saved_the_action_since(apply: Apply) -> None:
    org = FakeOrg.with_actions(full_config())
    org.after_patch = [lost_after(lambda org: org.edit(ID))]

    (result,) = apply(org, change_for(full_config(), 10))

    assert result.outcome is Outcome.APPLIED
    assert org.patches == [(ID, 10)]


def test_a_lost_write_that_somebody_changed_since_is_not_called_refused(
    apply: Apply, journal: Journal
) -> None:
    org = FakeOrg.with_actions(full_config())
    org.after_patch = [lost_after(lambda org: org.edit(ID, timeout_s=20))]

    (result,) = apply(org, change_for(full_config(), 10))

    assert result.outcome is Outcome.FAILED  # "refused" would say that nothing was written
    assert "the reply to our write was lost, and now:" in result.reason
    assert org.timeout_of(ID) == 20


def taken_over(org: FakeOrg, action_id: str) -> None:
    org.edit(action_id, timeout_s=33)


def ignores_the_timeout(org: FakeOrg, action_id: str) -> None:
    full = org.actions[action_id]
    config = full.action.config
    assert config is not None
    old = replace(full.action, config=replace(config, timeout_seconds=5))
    org.actions[action_id] = replace(full, action=old)


@pytest.mark.parametrize("step", [taken_over, ignores_the_timeout])
def test_a_failure_after_a_write_keeps_the_backup_and_names_it(
    apply: Apply, journal: Journal, step: Callable[[FakeOrg, str], None]
) -> None:
    org = FakeOrg.with_actions(full_config())
    org.after_patch = [step]

    (result,) = apply(org, change_for(full_config(), 10))

    assert result.outcome is Outcome.FAILED
    (backup,) = journal.path.parent.glob("*.unfinished/*")
    assert f"The action as it was: {backup}" in result.reason
    assert "s3cret-header" in backup.read_text()
    assert backup.stat().st_mode & 0o777 == 0o600


def test_a_failure_before_any_write_leaves_no_backup(apply: Apply, journal: Journal) -> None:
    org = FakeOrg.with_actions(full_config())
    org.on_patch = [raising(RateLimitedError("429", status=429))]

    (result,) = apply(org, change_for(full_config(), 10))

    assert result.outcome is Outcome.FAILED
    assert not list(journal.path.parent.glob("*.unfinished/*"))


def test_an_action_that_stops_telling_its_config_is_not_written(apply: Apply) -> None:
    org = FakeOrg.with_actions(full_config(timeout_s=None))
    change = change_for(full_config(timeout_s=None), 10)
    full = org.actions[ID]
    org.actions[ID] = replace(full, action=replace(full.action, config=None))

    (silent,) = apply(org, change)
    org.on_read = [raising(UnexpectedReplyError("the reply holds no config"))]
    (odd,) = apply(org, change)

    assert (silent.outcome, odd.outcome) == (Outcome.REFUSED, Outcome.FAILED)
    assert "Nothing was changed" in odd.reason
    assert "patch" not in org.calls
