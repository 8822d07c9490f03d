"""Fixtures that start a real sandbox process (one of the demo scenario serves the whole session), and how the
suite runs in several processes."""

import gc
import os
import shutil
import signal
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Final

import pytest

from tests.support.examples import register_profiles
from tests.support.forked_session import ForkedSession
from tests.support.forks import FORKS, LOCUSTS
from tests.support.running_sandbox import RunningSandbox, StartSandbox
from tests.support.sandbox_process import start_sandbox as start_sandbox_process

MEMORY: Final = Path("/dev/shm")
MEMORY_NEEDED: Final = 1 << 30


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--processes N` on every system that can fork."""
    parser.addoption("--processes", type=int, default=0, help="run the tests in N processes; 0: in this one")


def pytest_configure(config: pytest.Config) -> None:
    """Share the tests among processes, which fork others from the same servers; these import meanwhile."""
    processes = config.getoption("processes")
    if processes:
        config.pluginmanager.register(ForkedSession(processes))
        servers = (FORKS,) if "not e2e" in config.getoption("markexpr") else (FORKS, LOCUSTS)
        for forks in servers:
            forks.begin()


def pytest_collection_finish(session: pytest.Session) -> None:
    """What was imported and collected stays for good: looking through it costs more than it frees."""
    if session.config.getoption("processes"):
        from tests.support.done_once import do_once

        do_once()
    gc.collect()
    gc.freeze()


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
