"""A matplotlib `Figure` as the SVG that matplotlib writes, the same bytes each time.

Each chart has a renderer of its own, which asks the font for the size of each of its texts; charts show the
same texts again and again: that took a fifth of the time of a report.
"""

import io
from functools import lru_cache
from typing import Any, Final, Literal

import matplotlib
from matplotlib.backends.backend_svg import RendererSVG
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import TextToPath

_IsMath = bool | Literal["TeX"]
_POINTS_PER_INCH: Final = 72
_FONTS: Final = TextToPath()


def raw_svg(figure: Figure) -> str:
    """Return the figure as an SVG document with its texts as texts.

    What `savefig` writes, by its usual settings, for a figure without rasters whose layout nothing adjusts.
    The figure is left with the resolution of the format, 72 dots per inch.
    """
    buffer = io.StringIO()
    figure.set_dpi(_POINTS_PER_INCH)
    width, height = figure.get_size_inches() * _POINTS_PER_INCH
    with matplotlib.rc_context({"svg.fonttype": "none", "svg.hashsalt": "diag"}):
        make: Any = _Renderer  # matplotlib states no types for it
        renderer = make(width, height, buffer, image_dpi=_POINTS_PER_INCH, metadata={"Date": None})
        figure.draw(renderer)
        renderer.finalize()
    return buffer.getvalue()


class _Renderer(RendererSVG):
    """Remembers how large a text is from chart to chart."""

    def get_text_width_height_descent(self, s: str, prop: FontProperties, ismath: _IsMath) -> Any:
        """Return the size of a text in points, as RendererSVG does."""
        return _size(s, prop.copy(), ismath)


@lru_cache(maxsize=4096)
def _size(text: str, font: FontProperties, is_math: _IsMath) -> Any:
    """`font`: a copy that nobody changes; which files its families stand for is set once in a process."""
    return _FONTS.get_text_width_height_descent(text, font, is_math)
