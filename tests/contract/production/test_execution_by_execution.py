"""Executions read one by one from the sandbox, held against what its backend really did; queries counted."""

import json
import math
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest

from analysis.production.hourly_counts import BucketCounts
from analysis.recommend_settings import RecommendSettings
from diag.genesys.client import GenesysClient
from diag.genesys.http.connection import Connection
from diag.genesys.http.secret import Secret
from diag.platform_facts.fact_kinds import TimeoutWords
from diag.platform_facts.facts import Learnt, PlatformFacts
from diag.production.drift_and_resemblance import findings_of
from diag.production.judge_telemetry import evidence_of
from diag.production.production_evidence import Place, ProductionEvidence, ProductionQuestion
from diag.production.reading.read_telemetry import read_production
from diag.production.reading.time_window import last_days
from diag.production.saved_evidence import to_json
from diag.sandbox.world.past_executions import PastCall, PastExecutions
from diag.sandbox.world.scenario import load_scenario
from tests.support import sandbox_control
from tests.support.running_sandbox import RunningSandbox, StartSandbox

SCENARIO = """
description = "Production in which calls fail fast and are cut off"

[limits]
token_requests_per_minute = 100000

[[integration]]
name = "Backend"
type = "custom-rest-actions"

[[action]]
name = "Orders"
integration = "Backend"
category = "Web"
timeout_s = 4
latency = { model = "lognormal", median_ms = 900, sigma = 0.35 }
history = { days = 9, peak_calls_per_hour = 40 }
failures = [
  { share = 0.2, status = 500, latency = { model = "fixed", at_ms = 30 } },
  { share = 0.002, status = 500, latency = { model = "fixed", at_ms = 9000 } },
]
"""
NOW = datetime.now(UTC)
WINDOW = last_days(7, NOW)
ON = date(2026, 11, 29)
LEARNT = {
    "analytics_timeout_words": Learnt(TimeoutWords("TIMEOUT", "504"), ON, "seen"),
    "analytics_success_words": Learnt(TimeoutWords("NONE", "200"), ON, "seen"),
}


@pytest.fixture(scope="module")
def box(start_module_sandbox: StartSandbox, tmp_path_factory: pytest.TempPathFactory) -> RunningSandbox:
    path = tmp_path_factory.mktemp("scenario") / "org.toml"
    path.write_text(SCENARIO)
    return start_module_sandbox(str(path))


@pytest.fixture
def org(box: RunningSandbox) -> Iterator[RunningSandbox]:
    usual = sandbox_control.ask(box.base_url, "switches")["analytics"]
    yield box
    box.switch(analytics=usual)


@pytest.fixture(scope="module")
def past(box: RunningSandbox, tmp_path_factory: pytest.TempPathFactory) -> list[PastCall]:
    """What really happened in the window."""
    path = tmp_path_factory.mktemp("truth") / "org.toml"
    path.write_text(SCENARIO)
    (spec,) = load_scenario(str(path)).actions
    assert spec.history is not None
    seed = f"1:{box.action_id('Orders')}:past"
    span = (WINDOW.since.timestamp(), WINDOW.until.timestamp())
    executions = PastExecutions(spec.history, spec.latency, seed, datetime.now(UTC).timestamp())
    return list(executions.calls(span, lambda _: 4))


def read(box: RunningSandbox, **facts: Any) -> tuple[ProductionEvidence, BucketCounts, int]:
    """What is observed, its counts, and how many queries about the action that took."""
    connection = Connection(
        box.base_url,
        box.base_url,
        "sandbox",
        Secret("sandbox"),
        platform=PlatformFacts("sandbox", **facts),
    )
    with GenesysClient(connection) as client:
        actions = client.list_actions(include_auth_actions=False)
        before = client.requests
        production = read_production(client, actions, WINDOW)
        queries = client.requests - before - 1  # one lists which actions were executed at all
    question = ProductionQuestion(WINDOW, RecommendSettings())
    evidence = evidence_of(production, question, Place(box.base_url, True), 50)
    (observed,) = evidence.observed.values()
    return evidence, observed.counts, queries


def ms_of(past: list[PastCall], outcome: str) -> Counter[int]:
    return Counter(math.ceil(round(call.duration_ms, 1)) for call in past if call.outcome == outcome)


def held_against_the_truth(counts: BucketCounts, past: list[PastCall]) -> None:
    exact = [hour.exact for hour in counts.hours if hour.exact is not None]
    assert len(exact) == len(counts.hours)
    assert Counter(ms for hour in exact for ms in hour.ended_ms) == ms_of(past, "ok")
    assert Counter(ms for hour in exact for ms in hour.failed_ms) == ms_of(past, "backend_error")
    assert sum(hour.cut_off for hour in counts.hours) == sum(ms_of(past, "timeout").values())


@pytest.mark.slow
def test_one_query_gives_every_execution_and_how_it_ended(org: RunningSandbox, past: list[PastCall]) -> None:
    evidence, counts, queries = read(org, **LEARNT)
    held_against_the_truth(counts, past)
    assert queries == 1
    (action,) = evidence.analysis.actions
    # The backend fails a fifth of its calls in 30 ms: those must not make p99 look fast.
    longer = {"ok": 0.0, "timeout": math.inf}
    waited = sorted(call.duration_ms + longer[call.outcome] for call in past if call.outcome in longer)
    assert action.quantile_ms == pytest.approx(waited[math.ceil(0.99 * len(waited)) - 1], rel=0.01)
    assert action.ok == sum(ms_of(past, "ok").values())
    assert action.timeouts == sum(ms_of(past, "timeout").values())
    (observed,) = evidence.observed.values()
    assert observed.platform is not None and observed.platform.agrees
    saved = json.dumps(to_json(evidence, findings_of(evidence.observed, RecommendSettings())))
    assert "past-" not in saved  # the correlation ids of the sandbox's past


@pytest.mark.slow
@pytest.mark.parametrize("over_groups", ["refused", "cut"])
def test_an_org_that_takes_fewer_groups_is_asked_in_smaller_parts(
    org: RunningSandbox, past: list[PastCall], over_groups: str
) -> None:
    org.switch(analytics={"most_groups": 600, "over_groups": over_groups})
    _, counts, queries = read(org, **LEARNT)
    held_against_the_truth(counts, past)
    assert queries <= 1 + 20  # the hours once, and a budget


@pytest.mark.parametrize(
    ("switches", "facts", "most_queries"),
    [
        ({"by_correlation": False}, {}, 3),  # asked, asked of one hour, and then counted
        ({"by_correlation": False}, {"analytics_by_correlation": Learnt(False, ON, "seen")}, 1),
        ({"most_groups": 60, "over_groups": "cut"}, {}, 5),
        ({"most_groups": 60, "over_groups": "refused"}, {}, 8),  # a refusal does not tell how many there are
        ({"by_correlation": False, "views_per_query": 2}, {"views_per_query": Learnt(2, ON, "seen")}, 4),
    ],
)
def test_where_it_is_not_allowed_whole_seconds_are_counted(
    org: RunningSandbox,
    past: list[PastCall],
    switches: dict[str, Any],
    facts: dict[str, Any],
    most_queries: int,
) -> None:
    org.switch(analytics=switches)
    _, counts, queries = read(org, **LEARNT, **facts)
    assert all(hour.exact is None for hour in counts.hours)
    assert queries <= most_queries
    for second in range(1, 5):
        ended = sum(call.outcome == "ok" and call.duration_ms < second * 1e3 for call in past)
        assert sum(hour.below[second - 1] for hour in counts.hours) == ended
    assert counts.failed == sum(ms_of(past, "backend_error").values())
    assert counts.executions == len(past)


@pytest.mark.slow
def test_without_words_failures_count_as_they_always_did(org: RunningSandbox, past: list[PastCall]) -> None:
    org.switch(analytics={"percentiles": False})
    evidence, counts, _ = read(org)
    assert counts.failed == 0 and not counts.outcomes_known
    assert counts.executions == len(past)
    (observed,) = evidence.observed.values()
    assert observed.platform is None
