"""What judging files keeps when it has to read them a second time."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.format.manifest import Manifest
from analysis.recommend_settings import RecommendSettings
from analysis.typed_command import Asked
from analysis.verdicts.recommendation import Verdict
from diag.errors import UsageError
from diag.judged_files import asked_by_runs, choose_inputs, gather
from tests.support.sample_tables import calls, lognormal


def test_hours_stay_on_the_asked_clock_where_refusals_need_the_details(tmp_path: Path) -> None:
    refused = calls(np.full(30, 0.05), outcome="invalid_input", action="refused")
    rows = pd.concat([calls(lognormal(400, 2.0), action="fine"), refused], ignore_index=True)
    file = tmp_path / "calls.parquet"
    rows.to_parquet(file)

    found = {
        row.action_id: row for row in gather([file], RecommendSettings(), zone="Asia/Tokyo").analysis.actions
    }

    assert found["refused"].verdict is Verdict.NO_DATA
    hours = found["fine"].hours
    assert hours is not None and hours.zone == "Asia/Tokyo"


@pytest.mark.parametrize("beside", [False, True])
def test_what_a_backend_answers_is_told_by_every_verb(tmp_path: Path, beside: bool) -> None:
    """Not only by `diag measure`, which reads the details anyway."""
    refused = calls(np.full(30, 0.05), outcome="auth_error", target="direct").assign(error_code="http_401")
    through = [calls(lognormal(400, 2.0))] if beside else []
    file = tmp_path / "calls.parquet"
    pd.concat([*through, refused], ignore_index=True).to_parquet(file)

    (row,) = gather([file], RecommendSettings()).analysis.actions
    said = row.reason if row.direct is None else row.direct.failed
    assert "the backend answered 401 to 30 of 30 calls" in str(said)


def test_next_commands_name_the_workload_of_the_runs_and_the_sandbox_where_the_session_leads_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("acme.toml", "workload.toml"):
        (tmp_path / name).touch()
    run = Manifest("r", 0.0, "complete", True, "h", "open", (), workload="acme.toml")
    elsewhere = Asked(sandbox_must_be_named=True)

    assert asked_by_runs(elsewhere, [run]).command("measure") == "diag measure acme.toml --sandbox"
    assert asked_by_runs(Asked(), [run]).command("measure") == "diag measure acme.toml"
    of_an_org = replace(run, sandbox=False, workload="workload.toml")
    assert asked_by_runs(elsewhere, [of_an_org]) == elsewhere
    assert asked_by_runs(Asked(), [run, of_an_org]) == Asked()  # which of the two?
    assert asked_by_runs(Asked(), [replace(run, workload="gone.toml")]) == Asked()
    assert asked_by_runs(elsewhere, []) == elsewhere


def test_where_there_is_only_a_campaign_its_name_is_the_fix(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    runs = tmp_path / "runs"
    with pytest.raises(UsageError) as none_at_all:
        choose_inputs((), runs)
    (runs / "tune").mkdir(parents=True)
    (runs / "tune" / "campaign.json").touch()
    with pytest.raises(UsageError) as campaign:
        choose_inputs((), runs)

    assert str(none_at_all.value.hint).startswith("Make one: diag measure.")
    assert campaign.value.hint == "Name the campaign: runs/tune. Or make a run: diag measure"
