"""Which load level a verdict rests on: those that were reached and can be told, the slowest of them."""

from analysis.verdicts.recommendation import Verdict
from tests.support.sample_tables import calls, judge, lognormal, orders


def test_a_draft_probe_at_another_rate_answers_too() -> None:
    found = judge(
        calls(lognormal(3000, 4.4), timeout_s=2, rate=10),
        calls(lognormal(3000, 4.4, seed=2), rate=2, target="draft", run="probe", start=1.7e9 + 500),
        facts=orders(current_timeout_s=2),
    )
    assert (found.verdict, found.recommended_timeout_s) == (Verdict.RAISE, 6)


def test_a_saturated_level_is_reported_and_not_used() -> None:
    busy = calls(lognormal(3000, 9.0), rate=30, run="b")
    busy.loc[::4, "outcome"] = "rate_limited"
    found = judge(calls(lognormal(3000, 1.5), rate=10), busy)
    assert found.level_rate == 10.0
    assert any("saturated" in line for line in found.warnings)
    only_busy = judge(busy)
    assert only_busy.recommended_timeout_s is None
    assert "lower rate" in only_busy.reason


def test_a_slower_low_rate_raises_the_number() -> None:
    found = judge(
        calls(lognormal(3000, 5.0), rate=0.5),
        calls(lognormal(3000, 2.0), rate=10, run="b"),
        facts=orders(production_peak_rate=10.0),
    )
    assert found.level_rate == 0.5
    assert found.recommended_timeout_s is not None and found.recommended_timeout_s >= 6


def test_a_lower_level_that_its_timeout_hides_gives_no_number() -> None:
    found = judge(
        calls(lognormal(3000, 0.5), rate=10),
        calls(lognormal(1000, 9.0), rate=1, run="b", timeout_s=4),
        facts=orders(current_timeout_s=4, production_peak_rate=10.0),
    )
    assert found.verdict is Verdict.CENSORED_NEEDS_PROBE


def test_small_guards_do_not_raise_the_number_by_chance() -> None:
    main = calls(lognormal(5000, 3.0), rate=40)
    guards = [calls(lognormal(400, 2.7, seed=k), rate=float(k), run=str(k)) for k in (1, 2, 5, 10)]
    alone = judge(main, facts=orders(current_timeout_s=60))
    found = judge(main, *guards, facts=orders(current_timeout_s=60, production_peak_rate=40.0))
    assert found.level_rate == 40.0
    assert found.recommended_timeout_s == alone.recommended_timeout_s


def test_a_top_level_with_hardly_a_call_does_not_hide_the_others() -> None:
    tables = calls(lognormal(4000, 2.0), rate=10), calls(lognormal(40, 2.0, 2), rate=30, run="b")
    found = judge(*tables, facts=orders(current_timeout_s=60))
    assert (found.verdict, found.recommended_timeout_s, found.level_rate) == (Verdict.LOWER, 3, 10.0)
    assert any("no number for 30/s" in line for line in found.warnings)
    at_peak = judge(*tables, facts=orders(current_timeout_s=60, production_peak_rate=30.0))
    assert at_peak.verdict is Verdict.INSUFFICIENT_SAMPLES


def test_a_top_level_its_timeout_hides_still_needs_a_probe() -> None:
    tables = (
        calls(lognormal(4000, 2.0), rate=10, timeout_s=5),
        calls(lognormal(2000, 12.0, 2), rate=30, run="b", timeout_s=5),
    )
    assert judge(*tables, facts=orders(current_timeout_s=5)).verdict is Verdict.CENSORED_NEEDS_PROBE


def test_a_slower_level_without_a_bound_decides_and_is_spoken_of() -> None:
    found = judge(
        calls(lognormal(3000, 1.7), rate=1),
        calls(lognormal(288, 7.0, 2), rate=10, run="b"),
        facts=orders(current_timeout_s=60),
    )
    assert found.verdict is Verdict.INSUFFICIENT_SAMPLES
    assert found.level_rate == 10.0
    assert found.quantile_ms is not None and found.quantile_ms > 4000
    assert "are needed" in found.reason and "none of calls" not in found.reason


def test_a_slower_guard_whose_answer_the_timeout_hides_leaves_no_number() -> None:
    """Proven above main's p99, though not above main's number: the number of main would cut it off."""
    facts = orders(current_timeout_s=60, production_peak_rate=10.0)
    main = calls(lognormal(3000, 9.0), rate=10)
    guard = calls(lognormal(260, 12.5, 2), rate=2, run="b", start=1.7e9 + 5000)
    alone, found = judge(main, facts=facts), judge(main, guard, facts=facts)
    assert alone.recommended_timeout_s is not None and found.quantile_lower_ms is not None
    assert 9000 < found.quantile_lower_ms < alone.recommended_timeout_s * 1000
    assert (found.recommended_timeout_s, found.level_rate) == (None, 2.0)
    assert any("at 2/s the action is proven slower" in line for line in found.warnings)
