"""A verb's flags arrive as one frozen value, and the flags stated again lead back to the same value."""

from dataclasses import dataclass, replace
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from analysis.analysis_errors import BadSettingError
from analysis.recommend_settings import RecommendSettings
from analysis.typed_command import rule_flags
from diag.apply_dialog.apply_options import ApplyFlags, apply_options
from diag.interaction.option_values import gathered
from diag.interaction.recommend_options import asked_of, recommend_options


@dataclass(frozen=True)
class Chosen:
    """Options of a verb made for the test; `untold` has no flag."""

    name: str
    names: tuple[str, ...]
    untold: int = 7


@click.command()
@click.argument("name")
@click.option("--more", "names", multiple=True)
@click.option("--other", type=int)
@gathered(Chosen, "chosen")
@recommend_options
def judging(chosen: Chosen, rules: RecommendSettings, other: int) -> tuple[Chosen, RecommendSettings, int]:
    return chosen, rules, other


@click.command()
@apply_options
def changing(profile: str | None, flags: ApplyFlags) -> tuple[str | None, ApplyFlags]:
    return profile, flags


def judged(*arguments: str) -> tuple[Chosen, RecommendSettings, int]:
    result = CliRunner().invoke(judging, list(arguments), standalone_mode=False)
    if result.exception is not None:
        raise result.exception
    value: tuple[Chosen, RecommendSettings, int] = result.return_value
    return value


def test_flags_arrive_by_name_and_the_others_beside_them() -> None:
    assert judged("a", "--more", "b", "--more", "c", "--other", "3", "--cap", "20") == (
        Chosen("a", ("b", "c")),
        RecommendSettings(cap_s=20),
        3,
    )


def test_a_setting_outside_its_range_is_an_error_of_the_analysis() -> None:
    with pytest.raises(BadSettingError):
        judged("a", "--percentile", "1.5")


@pytest.mark.parametrize(
    ("settings", "flags"),
    [
        (RecommendSettings(), []),
        (
            RecommendSettings(percentile=0.999, buffer_min_s=2.0, rule="sum"),
            ["--percentile", "0.999", "--buffer-min", "2", "--rule", "sum"],
        ),
    ],
)
def test_stated_flags_lead_back_to_the_same_settings(settings: RecommendSettings, flags: list[str]) -> None:
    assert list(rule_flags(settings)) == flags
    assert judged("a", *flags)[1] == settings


def test_the_same_question_can_be_typed() -> None:
    asked = asked_of((Path("a b.csv"), Path("-x.csv")), Path("facts.json"), only=["-A"], profile="live")
    asked = replace(asked, rules=rule_flags(RecommendSettings(cap_s=20)))

    assert asked.command("recommend", before=asked.scope, last=("--apply",)) == (
        "diag recommend 'a b.csv' ./-x.csv --actions facts.json --only=-A --cap 20 --profile live --apply"
    )
    assert asked.command("measure", ("Get A",)) == ("diag measure --action 'Get A' --cap 20 --profile live")
    assert asked.command("doctor") == "diag doctor --profile live"
    assert asked_of((), None).command("recommend", last=("--apply",)) == "diag recommend --apply"


def test_an_apply_asks_and_verifies_unless_told_otherwise() -> None:
    told = ["--yes", "--dry-run", "--no-verify", "--allow-side-effects", "--on-error", "continue"]
    plain = CliRunner().invoke(changing, [], standalone_mode=False)
    other = CliRunner().invoke(changing, [*told, "--profile", "dev"], standalone_mode=False)

    assert plain.return_value == (None, ApplyFlags(False, False, True, False, "stop"))
    assert other.return_value == ("dev", ApplyFlags(True, True, False, True, "continue"))
