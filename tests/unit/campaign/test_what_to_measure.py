"""What is not called because diag has set it lately, and what is called all the same."""

from dataclasses import replace

import pytest

from analysis.production.promise_watch import Stretch, WatchState
from analysis.recommend_settings import RecommendSettings
from analysis.verdicts.recommendation import Analysis
from diag.campaign.saved import NotCalled
from diag.campaign.what_to_measure import NO_WORKLOAD, TuneScope, prepare, whys_of_broken
from diag.genesys.client import GenesysClient
from diag.production.production_evidence import Place, ProductionEvidence
from diag.production.promises.what_was_promised import Promise, SetLately
from tests.support.changes.fake_org import full_config
from tests.support.changes.journal_records import record

LINE = record(phase="result", outcome="applied", after_timeout_s=3)
HOLDS = SetLately(Promise(LINE), WatchState(0.01))
BROKEN = replace(
    HOLDS,
    state=replace(HOLDS.state, executions=9000, cut_off=9, broken_at=7200.0, stretch=Stretch(3600.0, 90, 9)),
)
NOTHING_SEEN = ProductionEvidence(
    Analysis(RecommendSettings(), (), {}), {}, (), Place("h", sandbox=True), 0.0, 1.0
)


def not_called(lately: SetLately, timeout_s: int) -> NotCalled:
    action = full_config(LINE.action_id, timeout_s).action
    scope = TuneScope((action,), (action,), None, None, as_org=True)
    client: GenesysClient = None  # type: ignore[assignment]  # without a workload nobody is asked
    (found,) = prepare(client, scope, NOTHING_SEEN, {}, {LINE.action_id: lately}).not_called
    return found


def test_what_diag_set_is_not_called_while_it_is_in_force_and_holds() -> None:
    found = not_called(HOLDS, 3)
    assert (found.why, found.settled, found.set_by_diag) == ("set to 3 s", True, True)


@pytest.mark.parametrize(
    ("lately", "timeout_s"),
    [(HOLDS, 4), (BROKEN, 3)],
    ids=["somebody else has changed it since", "production broke its promise"],
)
def test_else_it_is_called_like_any_other(lately: SetLately, timeout_s: int) -> None:
    assert not_called(lately, timeout_s).why == NO_WORKLOAD


def test_a_broken_promise_is_told_by_the_hours_that_prove_it() -> None:
    """All hours together, 9 of 9,000, would have kept it."""
    assert whys_of_broken({"kept": HOLDS, "broken": BROKEN}) == {
        "broken": "production: the 3 s that diag set cut off more than promised, 10 % of 90 executions "
        "from Thu 01 Jan 01:00 UTC to Thu 01 Jan 02:00 UTC"
    }
