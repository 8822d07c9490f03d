"""One plot of a figure: where it is, its two scales, and what can be drawn on it.

Not matplotlib's `Axes`: those make spines, locators, formatters, and ticks of three lines and two texts each;
these charts show few of them, which took most of the time of a report. Artists go into the figure itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
from matplotlib.artist import Artist
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.text import Text
from matplotlib.transforms import Affine2D, Bbox, Transform, TransformedBbox

In = Literal["units", "upright", "across", "box"]
"""x and y in units of the scales; or y a share of the height; or x a share of the width; or both shares."""

Side = Literal["left", "center", "right"]

FONT_PX: Final = 11.5


@dataclass(frozen=True, slots=True)
class Panel:
    """A plot with linear scales (those of a log axis are log10 values), `height_px` high."""

    figure: Figure
    x_range: tuple[float, float]
    y_range: tuple[float, float]
    box: Bbox
    """Where it is, as shares of the figure."""
    width_px: float
    height_px: float

    def line(
        self,
        x: Sequence[float] | np.ndarray,
        y: Sequence[float] | np.ndarray,
        colour: str,
        *,
        within: In = "units",
        clip: bool = False,
        **look: Any,
    ) -> None:
        """Draw a line through the points; `look` as of `Line2D`, `clip` ends it at the panel's edges."""
        self._add(Line2D(x, y, color=colour, **look), within, clip=clip)

    def stairs(self, x: np.ndarray, y: np.ndarray, colour: str, **look: Any) -> None:
        """Draw a line that steps at each x, ended at the panel's edges."""
        self.line(x, y, colour, clip=True, drawstyle="steps-post", **look)

    def path(self, path: Path, *, within: In = "units", clip: bool = False, **look: Any) -> None:
        """Draw a path; `look` as of `PathPatch`."""
        self._add(PathPatch(path, **look), within, clip=clip)

    def band(
        self,
        x: np.ndarray,
        low: np.ndarray,
        high: np.ndarray,
        colour: str,
        opacity: float,
        *,
        clip: bool = True,
        zorder: float = 1,
    ) -> None:
        """Fill between two stair lines that step at each x; `clip` ends it at the panel's edges."""
        across = np.repeat(x, 2)[1:]
        upper, lower = np.repeat(high, 2)[:-1], np.repeat(low, 2)[:-1]
        corners = np.column_stack((np.append(across, across[::-1]), np.append(lower, upper[::-1])))
        fill = to_rgba(colour, opacity)
        self.path(outline(corners), clip=clip, facecolor=fill, edgecolor="none", zorder=zorder)

    def text(
        self,
        x: float,
        y: float,
        text: str,
        colour: str,
        *,
        within: In = "units",
        smaller_px: float = 0.0,
        **look: Any,
    ) -> None:
        """Write text above its place; it may stand outside of the panel. `look` as of `Text`."""
        words = Text(x, y, text, color=colour, fontsize=FONT_PX - smaller_px, **{"va": "bottom", **look})
        self._add(words, within, clip=False)

    def _add(self, artist: Artist, within: In, *, clip: bool) -> None:
        artist.set_transform(self._transform(within))
        self.figure.add_artist(artist)
        if clip:
            artist.set_clip_box(TransformedBbox(self.box, self.figure.transFigure))
        else:
            artist.set_clip_on(False)

    def _transform(self, within: In) -> Transform:
        x = self.x_range if within in ("units", "upright") else (0.0, 1.0)
        y = self.y_range if within in ("units", "across") else (0.0, 1.0)
        wide, high = self.box.width / (x[1] - x[0] or 1.0), self.box.height / (y[1] - y[0] or 1.0)
        matrix = [
            [wide, 0.0, self.box.x0 - x[0] * wide],
            [0.0, high, self.box.y0 - y[0] * high],
            [0.0, 0.0, 1.0],
        ]
        return Affine2D(matrix) + self.figure.transFigure


def outline(corners: np.ndarray) -> Path:
    """Return the closed path around rows of (x, y)."""
    codes = [Path.MOVETO, *[Path.LINETO] * (len(corners) - 1), Path.CLOSEPOLY]
    return Path(np.append(corners, corners[:1], axis=0), codes)
