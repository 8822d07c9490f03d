from pathlib import Path

import numpy as np

from analysis.format.action_facts import ActionFacts
from analysis.format.run_folder import RunFolder
from analysis.recommend_settings import RecommendSettings
from analysis.samples.calls_of_each_action import by_action
from analysis.samples.read_samples import read_samples
from analysis.stopping.settled_in_folder import settled_actions
from analysis.stopping.when_settled import Settled, settled
from analysis.verdicts.recommend import recommend
from analysis.verdicts.recommendation import Verdict
from tests.support.sample_tables import START, calls, lognormal, sample_set, write_segment

DEFAULT = RecommendSettings()


def look(
    x: np.ndarray,
    facts: ActionFacts | None = None,
    *,
    rate: float = 10.0,
    timeout_s: int = 60,
    outcome: str | None = None,
) -> Settled:
    """The answer after the calls `x`."""
    table = sample_set(calls(x, rate=rate, timeout_s=timeout_s, outcome=outcome)).table
    (action,) = by_action(table)
    return settled(action, facts or ActionFacts("orders"), DEFAULT)


def test_a_run_stopped_early_is_judged_so(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    write_segment(folder, latency_ms=list(lognormal(900, 1.0) * 1e3))
    plain = recommend(read_samples([tmp_path])).actions[0]
    folder.settled.write_text('["orders"]')
    stopped = recommend(read_samples([tmp_path])).actions[0]
    assert stopped.quantile_ms == plain.quantile_ms
    assert (stopped.quantile_upper_ms or 0) > (plain.quantile_upper_ms or 0)
    assert stopped.recommended_timeout_s == plain.recommended_timeout_s
    assert (stopped.cut_off_after_at_most or 0) > (plain.cut_off_after_at_most or 0)


def test_too_few_calls_say_about_how_many_more() -> None:
    state = look(lognormal(200, 1.0))
    assert not state.settled
    assert state.more_calls is not None and 195 <= state.more_calls <= 205


def test_once_the_warm_up_is_over_every_further_call_counts() -> None:
    state = look(lognormal(200, 1.0), rate=1.0)
    assert (state.calls, state.more_calls) == (185, 318 - 185)


def test_a_timeout_at_the_edge_of_p99_is_sent_to_a_probe_instead_of_using_up_the_plan() -> None:
    x = np.random.default_rng(3).permutation(np.r_[np.full(12, 9.0), lognormal(988, 2.0)])
    state = look(x, timeout_s=5, rate=0.5)
    assert (state.settled, state.verdict) == (True, Verdict.CENSORED_NEEDS_PROBE)
    few = np.random.default_rng(3).permutation(np.r_[np.full(7, 9.0), np.minimum(lognormal(993, 4.0), 4.9)])
    assert not look(few, timeout_s=5, rate=0.5).settled
    assert not look(x, timeout_s=60, rate=0.5).verdict


def test_a_sample_that_lacks_the_slow_calls_of_its_heavy_tail_is_not_settled() -> None:
    """Pareto 1.5 at its quantiles, without the slowest 1 %: p80 to p98 tell what is missing."""
    whole = (1 - (np.arange(400) + 0.5) / 400) ** (-1 / 1.5) - 1
    lucky = np.random.default_rng(4).permutation(np.minimum(whole, np.quantile(whole, 0.985)))
    state = look(lucky * (2.0 / lucky.max()), rate=0.5)
    assert not state.settled and state.timeout_s == 3
    light = np.random.default_rng(4).permutation(np.sqrt(1 + whole))
    assert look(light * (2.0 / light.max()), rate=0.5).settled


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
