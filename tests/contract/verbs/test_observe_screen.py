"""`diag observe` on one screen: what can be set and what to do; how it was found out with -v."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from diag.cli import run
from diag.exit_codes import ExitCode
from tests.support.sandbox_process import start_sandbox

ROOT = Path(__file__).resolve().parents[3]
UNUSED = """
[[action]]
name = "Unused {}"
integration = "Backend"
category = "c"
latency = {{ model = "fixed", at_ms = 20 }}
"""
BUSY = """
description = "One action is used"
[[integration]]
name = "Backend"
type = "custom-rest-actions"
[[action]]
name = "Busy"
integration = "Backend"
category = "c"
latency = { model = "lognormal", median_ms = 400, sigma = 0.3 }
history = { days = 14, peak_calls_per_hour = 40 }
"""


@pytest.fixture(scope="module")
def demo_environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """A sandbox in the place of the demo: one action that production calls, five that it does not."""
    path = tmp_path_factory.mktemp("org") / "org.toml"
    path.write_text("".join((BUSY, *(UNUSED.format(number) for number in range(5)))))
    with start_sandbox(scenario=str(path)) as sandbox:
        yield sandbox.environment


@pytest.mark.slow
def test_one_command_shows_and_saves_and_its_next_one_sets(
    capsys: "pytest.CaptureFixture[str]", session: Path
) -> None:
    assert run(["observe", "--out", "plan.json", "--cut-off", "0.5%"]) == ExitCode.OK
    shown = capsys.readouterr()

    assert "Set 1 timeout (you see the plan and are asked first): diag apply plan.json" in shown.out
    assert "Saved plan.json. Plan: 1 to change, 0 unchanged, 0 skipped." in shown.err
    assert "says nothing of them: Unused 0, Unused 1, Unused 2 and 2 more." in shown.err
    assert "3 x p99" not in shown.out and "Busy: " not in shown.out
    assert len(shown.out.split()) + len(shown.err.split()) < 120

    assert run(["observe", "--cut-off", "0.5%"]) == ExitCode.OK
    both = "diag observe --cut-off 0.5% --out plan.json && diag apply plan.json"
    assert f"asked first): {both}" in capsys.readouterr().out

    assert run(["apply", "plan.json", "--yes"]) == ExitCode.OK
    told = capsys.readouterr().err
    assert "  ~ Busy: 60 s (unset) -> " in told and "  APPLIED  Busy: 60 s (unset) -> " in told
    assert len(told.split()) < 110


@pytest.mark.slow
def test_verbose_shows_all_figures_and_names(capsys: "pytest.CaptureFixture[str]", session: Path) -> None:
    assert run(["observe", "-v", "--days", "14"]) == ExitCode.OK
    shown = capsys.readouterr()

    assert "Unused 4" in shown.err and "does not document how late these numbers arrive" in shown.err
    assert "3 x p99" in shown.out and "\n  Busy: " in shown.out and "All figures" not in shown.err


@pytest.mark.slow
def test_what_production_cannot_judge_leads_to_a_campaign(
    capsys: "pytest.CaptureFixture[str]", session: Path
) -> None:
    assert run(["observe", "Unused 0"]) == ExitCode.OK
    assert "Measure instead: diag init, then diag tune" in capsys.readouterr().err

    assert run(["init", "acme.toml"]) == ExitCode.OK
    assert "Check the file, then: diag tune acme.toml (shows the cost" in capsys.readouterr().err
    assert run(["scan"]) == ExitCode.OK
    assert "Next: diag observe (what production says; nothing is called)" in capsys.readouterr().err


def test_readme_leads_to_the_first_number_in_few_words() -> None:
    """With the screens of these commands on an org of 25 actions (471 words) it is less than 600."""
    steps = (ROOT / "README.md").read_text(encoding="utf-8").split("## On your org")[1]
    way = steps.split("diag undo")[0]

    assert len(way.split()) <= 125
    assert "diag observe" in way and "--learn" not in way  # its five minutes pay before calls are made
