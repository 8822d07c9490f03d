"""A top-up that is killed, at whichever moment: the run stays what it was, and the same command goes on."""

from dataclasses import replace
from pathlib import Path

import pytest

from analysis.format.manifest import write_manifest
from analysis.format.run_folder import RunFolder
from analysis.plain_text import json_text
from analysis.recommend_settings import RecommendSettings
from analysis.samples.read_samples import read_samples
from analysis.typed_command import Asked
from diag.measuring.continuing.lacking_run import LackingRun, lacking_run
from diag.measuring.run_lock import is_locked
from tests.support.forks import Forked
from tests.support.load_run import at_home, manifest_in, measure, rows_in, sandbox
from tests.support.locust_process import fork_locust
from tests.support.waiting import wait_until

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

WORKLOAD = "[run]\nrate = 40"
IN_FLIGHT = '{ model = "fixed", at_ms = 250 }'
"""So that ten calls of 40/s are in flight at any moment."""
RULES = RecommendSettings(percentile=0.9)


@pytest.mark.parametrize("more_rows", [0, 15], ids=["before its first call", "in the midst"])
def test_a_run_whose_top_up_was_killed_is_topped_up_all_the_same(tmp_path: Path, more_rows: int) -> None:
    run = RunFolder(tmp_path / "run")
    with sandbox(tmp_path, latency=IN_FLIGHT) as environment:
        first = measure(tmp_path, environment, WORKLOAD, "--calls-per-action", "12")
        write_manifest(run, replace(first, status="complete", grade="OK"))  # however busy this machine was
        rows = rows_in(tmp_path)

        load = top_up(tmp_path, environment, lacking_calls(run))
        wait_until(lambda: manifest_in(tmp_path).status == "running", "the top-up")
        wait_until(lambda: rows_in(tmp_path) >= rows + more_rows, "its calls")
        load.kill()
        load.communicate()
        wait_until(lambda: not is_locked(run.path), "the folder let go")
        assert manifest_in(tmp_path).before_top_up == "complete"
        assert len(read_samples([run.path]).table) == rows_in(tmp_path) >= rows + more_rows

        lacking = lacking_calls(run)
        assert (manifest_in(tmp_path).status, manifest_in(tmp_path).grade) == ("complete", "OK")
        found = read_samples([run.path])
        cut = sum(one.rows or 0 for one in found.skipped)
        assert len(found.table) + cut == rows_in(tmp_path)
        assert len(found.table) >= rows

        held, asked = rows_in(tmp_path), sum(calls for calls, _ in lacking.more.values())
        load = top_up(tmp_path, environment, lacking)
        output = "".join(load.communicate(timeout=90))
        last = manifest_in(tmp_path)
        assert load.returncode in (0, 8), output
        assert last.status in ("complete", "invalid") and last.calls == rows_in(tmp_path)
        # One for each, or one for both where their pauses read alike ("after 2 s").
        assert sum(note.startswith("topped up after") for note in last.notes) in (1, 2)
        assert rows_in(tmp_path) - held >= asked > 0  # whether they suffice is a matter of their latencies


def lacking_calls(run: RunFolder) -> LackingRun:
    return lacking_run(run.path, run.path.parent, RULES, asked=Asked(), zone=None)


def top_up(folder: Path, environment: dict[str, str], lacking: LackingRun) -> Forked:
    """Begin it as `diag measure --into` does."""
    more = {key: {"calls": calls, "rate": rate} for key, (calls, rate) in lacking.more.items()}
    return fork_locust(
        *("--workload", str(folder / "workload.toml"), "--run-dir", str(folder / "run")),
        *("--top-up", json_text({"actions": more}), "--run-time", "60s"),
        folder=folder,
        environment=at_home(folder, environment),
    )
