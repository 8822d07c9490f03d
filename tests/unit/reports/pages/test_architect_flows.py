"""The section on flows: what changes comes first, and long lists are cut and counted."""

from dataclasses import replace

import pytest

from analysis.flows.path_warnings import PathWarning
from reports.exports.flow_lines import MOST_AS_TEXT
from reports.exports.markdown import build_markdown
from reports.exports.terminal_report import build_terminal
from reports.pages.architect_flows import FIRST_FLOWS, MOST_MOVES
from reports.pages.report_page import build_json, build_report
from tests.support.reports.flows_shown import with_made_flows
from tests.support.reports.page_tree import tree
from tests.support.reports.report_factory import CASES, make_report


@pytest.mark.slow
def test_a_report_without_flows_has_no_section() -> None:
    page = build_report(make_report(CASES[:1]))

    assert "id=flows" not in page and "href=#flows" not in page


@pytest.mark.slow
def test_flows_that_change_come_first_and_the_rest_lies_behind_one_line() -> None:
    data = with_made_flows(make_report(CASES[:2]), more=FIRST_FLOWS)

    body = build_json(data)
    (section,) = [
        one for one in tree(build_report(data)).all("section") if one.attributes.get("id") == "flows"
    ]

    assert body["flow_count"] == FIRST_FLOWS + 4
    assert body["flows_below"] == 4
    names = [one.text.strip() for one in section.all("h3")]
    assert names[-1] == "Night batch"  # the only one that does not change
    assert sum(1 for one in section.all("details") if "open" in one.attributes) == 5


@pytest.mark.slow
def test_more_warnings_than_a_page_can_hold_are_counted() -> None:
    data = with_made_flows(make_report(CASES[:1]))
    assert data.flows is not None
    warnings = [PathWarning("F", f"Step {at}", "to the step", True, "moved") for at in range(MOST_MOVES + 3)]
    data = replace(data, flows=replace(data.flows, warnings=(*warnings, replace(warnings[0], flow="G"))))

    body, page = build_json(data), build_report(data)

    assert body["flow_moves_more"] == 3
    assert "And <span" in page and "2 flows (&#34;F&#34;, &#34;G&#34;), step" in page


@pytest.mark.slow
def test_names_of_flows_and_steps_are_text_and_nothing_else() -> None:
    data = with_made_flows(make_report(CASES[:1]))
    assert data.flows is not None
    (first, *others) = data.flows.views
    hostile = replace(first, flow=replace(first.flow, name='<img src=x onerror="1">\n| **x**'))
    data = replace(data, flows=replace(data.flows, views=(hostile, *others)))

    assert "<img" not in build_report(data)
    assert "\\<img" in build_markdown(data) and "\n| **" not in build_markdown(data)


def test_markdown_names_the_longest_wait_of_each_flow_and_what_moves() -> None:
    text = build_markdown(with_made_flows(make_report(CASES[:2])))

    assert "## Flows" in text
    assert "- **Main menu** (inboundcall): 35 s, then 40 s" in text
    assert 'step "Look up the card": calls that the action\'s 5 s ended' in text


def test_a_terminal_gets_the_flows_that_change_first_and_how_many_more_there_are() -> None:
    def shown(more: int) -> str:
        return " ".join(build_terminal(with_made_flows(make_report(CASES[:2]), more=more)).split())

    few, many = shown(0), shown(MOST_AS_TEXT)

    assert "Flows: the longest a caller waits in each for actions Moves: " in few
    assert "Main menu (inboundcall): 35 s, then 40 s" in few and "Night batch (workflow)" in few
    assert "and 4 more flows: --format md lists them" in many and "Night batch" not in many
    assert "Not read: " in few
    assert "Flows:" not in build_terminal(make_report(CASES[:2]))
