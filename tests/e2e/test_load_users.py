"""Locust users as people ask for them: each is one arrival stream, in one process or in many.

Judged by the schedule that was recorded (offered_rate, scheduled_at), never by a clock of the test's own.
"""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from analysis.samples.read_samples import read_samples
from tests.support.load_run import (
    action,
    at_home,
    ended_whole,
    is_whole,
    manifest_in,
    sandbox,
)
from tests.support.locust_process import LOCUSTFILE, run_locust
from tests.support.sandbox_control import counting_as_org

pytestmark = pytest.mark.e2e

SHAPE = """
from locust import LoadTestShape

class Stairs(LoadTestShape):
    def tick(self):
        at = self.get_run_time()
        for until, users in ((2, 2), (4, 4), (6, 1)):
            if at < until:
                return users, 10
        return None
"""


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    quick, slow = "{ model = 'fixed', at_ms = 5 }", "{ model = 'fixed', at_ms = 200 }"
    folder = tmp_path_factory.mktemp("org")
    with sandbox(folder, per_minute=1200, latency=quick, more=action("Slow", slow)) as found:
        yield found


def locust(
    folder: Path, environment: dict[str, str], *arguments: str, files: str = str(LOCUSTFILE)
) -> subprocess.CompletedProcess[str]:
    action = ("--action", "Quick") if "--action" not in arguments else ()
    line = ("--drain-s", "1", *action, "--run-dir", str(folder / "run"), "--arrivals", "constant", *arguments)
    return run_locust(*line, folder=folder, environment=at_home(folder, environment), files=files)


def levels(folder: Path) -> dict[float, float]:
    """Per offered rate of the run, in order of time: calls/s that were due while it held."""
    table = read_samples([folder / "run"]).table.sort_values("scheduled_at")
    part = (table["offered_rate"] != table["offered_rate"].shift()).cumsum()
    found = {}
    for _, rows in table.groupby(part):
        span = rows["scheduled_at"].max() - rows["scheduled_at"].min()
        if span > 0.8:  # neighbouring users change over within a tick of each other
            found[float(rows["offered_rate"].iloc[0])] = (len(rows) - 1) / span
    return found


def test_each_user_is_one_stream_and_the_spawn_rate_ramps_them_up(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    done = locust(tmp_path, environment, *("-u", "3", "-r", "1", "--run-time", "4s", "--rate", "10"))

    assert ended_whole(done.returncode, manifest_in(tmp_path)), done.stderr
    found = levels(tmp_path)
    assert list(found) == [10, 20, 30]
    assert all(due == pytest.approx(offered, rel=0.25) for offered, due in found.items()), found
    assert manifest_in(tmp_path).streams == 3
    assert [rate for _, rate in manifest_in(tmp_path).rates] == [10.0]


OTHERS = """
from locust import User, constant, task

class SomebodyElse(User):
    fixed_count = 2
    wait_time = constant(1)

    @task
    def something(self):
        pass
"""


def test_callers_of_the_closed_model_wait_for_their_replies_beside_users_of_another_kind(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    (tmp_path / "others.py").write_text(OTHERS)
    files = f"{LOCUSTFILE},{tmp_path / 'others.py'}"
    line = ["-u", "5", "-r", "5", "--run-time", "3s", "--rate", "50", "--model", "closed", "--action", "Slow"]
    done = locust(tmp_path, environment, *line, files=files)

    assert ended_whole(done.returncode, manifest_in(tmp_path)), done.stderr
    found = manifest_in(tmp_path)
    assert (found.model, found.streams) == ("closed", 3)
    table = read_samples([tmp_path / "run"]).table
    ends = table["started_at"] + table["latency_ms"] / 1000
    at_once = [((table["started_at"] <= at) & (at < ends)).sum() for at in table["started_at"]]
    assert max(at_once) == 3
    assert table["offered_rate"].isna().all()
    assert 10 < len(table) <= 3 * 5 * 4  # three callers, 200 ms each: 15 a second; on schedule it were 150


def test_a_load_test_shape_raises_and_lowers_the_load(tmp_path: Path, environment: dict[str, str]) -> None:
    (tmp_path / "shape.py").write_text(SHAPE)
    files = f"{LOCUSTFILE},{tmp_path / 'shape.py'}"
    done = locust(tmp_path, environment, "--rate", "10", files=files)

    assert ended_whole(done.returncode, manifest_in(tmp_path)), done.stderr
    found = levels(tmp_path)
    assert list(found) == [20, 40, 10]
    assert all(due == pytest.approx(offered, rel=0.25) for offered, due in found.items()), found
    assert manifest_in(tmp_path).streams == 4
    assert is_whole(manifest_in(tmp_path))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--mode", "ramp"], "mode = 'ramp'"),
        (["--workload", "staged.toml"], "[[stage]] and duration"),
    ],
)
def test_a_shape_and_another_plan_of_the_load_are_refused(
    tmp_path: Path, environment: dict[str, str], arguments: list[str], said: str
) -> None:
    (tmp_path / "shape.py").write_text(SHAPE)
    (tmp_path / "staged.toml").write_text(
        '[run]\nduration = "1m"\n[[stage]]\nduration = "5s"\n[[action]]\nname = "*"\n'
    )
    files = f"{LOCUSTFILE},{tmp_path / 'shape.py'}"
    done = locust(tmp_path, environment, *arguments, files=files)

    assert done.returncode == 2, done.stderr
    assert "A LoadTestShape says how the load goes" in done.stderr
    assert said in done.stderr
    assert "Keep one of them" in done.stderr


def test_users_of_all_workers_together_stay_below_the_orgs_limit(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    (tmp_path / "workload.toml").write_text('[[action]]\nname = "Quick"\nrate = 6\n')
    line = ["--workload", "workload.toml", "-u", "4", "-r", "4"]  # asks for 24 calls/s
    line += ["--processes", "2"]
    with counting_as_org(environment["GENESYSCLOUD_API_BASE"]):
        dry = locust(tmp_path, environment, *line, "--run-time", "4s", "--dry-run")
        done = locust(tmp_path, environment, *line, "--run-time", "4s")

    assert dry.returncode == 0, dry.stderr
    assert "at most 16 calls/s at once" in dry.stdout
    assert "all users together send 16 calls/s and no more" in dry.stdout
    assert ended_whole(done.returncode, manifest_in(tmp_path)), done.stderr
    table = read_samples([tmp_path / "run"]).table
    assert table["worker_id"].nunique() == 2
    assert set(table["offered_rate"]) == {16.0}  # 80 % of 1,200 a minute
    due = table["scheduled_at"].sort_values()
    assert most_in_a_second(due) <= 20
    assert len(table) > 25
    (note,) = manifest_in(tmp_path).notes
    assert "all users together send 16 calls/s and no more" in note
    assert done.stderr.count("and no more") <= 2  # once in each worker
    assert {"schedule_lag_p99_ms", "cpu_share"} <= set(manifest_in(tmp_path).generator)


def test_a_number_of_calls_is_made_also_where_the_workers_have_not_as_many_users(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    line = ["--processes", "2", "-u", "1", "--rate", "20", "--calls-per-action", "30", "--run-time", "60s"]
    done = locust(tmp_path, environment, *line)

    assert ended_whole(done.returncode, manifest_in(tmp_path)), done.stderr
    found = manifest_in(tmp_path)
    assert found.status == "invalid" or found.status_reason == "no action is left to call"
    assert found.calls is not None
    assert 30 <= found.calls < 60  # noticed within a second or two


def most_in_a_second(due: pd.Series) -> int:
    """The most arrivals due within any one second."""
    times = due.to_numpy()
    return max(int(((times >= start) & (times < start + 1)).sum()) for start in times)
