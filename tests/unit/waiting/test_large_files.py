"""What a person sees while a long file is read and judged; of a short one nothing."""

import re
import sys
from pathlib import Path

import pytest

from analysis.recommend_settings import RecommendSettings
from analysis.samples.read_progress import Reached, size_of
from analysis.samples.read_samples import read_samples
from diag.cli import run
from diag.console import Console
from diag.exit_codes import ExitCode
from diag.judged_files import HowToRead, gather
from diag.waiting import large_files
from diag.waiting.large_files import LargeFilesProgress
from tests.support.sample_tables import calls, lognormal
from tests.support.tool_files import TrueCalls, jtl_csv, true_calls


@pytest.fixture
def jtl(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "a.jtl"
    path.write_text(jtl_csv(true_calls(600)))
    return path


def test_a_terminal_shows_how_far_a_long_file_is(
    jtl: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(large_files, "LONG_BYTES", 1000)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.setenv("COLUMNS", "120")

    with LargeFilesProgress(Console(), [jtl]) as progress:
        gather([jtl], RecommendSettings(), how=HowToRead(onlooker=progress))
        progress.reporting()

    told = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", capsys.readouterr().err)
    assert re.search(r"Reading a\.jtl \(0\.0 GB\) .*left 0:00:00 600 calls", told)
    assert re.search(r"Judging 600 calls \S+ 0:00:00 +\n", told)  # how long it will take is not known
    assert "Making the report" in told


def test_elsewhere_a_long_file_is_a_line_and_a_short_one_none(
    jtl: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["recommend", "a.jtl"]) == ExitCode.OK
    assert "Reading" not in capsys.readouterr().err

    monkeypatch.setattr(large_files, "LONG_BYTES", 1000)
    assert run(["recommend", "a.jtl"]) == ExitCode.OK
    told = capsys.readouterr().err.splitlines()
    assert "Reading a.jtl (0.0 GB) ..." in told and "Judging 600 calls ..." in told


def test_the_table_of_a_run_counts_among_what_is_read(tmp_path: Path) -> None:
    paths = [tmp_path / "run", tmp_path / "b.csv"]
    paths[0].mkdir()
    calls(lognormal(300, 1.9)).to_parquet(paths[0] / "samples.parquet")
    calls(lognormal(20, 1.9), run="b").to_csv(paths[1], index=False)
    seen: list[Reached] = []

    read_samples(paths, watch=seen.append)

    in_all = sum(map(size_of, paths))
    assert in_all > paths[1].stat().st_size
    assert [one.bytes_in_all for one in seen] == [in_all, in_all]
    assert [one.bytes_read for one in seen] == [size_of(paths[0]), in_all]


def test_a_file_of_another_tool_whose_calls_were_refused_is_read_once(
    jtl: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    true = true_calls(60)
    jtl.write_text(jtl_csv(TrueCalls(true.started_at, true.latency_ms, true.status * 0 + 404)))
    seen: list[object] = []

    class Noted(LargeFilesProgress):
        def judging(self, calls: int) -> None:
            seen.append(calls)

        def reading(self, reached: object) -> None:
            seen.append("read")

    found = gather([jtl], RecommendSettings(), how=HowToRead(onlooker=Noted(Console(), [jtl])))

    assert found.samples.detailed
    assert seen[-1] == 60
