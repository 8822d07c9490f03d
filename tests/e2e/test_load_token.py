"""A run's token: renewed, refused, lost, without a permission, and where it is sent."""

from pathlib import Path

import pytest

from analysis.samples.read_samples import read_samples
from tests.support.load_run import at_home, free_port, is_whole, measure, sandbox, with_an_orgs_client
from tests.support.locust_process import fork_locust
from tests.support.sandbox_control import ask

pytestmark = pytest.mark.e2e


def test_a_token_that_expires_in_mid_run_is_renewed_without_a_failed_call(tmp_path: Path) -> None:
    with sandbox(tmp_path, top="token_lifetime_s = 6") as environment:
        found = measure(tmp_path, environment, '[run]\nrate = 20\nduration = "60s"\ncalls_per_action = 140')

    table = read_samples([tmp_path / "run"]).table
    assert is_whole(found)
    assert table["started_at"].max() - table["started_at"].min() > 6
    assert set(table["outcome"]) == {"ok"}


def logins(environment: dict[str, str]) -> int:
    """How often the login was asked since the scenario's faults are armed."""
    faults = ask(environment["GENESYSCLOUD_API_BASE"], "faults")["faults"]
    return int(next(fault["matched"] for fault in faults if fault["path"] == "/oauth/token"))


LOST_TOKEN = """
[[faults]]
kind = "token_expired"
path = "/test$"
skip = 20
hits = 1
[[faults]]
kind = "status"
status = 503
path = "/oauth/token"
skip = 1
hits = {hits}
"""


def test_calls_wait_while_a_refused_token_is_renewed(tmp_path: Path) -> None:
    workload = """
[run]
rate = 20
duration = "60s"
calls_per_action = 60
[guard]
error_calls = 3
error_share = 0
"""
    with sandbox(tmp_path, more=LOST_TOKEN.format(hits=1)) as environment:
        found = measure(tmp_path, environment, workload)
        asked = logins(environment)

    table = read_samples([tmp_path / "run"]).table
    assert is_whole(found)
    assert asked == 3  # at the start, once in vain, then well
    refused = table["outcome"] == "auth_error"
    assert refused.sum() >= 1
    assert found.left_out == ()  # a token of ours that was refused says nothing of the action
    assert table["started_at"].sort_values().diff().max() > 0.9  # the login tries again after a second
    assert (table["outcome"][table["started_at"] > table["started_at"][refused].max()] == "ok").all()
    assert any("nothing is sent until there is a good one" in note for note in found.notes)
    assert any("a good token again after" in note for note in found.notes)


def test_a_login_that_stays_down_ends_the_run_and_is_not_stormed(tmp_path: Path) -> None:
    workload = '[run]\nrate = 20\nduration = "60s"\n[guard]\nno_token = "5s"'
    with sandbox(tmp_path, more=LOST_TOKEN.format(hits=1000)) as environment:
        found = measure(tmp_path, environment, workload, code=5)
        asked = logins(environment)

    table = read_samples([tmp_path / "run"]).table
    assert found.status == "incomplete"
    assert "there was no token that Genesys accepts" in str(found.status_reason)
    assert (table["outcome"] == "auth_error").sum() <= 40  # of 100 in five seconds
    assert asked <= 6


def test_a_missing_permission_is_named_and_ends_the_run(tmp_path: Path) -> None:
    lacks = ["integrations:action:execute", "bridge:actions:execute"]
    with sandbox(tmp_path, top=f"without_permissions = {lacks}") as environment:
        found = measure(tmp_path, environment, '[run]\nrate = 20\nduration = "60s"', code=5)

    assert found.status == "incomplete"
    assert all(name in str(found.status_reason) for name in lacks)
    assert found.calls is not None
    assert found.calls <= 20
    assert "token" not in str(found.status_reason)


def test_a_worker_sends_its_token_only_where_it_is_set_up_for(tmp_path: Path) -> None:
    port = str(free_port())
    with sandbox(tmp_path) as environment:
        org = with_an_orgs_client(environment)
        elsewhere = {**org, "GENESYSCLOUD_API_BASE": "https://api.mypurecloud.example"}
        worker = fork_locust(
            *("--worker", "--master-port", port),
            folder=tmp_path,
            environment=at_home(tmp_path, elsewhere),
            mode=(),
        )
        try:
            master = ("--master", "--master-bind-host", "127.0.0.1", "--master-bind-port", port)
            found = measure(tmp_path, org, '[run]\nduration = "60s"', *master, code=2)
        finally:
            worker.kill()
            worker.communicate()

    assert found.status == "incomplete"
    assert "a worker is set up for https://api.mypurecloud.example" in str(found.status_reason)
    assert "its token goes nowhere else" in str(found.status_reason)
