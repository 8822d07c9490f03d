"""An org to walk through with the verbs of `diag`, in this process, and what is published in it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from analysis.format.manifest import read_manifest
from analysis.format.run_folder import RunFolder
from diag.exit_codes import ExitCode
from diag.genesys.client import GenesysClient
from diag.genesys.full_config import FullConfig
from diag.genesys.http.pacing import RateBucket
from diag.target import sandbox_connection
from tests.support.load_run import at_home
from tests.support.running_sandbox import RunningSandbox
from tests.support.terminal_session import action_named, samples
from tests.support.verb_process import fork

RULES: Final = ("--percentile", "0.9", "--confidence", "0.8")
"""A number from a few dozen calls."""


@dataclass(frozen=True, slots=True)
class Walked:
    """An org under the feet, and the folder that the verbs are typed in."""

    running: RunningSandbox
    folder: Path

    def published(self) -> dict[str, tuple[object, ...]]:
        """Return all of each action but its version, which a change moves on, and the drafts."""
        with GenesysClient(sandbox_connection(self.running.base_url), bucket=RateBucket(10**6)) as client:
            listed = client.list_actions()
            found = {one.name: _all_but_version(client.read_published(one.id)) for one in listed}
            return found | {"drafts": tuple(sorted(client.draft_ids()))}

    def evidence(self, action: str, *, loaded: bool) -> str:
        """Return the file or folder to judge, of a real load or ready calls."""
        if not loaded:
            return str(samples(self.folder / "calls.csv", 900, action_named(action)))
        self.load("--action", action, "--time", "3s", "--rate", "12", "--run-dir", "run", *RULES)
        manifest = read_manifest(RunFolder(self.folder / "run"))
        assert manifest is not None and manifest.platform_facts and not manifest.platform_contradicted
        return "run"

    def load(self, *arguments: str) -> None:
        """Measure with a real load process; on a busy machine it may grade itself invalid."""
        environment = at_home(self.folder, self.running.environment)
        done = fork(("measure", *arguments), self.folder, environment, load_too=True)
        assert done.returncode in (ExitCode.OK, ExitCode.INCOMPLETE), done.stderr


def _all_but_version(full: FullConfig) -> tuple[object, ...]:
    body = full.patch_body(full.action.require_whole().timeout_seconds)
    return ({**body, "version": None}, full.action.contract)


def walking(running: RunningSandbox, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Walked:
    """In an empty project folder."""
    monkeypatch.chdir(folder)
    (folder / "workload.toml").write_text('[[action]]\nname = "*"\n')
    monkeypatch.setenv("HOME", str(folder / "home"))
    for name, value in running.environment.items():
        monkeypatch.setenv(name, value)
    return Walked(running, folder)
