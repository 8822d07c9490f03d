"""Whatever a page says that a timeout cuts off is the same number wherever it stands."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from analysis.number_words import percent
from analysis.production.recommend_production import recommend_from_buckets
from analysis.verdicts.recommend import recommend
from analysis.verdicts.recommendation import Recommendation
from analysis.views.compare_runs import compare
from analysis.views.production_summary import summarise_production
from analysis.views.summarise import summarise
from diag.interaction.recommendation_table import recommendation_table
from reports.charts.data_table import rounded
from reports.exports.markdown import build_markdown
from reports.exports.terminal_report import build_terminal
from reports.pages.compare_page import cut_off_steps
from reports.pages.report_page import build_json, build_report
from reports.report_data import ReportData
from reports.wording import numbers
from reports.wording.rule_words import NOT_WATCHED
from tests.support.production_counts import production
from tests.support.reports.production_beside import FINDING
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


@pytest.mark.slow
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


def with_a_number() -> ReportData:
    """Calls of two load levels that support a number, cut off at 5 s."""
    first = calls(lognormal(3000, 1.8, seed=1), timeout_s=5).assign(offered_rate=2.0)
    faster = calls(lognormal(4000, 3.9, seed=2), timeout_s=5).assign(offered_rate=9.0)
    samples = sample_set(first, faster)
    analysis = recommend(samples, {"orders": orders(current_timeout_s=5)}, concurrency_limit=50)
    return ReportData(analysis, summarise(samples, analysis.settings, analysis.waiting), "test")


def production_data() -> ReportData:
    counts = production(2.6, timeout_s=5)
    analysis = recommend_from_buckets([counts], {"orders": orders(current_timeout_s=5)}, concurrency_limit=50)
    summary = summarise_production(counts, "orders", FINDING, analysis.settings)
    return ReportData(analysis, {"orders": summary}, "test")


@pytest.mark.slow
@pytest.mark.parametrize("made", [with_a_number, production_data])
def test_the_rules_are_read_off_the_sliders_curve(made: Callable[[], ReportData]) -> None:
    shown = made()
    body: Any = build_json(shown)
    by_timeout = body["actions"][0]["figures"]["survival"]["cut_off_by_timeout"]
    (action,) = shown.analysis.actions
    rows = body["actions"][0]["rules"]

    assert [row["rule"] for row in rows] == ["three_times_p99", "successes_and_buffer", "recommended"]
    for row in rows:
        share = row["cut_off"]
        known = by_timeout[row["timeout_s"] - 1] if row["timeout_s"] <= len(by_timeout) else None
        assert known == (None if share is None else rounded(share))
    assert rows[0]["cut_off"] is None, "three times p99 must lie beyond what was watched"
    assert rows[2]["cut_off"] == action.cut_off_after
    page = re.sub("<[^>]*>", "", build_report(shown))
    for text in (page, build_markdown(shown), " ".join(build_terminal(shown, width=9999).split())):
        for row in rows[:2]:
            said = NOT_WATCHED if row["cut_off"] is None else numbers.share(row["cut_off"])
            assert f"{said}; at most {numbers.share_at_most(row['cut_off_at_most'])}" in text
    table = recommendation_table(shown.analysis)
    cells = dict(zip([column.heading for column in table.columns], table.rows[0], strict=True))
    assert str(cells["3 x p99"]).startswith(f"{rows[0]['timeout_s']} s") and "not known" in str(
        cells["3 x p99"]
    )
    assert f"cuts {numbers.share(rows[1]['cut_off'])}" in str(cells["successes + buffer"])


@pytest.mark.slow
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
