from pathlib import Path

import numpy as np
import pytest

from analysis.bounds import upper_ms
from analysis.calls import ActionCalls, by_action
from analysis.counts import count_latencies
from analysis.facts import ActionFacts
from analysis.look_plan import look_plan
from analysis.reading import read_samples
from analysis.recommend import recommend, recommend_action
from analysis.recommendation import Verdict
from analysis.run_folder import RunFolder
from analysis.settings import RecommendSettings
from analysis.settled import Settled, settled
from analysis.settled_run import settled_actions
from analysis.survival import kaplan_meier
from tests.unit.analysis.samples import START, calls, lognormal, sample_set, write_segment

DEFAULT = RecommendSettings()


def look(x: np.ndarray, facts: ActionFacts | None = None, **known: object) -> Settled:
    (action,) = by_action(sample_set(calls(x, **known)).table)  # type: ignore[arg-type]
    return settled(action, facts or ActionFacts("orders"), DEFAULT)


@pytest.mark.parametrize(("p", "confidence"), [(0.99, 0.95), (0.95, 0.9), (0.999, 0.95)])
def test_all_looks_together_keep_the_confidence(p: float, confidence: float) -> None:
    """Exact by construction; here by simulation of the binomial walk, whatever the latency's shape."""
    plan = look_plan(p, confidence, 5000)
    risk = 1 - confidence
    assert plan[-1].spent <= risk + 1e-12
    runs = 20_000
    rng = np.random.default_rng(7)
    slower = np.zeros(runs, dtype=int)
    failed = np.zeros(runs, dtype=bool)
    before = 0
    for one in plan:
        slower += rng.binomial(one.calls - before, 1 - p, runs)
        before = one.calls
        failed |= slower <= one.may_exceed
    assert failed.mean() == pytest.approx(plan[-1].spent, abs=3 * np.sqrt(risk / runs))
    assert failed.mean() <= risk + 3 * np.sqrt(risk / runs)


def test_looking_naively_as_often_would_break_it() -> None:
    """Why the plan exists: the plain 95 % bound at the same looks fails clearly more often than 5 %."""
    plan = look_plan(0.99, 0.95, 5000)
    rng = np.random.default_rng(8)
    failed = 0
    for _ in range(250):
        uniform = rng.random(5000)
        for one in plan:
            table = kaplan_meier(count_latencies(uniform[: one.calls] * 1e5, np.ones(one.calls, bool)))
            bound = upper_ms(table, 0.99, 0.95)
            if bound is not None and bound < 0.99e5:
                failed += 1
                break
    assert failed / 250 > 0.08


def test_the_realised_error_of_stopping_when_settled_stays_below_five_percent() -> None:
    """The number at the moment of stopping, over shapes and scales: below the true p99 in at most 5 %."""
    rng = np.random.default_rng(9)
    low, cut_off, runs = 0, 0, 150
    for index in range(runs):
        p99 = float(np.exp(rng.uniform(np.log(0.7), np.log(14))))
        sigma = (0.4, 0.6, 1.0)[index % 3]
        x = lognormal(6000, p99, seed=index, sigma=sigma)
        (action,) = by_action(sample_set(calls(x)).table)
        for end in (430, 640, 960, 1440, 2160, 3240, 5000, 6000):
            part = ActionCalls("orders", "", action.calls.where(np.arange(end)), 0)
            state = settled(part, ActionFacts("orders", cap_s=60), DEFAULT)
            if state.settled:
                break
        assert state.settled and state.timeout_s is not None
        cut_off += float((x > state.timeout_s).mean()) > 0.015
        low += state.timeout_s < p99
    assert low / runs <= 0.05
    assert cut_off / runs <= 0.05


@pytest.mark.parametrize(("sigma", "p99"), [(1.2, 8.0), (0.6, 8.0)])
def test_the_bound_reported_after_stopping_early_keeps_its_confidence(sigma: float, p99: float) -> None:
    """Not the plain 95 % bound of the calls at which one happened to stop: that one fails too often."""
    runs, below = 100, 0
    for seed in range(runs):
        x = np.minimum(lognormal(6300, p99, seed=seed + 1000, sigma=sigma), 59.0)
        (action,) = by_action(sample_set(calls(x)).table)
        for end in (418, 627, 940, 1278, 1842, 2688, 3957, 5150):
            part = ActionCalls("orders", "", action.calls.where(np.arange(6300) < end), 0)
            if settled(part, ActionFacts("orders", cap_s=60), DEFAULT).settled:
                break
        found = recommend_action(part, ActionFacts("orders", cap_s=60), DEFAULT, many_looks=True)
        below += found.p99_upper_ms is not None and found.p99_upper_ms < p99 * 1000
    assert below / runs <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / runs)


def test_a_run_stopped_early_is_judged_so(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    write_segment(folder, latency_ms=list(lognormal(900, 3.0) * 1e3))
    plain = recommend(read_samples([tmp_path])).actions[0]
    folder.settled.write_text('["orders"]')
    stopped = recommend(read_samples([tmp_path])).actions[0]
    assert stopped.p99_ms == plain.p99_ms
    assert (stopped.p99_upper_ms or 0) > (plain.p99_upper_ms or 0)


def test_too_few_calls_say_about_how_many_more() -> None:
    state = look(lognormal(200, 1.0))
    assert not state.settled
    assert state.more_calls is not None and 200 <= state.more_calls <= 230


def test_a_fast_action_is_settled_at_the_first_look() -> None:
    state = look(lognormal(430, 0.8))
    assert state.settled
    assert state.timeout_s == 2


def test_a_heavy_tail_needs_more() -> None:
    state = look(lognormal(430, 9.0, sigma=1.2))
    assert not state.settled
    assert state.more_calls is not None and state.more_calls > 100


def test_timeouts_beyond_doubt_are_settled_early() -> None:
    state = look(lognormal(100, 8.0), timeout_s=2)
    assert state.settled
    assert state.verdict is Verdict.CENSORED_NEEDS_PROBE


def test_beyond_the_cap_is_settled_early() -> None:
    state = look(np.full(100, 35.0))
    assert state.settled
    assert state.verdict is Verdict.OVER_CAP_USE_ASYNC


def test_nothing_to_measure_is_settled() -> None:
    assert look(lognormal(5, 1.0), ActionFacts("orders", configurable=False)).settled
    assert look(np.full(60, 0.05), outcome="auth_error").verdict is Verdict.NO_DATA


def test_calls_after_the_oldest_in_flight_are_ignored() -> None:
    (action,) = by_action(sample_set(calls(lognormal(430, 0.8))).table)
    state = settled(action, ActionFacts("orders"), DEFAULT, complete_until=START + 10)
    assert not state.settled
    assert state.calls == 80


def test_a_running_folder_is_judged_without_its_last_seconds(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    write_segment(folder, latency_ms=[100.0] * 50)
    found = settled_actions(tmp_path, DEFAULT)
    assert found["orders"].calls == 40  # the warm-up is cut
    assert not found["orders"].settled
