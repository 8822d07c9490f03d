"""A write that is stale, lost or raced: never sent twice, never over what someone else did."""

from collections.abc import Callable

import pytest

from diag.changes.journal.journal import Journal
from diag.changes.journal.journal_line import unfinished
from diag.changes.plans.change_result import ChangeOutcome, ChangeResult
from diag.genesys.api_errors import (
    ApiError,
    NetworkError,
    PlatformError,
    RateLimitedError,
    StaleVersionError,
)
from tests.support.changes.fake_org import (
    ID,
    FakeOrg,
    api_error,
    change_for,
    full_config,
    nothing,
    only_the_timeout_differs,
    raising,
)

Apply = Callable[..., list[ChangeResult]]


@pytest.mark.parametrize("times", [1, 4])
def test_a_stale_version_is_read_again_and_written_once(apply: Apply, times: int) -> None:
    stale = raising(StaleVersionError("409", status=409))
    org = FakeOrg.with_actions(full_config())
    org.on_patch = [stale] * times

    (result,) = apply(org, change_for(full_config(), 10))

    assert result.outcome is ChangeOutcome.APPLIED
    assert org.patches == [(ID, 10)]


def test_a_version_that_is_always_stale_ends_after_five_writes(apply: Apply, journal: Journal) -> None:
    org = FakeOrg.with_actions(full_config())
    org.on_patch = [raising(StaleVersionError("does not match", status=400))] * 99

    (result,) = apply(org, change_for(full_config(), 10))

    assert result.outcome is ChangeOutcome.FAILED
    assert "nothing was changed after 5 attempts" in result.reason
    assert org.calls.count("patch") == 5
    assert unfinished(journal.read()) == []
    assert only_the_timeout_differs(org)


def test_someone_who_edits_just_before_the_write_is_not_overwritten(apply: Apply) -> None:
    org = FakeOrg.with_actions(full_config())
    org.on_patch = [lambda org, action_id: org.edit(action_id, url="https://theirs.example.test")]

    (result,) = apply(org, change_for(full_config(), 10))

    assert result.outcome is ChangeOutcome.REFUSED
    assert "config.request.requestUrlTemplate" in result.reason
    assert org.patches == []


def test_someone_who_edits_just_after_the_write_is_not_overwritten(apply: Apply) -> None:
    org = FakeOrg.with_actions(full_config())
    org.after_patch = [lambda org, action_id: org.edit(action_id, timeout_s=20)]

    (result,) = apply(org, change_for(full_config(), 10))

    assert result.outcome is ChangeOutcome.FAILED
    assert "written as version 8, then changed by someone else: version 9, timeout 20 s" in result.reason
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

    assert result.outcome is ChangeOutcome.APPLIED
    assert org.patches == [(ID, 10)]


@pytest.mark.parametrize("error", LOST, ids=lambda error: f"{type(error).__name__}-{error.status}")
def test_a_lost_reply_after_the_write_took_effect_is_not_written_twice(apply: Apply, error: ApiError) -> None:
    org = FakeOrg.with_actions(full_config())
    org.after_patch = [raising(error)]

    (result,) = apply(org, change_for(full_config(), 10))

    assert result.outcome is ChangeOutcome.APPLIED
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

    assert first.outcome is ChangeOutcome.FAILED
    assert "the timeout may already be 10 s" in first.reason
    assert second.outcome is ChangeOutcome.APPLIED
    assert org.patches == [(ID, 10)]
    assert first.entry == second.entry
    assert unfinished(journal.read()) == []


def lost_after(edit: Callable[[FakeOrg], None]) -> Callable[[FakeOrg, str], None]:
    def step(org: FakeOrg, action_id: str) -> None:
        edit(org)
        raise NetworkError("connection reset")

    return step


def test_a_lost_write_is_still_ours_when_someone_saved_the_action_since(apply: Apply) -> None:
    org = FakeOrg.with_actions(full_config())
    org.after_patch = [lost_after(lambda org: org.edit(ID))]

    (result,) = apply(org, change_for(full_config(), 10))

    assert result.outcome is ChangeOutcome.APPLIED
    assert org.patches == [(ID, 10)]


def test_a_lost_write_that_someone_changed_since_is_not_called_refused(
    apply: Apply, journal: Journal
) -> None:
    org = FakeOrg.with_actions(full_config())
    org.after_patch = [lost_after(lambda org: org.edit(ID, timeout_s=20))]

    (result,) = apply(org, change_for(full_config(), 10))

    assert result.outcome is ChangeOutcome.FAILED  # "refused" would say that nothing was written
    assert "the reply to our write was lost, and now:" in result.reason
    assert org.timeout_of(ID) == 20


def test_rate_limits_that_stay_end_the_change_without_harm(apply: Apply, journal: Journal) -> None:
    org = FakeOrg.with_actions(full_config())
    org.on_patch = [raising(RateLimitedError("429", status=429))]
    change = change_for(full_config(), 10)

    (first,) = apply(org, change)
    (second,) = apply(org, change)

    assert first.outcome is ChangeOutcome.FAILED
    assert "Nothing was changed" in first.reason
    assert second.outcome is ChangeOutcome.APPLIED
