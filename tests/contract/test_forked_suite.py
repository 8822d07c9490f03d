"""The suite on several processes: whatever a test does is reported, and what was not run is a failure."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.source_files import ROOT

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not hasattr(os, "fork"), reason="without fork, one process runs all tests"),
]

CONFTEST = """
import itertools
import pytest
from tests.support.forked_suite import ForkedSuite

def by_file(items):
    files = itertools.groupby(items, lambda item: item.path)
    groups = [list(group) for _, group in files]
    return [groups[:1], groups[1:]]

def pytest_configure(config):
    config.pluginmanager.register(ForkedSuite(2, by_file))

@pytest.fixture(scope="session")
def whole():
    yield
    print("the last of all")

@pytest.fixture(scope="module")
def shared(whole, request):
    yield request.module.__name__
    assert request.module.__name__ != "test_outcomes", "taken down"
"""
OUTCOMES = {"PASSED", "FAILED", "ERROR", "SKIPPED", "XFAIL", "XPASS"}
TESTS = """
import warnings
import pytest

def test_passes(shared, tmp_path): (tmp_path / "own").mkdir()
def test_fails():
    print("what was printed")
    assert 1 + 1 == 3
def test_skipped(): pytest.skip("not here")
@pytest.mark.xfail
def test_expected(): assert False
def test_warns(): warnings.warn("look out")
"""
KILLED = """
import os, signal

def test_before(): pass
def test_kills_its_process(): os.kill(os.getpid(), signal.SIGKILL)
def test_after(): pass
"""
MORE = "def test_one(shared): pass"


def run(folder: Path, *arguments: str, **files: str) -> "subprocess.CompletedProcess[str]":
    for name, text in {"conftest": CONFTEST, **files}.items():
        (folder / f"{name}.py").write_text(text)
    line = [sys.executable, "-m", "pytest", "-rA", "-p", "no:cacheprovider", "--rootdir", str(folder)]
    return subprocess.run(
        [*line, "-c", "/dev/null", f"--basetemp={folder / 'temporary'}", *arguments, str(folder)],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def outcomes(text: str) -> list[str]:
    """Return how each test ended, as pytest's summary has it."""
    lines = (line.partition(" - ")[0].split() for line in text.splitlines())
    return sorted(" ".join(line) for line in lines if line and line[0] in OUTCOMES)


def test_whatever_a_test_does_is_told_as_if_it_had_run_here(tmp_path: Path) -> None:
    done = run(tmp_path, test_outcomes=TESTS, test_killed=KILLED, test_more=MORE, test_once_more=MORE)

    assert done.returncode == pytest.ExitCode.TESTS_FAILED
    assert outcomes(done.stdout) == [
        "ERROR test_killed.py::test_after",
        "ERROR test_killed.py::test_kills_its_process",
        "ERROR test_outcomes.py::test_warns",
        "FAILED test_outcomes.py::test_fails",
        "PASSED test_killed.py::test_before",
        "PASSED test_more.py::test_one",
        "PASSED test_once_more.py::test_one",
        "PASSED test_outcomes.py::test_passes",
        "PASSED test_outcomes.py::test_warns",
        "SKIPPED [1] test_outcomes.py:9: not here",
        "XFAIL test_outcomes.py::test_expected",
    ]
    assert (
        "its process ended in this test, or in one before it in the same file (exit code {-9})" in done.stdout
    )
    for said in (
        "what was printed",
        "UserWarning: look out",
        "AssertionError: taken down",
        "the last of all",
    ):
        assert said in done.stdout


def test_it_ends_with_the_first_failure_where_that_is_asked_for(tmp_path: Path) -> None:
    done = run(tmp_path, "-x", test_fails="def test_fails(): assert False\ndef test_after(): pass")

    assert done.returncode == pytest.ExitCode.TESTS_FAILED
    assert outcomes(done.stdout) == ["FAILED test_fails.py::test_fails"]
