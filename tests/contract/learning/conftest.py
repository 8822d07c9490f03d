"""Sandboxes to learn from, on clocks of their own."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.support.learning import LearningOrg, learning_org

MakeOrg = Callable[..., LearningOrg]


@pytest.fixture
def make_org(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MakeOrg]:
    """`make_org(switches="", extra="", timeout_s=5, secure=False)`."""
    with ExitStack() as stack:
        yield lambda **options: stack.enter_context(
            learning_org(tmp_path, monkeypatch=monkeypatch, **options)
        )
