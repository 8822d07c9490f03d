"""The made-up past: where it starts and ends, and that it stays what it is."""

from datetime import UTC, datetime

import pytest

from diag.sandbox.latency.distributions import Lognormal
from diag.sandbox.world.past_executions import HistorySpec, PastCall, past_calls

HOUR_S, DAY_S = 3600.0, 86_400.0
END = datetime(2026, 7, 15, 9, 20, tzinfo=UTC).timestamp()
SPEC = HistorySpec(days=3, peak_calls_per_hour=400.0)
LAW = Lognormal(800.0, 0.5)


def calls(since: float, until: float, timeout_s: int = 60, end: float = END) -> list[PastCall]:
    return list(past_calls(SPEC, LAW, timeout_s, "seed", (since, until), end))


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
    late = [call for call in found if call.timed_out]
    assert {call.duration_ms for call in late} == {2000.0}
    assert len(late) / len(found) == pytest.approx(LAW.sf(2000.0), rel=0.4)
    assert all(call.duration_ms <= 2000.0 for call in found if not call.timed_out)
