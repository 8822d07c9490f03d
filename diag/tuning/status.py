"""`diag tune --status`: what is measured, what is open, when it ends; calls nothing."""

import time

from diag.campaign.evidence import standings_now
from diag.campaign.folder import CampaignFolder
from diag.campaign.forecast import forecast
from diag.campaign.next_step import slot_for
from diag.console import Console
from diag.errors import UsageError
from diag.tuning.campaign_text import status_lines, status_table


def show_status(console: Console, folder: CampaignFolder, zone: str | None) -> None:
    """Show where the campaign in the folder stands. Raises UsageError where none was begun."""
    saved = folder.saved()
    if saved is None:
        raise UsageError(f"No campaign was begun in {folder.path}.", hint="Begin one: diag tune")
    if saved.campaign is None:
        console.sentence(
            "Production had every answer; nothing is measured. For the result: diag tune", indent=""
        )
        return
    campaign, windows, now = saved.campaign, folder.windows(), time.time()
    reached = standings_now(campaign, windows, saved.question.settings, remember=False)
    slot = slot_for(campaign, len(windows), folder.slot(), now)
    coming = forecast(campaign, reached, slot)
    console.table(status_table(campaign, reached, coming, zone))
    console.result("")
    for line in status_lines(saved, campaign, reached, slot, now, zone):
        console.sentence(line, indent="")
