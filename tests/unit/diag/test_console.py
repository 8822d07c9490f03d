"""What reaches the terminal is whole."""

import io
import os
import re
import shutil
import sys

import pytest

from diag.console import Console
from diag.table import Column, Table


def test_in_a_table_wider_than_the_terminal_no_cell_is_cut(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "get_terminal_size", lambda fallback=(0, 0): os.terminal_size((40, 24)))
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    name = "An action whose name fills the terminal"

    Console().table(Table((Column("action"), Column("p99", "right")), ((name, "12.34 s"),)))

    shown = capsys.readouterr().out
    assert shown.splitlines()[1:] == [name, "         12.34 s"]


@pytest.mark.parametrize("verdict", ["Fits", "Raise", "More calls needed"])
def test_on_a_terminal_a_verdict_is_coloured_and_a_name_brings_no_codes_of_its_own(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, verdict: str
) -> None:
    """Cleaning came after colouring: every verdict stood between "\ufffd[32m" and "\ufffd[0m"."""
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    name = "Orders\x1b[2J"

    Console().table(Table((Column("action"), Column("verdict")), ((name, verdict),)))

    row = capsys.readouterr().out.splitlines()[1]
    assert re.fullmatch(rf"Orders\ufffd\[2J +\x1b\[[0-9;]+m{verdict} *\x1b\[0m", row), ascii(row)


def test_after_an_input_that_ends_at_a_prompt_what_follows_has_a_line_of_its_own(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Console, "interactive", True)
    for typed, end in (("", "\n"), ("no\n", "")):
        monkeypatch.setattr(sys, "stdin", io.StringIO(3 * typed))
        answers = Console().ask("Which? "), Console().choose(3), Console().confirm("Set it?")

        assert answers == (typed.strip() or None, None, False)
        assert capsys.readouterr().err.count("\n") == 3 * len(end)
