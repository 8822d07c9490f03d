"""The little picture in each table row: where the calls lie and where the timeout lies, one axis for all.

On the pages only; a terminal has `terminal_strip`.
Four shapes, written by hand: a drawing library would cost a kilobyte and ten milliseconds a row.
"""

import math
from typing import Final

from analysis.verdicts.evidence_to_set import held_back
from analysis.verdicts.recommendation import Recommendation

_LOW_MS: Final = 50.0
_HIGH_MS: Final = 70_000.0
_WIDTH: Final = 150


def range_sketch(action: Recommendation) -> str:
    """Return an SVG of p50 to p99 (or p95), its bound, now and recommended; the numbers stand beside it."""
    shapes = []
    end_ms = action.quantile_ms if action.quantile_ms is not None else action.p95_ms
    if action.p50_ms is not None and end_ms is not None:
        left, right = _x(action.p50_ms), _x(end_ms)
        width = max(right - left, 2)
        shapes.append(f'<rect class="body" x="{left}" y="9" width="{width:.1f}" height="6" rx="3"/>')
    if action.quantile_ms is not None and action.quantile_upper_ms is not None:
        shapes.append(
            f'<path class="bound" d="M{_x(action.quantile_ms)} 12H{_x(action.quantile_upper_ms)}"/>'
        )
    if action.current_timeout_s is not None:
        shapes.append(f'<path class="now" d="M{_x(action.current_timeout_s * 1000)} 3v18"/>')
    if action.recommended_timeout_s is not None and not held_back(action):
        x = _x(action.recommended_timeout_s * 1000)
        shapes.append(f'<path class="to" d="M{x} 2v20M{x - 3.5:.1f} 1h7l-3.5 5z"/>')
    grid = '<use href="#sketch-grid"/>'
    return f'<svg class="sketch" viewBox="0 0 {_WIDTH} 24" aria-hidden="true">{grid}{"".join(shapes)}</svg>'


def range_axis() -> str:
    """Return the axis all rows share, for the head of the column (decorative as well), and their grid."""
    grid = "".join(f"M{_x(t)} 2v20" for t in (100, 1000, 10_000, 60_000))
    labels = "".join(
        f'<text x="{_x(ms)}" y="18">{text}</text>'
        for ms, text in ((100, "0.1"), (1000, "1"), (10_000, "10"), (60_000, "60 s"))
    )
    shared = f'<defs><path class="grid" id="sketch-grid" d="{grid}"/></defs>'
    return f'<svg class="sketch" viewBox="0 0 {_WIDTH} 24" aria-hidden="true">{shared}{labels}</svg>'


def difference_sketch(
    gap_ms: float | None, lower_ms: float | None, upper_ms: float | None, base_ms: float | None
) -> str:
    """Return an SVG of a difference and its interval as a share of `base_ms`, around a line at nothing."""
    shapes = [f'<path class="grid" d="M{_at(-0.5)} 2v20M{_at(0.5)} 2v20M{_at(1)} 2v20"/>']
    shapes.append(f'<path class="now" d="M{_at(0)} 2v20"/>')
    if base_ms:
        if lower_ms is not None and upper_ms is not None:
            left, right = _at(lower_ms / base_ms), _at(upper_ms / base_ms)
            shapes.append(f'<path class="bound" d="M{left} 12H{max(right, left + 1)}"/>')
        if gap_ms is not None:
            shapes.append(f'<circle class="body" cx="{_at(gap_ms / base_ms)}" cy="12" r="4"/>')
    return f'<svg class="sketch" viewBox="0 0 {_WIDTH} 24" aria-hidden="true">{"".join(shapes)}</svg>'


def difference_axis() -> str:
    """Return the axis of `difference_sketch`, for the head of the column."""
    labels = "".join(
        f'<text x="{_at(share)}" y="18">{text}</text>'
        for share, text in ((-0.5, "−50 %"), (0, "0"), (0.5, "+50 %"), (1, "+100 %"))
    )
    return f'<svg class="sketch" viewBox="0 0 {_WIDTH} 24" aria-hidden="true">{labels}</svg>'


def _at(share: float) -> float:
    """Place of a relative difference; beyond -60 % and +110 % it sticks to the edge."""
    inside = min(max(share, -0.6), 1.1)
    return round(4 + (_WIDTH - 8) * (inside + 0.6) / 1.7, 1)


def _x(ms: float) -> float:
    inside = min(max(ms, _LOW_MS), _HIGH_MS)
    return round(4 + (_WIDTH - 8) * math.log(inside / _LOW_MS) / math.log(_HIGH_MS / _LOW_MS), 1)
