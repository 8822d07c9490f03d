"""The suite's own processes: every test once, whatever becomes of the process that runs it."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.forks import ROOT
from tests.support.shared_tests import LONGEST, SharedTests

CONFTEST = """
import os
import pytest
from tests.support.forked_session import ForkedSession

def pytest_configure(config):
    config.pluginmanager.register(ForkedSession(3))

@pytest.fixture(scope="session")
def shared():
    yield os.getpid()
    print("taken down", file=open(f"down-{os.getpid()}", "w"))
"""
TESTS = {
    "test_passes.py": "def test_one(shared): pass\ndef test_two(shared, capfd): pass",
    "test_fails.py": "def test_three(shared, tmp_path):\n    print('@', tmp_path)\n    assert 1 == 2",
    "test_skips.py": "import pytest\ndef test_four(shared): pytest.skip('no reason')",
    "test_ends.py": "import os\ndef test_five(): pass\ndef test_six(): os._exit(7)\ndef test_seven(): pass",
    "test_is_killed.py": "import os\ndef test_eight(): os.kill(os.getpid(), 9)\ndef test_nine(): pass",
}


@pytest.fixture
def house(tmp_path: Path) -> Path:
    (tmp_path / "conftest.py").write_text(CONFTEST)
    (tmp_path / "pytest.ini").write_text(
        "[pytest]\naddopts = -ra -p no:cacheprovider\ntmp_path_retention_policy = failed"
    )
    for name, text in TESTS.items():
        (tmp_path / name).write_text(text)
    return tmp_path


def run(house: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    line = [sys.executable, "-m", "pytest", "--junitxml", str(house / "results.xml"), *arguments]
    temporary = house / "temporary"
    temporary.mkdir(exist_ok=True)
    environment = {
        "PYTHONPATH": str(ROOT),
        "PATH": "/usr/bin:/bin",
        "PYTEST_DEBUG_TEMPROOT": str(temporary),
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",  # those installed take two thirds of a short session
    }
    return subprocess.run(
        line, cwd=house, env=environment, capture_output=True, text=True, check=False, timeout=60
    )


@pytest.mark.slow
def test_every_test_is_run_once_also_where_a_process_ends_in_the_middle(house: Path) -> None:
    ran = run(house)
    assert ran.returncode == 1, ran.stdout + ran.stderr
    assert "3 failed, 5 passed, 1 skipped" in ran.stdout
    assert "assert 1 == 2" in ran.stdout
    (kept,) = re.findall(r"@ (\S+)", ran.stdout)
    assert Path(kept).is_dir(), "what a test that failed has written stays to be looked at"
    assert "The process that ran this test ended with 7." in ran.stdout
    assert "The process that ran this test ended with -9." in ran.stdout
    names = re.findall(r'<testcase classname="[^"]*" name="test_(\w+)"', (house / "results.xml").read_text())
    assert sorted(names) == sorted(["one", "two", "three", "four", "five", "six", "seven", "eight", "nine"])
    assert list(house.glob("down-*")), "what a session shares is taken down at its end"


@pytest.mark.slow
def test_the_first_failure_ends_all_of_them_where_that_is_asked(house: Path) -> None:
    (house / "test_passes.py").write_text("import time\ndef test_one(): time.sleep(600)")
    ran = run(house, "-x")
    assert ran.returncode == 1 and "stopping after 1 failures" in ran.stdout, ran.stdout + ran.stderr


@pytest.mark.slow
def test_one_test_that_is_named_is_run_alone(house: Path) -> None:
    ran = run(house, "test_passes.py::test_two")
    assert ran.returncode == 0 and "1 passed" in ran.stdout, ran.stdout + ran.stderr


def test_each_kind_of_process_takes_its_own_files_first_and_then_the_others() -> None:
    files = ["unit/a.py", "contract/b.py", "e2e/c.py", "unit/a.py", "browser/d.py", "browser/e.py"]
    tests = SharedTests([*(f"tests/{file}" for file in files), LONGEST[0]])
    assert tests.take(in_real_time=False) == [0, 3]
    assert tests.take(in_real_time=True) == [6]  # the longest first
    assert tests.take(in_real_time=True) == [4, 5]  # one browser
    assert tests.take(in_real_time=False) == [1]
    assert tests.take(in_real_time=False) == [2]
    assert tests.take(in_real_time=True) == tests.take(in_real_time=False) == []
    tests.give_back([4])
    assert tests.take(in_real_time=True) == [4]


def test_those_that_are_named_as_the_longest_are_there() -> None:
    assert [name for name in LONGEST if not (ROOT / name).exists()] == []
