"""What reaches the terminal is whole."""

import os
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
