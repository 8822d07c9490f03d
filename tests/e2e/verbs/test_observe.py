"""`diag observe` on a sandbox with a fortnight of made-up production."""

import json
from pathlib import Path

import pytest

from tests.conftest import RunningSandbox, StartSandbox
from tests.e2e.verbs.running import diag

pytestmark = pytest.mark.e2e


def test_production_alone_leads_to_the_right_verdicts(start_sandbox: StartSandbox, tmp_path: Path) -> None:
    box = start_sandbox("production-history")
    done = diag(box, tmp_path, "observe", "--days", "6", "--format", "json", "--out", "plan.json", "--force")
    assert done.returncode == 0, done.stderr
    body = json.loads(done.stdout)
    found = {row["action_name"]: row for row in body["actions"]}
    truth = {row["name"]: row for row in box.truth()["actions"].values()}

    balance = found["Get Balance"]  # p99 0.29 s at the unset default of 60 s
    assert balance["verdict"] == "lower"
    assert balance["recommended_timeout_s"] * 1000 >= truth["Get Balance"]["p99_ms"]
    assert balance["recommended_timeout_s"] <= 3
    orders = found["Look Up Orders"]  # 1 % die at 3 s: the p99 is at the edge of what can be seen
    assert orders["verdict"] in ("raise", "censored_needs_probe")
    assert found["Rarely used"]["recommended_timeout_s"] is None
    assert body["source"] == "production" and "documents neither" in body["unknown"]
    assert all(row["executions"] > 0 for row in body["observed"])

    assert "Get Balance" in (tmp_path / "plan.json").read_text()
    applied = diag(box, tmp_path, "apply", "plan.json", "--yes")
    assert applied.returncode in (0, 7), applied.stderr
    after = diag(box, tmp_path, "observe", "Get Balance")
    assert after.returncode == 0 and "changed within the last hours" in after.stderr


def test_an_org_without_production_says_so(sandbox: RunningSandbox, tmp_path: Path) -> None:
    done = diag(sandbox, tmp_path, "observe", "Get Customer by Phone")
    assert done.returncode == 0, done.stderr
    assert "no execution in 168 hours" in done.stderr and "diag measure" in done.stderr
    unknown = diag(sandbox, tmp_path, "observe", "Nothing Like That")
    assert unknown.returncode == 2 and "Nothing Like That" in unknown.stderr
