"""Stopping and going on; the page at /."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from diag.sandbox.launch import SandboxProcess
from diag.sandbox.launch import start_sandbox as start_process
from diag.sandbox.sandbox import Sandbox
from diag.sandbox.sandbox_errors import SandboxError
from diag.sandbox.state_file import StateFile
from diag.sandbox.world.scenario import load_scenario
from tests.support.full_config import full_config
from tests.support.running_sandbox import StartSandbox
from tests.support.sandbox_control import log_in

ACTIONS = "/api/v2/integrations/actions"


def client_of(process: SandboxProcess) -> httpx.Client:
    headers = {"Authorization": f"Bearer {log_in(process.base_url)}"}
    return httpx.Client(base_url=process.base_url, headers=headers, trust_env=False, verify=False)


def everything(client: httpx.Client) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """All actions and drafts; the sandbox's own address, which is another in each process, as BASE."""
    uri = f"{ACTIONS}?pageSize=100&includeConfig=true&includeAuthActions=true"
    drafts = f"{ACTIONS}/drafts?includeConfig=true"
    base = str(client.base_url).rstrip("/")
    published, drafted = (json.loads(client.get(one).text.replace(base, "BASE")) for one in (uri, drafts))
    return published["entities"], drafted["entities"]


@pytest.mark.slow
def test_what_was_changed_is_there_again_after_a_restart(tmp_path: Path) -> None:
    state = tmp_path / "org.json"
    with start_process(state=state) as process, client_of(process) as client:
        first, second, third = (entity["id"] for entity in everything(client)[0][:3])
        client.patch(f"{ACTIONS}/{first}", json={"version": 1, "config": {"timeoutSeconds": 9}})
        client.post(f"{ACTIONS}/{second}/draft")
        client.post("/sandbox/switches", json={"stale_form": "400"})
        client.post("/sandbox/limits", json={"concurrent_executions": 7})
        version, config = full_config(client, f"{ACTIONS}/{third}")
        config["request"]["requestUrlTemplate"] += "&more=1"
        client.patch(f"{ACTIONS}/{third}", json={"version": version, "config": config})
        before = everything(client)
        first_base = process.base_url
    assert first_base not in state.read_text()
    with start_process(state=state) as process, client_of(process) as client:
        assert everything(client) == before
        urls = [entity["config"]["request"]["requestUrlTemplate"] for entity in before[0][1:]]
        assert all(url.startswith("BASE/sandbox/backend/") for url in urls)
        assert urls[1].endswith("&more=1")
        assert client.patch(f"{ACTIONS}/{first}", json={"version": 1}).status_code == 400
        assert client.get("/sandbox/truth").json()["limits"]["concurrent_executions"] == 7
        assert client.get("/sandbox/truth").json()["actions"][first]["timeout_s"] == 9


def _state(**body: object) -> str:
    sound = {"format_version": 1, "scenario": "demo", "limits": {}, "switches": {}, "actions": []}
    return json.dumps({**sound, **body})


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{", "is not valid JSON"),
        ("[]", "is not a JSON object"),
        ("{}", "has no format_version, this diag reads 1"),
        ('{"format_version": 2}', "has format_version 2, this diag reads 1"),
        ('{"format_version": 1, "scenario": "demo"}', "is not the state of a sandbox: limits is missing"),
        (_state(actions=[{}]), "is not the state of a sandbox"),
        (_state(actions=[{"published": []}]), "is not the state of a sandbox"),
        (_state(scenario="outage"), "is the state of scenario 'outage'"),
    ],
)
def test_a_file_that_is_no_state_is_refused_and_left_alone(tmp_path: Path, content: str, said: str) -> None:
    state = tmp_path / "org.json"
    state.write_text(content)
    with pytest.raises(SandboxError) as caught:
        StateFile(state, Sandbox(load_scenario("demo"), seed=1)).load()
    assert said in caught.value.message
    assert state.read_text() == content


@pytest.mark.slow
def test_a_state_that_cannot_be_written_is_said_at_the_start(tmp_path: Path) -> None:
    with (
        pytest.raises(SandboxError, match="cannot save the state"),
        start_process(state=tmp_path / "no" / "x"),
    ):
        pass


def test_the_page_shows_actions_timeouts_and_counts_without_a_script(
    start_sandbox: StartSandbox, tmp_path: Path
) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(
        'description = "With <tags> & such"\n[[integration]]\nname = "I"\n[[action]]\nname = "<b>Bold</b>"\n'
        'integration = "I"\ncategory = "c"\nlatency = { model = "fixed", at_ms = 1 }\n'
    )
    running = start_sandbox(path)
    with running.client() as client:
        uri = f"{ACTIONS}/{running.action_id('<b>Bold</b>')}"
        client.post(f"{uri}/test", json={})
        client.post(f"{uri}/draft")
        page = client.get("/").text
        assert "<td>&lt;b&gt;Bold&lt;/b&gt; (draft open)</td><td>60 s (unset)</td>" in page
        assert "With &lt;tags&gt; &amp; such" in page
        assert "<b>" not in page
        assert 'http-equiv="refresh"' in page
        live = client.get("/sandbox/live").text
        assert "<td>1</td>" in live
        assert "1 calls in" in live
