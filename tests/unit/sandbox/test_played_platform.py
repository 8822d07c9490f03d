"""A file of facts makes a sandbox that behaves so: client and sandbox read the same file, each by itself."""

from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diag.platform_facts import facts as client
from diag.platform_facts.fact_kinds import TimeoutWords
from diag.platform_facts.facts import PlatformFacts
from diag.platform_facts.platform_file import write_platform
from diag.sandbox import played_platform
from diag.sandbox.played_platform import read_played_platform
from diag.sandbox.sandbox import Sandbox
from diag.sandbox.sandbox_errors import ScenarioError
from diag.sandbox.world.scenario import Scenario, load_scenario
from diag.sandbox.world.switches import (
    AnalyticsSwitches,
    ClearTimeout,
    DraftTimeout,
    OutcomeWords,
    PatchConfig,
    RateLimitHeaders,
    SecureResults,
    StaleForm,
    Switches,
    TimeoutForm,
)
from tests.support.learnt_facts import learnt

BY_ITSELF = {"analytics", "audits", "resolved_request"}
"""Switches that a fact of another name states, or none."""
OF_ANALYTICS = {
    "views_per_query": "views_per_query",
    "percentiles": "analytics_percentiles",
    "by_correlation": "analytics_by_correlation",
    "lag_s": "analytics_lag_s",
}


def words(kind: object) -> st.SearchStrategy[Any]:
    return st.sampled_from(get_args(kind))


CODES = st.sampled_from(["request.timeout", "client.timeout", "504", "TIMEOUT", "execution_timed_out"])
ANALYTICS = st.builds(
    AnalyticsSwitches,
    views_per_query=st.integers(1, 1000),
    percentiles=st.booleans(),
    by_correlation=st.booleans(),
    lag_s=st.integers(0, 604_800).map(float),
    ok=st.builds(OutcomeWords, st.sampled_from(["200", "OK"]), st.sampled_from(["NONE", "SUCCESS"])),
    timeout=st.builds(OutcomeWords, CODES, CODES),
)
SWITCHES = st.builds(
    Switches,
    timeout_form=words(TimeoutForm),
    timeout_code=CODES,
    timeout_step=st.sampled_from(["Execute", "Execute request", "5"]),
    draft_timeout=words(DraftTimeout),
    stale_form=words(StaleForm),
    patch_config=words(PatchConfig),
    clear_timeout=words(ClearTimeout),
    secure_results=words(SecureResults),
    retry_after=st.booleans(),
    list_include_config=st.booleans(),
    subjects_me=st.booleans(),
    rate_limit_headers=words(RateLimitHeaders),
    limits_readable=st.booleans(),
    edge_timeout_s=st.integers(0, 60).map(float),
    max_page_size=st.integers(25, 100_000),
    analytics_count_tests=st.booleans(),
    analytics=ANALYTICS,
)


def learnt_of(switches: Switches) -> PlatformFacts:
    """What would be learnt of a platform with these switches, where everything is found."""
    analytics = switches.analytics
    values: dict[str, Any] = {
        item.name: getattr(switches, item.name) for item in fields(Switches) if item.name not in BY_ITSELF
    }
    values |= {fact: getattr(analytics, name) for name, fact in OF_ANALYTICS.items()}
    for seconds in ("edge_timeout_s", "analytics_lag_s"):
        values[seconds] = int(values[seconds])
    said = analytics.timeout
    values["analytics_timeout_words"] = TimeoutWords(said.error_type, said.response_status)
    for fact, dimension in (
        ("analytics_error_types", "error_type"),
        ("analytics_statuses", "response_status"),
    ):
        seen = {getattr(outcome, dimension) for outcome in (analytics.ok, analytics.timeout)}
        values[fact] = tuple(sorted(seen))
    return learnt("sandbox", **values)


def played(path: Path, facts: PlatformFacts, scenario: Scenario) -> Sandbox:
    write_platform(path, facts)
    sandbox = Sandbox(scenario, seed=1)
    read_played_platform(path).play(sandbox)
    return sandbox


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return load_scenario("empty-org")


def test_it_knows_every_fact_that_the_client_knows() -> None:
    assert {fact.key for fact in client.FACTS} == played_platform.FACTS


@pytest.mark.slow
@given(wanted=SWITCHES, before=SWITCHES)
def test_the_file_learnt_of_a_sandbox_makes_another_one_of_its_kind(
    wanted: Switches, before: Switches, scenario: Scenario, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.getbasetemp() / "played.toml"

    other = replace(before, analytics=replace(before.analytics, ok=OutcomeWords("200", "NONE")))
    sandbox = played(path, learnt_of(wanted), replace(scenario, switches=other))

    assert asdict(sandbox.switches) == asdict(wanted)


@pytest.mark.slow
@given(
    wanted=SWITCHES,
    keys=st.sets(st.sampled_from([item.name for item in fields(Switches) if item.name not in BY_ITSELF])),
)
def test_what_was_not_learnt_stays_as_the_scenario_has_it(
    wanted: Switches, keys: set[str], scenario: Scenario, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.getbasetemp() / "partly.toml"
    keys |= {"clear_timeout"}  # follows patch_config where only that is stated
    all_of_it = learnt_of(wanted)

    sandbox = played(
        path, learnt("sandbox", **{key: getattr(all_of_it, key).value for key in keys}), scenario
    )

    expected = asdict(scenario.switches) | {key: asdict(wanted)[key] for key in keys}
    assert asdict(sandbox.switches) == expected


def test_a_permission_that_the_file_denies_is_taken_away(tmp_path: Path, scenario: Scenario) -> None:
    sandbox = played(tmp_path / "p.toml", learnt("sandbox", flows_readable=False), scenario)

    assert "architect:flow:view" not in sandbox.permissions
    assert sandbox.permissions >= scenario.permissions - {"architect:flow:view"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("format_version = 2\n", "format_version is 2"),
        ("format_version = 1\n[patch_confg]\n", "unknown setting 'patch_confg'"),
        ("format_version = 1\n[patch_config]\n", "value is missing"),
        ("format_version = 1\n[patch_config]\nvalue = 'x'\n", "patch_config is 'x'"),
    ],
)
def test_what_is_not_such_a_file_is_refused(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "p.toml").write_text(text)

    with pytest.raises(ScenarioError, match=said):
        read_played_platform(tmp_path / "p.toml")
