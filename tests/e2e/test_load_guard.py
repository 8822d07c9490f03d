"""The guard over HTTP: what fails, hangs or bends; the org's limits and our token's."""

from pathlib import Path

import pytest

from analysis.samples.read_samples import read_samples
from tests.support.load_run import FIXED, action, is_whole, measure, sandbox

pytestmark = pytest.mark.e2e


def test_the_guard_stops_what_fails_or_hangs_and_slows_what_bends(tmp_path: Path) -> None:
    more = (
        action("Failing", FIXED, failures="{ share = 1.0, status = 500 }")
        + action(
            "Hanging", "{ model = 'fixed', at_ms = 9, outages = [{ from_s = 0, to_s = 99 }] }", timeout_s=1
        )
        + action("Bending", "{ model = 'fixed', at_ms = 1500, warm_up = { times = 0.01, for_s = 3 } }")
    )
    workload = """
[run]
duration = "7s"
[guard]
error_calls = 20
timeouts_in_a_row = 10
latency_window = "1s"
latency_factor = 6
[[action]]
name = "*"
rate = 20
"""
    with sandbox(tmp_path, top="as_org = true", more=more) as environment:
        found = measure(tmp_path, environment, workload)

    assert is_whole(found)
    assert {one.what: one.why for one in found.left_out} == {
        "Failing": "Failing: 100 % of its last 20 calls failed",
        "Hanging": "Hanging: 10 timeouts in a row; its backend does not answer",
    }
    assert any(note.startswith("Bending: half of its calls now take over") for note in found.notes)
    table = read_samples([tmp_path / "run"]).table
    offered = table.groupby("action_name", observed=True)["offered_rate"].agg(set)
    assert offered["Bending"] >= {20.0, 10.0}
    assert offered["Quick"] == {20.0}
    assert len(table[table["action_name"] == "Failing"]) < 60  # of 140 in 7 s
    last = table.groupby("action_name", observed=True)["started_at"].max()
    assert last["Quick"] - last["Failing"] > 2


def test_a_starved_org_stops_the_run_and_the_data_are_kept(tmp_path: Path) -> None:
    slow = "{ model = 'fixed', at_ms = 300 }"
    workload = '[run]\nrate = 20\nduration = "60s"\n[guard]\nrate_limited_stops = 2'
    with sandbox(tmp_path, concurrent=1, latency=slow) as environment:
        found = measure(tmp_path, environment, workload, code=8)

    assert found.status == "incomplete"
    reason = str(found.status_reason)
    assert "the org's data action limits (production is being refused too)" in reason
    assert reason.count("stopped to spare production") == 1
    assert not any("stopped to spare" in note for note in found.notes)
    assert any("pausing 1 s, then at half the rate" in note for note in found.notes)
    table = read_samples([tmp_path / "run"]).table
    assert {"ok", "rate_limited"} <= set(table["outcome"])
    assert table["started_at"].diff().max() > 0.8  # Retry-After was one second
    assert set(table["offered_rate"]) == {20.0, 10.0}


STARVED_ONCE = """
[[faults]]
kind = "status"
status = 429
limit = "dataactions"
retry_after_s = 60
path = "/test$"
skip = 40
hits = 1
"""


def test_all_workers_pause_when_one_meets_the_orgs_limit(tmp_path: Path) -> None:
    with sandbox(tmp_path, more=STARVED_ONCE) as environment:
        workload = '[run]\nrate = 40\nduration = "5s"'
        found = measure(tmp_path, environment, workload, "--processes", "2")

    table = read_samples([tmp_path / "run"]).table
    (refused,) = table[table["outcome"] == "rate_limited"]["started_at"]
    assert table["worker_id"].nunique() == 2
    # The other worker was refused nothing, and is silent all the same once the word has gone round.
    assert table.groupby("worker_id", observed=True)["started_at"].max().max() < refused + 1.5
    (note,) = found.notes
    assert "production is being refused too): pausing 60 s" in note


def test_a_429_for_our_token_pauses_the_run_and_says_so(tmp_path: Path) -> None:
    with sandbox(tmp_path, per_minute=60) as environment:
        found = measure(tmp_path, environment, '[run]\nrate = 20\nduration = "6s"\n[guard]\npause_s = 60')

    table = read_samples([tmp_path / "run"]).table
    refused = table[table["outcome"] == "rate_limited"]
    assert len(refused) >= 1
    assert len(refused) <= 40  # what left before the guard's second was over, and nothing after
    assert any("429 from our token's limit: pausing" in note for note in found.notes)
    assert (table["started_at"] < refused["started_at"].min() + 3).all()
