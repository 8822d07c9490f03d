"""Next commands repeat what was typed: the workload, the campaign, the percentile as it was given."""

import shlex
from dataclasses import replace
from pathlib import Path

import pytest

from analysis.recommend_settings import RecommendSettings
from analysis.typed_command import Asked, apply_plan, is_usual_workload, path_to_type, rule_flags

ORG = ("--profile", "prod")
STRICT = RecommendSettings(percentile=0.999, cap_s=20)


def test_a_command_that_calls_names_the_workload_first_and_then_what_it_is_about() -> None:
    asked = Asked(workload="acme.toml", org=ORG, sandbox=True, calls=("runs/A",))

    assert asked.command("measure", ["Get Orders"], before=("--probe",)) == (
        "diag measure acme.toml --probe --action 'Get Orders' --profile prod --sandbox"
    )
    assert asked.command("tune", after=("--over", "3d")) == (
        "diag tune acme.toml --over 3d --profile prod --sandbox"
    )
    assert asked.command("recommend") == "diag recommend runs/A --profile prod"
    assert asked.command("doctor") == "diag doctor --profile prod"


def test_the_same_campaign_is_named_by_workload_folder_and_org_and_keeps_its_rules_itself() -> None:
    asked = Asked(workload="acme.toml", cut_off="0.1%", campaign="-f", org=ORG).by(STRICT)

    assert Asked().same_campaign() == "diag tune"
    assert Asked(workload="acme.toml").same_campaign("--status") == "diag tune acme.toml --status"
    assert asked.same_campaign("--status") == "diag tune acme.toml --status --folder ./-f --profile prod"


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("0.1%", ("--cut-off", "0.1%")),
        ("1 in 1,000", ("--cut-off", "1 in 1,000")),
        (None, ("--percentile", "0.999")),
        ("1%", ("--percentile", "0.999")),  # of another question: what is asked for now wins
    ],
)
def test_the_percentile_is_repeated_in_the_words_it_was_typed_in(
    typed: str | None, words: tuple[str, ...]
) -> None:
    assert rule_flags(STRICT, typed) == (*words, "--cap", "20")
    line = Asked(cut_off=typed).by(STRICT).command("measure")
    assert shlex.split(line)[2:4] == list(words)


def test_a_dial_at_its_default_is_not_repeated() -> None:
    assert rule_flags(RecommendSettings(), "1%") == ()


def test_a_path_is_typed_from_here_and_never_taken_for_a_flag(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    assert path_to_type(tmp_path / "runs" / "tune") == "runs/tune"
    assert path_to_type("/elsewhere/plan.json") == "/elsewhere/plan.json"
    assert path_to_type(tmp_path / "-x") == path_to_type("-x") == "./-x"
    assert apply_plan("-plan.json", ORG) == "diag apply ./-plan.json --profile prod"
    assert is_usual_workload(tmp_path / "workload.toml") and is_usual_workload(Path("workload.toml"))
    assert not is_usual_workload(Path("acme.toml"))


def test_what_was_said_of_direct_calls_is_repeated_where_they_are_made() -> None:
    asked = Asked(direct=(("--confirm-host", "a.example=5"), ("--timeout", "8"), ("--allow-private",)))
    flags = "--confirm-host a.example=5 --timeout 8 --allow-private"
    assert asked.command("measure", ["X"], before=["--direct"]) == f"diag measure --direct --action X {flags}"
    assert asked.command("measure", ["X"], before=["--direct", "--timeout", "60"]) == (
        "diag measure --direct --timeout 60 --action X --confirm-host a.example=5 --allow-private"
    )
    assert asked.command("measure", ["X"], after=["--probe"]) == "diag measure --action X --probe"
    assert asked.command("measure", ["X"], before=["--both"]) == f"diag measure --both --action X {flags}"
    assert (
        asked.command("measure", ["X"]) == "diag measure --action X"
    )  # where nothing is direct it is refused
    both = replace(asked, direct=(("--both",), ("--confirm-host", "a.example=5")))
    repeated = "--both --confirm-host a.example=5"
    assert both.command("measure", ["X"]) == f"diag measure --action X {repeated}"
    assert both.command("measure", ["X"], before=["--direct"]) == (
        "diag measure --direct --action X --confirm-host a.example=5"
    )
    assert both.command("measure", ["X"], before=["--probe"]) == "diag measure --probe --action X"
    assert asked.command("recommend", ["X"]) == "diag recommend --only X"
