"""A campaign of two actions in a folder, begun or gone on with as `diag tune` does."""

from pathlib import Path

from diag.campaign.campaign import Campaign
from diag.campaign.folder import CampaignFolder
from diag.campaign.saved import Saved, TuneQuestion
from diag.campaign.window_loop import SILENT, Driven, Notices, carry_out
from tests.support.campaigns import (
    HOUR_S,
    FakeOutside,
    action,
    campaign,
)

PLAN = campaign(action("orders"), action("stock", production_gap_s=2.0), span_s=HOUR_S)


QUICK = {"percentile": 0.9}
"""A bound of p90 needs 31 calls: a campaign of a few windows is enough."""


def saved(plan: Campaign | None = PLAN) -> Saved:
    question = TuneQuestion("1h", None, (), 7, QUICK)
    return Saved("20260101T000000Z-abcdef", "h", "org-1", "Acme", True, question, plan)


def begun(tmp_path: Path, plan: Campaign = PLAN) -> CampaignFolder:
    folder = CampaignFolder(tmp_path / "tune")
    folder.path.mkdir(parents=True, exist_ok=True)
    if folder.saved() is None:
        folder.begin(saved(plan))
    return folder


def go_on(
    tmp_path: Path,
    outside: FakeOutside,
    plan: Campaign = PLAN,
    *,
    once: bool = False,
    notices: Notices = SILENT,
) -> Driven:
    folder = begun(tmp_path, plan)
    kept = folder.saved()
    assert kept is not None and kept.campaign is not None
    return carry_out(folder, kept, kept.campaign, outside, once=once, notices=notices)
