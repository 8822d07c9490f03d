"""Two runs cut off before their p99: the shares still waiting at the shorter timeout may tell them apart."""

import json
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from analysis.estimates.deciding_calls import calls_that_count
from analysis.estimates.slow_share import slow_share
from analysis.recommend_settings import RecommendSettings
from analysis.samples.action_calls import Calls
from analysis.samples.sample_set import SampleSet
from analysis.verdicts.recommend import recommend
from analysis.views.compare_runs import (
    Comparison,
    Difference,
    _at_a_common_timeout,
    compare,
)
from analysis.views.comparison_json import comparison_to_json
from tests.support.sample_tables import calls, lognormal, sample_set


def compared(runs: Sequence[SampleSet]) -> Comparison:
    settings = RecommendSettings()
    analyses = [recommend(run) for run in runs]
    counted = [calls_that_count(run, one.facts, settings) for run, one in zip(runs, analyses, strict=True)]
    return compare(analyses, ["A", "B"], counted)


def run(p99_s: float, timeout_s: int, seed: int, n: int = 2000, rtt_ms: float | None = None) -> SampleSet:
    return sample_set(calls(lognormal(n, p99_s, seed=seed), timeout_s=timeout_s, rtt_ms=rtt_ms))


def counted(samples: SampleSet) -> Calls:
    return calls_that_count(samples, {}, RecommendSettings())["orders"]


@pytest.mark.parametrize(("later", "verdict"), [(40.0, "slower"), (9.0, "faster"), (16.3, "cannot tell")])
def test_runs_cut_off_at_the_same_timeout_are_told_apart(later: float, verdict: str) -> None:
    (action,) = compared([run(16.0, 5, 1), run(later, 5, 2)]).actions
    (found,) = action.differences

    assert (found.verdict, found.p99_ms, found.edge_s) == (verdict, None, 5.0)
    assert found.share_first is not None and found.share_later is not None
    assert "took 5 s or longer" in found.reason
    if verdict != "cannot tell":
        assert (found.share_later > found.share_first) == (verdict == "slower")


def test_of_two_timeouts_the_shorter_is_looked_at() -> None:
    (action,) = compared([run(16.0, 5, 1), run(40.0, 8, 2)]).actions
    (found,) = action.differences

    assert (found.verdict, found.edge_s) == ("slower", 5.0)


def test_shares_are_asked_only_where_the_p99_gives_no_interval() -> None:
    before, after = counted(run(16.0, 5, 1)), counted(run(40.0, 5, 2))
    without_a_bound = Difference("cannot tell", "a p99 or its bound is unknown", p99_ms=500.0)
    with_interval = replace(without_a_bound, lower_ms=-10.0, upper_ms=900.0)

    assert _at_a_common_timeout(without_a_bound, before, after).verdict == "slower"
    assert _at_a_common_timeout(with_interval, before, after) == with_interval


def test_many_alike_calls_are_the_same() -> None:
    (action,) = compared([run(30.0, 3, 1, 30_000), run(30.0, 3, 2, 30_000)]).actions

    assert action.differences[0].verdict == "same"


@pytest.mark.slow
def test_false_alarms_are_rare() -> None:
    alarms = sum(
        compared([run(16.0, 5, seed), run(16.0, 5, 1000 + seed)]).actions[0].differences[0].verdict
        in ("slower", "faster")
        for seed in range(40)
    )

    assert alarms <= 6  # 5 % of 40 is 2


def test_overhead_taken_off_does_not_turn_timeouts_into_fast_calls() -> None:
    """A call cut off at 5 s reads 4.97 s once 30 ms of network are taken off: it still took 5 s or longer."""
    plain, far = (slow_share(counted(run(16.0, 5, 1, rtt_ms=rtt)), 5000.0) for rtt in (None, 30.0))

    assert plain is not None and far is not None
    assert far.slow == pytest.approx(plain.slow, rel=0.03)
    assert far.share == pytest.approx(plain.share, rel=0.03)


def test_nothing_watched_that_long_says_nothing() -> None:
    assert slow_share(counted(run(16.0, 5, 1)), 9000.0) is None


def test_the_json_holds_the_shares() -> None:
    body = json.loads(
        json.dumps(comparison_to_json(compared([run(16.0, 5, 1), run(40.0, 5, 2)])), allow_nan=False)
    )
    found = body["actions"][0]["differences"][0]

    assert found["edge_s"] == 5.0
    assert 0 < found["share_first"] < found["share_later"] < 1


@pytest.mark.slow
def test_what_needs_a_reader_comes_first() -> None:
    tables = []
    for later in (False, True):
        parts = [
            calls(lognormal(2500, p99[later], seed=10 * number + later), action=name)
            for number, (name, p99) in enumerate(
                {"same": (2.0, 2.0), "faster": (2.0, 1.0), "slower": (2.0, 4.0)}.items()
            )
        ]
        parts.append(calls(np.full(30, 0.5), action="open"))
        tables.append(sample_set(*parts))

    found = compared(tables)

    assert [action.worst for action in found.actions][:2] == ["slower", "cannot tell"]
    assert found.actions[0].action_id == "slower"
