"""Bare HTTP clients to the sandbox."""

import pytest


@pytest.fixture(scope="module")
def api(sandbox):
    with sandbox.client() as client:
        yield client


@pytest.fixture
def own(start_sandbox):
    """A sandbox that the test may change, and a client to it."""
    running = start_sandbox()
    with running.client() as client:
        yield running, client
