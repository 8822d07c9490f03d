"""The rule that makes a timeout of a quantile and its bound (docs/method.md, "The number").

The shares and seconds in it are settings: `analysis/recommend_settings.py`.
"""

import math

from analysis.recommend_settings import RecommendSettings


def buffer_ms(quantile_ms: float, settings: RecommendSettings) -> float:
    """Return the safety margin: max(20 %, 0.5 s) with the default settings."""
    return max(settings.buffer_ratio * quantile_ms, settings.buffer_min_s * 1e3)


def wait_for(quantile: float, upper: float, buffer: float, settings: RecommendSettings) -> float:
    """Return how long to wait, in the unit of the three: max(U, quantile + buffer), or U + buffer."""
    return upper + buffer if settings.rule == "sum" else max(upper, quantile + buffer)


def timeout_for(quantile_ms: float, upper_ms: float, settings: RecommendSettings) -> int:
    """Return whole seconds, rounded up, before cap: never below the bound nor the floor."""
    need = wait_for(quantile_ms, upper_ms, buffer_ms(quantile_ms, settings), settings)
    return max(settings.floor_s, whole_seconds(need))


def whole_seconds(ms: float) -> int:
    """Return milliseconds as whole seconds, rounded up; a sum's last binary digit is no second."""
    return math.ceil(ms / 1e3 - 1e-9)


def slack_s(timeout_s: float, settings: RecommendSettings) -> float:
    """Return by how many seconds another timeout must differ from this one to be worth a change
    (hysteresis)."""
    return max(settings.hysteresis_min_s, settings.hysteresis_ratio * timeout_s)
