"""What steers a run, against the real sandbox: ramp, until settled, and whose folder it is."""

from pathlib import Path

import pytest

from analysis.format.run_folder import RunFolder, read_manifest
from analysis.samples.read_samples import read_samples
from tests.support.load_run import as_an_org, measure, sandbox

pytestmark = pytest.mark.e2e


def test_a_ramp_finds_where_one_worker_behind_a_queue_bends(tmp_path: Path) -> None:
    queue = '{ model = "lognormal", median_ms = 80, sigma = 0.3, servers = 1 }'  # full at 12 calls/s
    with sandbox(tmp_path, latency=queue) as environment:
        workload = '[run]\nmode = "ramp"\nrate = 3\n[ramp]\nstep = "2s"\ngrowth = 2.5\nsteps = 3'
        found = measure(tmp_path, environment, workload, "--arrivals", "constant")

    (note,) = found.notes
    assert note.startswith("Quick: straight up to 7.5 calls/s") or note.startswith(
        "Quick: straight up to 3 calls/s"
    )
    rates = set(read_samples([tmp_path / "run"]).table["offered_rate"])
    assert {3.0, 7.5} <= rates


def test_a_ramp_on_an_org_ends_where_the_limits_allow_no_higher_step(tmp_path: Path) -> None:
    with sandbox(tmp_path, per_minute=1200) as environment:  # 80 % of it are 16 calls/s
        workload = '[run]\nmode = "ramp"\nrate = 6\n[ramp]\nstep = "1s"\ngrowth = 2\nsteps = 20'
        found = measure(tmp_path, as_an_org(environment), workload)

    assert found.status_reason == "the limits allow no higher step of the ramp"
    assert set(read_samples([tmp_path / "run"]).table["offered_rate"]) == {6.0, 12.0, 16.0}
    assert any("all users together send 16 calls/s and no more" in note for note in found.notes)


def test_a_settled_action_ends_the_run_before_its_time(tmp_path: Path) -> None:
    steady = '{ model = "lognormal", median_ms = 100, sigma = 0.3 }'
    with sandbox(tmp_path, latency=steady) as environment:
        found = measure(tmp_path, environment, '[run]\nrate = 100\nduration = "90s"', "--until-settled")

    assert found.status_reason == "every action is settled"
    assert found.ended_at is not None
    assert found.ended_at - found.created_at < 75


def test_a_folder_that_holds_a_run_is_left_alone(tmp_path: Path) -> None:
    with sandbox(tmp_path) as environment:
        before = measure(tmp_path, environment, '[run]\nrate = 20\nduration = "1s"')
        with pytest.raises(AssertionError, match="already holds a run"):
            measure(tmp_path, environment, '[run]\nrate = 20\nduration = "1s"')

    assert read_manifest(RunFolder(tmp_path / "run")) == before
