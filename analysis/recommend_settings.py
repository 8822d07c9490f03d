"""Settings of a recommendation, with the defaults of the method (docs/method.md)."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Annotated, Final, Literal, get_origin, get_type_hints

from analysis.analysis_errors import BadSettingError
from analysis.format.json_to_dataclass import Between
from analysis.format.timeout_limits import PLATFORM_MAX_TIMEOUT_S, PLATFORM_MIN_TIMEOUT_S

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

    percentile: Annotated[float, Between(LOWEST_PERCENTILE, HIGHEST_PERCENTILE)] = 0.99
    """Share of calls that must finish in time."""
    confidence: Annotated[float, Between(0.5, 0.9999)] = 0.95
    """One-sided confidence of the upper bound."""
    buffer_ratio: Annotated[float, Between(0.0, 5.0)] = 0.20
    """Buffer as a share of p99."""
    buffer_min_s: Annotated[float, Between(0.0, 60.0)] = 0.5
    """Smallest buffer, seconds."""
    cap_s: Annotated[int, Between(PLATFORM_MIN_TIMEOUT_S, PLATFORM_MAX_TIMEOUT_S)] = USUAL_CAP_S
    """Never recommend more than this (platform: 60)."""
    floor_s: Annotated[int, Between(PLATFORM_MIN_TIMEOUT_S, PLATFORM_MAX_TIMEOUT_S)] = 1
    """Never recommend less than this; at most `cap_s`."""
    rule: Literal["max", "sum"] = "max"
    """max(bound, p99 + buffer), or bound + buffer for backends that drift."""
    warmup_s: Annotated[float, Between(0.0, 3600.0)] = 15.0
    """Cut off at the begin of a run, seconds."""
    warmup_max_share: Annotated[float, Between(0.0, 0.9)] = 0.20
    """But never more than this share of a run's calls."""
    hysteresis_ratio: Annotated[float, Between(0.0, 5.0)] = 0.20
    """A timeout that is this close to the number stays, as a share of it."""
    hysteresis_min_s: Annotated[float, Between(0.0, 60.0)] = 1.0
    """The same in seconds, whichever is larger."""
    target_calls: Annotated[int, Between(1, 10_000_000)] = 5000
    """A measurement has enough calls of an action at the latest with so many."""
    backend_errors: Literal["censor", "exclude"] = "censor"
    """Count a failing backend call as slower than this, or leave it out."""

    def __post_init__(self) -> None:
        """Check every range once, so that no later step has to."""
        for name, limits in _RANGES.items():
            _check(name, getattr(self, name), limits.low, limits.high)
        _check("floor_s", self.floor_s, PLATFORM_MIN_TIMEOUT_S, self.cap_s)
        if self.rule not in ("max", "sum"):
            raise BadSettingError(f"rule is {self.rule!r}", hint="Use one of: max, sum")
        if self.backend_errors not in ("censor", "exclude"):
            raise BadSettingError(
                f"backend_errors is {self.backend_errors!r}", hint="Use one of: censor, exclude"
            )


_RANGES: Final = {
    name: hint.__metadata__[0]
    for name, hint in get_type_hints(RecommendSettings, include_extras=True).items()
    if get_origin(hint) is Annotated and name != "floor_s"
}


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
