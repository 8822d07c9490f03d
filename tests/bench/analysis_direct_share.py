"""Backend and platform apart, on calls with a known truth (docs/method.md, "Backend and platform"): how often
the interval holds, and how often there is none.

Side by side: both called through the whole run, in the same moments. Apart: one after the other, so that each
met a level of its own. "Shown and wrong" is of all runs, those without an interval among them.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter

from analysis.direct_side.direct_side import PlatformShare
from analysis.direct_side.platform_share import MEDIAN, called_together, platform_shares
from analysis.samples.action_calls import Calls
from tests.support.sample_tables import arrays, calls

SEEDS: Final = 200
SIZES: Final = ((100, 100), (160, 160), (400, 400), (400, 1500), (1500, 400), (2000, 2000))
RUN_S: Final = 600.0
SHARE_S: Final = 0.3
"""The same for each call: then it is also the difference of any quantile."""
P99: Final = 0.99

Backends = Callable[[np.random.Generator, NDArray[np.float64]], NDArray[np.float64]]
"""From a generator and the moments of all calls, in order: how long the backend takes, in s."""


def run() -> None:
    """Print a line for each kind of backend and size."""
    print(f"  {'kind':24s} {'calls':>9s}   {'p50: holds, none, shown and wrong':36s} p99")
    for kind, (backend, together, timeout_s) in KINDS.items():
        for size in SIZES:
            tallies = Tally(SHARE_S * 1e3), Tally(SHARE_S * 1e3)
            for seed in range(SEEDS):
                rng = np.random.default_rng([seed, *size])
                whole, alone = _measured(rng, backend, size, together=together, timeout_s=timeout_s)
                at_once = called_together(whole, alone)
                for tally, share in zip(
                    tallies, platform_shares(whole, alone, (MEDIAN, P99), together=at_once), strict=True
                ):
                    tally.add(share)
            print(
                f"  {kind:24s} {size[0]:4d}/{size[1]:4d}   {tallies[0].text():36s} {tallies[1].text()}",
                flush=True,
            )


@dataclass
class Tally:
    """How often the interval held the truth (ms), how wide it was, and how often there was none."""

    truth_ms: float
    held: int = 0
    widths: list[float] = field(default_factory=list)
    none: int = 0

    def add(self, share: PlatformShare) -> None:
        """Count one run."""
        if share.lower_ms is None or share.upper_ms is None:
            self.none += 1
            return
        self.held += share.lower_ms <= self.truth_ms <= share.upper_ms
        self.widths.append(share.upper_ms - share.lower_ms)

    def text(self) -> str:
        """Return shares in percent, and the usual width in ms."""
        shown, runs = len(self.widths), len(self.widths) + self.none
        if not shown:
            return "no interval"
        holds, wrong = 100 * self.held / shown, 100 * (shown - self.held) / runs
        none = 100 * self.none / runs
        return f"{holds:5.1f} %, {none:3.0f} %, {wrong:4.1f} %  ({np.median(self.widths):4.0f} ms)"


def _measured(
    rng: np.random.Generator, backend: Backends, size: tuple[int, int], *, together: bool, timeout_s: int
) -> tuple[Calls, Calls]:
    moments = [np.sort(rng.random(n)) * RUN_S for n in size]
    if together:
        order = np.argsort(np.concatenate(moments), kind="stable")
        took = np.empty(order.size)
        took[order] = backend(rng, np.concatenate(moments)[order])
        first, second = took[: size[0]], took[size[0] :]
        later = 0.0
    else:
        first, second, later = backend(rng, moments[0]), backend(rng, moments[1]), 7200.0
    whole = calls(first + SHARE_S, timeout_s=timeout_s).assign(started_at=1.7e9 + moments[0])
    alone = calls(second, timeout_s=timeout_s, target="direct").assign(started_at=1.7e9 + moments[1] + later)
    return arrays(whole), arrays(alone)


def _independent(rng: np.random.Generator, at: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.exp(0.6 * rng.standard_normal(at.size))


def _heavy(rng: np.random.Generator, at: NDArray[np.float64]) -> NDArray[np.float64]:
    return 1.0 + rng.pareto(2.0, at.size)


def _two_paths(rng: np.random.Generator, at: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.where(rng.random(at.size) < 0.03, 6.0, 1.0) * np.exp(0.3 * rng.standard_normal(at.size))


def _wandering(memory_s: float) -> Backends:
    """A stationary level (Ornstein-Uhlenbeck) that forgets itself in `memory_s`."""

    def took(rng: np.random.Generator, at: NDArray[np.float64]) -> NDArray[np.float64]:
        grid = np.arange(0.0, RUN_S + 1.0, 0.5)
        kept = np.exp(-0.5 / memory_s)
        steps = rng.standard_normal(grid.size) * np.sqrt(1.0 - kept**2)
        level, _ = lfilter([1.0], [1.0, -kept], steps, zi=[kept * rng.standard_normal()])
        there = level[np.searchsorted(grid, at)]
        return np.asarray(np.exp(0.5 * there + 0.4 * rng.standard_normal(at.size)))

    return took


def _tail(memory_s: float) -> Backends:
    """A slow path whose share wanders, and a median that does not."""
    wandering = _wandering(memory_s)

    def took(rng: np.random.Generator, at: NDArray[np.float64]) -> NDArray[np.float64]:
        level = np.log(wandering(rng, at))
        return np.where(rng.random(at.size) < 0.02 * np.exp(1.5 * level), 6.0, 1.0) * _still(rng, at)

    return took


def _still(rng: np.random.Generator, at: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.exp(0.3 * rng.standard_normal(at.size))


def _step(rng: np.random.Generator, at: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.exp(0.5 * rng.standard_normal(at.size) + np.where(at > 0.6 * RUN_S, np.log(1.7), 0.0))


KINDS: Final[dict[str, tuple[Backends, bool, int]]] = {
    "independent": (_independent, True, 60),
    "Pareto": (_heavy, True, 60),
    "two paths": (_two_paths, True, 60),
    "cut off at 3 s": (_independent, True, 3),
    "wanders, 10 s": (_wandering(10.0), True, 60),
    "wanders, 1 min": (_wandering(60.0), True, 60),
    "wanders, 5 min": (_wandering(300.0), True, 60),
    "step x1.7": (_step, True, 60),
    "independent, apart": (_independent, False, 60),
    "Pareto, apart": (_heavy, False, 60),
    "step x1.7, apart": (_step, False, 60),
    "tail wanders, 5 min": (_tail(300.0), True, 60),
    "tail, 10 s, apart": (_tail(10.0), False, 60),
    "tail, 1 min, apart": (_tail(60.0), False, 60),
    "tail, 5 min, apart": (_tail(300.0), False, 60),
    "wanders, 10 s, apart": (_wandering(10.0), False, 60),
    "wanders, 1 min, apart": (_wandering(60.0), False, 60),
    "wanders, 5 min, apart": (_wandering(300.0), False, 60),
}
"""How long the backend takes, whether both were called in the same moments, and the timeout of both."""
