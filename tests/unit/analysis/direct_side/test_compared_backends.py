"""Backends that were called directly are compared with themselves: in two runs, and never with production."""

from collections.abc import Mapping, Sequence

import pandas as pd

from analysis.estimates.deciding_calls import calls_that_count
from analysis.production.hourly_counts import BucketCounts, HourCounts
from analysis.recommend_settings import RecommendSettings
from analysis.samples.sample_set import SampleSet
from analysis.verdicts.recommend import recommend
from analysis.views.compare_runs import ComparedAction, compare
from analysis.views.comparison_json import comparison_to_json
from diag.checks import rules
from diag.checks.rules import CheckOutcome, Rule
from diag.production.drift_and_resemblance import findings_of
from diag.production.observed import Observed
from tests.support.sample_tables import START, calls, lognormal

RULES = RecommendSettings()


def through(p99_s: float, seed: int = 1) -> pd.DataFrame:
    return calls(lognormal(2000, p99_s, seed))


def direct(p99_s: float, seed: int = 2) -> pd.DataFrame:
    return calls(lognormal(2000, p99_s, seed), target="direct")


def compared(*runs: SampleSet) -> list[ComparedAction]:
    analyses = [recommend(run) for run in runs]
    counted = [calls_that_count(run, {}, RULES) for run in runs]
    comparison = compare(analyses, [f"run {number}" for number, _ in enumerate(runs)], counted)
    assert [one["target"] for one in rows(comparison_to_json(comparison))] == [
        "direct" if one.backend else "test" for one in comparison.actions
    ]
    return list(comparison.actions)


def rows(body: Mapping[str, object]) -> Sequence[dict[str, object]]:
    found = body["actions"]
    assert isinstance(found, list)
    return found


def verdicts(actions: list[ComparedAction]) -> dict[str, str]:
    return {action.action_name: action.differences[0].verdict for action in actions}


def test_a_slower_backend_is_slower_while_the_action_is_the_same() -> None:
    before = SampleSet(through(0.5), direct=direct(1.0))
    after = SampleSet(through(0.5), direct=direct(3.0))
    assert verdicts(compared(before, after)) == {"orders": "same", "orders (backend)": "slower"}


def test_a_run_of_the_backend_alone_is_compared_with_the_backend_only() -> None:
    alone = SampleSet(direct(0.4).iloc[:0], direct=direct(0.4))
    both = SampleSet(through(2.0), direct=direct(0.4, 3))
    found = compared(alone, both)
    assert verdicts(found) == {"orders": "cannot tell", "orders (backend)": "same"}
    action = next(one for one in found if not one.backend)
    assert action.differences[0].reason == "measured in only one of these runs"


def test_what_ended_too_soon_is_compared_by_its_own_calls() -> None:
    hidden = [
        calls(lognormal(800, p99_s, seed), timeout_s=2, target="direct")
        for p99_s, seed in ((8.0, 1), (30.0, 2))
    ]
    sets = [SampleSet(table.iloc[:0], direct=table) for table in hidden]
    assert verdicts(compared(*sets)) == {"orders (backend)": "slower"}


def test_a_check_does_not_take_the_backend_for_a_faster_action() -> None:
    action = recommend(SampleSet(through(4.0)))
    backend = recommend(SampleSet(direct(1.0).iloc[:0], direct=direct(1.0)))
    for now, baseline in ((action, backend), (backend, action)):
        (finding,) = rules.judge(now, [Rule.SLOWER], baseline=baseline)
        assert finding.outcome is CheckOutcome.UNDECIDED
        assert "the backend alone" in finding.message


def test_production_is_compared_with_the_action_never_with_its_backend() -> None:
    hours = tuple(HourCounts(START + 3600.0 * hour, 200, (150, 190, 200)) for hour in range(24))
    seen = {"orders": Observed(BucketCounts("orders", hours), 5, START, START + 86_400.0)}
    alone = SampleSet(direct(1.0).iloc[:0], direct=direct(1.0))
    assert findings_of(seen, RULES, alone)["orders"].resemblance is None
    with_backend = findings_of(seen, RULES, SampleSet(through(2.0), direct=direct(0.1)))["orders"]
    assert with_backend == findings_of(seen, RULES, SampleSet(through(2.0)))["orders"]
    assert with_backend.resemblance is not None
