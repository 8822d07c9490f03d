"""With what was learnt in force, on a platform of each nasty kind: learn, measure, observe, apply, undo."""

import json
from pathlib import Path
from typing import Any

import pytest

from diag.cli import run
from diag.exit_codes import ExitCode
from diag.genesys.client import GenesysClient
from diag.genesys.http.pacing import RateBucket
from diag.genesys.models import FullConfig
from diag.platform_facts.platform_file import read_platform
from diag.target import sandbox_connection
from tests.support import sandbox_control
from tests.support.learning import org_text
from tests.support.running_sandbox import RunningSandbox, StartSandbox

pytestmark = pytest.mark.slow

NASTY: dict[str, Any] = {
    "timeout_form": "408",
    "timeout_code": "Action.TimedOut",
    "draft_timeout": "published",
    "stale_form": "408",
    "patch_config": "merge",
    "clear_timeout": "null",
    "list_include_config": False,
    "subjects_me": False,
    "rate_limit_headers": "none",
    "limits_readable": False,
    "max_page_size": 1000,
    "analytics_count_tests": False,
    "analytics": {"views_per_query": 1, "percentiles": False, "by_correlation": False, "lag_s": 300},
}
"""Each switch turned to its nastier side."""


@pytest.fixture(scope="module")
def running(start_module_sandbox: StartSandbox, tmp_path_factory: pytest.TempPathFactory) -> RunningSandbox:
    path = tmp_path_factory.mktemp("org") / "org.toml"
    path.write_text(org_text(timeout_s=2))
    return start_module_sandbox(path)


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """An empty project folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    return tmp_path


def go_to(running: RunningSandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in running.environment.items():
        monkeypatch.setenv(name, value)


def published(running: RunningSandbox, *names: str) -> list[tuple[object, ...]]:
    """All of the actions but their versions, which a change moves on."""
    with GenesysClient(sandbox_connection(running.base_url), bucket=RateBucket(10**6)) as client:
        return [_all_but_version(client.read_published(running.action_id(name))) for name in names]


def _all_but_version(full: FullConfig) -> tuple[object, ...]:
    body = full.patch_body(full.action.require_whole().timeout_seconds)
    return ({**body, "version": None}, full.action.contract)


@pytest.mark.parametrize("switch", NASTY)
def test_every_verb_works_with_what_was_learnt(
    running: RunningSandbox, session: Path, monkeypatch: pytest.MonkeyPatch, switch: str
) -> None:
    go_to(running, monkeypatch)
    before = published(running, "Slow", "Quick")
    usual = sandbox_control.ask(running.base_url, "switches")
    running.switch(**{switch: NASTY[switch]})
    try:
        assert run(["doctor", "--learn", "Slow", "--yes"]) == ExitCode.OK
        assert published(running, "Slow", "Quick") == before
        assert read_platform(session / "platform.toml").learnt()
        assert run(["observe", "--days", "1", "--format", "json", "-o", "production.json"]) == ExitCode.OK
        assert run(["set", "Quick", "--timeout", "7", "--yes"]) == ExitCode.OK
        assert run(["undo", "--yes"]) == ExitCode.OK
    finally:
        running.switch(**usual)

    assert published(running, "Slow", "Quick") == before
    assert json.loads((session / "production.json").read_text())["actions"]


def test_the_hostile_platform(
    start_sandbox: StartSandbox, session: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    running = start_sandbox("hostile-platform")
    go_to(running, monkeypatch)
    before = published(running, "Healthy")
    slow = "Often too slow"

    assert run(["doctor", "--learn", slow, "--yes"]) == ExitCode.OK
    learnt = read_platform(session / "platform.toml")
    assert learnt.stale_form is not None and learnt.stale_form.value == "408"
    assert run(["measure", "--action", slow, "--time", "4s", "--rate", "4"]) == ExitCode.OK
    assert run(["observe", "--days", "1", "-o", "production.json"]) == ExitCode.OK
    assert run(["set", "Healthy", "--timeout", "7", "--yes", "--no-verify"]) == ExitCode.OK
    assert run(["undo", "--yes", "--no-verify"]) == ExitCode.OK
    assert published(running, "Healthy") == before
