"""The demo org and the analysis agree: 45 s at 20 calls/s settle every action, whatever the seed."""

from pathlib import Path

import pandas as pd
import pytest

from analysis.format.action_facts import ActionFacts
from analysis.samples.read_samples import read_samples
from analysis.verdicts.recommend import recommend
from diag.sandbox.world.action_backend import ActionBackend
from diag.sandbox.world.scenario import load_scenario

RATE, SPAN_S, DRAIN_S = 20, 45, 10

EXPECTED = {
    "Get Customer by Phone": ("ok", 3),
    "Look Up Open Orders": ("raise", 5),
    "Search Knowledge Articles": ("lower", 2),
    "Create Support Ticket": ("censored_needs_probe", None),
    "Get Account Balance": ("lower", 1),
    "Run Credit Check": ("over_cap_use_async", 30),
    "Reserve Delivery Slot": ("ok", 3),
    "Get Loyalty Points": ("no_data", None),
    "Quote Shipping Rate": ("lower", 4),
    "Check Appointment Slots": ("raise", 3),
    "Get User Presence": ("not_configurable", None),
    "Custom Auth - Billing": ("not_configurable", None),
}


def simulated_run(seed: int) -> pd.DataFrame:
    """What a run that stops waiting after `DRAIN_S` would record, without the waiting."""
    rows = []
    for spec in load_scenario("demo").actions:
        backend, timeout_s = ActionBackend(spec, seed, spec.name), spec.timeout_s or 60
        for i in range(RATE * SPAN_S):
            at_s = i / RATE
            latency_ms, refusal = backend.call(at_s)
            left_ms = (SPAN_S + DRAIN_S - at_s) * 1e3
            outcome = "ok" if refusal is None else "invalid_input"
            if latency_ms > timeout_s * 1e3:
                outcome, latency_ms = "timeout", timeout_s * 1e3
            if latency_ms > left_ms:
                outcome, latency_ms = "client_timeout", left_ms
            rows.append((spec.name, 1.7e9 + at_s, latency_ms, outcome, timeout_s, RATE))
    names = ["action_id", "started_at", "latency_ms", "outcome", "timeout_s", "offered_rate"]
    return pd.DataFrame(rows, columns=names)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_every_action_gets_its_verdict(tmp_path: Path, seed: int) -> None:
    path = tmp_path / "samples.csv"
    simulated_run(seed).to_csv(path, index=False)
    facts = {
        spec.name: ActionFacts(
            spec.name,
            current_timeout_s=spec.timeout_s or 60,
            timeout_is_set=spec.timeout_s is not None,
            configurable=spec.kind == "custom",
        )
        for spec in load_scenario("demo").actions
    }
    found = recommend(read_samples([path]), facts).actions
    assert {a.action_id: (str(a.verdict), a.recommended_timeout_s) for a in found} == EXPECTED
