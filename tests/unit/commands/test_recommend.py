"""`diag recommend` from the command line: what it prints next stays with the actions it is about."""

import json
import shlex
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.format.sample_schema import Outcome
from diag.cli import run
from diag.exit_codes import ExitCode
from tests.support.sample_tables import calls, lognormal

GIVES_UP_S = 10.01


def gives_up(action: str, seed: int) -> pd.DataFrame:
    """Calls of a backend that ends 2 in 100 by itself after some ten seconds."""
    took = lognormal(3000, 0.9, seed)
    ends = np.random.default_rng(seed).random(took.size) < 0.02
    outcome = np.where(ends, Outcome.BACKEND_ERROR, Outcome.OK)
    return calls(np.where(ends, GIVES_UP_S, took), action=action, outcome=outcome, rate=0.5)


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """One action whose backend gives up, one that fails at once, and one that can be lowered."""
    monkeypatch.chdir(tmp_path)
    slow = lognormal(3000, 1.5, 5)
    fails = np.random.default_rng(5).random(slow.size) < 0.05
    flaky = calls(
        slow, action="Flaky", outcome=np.where(fails, "backend_error", "ok"), timeout_s=20, rate=0.5
    )
    table = pd.concat([gives_up("Loop", 1), flaky, calls(lognormal(3000, 1.0, 7), action="Low", rate=0.5)])
    table.to_csv("calls.csv", index=False)
    return "calls.csv"


def printed(capsys: "pytest.CaptureFixture[str]", *arguments: str) -> str:
    assert run(["recommend", *arguments]) == ExitCode.OK
    return " ".join(capsys.readouterr().out.split())


@pytest.mark.slow
def test_errors_are_left_out_of_the_one_action_whose_backend_gives_up(
    capsys: "pytest.CaptureFixture[str]", file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Elsewhere a failing call may hide a slow one: no other action is judged, or set, without them."""
    answered = f"diag recommend {file} --only Loop --backend-errors exclude"
    assert f"Judge only the answered calls of Loop: {answered}" in printed(capsys, file)

    monkeypatch.setattr("sys.argv", shlex.split(answered))
    then = printed(capsys, *shlex.split(answered)[2:])
    assert f"asked first): {answered} --apply" in then
    assert "Flaky" not in then and "Low:" not in then


@pytest.mark.slow
@pytest.mark.parametrize("form", ["json", "csv", "md", "gc"])
def test_every_form_is_about_the_chosen_actions(
    capsys: "pytest.CaptureFixture[str]", file: str, form: str
) -> None:
    out = printed(capsys, file, "--skip", "F*", "--only", "l*", "--format", form)
    assert "Flaky" not in out and "Low" in out


@pytest.mark.slow
def test_a_name_that_several_actions_have_is_not_typed(
    capsys: "pytest.CaptureFixture[str]", file: str
) -> None:
    names = [("Loop", "Get It"), ("Flaky", "Get It"), ("Low", "Loop")]
    facts = [{"action_id": one, "action_name": name} for one, name in names]
    Path("facts.json").write_text(json.dumps(facts))

    body = json.loads(printed(capsys, file, "--actions", "facts.json", "--format", "json"))
    commands = {row["action_id"]: shlex.split(row["next_command"]) for row in body["actions"]}
    assert commands["Loop"][-4:] == ["--only", "Loop", "--backend-errors", "exclude"]
    assert "Get It" not in " ".join(commands["Flaky"])
