"""The comparison and the index of runs in a real Chromium."""

from collections.abc import Callable
from pathlib import Path

import pytest

from reports.pages.compare_page import build_comparison
from reports.pages.index_page import IndexData, build_index
from tests.support.reports.accessibility import violations
from tests.support.reports.chromium_page import Page
from tests.unit.reports.pages.test_compare_page import make_comparison
from tests.unit.reports.pages.test_index_page import make_runs

pytestmark = pytest.mark.browser

PAGES: dict[str, Callable[[], str]] = {
    "compare-2": lambda: build_comparison(make_comparison(2)),
    "compare-3": lambda: build_comparison(make_comparison(3)),
    "index": lambda: build_index(IndexData((*make_runs(4), *make_runs(2, sandbox=False)), "0.1.0")),
    "index-empty": lambda: build_index(IndexData((), "0.1.0")),
}


@pytest.fixture(scope="module", params=PAGES)
def file(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("pages") / f"{request.param}.html"
    path.write_text(PAGES[request.param](), encoding="utf-8")
    return path


@pytest.mark.parametrize("width", [320, 1280])
def test_nothing_breaks_leaves_or_overflows(
    painted: Page, file: Path, take_picture: Callable[[str], object], width: int
) -> None:
    painted.open(file, width=width)
    painted.run("document.querySelectorAll('details').forEach(one => { one.open = true; })")

    take_picture(f"{file.stem}-{width}")
    assert painted.problems == []
    assert painted.requests == [file.as_uri()]
    assert painted.run("document.documentElement.scrollWidth") <= width


def test_axe_finds_no_violation(page: Page, file: Path, axe: str) -> None:
    page.open(file, width=1280)
    page.run("document.querySelectorAll('details').forEach(one => { one.open = true; })")

    assert violations(page, axe) == []


@pytest.mark.parametrize("runs", [2, 3])
def test_a_very_long_name_pushes_no_column_out_of_view(page: Page, tmp_path: Path, runs: int) -> None:
    path = tmp_path / "long.html"
    path.write_text(build_comparison(make_comparison(runs, name="x" * 600)), encoding="utf-8")
    page.open(path, width=1280)

    assert page.run("(e => e.scrollWidth - e.clientWidth)(document.querySelector('.scroll'))") <= 0
    assert page.run("document.querySelector('.over-time tbody tr').offsetHeight") < 160
