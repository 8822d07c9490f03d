"""The roles colours have in a chart, so that one drawing serves the themed page and a PNG for slides.

The page's own colours are in reports/templates/styles/0-colours.css.
"""

from dataclasses import dataclass, fields
from typing import Final


@dataclass(frozen=True, slots=True)
class Colours:
    """A colour (`#rrggbb`) for each role in a chart."""

    ok: str
    timeout: str
    error: str
    now: str
    recommended: str
    estimate: str
    band: str
    cap: str
    grid: str
    text: str
    muted: str
    paper: str


THEME_COLOURS: Final = Colours(
    **{field.name: f"#0a0b{number:02x}" for number, field in enumerate(fields(Colours), start=1)}
)
"""Placeholders: each becomes `var(--<role>)` in the page, so the theme decides."""

CSS_VARIABLE_OF: Final = {
    getattr(THEME_COLOURS, field.name): f"var(--{field.name})" for field in fields(Colours)
}

PRINT_COLOURS: Final = Colours(
    ok="#3b6ea8",
    timeout="#c2410c",
    error="#7c3a8c",
    now="#1c1f24",
    recommended="#0b7a5c",
    estimate="#3d434d",
    band="#3b6ea8",
    cap="#6b7280",
    grid="#e2e2de",
    text="#1c1f24",
    muted="#5c626d",
    paper="#ffffff",
)
"""The light theme's colours, for PNG files (kept equal to the style sheet by a test)."""
