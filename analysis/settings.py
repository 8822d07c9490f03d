"""Settings of a recommendation, with the defaults of the method (docs/method.md)."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Final, Literal

from analysis.analysis_errors import BadSettingError
from analysis.format.sample_schema import PLATFORM_MAX_TIMEOUT_S, PLATFORM_MIN_TIMEOUT_S

SAME_WITHIN_S: Final = 0.25
"""A difference of two runs proven smaller than this, seconds, moves no timeout in whole seconds."""

USUAL_CAP_S: Final = 30
"""The cap where nobody asks for another one."""
LOWEST_PERCENTILE: Final = 0.5
HIGHEST_PERCENTILE: Final = 0.9999

MOST_DAYS: Final = 31
"""The longest window of production telemetry that is read, days."""


@dataclass(frozen=True, slots=True)
class RecommendSettings:
    """How a number is made from samples. Raises BadSettingError for a value outside its range."""

    percentile: float = 0.99
    confidence: float = 0.95
    buffer_ratio: float = 0.20
    buffer_min_s: float = 0.5
    cap_s: int = USUAL_CAP_S
    floor_s: int = 1
    rule: Literal["max", "sum"] = "max"
    warmup_s: float = 15.0
    warmup_max_share: float = 0.20
    hysteresis_ratio: float = 0.20
    hysteresis_min_s: float = 1.0
    target_calls: int = 5000
    backend_errors: Literal["censor", "exclude"] = "censor"

    def __post_init__(self) -> None:
        """Check every range once, so that no later step has to."""
        _check("percentile", self.percentile, LOWEST_PERCENTILE, HIGHEST_PERCENTILE)
        _check("confidence", self.confidence, 0.5, 0.9999)
        _check("buffer_ratio", self.buffer_ratio, 0.0, 5.0)
        _check("buffer_min_s", self.buffer_min_s, 0.0, 60.0)
        _check("cap_s", self.cap_s, PLATFORM_MIN_TIMEOUT_S, PLATFORM_MAX_TIMEOUT_S)
        _check("floor_s", self.floor_s, PLATFORM_MIN_TIMEOUT_S, self.cap_s)
        _check("warmup_s", self.warmup_s, 0.0, 3600.0)
        _check("warmup_max_share", self.warmup_max_share, 0.0, 0.9)
        _check("hysteresis_ratio", self.hysteresis_ratio, 0.0, 5.0)
        _check("hysteresis_min_s", self.hysteresis_min_s, 0.0, 60.0)
        _check("target_calls", self.target_calls, 1, 10_000_000)
        if self.rule not in ("max", "sum"):
            raise BadSettingError(f"rule is {self.rule!r}", hint="Use one of: max, sum")
        if self.backend_errors not in ("censor", "exclude"):
            raise BadSettingError(
                f"backend_errors is {self.backend_errors!r}", hint="Use one of: censor, exclude"
            )


def with_overrides(settings: RecommendSettings, stated: Mapping[str, object]) -> RecommendSettings:
    """Return `settings` with the values of one action's `recommend` table in the workload file.

    Raises BadSettingError for a name that is no setting, or a value of the wrong type or range.
    """
    known = {field.name: getattr(settings, field.name) for field in fields(settings)}
    changed: dict[str, object] = {}
    for name, value in stated.items():
        if name not in known:
            raise BadSettingError(f"{name} is not a setting", hint=f"Use one of: {', '.join(known)}")
        whole, text = isinstance(known[name], int), isinstance(known[name], str)
        wanted = str if text else int if whole else (int, float)
        if isinstance(value, bool) or not isinstance(value, wanted):
            kind = "a text" if text else "a whole number" if whole else "a number"
            raise BadSettingError(f"{name} is {value!r}", hint=f"{name} is {kind}.")
        changed[name] = value
    return replace(settings, **changed)  # type: ignore[arg-type]  # checked above, field by field


def changed(settings: RecommendSettings) -> dict[str, object]:
    """Return the values that differ from the defaults, by name; `with_overrides` leads back."""
    values = {field.name: (getattr(settings, field.name), field.default) for field in fields(settings)}
    return {name: value for name, (value, default) in values.items() if value != default}


def with_cap(settings: RecommendSettings, cap_s: int | None) -> RecommendSettings:
    """Return the settings with the cap of one action, if it has its own."""
    if cap_s is None:
        return settings
    cap = min(max(cap_s, PLATFORM_MIN_TIMEOUT_S), PLATFORM_MAX_TIMEOUT_S)
    return replace(settings, cap_s=cap, floor_s=min(settings.floor_s, cap))


def _check(name: str, value: float, low: float, high: float) -> None:
    if not low <= value <= high:
        raise BadSettingError(f"{name} is {value}", hint=f"Use a value from {low} to {high}.")
