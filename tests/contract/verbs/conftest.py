"""The verbs as a person types them: an empty project folder, credentials that lead to a sandbox."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from analysis.format.action_facts import ActionFacts
from analysis.format.manifest import Manifest, write_manifest
from analysis.format.run_folder import RunFolder
from diag.apply_dialog.apply_flow import identify
from diag.cli import run
from diag.exit_codes import ExitCode
from diag.genesys.client import GenesysClient
from diag.settings import load_settings
from diag.target import find_target
from tests.support.sample_tables import START, write_segment
from tests.support.sandbox_control import counting_as_org
from tests.support.sandbox_process import start_sandbox
from tests.support.terminal_session import OTHER, action_named


@pytest.fixture(scope="module")
def demo_environment() -> Iterator[dict[str, str]]:
    """A sandbox for the module; its tests leave actions changed."""
    with start_sandbox() as sandbox:
        yield sandbox.environment


@pytest.fixture(autouse=True)
def session(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, demo_environment: dict[str, str]) -> Path:
    """An empty project folder whose credentials lead to the sandbox."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    for name, value in demo_environment.items():
        monkeypatch.setenv(name, value)
    return tmp_path


@pytest.fixture
def as_org(session: Path, demo_environment: dict[str, str]) -> Iterator[None]:
    """The module's sandbox counts as an org as long as the test lasts."""
    with counting_as_org(demo_environment["GENESYSCLOUD_API_BASE"]):
        yield


@pytest.fixture
def measured_run(session: Path) -> Callable[..., Path]:
    """Makes a run folder of OTHER whose calls take 3 s, with the manifest fields given."""

    def make(**fields: Any) -> Path:
        action = action_named(OTHER)
        with GenesysClient(find_target(load_settings()).connection) as client:
            org = identify(client)
        facts = ActionFacts(action.id, OTHER, current_timeout_s=2, timeout_is_set=True)
        org_told = {"status": "complete", "model": "open", "org_id": org.org_id, "host": org.host}
        told: dict[str, Any] = {**org_told, **fields}
        folder = RunFolder(session / "runs" / "r1")
        write_manifest(folder, Manifest("r1", START, sandbox=True, actions=(facts,), **told))
        write_segment(folder, latency_ms=[3000 + 37 * n % 400 for n in range(3000)], names={1: action.id})
        return folder.path

    assert run(["set", OTHER, "--timeout", "2", "--yes", "--no-verify"]) == ExitCode.OK
    return make
