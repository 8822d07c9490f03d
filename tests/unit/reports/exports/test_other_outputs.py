"""Markdown, terminal text, CSV and PNG say the same numbers, and none can be attacked by a name."""

import csv
import io
import re
import unicodedata
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.recommend_settings import RecommendSettings
from analysis.verdicts.recommendation import Analysis
from reports.exports.csv import COLUMNS, build_csv
from reports.exports.markdown import build_markdown
from reports.exports.png import chart_file_name, export_charts
from reports.exports.terminal_report import build_terminal
from reports.report_data import ReportData
from reports.wording import numbers
from reports.wording.headline import headline
from tests.support.examples import examples
from tests.support.reports.production_beside import make_loops, make_production
from tests.support.reports.report_factory import CASES, make_report

HOSTILE = '=cmd|"/C calc"!A0 | <img src=x> \x1b[2J\x07\u202e @all `x` ../../etc $x^'


@pytest.fixture(scope="module")
def data() -> ReportData:
    return make_report()


def with_names(data: ReportData, name: str) -> ReportData:
    actions = tuple(replace(action, action_name=name, reason=name) for action in data.analysis.actions)
    return replace(data, analysis=replace(data.analysis, actions=actions))


@pytest.mark.slow
@pytest.mark.parametrize("build", [build_markdown, build_terminal])
def test_the_texts_start_with_the_verdict_and_carry_every_p99(build, data: ReportData) -> None:  # type: ignore[no-untyped-def]
    text = build(data)

    assert headline(data.analysis.actions) in " ".join(text.split())
    for action in data.analysis.actions:
        assert action.action_name in text
        if action.quantile_ms is not None:
            assert numbers.quantile(action.quantile_ms) in text
    assert "SANDBOX" in text


def test_a_markdown_table_has_as_many_cells_in_every_row(data: ReportData) -> None:
    text = build_markdown(with_names(data, "a|b"))
    tables = [table.splitlines() for table in re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE)]
    compared = [rule for action in data.analysis.actions for rule in action.rules]

    assert compared and [len(rows) for rows in tables] == [len(CASES) + 2, len(compared) + 2]
    for rows in tables:
        assert len({row.replace("\\|", "").count("|") for row in rows}) == 1


@pytest.mark.parametrize("width", [40, 60, 80])
def test_a_number_and_its_unit_stay_on_one_line(width: int, data: ReportData) -> None:
    lines = build_terminal(data, width=width).splitlines()
    ends = [line for line in lines if re.search(r"[0-9]$", line)]
    after = [lines[lines.index(line) + 1].split(" ") for line in ends if lines.index(line) + 1 < len(lines)]

    assert not [words for words in after if next(filter(None, words), "") in ("s", "ms", "%", "min", "calls")]


@pytest.mark.parametrize("width", [40, 60, 100, 200])
def test_terminal_lines_fit_the_width(width: int, data: ReportData) -> None:
    lines = build_terminal(data, width=width).splitlines()

    whole = [line for line in lines if line.strip().startswith("diag ")]  # a command is copied as one line
    too_long = [line for line in lines if len(line) > width and line not in whole and " " in line.strip()]
    assert not too_long


def test_no_control_character_reaches_the_terminal(data: ReportData) -> None:
    text = build_terminal(with_names(data, HOSTILE))

    assert {character for character in text if unicodedata.category(character)[0] == "C"} == {"\n"}


def test_the_csv_is_read_back_as_it_was(data: ReportData) -> None:
    rows = list(csv.DictReader(io.StringIO(build_csv(data.analysis))))

    assert tuple(rows[0]) == COLUMNS
    for row, action in zip(rows, data.analysis.actions, strict=True):
        assert row["action_id"] == action.action_id
        assert row["p99_ms"] == ("" if action.quantile_ms is None else str(action.quantile_ms))


def test_no_csv_cell_is_a_formula(data: ReportData) -> None:
    for row in csv.reader(io.StringIO(build_csv(with_names(data, HOSTILE).analysis))):
        assert not [cell for cell in row if cell.startswith(("=", "+", "-", "@"))]


@pytest.mark.slow
def test_charts_as_png_files(tmp_path: Path) -> None:
    data = make_report(CASES[:1])

    first = export_charts(with_names(data, HOSTILE), tmp_path / "a")
    again = export_charts(with_names(data, HOSTILE), tmp_path / "b")

    assert len(first) == 4
    assert all(path.parent == tmp_path / "a" for path in first)
    assert all(path.read_bytes()[:8] == b"\x89PNG\r\n\x1a\n" for path in first)
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in again]


@given(st.text())
def test_a_file_name_is_plain_whatever_the_action_is_called(name: str) -> None:
    made = chart_file_name(3, name, "survival")

    assert made.startswith("03-")
    assert set(made) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert len(made) < 60


@settings(max_examples=examples(20), deadline=None)
@given(name=st.text(max_size=60), width=st.integers(1, 120))
def test_any_name_can_be_shown_at_any_width(name: str, width: int) -> None:
    build_terminal(with_names(make_report(CASES[10:11]), name), width=width)


def test_nothing_measured_is_said_everywhere() -> None:
    empty = ReportData(Analysis(RecommendSettings(), (), {}), {}, "0.1.0")

    assert "No action was measured." in build_terminal(empty)
    assert "No action was measured." in build_markdown(empty)
    assert build_csv(empty.analysis).count("\n") == 1


def test_production_and_polled_jobs_are_told_in_every_text() -> None:
    both = make_loops(make_production(make_report(CASES[:2])))

    for text in (build_markdown(both), build_terminal(both)):
        assert "16,800 executions in 168 hours with traffic." in " ".join(text.split())
        assert "Test against production: test faster" in " ".join(text.split())
        assert "Too few jobs: about 270 more are needed." in " ".join(text.split())
    rows = [line for line in build_markdown(both).splitlines() if line.startswith("| Submit")]
    assert rows[1].endswith("| every 5 s, at most 25 times | 25 % invented |")
