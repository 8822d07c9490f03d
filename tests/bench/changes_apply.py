"""What an apply of 2,000 actions costs: its own time beside the calls it makes, and how a resume starts."""

import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import TypeVar

from diag.changes.applying.apply import Watch, apply_plan
from diag.changes.applying.apply_context import ApplyOptions, Operator
from diag.changes.journal.journal import Journal
from diag.changes.journal.journal_line import Author
from diag.changes.plans.change_result import ChangeResult
from diag.changes.plans.plan import OrgIdentity, Plan
from diag.changes.plans.planned_change import change_of
from diag.genesys.client import GenesysClient
from diag.genesys.http.pacing import RateBucket
from diag.sandbox.launch import start_sandbox
from diag.target import sandbox_connection
from tests.support.many_actions import many_actions

T = TypeVar("T")

ACTIONS = 2000
LIMIT_PER_MINUTE = 300


class CountingBucket(RateBucket):
    """A bucket that never waits and counts what passes."""

    def __init__(self) -> None:
        super().__init__(10**9)
        self.taken = 0

    def take(self, on_wait: Callable[[float], None] | None = None) -> float:
        self.taken += 1
        return 0.0


def run() -> None:
    """Print the figures."""
    with (
        tempfile.TemporaryDirectory() as folder,
        start_sandbox(scenario=many_actions(Path(folder), ACTIONS)) as sandbox,
    ):
        _apply(sandbox.base_url, Path(folder) / "journal.jsonl")


def _apply(base_url: str, path: Path) -> None:
    bucket = CountingBucket()
    with GenesysClient(sandbox_connection(base_url), bucket=bucket) as client:
        organization = client.organization()
        identity = OrgIdentity(organization.id, organization.name, client.connection.host, sandbox=True)
        actions = client.list_actions()
        planned_s, changes = _timed(
            lambda: tuple(change_of(client.read_config(action.id), 10, "bench") for action in actions)
        )
        plan = Plan(0.0, identity, changes)

        def apply() -> list[ChangeResult]:
            return apply_plan(
                plan,
                client,
                Journal(path),
                Operator(identity, Author("bench", "bench")),
                options=ApplyOptions(verify=False),
                watch=Watch(),
            )

        bucket.taken = 0
        apply_s, results = _timed(apply)
        calls = bucket.taken
        read_s = _timed(lambda: [client.read_config(action.id) for action in actions[:300]])[0] / 300 / 3
        again_s, again = _timed(apply)
    assert {str(result.outcome) for result in results} == {"applied"}
    assert {str(result.outcome) for result in again} == {"skipped"}
    fsync_s = _fsync_s(path.parent)
    size_mb = path.stat().st_size / 1e6
    limited_s = calls / LIMIT_PER_MINUTE * 60
    each_ms, calls_each = apply_s / len(changes) * 1000, calls / len(changes)
    print(f"   plan: {len(changes):,} actions read in {planned_s:.1f} s")
    print(f"   apply: {apply_s:.1f} s, {each_ms:.1f} ms and {calls_each:.1f} calls each")
    print(f"   beside it: one call {read_s * 1000:.2f} ms, one fsync {fsync_s * 1000:.2f} ms (4 a change)")
    print(
        f"   at {LIMIT_PER_MINUTE} calls a minute: {limited_s / 60:.0f} min, ours {apply_s / limited_s:.2%}"
    )
    print(f"   again, all applied before: {again_s:.2f} s and no call; journal {size_mb:.1f} MB")


def _timed(work: Callable[[], T]) -> tuple[float, T]:
    started = time.perf_counter()
    result = work()
    return time.perf_counter() - started, result


def _fsync_s(folder: Path) -> float:
    times = []
    with (folder / "fsync").open("wb") as file:
        for _ in range(50):
            file.write(b"x" * 800)
            file.flush()
            times.append(_timed(lambda: os.fsync(file.fileno()))[0])
    return median(times)
