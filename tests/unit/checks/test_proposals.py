"""Where a number proposed to Terraform has arrived, also when its action was made anew since."""

from dataclasses import replace

import pytest

from analysis.format.action_facts import ActionFacts
from analysis.recommend_settings import RecommendSettings
from analysis.verdicts.recommendation import Analysis
from diag.changes.journal.journal_line import JournalLine
from diag.checks.actions_checked import _unmeasured
from diag.checks.proposals import Arrival, ProposalState, proposals_of
from tests.support.changes.journal_records import record

ORG = Analysis(RecommendSettings(), (), {}, org_id="org", host="api.example")


def result(action_id: str, at: float, timeout_s: int = 8, **how: str) -> JournalLine:
    place = {"org_id": "org", "host": "api.example", "action_id": action_id, "action_name": "Orders"}
    return record(f"{action_id}-{at}", at=at, phase="result", after_timeout_s=timeout_s, **{**place, **how})


def proposed(action_id: str, at: float, timeout_s: int = 8) -> JournalLine:
    return result(action_id, at, timeout_s, origin="terraform", outcome="proposed")


def in_org(*ids: str, timeout_s: int = 10) -> dict[str, ActionFacts]:
    return {one: ActionFacts(one, "Orders", current_timeout_s=timeout_s) for one in ids}


def of_gone_actions(lines: list[JournalLine], org: dict[str, ActionFacts]) -> tuple[ProposalState, ...]:
    """Those that were made for an action which the org no longer has."""
    gone = {line.entry for line in lines if line.action_id not in org}
    return tuple(one for one in proposals_of(lines, ORG, None, org) if one.entry in gone)


def test_of_an_action_made_anew_twice_the_last_proposal_holds() -> None:
    lines = [proposed("a", 1.0, timeout_s=8), proposed("b", 2.0, timeout_s=10)]
    (state,) = of_gone_actions(lines, in_org("c"))
    assert (state.action_id, state.proposed_s, state.arrival) == ("c", 10, Arrival.ARRIVED)
    assert of_gone_actions(lines, in_org("b")) == ()  # it is there, and the newest


@pytest.mark.parametrize("later", [result("c", 2.0, outcome="applied"), proposed("c", 2.0)])
def test_what_diag_set_or_proposed_for_the_new_action_since_ends_the_old_proposal(later: JournalLine) -> None:
    assert of_gone_actions([proposed("a", 1.0), later], in_org("c")) == ()
    earlier = replace(later, at=0.5)
    (state,) = of_gone_actions([proposed("a", 1.0), earlier], in_org("c"))
    assert state.arrival is Arrival.NOT_YET


@pytest.mark.parametrize("others", [(), ("c", "d")])
def test_without_exactly_one_other_of_its_name_it_cannot_arrive(others: tuple[str, ...]) -> None:
    (state,) = of_gone_actions([proposed("a", 1.0)], in_org(*others))
    assert state.arrival is Arrival.NO_ACTION
    assert "cannot arrive" in state.sentence and "--skip" in state.sentence


def test_proposals_to_another_org_are_none_of_these() -> None:
    assert of_gone_actions([replace(proposed("a", 1.0), org_id="other")], in_org()) == ()


def test_an_action_that_was_judged_and_is_gone_has_one_state() -> None:
    """The run knows its timeout of then, the org does not have it any more."""
    facts = ActionFacts("a", "Orders", current_timeout_s=5)
    judged = replace(ORG, actions=(_unmeasured(facts),))
    (state,) = proposals_of([proposed("a", 1.0)], judged, None, {})
    assert state.arrival is Arrival.NO_ACTION
    (state,) = proposals_of([proposed("a", 1.0)], judged, None)
    assert state.arrival is Arrival.NOT_YET
