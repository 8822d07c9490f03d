"""Scenario files: the shipped ones load, and every mistake is named with its place."""

import re
from pathlib import Path

import pytest

from diag.sandbox.faults.fault import Fault
from diag.sandbox.sandbox_errors import ScenarioError
from diag.sandbox.world.limits import Limits
from diag.sandbox.world.scenario import load_scenario, shipped_scenarios
from diag.sandbox.world.switches import Switches

GOOD = """
description = "x"
[[integration]]
name = "CRM"
[[action]]
name = "A"
integration = "CRM"
category = "c"
timeout_s = 5
latency = { model = "lognormal", median_ms = 100, sigma = 0.3 }
"""


@pytest.mark.parametrize("name", shipped_scenarios())
def test_every_shipped_scenario_loads_and_says_what_it_teaches(name: str) -> None:
    scenario = load_scenario(name)
    assert scenario.name == name
    assert len(scenario.description) > 20
    assert scenario.actions or name == "empty-org"


def test_the_demo_has_every_kind_of_action() -> None:
    scenario = load_scenario("demo")
    assert len(scenario.actions) == 12
    assert {action.kind for action in scenario.actions} == {"custom", "static", "custom_auth"}
    assert {"GET", "POST"} == {action.request_type for action in scenario.actions}


def test_a_file_of_ones_own(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(GOOD)
    (action,) = load_scenario(str(path)).actions
    law = action.latency.law(0.0)
    assert law is not None
    assert action.timeout_s == 5
    assert law.quantile(0.5) == pytest.approx(100.0)


def test_limits_switches_faults_and_permissions_of_a_file(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(
        'without_permissions = ["integrations:action:edit"]\ntoken_lifetime_s = 60\n'
        + GOOD
        + '[limits]\nconcurrent_executions = 7\n[switches]\ntimeout_form = "408"\nedge_timeout_s = 2.5\n'
        + '[[faults]]\nkind = "reset"\nshare = 0.25\n'
    )
    scenario = load_scenario(str(path))
    assert scenario.limits == Limits(concurrent_executions=7)
    assert scenario.switches == Switches(timeout_form="408", edge_timeout_s=2.5)
    assert scenario.faults == (Fault("reset", share=0.25),)
    assert scenario.token_lifetime_s == 60
    assert "integrations:action:edit" not in scenario.permissions
    assert "integrations:action:view" in scenario.permissions


def test_copies_are_numbered(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(GOOD.replace('name = "A"', 'name = "A {n}"\ncopies = 3'))
    assert [a.name for a in load_scenario(str(path)).actions] == ["A 00001", "A 00002", "A 00003"]


def test_a_trace_beside_the_scenario(tmp_path: Path) -> None:
    (tmp_path / "trace.csv").write_text("other,latency_ms\nx,30\ny,10\n")
    path = tmp_path / "mine.toml"
    model = 'model = "lognormal", median_ms = 100, sigma = 0.3'
    path.write_text(GOOD.replace(model, 'model = "replay", file = "trace.csv"'))
    (action,) = load_scenario(str(path)).actions
    assert action.latency.trace_ms == (30.0, 10.0)
    for content, said in (
        ("latency_ms\nx\n", "no number"),
        ("a\n1\n", "does not have"),
        ("latency_ms\n", "one or more"),
    ):
        (tmp_path / "trace.csv").write_text(content)
        with pytest.raises(ScenarioError, match=said):
            load_scenario(str(path))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "timeout_s = 5",
            "timeout_s = 61",
            "action 'A': timeout_s is 61. timeout_s must be a whole number from 1 to 60.",
        ),
        (
            "timeout_s = 5",
            "timeout = 5",
            "action 'A' has an unknown setting 'timeout'. Did you mean timeout_s?",
        ),
        ("sigma = 0.3", "sigma = 0", "action 'A', [latency]: sigma is 0. sigma must be a number above 0."),
        ("median_ms = 100, ", "", "[latency]: median_ms is missing"),
        ('"lognormal"', '"normal"', "[latency]: model is 'normal'. model must be one of: fixed"),
        ('integration = "CRM"', 'integration = "ERP"', "action 'A' names a missing integration, 'ERP'"),
        ('description = "x"', "", "description is missing"),
        ('category = "c"', "category = 3", "action 'A': category is 3. category must be a text in quotes."),
        ("[[action]]", "[[action", "is not valid TOML"),
        ("sigma = 0.3", "sigma = 0.3, correlation = 1.0", "correlation must be below 1"),
        ("sigma = 0.3", "sigma = 0.3, servers = 0", "servers is 0"),
        ("sigma = 0.3", "sigma = 0.3, drift = 2", "[latency]: drift is 2. drift must be a table"),
        ("sigma = 0.3", "sigma = 0.3, outages = [{ from_s = 5, to_s = 5 }]", "to_s is 5"),
        ('name = "A"', 'name = "A"\ncopies = 2', "name must have {n} in it"),
    ],
)
def test_a_mistake_is_named_with_its_place(tmp_path: Path, old: str, new: str, said: str) -> None:
    path = tmp_path / "mine.toml"
    assert old in GOOD
    path.write_text(GOOD.replace(old, new))
    with pytest.raises(ScenarioError) as caught:
        load_scenario(str(path))
    assert said in f"{caught.value.message} {caught.value.hint}"


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="does not exist"):
        load_scenario(str(tmp_path / "none.toml"))


@pytest.mark.parametrize(
    ("flows", "says"),
    [
        ('[[flow]]\nname = "F"\n[[flow.step]]\naction = "Gone"', "names a missing action, 'Gone'"),
        ('[[flow]]\nname = "F"\n[[flow]]\nname = "F"', "has two of the same name"),
        ('[[flow]]\nname = "F"\ncopies = 2', "must have {n} in it"),
        ('[[flow]]\nname = "F"\nbroken = "so-so"', "broken is 'so-so'"),
        ('[[flow]]\nname = "F"\n[[flow.step]]\naction = "A"\nwired = ["goal"]', "wired has 'goal'"),
    ],
)
def test_a_flow_that_is_described_wrongly_says_where(tmp_path: Path, flows: str, says: str) -> None:
    scenario = tmp_path / "mine.toml"
    action = '[[integration]]\nname = "B"\n[[action]]\nname = "A"\nintegration = "B"\ncategory = "C"\n'
    scenario.write_text(f'description = "x"\n{action}{flows}\n')

    with pytest.raises(ScenarioError, match=re.escape(says)):
        load_scenario(str(scenario))
