"""Runs the locustfile against an org of a test's own making, and reads what it recorded."""

import os
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from analysis.format.call_record import RECORD_SIZE
from analysis.format.manifest import Manifest, read_manifest
from analysis.format.run_folder import RunFolder
from diag.exit_codes import ExitCode
from tests.support.locust_process import run_locust
from tests.support.sandbox_control import log_in
from tests.support.sandbox_process import start_sandbox

SCENARIO = """
description = "For a test"
{top}
[limits]
concurrent_executions = {concurrent}
executions_per_minute = {executions}
token_requests_per_minute = {per_minute}
[[integration]]
name = "Backend"
type = "custom-rest-actions"
[[action]]
name = "Quick"
integration = "Backend"
category = "Web"
timeout_s = 3
result = {{ done = true }}
latency = {latency}
{more}
"""
ACTION = """
[[action]]
name = "{name}"
integration = "Backend"
category = "Web"
timeout_s = {timeout_s}
result = {{ done = true }}
latency = {latency}
failures = [{failures}]
"""
FIXED = '{ model = "fixed", at_ms = 20 }'


@contextmanager
def sandbox(
    tmp_path: Path,
    *,
    top: str = "",
    more: str = "",
    per_minute: int = 100_000,
    executions: int = 100_000,
    concurrent: int = 1000,
    latency: str = FIXED,
) -> Iterator[dict[str, str]]:
    scenario = tmp_path / "scenario.toml"
    limits = {"per_minute": per_minute, "executions": executions, "concurrent": concurrent}
    scenario.write_text(SCENARIO.format(top=top, more=more, latency=latency, **limits))
    with start_sandbox(scenario=str(scenario)) as process:
        yield process.environment


def action(name: str, latency: str, *, timeout_s: int = 5, failures: str = "") -> str:
    return ACTION.format(name=name, latency=latency, timeout_s=timeout_s, failures=failures)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def at_home(folder: Path, environment: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of a process whose home is `folder`."""
    return {**os.environ, "HOME": str(folder), **environment}


def manifest_in(folder: Path) -> Manifest:
    """Return the manifest of the run in `folder`/run."""
    found = read_manifest(RunFolder(folder / "run"))
    assert found is not None
    return found


def is_whole(found: Manifest) -> bool:
    """Return whether every call of a run is here.

    A machine too busy for honest latencies makes a run invalid, and no row is missing even then.
    """
    return found.status == "complete" or (found.status == "invalid" and found.grade == "INVALID")


def ended_whole(code: int, found: Manifest) -> bool:
    """Return whether a run ended by itself with every call here, on a busy machine too."""
    expected = ExitCode.OK if found.status == "complete" else ExitCode.INCOMPLETE
    return is_whole(found) and code == expected


def rows_in(folder: Path) -> int:
    """Return how many rows are on the disk, anywhere below a folder."""
    return sum(path.stat().st_size // RECORD_SIZE for path in folder.rglob("*.seg"))


def measure(
    tmp_path: Path, environment: dict[str, str], workload: str, *arguments: str, code: int = 0
) -> Manifest:
    (tmp_path / "workload.toml").write_text(workload + '\n[[action]]\nname = "*"\n')
    where = ("--workload", str(tmp_path / "workload.toml"), "--run-dir", str(tmp_path / "run"))
    done = run_locust(*where, *arguments, folder=tmp_path, environment=at_home(tmp_path, environment))
    found = manifest_in(tmp_path)
    assert done.returncode == code or (code == ExitCode.OK and ended_whole(done.returncode, found)), (
        done.stderr
    )
    return found


def with_an_orgs_client(environment: dict[str, str]) -> dict[str, str]:
    """The sandbox reached as an org behind a proxy on this machine is: with another client and its token."""
    token = log_in(environment["GENESYSCLOUD_API_BASE"])
    client = {"GENESYSCLOUD_OAUTHCLIENT_ID": "7b3c", "GENESYSCLOUD_OAUTHCLIENT_SECRET": ""}
    return {**environment, **client, "GENESYSCLOUD_ACCESS_TOKEN": token}
