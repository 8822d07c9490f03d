"""The week of hours on the page: a picture, its sentence, and the same day by day for who cannot see it."""

import json
from dataclasses import replace

import numpy as np
import pytest

from analysis.coverage.hours_seen import hours_seen
from analysis.coverage.week_of_hours import stated_week
from reports.figures.week_figure import NONE, week_figure
from reports.pages.report_page import build_json, build_report
from tests.support.reports.page_tree import Element, tree
from tests.support.reports.report_factory import CASES, make_report, week_of, words_only


@pytest.fixture(scope="module")
def figures() -> list[Element]:
    page = build_report(words_only(make_report(CASES[:4], calls=400)))
    return [one for one in tree(page).all("figure") if "hours" in one.attributes.get("class", "").split()]


@pytest.mark.slow
def test_every_action_with_calls_has_its_week(figures: list[Element]) -> None:
    assert len(figures) == 4
    for figure in figures:
        (drawing,) = figure.all("svg")
        assert drawing.attributes["aria-hidden"] == "true"  # the table says the same
        (caption,) = figure.all("figcaption")
        assert caption.text.startswith("These calls cover ") and caption.text.endswith(".")
        assert len(list(next(figure.all("tbody")).all("tr"))) == 7


@pytest.mark.slow
def test_what_production_calls_and_nobody_saw_is_said_where_it_is_known(figures: list[Element]) -> None:
    texts = [figure.text for figure in figures]
    assert ["production calls then, not seen" in text for text in texts] == [False, True, False, True]
    assert "01:00-05:00" in texts[1]
    assert "when production calls was not recorded" in texts[0]


def test_the_same_hour_of_a_like_day_is_not_missed() -> None:
    """The verdict counts it as seen; the picture called it missed."""
    week = stated_week(["mon-fri 09:00-11:00"], "UTC")
    monday = np.repeat([9, 10], 50)
    action = make_report(CASES[1:2], calls=400).analysis.actions[0]
    seen = hours_seen(monday, np.zeros(monday.size, dtype=np.bool_), week, "UTC")

    shown = week_figure(replace(action, hours=seen), week)

    assert shown is not None and [row[3] for row in shown.rows] == [NONE] * 7
    only_nine = hours_seen(monday[:50], np.zeros(50, dtype=np.bool_), week, "UTC")
    shown = week_figure(replace(action, hours=only_nine), week)
    assert shown is not None and [row[3] for row in shown.rows] == ["10:00-11:00"] * 5 + [NONE] * 2


def test_the_table_is_in_the_json_of_the_report() -> None:
    data = make_report(CASES[:2], calls=400)
    first, second = json.loads(json.dumps(build_json(data)))["actions"]
    shown = week_figure(data.analysis.actions[1], week_of(1))
    assert shown is not None and second["week"]["days"] == [list(row) for row in shown.rows]
    assert all(row[3] == NONE for row in first["week"]["days"])


def test_an_action_without_calls_has_no_week() -> None:
    action = make_report(CASES[:1], calls=400).analysis.actions[0]
    assert week_figure(replace(action, hours=None), None) is None
    empty = json.loads(json.dumps(build_json(make_report((CASES[10],), calls=400))))["actions"][0]
    assert empty["week"] is None
