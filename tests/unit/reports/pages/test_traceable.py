"""Each number in the HTML equals the JSON's, parsed and compared, and one changed digit is found."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from unittest.mock import patch

import pytest

from reports.pages.compare_page import build_comparison
from reports.pages.index_page import IndexData, build_index
from reports.pages.report_page import build_report
from tests.support.reports.backend_beside import with_backends
from tests.support.reports.flows_shown import with_made_flows
from tests.support.reports.page_tree import Element
from tests.support.reports.production_beside import make_loops, make_production
from tests.support.reports.report_factory import CASES, in_windows, make_report, words_only
from tests.support.reports.traceable import TracedPage, complaints
from tests.unit.reports.pages.test_compare_page import make_comparison
from tests.unit.reports.pages.test_index_page import make_runs
from tests.unit.reports.pages.test_months import months, with_months

FIRST_DIGIT = re.compile(r"\d")


def many_actions() -> str:
    with patch("reports.pages.report_page.FULL_CHARTS", 1):
        return build_report(make_production(make_report(CASES[:3], calls=400)))


def another_percentile() -> str:
    data = make_report(CASES[:1])
    settings = replace(data.analysis.settings, percentile=0.995)
    return build_report(replace(data, analysis=replace(data.analysis, settings=settings)))


def counting_more() -> str:
    """A campaign's report: what was called, and in the head what production says of the others, too."""
    data = words_only(make_report(CASES[:2]))
    return build_report(replace(data, counted=make_report(CASES[:6]).analysis.actions))


PAGES: dict[str, Callable[[], str]] = {
    "so many that some are small": many_actions,
    "another percentile": another_percentile,
    "a bare file": lambda: build_report(replace(make_report(CASES[:1]), manifests=(), source=None)),
    "production beside a test": lambda: build_report(make_production(make_report(CASES[:2]))),
    "production beside one action": lambda: build_report(make_production(make_report(CASES[:1]))),
    "months of production": lambda: build_report(with_months(make_report(CASES[:1]), months(60))),
    "backends beside actions": lambda: build_report(with_backends(make_report(CASES[:2]))),
    "windows of a campaign": lambda: build_report(in_windows(words_only(make_report(CASES[:1])))),
    "a campaign that did not call all": counting_more,
    "flows": lambda: build_report(with_made_flows(make_report(CASES[:2]))),
    "flows, in words": lambda: build_report(with_made_flows(words_only(make_report(CASES[:2])))),
    "submitted and polled": lambda: build_report(make_loops(make_report(CASES[1:2]))),
    "two runs": lambda: build_comparison(make_comparison(2)),
    "three runs": lambda: build_comparison(make_comparison(3)),
    "index": lambda: build_index(IndexData((*make_runs(4), *make_runs(2, sandbox=False)), "0.1.0")),
}


@cache
def page_of(name: str) -> str:
    return PAGES[name]()


@pytest.mark.slow
@pytest.mark.parametrize("name", PAGES)
def test_every_number_on_the_page_is_the_one_in_its_json(name: str) -> None:
    assert complaints(page_of(name)) == []


@pytest.mark.slow
@pytest.mark.parametrize(
    "name",
    [
        "production beside one action",
        "windows of a campaign",
        "backends beside actions",
        "flows, in words",
        "submitted and polled",
        "two runs",
        "index",
    ],
)
def test_one_changed_digit_is_found_wherever_it_stands(name: str) -> None:
    page = TracedPage(page_of(name))
    tried = list(texts_with_a_number(page.body, about=25))

    unnoticed = [
        str(element.children[at]) for element, at in tried if not notices_a_change(page, element, at)
    ]

    assert len(tried) > 10
    assert unnoticed == []


def texts_with_a_number(body: Element, about: int) -> Iterator[tuple[Element, int]]:
    """Yield where `about` texts with a digit stand in the main part of a page."""
    texts = [place for place in next(body.all("main")).texts() if FIRST_DIGIT.search(text_at(*place))]
    for element, at in texts[:: max(len(texts) // about, 1)]:
        if not any(node.tag == "svg" and "aria-hidden" in node.attributes for node in element.above()):
            yield element, at  # and no decoration: the number stands beside it


def text_at(element: Element, at: int) -> str:
    return str(element.children[at])


def notices_a_change(page: TracedPage, element: Element, at: int) -> bool:
    """Is there a complaint about the page with the first digit of one text changed?"""
    text = text_at(element, at)
    element.children[at] = FIRST_DIGIT.sub(lambda digit: "3" if digit[0] == "7" else "7", text, count=1)
    found = any(page.complaints())
    element.children[at] = text
    return found
