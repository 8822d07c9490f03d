"""What the load generator's figures about itself mean for the latencies it recorded: OK, WARN or INVALID.

What each figure costs was measured here (`python -m tests.bench load_neighbours`: 100 and 500 calls/s beside
0 to 8 processes that computed all the time on two cores), as recorded minus true latency, p99, call by call:

    hub lag p99    1.6   2.2   3.8   6.2    18    30    32   479 ms
    waiting share   4%    1%    5%    7%   27%   40%   39%   92 %
    schedule lag   2.2   2.1   3.6    27   102    97    87   799 ms
    over-report    0.9   0.6   2.3   4.5    21    22    21   409 ms

So the hub lag is about the error itself, the share of time spent waiting for a core shows it as well, and a
schedule lag is two to five times the error (whole bursts leave late; a latency begins when its call does).
WARN begins where the error passes 2 ms, the accuracy that is promised for p99. INVALID begins at 250 ms, half
of the smallest buffer (0.5 s) put on top of a p99: an error like that can change a recommended number.
"""

import math
from typing import Final, Literal

from loadtests.recording.generator_figures import GeneratorFigures

Grade = Literal["OK", "WARN", "INVALID"]

OK_BELOW_MS: Final = 2.0
INVALID_FROM_MS: Final = 250.0
WAITING_OK_BELOW: Final = 0.05
WAITING_INVALID_FROM: Final = 0.8
CPU_OK_BELOW: Final = 0.9
"""Of one core. A process at its limit reports its own queue: 12 to 28 ms at p99 for replies of 0.25 ms
(docs/load.md, "What a call costs"). How much it is in a run, the lags show; the share alone never makes one
INVALID."""


def grade(figures: GeneratorFigures) -> tuple[Grade, str]:
    """Return the generator's verdict on itself, and why: the figure that decided, and its size.

    The worst figure counts. Where all are fine, the reason is how late calls left.
    """
    judged = [_judged(figures, *limits) for limits in _LIMITS]
    for verdict in ("INVALID", "WARN"):
        reasons = [why for one, why in judged if one == verdict]
        if reasons:
            what = (
                "this machine was too busy to measure" if verdict == "INVALID" else "latencies may read high"
            )
            return verdict, f"{'; '.join(reasons)}: {what}"
    if figures.schedule_lag_p99_ms is None:
        return "OK", "no calls were due"
    return "OK", f"1 call in 100 left {figures.schedule_lag_p99_ms:.1f} ms or more after it was due"


_LIMITS: Final = (
    (
        "schedule_lag_p99_ms",
        OK_BELOW_MS,
        INVALID_FROM_MS,
        "1 call in 100 left {0:.1f} ms or more after it was due",
    ),
    (
        "hub_lag_p99_ms",
        OK_BELOW_MS,
        INVALID_FROM_MS,
        "1 reply in 100 may have lain unread for {0:.1f} ms (event loop)",
    ),
    (
        "run_queue_share",
        WAITING_OK_BELOW,
        WAITING_INVALID_FROM,
        "other processes kept it waiting for a core {1:.0f} % of the time",
    ),
    ("cpu_share", CPU_OK_BELOW, math.inf, "it used {1:.0f} % of one core itself (start more workers)"),
)
"""Figure, WARN from, INVALID from, the sentence about it: {0} the figure, {1} a hundred times that."""


def _judged(
    figures: GeneratorFigures, name: str, warn_from: float, invalid_from: float, sentence: str
) -> tuple[Grade, str]:
    seen: float | None = getattr(figures, name)
    if seen is None or seen < warn_from:
        return "OK", ""
    return "INVALID" if seen >= invalid_from else "WARN", sentence.format(seen, seen * 100)
