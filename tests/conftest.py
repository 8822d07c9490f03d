"""Fixtures that start a real sandbox process (one of the demo scenario serves a whole process of the suite),
and which tests run side by side."""

import gc
import os
import signal
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Final

import pytest
from hypothesis import settings

from tests.support.forked_suite import ForkedSuite, Group
from tests.support.forks import FORKS, LOCUSTS
from tests.support.running_sandbox import RunningSandbox, StartSandbox
from tests.support.sandbox_process import start_sandbox as start_sandbox_process

TESTS: Final = Path(__file__).parent
LONGEST: Final = "e2e/test_main_job.py"
WAITING: Final = ("e2e", "browser")
"""Where tests wait more than they compute."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--processes N`; 0, the default, is this one."""
    parser.addoption("--processes", type=int, default=0, help="run the tests on so many processes")


def pytest_configure(config: pytest.Config) -> None:
    """Where there is no fork, one process runs all tests."""
    processes = config.getoption("processes")
    if processes and hasattr(os, "fork"):
        config.pluginmanager.register(ForkedSuite(processes, queues))


def queues(items: Sequence[pytest.Item]) -> list[list[Group]]:
    """Return the tests that wait and those that compute, by file: what one half leaves idle, the other uses.

    One browser serves all files that look at pages.
    """
    waiting: dict[str, Group] = {}
    computing: dict[str, Group] = {}
    for item in items:
        place = item.path.relative_to(TESTS)
        kind, file = place.parts[0], str(place)
        if kind in WAITING:
            waiting.setdefault(kind if kind == "browser" else file, []).append(item)
        else:
            computing.setdefault(file, []).append(item)
    longest_first = sorted(waiting, key=lambda file: file != LONGEST)
    return [[waiting[file] for file in longest_first], list(computing.values())]


def pytest_collection_finish(session: pytest.Session) -> None:
    """Have the servers begin that processes are forked from, and leave alone what is here for good."""
    kinds = {item.path.relative_to(TESTS).parts[0] for item in session.items}
    if session.config.getoption("processes"):  # all processes of the suite fork from the same servers
        if kinds & {"contract", "e2e"}:
            assert FORKS.address
        if "e2e" in kinds:
            assert LOCUSTS.address
    gc.collect()
    gc.freeze()  # looking through what was imported and collected costs more than it frees


# A shell ignores Ctrl-C in what it runs in the background, and every process a test starts inherits that.
signal.signal(signal.SIGINT, signal.default_int_handler)

# Large imports stay for good: looking through them at every collection is a tenth of the suite.
gc.set_threshold(50_000, 20, 20)

# A busy machine is slow, not wrong: no property fails by the clock.
settings.register_profile("no deadline", deadline=None)
settings.register_profile("quick", settings.get_profile("no deadline"), max_examples=20)
settings.load_profile("no deadline")


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
