"""One Chromium for all browser tests.

`DIAG_PICTURES=1` keeps pictures of the pages in build/browser/; drawing them takes half as long as the tests.
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.reports.chromium import Chromium, chromium, find_chromium
from tests.support.reports.chromium_page import Page

ROOT = Path(__file__).parents[2]
AXE = ROOT / "build" / "axe" / "node_modules" / "axe-core" / "axe.min.js"


@pytest.fixture(scope="session")
def browser() -> Iterator[Chromium]:
    """A real Chromium; skips where there is none."""
    binary = find_chromium()
    if binary is None:
        pytest.skip("no Chromium: install Debian's package `chromium`, or name one in DIAG_CHROMIUM")
    with chromium(binary) as started:
        yield started


@pytest.fixture(scope="session")
def unpainted_tab(browser: Chromium) -> Page:
    return browser.unpainted()


@pytest.fixture(scope="session")
def painted_tab(browser: Chromium) -> Page:
    return browser.painted()


@pytest.fixture
def page(unpainted_tab: Page) -> Page:
    """A tab that is never painted, with nothing collected yet: for what is asked of the document."""
    return unpainted_tab.forget()


@pytest.fixture
def painted(painted_tab: Page) -> Page:
    """The tab of the window, with nothing collected yet: for frames, pictures and paper."""
    return painted_tab.forget()


@pytest.fixture(scope="session")
def pictures() -> Path:
    """Where what people may look at is kept."""
    folder = ROOT / "build" / "browser"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture
def take_picture(painted: Page, pictures: Path) -> Callable[[str], object]:
    """`take_picture(name)`: of the page as it is now, where pictures are asked for."""
    if os.environ.get("DIAG_PICTURES"):
        return lambda name: painted.picture(pictures / f"{name}.png")
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
