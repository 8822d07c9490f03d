"""`diag tune --status` says what the campaign cannot answer, without asking the org anything."""

import time
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from analysis.coverage.week_of_hours import stated_week
from analysis.format.run_folder import RunFolder
from analysis.typed_command import Asked
from diag.campaign.folder import CampaignFolder
from diag.campaign.saved import NotCalled, Saved, TuneQuestion
from diag.changes.journal.journal import Journal
from diag.choice.turns_file import Turn
from diag.clocks.wall_clock import REAL_TIME
from diag.console import Console
from diag.tuning.status import show_status
from diag.tuning.which_campaign import MeantCampaign
from tests.support.campaigns import HOUR_S, action, campaign, write_window

HIDDEN: Final = NotCalled("h", "Hidden", "only a probe sees beyond its timeout: diag measure --probe", False)


def status(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], *, ended_h_ago: float, every_s: float | None = None
) -> str:
    """What is shown of a campaign of six hours, and an action that production calls at another time; with
    five windows so far apart."""
    until = time.time() - HOUR_S * ended_h_ago
    elsewhere = time.gmtime(until + 12 * HOUR_S).tm_hour
    week = stated_week([f"{elsewhere:02}:00-{elsewhere:02}:59"], "UTC")
    plan = replace(
        campaign(action("orders"), action("stock"), span_s=6 * HOUR_S),
        began_at=until - 6 * HOUR_S,
        until=until,
        production_weeks={"orders": week},
    )
    question = TuneQuestion("6h", None, (), 7, {})
    folder = CampaignFolder(tmp_path)
    folder.begin(Saved("20260101T000000Z-abcdef", "h", "o", "Acme", True, question, plan, (HIDDEN,)))
    folder.lose({"stock": "it was deleted"}, until)
    for number in range(0 if every_s is None else 5):
        window = RunFolder(folder.path / "windows" / f"w{number:04}")
        write_window(window, (Turn("orders", 1, 0.1, True),), plan.began_at + (every_s or 0.0) * number)
    meant = MeantCampaign(folder, folder.saved(), Asked(workload="acme.toml", campaign="runs/tune-2"))
    show_status(Console(), meant, None, Journal(tmp_path / "journal.jsonl"), lambda _: REAL_TIME)
    return " ".join(capsys.readouterr().out.split())


def test_hours_out_of_reach_probes_and_what_is_gone_are_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shown = status(tmp_path, capsys, ended_h_ago=-5.0)

    assert "0 of 2 actions done, 1 open, 1 gone" in shown
    assert "orders cannot be lowered by this campaign" in shown
    assert "What would do, in another campaign (diag tune --folder runs/tune-2): --over " in shown
    assert "stock: called no more: it was deleted" in shown
    assert "Not called: Hidden: only a probe sees beyond its timeout: diag measure --probe" in shown


def test_after_the_end_no_hour_can_be_reached_any_more_and_that_is_not_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shown = status(tmp_path, capsys, ended_h_ago=1.0)

    assert "The span is over. For the result: diag tune acme.toml --folder runs/tune-2" in shown
    assert "cannot be lowered" not in shown


@pytest.mark.parametrize(("every_s", "said"), [(240.0, False), (900.0, True)])
def test_windows_that_come_too_rarely_for_the_span_are_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], every_s: float, said: bool
) -> None:
    shown = status(tmp_path, capsys, ended_h_ago=-5.0, every_s=every_s)

    about = "Windows come every 15 min, planned is one every 3 min 20 s: about 17 calls to an action in each"
    assert (about in shown) == ("Windows come" in shown) == said
