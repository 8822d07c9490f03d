"""The backend behind an action: its own clock, its own streams, its refusals."""

from statistics import fmean

import pytest

from diag.sandbox.latency.distributions import Fixed, Lognormal
from diag.sandbox.latency.drawn_latency import LatencySpec
from diag.sandbox.latency.effects import WarmUp
from diag.sandbox.world.action_backend import ActionBackend
from diag.sandbox.world.actions.action_spec import ActionSpec, FailureSpec


def spec(latency: LatencySpec, *failures: FailureSpec) -> ActionSpec:
    return ActionSpec("A", "I", "c", latency=latency, failures=failures)


def test_the_clock_of_a_backend_starts_with_its_first_call() -> None:
    backend = ActionBackend(spec(LatencySpec(Fixed(100.0), warm_up=WarmUp(3.0, 10.0))), 1, "a")
    assert backend.age_s(500.0) == 0.0
    assert [backend.call(now_s)[0] for now_s in (500.0, 505.0, 510.0)] == [300.0, 200.0, 100.0]
    assert backend.age_s(512.0) == 12.0


def test_a_share_of_calls_is_refused_with_its_own_latency() -> None:
    refusals = (
        FailureSpec(0.2, 422, LatencySpec(Fixed(5.0))),
        FailureSpec(0.1, 503, LatencySpec(Fixed(7.0))),
    )
    backend = ActionBackend(spec(LatencySpec(Fixed(100.0)), *refusals), 1, "a")
    calls = [backend.call(0.0) for _ in range(20_000)]
    for failure in refusals:
        share = fmean(refused is failure for _, refused in calls)
        assert share == pytest.approx(failure.share, abs=0.015)
    latencies = {None if refused is None else refused.status: latency for latency, refused in calls}
    assert latencies == {None: 100.0, 422: 5.0, 503: 7.0}


def test_refusals_do_not_shift_the_healthy_latencies() -> None:
    law = LatencySpec(Lognormal(100.0, 0.5))
    plain = ActionBackend(spec(law), 1, "a")
    refusing = ActionBackend(spec(law, FailureSpec(0.5, 500, LatencySpec(Fixed(1.0)))), 1, "a")
    healthy = [latency for latency, refused in (refusing.call(0.0) for _ in range(200)) if refused is None]
    assert healthy == [plain.call(0.0)[0] for _ in healthy]
