"""Bare HTTP clients to the sandbox."""

from collections.abc import Iterator

import httpx
import pytest

from tests.support.running_sandbox import RunningSandbox, StartSandbox

Own = tuple[RunningSandbox, httpx.Client]


@pytest.fixture(scope="module")
def api(sandbox: RunningSandbox) -> Iterator[httpx.Client]:
    with sandbox.client() as client:
        yield client


@pytest.fixture
def own(start_sandbox: StartSandbox) -> Iterator[Own]:
    """A sandbox that the test may change, and a client to it."""
    running = start_sandbox()
    with running.client() as client:
        yield running, client
