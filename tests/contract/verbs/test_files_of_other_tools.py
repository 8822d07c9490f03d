"""A file of JMeter as `diag recommend` and `diag report` take it: judged, with its limits said, and set."""

import json
from pathlib import Path

import numpy as np
import pytest

from diag.cli import run
from diag.exit_codes import ExitCode
from diag.interaction.recommend_options import asked_of
from diag.interaction.tool_options import ToolFlags
from tests.support.terminal_session import OTHER, action_named
from tests.support.tool_files import TrueCalls, jtl_csv, true_calls


@pytest.fixture
def jtl(session: Path) -> Path:
    """3,000 calls of about 7 s, as JMeter's label of it says "loyalty"."""
    calls = true_calls(3000)
    slow = TrueCalls(calls.started_at, calls.latency_ms + 7000.0, np.full(3000, 200))
    path = session / "a.jtl"
    path.write_text(jtl_csv(slow).replace("Get customer", "loyalty"))
    return path


@pytest.mark.slow
def test_the_limits_of_the_file_are_said(capsys: "pytest.CaptureFixture[str]", jtl: Path) -> None:
    assert run(["recommend", "a.jtl", "--as", "jmeter", "--action", OTHER]) == ExitCode.OK

    told = " ".join("".join(capsys.readouterr()).split())
    assert "Measured by JMeter: a thread of JMeter waits for each reply" in told


def test_a_next_command_reads_the_same_files_in_the_same_way() -> None:
    flags = ToolFlags("csv", ("latency_ms=t:s,started_at=at",), "-x", Path("l.toml"), None, "comma")

    asked = asked_of([Path("a.csv")], None, tool_flags=flags)

    assert asked.command("recommend") == (
        "diag recommend a.csv --as csv --map latency_ms=t:s,started_at=at --action=-x --labels l.toml "
        "--decimal comma"
    )


def test_labels_of_a_workload_and_the_names_of_actions_lead_to_ids(
    capsys: "pytest.CaptureFixture[str]", jtl: Path, session: Path
) -> None:
    (session / "workload.toml").write_text(f'[labels]\nloyalty = "{OTHER}"\n')
    facts = {"action_id": "custom_-_1", "action_name": OTHER, "current_timeout_s": 5}
    (session / "actions.json").write_text(json.dumps([facts]))

    assert run(["recommend", "a.jtl", "--actions", "actions.json", "--format", "json"]) == ExitCode.OK

    (row,) = json.loads(capsys.readouterr().out)["actions"]
    assert (row["action_id"], row["current_timeout_s"]) == ("custom_-_1", 5)
    assert row["measured_by"] == ["JMeter"]
    assert any("closed model" in warning for warning in row["warnings"])


@pytest.mark.slow
def test_a_raise_is_set_for_the_action_that_the_name_means(
    capsys: "pytest.CaptureFixture[str]", jtl: Path
) -> None:
    assert run(["set", OTHER, "--timeout", "5", "--yes", "--no-verify"]) == ExitCode.OK
    flags = ["--action", OTHER, "--apply", "--yes", "--no-verify", "--force"]

    assert run(["recommend", "a.jtl", *flags]) == ExitCode.OK

    assert (action_named(OTHER).timeout_s or 0) > 9


@pytest.mark.slow
def test_a_shorter_timeout_by_another_tool_needs_force(
    capsys: "pytest.CaptureFixture[str]", jtl: Path
) -> None:
    assert run(["set", OTHER, "--timeout", "29", "--yes", "--no-verify"]) == ExitCode.OK

    run(["recommend", "a.jtl", "--action", OTHER, "--apply", "--yes", "--no-verify"])

    assert "whether Genesys' own share of a call is in them is not known" in " ".join(
        capsys.readouterr().err.split()
    )
    assert action_named(OTHER).timeout_s == 29


@pytest.mark.slow
def test_the_report_says_the_same(jtl: Path, session: Path) -> None:
    assert run(["report", "a.jtl", "--format", "md", "-o", "report.md"]) == ExitCode.OK

    assert "measured by JMeter" in (session / "report.md").read_text()


def test_a_file_that_is_not_of_that_tool(capsys: "pytest.CaptureFixture[str]", jtl: Path) -> None:
    assert run(["recommend", "a.jtl", "--as", "k6"]) == ExitCode.USAGE

    assert "does not look like a file of k6" in " ".join(capsys.readouterr().err.split())


@pytest.mark.slow
def test_failures_of_another_tool_are_shown_by_a_report_and_labels_are_asked_about(
    capsys: "pytest.CaptureFixture[str]", session: Path
) -> None:
    calls = true_calls(600)
    status = np.where(calls.latency_ms < np.quantile(calls.latency_ms, 0.95), 200, 0)
    text = jtl_csv(TrueCalls(calls.started_at, calls.latency_ms, status))
    (session / "a.jtl").write_text(text.replace("SocketTimeoutException", "ConnectException"))

    assert run(["recommend", "a.jtl"]) == ExitCode.OK
    told = " ".join("".join(capsys.readouterr()).split())
    assert "Labels are taken as the names of actions." in told
    assert "See in the report how calls of Get customer failed: diag report a.jtl" in told

    assert run(["recommend", "a.jtl", "--action", OTHER]) == ExitCode.OK
    assert "Labels are taken" not in capsys.readouterr().err
