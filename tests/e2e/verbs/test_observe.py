"""`diag observe` on a sandbox with a fortnight of made-up production."""

import json
from pathlib import Path

import pytest

from tests.support.reports.traceable import complaints
from tests.support.running_sandbox import RunningSandbox, StartSandbox
from tests.support.sample_tables import calls, lognormal
from tests.support.verb_process import diag

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
    orders = found["Look Up Orders"]  # 1 % time out at 3 s: the p99 is at the edge of what can be observed
    assert orders["verdict"] in ("raise", "censored_needs_probe")
    assert found["Rarely used"]["recommended_timeout_s"] is None
    assert body["source"] == "production" and "does not document how late" in body["unknown"]
    assert all(row["executions"] > 0 for row in body["observed"])

    assert "Get Balance" in (tmp_path / "plan.json").read_text()
    # Without test calls: one that a busy machine cuts off at the new timeout leaves the action as it was.
    applied = diag(box, tmp_path, "apply", "plan.json", "--yes", "--no-verify")
    assert applied.returncode == 0, applied.stderr
    after = diag(box, tmp_path, "observe", "Get Balance")
    assert after.returncode == 0 and "changed too recently: wait for a full hour" in after.stderr
    assert "No action ran" not in after.stderr  # it did


def test_an_org_without_production_says_so(sandbox: RunningSandbox, tmp_path: Path) -> None:
    done = diag(sandbox, tmp_path, "observe", "Quote Shipping Rate")
    assert done.returncode == 0, done.stderr
    assert "was not used in the last 7 days" in done.stderr and "diag tune" in done.stderr
    unknown = diag(sandbox, tmp_path, "observe", "Nothing Like That")
    assert unknown.returncode == 2 and "Nothing Like That" in unknown.stderr


def test_production_is_drawn_by_itself_and_beside_a_test(start_sandbox: StartSandbox, tmp_path: Path) -> None:
    box = start_sandbox("production-history")
    orders = next(id_ for id_, row in box.truth()["actions"].items() if row["name"] == "Look Up Orders")
    # The backend's median is 1.5 s: this test was far too easy.
    calls(lognormal(800, 0.9, seed=4), action=orders, timeout_s=3).to_csv(tmp_path / "easy.csv", index=False)

    for arguments in (
        ("observe", "--days", "3", "-o", "production.json"),
        ("observe", "--days", "3", "--against", "easy.csv", "-o", "production.html"),
        ("report", "easy.csv", "--production", "production.json", "-o", "beside.html"),
        ("report", "easy.csv", "--production", "production.json", "-o", "again.html"),
    ):
        done = diag(box, tmp_path, *arguments)
        assert done.returncode == 0, done.stderr
        assert done.stdout.strip() == arguments[-1]

    alone = (tmp_path / "production.html").read_text(encoding="utf-8")
    beside = (tmp_path / "beside.html").read_text(encoding="utf-8")
    for page in (alone, beside):
        assert complaints(page) == []
        assert "<strong>test faster</strong>" in page
        assert "rely on production" in page
        assert 'class="badge sandbox"' in page
    assert "production telemetry (" in beside and " in production</text>" in beside
    assert "the test (" in alone and " in the test</text>" in alone
    assert ">Production</strong>" in alone
    assert beside == (tmp_path / "again.html").read_text(encoding="utf-8")


OTHER = "not a saved observation"


@pytest.mark.parametrize(
    ("text", "why"),
    [("{}", OTHER), ("[]", OTHER), ("no json", "not valid JSON (line 1"), ('{"source": "test"}', OTHER)],
)
def test_what_is_no_saved_observation_is_refused(
    sandbox: RunningSandbox, tmp_path: Path, text: str, why: str
) -> None:
    (tmp_path / "other.json").write_text(text)
    calls(lognormal(300, 0.9, seed=4)).to_csv(tmp_path / "test.csv", index=False)

    done = diag(sandbox, tmp_path, "report", "test.csv", "--production", "other.json")

    assert done.returncode in (1, 2) and "Traceback" not in done.stderr
    assert why in done.stderr and "diag observe -o" in done.stderr


def test_a_table_has_no_file(sandbox: RunningSandbox, tmp_path: Path) -> None:
    done = diag(sandbox, tmp_path, "observe", "-o", "table.txt")

    assert done.returncode == 2 and "A table is for the terminal" in done.stderr
