"""The report in a real Chromium: nothing breaks, nothing leaves the file, everything can be reached."""

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from reports.exports.csv import build_csv
from reports.pages.report_page import build_report
from reports.report_data import ReportData
from tests.support.reports.accessibility import violations
from tests.support.reports.chromium_page import Page
from tests.support.reports.flows_shown import with_made_flows
from tests.support.reports.report_factory import CASES, make_report, words_only

pytestmark = pytest.mark.browser

NAMES = "[...document.querySelectorAll('#table tbody tr')].filter(r => !r.hidden).map(r => r.dataset.action)"
STATUS = "document.getElementById('status').textContent"
HOSTILE = "</script><img src=x onerror=alert(1)> =1+1 \x1b[31m \u202e"


KINDS = (0, 2, 6, 10)
"""Of the cases, one of each kind of section."""
FLOWS = 4
"""Those of `with_made_flows`."""


@pytest.fixture(scope="module")
def data() -> ReportData:
    return make_report()


@pytest.fixture(scope="module")
def file(data: ReportData, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report of all cases, without charts: for the table, and what parts do without looking at a chart."""
    path = tmp_path_factory.mktemp("report") / "report.html"
    path.write_text(build_report(words_only(data)), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def short_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report with charts, of one action of each kind of section.

    The first was called with invented inputs, the second with some.
    """
    path = tmp_path_factory.mktemp("report") / "short.html"
    data = make_report(tuple(CASES[number] for number in KINDS))
    first, second, *others = data.analysis.actions
    actions = (
        replace(first, input_origins={"invented": first.samples}),
        replace(second, input_origins={"invented": second.samples // 4, "file": 3 * second.samples // 4}),
        *others,
    )
    whole = with_made_flows(replace(data, analysis=replace(data.analysis, actions=actions)))
    path.write_text(build_report(whole), encoding="utf-8")
    return path


def open_all(page: Page) -> None:
    page.run("document.querySelectorAll('details').forEach(one => { one.open = true; })")


def click_sort(page: Page, heading: str) -> list[str]:
    page.run(f"document.querySelector('.sort[aria-label=\"Sort by {heading}\"]').click()")
    return list(page.run(NAMES))


@pytest.mark.parametrize(("width", "dark"), [(320, False), (1280, False), (1280, True), (3840, True)])
def test_nothing_breaks_and_nothing_leaves_the_file(
    painted: Page, short_file: Path, take_picture: Callable[[str], object], width: int, dark: bool
) -> None:
    painted.open(short_file, width=width, dark=dark)
    open_all(painted)

    take_picture(f"report-{width}-{'dark' if dark else 'light'}")
    assert painted.problems == []
    assert painted.requests == [short_file.as_uri()]
    assert painted.run("document.documentElement.scrollWidth") <= width
    marks = painted.run(
        "[...document.querySelectorAll('#table td small')].filter(s => s.textContent.includes('invented'))"
        ".map(s => [s.closest('tr').rowIndex, s.innerText, s.offsetWidth > 0])"
    )
    assert marks == [[1, "inputs all invented", True], [2, "inputs 25 % invented", True]]


def test_the_steps_of_a_flow_never_scroll_sideways(page: Page, short_file: Path) -> None:
    page.open(short_file)
    open_all(page)
    steps = "[...document.querySelectorAll('.flow-of .scroll')]"

    assert page.run(f"{steps}.length") == FLOWS
    assert beyond_at(page, steps, (320, 390, 1100, 1280)) == {}


def test_the_table_never_hides_a_column(page: Page, file: Path) -> None:
    page.open(file)
    widths = (320, 480, 700, 950, 1000, 1100, 1240, 1280, 1364, 1440, 1920)

    assert beyond_at(page, "[document.querySelector('.scroll')]", widths) == {}


def beyond_at(page: Page, boxes: str, widths: Sequence[int]) -> dict[int, list[int]]:
    """Return the widths of the window at which something is beyond the edge of a box, and how far."""
    found: dict[int, list[int]] = {}
    for width in widths:
        page.resize(width)
        assert page.run("innerWidth") == width
        found[width] = page.run(f"{boxes}.map(e => e.scrollWidth - e.clientWidth)")
    return {width: beyond for width, beyond in found.items() if max(beyond) > 0}


def test_sorting_by_p99_and_back(page: Page, file: Path, data: ReportData) -> None:
    actions = data.analysis.actions
    known = sorted((a for a in actions if a.quantile_ms is not None), key=lambda a: -(a.quantile_ms or 0))
    unknown = [a.action_id for a in actions if a.quantile_ms is None]
    page.open(file)

    down = click_sort(page, "p99")
    assert down == [a.action_id for a in known] + unknown
    assert page.run("document.querySelector('[aria-sort]').ariaSort") == "descending"

    up = click_sort(page, "p99")
    assert up == [a.action_id for a in reversed(known)] + unknown

    assert click_sort(page, "p99") == [a.action_id for a in actions]
    assert page.run(STATUS) == "Most urgent first"


def test_every_column_sorts(page: Page, file: Path, data: ReportData) -> None:
    page.open(file)
    every = sorted(a.action_id for a in data.analysis.actions)

    for heading in ("Action", "Verdict", "Timeout", "Calls", "Seen for", "Worst wait"):
        first = click_sort(page, heading)
        second = click_sort(page, heading)
        assert sorted(first) == sorted(second) == every, heading
        assert first != second, heading


def test_filtering_hides_rows_and_sections(page: Page, file: Path) -> None:
    page.open(file)
    page.run("document.getElementById('filter').value = 'lower'")
    page.run("document.getElementById('filter').dispatchEvent(new Event('input'))")

    assert len(page.run(NAMES)) == 2
    assert page.run(STATUS) == "2 of 12 actions"
    assert page.run("[...document.querySelectorAll('details.action')].filter(d => !d.hidden).length") == 2


def test_the_copied_csv_is_the_exported_one(page: Page, file: Path, data: ReportData) -> None:
    page.open(file)
    page.run("navigator.clipboard.writeText = text => { window.copied = text; return Promise.resolve(); }")
    page.run("document.getElementById('copy').click()")

    copied = list(csv.reader(io.StringIO(page.run("window.copied"))))
    exported = list(csv.reader(io.StringIO(build_csv(data.analysis))))
    assert page.run(STATUS) == "Copied 12 rows"
    assert [len(row) for row in copied] == [len(row) for row in exported]
    for ours, theirs in zip(exported, copied, strict=True):
        assert [_number(cell) for cell in ours] == [_number(cell) for cell in theirs]


def _number(cell: str) -> str | float:
    try:
        return float(cell)
    except ValueError:
        return cell


def test_trying_a_timeout_says_what_it_would_cut_off(page: Page, short_file: Path) -> None:
    page.open(short_file)
    said = "document.querySelector('.try output').textContent"
    assert page.run(said).startswith("10 s would cut off ")
    drawn = page.run("document.querySelector('.trial').getAttribute('d')")

    page.run("document.querySelector('.try input').focus()")
    for kind in ("keyDown", "keyUp"):
        page.call(
            "Input.dispatchKeyEvent", type=kind, key="ArrowLeft", code="ArrowLeft", windowsVirtualKeyCode=37
        )

    assert page.run(said).startswith("9 s would cut off ")
    assert page.run("document.querySelector('.trial').getAttribute('d')") != drawn
    censored = page.run("document.querySelectorAll('.try output')[1].textContent")
    assert censored == "3 s would cut off 25 % of these calls"
    assert page.problems == []


def test_a_timeout_beyond_what_was_seen_is_not_known(page: Page, short_file: Path) -> None:
    page.open(short_file)
    page.run("censored = document.querySelectorAll('.try input')[1]; censored.value = 20")
    page.run("censored.dispatchEvent(new Event('input'))")

    said = page.run("document.querySelectorAll('.try output')[1].textContent")
    assert said.startswith("20 s: unknown, at most 2")


def test_hostile_names_do_nothing(page: Page, data: ReportData, tmp_path: Path) -> None:
    one_of_a_kind = [data.analysis.actions[number] for number in KINDS]
    actions = tuple(replace(a, action_name=HOSTILE, reason=HOSTILE) for a in one_of_a_kind)
    path = tmp_path / "hostile.html"
    path.write_text(
        build_report(replace(data, analysis=replace(data.analysis, actions=actions))), encoding="utf-8"
    )

    page.open(path)
    page.run("navigator.clipboard.writeText = text => { window.copied = text; return Promise.resolve(); }")
    page.run("document.getElementById('copy').click()")

    assert page.problems == []
    assert page.requests == [path.as_uri()]
    assert page.run("document.querySelectorAll('img').length") == 0
    for row in csv.reader(io.StringIO(page.run("window.copied"))):
        assert not [cell for cell in row if cell.lstrip().startswith(("=", "+", "@"))]


def test_light_and_dark_follow_the_system_and_the_button(page: Page, file: Path) -> None:
    background = "getComputedStyle(document.documentElement).backgroundColor"
    page.open(file, dark=False)
    light = page.run(background)
    page.open(file, dark=True)
    dark = page.run(background)
    assert light != dark

    assert page.run("document.getElementById('theme').textContent") == "Light"
    page.run("document.getElementById('theme').click()")
    assert page.run(background) == light


def test_a_link_into_a_closed_part_opens_it(page: Page, file: Path) -> None:
    page.open(file)
    page.run("document.querySelectorAll('details.action').forEach(one => { one.open = false; })")
    page.run("document.querySelector('a[href=\"#action-9\"]').click()")

    assert page.run("document.getElementById('action-9').closest('details').open") is True


def test_without_javascript_all_of_it_is_there(page: Page, file: Path, data: ReportData) -> None:
    page.call("Emulation.setScriptExecutionDisabled", value=True)
    try:
        page.open(file)
        text = page.run("document.getElementById('main').textContent")
        assert page.run("document.getElementById('tools').hidden") is True
    finally:
        page.call("Emulation.setScriptExecutionDisabled", value=False)

    for action in data.analysis.actions:
        assert action.action_name in text
        assert action.reason in text


@pytest.mark.parametrize(("which", "parts"), [("file", len(CASES)), ("short_file", len(KINDS) + FLOWS)])
def test_on_paper_every_part_is_open_and_light(
    painted: Page, request: pytest.FixtureRequest, pictures: Path, which: str, parts: int
) -> None:
    painted.open(request.getfixturevalue(which), width=760, dark=True, media="print")
    painted.run("document.querySelectorAll('details.action').forEach(one => { one.open = false; })")

    heights = painted.run("[...document.querySelectorAll('details.action .body')].map(b => b.offsetHeight)")
    assert len(heights) == parts
    assert min(heights) > 50
    assert painted.run("getComputedStyle(document.documentElement).colorScheme") == "light"
    assert painted.run("getComputedStyle(document.getElementById('tools')).display") == "none"
    assert painted.run("document.documentElement.scrollWidth") <= 760
    assert painted.pdf(pictures / "report.pdf").stat().st_size > 50_000


def test_printing_opens_every_part_and_closes_it_again(page: Page, file: Path) -> None:
    count = "document.querySelectorAll('details.action[open]').length"
    page.open(file)
    before = page.run(count)

    page.run("dispatchEvent(new Event('beforeprint'))")
    assert page.run(count) == len(CASES)
    page.run("dispatchEvent(new Event('afterprint'))")
    assert page.run(count) == before


def test_the_keyboard_reaches_the_content_first(page: Page, file: Path) -> None:
    page.open(file)
    for kind in ("keyDown", "keyUp"):
        page.call("Input.dispatchKeyEvent", type=kind, key="Tab", code="Tab", windowsVirtualKeyCode=9)

    assert page.run("document.activeElement.className") == "skip"
    assert page.run("document.activeElement.getBoundingClientRect().top") >= 0


@pytest.mark.parametrize("dark", [False, True])
def test_axe_finds_no_violation(page: Page, short_file: Path, axe: str, dark: bool) -> None:
    page.open(short_file, width=1280, dark=dark)
    open_all(page)
    assert violations(page, axe) == []


@pytest.mark.parametrize("name", ["W" * 120, "Get_Customer_By_Number_And_Region_" * 150])
def test_a_name_without_spaces_never_makes_the_page_wider(
    page: Page, data: ReportData, tmp_path: Path, name: str
) -> None:
    actions = tuple(
        replace(a, action_name=name, left_out_by_reason={"retry": 3}) for a in data.analysis.actions[:3]
    )
    path = tmp_path / "long.html"
    path.write_text(
        build_report(replace(data, analysis=replace(data.analysis, actions=actions))), encoding="utf-8"
    )
    page.open(path, width=320)
    open_all(page)

    assert page.run("document.documentElement.scrollWidth") <= 320


OPEN_HINTS = "[...document.querySelectorAll('.hint:popover-open')].map(one => one.id)"


def test_a_word_is_explained_where_it_stands_by_key_and_by_hovering(painted: Page, short_file: Path) -> None:
    painted.open(short_file, width=1280)
    at = "document.querySelector('thead [popovertarget=x-seen]').getBoundingClientRect()"
    painted.run("document.querySelector('thead [popovertarget=x-seen]').focus()")
    for kind in ("keyDown", "keyUp"):
        painted.call(
            "Input.dispatchKeyEvent",
            type=kind,
            key="Enter",
            code="Enter",
            text="\r",
            windowsVirtualKeyCode=13,
        )
    assert painted.run(OPEN_HINTS) == ["x-seen"]
    hint = "document.getElementById('x-seen').getBoundingClientRect()"
    near = f"Math.min(Math.abs({hint}.top - {at}.bottom), Math.abs({at}.top - {hint}.bottom))"
    # The browser tells the page of it a moment after it opened; then it is placed.
    placed = f"{near} < 40 ? done(1) : requestAnimationFrame(look)"
    assert painted.run(f"new Promise(done => {{ const look = () => {placed}; look(); }})") == 1
    for kind in ("keyDown", "keyUp"):
        painted.call(
            "Input.dispatchKeyEvent", type=kind, key="Escape", code="Escape", windowsVirtualKeyCode=27
        )
    assert painted.run(OPEN_HINTS) == []

    painted.run("document.documentElement.style.scrollBehavior = 'auto'; scrollTo(0, 0); 0")
    painted.run("document.querySelector('#table').scrollIntoView({ behavior: 'instant' }); 0")
    x, y = painted.run(f"[{at}.left + 5, {at}.top + 5]")
    painted.call("Input.dispatchMouseEvent", type="mouseMoved", x=x, y=y)
    look = "document.querySelector('.hint:popover-open') ? done(1) : requestAnimationFrame(look)"
    opened = f"new Promise(done => {{ const look = () => {look}; look(); }})"
    assert painted.run(opened) == 1
    assert painted.problems == []
