"""The number of a campaign's planned calls by three rules: how often it is wrong, and how long it is.

Wrong: it would cut off more than 1 % of calls in truth. Long: beside the number that perfect knowledge of p99
would give, on average. `max(U, p99 + buffer)` is the rule where many calls are there, `U + buffer` what a
raise on few calls keeps (docs/method.md, "The number"); between them stands the first one with the slowest
call as its bound, the most confidence that so few calls can give.
"""

import math
import os
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import special

from analysis.format.timeout_limits import PLATFORM_MAX_TIMEOUT_S
from analysis.recommend_settings import RecommendSettings
from analysis.statistics.confidence_bounds import upper_ms
from analysis.statistics.kaplan_meier import kaplan_meier
from analysis.statistics.latency_counts import count_latencies
from analysis.stopping.when_settled import planned_calls
from analysis.timeout_rule import timeout_for
from diag.campaign.campaign import to_the_end
from tests.support.latency_shapes import SHAPES, Shape, two_paths

DRAWS: Final = int(os.environ.get("DRAWS", "2000"))
P99_S: Final = (4.0, 24.0)
"""Where whole seconds forgive least; log-uniform."""
MOST_MS: Final = PLATFORM_MAX_TIMEOUT_S * 1e3
RULE: Final = RecommendSettings(cap_s=60)
ABOVE: Final = RecommendSettings(cap_s=60, rule="sum")
CALLS: Final = to_the_end(planned_calls(RULE))


def _lognormal(sigma: float) -> Shape:
    return Shape(
        lambda rng, size: np.exp(sigma * rng.standard_normal(size)),
        lambda t: special.ndtr(-np.log(t) / sigma),
    )


KINDS: Final[dict[str, Shape]] = {
    **{f"lognormal {sigma:g}": _lognormal(sigma) for sigma in (0.3, 0.5, 1.0)},
    "2 % slow path": two_paths(0.02),
    **{f"{name} 0.6" if name == "lognormal" else name: shape for name, shape in SHAPES.items()},
}


def run() -> None:
    """Print a line for each shape; about a minute."""
    print(f"  {CALLS} calls, {DRAWS:,} draws: wrong, number / ideal (the slowest call bounds p99 with "
          f"{1 - RULE.percentile**CALLS:.1%})")  # fmt: skip
    print(f"  {'':20s} {'max(U, p99 + buffer)':>22s} {'U the slowest call':>22s} {'U + buffer':>22s}")
    for place, (name, shape) in enumerate(KINDS.items()):
        rng = np.random.default_rng([2027, place])
        p99_s = np.exp(rng.uniform(math.log(P99_S[0]), math.log(P99_S[1]), DRAWS))
        found = np.array([_numbers(shape, one, rng) for one in p99_s])
        print(f"  {name:20s} {' '.join(_in_words(found[:, rule], p99_s) for rule in range(3))}", flush=True)


def _numbers(shape: Shape, p99_s: float, rng: np.random.Generator) -> Sequence[float]:
    """NaN where calls beyond the platform's 60 s leave no bound."""
    latency_ms = shape.draw(rng, (CALLS,)) * (p99_s / shape.p99) * 1e3
    table = kaplan_meier(count_latencies(np.minimum(latency_ms, MOST_MS), latency_ms <= MOST_MS))
    quantile, upper = table.quantile_ms(RULE.percentile), upper_ms(table, RULE.percentile, RULE.confidence)
    if quantile is None or upper is None:
        return [np.nan] * 3
    slowest = int(table.t_ms[-1])
    return [
        timeout_for(quantile, upper, RULE),
        timeout_for(quantile, slowest, RULE),
        timeout_for(quantile, upper, ABOVE),
    ]


def _in_words(number_s: NDArray[np.float64], p99_s: NDArray[np.float64]) -> str:
    given = ~np.isnan(number_s)
    number_s, p99_s = number_s[given], p99_s[given]
    ideal = np.ceil(p99_s + np.maximum(RULE.buffer_ratio * p99_s, RULE.buffer_min_s))
    return f"{(number_s < p99_s).mean():14.2%}, {(number_s / ideal).mean():5.2f}"
