"""One Chromium for all browser tests.

`DIAG_PICTURES=1` keeps pictures of the pages in build/browser/; drawing them takes a third of these tests.
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.reports.chromium import Page, chromium, find_chromium

ROOT = Path(__file__).parents[2]
AXE = ROOT / "build" / "axe" / "node_modules" / "axe-core" / "axe.min.js"


@pytest.fixture(scope="session")
def tab() -> Iterator[Page]:
    """A tab of a real Chromium; skips where there is none."""
    binary = find_chromium()
    if binary is None:
        pytest.skip("no Chromium: install Debian's package `chromium`, or name one in DIAG_CHROMIUM")
    with chromium(binary) as page:
        yield page


@pytest.fixture
def page(tab: Page) -> Page:
    """The tab, with nothing collected yet."""
    tab.problems.clear()
    tab.requests.clear()
    return tab


@pytest.fixture(scope="session")
def pictures() -> Path:
    """Where what people may look at is kept."""
    folder = ROOT / "build" / "browser"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture
def take_picture(page: Page, pictures: Path) -> Callable[[str], object]:
    """`take_picture(name)`: of the page as it is now, where pictures are asked for."""
    if os.environ.get("DIAG_PICTURES"):
        return lambda name: page.picture(pictures / f"{name}.png")
    return lambda name: None


@pytest.fixture(scope="session")
def axe() -> str:
    """The text of axe-core; skips where it was not installed."""
    path = Path(os.environ.get("DIAG_AXE", AXE))
    if not path.exists():
        pytest.skip(
            "no axe-core: npm install --no-save --prefix build/axe axe-core, or name axe.min.js in DIAG_AXE"
        )
    return path.read_text(encoding="utf-8")
