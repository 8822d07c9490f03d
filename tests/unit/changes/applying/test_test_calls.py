"""The test calls around a write, and what they decide."""

from collections.abc import Callable

import pytest

from analysis.format.sample_schema import InputOrigin
from diag.changes.applying.apply_context import ApplyOptions
from diag.changes.applying.org import ActionInput
from diag.changes.journal.journal import Journal
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


@pytest.mark.parametrize(
    ("outcomes", "after_s", "said"),
    [
        ([], 10, "5 s -> 10 s; test call with an invented input passed"),
        (
            ["ok", "timeout", "timeout", "timeout"],
            10,
            "the test call with an invented input passed at 5 s and",
        ),
        (["timeout"] * 6, 10, "5 s -> 10 s; the test call with an invented input fails as before (timeout)"),
        (["rate_limited"] * 6, 10, "the test call with an invented input was inconclusive (rate_limited)"),
    ],
)
def test_a_test_call_with_an_invented_input_says_so_in_result_and_journal(
    apply: Apply, journal: Journal, outcomes: list[str], after_s: int, said: str
) -> None:
    """An action may pass with an input its backend does not know, and fail with every real one."""
    org = FakeOrg.with_actions(full_config())
    org.outcomes = outcomes

    (result,) = apply(
        org,
        change_for(full_config(), after_s),
        options=ApplyOptions(
            payload_for=lambda action: ActionInput({"id": "x"}, origin=InputOrigin.INVENTED)
        ),
    )

    assert said in result.reason
    last = journal.read()[-1]
    assert (last.test_input, last.reason) == ("invented", result.reason)


@pytest.mark.parametrize("origin", [*(each for each in InputOrigin if each != "invented"), None])
def test_of_any_other_input_nothing_is_said(
    apply: Apply, journal: Journal, origin: InputOrigin | None
) -> None:
    org = FakeOrg.with_actions(full_config())
    given = ActionInput({"id": "x"}, origin=origin)

    (result,) = apply(
        org, change_for(full_config(), 10), options=ApplyOptions(payload_for=lambda action: given)
    )

    assert result.reason == "5 s -> 10 s; test call passed"
    assert journal.read()[-1].test_input == origin


def test_no_verify_makes_no_call(apply: Apply) -> None:
    org = FakeOrg.with_actions(full_config())

    (result,) = apply(org, change_for(full_config(), 10), options=ApplyOptions(verify=False))

    assert result.reason == "5 s -> 10 s; not tested: verification is off"
    assert "test" not in org.calls
