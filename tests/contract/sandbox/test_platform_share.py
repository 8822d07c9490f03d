"""What the platform adds on top of a backend: in test calls and executions, and not in direct calls."""

from pathlib import Path
from typing import Any

import pytest

from diag.sandbox.iso_moments import iso
from diag.sandbox.sandbox_errors import ScenarioError
from diag.sandbox.world.scenario import load_scenario
from tests.support.sandbox_in_process import BEGAN_AT, InProcessSandbox

SCENARIO = """
description = "A platform that takes time of its own"
{share}
[limits]
token_requests_per_minute = 100000
[[integration]]
name = "I"
[[action]]
name = "Usual"
integration = "I"
category = "c"
timeout_s = 1
result = {{ done = true }}
history = {{ days = 1, peak_calls_per_hour = 200 }}
latency = {{ model = "lognormal", median_ms = 600, sigma = 0.4 }}
failures = [{{ share = 0.1, status = 500 }}]
[[action]]
name = "Built in"
integration = "I"
category = "c"
latency = {{ model = "fixed", at_ms = 30 }}
{own}
"""
SHARE = 'platform_share_ms = { model = "lognormal", median_ms = 120, sigma = 0.3 }'


def scenario(folder: Path, share: str = "", own: str = "") -> Path:
    path = folder / "share.toml"
    path.write_text(SCENARIO.format(share=share, own=own))
    return path


def ended(sandbox: InProcessSandbox, calls: int) -> list[dict[str, Any]]:
    """Test calls of "Usual", as the sandbox recorded them, with the time each really took."""
    rows = []
    for _ in range(calls):
        began_s = sandbox.clock.monotonic_s()
        id_ = sandbox.test("Usual").headers["inin-correlation-id"]
        (call,) = sandbox.get(f"/sandbox/truth/calls?ids={id_}")["calls"]
        rows.append({**call, "took_ms": (sandbox.clock.monotonic_s() - began_s) * 1e3})
    return rows


@pytest.mark.slow
def test_the_share_comes_on_top_of_the_same_backend(tmp_path: Path) -> None:
    with InProcessSandbox(scenario(tmp_path)) as without:
        bare = ended(without, 150)
    with InProcessSandbox(scenario(tmp_path, SHARE)) as sandbox:
        shared = ended(sandbox, 150)
        assert sandbox.direct("Usual").status_code in (200, 500)
        (direct,) = sandbox.get("/sandbox/truth/calls?after=150")["calls"]

    assert [call["drawn_ms"] for call in shared] == [call["drawn_ms"] for call in bare]
    assert {call["outcome"] for call in shared} == {"ok", "timeout", "backend_error"}
    for call, alone in zip(shared, bare, strict=True):
        assert (alone["platform_share_ms"], call["outcome"]) == (0.0, alone["outcome"])
        assert alone["took_ms"] == pytest.approx(min(alone["drawn_ms"], 1000.0))
        assert call["took_ms"] == pytest.approx(alone["took_ms"] + call["platform_share_ms"])
    assert sum(call["platform_share_ms"] > 120.0 for call in shared) == pytest.approx(75, abs=25)
    assert (direct["platform_share_ms"], direct["served_ms"]) == (0.0, pytest.approx(direct["drawn_ms"]))


@pytest.mark.slow
def test_truth_is_that_of_a_test_call_and_names_its_parts(tmp_path: Path) -> None:
    with InProcessSandbox(scenario(tmp_path, SHARE, "platform_share_ms = 0")) as sandbox:
        usual, built_in = (
            sandbox.get("/sandbox/truth")["actions"][sandbox.action_id(name)]
            for name in ("Usual", "Built in")
        )
        took_ms = [call["took_ms"] for call in ended(sandbox, 400) if call["outcome"] == "ok"]
    backend, share = usual["backend"]["quantiles_ms"], usual["platform_share"]["quantiles_ms"]
    assert (backend["p50"], share["p50"]) == (pytest.approx(600.0), pytest.approx(120.0))
    assert usual["p50_ms"] == pytest.approx(600.0 + 120.0, rel=0.02)
    assert max(backend["p99"], 900.0) < usual["p99_ms"] < backend["p99"] + share["p99"]
    below = sum(ms < usual["quantiles_ms"]["p75"] for ms in took_ms)
    assert below / 400 / 0.9 == pytest.approx(0.75, abs=0.08)
    assert built_in["p50_ms"] == built_in["backend"]["p50_ms"] == 30.0
    with InProcessSandbox(scenario(tmp_path)) as sandbox:
        alone = sandbox.get("/sandbox/truth")["actions"][sandbox.action_id("Usual")]
    assert (alone["quantiles_ms"], alone["platform_share"]) == (alone["backend"]["quantiles_ms"], None)


def test_the_made_up_past_has_the_share_too(tmp_path: Path) -> None:
    query = {
        "interval": f"{iso(BEGAN_AT - 43_200)}/{iso(BEGAN_AT)}",
        "metrics": ["tTotalExecution"],
        "groupBy": ["errorType"],
    }

    def past(share: str) -> dict[str, dict[str, float]]:
        with InProcessSandbox(scenario(tmp_path, share)) as sandbox:
            reply = sandbox.request("POST", "/api/v2/analytics/actions/aggregates/query", json=query)
            return {
                one["group"]["errorType"]: one["data"][0]["metrics"][0]["stats"]
                for one in reply.json()["results"]
            }

    bare, shared = past(""), past("platform_share_ms = 250")
    assert bare.keys() == shared.keys() == {"NONE", "REMOTE_ENDPOINT", "TIMEOUT"}
    assert {name: stats["count"] for name, stats in bare.items()} == {
        n: s["count"] for n, s in shared.items()
    }
    assert (bare["TIMEOUT"]["max"], shared["TIMEOUT"]["max"]) == (1000.0, 1250.0)
    assert shared["NONE"]["min"] == pytest.approx(bare["NONE"]["min"] + 250.0, abs=0.2)


@pytest.mark.parametrize(
    ("share", "said"),
    [
        ("platform_share_ms = -1", "from 0"),
        ('platform_share_ms = "fast"', "a number"),
        ('platform_share_ms = { model = "gauss" }', "one of"),
        (
            'platform_share_ms = { model = "fixed", at_ms = 1, outages = [{ from_s = 0, to_s = 1 }] }',
            "cannot have outages",
        ),
    ],
)
def test_a_share_that_makes_no_sense_is_refused(tmp_path: Path, share: str, said: str) -> None:
    for path in (scenario(tmp_path, share), scenario(tmp_path, own=share)):
        with pytest.raises(ScenarioError) as caught:
            load_scenario(str(path))
        assert said in f"{caught.value.message} {caught.value.hint}"
