"""Reading values off a chart, trying a timeout and enlarging it, in a real Chromium."""

import json
from pathlib import Path
from typing import Any

import pytest

from reports.charts.data_table import text_of
from reports.pages.report_page import build_json, build_report
from reports.report_data import ReportData
from reports.wording import numbers
from tests.support.reports.accessibility import violations
from tests.support.reports.chromium_page import Page
from tests.support.reports.production_beside import make_loops, make_production
from tests.support.reports.report_factory import CASES, make_report
from tests.support.waiting import wait_until

pytestmark = pytest.mark.browser

FIGURE = "document.querySelector('figure[data-figure={}]')"
SAID = """[...document.querySelectorAll('figure[data-figure]')].map(figure => {
  const input = figure.querySelector('.read'), said = [];
  for (let n = 0; n <= Number(input.max); n++) {
    input.value = n;
    input.dispatchEvent(new Event('input'));
    said.push(input.getAttribute('aria-valuetext'));
  }
  return said;
})"""
TRIED = """[...document.querySelectorAll('.try')].map(box => {
  const input = box.querySelector('input'), said = [];
  for (let n = 1; n <= 60; n++) {
    input.value = n;
    input.dispatchEvent(new Event('input'));
    said.push(box.querySelector('output').textContent);
  }
  return said;
})"""


@pytest.fixture(scope="module")
def data() -> ReportData:
    return make_production(make_report((CASES[0], CASES[2], CASES[6])))


@pytest.fixture(scope="module")
def file(data: ReportData, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("charts") / "report.html"
    path.write_text(build_report(data), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def figures(data: ReportData) -> list[dict[str, Any]]:
    body = json.loads(json.dumps(build_json(data)))
    return [figure for action in body["actions"] for figure in action["figures"].values()]


def press(page: Page, key: str, code: int) -> None:
    for kind in ("keyDown", "keyUp"):
        page.call("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=code)


def reading(figure: dict[str, Any], row: list[float | None]) -> str:
    parts = []
    for head, fields, kind in figure["columns"]:
        ends = [text_of(row[figure["fields"].index(name)], kind) for name in fields]
        parts.append(f"{head.partition(' (')[0]} {' to '.join(dict.fromkeys(ends))}")
    return ", ".join(parts)


def test_every_reading_is_the_json_written_as_the_page_writes_it(
    page: Page, file: Path, figures: list[dict[str, Any]]
) -> None:
    page.open(file)

    said = page.run(SAID)

    assert said == [[reading(figure, row) for row in figure["rows"]] for figure in figures]
    assert sum(map(len, said)) > 400
    assert page.problems == []


def test_every_timeout_tried_is_the_json(page: Page, file: Path, figures: list[dict[str, Any]]) -> None:
    page.open(file)

    said = page.run(TRIED)

    curves = [figure for figure in figures if "cut_off_by_timeout" in figure]
    assert len(said) == len(curves) == 3
    for texts, figure in zip(said, curves, strict=True):
        known = figure["cut_off_by_timeout"]
        for timeout, text in enumerate(texts, start=1):
            share = known[min(timeout, len(known)) - 1]
            words = f"{timeout} s would cut off " if share is not None else f"{timeout} s: unknown, at most "
            share = figure["cut_off_at_most"] if share is None else share
            assert text == f"{words}{'none' if share == 0 else numbers.share(share)} of these calls"


def test_the_pointer_reads_the_nearest_value_and_leaves_nothing_behind(page: Page, file: Path) -> None:
    page.open(file)
    figure = FIGURE.format("survival")
    page.run(f"{figure}.scrollIntoView({{behavior: 'instant', block: 'center'}})")
    box = page.run(
        f"(r => [r.x, r.y, r.width, r.height])({figure}.querySelector('svg').getBoundingClientRect())"
    )
    x, y = box[0] + box[2] * 0.6, box[1] + box[3] / 2

    page.call("Input.dispatchMouseEvent", type="mouseMoved", x=x, y=y)
    tip = f"{figure}.querySelector('.tip')"
    near = page.run(f"{tip}.textContent")
    page.call("Input.dispatchMouseEvent", type="mouseMoved", x=x + box[2] * 0.2, y=y)
    further = page.run(f"{tip}.textContent")
    page.call("Input.dispatchMouseEvent", type="mouseMoved", x=2, y=2)

    assert near.startswith("Slower than ") and "Production telemetry" in near
    assert further != near
    assert page.run(f"{tip}.hidden") is True
    assert page.run(f"{figure}.querySelector('.cross').getAttribute('d')") == ""


def test_the_keyboard_reads_one_value_after_the_other(page: Page, file: Path) -> None:
    page.open(file)
    read = f"{FIGURE.format('timeline')}.querySelector('.read')"
    page.run(f"{read}.focus()")
    first = page.run(f"{read}.getAttribute('aria-valuetext')")
    press(page, "ArrowRight", 39)
    second = page.run(f"{read}.getAttribute('aria-valuetext')")

    assert first.startswith("From 0 s, Calls ") and second.startswith("From 84 s, Calls ")
    assert page.run(f"{FIGURE.format('timeline')}.querySelector('.tip').hidden") is False
    press(page, "Tab", 9)
    assert page.run(f"{FIGURE.format('timeline')}.querySelector('.tip').hidden") is True


@pytest.mark.parametrize("width", [320, 1280])
def test_a_chart_can_be_enlarged_and_put_back(painted: Page, file: Path, pictures: Path, width: int) -> None:
    painted.open(file, width=width)
    figure, button = FIGURE.format("survival"), f"{FIGURE.format('survival')}.querySelector('.enlarge')"
    before = painted.run(f"{figure}.getBoundingClientRect().width")
    painted.run(f"{button}.click()")

    assert painted.run("document.querySelector('dialog').open") is True
    assert painted.run(f"{figure}.getBoundingClientRect().width") >= before * (1.6 if width > 400 else 0.8)
    assert painted.run("document.documentElement.scrollWidth") <= width
    painted.run(f"{figure}.querySelector('.read').focus()")
    painted.picture(pictures / f"enlarged-{width}.png", whole=False)
    press(painted, "Escape", 27)

    wait_until(lambda: painted.run("document.querySelectorAll('dialog').length") == 0, "the dialog closes")
    assert painted.run(f"{figure}.getBoundingClientRect().width") == before
    assert painted.run(f"document.activeElement === {button}") is True
    assert painted.problems == []


def test_axe_finds_no_violation_while_a_chart_is_read_and_enlarged(page: Page, file: Path, axe: str) -> None:
    page.open(file)
    page.run(f"{FIGURE.format('distribution')}.querySelector('.enlarge').click()")
    page.run(f"{FIGURE.format('distribution')}.querySelector('.read').focus()")

    assert violations(page, axe) == []


def test_axe_finds_no_violation_in_polled_jobs(page: Page, tmp_path: Path, axe: str) -> None:
    path = tmp_path / "jobs.html"
    path.write_text(build_report(make_loops(make_report(CASES[1:2]))), encoding="utf-8")
    page.open(path, width=1280)

    assert violations(page, axe) == []
    assert page.problems == []
