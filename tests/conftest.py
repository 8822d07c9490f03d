"""Fixtures that start a real sandbox process (one of the demo scenario serves the whole session), and the
order in which several processes take the tests."""

import gc
import os
import shutil
import signal
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

import pytest
from xdist.scheduler import LoadFileScheduling

from tests.support.examples import register_profiles
from tests.support.forks import FORKS, LOCUSTS
from tests.support.running_sandbox import RunningSandbox, StartSandbox
from tests.support.sandbox_process import start_sandbox as start_sandbox_process

TESTS: Final = Path(__file__).parent
MEMORY: Final = Path("/dev/shm")
MEMORY_NEEDED: Final = 1 << 30


LONGEST: Final = "e2e/test_main_job.py"
BROWSER: Final = "browser"
WAITING: Final = ("e2e", BROWSER)
"""Where tests wait more than they compute."""
WAITING_BEGINS_WITHIN: Final = 0.7
"""Share of the run: at its end, with short files that compute, no process is left alone with a long one."""


class FilesInOrder(LoadFileScheduling):  # type: ignore[misc]  # xdist has no types
    """`-n N --dist loadfile`: a file at a time, so that what a module shares is made once; in our order."""

    def __init__(self, config: pytest.Config, log: object) -> None:
        config.option.loadscopereorder = False  # not by the number of tests, which says nothing of their time
        super().__init__(config, log)

    def _split_scope(self, nodeid: str) -> str:
        """Give all files of one browser to one process: each would start a Chromium of its own."""
        return BROWSER if f"/{BROWSER}/" in nodeid.partition("::")[0] else str(super()._split_scope(nodeid))


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """All processes of the suite fork from the same servers; these import while they collect."""
    node.workerinput["forks"] = FORKS.address
    if "not e2e" not in node.config.getoption("markexpr"):
        node.workerinput["locusts"] = LOCUSTS.address


def pytest_configure(config: pytest.Config) -> None:
    """Fork from the servers of all processes, where there are some."""
    shared = getattr(config, "workerinput", {})
    for name, forks in (("forks", FORKS), ("locusts", LOCUSTS)):
        if name in shared:
            forks.share(shared[name])


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> FilesInOrder | None:
    """Only for `--dist loadfile`; every other way of pytest-xdist stays its own."""
    return FilesInOrder(config, log) if config.getoption("dist") == "loadfile" else None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mix files that wait with files that compute, where processes share them; by hand, their order stays.

    One kind after the other left a third of the cores idle at first, and had too few at the end.
    """
    if not hasattr(config, "workerinput"):
        return
    paths = list(dict.fromkeys(item.path for item in items))
    waiting = [path for path in paths if _is_any_of(path, WAITING)]
    computing = [path for path in paths if not _is_any_of(path, WAITING)]
    turn = {path: place / len(computing) for place, path in enumerate(computing)}
    turn |= {path: WAITING_BEGINS_WITHIN * place / len(waiting) for place, path in enumerate(waiting)}
    turn |= {path: -1.0 for path in waiting if _is_any_of(path, (LONGEST,))}
    items.sort(key=lambda item: turn[item.path])


def pytest_collection_finish() -> None:
    """What was imported and collected stays for good: looking through it costs more than it frees."""
    gc.collect()
    gc.freeze()


def _is_any_of(path: Path, places: tuple[str, ...]) -> bool:
    return any(path.relative_to(TESTS).is_relative_to(place) for place in places)


# Journals and plans are on the disk before an org is changed, and a disk takes milliseconds each time.
if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > MEMORY_NEEDED:
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))

# A shell ignores Ctrl-C in what it runs in the background, and every process a test starts inherits that.
signal.signal(signal.SIGINT, signal.default_int_handler)

# Large imports stay for good: looking through them at every collection is a tenth of the suite.
gc.set_threshold(50_000, 20, 20)

register_profiles()


def _start(stack: ExitStack, scenario: str | Path = "demo", seed: int = 1) -> RunningSandbox:
    process = stack.enter_context(start_sandbox_process(scenario=str(scenario), seed=seed))
    return RunningSandbox(process.base_url, process.pid, process.environment)


@pytest.fixture(scope="session")
def sandbox() -> Iterator[RunningSandbox]:
    """The demo org, shared: leave its actions as you found them, or use `start_sandbox`."""
    with ExitStack() as stack:
        yield _start(stack)


@pytest.fixture
def start_sandbox() -> Iterator[StartSandbox]:
    """`start_sandbox(scenario="demo", seed=1)`: a sandbox of the test's own; a TOML file works too."""
    with ExitStack() as stack:
        yield lambda scenario="demo", seed=1: _start(stack, scenario, seed)


@pytest.fixture(scope="module")
def start_module_sandbox() -> Iterator[StartSandbox]:
    """As `start_sandbox`, but the sandbox lives as long as the module: starting one takes half a second."""
    with ExitStack() as stack:
        yield lambda scenario="demo", seed=1: _start(stack, scenario, seed)
