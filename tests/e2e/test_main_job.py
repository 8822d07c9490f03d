"""The main job as a person does it: locust, recommend, apply, undo, report, on a real sandbox."""

import json
import math
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from analysis.format.call_record import RECORD_SIZE
from diag.sandbox.launch import start_sandbox as start_sandbox_process
from tests.support.waiting import wait_until

pytestmark = pytest.mark.e2e

ROOT = Path(__file__).resolve().parents[2]
Rows = dict[str, dict[str, Any]]
CONFIDENT = {"ok", "raise", "lower"}


@dataclass(frozen=True)
class Org:
    """A sandbox, one finished run against it, and the folder people would stand in."""

    base_url: str
    environment: dict[str, str]
    folder: Path
    run: Path
    token: str

    def diag(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "diag", *arguments],
            cwd=self.folder,
            env={**self.environment, **environment},
            capture_output=True,
            text=True,
            timeout=120,
        )

    def truth(self) -> dict[str, Any]:
        truth: dict[str, Any] = httpx.get(f"{self.base_url}/sandbox/truth", trust_env=False).json()["actions"]
        return truth

    def timeouts(self) -> dict[str, int]:
        return {id_: action["timeout_s"] for id_, action in self.truth().items()}


@pytest.fixture(scope="module")
def org(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Org]:
    """A run of 36 s at 30 calls/s per action: about 860 calls each after the warm-up, more than twice what a
    number needs, so that a busy moment (slow calls in a burst count as fewer) leaves every action judged."""
    folder = tmp_path_factory.mktemp("home")
    with start_sandbox_process(scenario="demo", seed=5) as sandbox:
        login = httpx.post(
            f"{sandbox.base_url}/oauth/token",
            data={"grant_type": "client_credentials"},
            auth=("sandbox", "sandbox"),
            trust_env=False,
        )
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("GENESYS")},
            **sandbox.environment,
            "GENESYSCLOUD_ACCESS_TOKEN": login.json()["access_token"],
            "HOME": str(folder),
            "PYTHONPATH": str(ROOT),
            "COLUMNS": "200",
        }
        run = folder / "runs" / "20260101T000000Z-main"
        line = [
            "-f",
            str(ROOT / "loadtests" / "actions.py"),
            "--headless",
            "-t",
            "36s",
            "--run-dir",
            str(run),
        ]
        locust = subprocess.run(
            [sys.executable, "-m", "locust", *line, "--rate", "30"],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            timeout=150,
        )

        assert locust.returncode == 0, locust.stderr[-2000:]
        yield Org(sandbox.base_url, environment, folder, run, login.json()["access_token"])


@pytest.fixture(scope="module")
def recommended(org: Org) -> subprocess.CompletedProcess[str]:
    """What `diag recommend --format json` said of that run."""
    found = org.diag("recommend", str(org.run), "--format", "json")

    assert found.returncode == 0, found.stderr
    return found


@pytest.fixture(scope="module")
def rows(recommended: subprocess.CompletedProcess[str]) -> Rows:
    """Its recommendations by action id."""
    return {row["action_id"]: row for row in json.loads(recommended.stdout)["actions"]}


def test_every_recommendation_holds_against_the_sandboxs_own_truth(org: Org, rows: Rows) -> None:
    truth = org.truth()
    judged = 0
    for action_id, row in rows.items():
        known = truth[action_id]
        if row["verdict"] not in CONFIDENT:
            continue
        judged += 1
        timeout_s, p99_s = row["recommended_timeout_s"], known["p99_ms"] / 1000
        ideal_s = math.ceil(p99_s + max(0.2 * p99_s, 0.5))

        assert known["exceed_1_to_60"][timeout_s - 1] <= 0.01, row
        assert timeout_s <= ideal_s + max(1, 0.25 * ideal_s), row
    assert judged >= 7, [(row["action_name"], row["reason"]) for row in rows.values()]


def test_the_verdicts_that_are_not_numbers_are_the_right_ones(rows: Rows) -> None:
    verdicts = {row["action_name"]: row["verdict"] for row in rows.values()}

    assert verdicts["Get User Presence"] == "not_configurable"
    assert verdicts["Get Loyalty Points"] == "no_data"
    assert verdicts["Create Support Ticket"] == "censored_needs_probe"
    assert verdicts["Run Credit Check"] not in CONFIDENT


def test_the_json_has_the_fixed_fields_and_no_nan(recommended: subprocess.CompletedProcess[str]) -> None:
    body = json.loads(recommended.stdout, parse_constant=lambda name: pytest.fail(f"{name} in JSON"))

    assert body["format_version"] == 1
    fixed = {
        *("action_id", "action_name", "verdict", "recommended_timeout_s", "current_timeout_s", "p50_ms"),
        *("p95_ms", "p99_ms", "p99_upper_ms", "samples", "ok", "timeouts", "left_out", "reason"),
    }
    assert all(fixed <= set(row) for row in body["actions"])


@pytest.mark.parametrize("form", ["table", "csv", "md"])
def test_every_format_names_every_action_on_stdout(org: Org, form: str) -> None:
    found = org.diag("recommend", str(org.run), "--format", form)

    assert found.returncode == 0
    assert all(row["name"] in found.stdout for row in org.truth().values() if row["kind"] == "custom")


def test_the_report_is_one_file_that_loads_nothing(org: Org) -> None:
    found = org.diag("report", str(org.run), "-o", "report.html")
    html = (org.folder / "report.html").read_text()

    assert (found.returncode, found.stdout.strip()) == (0, "report.html")
    assert "SANDBOX" in html
    assert 'src="http' not in html and "@import" not in html


def test_apply_without_a_terminal_needs_yes_and_changes_nothing(org: Org) -> None:
    before = org.timeouts()
    found = org.diag("recommend", str(org.run), "--apply")

    assert found.returncode == 2
    assert "--yes" in found.stderr
    assert org.timeouts() == before


def test_apply_raises_and_undo_takes_it_back(org: Org, rows: Rows) -> None:
    before = org.timeouts()
    wanted = {id_: row["recommended_timeout_s"] for id_, row in rows.items() if row["verdict"] == "raise"}
    applied = org.diag("recommend", str(org.run), "--apply", "--yes")

    assert applied.returncode == 0, applied.stderr
    assert wanted
    assert org.timeouts() == {**before, **wanted}, "a lower on one minute of calls must not be applied"
    assert "diag undo" in applied.stderr + applied.stdout
    for _ in wanted:
        undone = org.diag("undo", "--yes", "--no-verify")
        assert undone.returncode == 0, undone.stderr
    assert org.timeouts() == before


def test_the_token_is_nowhere_on_disk_or_on_screen(
    org: Org, recommended: subprocess.CompletedProcess[str]
) -> None:
    texts = [path.read_bytes() for path in org.folder.rglob("*") if path.is_file()]

    assert texts
    assert not any(org.token.encode() in text for text in texts)
    assert org.token not in recommended.stdout + recommended.stderr


def test_a_run_killed_in_the_middle_is_read_and_judged(org: Org) -> None:
    run = org.folder / "runs" / "20260101T000001Z-killed"
    line = ["-f", str(ROOT / "loadtests" / "actions.py"), "--headless", "-t", "120s", "--run-dir", str(run)]
    # Calls of seconds: a busy moment of this machine makes no burst of slow ones, which count as fewer.
    only = ["--rate", "120", "--action", "Quote Shipping Rate"]
    process = subprocess.Popen(
        [sys.executable, "-m", "locust", *line, *only],
        cwd=org.folder,
        env=org.environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        segments = run / "segments"
        wait_until(
            lambda: sum(path.stat().st_size for path in segments.glob("*.seg")) > 700 * RECORD_SIZE,
            "700 rows on the disk",
        )
    finally:
        process.kill()
        process.wait()
    found = org.diag("recommend", str(run), "--format", "json")
    row = json.loads(found.stdout)["actions"][0]

    assert found.returncode == 0, found.stderr
    assert row["samples"] + row["left_out"] >= 700
    assert row["verdict"] == "lower"
