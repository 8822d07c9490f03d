"""What a person does at a question, inside the test: types lines, ends the input, or presses Ctrl-C."""

import io
import sys

import pytest

from diag.console import Console


def type_in(monkeypatch: pytest.MonkeyPatch, typed: str) -> None:
    """Let there be a terminal on which this is typed, a line a question; then the input ends."""
    monkeypatch.setattr(Console, "interactive", True)
    monkeypatch.setattr(sys, "stdin", io.StringIO(typed))


def press_ctrl_c(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let there be a terminal on which a question is answered by Ctrl-C."""
    monkeypatch.setattr(Console, "interactive", True)
    monkeypatch.setattr(sys, "stdin", _Interrupted())


class _Interrupted(io.StringIO):
    def readline(self, *_: object) -> str:  # type: ignore[override]
        raise KeyboardInterrupt
