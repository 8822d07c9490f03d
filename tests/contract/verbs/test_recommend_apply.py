"""`diag recommend --out` and `--apply`: evidence, guards, and the way back."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from diag.changes.plans.plan_file import read_plan
from diag.cli import run
from diag.exit_codes import ExitCode
from tests.support.terminal_session import OTHER, action_named, history, samples

pytestmark = pytest.mark.usefixtures("as_org")


@pytest.mark.slow
def test_recommend_saves_a_plan_with_its_evidence_and_apply_carries_it_out(
    capsys: "pytest.CaptureFixture[str]", session: Path
) -> None:
    name = "Search Knowledge Articles"
    action = action_named(name)
    file = samples(session / "calls.csv", 1000, action)
    facts = session / "actions.json"
    facts.write_text(json.dumps([{"action_id": action.id, "current_timeout_s": 10, "timeout_is_set": True}]))

    assert run(["recommend", str(file), "--actions", str(facts), "--out", "plan.json"]) == ExitCode.OK
    (change,) = read_plan(session / "plan.json").changes
    assert (change.before_timeout_s, change.direction, change.forced) == (10, "lower", False)
    assert change.evidence is not None
    assert change.evidence.samples > 2900
    assert change.evidence.grade == "B"
    assert run(["apply", "plan.json", "--yes"]) == ExitCode.OK

    (entry,) = history(capsys)
    assert (entry["outcome"], entry["origin"], entry["after_timeout_s"]) == ("applied", "recommend", 2)
    assert action_named(name).timeout_s == 2


def test_the_dial_in_words_asks_the_same_question(
    capsys: "pytest.CaptureFixture[str]", session: Path
) -> None:
    file = str(samples(session / "calls.csv", 1000, action_named(OTHER)))
    capsys.readouterr()
    shown = []
    for dial in (["--cut-off", "2 in 1,000"], ["--percentile", "0.998"]):
        assert run(["recommend", file, *dial, "--format", "json"]) == ExitCode.OK
        shown.append(capsys.readouterr().out)

    assert "--percentile" not in shown[0]  # next commands repeat what was typed
    assert shown[0].replace("--cut-off '2 in 1,000'", "--percentile 0.998") == shown[1]
    body = json.loads(shown[0])
    assert body["settings"]["percentile"] == 0.998
    (action,) = body["actions"]
    assert "998 of 1,000 calls finish within" in action["reason"]
    assert action["rules"][-1]["name"] == "this recommendation: 2 good calls in 1,000 may be cut off"
    assert run(["recommend", file, "--cut-off", "0.1%", "--percentile", "0.99"]) == ExitCode.USAGE
    assert "They are the same setting" in capsys.readouterr().err
    assert run(["recommend", file, "--cut-off", "0.1"]) == ExitCode.USAGE
    assert "could mean 0.1% or 10%" in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.parametrize("form", ["json", "csv", "md"])
def test_an_apply_shows_plan_results_and_the_way_back_whatever_the_format(
    capsys: "pytest.CaptureFixture[str]", session: Path, form: str
) -> None:
    name = "Look Up Open Orders"
    assert run(["set", name, "--timeout", "2", "--yes", "--no-verify"]) == ExitCode.OK
    action = action_named(name)
    file = samples(session / "calls.csv", 3000, action)
    file.write_text(file.read_text().replace(",ok,5", ",ok,2"))
    facts = session / "actions.json"
    facts.write_text(json.dumps([{"action_id": action.id, "current_timeout_s": 2, "timeout_is_set": True}]))
    capsys.readouterr()

    arguments = ["recommend", str(file), "--actions", str(facts), "--format", form]
    assert run([*arguments, "--apply", "--yes", "--no-verify", "--force"]) == ExitCode.OK

    shown = capsys.readouterr()
    assert ": 2 s -> " in shown.err
    assert "Plan: 1 to change, 0 unchanged, 0 skipped." in shown.err
    assert f"APPLIED  {name}" in shown.err
    assert "To undo all of it: diag undo --all-of " in shown.err
    assert "APPLIED" not in shown.out
    if form == "json":
        json.loads(shown.out)


@pytest.mark.slow
def test_a_run_that_is_invalid_sets_nothing_without_force(
    capsys: "pytest.CaptureFixture[str]", measured_run: Callable[..., Path]
) -> None:
    folder = measured_run(status="invalid", status_reason="the generator was late")
    capsys.readouterr()

    assert run(["recommend", str(folder), "--apply", "--yes", "--no-verify"]) == ExitCode.OK
    held = capsys.readouterr().err
    assert run(["recommend", str(folder), "--apply", "--yes", "--no-verify", "--force"]) == ExitCode.OK
    forced = capsys.readouterr().err
    run(["check", str(folder), "--format", "json"])
    checked = capsys.readouterr()

    weak = "Run r1 is invalid: the generator was late"
    assert f"  WEAK EVIDENCE {weak}." in held
    assert f"not set yet: the evidence is weak: {weak}. Get there: diag measure" in held
    assert "Plan: 0 to change, 0 unchanged, 1 skipped." in held
    assert f"APPLIED  {OTHER}" in forced
    assert f"Warning: {weak}." in checked.err
    json.loads(checked.out)


@pytest.mark.slow
def test_a_run_measured_elsewhere_is_never_applied_here(
    capsys: "pytest.CaptureFixture[str]", measured_run: Callable[..., Path]
) -> None:
    folder = measured_run(org_id="other-org", host="api.other.test")
    capsys.readouterr()

    assert run(["recommend", str(folder), "--apply", "--yes", "--force"]) == ExitCode.USAGE
    told = capsys.readouterr().err
    assert "Run r1 was measured in org other-org at api.other.test; you are connected to org " in told
    assert "(Sandbox (demo)) at 127.0.0.1:" in told


@pytest.mark.slow
def test_a_what_if_leaves_the_runs_record_alone(measured_run: Callable[..., Path]) -> None:
    folder = measured_run()
    record = folder / "recommendations.json"

    assert run(["recommend", str(folder)]) == ExitCode.OK
    judged = record.read_text()
    assert run(["recommend", str(folder), "--percentile", "0.9", "--cap", "4"]) == ExitCode.OK
    assert record.read_text() == judged
    record.unlink()
    assert run(["recommend", str(folder), "--percentile", "0.9"]) == ExitCode.OK
    assert not record.exists()


@pytest.mark.slow
def test_a_closed_model_is_named(
    capsys: "pytest.CaptureFixture[str]", measured_run: Callable[..., Path]
) -> None:
    assert run(["recommend", str(measured_run())]) == ExitCode.OK
    assert "Closed model" not in capsys.readouterr().err
    assert run(["recommend", str(measured_run(model="closed"))]) == ExitCode.OK
    assert "Closed model: callers waited for each other" in capsys.readouterr().err.replace("\n", " ")
