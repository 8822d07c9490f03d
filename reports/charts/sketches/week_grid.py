"""A week of hours, 7 by 24 small fields: seen, slow, not seen though production calls then.

Written by hand for the same reason as `sparkline`: a page holds many of them. Fields differ by their form,
not by colour alone: full, full with a cross, an empty frame, a dot.
"""

from collections.abc import Iterable
from typing import Final

_FIELD: Final = 11
_SIZE: Final = 9
_LEFT: Final = 30
_TOP: Final = 14
_WIDTH: Final = _LEFT + 24 * _FIELD + 12
_HEIGHT: Final = _TOP + 7 * _FIELD + 2
_DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_EVERY: Final = 6


def week_grid(seen: Iterable[int], slow: Iterable[int], missed: Iterable[int]) -> str:
    """Return an SVG (decorative: a table beside it says the same) of hours of the week, 0 is Monday 00:00.

    `missed`: not seen, though production calls then. A slow hour was seen, too.
    """
    slow_hours = set(slow)
    full = set(seen) - slow_hours
    frames = set(missed) - full - slow_hours
    rest = set(range(168)) - full - slow_hours - frames
    square, inset = f"h{_SIZE}v{_SIZE}h-{_SIZE}z", f"h{_SIZE - 1}v{_SIZE - 1}h-{_SIZE - 1}z"
    cross = f"m2 2l{_SIZE - 4} {_SIZE - 4}m0 -{_SIZE - 4}l-{_SIZE - 4} {_SIZE - 4}"
    paths = (
        ("seen", _path(full, square)),
        ("slow", _path(slow_hours, square)),
        ("cross", _path(slow_hours, cross)),
        ("missed", _path(frames, inset, 0.5)),
        ("none", _rows_of_dots(rest)),
    )
    drawn = "".join(f'<path class="{name}" d="{data}"/>' for name, data in paths if data)
    days = "".join(
        f'<text x="0" y="{_TOP + day * _FIELD + _SIZE}">{name}</text>' for day, name in enumerate(_DAYS)
    )
    ticks = "".join(
        f'<text class="tick" x="{_LEFT + hour * _FIELD}" y="{_TOP - 4}">{hour:02}</text>'
        for hour in range(0, 25, _EVERY)
    )
    return f'<svg class="week" viewBox="0 0 {_WIDTH} {_HEIGHT}" aria-hidden="true">{drawn}{days}{ticks}</svg>'


def _rows_of_dots(hours: Iterable[int]) -> str:
    """One line for each stretch of a day; the page's style breaks it into a dot for each hour."""
    left, data = set(hours), ""
    for first in sorted(left):
        if first in left:
            last = first
            while last + 1 in left and (last + 1) % 24:
                last += 1
            left -= set(range(first, last + 1))
            data += _path([first], f"h{(last - first) * _FIELD}.1", _SIZE / 2)  # beyond the last dot
    return data


def _path(hours: Iterable[int], form: str, inset: float = 0.0) -> str:
    return "".join(
        f"M{_LEFT + hour % 24 * _FIELD + inset:g} {_TOP + hour // 24 * _FIELD + inset:g}{form}"
        for hour in sorted(hours)
    )
