"""The months of production on the page: a picture, its sentence, and the same as numbers."""

import json
from dataclasses import asdict, replace

import pytest

from analysis.views.cut_off_history import (
    DAY_S,
    MOST_ACTIONS,
    CutOffHistory,
    CutOffSpan,
    TimeoutChange,
    cut_off_history,
)
from reports.figures.history_figure import history_figure
from reports.pages.report_page import build_json, build_report
from reports.report_data import ReportData
from tests.support.reports.page_tree import tree
from tests.support.reports.report_factory import CASES, make_report, words_only
from tests.support.reports.traceable import complaints

BEGAN = 20_636 * DAY_S  # 2026-07-02


def months(days: int, *, cut_off: int = 3, changes: tuple[TimeoutChange, ...] = ()) -> CutOffHistory:
    spans = [CutOffSpan(BEGAN + DAY_S * day, 1440, cut_off + day % 3) for day in range(days)]
    history = cut_off_history(spans, changes, 0.01)
    assert history is not None
    return history


def with_months(data: ReportData, history: CutOffHistory) -> ReportData:
    return replace(data, histories={action.action_id: history for action in data.analysis.actions})


@pytest.mark.slow
def test_an_action_with_kept_months_has_their_picture_and_the_others_none() -> None:
    data = words_only(make_report(CASES[:2], calls=400))
    first = data.analysis.actions[0].action_id
    change = TimeoutChange(BEGAN + 30.5 * DAY_S, 5, 3)
    page = build_report(replace(data, histories={first: months(60, changes=(change,))}))

    (figure,) = (one for one in tree(page).all("figure") if one.attributes.get("class") == "history")
    (drawing,) = figure.all("svg")
    assert drawing.attributes["aria-hidden"] == "true"  # the table says the same
    (caption,) = figure.all("figcaption")
    assert caption.text == (
        "2026-07-02 to 2026-08-30 (UTC): 0.28 % of 86,400 production executions took as long as the timeout "
        "and were cut off; at most 1 % was promised. Worst: 0.35 % on 2026-07-04 (5 of 1,440). "
        "Last changed on 2026-08-01, from 5 to 3 s."
    )
    rows = [row.text for row in next(figure.all("tbody")).all("tr")]
    assert len(rows) == 10 and rows[0].startswith("2026-07-02 to 2026-07-07") and "8,640" in rows[0]
    assert complaints(page) == []


def test_without_a_store_nothing_is_shown_and_the_json_says_none() -> None:
    data = words_only(make_report(CASES[:1], calls=400))
    assert "class=history" not in build_report(data)
    assert "class=history" in build_report(with_months(data, months(9)))
    assert json.loads(json.dumps(build_json(data)))["actions"][0]["history"] is None


def test_the_numbers_of_the_picture_are_in_the_json() -> None:
    data = with_months(make_report(CASES[:1], calls=400), months(9))
    history = json.loads(json.dumps(build_json(data)))["actions"][0]["history"]
    assert history["spans"][0] == [BEGAN, 1440, 3] and len(history["spans"]) == 9
    assert (history["accepted"], history["days_each"], history["changes"]) == (0.01, 1, [])
    assert history["rows"] == [asdict(row) for row in history_figure(months(9)).rows]


@pytest.mark.parametrize("days", [8, 92, 93, 400, 1500])
def test_the_rows_hold_every_execution_that_is_drawn(days: int) -> None:
    history = months(days)
    rows = history_figure(history).rows
    assert len(rows) <= 10
    assert sum(row.executions for row in rows) == history.all.executions
    assert rows[-1].days.split(" to ")[-1] == history_figure(history).sentence.split(" (UTC)")[0].split()[-1]


def test_quiet_months_are_said_plainly() -> None:
    spans = tuple(CutOffSpan(BEGAN + DAY_S * day, 10, 0) for day in range(9))
    sentence = history_figure(CutOffHistory(0.001, 1, spans)).sentence
    assert "none of 90 production executions took as long" in sentence
    assert "at most 0.1 % was promised." in sentence and "Worst" not in sentence


def test_a_page_of_many_actions_grows_by_little() -> None:
    changes = tuple(TimeoutChange(BEGAN + 30.0 * DAY_S * number, 5, 3) for number in range(12))
    history = months(400, changes=changes)
    data = words_only(make_report(CASES[:1], calls=400))
    plain, shown = (len(build_report(one).encode()) for one in (data, with_months(data, history)))
    assert MOST_ACTIONS * (shown - plain) < 300_000
