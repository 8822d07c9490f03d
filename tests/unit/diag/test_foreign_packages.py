"""Other packages that have a name which diag needs: named, or not in the way."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from analysis.machine.own_python import python_module
from tests.support.source_files import ROOT


def start(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("name", ["analysis", "loadtests"])
def test_a_package_of_the_same_name_that_comes_first_is_named(tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir()
    (tmp_path / name / "__init__.py").write_text("")

    done = start(tmp_path, "-m", "diag", "--help")

    assert (done.returncode, done.stdout) == (2, "")
    first, fix = done.stderr.splitlines()
    assert first.startswith("Error: ") and str(tmp_path / name / "__init__.py") in first
    assert "Fix: " in fix and "pipx install genesys-diag" in fix


@pytest.mark.slow
def test_a_file_of_the_same_name_is_named_too(tmp_path: Path) -> None:
    (tmp_path / "reports.py").write_text("")

    done = start(tmp_path, "-m", "locust", "-f", str(ROOT / "loadtests" / "actions.py"), "--headless")

    assert done.returncode == 2
    assert str(tmp_path / "reports.py") in done.stderr and "Traceback" not in done.stderr


@pytest.mark.slow
def test_what_diag_starts_does_not_look_into_this_folder_first(tmp_path: Path) -> None:
    (tmp_path / "analysis.py").write_text("")

    done = start(tmp_path, *python_module("diag.sandbox")[1:], "--help")

    assert done.returncode == 0 and "--exit-with-parent" in done.stdout


@pytest.mark.slow
def test_a_folder_that_is_no_package_is_in_nobodys_way(tmp_path: Path) -> None:
    (tmp_path / "reports").mkdir()

    assert start(tmp_path, "-m", "diag", "--version").returncode == 0
