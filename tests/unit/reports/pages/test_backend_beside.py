"""Backend and platform apart, wherever a report is read."""

from dataclasses import replace

import pytest

from analysis.direct_side.direct_side import DirectSide
from diag.interaction.recommendation_table import backend_lines
from reports.charts.sketches.platform_share_bars import share_bars
from reports.exports.markdown import build_markdown
from reports.exports.terminal_report import build_terminal
from reports.figures.platform_share_figure import platform_share_figure
from reports.pages.report_page import build_report
from reports.report_data import ReportData
from reports.wording.direct_words import backend_sentences
from tests.support.reports.backend_beside import MOVED, NOT_TOLD, TOLD, with_backends
from tests.support.reports.page_tree import tree
from tests.support.reports.report_factory import CASES, make_report, words_only


def beside(side: DirectSide, *, alone: bool = False) -> ReportData:
    data = words_only(make_report(CASES[:1]))
    actions = tuple(replace(one, direct=side, backend_alone=alone) for one in data.analysis.actions)
    return replace(data, analysis=replace(data.analysis, actions=actions))


@pytest.mark.slow
def test_every_form_of_the_report_says_whose_the_time_is() -> None:
    data = with_backends(words_only(make_report(CASES[:3])))
    texts = [" ".join(build(data).split()) for build in (build_report, build_markdown, build_terminal)]
    for text in texts:
        plain = text.replace("\\", "")
        assert (
            "Of 787 ms (p50), 498 ms is your backend; Genesys and the way there add 289 ms (261 to 323 ms)."
            in plain
        )
        assert "no share can be told from this many calls (it lies between -41 and 604 ms)" in plain
        assert "because 332 calls each way are too few" in plain
        assert "at $.total (type: not number); success template" in plain


def test_the_page_answers_first_and_counts_both_kinds_of_calls() -> None:
    page = build_report(with_backends(words_only(make_report(CASES[:2]))))
    (section,) = [one for one in tree(page).all("section") if one.attributes.get("id") == "backends"]
    assert [link.attributes["href"] for link in section.all("a")] == ["#action-1", "#action-2"]
    assert "2,864 direct calls to their backends" in " ".join(tree(page).text.split())
    without = build_report(words_only(make_report(CASES[:2])))
    assert "id=backends" not in without and "direct call" not in without


def test_the_picture_is_full_for_the_backend_and_framed_for_the_rest() -> None:
    drawn = share_bars(TOLD.shares)
    assert (
        drawn.count('class="backend"') == drawn.count('class="added"') == drawn.count('class="within"') == 2
    )
    assert ">+289 ms<" in drawn
    slower = share_bars(MOVED.shares[:1])
    assert 'class="added"' not in slower
    assert 'class="whole"' in slower
    assert 'class="within"' not in slower


def test_without_two_times_there_is_no_bar_and_still_the_sentence() -> None:
    side = replace(NOT_TOLD, shares=NOT_TOLD.shares[1:])
    action = beside(side).analysis.actions[0]
    figure = platform_share_figure(action)
    assert figure is not None
    assert figure.svg is None
    page = tree(build_report(beside(side)))
    assert not [one for one in page.all("svg") if one.attributes.get("class") == "apart"]


def test_of_a_backend_alone_only_what_is_missing_is_said() -> None:
    side = replace(TOLD, shares=(), next_command="diag measure --action Orders")
    data = beside(side, alone=True)
    assert platform_share_figure(data.analysis.actions[0]) is None
    assert backend_sentences(data.analysis.actions[0]) == ()
    assert "What Genesys Cloud adds:" in build_report(data)


def test_a_backend_that_only_failed_is_not_said_to_have_answered() -> None:
    failed = "Called directly, the backend answered 503 to 80 of 80 calls: is the input real?"
    page = build_report(beside(DirectSide(80, censored=80, failed=failed, next_command="diag measure")))
    assert f"{failed} Check how:" in page
    assert "only its backend gave an answer" not in page
    assert "id=backends" not in page


def test_an_action_that_was_not_called_directly_says_how_to() -> None:
    data = beside(DirectSide(next_command="diag measure --direct --action Orders"))
    page = build_report(data)
    assert "How much of it is your backend:" in page
    assert "diag measure --direct --action Orders" in page
    assert "class=apart" not in page
    assert backend_sentences(data.analysis.actions[0]) == ()


def test_what_limits_every_comparison_is_said_once() -> None:
    data = words_only(make_report(CASES[:3]))
    sides = [
        replace(TOLD, unlike=("the two were not called at the same time",)) for _ in data.analysis.actions
    ]

    def texts(of: list[DirectSide]) -> list[str]:
        actions = tuple(
            replace(one, direct=side) for one, side in zip(data.analysis.actions, of, strict=True)
        )
        whole = replace(data, analysis=replace(data.analysis, actions=actions))
        page = build_report(whole).partition('type="application/json"')[0]
        return [page, build_markdown(whole), build_terminal(whole), "\n".join(backend_lines(whole.analysis))]

    for text in texts(sides):
        plain = " ".join(text.replace("\\", "").split())
        assert plain.count("not called at the same time") == 1
        assert "Of all of them: the two were not called at the same time." in plain
    for text in texts([*sides[:2], TOLD]):
        assert " ".join(text.split()).count("not called at the same time") == 2
