import json
from dataclasses import replace
from typing import Literal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special

from analysis.estimates.estimate import estimate
from analysis.format.action_facts import ActionFacts
from analysis.production.estimate_from_buckets import estimate_from_buckets
from analysis.production.hourly_counts import (
    BucketCounts,
    ExactTimes,
    HourCounts,
    consistent,
    exceedance,
    per_second,
)
from analysis.production.recommend_production import recommend_from_buckets
from analysis.production.timeout_still_fits import drift
from analysis.recommend_settings import RecommendSettings
from analysis.samples.calls_of_each_action import by_action
from analysis.verdicts.analysis_json import analysis_from_json, analysis_to_json
from analysis.verdicts.recommendation import Recommendation, Verdict
from tests.support.examples import examples
from tests.support.production_counts import START, production
from tests.support.sample_tables import calls, lognormal, sample_set


def judge(counts: BucketCounts, current: int | None = 60) -> Recommendation:
    facts = ActionFacts("orders", "Order lookup", current_timeout_s=current)
    (found,) = recommend_from_buckets([counts], {"orders": facts}).actions
    return found


def test_production_gives_the_verdict_a_test_would_give() -> None:
    found = judge(production(2.2))
    assert (found.verdict, found.recommended_timeout_s) == (Verdict.LOWER, 3)
    assert found.source == "production"
    assert "production executions" in found.reason
    assert found.quantile_ms == pytest.approx(2200, rel=0.2)
    assert found.quantile_upper_ms == 3000
    assert found.grade == "A"  # a day, looked at all the time
    assert judge(production(2.2), current=3).verdict is Verdict.OK


def test_production_is_told_in_the_whole_seconds_it_is_counted_in() -> None:
    found = judge(production(1.6))
    assert found.quantile_ms is not None and found.quantile_ms < 1900
    assert "finish within 2 s (at most 2 s" in found.reason
    few = judge(production(0.4, hours=1, per_hour=27))
    assert few.reason.startswith("27 production executions are too few")


def test_timeouts_count_as_slower_and_hide_the_p99() -> None:
    found = judge(production(5.0, timeout_s=3), current=3)
    assert found.verdict is Verdict.CENSORED_NEEDS_PROBE
    assert found.quantile_lower_ms == 3000
    assert found.next_command == "diag measure --probe --action 'Order lookup'"
    assert found.recommended_timeout_s is None


@pytest.mark.slow
def test_the_bound_is_the_first_whole_second_that_is_surely_exceeded_by_one_percent() -> None:
    counts = production(4.7, hours=30, per_hour=400)
    found = estimate_from_buckets(counts, RecommendSettings())
    for edge in range(1, 61):
        at = exceedance(counts, edge)
        slow, n = round(at.slower.sum()), round(at.executions.sum())
        if special.bdtr(slow, n, 0.01) <= 0.05:  # were it a share of 1 %, so few would seldom exceed it
            assert found.upper_ms == edge * 1000
            break


def test_bursts_within_hours_widen_the_bound() -> None:
    even = [HourCounts(START + 3600 * h, 400, (380, 397, 400)) for h in range(30)]
    bursts = [
        HourCounts(START + 3600 * h, 400, (380, 400, 400) if h % 10 else (380, 370, 400)) for h in range(30)
    ]
    assert exceedance(BucketCounts("a", tuple(even)), 2).design_effect == 1.0
    assert exceedance(BucketCounts("a", tuple(bursts)), 2).design_effect > 5.0


def test_few_hours_and_contradictions_are_said() -> None:
    counts = BucketCounts("orders", (HourCounts(START, 1000, (900, 850, 990)),))
    found = judge(counts)
    assert any("1 hour had" in line and "corrected" in line for line in found.warnings)
    assert any("only 1 hour with" in line and "bursts is unknown" in line for line in found.warnings)
    assert found.grade == "C"
    assert any("does not document" in line for line in found.warnings)


def test_contradictory_counts_are_corrected_towards_slow() -> None:
    odd = BucketCounts("orders", (HourCounts(START, 500, (900, 100, -3, 500, 500)),))
    assert consistent(odd)[0].hours[0].below == (0, 0, 0, 500, 500)


def test_a_change_is_applied_from_what_was_observed() -> None:
    assert judge(production(2.2)).next_command == "diag observe --out plan.json"


def test_days_that_disagree_are_unstable() -> None:
    monday, tuesday = production(3.0, per_hour=200), production(7.0, per_hour=200, seed=2)
    later = tuple(HourCounts(hour.started_at + 86_400, hour.total, hour.below) for hour in tuesday.hours)
    found = judge(BucketCounts("orders", monday.hours + later))
    assert found.verdict is Verdict.UNSTABLE
    assert "one day" in found.reason


def test_no_execution_is_no_data() -> None:
    assert judge(BucketCounts("orders", ())).verdict is Verdict.NO_DATA


def test_json_reads_back() -> None:
    analysis = recommend_from_buckets([production(2.0)])
    text = json.dumps(analysis_to_json(analysis), allow_nan=False)
    assert analysis_from_json(json.loads(text)) == analysis


def exactly(times_ms: "list[list[float]]", timeout_s: int, failed: list[list[int]]) -> BucketCounts:
    """Hours of executions known to the millisecond."""
    found = []
    for at, (hour, failures) in enumerate(zip(times_ms, failed, strict=True)):
        ended = tuple(sorted(int(np.ceil(ms)) for ms in hour if np.ceil(ms) < timeout_s * 1000))
        below = tuple(sum(ms < edge * 1000 for ms in ended) for edge in range(1, timeout_s + 1))
        counted = per_second(failures, timeout_s) if failures else ()
        exact = ExactTimes(ended, tuple(sorted(failures)))
        found.append(HourCounts(START + 3600 * at, len(hour), below, counted, exact))
    return BucketCounts("orders", tuple(found), outcomes_known=True)


def test_executions_to_the_millisecond_give_the_bounds_a_test_gives() -> None:
    x = lognormal(6000, 2.2, 3) * 1e3
    failures = [30.0] * 200 + [4_000.0] * 6
    table = calls(np.concatenate([np.minimum(x, 5_000.0), failures]) / 1e3, timeout_s=5)
    table["outcome"] = ["ok" if ms < 5_000.0 else "timeout" for ms in x] + ["backend_error"] * len(failures)
    (action,) = by_action(sample_set(table).table)
    test = estimate(action.calls, RecommendSettings())
    hour = list(np.minimum(x, 5_000.0))
    found = estimate_from_buckets(exactly([hour], 5, [[int(ms) for ms in failures]]), RecommendSettings())
    assert (found.samples, found.ok, found.design_effect) == (test.samples, test.ok, 1.0)
    assert (found.p50_ms, found.p95_ms, found.quantile_ms) == (test.p50_ms, test.p95_ms, test.quantile_ms)
    assert test.design_effect == 1.0
    assert (found.upper_ms, found.lower_ms) == (test.upper_ms, test.lower_ms)
    assert found.timeout_s == test.timeout_s


def test_what_was_read_to_the_millisecond_is_said_to_the_millisecond() -> None:
    x = lognormal(24 * 300, 0.29, 5).reshape(24, 300) * 1e3
    exact = exactly([list(hour) for hour in x], 60, [[]] * 24)
    found = judge(exact)
    assert found.precision == "test" and found.source == "production"
    assert found.recommended_timeout_s == 1 and found.quantile_upper_ms is not None
    assert " ms (at most " in found.reason and "production executions" in found.reason
    assert all(rule.from_s is None for rule in found.rules)
    seconds = replace(exact, hours=tuple(replace(hour, exact=None) for hour in exact.hours))
    assert judge(seconds).precision == "production"
    assert "finish within 1 s" in judge(seconds).reason


def test_all_executions_decide_the_second_and_a_sample_the_millisecond() -> None:
    x = lognormal(24 * 300, 2.2, 5).reshape(24, 300) * 1e3
    exact = exactly([list(hour) for hour in x], 60, [[]] * 24)
    some = replace(
        exact,
        hours=tuple(
            hour if at % 3 == 0 else replace(hour, exact=None) for at, hour in enumerate(exact.hours)
        ),
    )
    none = replace(exact, hours=tuple(replace(hour, exact=None) for hour in exact.hours))
    rules = RecommendSettings()
    whole, part, each = (estimate_from_buckets(one, rules) for one in (none, some, exact))
    assert whole.upper_ms is not None and part.upper_ms is not None and each.upper_ms is not None
    assert whole.upper_ms - 1000 < part.upper_ms <= whole.upper_ms and whole.upper_ms % 1000 == 0
    assert abs(part.upper_ms - each.upper_ms) < 1000
    quick = replace(some, hours=tuple(_sped_up(hour) for hour in some.hours))
    assert estimate_from_buckets(quick, rules).upper_ms == whole.upper_ms  # a sample unlike the rest


def _sped_up(hour: HourCounts) -> HourCounts:
    return hour if hour.exact is None else replace(hour, exact=ExactTimes((5,) * len(hour.exact.ended_ms)))


def test_exact_times_that_are_not_those_counted_are_not_believed() -> None:
    sound = exactly([[100.0, 1500.0, 9000.0]], 3, [[40]])
    assert consistent(sound) == (sound, 0)
    forged = replace(sound, hours=(replace(sound.hours[0], exact=ExactTimes((100, 200), (40,))),))
    mended, corrected = consistent(forged)
    assert corrected == 1 and mended.hours[0].exact is None


def test_what_failed_fast_is_not_a_latency() -> None:
    hour = HourCounts(START, 300, (0, 290, 300), (600, 0, 0, 0))
    counts = BucketCounts("orders", (hour,) * 12, outcomes_known=True)
    at = exceedance(counts, 2)
    assert at.share == pytest.approx(10 / 300)
    found = judge(replace(counts, hours=tuple(replace(hour, started_at=START + 3600 * n) for n in range(12))))
    assert found.quantile_ms is not None and found.quantile_ms > 1000
    assert not any("failed" in line for line in found.warnings)
    late = BucketCounts("orders", (HourCounts(START, 300, (0, 290, 300), (0, 0, 5, 5)),))
    assert exceedance(late, 2).share == pytest.approx(20 / 310)


def test_what_failed_after_the_whole_timeout_is_cut_off_even_where_failures_are_left_out() -> None:
    hour = HourCounts(START, 100, (90, 100), (3, 0, 20), ExactTimes((500,) * 90 + (1500,) * 10))
    (kept,) = BucketCounts("orders", (hour,), outcomes_known=True).without_failures().hours

    assert (kept.total, kept.cut_off, kept.failed) == (120, 20, ())


@pytest.mark.parametrize("errors", ["censor", "exclude"])
def test_a_timeout_under_another_word_than_was_learnt_is_said(errors: Literal["censor", "exclude"]) -> None:
    hours = tuple(HourCounts(START + 3600 * n, 100, (90, 100), (0, 0, 25)) for n in range(12))
    counts = BucketCounts("orders", hours, outcomes_known=True)
    (found,) = recommend_from_buckets([counts], settings=RecommendSettings(backend_errors=errors)).actions

    assert any("20 % lasted the whole timeout under another word" in line for line in found.warnings)


hours = st.lists(
    st.tuples(st.integers(-5, 2000), st.lists(st.integers(-10, 3000), min_size=0, max_size=60)), max_size=12
)


@pytest.mark.slow
@settings(max_examples=examples(200), deadline=None)
@given(hours, st.integers(1, 60), st.one_of(st.none(), st.integers(1, 60)))
def test_any_counts_give_a_verdict(rows: list[tuple[int, list[int]]], cap: int, current: int | None) -> None:
    counts = BucketCounts(
        "orders",
        tuple(HourCounts(START + 3600 * i, total, tuple(below)) for i, (total, below) in enumerate(rows)),
    )
    analysis = recommend_from_buckets(
        [counts],
        {"orders": ActionFacts("orders", current_timeout_s=current, cap_s=cap)},
        concurrency_limit=25,
    )
    json.dumps(analysis_to_json(analysis), allow_nan=False)
    number = analysis.actions[0].recommended_timeout_s
    assert number is None or 1 <= number <= cap
    for edge in (1, 7, 60):
        drift(counts, edge)
    corrected, _ = consistent(counts)
    assert all(list(hour.below) == sorted(hour.below) for hour in corrected.hours)


@pytest.mark.slow
@settings(max_examples=examples(60), deadline=None)
@given(st.integers(0, 2**32 - 1), st.sampled_from([5, 60]), st.floats(0.5, 12.0), st.integers(1, 60))
def test_slower_executions_never_lower_the_number(
    seed: int, timeout_s: int, p99_s: float, current: int
) -> None:
    """As for calls of a test (test_monotone), unless the design effect or the verdict `unstable` says why."""
    rng = np.random.default_rng(seed)
    x = lognormal(24 * 60, p99_s, seed, sigma=float(rng.choice([0.6, 1.2]))).reshape(24, 60)
    slowed = np.where(rng.random(x.shape) < rng.random(), x * rng.uniform(1, 4), x)

    def judged(times: np.ndarray) -> Recommendation:
        seconds = np.arange(1, timeout_s + 1)
        hours = tuple(
            HourCounts(START + 3600 * k, 60, tuple(np.searchsorted(np.sort(row), seconds).tolist()))
            for k, row in enumerate(times)
        )
        return judge(BucketCounts("orders", hours), current=min(current, timeout_s))

    before, after = judged(x), judged(slowed)
    was_s, is_s = before.uncapped_timeout_s, after.uncapped_timeout_s
    calmer = (after.design_effect or 1) < (before.design_effect or 1)
    if was_s is not None and is_s is not None and before.verdict is not Verdict.UNSTABLE and not calmer:
        assert is_s >= was_s
    for name in ("quantile_ms", "p50_ms"):
        was, became = getattr(before, name), getattr(after, name)
        assert was is None or became is None or became >= was


def test_production_shows_its_own_hours_on_the_clock_that_is_set() -> None:
    one = replace(production(2.2, hours=30, per_hour=400), action_id="orders")
    slow = HourCounts(START + 3600 * 30, 400, tuple(40 if k < 9 else 400 for k in range(1, 61)))
    counts = replace(one, hours=(*one.hours, slow))

    (found,) = recommend_from_buckets([counts], zone="Europe/Berlin").actions

    assert found.hours is not None and found.coverage_reason is not None
    assert (found.hours.zone, found.hours.grade, sum(found.hours.calls)) == ("Europe/Berlin", None, 31 * 400)
    assert found.coverage_reason.startswith("production called it ")
    assert found.hours.slow == ((int(slow.started_at // 3600) + 3 * 24 + 1) % 168,)
    unknown = recommend_from_buckets([counts], zone="Mars/Base").actions[0].hours
    assert unknown is not None and unknown.zone == "UTC"
