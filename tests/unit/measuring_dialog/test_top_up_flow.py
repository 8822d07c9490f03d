"""`diag measure --into RUN`: what it says that a run lacks, and what it refuses beside it."""

from dataclasses import replace
from pathlib import Path

import pytest

from analysis.recommend_settings import RecommendSettings
from diag.console import Console
from diag.errors import UsageError
from diag.measuring.asked_of_direct_calls import DirectOptions
from diag.measuring.continuing.lacking_run import LackingRun
from diag.measuring_dialog.measure_options import MeasureOptions
from diag.measuring_dialog.top_up_flow import run_to_top_up
from diag.settings import Settings
from tests.support.runs_that_lack_calls import write_run

INTO = MeasureOptions(
    workload=None, actions=(), duration=None, rate=None, calls=None, mode=None, model=None, arrivals=None,
    probe=False, until_settled=False, sla=(), processes=None, seed=None, otel=False, run_dir=None,
    into=Path("run"), dry_run=False, profile=None, sandbox=False, quiet=False,
)  # fmt: skip
USUAL, MEDIAN = RecommendSettings(), RecommendSettings(percentile=0.5)


def asked(
    run: Path, *actions: str, rules: RecommendSettings = USUAL, quiet: bool = False
) -> LackingRun | None:
    options = replace(INTO, into=run, actions=actions, quiet=quiet)
    return run_to_top_up(Console(quiet=quiet), Settings(run.parent), options, rules)


def test_what_a_run_lacks_is_said_before_it_is_called(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lacking = asked(write_run(tmp_path / "run"))

    assert lacking is not None and lacking.more.keys() == {"a1", "a2"}
    calls = sum(calls for calls, _ in lacking.more.values())
    shown = capsys.readouterr()
    assert shown.err == f"{calls:,} calls to 2 actions are missing.\n" and shown.out == ""


def test_a_run_that_lacks_nothing_shows_its_verdicts_and_is_not_called(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = write_run(tmp_path / "run", timeout_s=1)

    assert asked(run, rules=MEDIAN) is None
    shown = capsys.readouterr()
    assert "Fits" in shown.out and shown.out.splitlines()[-1] == str(run)
    assert shown.err.endswith(
        "No verdict of this run lacks calls that more of the same would give it; nothing was called.\n"
    )

    assert asked(run, rules=MEDIAN, quiet=True) is None
    assert capsys.readouterr() == (f"{run}\n", "")


def test_of_a_run_that_lacks_calls_an_action_that_does_not_is_told_as_that(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It said that no verdict of the whole run lacks any."""
    run = write_run(tmp_path / "run", calls=(40, 3), timeout_s=1)

    assert asked(run, "Get 1", rules=MEDIAN) is None
    assert "No verdict of this action lacks calls" in capsys.readouterr().err
    lacking = asked(run, rules=MEDIAN)
    assert lacking is not None and lacking.more.keys() == {"a2"}


@pytest.mark.parametrize(
    ("beside", "flag"),
    [
        (replace(INTO, run_dir=Path("other")), "--run-dir"),
        (replace(INTO, rate=3.0), "--rate"),
        (replace(INTO, calls=10), "--calls"),
        (replace(INTO, mode="async"), "--mode"),
        (replace(INTO, model="closed"), "--model"),
        (replace(INTO, arrivals="constant"), "--arrivals"),
        (replace(INTO, probe=True), "--probe"),
        (replace(INTO, direct_calls=DirectOptions(direct=True)), "--direct or --both"),
        (replace(INTO, direct_calls=DirectOptions(both=True)), "--direct or --both"),
    ],
)
def test_flags_that_would_make_other_calls_than_the_run_has_are_refused(
    beside: MeasureOptions, flag: str, tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match=f"so {flag} does not go with it"):
        run_to_top_up(Console(), Settings(tmp_path), beside, USUAL)


def test_what_is_no_run_is_refused(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    with pytest.raises(UsageError, match="is not the folder of a run"):
        asked(tmp_path / "run")
