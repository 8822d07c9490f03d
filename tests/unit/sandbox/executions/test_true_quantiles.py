"""The sandbox's oracle: the exact quantiles of each action, and what they leave out."""

from typing import Any

import pytest

from diag.sandbox.executions.true_quantiles import oracle_json
from diag.sandbox.latency.distributions import Fixed
from diag.sandbox.latency.drawn_latency import LatencySpec
from diag.sandbox.latency.effects import LatencyDrift
from diag.sandbox.sandbox import Sandbox
from diag.sandbox.world.scenario import load_scenario


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
