"""`diag tune` on a sandbox whose day is time-lapsed: a whole day, its windows at the sandbox's hours."""

import time
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from analysis.format.manifest import read_manifest
from analysis.format.run_folder import RunFolder
from analysis.samples.read_samples import read_samples
from diag.campaign.folder import CampaignFolder
from diag.campaign.window_loop import MadeWindow
from diag.choice.turns_file import TURNS_FILE, WindowOrder, write_order
from diag.cli import run
from diag.exit_codes import ExitCode
from diag.measuring.load_log import LOG_NAME
from diag.tuning.make_windows import LoadWindows
from tests.support.campaigns import write_window
from tests.support.sandbox_process import start_sandbox

WINDOWS = 6
HOUR_S = 3600.0


@pytest.fixture(scope="module")
def demo_environment() -> Iterator[dict[str, str]]:
    """A sandbox with a time-lapsed day, in the place of the demo."""
    with start_sandbox(scenario="day") as sandbox:
        yield sandbox.environment


@pytest.mark.slow
def test_windows_come_at_the_hours_of_the_sandbox_and_no_one_waits_for_them(
    capsys: "pytest.CaptureFixture[str]", session: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def make(live: LoadWindows, folder: RunFolder, order: WindowOrder, _: float) -> MadeWindow:
        folder.path.mkdir(parents=True)
        write_order(folder.path / TURNS_FILE, order)
        place = live.saved.host, live.saved.org_id
        write_window(folder, order.turns, live.now(), place=place)
        return MadeWindow("interrupted" if folder.path.name.endswith(f"{WINDOWS:04}") else "made")

    monkeypatch.setattr(LoadWindows, "make", make)
    began = time.monotonic()
    assert run(["tune", "--over", "24h", "--yes"]) == ExitCode.INTERRUPTED
    took_s = time.monotonic() - began
    shown = " ".join(capsys.readouterr().out.split())

    folder = CampaignFolder(session / "runs" / "tune")
    saved = folder.saved()
    assert saved is not None and saved.campaign is not None
    table = read_samples([window.path for window in folder.windows()]).table
    starts = sorted(table.groupby("run_id", observed=True)["started_at"].min() - saved.campaign.began_at)
    assert "Production has the answer for 2 of 5 actions: Get Customer, Score Risk" in shown
    assert "32 windows" in shown
    assert len(starts) == WINDOWS
    assert all(0.0 <= start - 0.75 * HOUR_S * number <= 0.75 * HOUR_S for number, start in enumerate(starts))
    assert starts[-1] > 3.7 * HOUR_S > 10.0 * took_s

    assert run(["tune", "--status"]) == ExitCode.OK  # by the same clock: the day is not over, nor late
    status = capsys.readouterr().out
    assert "Next window: " in status and "missed" not in status and "is over" not in status


@pytest.mark.slow
def test_the_file_of_a_window_is_made_by_its_campaign(session: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process of its own for it took longer than the window. And its calls go to OpenTelemetry."""
    for kind, exporter in (("TRACES", "none"), ("LOGS", "none"), ("METRICS", "console")):
        monkeypatch.setenv(f"OTEL_{kind}_EXPORTER", exporter)
    assert run(["tune", "--over", "1h", "--once", "--yes", "--otel", "--folder", "runs/hour"]) == ExitCode.OK

    (window,) = CampaignFolder(session / "runs" / "hour").windows()
    manifest = read_manifest(window)
    assert manifest is not None and manifest.status == "complete"
    assert len(pd.read_parquet(window.samples)) == manifest.calls
    assert "locust.client.duration" in (window.path / LOG_NAME).read_text()
