"""The upright lines that explain a verdict: timeout now, p99 with its interval, recommendation, cap."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from analysis.number_words import percentile_name
from analysis.verdicts.evidence_to_set import held_back
from analysis.verdicts.recommendation import Analysis, Recommendation
from reports.charts.canvas import LEFT_PX, RIGHT_PX, WIDTH_PX, class_gid
from reports.charts.colour_roles import Colours
from reports.charts.panel import Panel
from reports.wording import numbers
from reports.wording.traced_text import traced, traced_number
from reports.wording.verdict_words import shown_number

Role = Literal["now", "fits", "estimate", "upper", "recommended", "held", "cap"]
LineStyle = Literal["solid", "dotted", "dashed"]

ROW_PX: Final = 15
_CHARACTER_PX: Final = 6.1


@dataclass(frozen=True, slots=True)
class Marker:
    """One line at `at_ms`, with a short label on the chart (or none) and a longer one in the key below.

    The key is a `TracedText`: its numbers stand in the action's entry of the JSON.
    """

    role: Role
    at_ms: float
    label: str
    key: str


@dataclass(frozen=True, slots=True)
class _LineLook:
    colour: str
    style: LineStyle
    width: float


# The key beside a chart draws the same looks: `reports/templates/styles/4-charts.css`.
_LOOKS: Final[dict[Role, _LineLook]] = {
    "now": _LineLook("now", "solid", 1.4),
    "fits": _LineLook("recommended", "solid", 2.4),
    "estimate": _LineLook("estimate", "dotted", 1.6),
    "upper": _LineLook("estimate", "dotted", 0.9),
    "recommended": _LineLook("recommended", "solid", 2.4),
    "held": _LineLook("recommended", "dashed", 1.6),
    "cap": _LineLook("cap", "dashed", 1.0),
}


def action_markers(action: Recommendation, analysis: Analysis) -> tuple[Marker, ...]:
    """Return what is to be marked for an action, from left to right."""
    settings = analysis.settings
    name = percentile_name(action.percentile)
    cap_s = cap_of(action, analysis)
    now, to = action.current_timeout_s, shown_number(action)
    found: list[Marker] = []
    if now is not None:
        unset = " (not set: the platform's default)" if action.timeout_is_set is False else ""
        now_s = traced_number(f"{now} s", now, "current_timeout_s")
        if now == to:
            found.append(
                Marker("fits", now * 1000, f"stays {now} s", traced("timeout stays {}{}", now_s, unset))
            )
        else:
            found.append(Marker("now", now * 1000, f"now {now} s", traced("timeout now {}{}", now_s, unset)))
    if to is not None and held_back(action):
        key = traced("{} (not to be set yet)", traced_number(f"{to} s", to, "recommended_timeout_s"))
        found.append(Marker("held", to * 1000, f"held {to} s", key))
    elif to is not None and to != now:
        to_s = traced_number(f"{to} s", to, "recommended_timeout_s")
        found.append(Marker("recommended", to * 1000, f"set {to} s", traced("recommended {}", to_s)))
    if action.quantile_ms is not None:
        p99 = numbers.quantile(action.quantile_ms, action.precision)
        key = traced("{} {}", name, traced_number(p99, action.quantile_ms, "p99_ms"))
        found.append(Marker("estimate", action.quantile_ms, f"{name} {p99}", key))
    if action.quantile_upper_ms is not None and action.quantile_upper_ms != action.quantile_ms:
        upper = traced_number(
            numbers.at_most(action.quantile_upper_ms), action.quantile_upper_ms, "p99_upper_ms"
        )
        sure = traced_number(numbers.share(settings.confidence), settings.confidence, "/settings/confidence")
        key = traced("{} is at most {} ({} confidence)", name, upper, sure)
        found.append(Marker("upper", action.quantile_upper_ms, "", key))
    if cap_s not in (now, to):
        key = traced("cap {}", traced_number(f"{cap_s} s", cap_s, "cap_s"))
        found.append(Marker("cap", cap_s * 1000, f"cap {cap_s} s", key))
    return tuple(sorted(found, key=lambda marker: marker.at_ms))


def cap_of(action: Recommendation, analysis: Analysis) -> int:
    """Return the cap of one action in seconds: its own, or that of the settings."""
    facts = analysis.facts.get(action.action_id)
    return analysis.settings.cap_s if facts is None or facts.cap_s is None else facts.cap_s


def rows_needed(markers: Sequence[Marker], low_ms: float, high_ms: float) -> int:
    """Return how many label rows the markers need above the chart."""
    return max((row for row, _ in _placed(markers, low_ms, high_ms)), default=0) + 1


def draw_markers(
    panels: Sequence[Panel], markers: Sequence[Marker], colours: Colours, low_ms: float, high_ms: float
) -> None:
    """Draw each marker through every panel (top one first), its label above in a row of its own."""
    top = panels[0]
    height_px = top.height_px
    placed = _placed(markers, low_ms, high_ms)
    rows = max((row for row, _ in placed), default=0) + 1
    for marker, (row, _) in zip(markers, placed, strict=True):
        look = _LOOKS[marker.role]
        x, colour = math.log10(marker.at_ms), getattr(colours, look.colour)
        rise = 1 + (4 + (rows - 1 - row) * ROW_PX) / height_px if marker.label else 1.0
        for panel in panels:
            end = rise if panel is top else 1.0
            panel.line(
                (x, x),
                (0, end),
                colour,
                within="upright",
                linestyle=look.style,
                linewidth=look.width,
                zorder=4,
            )
    for marker, (row, shift) in zip(markers, placed, strict=True):
        if marker.label:
            top.text(
                math.log10(marker.at_ms) + shift,
                1 + (4 + (rows - 1 - row) * ROW_PX) / height_px,
                marker.label,
                getattr(colours, _LOOKS[marker.role].colour),
                ha="center",
                within="upright",
                zorder=6,
                gid=class_gid("label"),
            )


def _placed(markers: Sequence[Marker], low_ms: float, high_ms: float) -> list[tuple[int, float]]:
    """Return (row from the top, shift in log10 units) of each label, so that none covers another."""
    span = math.log10(high_ms / low_ms)
    per_px = span / (WIDTH_PX - LEFT_PX - RIGHT_PX)
    ends: list[float] = []
    placed: list[tuple[int, float]] = []
    for marker in markers:
        if not marker.label:
            placed.append((0, 0.0))
            continue
        half = (len(marker.label) * _CHARACTER_PX / 2 + 3) * per_px
        x = math.log10(marker.at_ms / low_ms)
        centre = min(max(x, half - 40 * per_px), span + 10 * per_px - half)
        row = next((row for row, end in enumerate(ends) if centre - half >= end), len(ends))
        if row == len(ends):
            ends.append(0.0)
        ends[row] = centre + half
        placed.append((row, centre - x))
    return placed
