"""Whose the time is, a bar for each percentile: full for the backend, framed for Genesys and the way there.

Written by hand for the same reason as `week_grid`. The two differ by form, not by colour alone.
"""

from collections.abc import Sequence
from typing import Final

from analysis.direct_side.direct_side import PlatformShare
from analysis.number_words import percentile_name
from reports.wording import numbers

_WIDTH: Final = 320
_LEFT: Final = 34
_RIGHT: Final = 62
_ROW: Final = 30
_BAR: Final = 14
_TOP: Final = 4
_FURTHEST: Final = 1.5
"""Times the longest bar: what lies further, as an interval of p99 often does, ends at the edge."""


def share_bars(shares: Sequence[PlatformShare]) -> str:
    """Return an SVG (decorative: a table beside it says the same) of shares whose two times are known."""
    longest = max(max(share.whole_ms or 0.0, share.backend_ms or 0.0) for share in shares)
    ends = [(share.backend_ms or 0.0) + (share.upper_ms or 0.0) for share in shares]
    scale_ms = min(max(longest, *ends), _FURTHEST * longest)
    rows = "".join(_row(share, _TOP + _ROW * index, scale_ms) for index, share in enumerate(shares))
    height = _TOP + _ROW * len(shares)
    return f'<svg class="apart" viewBox="0 0 {_WIDTH} {height}" aria-hidden="true">{rows}</svg>'


def _row(share: PlatformShare, top: float, scale_ms: float) -> str:
    whole, backend = share.whole_ms or 0.0, share.backend_ms or 0.0
    middle, left = top + _BAR / 2, _x(0.0, scale_ms)
    end, reached = _x(backend, scale_ms), _x(whole, scale_ms)
    shapes = [
        f'<text x="0" y="{middle + 4:g}">{percentile_name(share.percentile)}</text>',
        f'<path class="backend" d="M{left:g} {top:g}H{end:g}v{_BAR}H{left:g}z"/>',
    ]
    if whole > backend:
        shapes.append(f'<path class="added" d="M{end:g} {top + 0.5:g}H{reached:g}v{_BAR - 1}H{end:g}z"/>')
    else:
        shapes.append(f'<path class="whole" d="M{reached:g} {top - 2:g}v{_BAR + 4}"/>')
    if share.lower_ms is not None and share.upper_ms is not None:
        low, high = (_x(backend + part, scale_ms) for part in (share.lower_ms, share.upper_ms))
        inside = [x for x in (low, high) if left < x < _x(scale_ms, scale_ms)]
        caps = "".join(f"M{x:g} {middle - 3:g}v6" for x in inside)
        shapes.append(f'<path class="within" d="M{low:g} {middle:g}H{high:g}{caps}"/>')
    if share.told and share.added_ms is not None:
        added = f"+{numbers.latency(share.added_ms)}"
        shapes.append(f'<text x="{_WIDTH - _RIGHT + 6}" y="{middle + 4:g}">{added}</text>')
    return "".join(shapes)


def _x(ms: float, scale_ms: float) -> float:
    inside = min(max(ms, 0.0), scale_ms) / scale_ms if scale_ms else 0.0
    return round(_LEFT + (_WIDTH - _LEFT - _RIGHT) * inside, 1)
