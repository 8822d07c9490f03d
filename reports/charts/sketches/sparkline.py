"""A p99 over many runs in the height of a line of text, with the timeout of the day above it.

Written by hand for the same reason as `latency_strip`: a page holds hundreds of them.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

_WIDTH: Final = 180
_HEIGHT: Final = 36
_EDGE: Final = 4


@dataclass(frozen=True, slots=True)
class Point:
    """One run of an action; None where it has no result. `above`: the p99 is above `p99_ms`."""

    at: float
    p99_ms: float | None
    timeout_s: int | None
    above: bool = False


def sparkline(points: Sequence[Point], first_at: float, last_at: float) -> str:
    """Return an SVG (decorative: the numbers stand beside it); time runs from `first_at` to `last_at`.

    The height is a log scale that just holds this row's values. A run without a p99 breaks the line; one
    that only knows what it is above is an open dot with a stroke upwards.
    """
    values = [point.p99_ms for point in points if point.p99_ms and point.p99_ms > 0]
    values += [point.timeout_s * 1000.0 for point in points if point.timeout_s and point.timeout_s > 0]
    if not values:
        return ""
    low, high = math.log(min(values)), math.log(max(values))

    def x(at: float) -> float:
        share = (at - first_at) / (last_at - first_at) if last_at > first_at else 0.5
        return round(_EDGE + share * (_WIDTH - 2 * _EDGE), 1)

    def y(ms: float) -> float:
        share = (math.log(ms) - low) / (high - low) if high > low else 0.5
        return round(_HEIGHT - _EDGE - share * (_HEIGHT - 2 * _EDGE), 1)

    timeout, line, dots, open_dots, pen_down = "", "", "", "", False
    for point in points:
        if point.timeout_s and point.timeout_s > 0:
            step = f"{x(point.at)} {y(point.timeout_s * 1000)}"
            timeout += f"H{step.split()[0]}V{step.split()[1]}" if timeout else f"M{step}"
        known = point.p99_ms is not None and point.p99_ms > 0
        if known and point.p99_ms is not None:
            place = f"{x(point.at)} {y(point.p99_ms)}"
            if point.above:
                open_dots += f"M{place}m-2.2 0a2.2 2.2 0 1 0 4.4 0a2.2 2.2 0 1 0 -4.4 0m2.2 -2.2v-4"
            else:
                line += f"{'L' if pen_down else 'M'}{place}"
                dots += f"M{place}h0"
        pen_down = known and not point.above
    timeout += f"H{_WIDTH - _EDGE}" if timeout else ""
    return (
        f'<svg class="spark" viewBox="0 0 {_WIDTH} {_HEIGHT}" aria-hidden="true">'
        f'<path class="now" d="{timeout}"/><path class="line" d="{line}"/>'
        f'<path class="dots" d="{dots}"/><path class="open" d="{open_dots}"/></svg>'
    )
