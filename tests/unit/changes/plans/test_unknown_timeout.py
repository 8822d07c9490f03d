"""A timeout the org did not send is unknown: never taken for 60 s, never planned from, never a match."""

from dataclasses import replace
from typing import Any

import pytest

from diag.changes.applying.snapshot import Snapshot, drift
from diag.changes.exports.gc_output import gc_calls
from diag.changes.exports.terraform_output import terraform_lines
from diag.changes.plans.make_plan import make_plan
from diag.changes.plans.manual_plan import make_manual_plan
from diag.changes.plans.planned_change import change_of
from diag.genesys.api_errors import UnexpectedReplyError
from diag.inventory.action_facts import facts_of
from tests.support.changes.fake_org import IDENTITY, FakeOrg, change_for, full_config
from tests.support.changes.recommendations import analysis_of, recommendation

WHOLE = full_config("custom_-_1", None)
UNTOLD = replace(WHOLE, action=replace(WHOLE.action, config=None))


def test_the_facts_leave_it_open() -> None:
    told, untold = facts_of(WHOLE.action), facts_of(UNTOLD.action)
    assert (told.current_timeout_s, told.timeout_is_set) == (60, False)
    assert (untold.current_timeout_s, untold.timeout_is_set) == (None, None)


def test_no_plan_is_made_of_it() -> None:
    org = FakeOrg.with_actions(UNTOLD)
    analysed = make_plan(analysis_of(recommendation(current_timeout_s=None)), org.read_config, IDENTITY)
    by_hand = make_manual_plan([UNTOLD.action], 60, org.read_config, IDENTITY)
    for plan in (analysed, by_hand):
        assert not plan.changes and not plan.unchanged
        assert "arrived without config" in plan.skipped[0].reason
    with pytest.raises(UnexpectedReplyError, match="without config"):
        change_of(UNTOLD, 10, "why")


def test_an_action_that_hides_it_later_is_not_what_the_plan_saw() -> None:
    change = change_for(WHOLE, 10)
    assert drift(change, Snapshot.of(WHOLE, change.salt)) == ()
    assert "timeout: planned 60 s (unset), present unknown" in drift(change, Snapshot.of(UNTOLD, change.salt))


@pytest.mark.parametrize(
    ("known", "wording"),
    [
        ({"current_timeout_s": None, "timeout_is_set": None}, "unknown"),
        ({"current_timeout_s": 60, "timeout_is_set": False}, "unset (60)"),
        ({"current_timeout_s": 5, "timeout_is_set": True}, "5"),
        ({"current_timeout_s": 5, "timeout_is_set": None}, "5"),
    ],
)
def test_the_exports_say_what_is_known(known: dict[str, Any], wording: str) -> None:
    analysis = analysis_of(recommendation(action_name="A", **known))
    assert f"config_timeout_seconds = 10 # was {wording}\n" in terraform_lines(analysis, None)
    assert f"# A: {wording} -> 10 s. " in gc_calls(analysis)
