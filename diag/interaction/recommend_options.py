"""The flags of a recommendation, shared by every verb that judges: one name, one default each."""

import functools
from collections.abc import Callable, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any, Final, TypeVar

import click
from click.core import ParameterSource

from analysis.analysis_errors import BadSettingError
from analysis.recommend_settings import RecommendSettings
from analysis.share_cut_off import cut_off_of, percentile_of
from analysis.typed_command import Asked, flag_with, path_to_type, rule_flag, shortest
from diag.interaction.option_values import gathered
from diag.interaction.tool_options import ToolFlags

Result = TypeVar("Result")

_CUT_OFF: Final = "diag.cut_off"
"""Where click keeps what was typed after --cut-off, for the next commands of the same verb."""
_DEFAULTS = {field.name: field.default for field in fields(RecommendSettings)}


def recommend_options(function: Callable[..., Result]) -> Callable[..., Result]:
    """Add the flags; the command receives `rules: RecommendSettings`.

    A value outside its range raises analysis.analysis_errors.BadSettingError.
    """
    options: tuple[Callable[[Callable[..., Any]], Callable[..., Any]], ...] = (
        _option("percentile", float, "Share of calls that must finish in time."),
        click.option(
            "--cut-off",
            metavar="SHARE",
            help="The same in words: how many good calls may be cut off, as 0.1% or '1 in 1,000'.",
        ),
        _option("confidence", float, "One-sided confidence of the upper bound."),
        _option("buffer_ratio", float, "Buffer as a share of p99."),
        _option("buffer_min_s", float, "Smallest buffer, seconds."),
        _option("cap_s", int, "Never recommend more than this (platform: 60)."),
        _option("floor_s", int, "Never recommend less than this."),
        click.option(
            "--rule",
            type=click.Choice(["max", "sum"]),
            default=_DEFAULTS["rule"],
            show_default=True,
            help="max(bound, p99 + buffer), or bound + buffer for backends that drift.",
        ),
        click.option(
            "--backend-errors",
            type=click.Choice(["censor", "exclude"]),
            default=_DEFAULTS["backend_errors"],
            show_default=True,
            help="Count a failing backend call as 'slower than this', or leave it out.",
        ),
    )
    function = _one_dial(gathered(RecommendSettings, "rules")(function))
    for option in reversed(options):
        function = option(function)
    return function


def _one_dial(function: Callable[..., Result]) -> Callable[..., Result]:
    """Give the command `percentile`, whether it was stated as such or as `--cut-off`: one setting."""

    @functools.wraps(function)
    def command(*, cut_off: str | None, percentile: float, **flags: Any) -> Result:
        if cut_off is None:
            return function(percentile=percentile, **flags)
        asked, context = percentile_of(cut_off), click.get_current_context()
        context.meta[_CUT_OFF] = cut_off.strip()
        source = context.get_parameter_source("percentile")
        if source is not ParameterSource.DEFAULT and asked != percentile:
            raise BadSettingError(
                f"--cut-off {cut_off_of(asked)} is --percentile {shortest(asked)}, "
                f"not {shortest(percentile)}.",
                hint="They are the same setting: give one of them.",
            )
        return function(percentile=asked, **flags)

    return command


def asked_of(
    inputs: Sequence[Path],
    actions_file: Path | None,
    *,
    tool_flags: ToolFlags | None = None,
    only: Sequence[str] = (),
    skip: Sequence[str] = (),
    profile: str | None = None,
) -> Asked:
    """Return what the commands after this one repeat of what was judged; the analysis adds the rules."""
    beside = () if actions_file is None else ("--actions", str(actions_file))
    chosen = [*(("--only", name) for name in only), *(("--skip", name) for name in skip)]
    return Asked(
        calls=(*map(path_to_type, inputs), *beside, *(tool_flags.words if tool_flags is not None else ())),
        scope=tuple(word for flag, name in chosen for word in flag_with(flag, name)),
        org=profile_flags(profile),
        cut_off=typed_cut_off(),
    )


def asked_to_call(workload: Path | None, *, profile: str | None, sandbox: bool) -> Asked:
    """Return what the commands after one that calls repeat of it; the analysis adds the rules."""
    file = None if workload is None else str(workload)
    return Asked(org=profile_flags(profile), sandbox=sandbox, cut_off=typed_cut_off(), workload=file)


def typed_cut_off() -> str | None:
    """Return what was typed after --cut-off of the verb that runs; None where it was not."""
    context = click.get_current_context(silent=True)
    return None if context is None else context.meta.get(_CUT_OFF)


def profile_flags(profile: str | None) -> tuple[str, ...]:
    """Return the flags that lead to the same org."""
    return ("--profile", profile) if profile else ()


def _option(name: str, kind: type, text: str) -> Callable[[Callable[..., Result]], Callable[..., Result]]:
    return click.option(
        rule_flag(name), name, type=kind, default=_DEFAULTS[name], show_default=True, help=text
    )
