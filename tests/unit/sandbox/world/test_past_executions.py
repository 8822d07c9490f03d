"""The made-up past: where it starts and ends, and that it stays what it is."""

from datetime import UTC, datetime

import pytest

from diag.sandbox.latency.distributions import Fixed, Lognormal
from diag.sandbox.latency.drawn_latency import LatencySpec
from diag.sandbox.latency.effects import ColdStarts, LatencyStep, Nightly
from diag.sandbox.world.past_executions import HistorySpec, PastCall, PastExecutions, PastFailures, _drawn

HOUR_S, DAY_S = 3600.0, 86_400.0
END = datetime(2026, 7, 15, 9, 20, tzinfo=UTC).timestamp()
SPEC = HistorySpec(days=3, peak_calls_per_hour=400.0)
LAW = Lognormal(800.0, 0.5)


def unset(_: float) -> None:
    """No timeout is set, at no moment."""


def calls(since: float, until: float, timeout_s: int = 60, end: float = END) -> list[PastCall]:
    return list(
        PastExecutions(SPEC, LatencySpec(LAW), "seed", end).calls((since, until), lambda _: timeout_s)
    )


def test_it_covers_its_days_and_ends_where_the_sandbox_starts() -> None:
    found = calls(0.0, END + 30 * DAY_S)
    assert END - 3 * DAY_S <= min(call.at for call in found) < END - 3 * DAY_S + HOUR_S
    assert END - HOUR_S < max(call.at for call in found) < END


def test_any_part_of_it_is_the_same_part() -> None:
    whole = set(calls(END - DAY_S, END))
    middle = END - 0.4 * DAY_S
    before, after = set(calls(END - DAY_S, middle)), set(calls(middle, END))
    assert before and after
    assert (before | after, before & after) == (whole, set())


def test_days_have_a_busy_and_a_quiet_time() -> None:
    noon = datetime(2026, 7, 14, 14, tzinfo=UTC).timestamp()
    midnight = datetime(2026, 7, 14, 2, tzinfo=UTC).timestamp()
    assert len(calls(noon, noon + HOUR_S)) == pytest.approx(400, abs=80)
    assert len(calls(midnight, midnight + HOUR_S)) == pytest.approx(40, abs=25)


def test_slow_calls_end_at_the_timeout() -> None:
    found = calls(END - 2 * DAY_S, END, timeout_s=2)
    late = [call for call in found if call.outcome == "timeout"]
    assert {call.duration_ms for call in late} == {2000.0}
    assert len(late) / len(found) == pytest.approx(LAW.sf(2000.0), rel=0.4)
    assert all(call.duration_ms <= 2000.0 for call in found if call.outcome == "ok")


def test_each_call_ends_at_the_timeout_of_its_moment() -> None:
    changed = END - DAY_S
    past = PastExecutions(SPEC, LatencySpec(LAW), "seed", END).calls(
        (0.0, END), lambda at: 2 if at < changed else None
    )
    late = [(call.at < changed, call.duration_ms) for call in past if call.duration_ms >= 2000.0]

    assert {duration for before, duration in late if before} == {2000.0}
    assert len({duration for before, duration in late if not before}) > 10


def test_production_has_its_nights_its_steps_and_its_cold_starts() -> None:
    slow_night = LatencySpec(Fixed(100.0), nightly=Nightly(2.0, 3.0, 5.0), step=LatencyStep(1.0, 3.0))
    past = PastExecutions(SPEC, slow_night, "seed", END).calls(
        (END - DAY_S, END + DAY_S), unset, END + 3 * HOUR_S
    )
    found = {(call.at >= END + HOUR_S, int(call.at // HOUR_S % 24), call.duration_ms) for call in past}

    assert {duration for stepped, hour, duration in found if hour == 2} == {500.0}
    assert {duration for stepped, hour, duration in found if hour != 2 and not stepped} == {100.0}
    assert {duration for stepped, _, duration in found if stepped} == {300.0}

    cold = LatencySpec(Fixed(100.0), cold_start=ColdStarts(600.0, 2000.0))
    rare = HistorySpec(days=3, peak_calls_per_hour=6.0)
    shares = {}
    for rate, of in (("busy", SPEC), ("rare", rare)):
        waking = PastExecutions(of, cold, "seed", END)
        durations = [call.duration_ms for call in waking.calls((0.0, END), unset)]
        shares[rate] = sum(duration > 2000.0 for duration in durations) / len(durations)
    assert shares["busy"] < 0.01 < 0.3 < shares["rare"]


def test_production_goes_on_where_time_is_let_pass() -> None:
    past = PastExecutions(SPEC, LatencySpec(LAW), "seed", END)
    on = list(past.calls((END, END + DAY_S), unset, END + 5 * HOUR_S))

    assert END + 4 * HOUR_S < max(call.at for call in on) < END + 5 * HOUR_S
    assert min(call.at for call in on) < END + HOUR_S


def test_a_share_of_the_past_failed_in_its_own_time_and_no_later_than_the_timeout() -> None:
    failures = (PastFailures(0.1, Fixed(30.0)), PastFailures(0.05, Fixed(9000.0)))
    spec = HistorySpec(days=3, peak_calls_per_hour=400.0, failures=failures)
    past = PastExecutions(spec, LatencySpec(Fixed(100.0)), "seed", END)
    found = list(past.calls((0.0, END), lambda _: 5))
    shares = {
        kind: sum((call.outcome, call.duration_ms) == kind for call in found) / len(found)
        for kind in (("ok", 100.0), ("backend_error", 30.0), ("timeout", 5000.0))
    }
    assert list(shares.values()) == pytest.approx([0.85, 0.1, 0.05], abs=0.02)


def test_a_fortnight_of_a_whole_scenario_is_drawn_once_however_often_it_is_asked_for() -> None:
    spec = HistorySpec(days=14, peak_calls_per_hour=0.5)
    of_six = [PastExecutions(spec, LatencySpec(LAW), f"seed{n}", END) for n in range(6)]
    first = [list(past.calls((0.0, END), unset)) for past in of_six]
    drawn = _drawn.cache_info().misses

    assert [list(past.calls((0.0, END), unset)) for past in of_six] == first
    assert _drawn.cache_info().misses == drawn
