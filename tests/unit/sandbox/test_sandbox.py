"""The backend behind an action: its own clock, its own streams, its refusals."""

from statistics import fmean
from typing import Any

import pytest

from diag.sandbox.executions.true_quantiles import oracle_json
from diag.sandbox.latency.distributions import Fixed, Lognormal
from diag.sandbox.latency.drawn_latency import LatencySpec
from diag.sandbox.latency.effects import LatencyDrift, WarmUp
from diag.sandbox.sandbox import ActionBackend, Sandbox
from diag.sandbox.world.actions.action_spec import ActionSpec, FailureSpec
from diag.sandbox.world.scenario import load_scenario


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


def test_truth_agrees_with_itself_and_names_what_it_cannot_say() -> None:
    told: dict[str, Any] = oracle_json(Sandbox(load_scenario("demo"), 1))
    actions = {a["name"]: a for a in told["actions"].values()}
    balance = actions["Get Account Balance"]
    assert balance["quantiles_ms"]["p99"] == balance["p99_ms"] == pytest.approx(290.4, abs=0.5)
    assert (balance["timeout_s"], balance["timeout_is_set"]) == (60, False)
    ticket = actions["Create Support Ticket"]
    assert ticket["exceed_1_to_60"][4] == pytest.approx(0.06, abs=0.001)
    assert len(ticket["exceed_1_to_60"]) == 60
    refused = actions["Get Loyalty Points"]
    assert (refused["p99_ms"], refused["notes"]) == (None, ["the backend refuses every call"])


def test_a_law_that_drifts_is_that_of_now() -> None:
    drift = LatencySpec(Fixed(100.0), drift=LatencyDrift(4.0))
    law = drift.law(3600.0)
    assert law is not None
    assert law.quantile(0.99) == pytest.approx(400.0)
    assert drift.notes() == ["drift: true only now"]
