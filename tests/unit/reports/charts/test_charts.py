"""Charts: any table that the types allow can be drawn, and the SVG is what the page needs."""

import io
import json
import re
from dataclasses import replace
from xml.etree import ElementTree

import matplotlib
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.figure import Figure

from analysis.estimates.stability import LevelChange
from analysis.statistics.survival_curve import SurvivalCurve
from analysis.verdicts.recommendation import Verdict
from analysis.views.summary import ActionSummary, Histogram, TimeBin
from reports.charts.colour_roles import THEME_COLOURS
from reports.charts.raw_svg import raw_svg
from reports.charts.sketches.latency_strip import range_sketch
from reports.charts.svg_path import compact
from reports.charts.timeline import _stairs, _unbroken
from reports.figures.action_figures import action_charts
from reports.figures.survival_figure import cut_off_by_timeout
from reports.pages.report_page import build_report
from tests.support.examples import examples
from tests.support.reports.backend_beside import with_backends
from tests.support.reports.production_beside import make_loops, make_production
from tests.support.reports.report_factory import CASES, make_report

LATENCIES = st.lists(st.floats(0.01, 65_000), min_size=1, max_size=12, unique=True).map(sorted)


@pytest.mark.slow
def test_charts_use_roles_and_never_a_colour() -> None:
    data = make_report(CASES[:1])
    action = data.analysis.actions[0]

    for chart in action_charts(action, data.summaries[action.action_id], data.analysis):
        svg = chart.svg("x")
        colours = set(re.findall(r"(?:fill|stroke):\s*(#\w+)", svg))
        assert colours <= {"#000000"}, chart.name
        assert "var(--" in svg
        assert not re.search(r"#0a0b", svg)
        assert "<image" not in svg


def test_no_chart_makes_axes_which_took_most_of_the_time_of_a_report() -> None:
    data = make_report(CASES[:1])
    action = data.analysis.actions[0]
    charts = action_charts(action, data.summaries[action.action_id], data.analysis)

    assert [chart.name for chart in charts if chart.draw(THEME_COLOURS).axes] == []
    assert len(charts) == 4


@pytest.mark.slow
def test_every_chart_of_a_report_is_drawn_as_matplotlib_saves_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also the second time, when the sizes of its texts are known."""
    drawn = []

    def compared(figure: Figure) -> str:
        saved = io.StringIO()
        with matplotlib.rc_context({"svg.fonttype": "none", "svg.hashsalt": "diag"}):
            figure.savefig(saved, format="svg", metadata={"Date": None})
        assert raw_svg(figure) == raw_svg(figure) == saved.getvalue()
        drawn.append(figure)
        return saved.getvalue()

    monkeypatch.setattr("reports.charts.svg.raw_svg", compared)
    build_report(make_loops(make_production(with_backends(make_report(CASES[:1])))))
    assert len(drawn) >= 5


@pytest.mark.slow
def test_no_id_within_a_drawing_is_one_of_another() -> None:
    data = make_report(CASES[:1])
    action = data.analysis.actions[0]
    ids = []
    for chart in action_charts(action, data.summaries[action.action_id], data.analysis):
        root = ElementTree.fromstring(chart.svg(chart.short_name(0)))
        assert root.get("role") == "img"
        ids += [element.get("id") for element in root.iter() if element.get("id")]

    assert len(ids) == len(set(ids)) > 0


@pytest.mark.parametrize(("after_s", "said"), [(285.0, " with its warm-up"), (300.0, ""), (30.0, "")])
def test_where_a_run_changed_is_told_from_its_first_call_with_the_warm_up(after_s: float, said: str) -> None:
    data = make_report(CASES[:1], calls=300)
    action = data.analysis.actions[0]
    summary = replace(data.summaries[action.action_id], started_at=1e9)
    changed = replace(action, change=LevelChange("step", 1e9 + 300.0, after_s, 900, 2000, 200, 100))
    (timeline,) = [c for c in action_charts(changed, summary, data.analysis) if c.name == "timeline"]

    assert f"The dashed line, at 5 min{said}, is where it changed." in timeline.description


def test_the_key_names_the_timeout_the_percentile_and_the_recommendation() -> None:
    data = make_report(CASES[:1])
    action = data.analysis.actions[0]
    key = " | ".join(
        text for _, text in action_charts(action, data.summaries[action.action_id], data.analysis)[0].key
    )

    assert f"timeout now {action.current_timeout_s} s" in key
    assert f"recommended {action.recommended_timeout_s} s" in key
    assert "p99 is at most" in key


@pytest.mark.slow
def test_a_number_that_needs_force_is_not_drawn_as_the_recommended_one() -> None:
    data = make_report(CASES[6:7])  # unstable
    action = data.analysis.actions[0]
    chart = action_charts(action, data.summaries[action.action_id], data.analysis)[0]

    assert "6 s (not to be set yet)" in [text for _, text in chart.key]
    assert "held 6 s" in chart.svg("x") and "set 6 s" not in chart.svg("x")
    assert 'class="to"' not in range_sketch(action)


@pytest.mark.slow
@settings(max_examples=examples(12), deadline=None)
@given(
    times=LATENCIES,
    counts=st.lists(st.tuples(*[st.integers(0, 10**6)] * 3), min_size=1, max_size=30),
    now=st.integers(1, 60),
    to=st.none() | st.integers(1, 60),
    p99=st.none() | st.floats(0.01, 1e5),
)
def test_any_small_table_can_be_drawn(
    times: list[float], counts: list[tuple[int, int, int]], now: int, to: int | None, p99: float | None
) -> None:
    data = make_report(CASES[8:9], calls=30)
    action = replace(
        data.analysis.actions[0],
        verdict=Verdict.UNSTABLE,
        current_timeout_s=now,
        recommended_timeout_s=to,
        quantile_ms=p99,
        quantile_upper_ms=None if p99 is None else p99 * 1.1,
        quantile_lower_ms=None,
    )
    n = len(times)
    summary = ActionSummary(
        action.action_id,
        action.action_name,
        n,
        histogram=Histogram(
            tuple(10.0 * 1.3**i for i in range(len(counts) + 1)),
            *(tuple(c[k] for c in counts) for k in range(3)),
        ),
        survival=SurvivalCurve(
            tuple(times), *(tuple((1 - (i + 1) / n) * k for i in range(n)) for k in (1.0, 0.8, 1.0))
        ),
        timeline=tuple(TimeBin(i * 1.0, 1.0, 1, 1, 0, 0, None, t, t, None) for i, t in enumerate(times)),
    )

    for chart in action_charts(action, summary, data.analysis):
        ElementTree.fromstring(chart.svg("x"))
        assert all(len(row) == len(chart.table.head) for row in chart.table.texts)
        json.dumps(chart.to_json(), allow_nan=False)


@pytest.mark.parametrize("verdict", list(Verdict))
def test_a_chart_can_be_drawn_with_no_call_at_all(verdict: Verdict) -> None:
    data = make_report(CASES[:1])
    action = replace(data.analysis.actions[0], verdict=verdict)

    assert action_charts(action, ActionSummary(action.action_id, "A", 0), data.analysis) == ()


@given(st.lists(st.tuples(st.floats(0, 600), st.floats(0, 400)), min_size=1, max_size=40))
def test_a_compact_path_ends_where_the_long_one_does(points: list[tuple[float, float]]) -> None:
    long = "M " + " \nL ".join(f"{x:f} {y:f}" for x, y in points)

    x = y = 0.0
    for letter, arguments in re.findall(r"([Mlhv])([^Mlhvz]*)", compact(long)):
        values = [float(value) for value in re.findall(r"-?(?:\d+\.?\d*|\.\d+)", arguments)]
        if letter == "M":
            x, y = values
        elif letter == "h":
            x += values[0]
        elif letter == "v":
            y += values[0]
        else:
            x, y = x + values[0], y + values[1]

    assert (x, y) == pytest.approx(points[-1], abs=0.051)


def test_roles_are_placeholders_no_drawing_would_use() -> None:
    colours = [getattr(THEME_COLOURS, name) for name in THEME_COLOURS.__dataclass_fields__]

    assert len(set(colours)) == len(colours)


def test_every_slice_has_its_dot_however_many_there_are() -> None:
    bins = tuple(TimeBin(n * 1.0, 1.0, 9, 9, 0, 0, 100.0, None, 300.0 + n, None) for n in range(120))
    data = make_report(CASES[:1])
    action = data.analysis.actions[0]
    (chart,) = action_charts(action, ActionSummary(action.action_id, "A", 9, timeline=bins), data.analysis)

    dots = re.findall(r'd="((?:M[\d. ]+h0)+)"', chart.svg("x"))

    assert len(dots) == 1
    assert dots[0].count("h0") == 120


def test_time_without_calls_is_a_gap_and_not_a_long_bar() -> None:
    bins = tuple(TimeBin(at, 10.0, 50, 50, 0, 0, 100.0, 200.0, 300.0, None) for at in (0.0, 10.0, 300.0))

    assert _stairs(bins, [5.0, 4.0, 3.0]) == ([0.0, 10.0, 20.0, 300.0, 310.0], [5.0, 4.0, 0.0, 3.0, 0.0])
    assert [len(run) for run in _unbroken(bins, "p50_ms")] == [2, 1]


def test_what_if_is_the_curve_at_whole_seconds_and_unknown_beyond_it() -> None:
    ended = SurvivalCurve((500.0, 1500.0, 3000.0), (0.5, 0.2, 0.0), (0.4, 0.1, 0.0), (0.6, 0.3, 0.1))
    censored = SurvivalCurve((500.0, 1500.0, 3000.0), (0.5, 0.2, 0.1), (0.4, 0.1, 0.0), (0.6, 0.3, 0.2))

    assert cut_off_by_timeout(ended)[:4] == (0.5, 0.2, 0.0, 0.0)
    assert cut_off_by_timeout(censored)[:4] == (0.5, 0.2, 0.1, None)
    assert cut_off_by_timeout(replace(censored, watched_ms=4000.0))[:5] == (0.5, 0.2, 0.1, 0.1, None)
    assert len(cut_off_by_timeout(ended)) == 60


def test_a_small_chart_still_gives_the_numbers_of_the_whole_curve() -> None:
    data = make_report(CASES[:1])
    action = data.analysis.actions[0]
    summary = data.summaries[action.action_id]

    (small,) = action_charts(action, summary, data.analysis, small=True)
    full = action_charts(action, summary, data.analysis)[0]

    assert small.try_out is not None
    assert full.try_out is not None
    assert small.try_out.cut_off == full.try_out.cut_off
    assert len(small.svg("x")) < len(full.svg("x")) / 1.5
