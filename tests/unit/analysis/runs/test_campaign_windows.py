"""A campaign's folder stands for its windows where runs are read."""

from pathlib import Path

import pytest

from analysis.runs.campaign_windows import with_windows


@pytest.fixture
def campaign(tmp_path: Path) -> Path:
    """A campaign with two windows, and one that a kill left before its first call."""
    folder = tmp_path / "tune"
    for name in ("c-w0002", "c-w0001", "c-w0003"):
        (folder / "windows" / name).mkdir(parents=True)
    for name in ("c-w0001", "c-w0002"):
        (folder / "windows" / name / "manifest.json").write_text("{}")
    (folder / "campaign.json").write_text("{}")
    return folder


def test_the_windows_that_have_begun_stand_in_their_order_in_its_place(campaign: Path) -> None:
    run, file = campaign.parent / "r1", campaign.parent / "calls.csv"
    windows = (campaign / "windows" / "c-w0001", campaign / "windows" / "c-w0002")

    assert with_windows([run, campaign, file]) == (run, *windows, file)


def test_a_folder_without_a_campaign_or_without_a_window_stays(campaign: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / "campaign.json").write_text("{}")
    (campaign / "campaign.json").unlink()

    assert with_windows([campaign, tmp_path / "empty"]) == (campaign, tmp_path / "empty")
