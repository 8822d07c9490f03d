"""The test calls around a write, and what they decide."""

from collections.abc import Callable

from diag.changes.applying.apply_context import ApplyOptions
from diag.changes.plans.change_result import ChangeOutcome, ChangeResult
from tests.support.changes.fake_org import (
    ID,
    FakeOrg,
    change_for,
    full_config,
    only_the_timeout_differs,
)

Apply = Callable[..., list[ChangeResult]]


def test_a_test_that_passed_before_and_fails_now_puts_the_old_timeout_back(apply: Apply) -> None:
    org = FakeOrg.with_actions(full_config())
    org.works_at_least_s = 4

    (result,) = apply(org, change_for(full_config(), 2))

    assert result.outcome is ChangeOutcome.RESTORED
    assert "passed at 5 s and fails at 2 s (timeout)" in result.reason
    assert org.timeout_of(ID) == 5
    assert only_the_timeout_differs(org)


def test_a_test_that_failed_before_too_is_no_reason_to_put_back(apply: Apply) -> None:
    org = FakeOrg.with_actions(full_config())
    org.works_at_least_s = 30

    (result,) = apply(org, change_for(full_config(), 10))

    assert result.outcome is ChangeOutcome.APPLIED
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

    assert result.outcome is ChangeOutcome.APPLIED
    assert "was inconclusive (network_error)" in result.reason


def test_an_action_with_side_effects_is_not_called_unless_allowed(apply: Apply) -> None:
    full = full_config(method="POST")
    org = FakeOrg.with_actions(full)

    (result,) = apply(org, change_for(full, 10))

    assert result.outcome is ChangeOutcome.APPLIED
    assert "not tested: its request is POST" in result.reason
    assert "test" not in org.calls

    (back,) = apply(org, change_for(org.actions[ID], 6), options=ApplyOptions(allow_side_effects=True))

    assert back.reason == "10 s -> 6 s; test call passed"


def test_no_verify_makes_no_call(apply: Apply) -> None:
    org = FakeOrg.with_actions(full_config())

    (result,) = apply(org, change_for(full_config(), 10), options=ApplyOptions(verify=False))

    assert result.reason == "5 s -> 10 s; not tested: verification is off"
    assert "test" not in org.calls
