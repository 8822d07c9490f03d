"""--cut-off is --percentile in words: one setting, however it is written, and never a guess."""

import click
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from analysis.analysis_errors import BadSettingError
from analysis.number_words import accepted_text
from analysis.recommend_settings import HIGHEST_PERCENTILE, LOWEST_PERCENTILE, RecommendSettings
from analysis.share_cut_off import cut_off_of, percentile_of
from analysis.typed_command import rule_flags
from diag.interaction.recommend_options import asked_to_call, recommend_options, typed_cut_off


@click.command()
@recommend_options
def judging(rules: RecommendSettings) -> RecommendSettings:
    return rules


def judged(*arguments: str) -> RecommendSettings:
    result = CliRunner().invoke(judging, list(arguments), standalone_mode=False)
    if result.exception is not None:
        raise result.exception
    value: RecommendSettings = result.return_value
    return value


@pytest.mark.parametrize(
    ("text", "percentile"),
    [
        ("0.1%", 0.999),
        ("0.1 %", 0.999),
        (" 0.10% ", 0.999),
        ("1 in 1,000", 0.999),
        ("1 in 1000", 0.999),
        ("1 good call in 1,000", 0.999),
        ("2 good calls in 1,000", 0.998),
        ("1%", 0.99),
        ("50%", LOWEST_PERCENTILE),
        ("0.01%", HIGHEST_PERCENTILE),
    ],
)
def test_every_form_is_the_same_setting(text: str, percentile: float) -> None:
    assert judged("--cut-off", text) == judged("--percentile", str(percentile))
    assert judged("--cut-off", text, "--percentile", str(percentile)).percentile == percentile


@pytest.mark.parametrize(
    "text",
    ["", "%", "0.1", ".1", "0.001", "1", "0,1%", "-1%", "+1%", "1e-1%", "nan%", "inf%", "1 in 0", "1 in 1,00",
     "1 of 1000", "\u0660.\u0661%", "0.1%%", "0.1% 0.1%", "x" * 9999, "9" * 9999 + "%", "\x1b[2J1%"],
)  # fmt: skip
def test_what_could_mean_two_things_is_refused(text: str) -> None:
    with pytest.raises(BadSettingError) as error:
        judged("--cut-off", text)
    assert error.value.hint == "Write it as 0.1% or as '1 in 1,000'."
    assert len(error.value.message) < 120


def test_a_bare_number_says_what_it_could_mean() -> None:
    with pytest.raises(BadSettingError, match=r"has no % sign: it could mean 0\.1% or 10%"):
        judged("--cut-off", "0.1")


@pytest.mark.parametrize("text", ["0%", "0.009%", "51%", "100%", "1 in 1", "999%", "0 in 10"])
def test_the_range_is_that_of_the_percentile(text: str) -> None:
    with pytest.raises(BadSettingError, match="out of range") as error:
        judged("--cut-off", text)
    assert error.value.hint == "Use a share from 0.01% to 50%."


def test_both_of_them_must_agree() -> None:
    with pytest.raises(BadSettingError, match=r"--cut-off 0.1% is --percentile 0.999, not 0.99\.") as error:
        judged("--cut-off", "0.1%", "--percentile", "0.99")  # the default, and stated
    assert error.value.hint == "They are the same setting: give one of them."


@given(st.integers(1, 5_000_000))
def test_next_commands_repeat_the_setting_exactly(millionths_of_a_percent: int) -> None:
    text = f"{millionths_of_a_percent / 100_000:.5f}%"
    if not 0.01 <= millionths_of_a_percent / 100_000 <= 50:
        return
    percentile = percentile_of(text)
    settings = RecommendSettings(percentile=percentile)

    assert judged(*rule_flags(settings)) == settings
    assert percentile_of(cut_off_of(percentile)) == pytest.approx(percentile, abs=1e-12)


@given(st.sampled_from([0.5, 0.9, 0.95, 0.99, 0.995, 0.999, 0.9995, 0.9999, 0.9985]))
def test_what_is_accepted_in_words_is_the_same_dial(percentile: float) -> None:
    assert percentile_of(accepted_text(percentile)) == percentile


@pytest.mark.parametrize(
    ("percentile", "words"),
    [
        (0.99, "1 good call in 100"),
        (0.999, "1 good call in 1,000"),
        (0.9999, "1 good call in 10,000"),
        (0.95, "5 good calls in 100"),
        (0.9985, "15 good calls in 10,000"),
        (0.9987655, "0.12 % of good calls"),
    ],
)
def test_a_percentile_is_said_in_calls(percentile: float, words: str) -> None:
    assert accepted_text(percentile) == words


def test_next_commands_of_the_same_verb_repeat_it_as_it_was_typed() -> None:
    @click.command()
    @recommend_options
    def asking(rules: RecommendSettings) -> tuple[str, ...]:
        return asked_to_call(None, profile=None, sandbox=False).by(rules).rules

    def words(*arguments: str) -> object:
        return CliRunner().invoke(asking, list(arguments), standalone_mode=False).return_value

    assert words("--cut-off", " 1 in 1,000") == ("--cut-off", "1 in 1,000")
    assert words("--percentile", "0.999") == ("--percentile", "0.999")
    assert words() == () and typed_cut_off() is None
