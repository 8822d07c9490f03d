"""Whatever a page says that a timeout cuts off is the same number wherever it stands."""

import re
from typing import Any

import pytest

from analysis.number_words import percent
from analysis.verdicts.recommend import recommend
from analysis.verdicts.recommendation import Recommendation
from analysis.views.compare_runs import compare
from analysis.views.summarise import summarise
from diag.interaction.recommendation_table import recommendation_table
from reports.charts.data_table import rounded
from reports.exports.report_text import build_terminal
from reports.pages.compare_page import cut_off_steps
from reports.pages.report_page import build_json, build_report
from reports.report_data import ReportData
from reports.wording import numbers
from tests.support.sample_tables import calls, lognormal, orders, sample_set


@pytest.fixture(scope="module")
def data() -> ReportData:
    """Calls of two load levels and a slow warm-up, cut off at 5 s: the verdict rests on some of them only."""
    slow_at_first = lognormal(3000, 2.0, seed=1)
    slow_at_first[:400] *= 3
    first = calls(slow_at_first, timeout_s=5).assign(offered_rate=2.0)
    faster = calls(lognormal(4000, 5.2, seed=2), timeout_s=5).assign(offered_rate=9.0)
    samples = sample_set(first, faster)
    analysis = recommend(samples, {"orders": orders(current_timeout_s=5)})
    return ReportData(analysis, summarise(samples, analysis.settings, analysis.waiting), "test")


def action_of(data: ReportData) -> Recommendation:
    (action,) = data.analysis.actions
    assert action.samples < data.summaries["orders"].calls, "the case must tell the two curves apart"
    assert action.cut_off_now
    return action


def test_slider_table_and_verdict_read_one_curve(data: ReportData) -> None:
    action = action_of(data)
    body: Any = build_json(data)
    figure = body["actions"][0]["figures"]["survival"]
    known = {action.current_timeout_s: action.cut_off_now, action.recommended_timeout_s: action.cut_off_after}

    by_timeout = figure["cut_off_by_timeout"]
    rows = [dict(zip(figure["fields"], row, strict=True)) for row in figure["rows"]]
    at = {row["t_ms"]: row["share"] for row in rows}
    for timeout_s, share in known.items():
        if timeout_s is not None and share is not None:
            assert by_timeout[timeout_s - 1] == rounded(share)
            assert at.get(timeout_s * 1000.0, rounded(share)) == rounded(share)
    assert at[4000.0] == by_timeout[3]


def test_sentence_table_terminal_and_comparison_say_the_same_figure(data: ReportData) -> None:
    action = action_of(data)
    said = numbers.share(action.cut_off_now)

    assert percent(action.cut_off_now or 0) == said
    assert f"{said} " in action.reason
    table = recommendation_table(data.analysis)
    headings = [column.heading for column in table.columns]
    assert table.rows[0][headings.index("cut off now")] == said
    assert f"cut off {said}" in build_terminal(data, width=200)
    (both,) = compare([data.analysis, data.analysis], ["A", "B"]).actions
    assert cut_off_steps(both) == f"{said} → {said}"
    assert f"{said} of calls are still waiting" in re.sub("<[^>]*>", "", build_report(data))
