"""The flags of a recommendation, shared by `recommend`, `report` and `check`: one name, one default each."""

from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any, TypeVar

import click

from analysis.settings import RecommendSettings

Function = TypeVar("Function", bound=Callable[..., Any])

_DEFAULTS = {field.name: field.default for field in fields(RecommendSettings)}


def recommend_options(function: Function) -> Function:
    """Add the flags; the command receives them by the names of RecommendSettings' fields."""
    options = (
        _option("percentile", float, "Share of calls that must finish in time."),
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
    for option in reversed(options):
        function = option(function)
    return function


def recommend_settings(values: dict[str, Any]) -> RecommendSettings:
    """Return the settings from a command's keyword arguments, taking out those that belong to it.

    Raises analysis.errors.BadSettingError for a value outside its range.
    """
    return RecommendSettings(**{name: values.pop(name) for name in list(values) if name in _DEFAULTS})


def stated_flags(settings: RecommendSettings) -> list[str]:
    """Return the flags that make these settings, for a command that is to judge in the same way."""
    found = []
    for name, default in _DEFAULTS.items():
        value = getattr(settings, name)
        if value != default:
            found += [_flag(name), f"{value:g}" if isinstance(value, float) else str(value)]
    return found


def typed(path: Path) -> str:
    """Return a path as it can be typed: one that begins with - would be taken for a flag."""
    return f"./{path}" if str(path).startswith("-") else str(path)


def _flag(name: str) -> str:
    return "--" + name.removesuffix("_s").replace("_", "-")


def _option(name: str, kind: type, text: str) -> Callable[[Function], Function]:
    return click.option(_flag(name), name, type=kind, default=_DEFAULTS[name], show_default=True, help=text)
