"""Months of the share cut off, day by day: bars, the promise as a line, and when the timeout was changed.

Written by hand for the same reason as `sparkline`: a page holds many of them. The height is the square root
of the share, so that one bad day does not make every other one flat.
"""

import math
import time
from typing import Final

from analysis.views.cut_off_history import DAY_S, CutOffHistory
from reports.wording import numbers

_WIDTH: Final = 560
_HEIGHT: Final = 118
_LEFT: Final = 44
_RIGHT: Final = 8
_TOP: Final = 20
_BASE: Final = 96
_WIDEST: Final = 16.0
_LABEL_GAP: Final = 76
_TICK_GAP: Final = 56


def history_bars(history: CutOffHistory) -> str:
    """Return an SVG (decorative: a table beside it says the same), oldest day on the left."""
    start, until = history.spans[0].at, history.until
    top = min(max(2.0 * history.accepted, *(span.share for span in history.spans)), 1.0)
    room = (_WIDTH - _LEFT - _RIGHT) / (until - start)

    def x(at: float) -> float:
        return round(_LEFT + (at - start) * room, 1)

    def y(share: float) -> float:
        return round(_BASE - math.sqrt(share / top) * (_BASE - _TOP), 1)

    half = history.days_each * DAY_S / 2.0
    foot = [(span, f"M{x(span.at + half):g} {_BASE}") for span in history.spans]
    bars = "".join(f"{place}V{y(span.share):g}" for span, place in foot if span.cut_off)
    none = "".join(f"{place}h0" for span, place in foot if not span.cut_off)
    width = min(max(round(history.days_each * DAY_S * room * 0.7, 1), 1.0), _WIDEST)
    promised = y(history.accepted)
    paths = [
        f'<path class="base" d="M{_LEFT} {_BASE}H{_WIDTH - _RIGHT}"/>',
        f'<path class="bars" stroke-width="{width:g}" d="{bars}"/>' if bars else "",
        f'<path class="none" d="{none}"/>' if none else "",
        f'<path class="promised" d="M{_LEFT} {promised:g}H{_WIDTH - _RIGHT}"/>',
    ]
    texts = [_text("end", _LEFT - 4, promised + 3, numbers.share(history.accepted))]
    if promised - _TOP > 14:
        texts.append(_text("end", _LEFT - 4, _TOP + 3, numbers.share(top)))
    changed, free = "", 0.0
    for change in history.changes:
        at = x(change.at)
        changed += f"M{at:g} {_TOP - 6}V{_BASE}"
        if at >= free:
            side = "end" if at > _WIDTH - _LABEL_GAP else "from"
            texts.append(_text(side, at, _TOP - 9, f"{change.before_s} → {change.after_s} s"))
            free = at + _LABEL_GAP
    if changed:
        paths.append(f'<path class="changed" d="{changed}"/>')
    texts += _dates(start, until, room)
    drawn = "".join(paths) + "".join(texts)
    return f'<svg class="months" viewBox="0 0 {_WIDTH} {_HEIGHT}" aria-hidden="true">{drawn}</svg>'


def _dates(start: float, until: float, room: float) -> list[str]:
    """The first days of weeks or months below the bars, as many as there is room for."""
    days = [start + DAY_S * number for number in range(round((until - start) / DAY_S))]
    firsts = [day for day in days if time.gmtime(day).tm_mday == 1]
    mondays = [day for day in days if time.gmtime(day).tm_wday == 0]
    marks = firsts if len(firsts) >= 3 else mondays or days[:1]
    step = math.ceil(len(marks) * _TICK_GAP / (_WIDTH - _LEFT - _RIGHT))
    places = [(round(_LEFT + (day - start) * room), _day(day)) for day in marks[::step]]
    return [
        _text("tick spare" if number % 2 else "tick", at, _HEIGHT - 8, text)
        for number, (at, text) in enumerate(places)
    ]


def _text(look: str, x: float, y: float, text: str) -> str:
    return f'<text class="{look}" x="{x:g}" y="{y:g}">{text}</text>'


def _day(at: float) -> str:
    moment = time.gmtime(at)
    return f"{moment.tm_mday} {time.strftime('%b', moment)}"
