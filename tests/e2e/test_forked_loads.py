"""Loads that are forked from one process: the windows of a time-lapsed day, one upon the other."""

import os
import signal
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from analysis.format.manifest import read_manifest
from diag.exit_codes import ExitCode
from diag.measuring.load_forks import load_forks
from diag.measuring.load_process import LoadOptions, run_load
from diag.measuring.run_progress import RunProgress
from tests.support.load_run import sandbox

pytestmark = [pytest.mark.e2e, pytest.mark.slow]


def test_each_is_a_run_of_its_own_and_ends_like_any_other(tmp_path: Path) -> None:
    with sandbox(tmp_path) as environment, load_forks() as forks:
        usual = LoadOptions(tmp_path / "one", 60, rate=20, calls_per_action=10, env=environment, forks=forks)
        for name in ("one", "two"):
            result = run_load(replace(usual, run_dir=tmp_path / name))
            assert (result.exit_code, result.status) == (ExitCode.OK, "complete")
            manifest = read_manifest(result.folder)
            assert manifest is not None and manifest.calls is not None and 10 <= manifest.calls <= 20
            assert "Starting Locust" in result.log.read_text()

        refused = run_load(replace(usual, run_dir=tmp_path / "three", actions=("Nobody",)))
        assert refused.exit_code == ExitCode.USAGE and refused.refusal is not None
        assert "Nobody" in refused.refusal.message

        long = replace(usual, run_dir=tmp_path / "four", calls_per_action=5000)
        stopped = run_load(long, Stop())
        assert (stopped.exit_code, stopped.status) == (ExitCode.INTERRUPTED, "interrupted")


class Stop:
    """Presses Ctrl-C once, as soon as calls were made."""

    def __init__(self) -> None:
        self._pressed = threading.Event()

    def __call__(self, progress: RunProgress) -> None:
        if progress.calls and not self._pressed.is_set():
            self._pressed.set()
            os.kill(os.getpid(), signal.SIGINT)
