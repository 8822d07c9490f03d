import re
from dataclasses import replace
from functools import cache
from html import escape

import pytest

from analysis.views.compare_runs import compare
from reports.exports.compare_markdown import compare_markdown
from reports.pages.compare_page import CompareData, ComparedRun, build_comparison, compare_headline, gap
from tests.support.reports.report_factory import CASES, make_report
from tests.support.reports.traceable import complaints

SPEEDS = (1.0, 1.6, 0.98)


def make_comparison(runs: int = 2, name: str | None = None) -> CompareData:
    """Return runs of the same actions: the second is slower, the third like the first."""
    data = make_report(CASES[:6], calls=600)
    found = []
    for number, speed in enumerate(SPEEDS[:runs]):
        actions = tuple(
            replace(
                a,
                action_name=name or a.action_name,
                quantile_ms=a.quantile_ms and a.quantile_ms * speed,
                quantile_lower_ms=a.quantile_lower_ms and a.quantile_lower_ms * speed,
                quantile_upper_ms=a.quantile_upper_ms and a.quantile_upper_ms * speed,
            )
            for a in data.analysis.actions[: 5 if number else 6]
        )
        analysis = replace(data.analysis, actions=actions)
        found.append(ComparedRun(f"run {number}", analysis, data.summaries, data.manifests))
    comparison = compare([run.analysis for run in found], [run.label for run in found])
    return CompareData(comparison, tuple(found), "0.1.0")


@cache
def comparison_page(runs: int) -> str:
    return build_comparison(make_comparison(runs))


@pytest.mark.slow
@pytest.mark.parametrize("runs", [2, 3])
def test_the_page_has_a_column_per_run_and_a_verdict_per_later_run(runs: int) -> None:
    page = comparison_page(runs)

    assert build_comparison(make_comparison(runs)) == page
    assert page.count("<th scope=col class=number>p99 ") == runs
    assert page.count(" against A</button></th>") == runs - 1
    for name, *_ in CASES[:6]:
        assert escape(name) in page
    ids = re.findall(r" id=([^\s>]+)", page)
    assert len(ids) == len(set(ids))
    assert {link[1:] for link in re.findall(r'href="(#[^"]+)"', page)} <= set(ids)


def test_the_headline_counts_what_changed() -> None:
    text = compare_headline(make_comparison().comparison)

    assert text.startswith("3 of 6 actions are slower. 1 is the same for a timeout. For ")
    assert text.endswith("1 was measured in one run only.")


def test_where_nothing_is_slower_the_headline_says_so_and_what_would_tell() -> None:
    data = make_comparison()
    calm = compare([data.runs[0].analysis] * 2, ["a", "b"])
    wide = [
        replace(
            row,
            quantile_lower_ms=row.quantile_lower_ms and row.quantile_lower_ms * 0.5,
            quantile_upper_ms=row.quantile_upper_ms and row.quantile_upper_ms * 2,
        )
        for row in data.runs[0].analysis.actions
    ]
    unsure = compare([replace(data.runs[0].analysis, actions=tuple(wide))] * 2, ["a", "b"])

    assert compare_headline(calm).startswith("No action is surely slower. ")
    short = r"For \d these runs are too short to tell \(about [\d,]+ calls each would"
    assert re.search(short, compare_headline(unsure))


@pytest.mark.slow
def test_an_action_of_one_run_only_is_shown_as_such() -> None:
    assert "not measured" in comparison_page(2)
    assert "not measured" in compare_markdown(make_comparison())


def test_a_difference_is_shown_with_its_sign_and_interval() -> None:
    data = make_comparison(3)
    slower = next(action for action in data.comparison.actions if action.action_name == "Order lookup")

    assert re.fullmatch(r"\+[\d.]+ s \(\+[\d.]+ s to \+[\d.]+ s\)", gap(slower.differences[0]))
    assert gap(slower.differences[1]).startswith("−")


@pytest.mark.slow
def test_hostile_names_stay_texts() -> None:
    page = build_comparison(make_comparison(name="</title><script>alert(1)</script>|"))

    assert page.count("<script") == 2
    rows = [
        line for line in compare_markdown(make_comparison(name="a|b")).splitlines() if line.startswith("| ")
    ]
    assert len({row.replace("\\|", "").count("|") for row in rows}) == 1


@pytest.mark.slow
def test_different_targets_are_pointed_out() -> None:
    data = make_comparison()
    other = replace(data.runs[1], manifests=(replace(data.runs[1].manifests[0], sandbox=False),))

    assert "different targets" in build_comparison(replace(data, runs=(data.runs[0], other)))
    assert "different targets" not in comparison_page(2)


@pytest.mark.slow
def test_an_action_with_a_percentile_of_its_own_says_which() -> None:
    data = make_comparison()
    runs = tuple(
        replace(
            run,
            analysis=replace(
                run.analysis,
                actions=(replace(run.analysis.actions[0], percentile=0.999), *run.analysis.actions[1:]),
            ),
        )
        for run in data.runs
    )
    comparison = compare([run.analysis for run in runs], [run.label for run in runs])
    own = replace(data, runs=runs, comparison=comparison)

    page = build_comparison(own)
    assert len(re.findall(r"<small><span data-f=runs/[01]/percentile>p99.9</span></small>", page)) == 2
    assert complaints(page) == []
    assert compare_markdown(own).count("p99.9 ") == 2
