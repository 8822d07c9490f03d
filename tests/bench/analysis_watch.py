"""False alarms of `diag watch` in action-years, and executions until a rise of the cut-off share is found."""

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analysis.production.promise_watch import HourCut, WatchState

YEAR_H: Final = 8760
RATES: Final = (1.0, 10.0, 30.0, 100.0)
Shares = Callable[[np.random.Generator], NDArray[np.float64]]


def run() -> None:
    """Print both tables; 100 action-years a row, 25 at each rate."""
    holding: dict[str, Shares] = {
        "0.5 %, independent": lambda _: np.full(YEAR_H, 0.005),
        "0.5 %, clustered within hours": lambda random: random.beta(0.005 * 19, 0.995 * 19, YEAR_H),
        "0.3 %, and 0.2 % of hours 90 %": lambda random: np.where(random.random(YEAR_H) < 0.002, 0.9, 0.003),
        "1 %, the very limit": lambda _: np.full(YEAR_H, 0.01),
    }
    random = np.random.default_rng(1)
    for name, shares in holding.items():
        alarms = sum(
            _hour_of_alarm(random, shares(random), rate)[0] is not None for rate in RATES for _ in range(25)
        )
        print(f"{name}: {alarms} false alarms in 100 action-years")
    for quiet_h in (0, 24, 168, 720):
        print(
            f"from 0.5 to 3 % after {quiet_h} h: "
            + ", ".join(_found(random, quiet_h, rate) for rate in RATES)
        )


def _found(random: np.random.Generator, quiet_h: int, rate: float) -> str:
    needed = []
    for _ in range(100):
        shares = np.r_[np.full(quiet_h, 0.005), np.full(int(5000 / rate) + 5, 0.03)]
        at, executions = _hour_of_alarm(random, shares, rate)
        needed.append(np.inf if at is None else float(executions[quiet_h : at + 1].sum()))
    return f"{np.median(needed):.0f} executions at {rate:g}/h"


def _hour_of_alarm(
    random: np.random.Generator, shares: NDArray[np.float64], rate: float
) -> tuple[int | None, NDArray[np.int64]]:
    executions = random.poisson(rate, shares.size)
    cut = random.binomial(executions, shares)
    state = WatchState(0.01)
    for at in np.flatnonzero(executions):
        state = state.after(HourCut(3600.0 * int(at), int(executions[at]), int(cut[at])))
        if state.broken_at is not None:
            return int(at), executions
    return None, executions
