"""Ctrl-C is exit code 130, wherever it was."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
PROGRAM = """
import diag.cli

def run(arguments):
    try:
        {where}
    except KeyboardInterrupt:
        return diag.cli.ExitCode.INTERRUPTED

diag.cli.run = run
diag.cli.main()
"""


@pytest.mark.parametrize("where", ["raise KeyboardInterrupt", 'exec("raise KeyboardInterrupt")'])
def test_also_while_a_module_is_imported(tmp_path: Path, where: str) -> None:
    (tmp_path / "interrupted.py").write_text(PROGRAM.format(where=where))
    path = os.pathsep.join((str(ROOT), str(tmp_path)))
    done = subprocess.run(
        [sys.executable, "-m", "interrupted"], env={**os.environ, "PYTHONPATH": path}, check=False
    )
    assert done.returncode == 130
