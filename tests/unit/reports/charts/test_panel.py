"""A panel puts x and y where its scales say, and ends what would leave it."""

import re

import numpy as np
import pytest

from reports.charts.canvas import add_panel, new_figure, x_ticks, y_ticks
from reports.charts.colour_roles import THEME_COLOURS
from reports.charts.panel import In
from reports.charts.svg import to_svg


@pytest.mark.parametrize(
    ("within", "x", "y"),
    [
        ("units", (20, 40), 4),
        ("upright", (20, 40), 0.4),
        ("across", (0.25, 0.75), 4),
        ("box", (0.25, 0.75), 0.4),
    ],
)
def test_a_line_is_where_the_scales_say(within: In, x: tuple[float, float], y: float) -> None:
    figure = new_figure(120)
    panel = add_panel(figure, THEME_COLOURS, 20, 75, (10, 50), (0, 10))
    panel.line(x, (y, y), THEME_COLOURS.ok, within=within)

    assert 'd="M175.5 65h247"' in to_svg(figure, prefix="x")


def test_what_leaves_the_panel_is_ended_at_its_edges() -> None:
    figure = new_figure(120)
    panel = add_panel(figure, THEME_COLOURS, 20, 75, (0, 1), (0, 1))
    panel.stairs(np.array([0.0, 0.5]), np.array([0.5, -3.0]), THEME_COLOURS.ok)

    svg = to_svg(figure, prefix="x")

    assert '<rect x="52" y="20" width="494" height="75"/>' in svg
    assert re.search(r'<path d="M52 57.5h247v63.5" clip-path="url\(#x-0\)"', svg)


def test_ticks_are_one_path_and_a_scale_of_no_length_is_drawn() -> None:
    figure = new_figure(120)
    panel = add_panel(figure, THEME_COLOURS, 20, 75, (5, 5), (0, 1))
    x_ticks(panel, THEME_COLOURS, [5], ["five"])
    y_ticks(panel, THEME_COLOURS, [0, 1], ["none", "all"])

    svg = to_svg(figure, prefix="x")

    assert svg.count('class="s2"') == 1
    assert re.findall(r">([a-z]+)</text>", svg) == ["five", "none", "all"]
