"""What is said of an action, and the command that follows."""

import numpy as np
import pytest

from analysis.number_words import percent
from analysis.recommend_settings import RecommendSettings
from analysis.verdicts.recommendation import Verdict
from tests.support.sample_tables import calls, judge, lognormal, orders


def test_too_few_calls_say_how_many_are_missing() -> None:
    found = judge(calls(lognormal(250, 2.0)))
    assert found.verdict is Verdict.INSUFFICIENT_SAMPLES
    assert found.recommended_timeout_s is None
    assert found.calls_needed == 299 - found.samples
    assert (
        found.reason
        == f"{found.samples} calls are too few for a safe number: {found.calls_needed} more are needed "
        "(380 in a run of its own, its warm-up included)."
    )
    assert found.next_command == "diag measure --action orders --calls 380"


def test_a_p99_beyond_the_cap_is_said_with_the_uncapped_number() -> None:
    found = judge(calls(lognormal(5000, 40.0)), facts=orders(current_timeout_s=60))
    assert (found.verdict, found.recommended_timeout_s) == (Verdict.OVER_CAP_USE_ASYNC, 30)
    assert found.uncapped_timeout_s is not None and found.uncapped_timeout_s > 30
    assert found.reason.count(". ") == 0
    assert found.reason.startswith("No timeout up to 30 s fits: p99 is ")
    assert found.reason.endswith(", and 30 s would cut off 3.3 % of calls; make this call asynchronous.")
    capped = judge(calls(lognormal(5000, 40.0), timeout_s=30), facts=orders(current_timeout_s=30))
    assert capped.verdict is Verdict.OVER_CAP_USE_ASYNC and "--force" not in capped.reason


def test_a_timeout_that_fits_though_the_rule_gives_another_says_so() -> None:
    near, exact = (
        judge(calls(lognormal(3000, p99_s)), facts=orders(current_timeout_s=3)) for p99_s in (2.55, 2.1)
    )
    assert near.verdict is exact.verdict is Verdict.OK
    assert near.reason.endswith("; the timeout of 3 s fits, near enough to the 4 s that the rule gives.")
    assert exact.reason.endswith("; the timeout of 3 s fits.")


def test_what_is_missing_is_said_in_calls_that_can_see_far_enough() -> None:
    found = judge(
        calls(lognormal(950, 6.0), timeout_s=5),
        calls(lognormal(330, 6.0, seed=5), target="draft", run="probe", start=1.7e9 + 500),
        facts=orders(current_timeout_s=5),
    )
    assert found.verdict is Verdict.INSUFFICIENT_SAMPLES
    assert "could be observed beyond 5 s" in found.reason
    assert "confidence" not in found.reason
    assert found.next_command is not None and "--probe" in found.next_command
    assert found.calls_needed is not None and 20 <= found.calls_needed <= 400


def test_only_the_bound_over_the_cap_asks_for_more_calls() -> None:
    x = np.r_[np.full(396, 2.0), [8.0, 12.0, 20.0, 50.0]]
    np.random.default_rng(3).shuffle(x)
    found = judge(calls(x))
    assert found.verdict is Verdict.INSUFFICIENT_SAMPLES
    assert "above the cap" in found.reason


def test_an_impossible_timeout_in_a_file_is_unknown() -> None:
    for impossible in (0, 99):
        found = judge(calls(lognormal(5000, 2.0)).assign(timeout_s=impossible))
        assert found.current_timeout_s is None
        assert f"at {impossible} s" not in found.reason and f"wait {impossible} s" not in found.reason


def test_a_fresh_run_of_the_calls_named_is_enough() -> None:
    found = judge(calls(lognormal(180, 2.0)))
    assert found.next_command is not None
    fresh = int(found.next_command.rsplit(" ", 1)[1])
    assert judge(calls(lognormal(fresh, 2.0, 5))).recommended_timeout_s is not None


def test_a_timeout_nobody_knows_is_neither_raised_nor_lowered() -> None:
    table = calls(lognormal(5000, 2.0), rate=1.0).drop(columns="timeout_s")
    found = judge(table)
    assert found.reason.endswith("; the present timeout is not known: set 3 s.")
    assert found.current_timeout_s is found.cut_off_now is None
    assert judge(table, facts=orders(current_timeout_s=60)).reason.endswith(": lower to 3 s.")


def test_a_number_that_has_to_wait_is_not_said_as_the_one_to_set() -> None:
    short = judge(calls(lognormal(5000, 2.0)), facts=orders(current_timeout_s=60))
    assert short.reason.endswith(
        "s would do, but wait: these calls cover 8 min 5 s, and slow hours may look different."
    )
    assert "lower to" not in short.reason and "--force" not in short.reason


def test_the_timeouts_that_fired_are_named_not_the_one_in_force() -> None:
    slow = calls(lognormal(3000, 6.0), timeout_s=3)
    later = calls(lognormal(600, 6.0, 2), timeout_s=5, run="b", start=1.7e9 + 9000)
    assert "hit the 3 s timeout" in judge(slow, facts=orders(current_timeout_s=10)).reason
    assert "hit timeouts of 3 to 5 s" in judge(slow, later, facts=orders(current_timeout_s=5)).reason
    assert "hit their timeout, so" in judge(slow.drop(columns="timeout_s")).reason


@pytest.mark.parametrize(
    ("confidence", "said"),
    [(0.999, "with 99.9 % confidence"), (0.975, "with 97.5 % confidence"), (0.9, "with 90 % confidence")],
)
def test_sureness_is_said_as_it_was_asked_for(confidence: float, said: str) -> None:
    assert (
        said in judge(calls(lognormal(5000, 1.0)), settings=RecommendSettings(confidence=confidence)).reason
    )


def test_a_single_hung_call_does_not_hide_that_bursts_are_what_is_missing() -> None:
    slow = lognormal(600, 26.0, 2, sigma=0.65)
    slow[300] = 99.0
    later = calls(slow, run="b", start=1.7e9 + 9000)
    found = judge(calls(lognormal(10_000, 2.0), rate=10.0), later)
    assert found.verdict is Verdict.INSUFFICIENT_SAMPLES
    assert found.reason.startswith("Slow calls come in bursts here, so 10,330 calls tell as much as ")
    assert "more are needed" in found.reason and "60 s" not in found.reason


def test_two_short_runs_a_month_apart_are_not_a_month() -> None:
    found = judge(
        calls(lognormal(1000, 2.0), rate=1),
        calls(lognormal(1000, 2.0, 2), rate=1, run="b", start=1.7e9 + 30 * 86_400),
        facts=orders(current_timeout_s=3),
    )
    assert "33 min spread over 30 days" in found.reason
    assert not any("10 days" in line for line in found.warnings)


def test_calls_that_end_a_little_after_their_timeout_are_still_seen() -> None:
    """The overhead of the network: an answer at 4.02 s although the timeout is 4 s."""
    table = calls(lognormal(180, 3.0), timeout_s=4)
    table.loc[100, "latency_ms"], table.loc[100, "outcome"] = 4020.0, "ok"
    found = judge(table, facts=orders(current_timeout_s=4))
    assert found.verdict is Verdict.INSUFFICIENT_SAMPLES
    assert "only 0 of them" not in found.reason and found.far_seeing_calls is None
    assert found.calls_needed is not None and found.calls_needed >= 5


def test_almost_sure_is_never_shown_as_sure() -> None:
    found = judge(calls(lognormal(372, 1.0)))
    assert found.samples == 298  # 94.996 % confidence
    assert found.reason == (
        "298 calls are too few for a safe number: 1 more is needed "
        "(380 in a run of its own, its warm-up included)."
    )


def test_calls_that_were_never_sent_are_spoken_of_where_they_are_many() -> None:
    x = lognormal(2000, 1.5)
    number = np.arange(2000)

    def warnings(every: int) -> list[str]:
        lost = number % every == 0
        found = judge(calls(np.where(lost, 0.0, x), outcome=np.where(lost, "network_error", "ok")))
        return [line for line in found.warnings if "found no connection" in line]

    assert warnings(5)[0].startswith("20 % of calls found no connection and do not count: ")
    assert warnings(200) == []  # fewer than the p99 leaves


def test_calls_that_errors_ended_are_spoken_of() -> None:
    x = lognormal(2000, 1.5)
    failed = calls(x, outcome=np.where(np.arange(2000) % 2, "network_error", "ok"))
    found = judge(failed)
    assert "50 % of them ended by an error" in found.reason
    assert found.next_command == "diag doctor"
    some = judge(calls(x, outcome=np.where(np.arange(2000) % 10, "ok", "platform_error")))
    assert any(line.startswith("10 % of calls ended in an error") for line in some.warnings)
    assert not any("error" in line for line in judge(calls(x)).warnings)
    backend = judge(calls(x, outcome=np.where(np.arange(2000) % 10, "ok", "backend_error"), rate=1.0))
    assert "min, 10 % of them ended by an error)" in backend.reason
    assert "error" not in judge(calls(x)).reason


def test_a_share_below_the_accepted_one_is_too_near_not_proof() -> None:
    x = np.random.default_rng(1).permutation(np.r_[np.full(45, 9.0), lognormal(4955, 2.0)])
    found = judge(calls(x, timeout_s=5), facts=orders(current_timeout_s=5))
    assert found.verdict is Verdict.CENSORED_NEEDS_PROBE and found.quantile_ms is not None
    assert "% of all calls hit the 5 s timeout, too close to 1 %: p99 is above" in found.reason


def test_an_unstable_action_beyond_the_cap_is_not_said_to_be_covered() -> None:
    fast = calls(lognormal(40_000, 2.0), rate=50.0)
    slow = calls(lognormal(4000, 32.4, 2), rate=50.0, run="b", start=1.7e9 + 9000)
    found = judge(fast, slow, settings=RecommendSettings(cap_s=30))
    assert (found.verdict, found.recommended_timeout_s) == (Verdict.UNSTABLE, 30)
    assert f"the slower one needs {found.uncapped_timeout_s} s, above the cap of 30 s." in found.reason


def test_timeouts_and_errors_are_counted_each_for_itself() -> None:
    took = lognormal(3000, 3.0, 2)
    fails = np.random.default_rng(2).random(took.size) < 0.06
    outcome = np.where(fails, "network_error", np.where(took > 2.0, "timeout", "ok"))
    found = judge(calls(np.minimum(took, 2.0), outcome=outcome, timeout_s=2))

    assert found.verdict is Verdict.CENSORED_NEEDS_PROBE and found.timeouts < found.censored
    hit, ended = (count / found.samples for count in (found.timeouts, found.censored - found.timeouts))
    assert found.reason.startswith(
        f"{percent(hit)} of all calls hit the 2 s timeout and {percent(ended)} ended in an error, "
        "so p99 is above"
    )


def test_a_raise_to_the_floor_is_said_to_be_that() -> None:
    fast, floor = calls(lognormal(2000, 0.3), timeout_s=2), RecommendSettings(floor_s=5)
    found = judge(fast, facts=orders(current_timeout_s=2), settings=floor)

    assert (found.verdict, found.recommended_timeout_s) == (Verdict.RAISE, 5)
    assert found.reason.endswith("; the timeout of 2 s is below the floor of 5 s: raise to 5 s.")
    slow = judge(calls(lognormal(2000, 3.5), timeout_s=60), facts=orders(current_timeout_s=2), settings=floor)
    assert (
        slow.recommended_timeout_s == 5 and " of good calls now time out at 2 s: raise to 5 s" in slow.reason
    )


def test_a_cap_below_the_usual_one_may_be_raised() -> None:
    capped = judge(calls(lognormal(5000, 5.0)), settings=RecommendSettings(cap_s=3))

    assert capped.verdict is Verdict.OVER_CAP_USE_ASYNC
    assert capped.reason.endswith("; raise the cap, or make this call asynchronous.")


def test_ten_seconds_and_some_milliseconds_are_ten_seconds() -> None:
    took = lognormal(3000, 2.0, 2)
    ends = np.random.default_rng(2).random(took.size) < 0.02
    found = judge(calls(np.where(ends, 10.01, took), outcome=np.where(ends, "backend_error", "ok")))

    assert "ended by the backend itself after about 10 s: no longer timeout changes that" in found.reason


def test_how_long_a_caller_waits_is_what_is_in_force_until_it_is_changed() -> None:
    held = judge(calls(lognormal(5000, 2.0)), facts=orders(current_timeout_s=60))
    lowered = judge(calls(lognormal(5000, 2.0), rate=1.0), facts=orders(current_timeout_s=60))
    slow = judge(calls(lognormal(5000, 40.0)), facts=orders(current_timeout_s=60))
    few = judge(calls(lognormal(120, 2.0)), facts=orders(current_timeout_s=10))

    assert [row.worst_wait_s for row in (held, lowered, slow, few)] == [60, 3, 60, 10]


def test_the_lowest_rate_that_was_too_high_is_named() -> None:
    outcome = np.where(np.random.default_rng(2).random(2000) < 0.5, "backend_error", "ok")
    found = judge(calls(lognormal(2000, 0.4), outcome=outcome, rate=8.0))

    assert "of calls ended in a backend error even at 8/s, the lowest rate tested" in found.reason
    assert found.next_command == "diag measure --action orders --rate 4"


@pytest.mark.parametrize("timeouts", [0, 3])
def test_of_few_calls_errors_are_not_said_to_be_cut_off_by_a_timeout(timeouts: int) -> None:
    took, outcome = lognormal(100, 1.0, 3), np.full(100, "ok", dtype=object)
    took[30:34], outcome[30:34] = 8.0, "network_error"
    took[60 : 60 + timeouts], outcome[60 : 60 + timeouts] = 9.0, "timeout"
    found = judge(calls(took, outcome=outcome, timeout_s=9))

    assert found.verdict is Verdict.INSUFFICIENT_SAMPLES and found.next_command is not None
    assert f", {percent(4 / found.samples)} of them ended by an error" in found.reason
    if timeouts:
        cut = (
            f": {percent(3 / found.samples)} were cut off by their timeout, so only a longer timeout can show"
        )
        assert cut in found.reason and "--probe" in found.next_command
    else:
        assert found.reason.endswith(", which hide how long calls take: find the cause of the errors first.")
        assert found.next_command == "diag doctor"
