"""False alarms of `diag watch` in action-years, and executions until a rise of the cut-off share is found.

Beside both stands the least that any method needs: the executions until a likelihood ratio of the new share
against the old one, looked at after each execution, proves the rise, with one false alarm in 100 action-years
(Page's CUSUM; Lorden 1971, Moustakides 1986).
"""

from typing import Final

import numpy as np

from tests.support.watch_simulation import Hour, Numbers, executions_until_found, watch_many

YEAR_H: Final = 8760
A_DAY: Final = (10, 50, 100, 250, 1_000, 10_000)
SHARES: Final = (0.001, 0.003, 0.005, 0.01)
ACTIONS: Final = 600
"""Each is watched for a year from a change on; false alarms are printed for a hundred of them."""
QUIET_H: Final = {0: "right after the change", 168: "after a week at 0.5 %", 2160: "after 90 days"}


def run() -> None:
    """Print false alarms in 100 action-years of each kind, then delays; about two minutes."""
    random = np.random.default_rng(1)
    heads = "".join(f"{f'{a_day:,} a day':>14}" for a_day in A_DAY)
    print(f"{'false alarms in 100 action-years':36}{heads}")
    for share in SHARES:
        _row(f"{100 * share:g} % cut off", [_independent(random, a_day, share) for a_day in A_DAY])
    for name, together in (("hours apart (beta, 5 %)", 0.05), ("hours apart (beta, 20 %)", 0.2)):
        _row(f"0.5 %, {name}", [_over_dispersed(random, a_day, 0.005, together) for a_day in A_DAY])
    _row("0.5 %, slow episodes of 6 h", [_episodes(random, a_day) for a_day in A_DAY])
    print(f"{'median executions until 3 % is found':36}{heads}")
    for quiet_h, when in QUIET_H.items():
        found = [
            np.median(executions_until_found(random, a_day / 24.0, quiet_h, actions=400)) for a_day in A_DAY
        ]
        print(f"{when:36}" + "".join(f"{each:14,.0f}" for each in found))
    floor = [least_executions(0.005, 0.03, 36_500.0 * a_day) for a_day in A_DAY]
    print(f"{'least that any method needs (mean)':36}" + "".join(f"{each:14,.0f}" for each in floor))


def _row(name: str, hours: list[Hour]) -> None:
    alarms = [100.0 * (watch_many(hour, YEAR_H, ACTIONS).broken >= 0).mean() for hour in hours]
    print(f"{name:36}" + "".join(f"{each:14.1f}" for each in alarms))


def _independent(random: np.random.Generator, a_day: float, share: float) -> Hour:
    return lambda _: _cut(random, a_day, np.full(ACTIONS, share))


def _over_dispersed(random: np.random.Generator, a_day: float, share: float, together: float) -> Hour:
    """Each hour has a share of its own, beta: `together` is the correlation of two executions of an hour."""
    each = 1.0 / together - 1.0
    return lambda _: _cut(random, a_day, random.beta(share * each, (1.0 - share) * each, ACTIONS))


def _episodes(random: np.random.Generator, a_day: float) -> Hour:
    """0.3 % for most of the time; about once in ten days six hours at 8.3 %: 0.5 % on average."""
    left = np.zeros(ACTIONS, dtype=np.int64)

    def hour(_: int) -> tuple[Numbers, Numbers]:
        begin = (left == 0) & (random.random(ACTIONS) < 1.0 / 240.0)
        left[begin] = 6
        shares = np.where(left > 0, 0.083, 0.003)
        np.maximum(left - 1, 0, out=left)
        return _cut(random, a_day, shares)

    return hour


def _cut(random: np.random.Generator, a_day: float, shares: Numbers) -> tuple[Numbers, Numbers]:
    n = random.poisson(a_day / 24.0, ACTIONS)
    return n.astype(np.float64), random.binomial(n, shares).astype(np.float64)


def least_executions(old: float, new: float, run_length: float) -> float:
    """Return the mean executions that the best test needs, with this mean number of them to a false alarm.

    Page's CUSUM of single executions: its evidence on a grid of whole steps down, solved as a Markov chain
    for the threshold with that run length (Brook and Evans 1972).
    """
    down = np.log((1.0 - old) / (1.0 - new))
    up = round(float(np.log(new / old) / down))
    low, high = up, 2 * up
    while _mean_run(old, up, high) < run_length:
        low, high = high, high + up
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if _mean_run(old, up, middle) >= run_length else (middle, high)
    return _mean_run(new, up, high)


def _mean_run(share: float, up: int, threshold: int) -> float:
    """Mean executions until a walk that falls by 1, rises by `up` and never falls below 0 gets there."""
    at = np.arange(threshold)
    system = np.eye(threshold)
    system[at, np.maximum(at - 1, 0)] -= 1.0 - share
    inside = at[: max(threshold - up, 0)]
    system[inside, inside + up] -= share
    return float(np.linalg.solve(system, np.ones(threshold))[0])
