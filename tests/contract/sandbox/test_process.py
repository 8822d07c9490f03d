"""The sandbox as a process: starting, refusing, dying with its parent."""

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest

from diag.sandbox.launch import start_sandbox as start_process
from diag.sandbox.sandbox_errors import SandboxError
from diag.settings import load_settings
from diag.target import find_target, sandbox_connection, target_at
from tests.support.running_sandbox import RunningSandbox, StartSandbox
from tests.support.waiting import wait_until


@pytest.mark.slow
def test_a_taken_port_is_said_with_the_way_out(sandbox: RunningSandbox) -> None:
    port = int(sandbox.base_url.rsplit(":", 1)[1])
    with pytest.raises(SandboxError) as caught, start_process(port=port):
        pass
    assert caught.value.message == f"port {port} on 127.0.0.1 is taken by another process"
    assert "--port 0" in (caught.value.hint or "")


@pytest.mark.slow
def test_an_unknown_scenario_is_said_with_those_there_are() -> None:
    with (
        pytest.raises(SandboxError, match="no scenario 'nowhere'") as caught,
        start_process(scenario="nowhere"),
    ):
        pass
    assert "demo" in (caught.value.hint or "")


@pytest.mark.slow
def test_it_stops_at_once_and_without_a_word_while_calls_are_in_flight(tmp_path: Path) -> None:
    log = tmp_path / "sandbox.log"
    with ExitStack() as stack, ThreadPoolExecutor(1) as pool:
        process = stack.enter_context(start_process(scenario="beyond-the-cap", log_path=log))
        login: dict[str, Any] = {"data": {"grant_type": "client_credentials"}, "auth": ("sandbox", "sandbox")}
        reply = httpx.post(f"{process.base_url}/oauth/token", trust_env=False, verify=False, **login)
        headers = {"Authorization": f"Bearer {reply.json()['access_token']}"}
        client = stack.enter_context(
            httpx.Client(
                base_url=process.base_url, headers=headers, timeout=90, trust_env=False, verify=False
            )
        )
        truth = client.get("/sandbox/truth").raise_for_status().json()["actions"]
        slow = next(id_ for id_, action in truth.items() if action["name"] == "Render Statement")
        call = pool.submit(client.post, f"/api/v2/integrations/actions/{slow}/test", json={"id": "x"})
        wait_until(lambda: "1 calls in flight" in client.get("/sandbox/live").text, "the call in flight")
        os.kill(process.pid, signal.SIGTERM)
        with pytest.raises(httpx.TransportError):
            call.result(timeout=20)
    assert log.read_text() == "", "it had nothing to say"


FOUND = "found = 2026-11-29\nhow = 'tried'\nconfidence = 'seen'\n"


@pytest.mark.slow
def test_it_plays_the_platform_of_a_file_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    platform, log = tmp_path / "platform.toml", tmp_path / "sandbox.log"
    platform.write_text("format_version = 1\nlearnt_on = 'org'\n[patch_config]\nvalue = 'merge'\n")

    with start_process(scenario="hostile-platform", platform=platform, log_path=log) as process:
        with httpx.Client(base_url=process.base_url, trust_env=False, verify=False) as client:
            switches = client.get("/sandbox/switches").json()
        target = target_at(sandbox_connection(process.base_url))
        (tmp_path / "platform.toml").write_text(platform.read_text() + FOUND)
        monkeypatch.chdir(tmp_path)
        environment = {**process.environment, "DIAG_RUNS": str(tmp_path)}
        known = find_target(load_settings(environment=environment, home=tmp_path)).known

    assert known.path is not None and known.facts.patch_config is not None  # an org's, and it is played
    assert (switches["patch_config"], switches["timeout_form"]) == ("merge", "504")
    assert target.plays_a_platform and target.note == "; it behaves as a platform file says"
    assert log.read_text() == (
        "It behaves as platform.toml says (facts: 1), whatever the scenario hostile-platform says of them.\n"
    )


def test_it_listens_on_loopback_only(sandbox: RunningSandbox) -> None:
    assert sandbox.base_url.startswith("http://127.0.0.1:")


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")
def test_it_dies_with_a_killed_parent() -> None:
    code = (
        "import sys, time\n"
        "from diag.sandbox.launch import start_sandbox\n"
        "with start_sandbox() as s:\n"
        "    print(s.base_url, flush=True); time.sleep(600)\n"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        base_url = parent.stdout.readline().strip()
        assert httpx.get(f"{base_url}/sandbox/truth", trust_env=False, verify=False).status_code == 200
        os.kill(parent.pid, signal.SIGKILL)

    def gone() -> bool:
        try:
            httpx.get(f"{base_url}/sandbox/truth", trust_env=False, verify=False)
        except httpx.TransportError:
            return True
        return False

    wait_until(gone, "the end of the sandbox whose parent was killed")


def test_the_same_seed_draws_the_same_latencies(start_sandbox: StartSandbox) -> None:
    def drawn(seed: int) -> list[float]:
        running = start_sandbox(seed=seed)
        uri = f"/api/v2/integrations/actions/{running.action_id('Get Account Balance')}/test"
        with running.client() as client:
            for _ in range(3):
                client.post(uri, json={"accountId": "A"})
            return [call["drawn_ms"] for call in client.get("/sandbox/truth/calls").json()["calls"]]

    assert drawn(3) == drawn(3) != drawn(4)
