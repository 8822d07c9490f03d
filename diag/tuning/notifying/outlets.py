"""Beyond the terminal: when one `diag tune` writes its series and notifies its webhooks."""

import time
from dataclasses import dataclass, replace
from pathlib import Path

from analysis.verdicts.recommendation import Analysis
from diag.campaign.folder import CampaignFolder
from diag.campaign.saved import Saved
from diag.campaign.window_loop import Driven, Notices, Standings
from diag.console import Console
from diag.metrics.metrics_file import write_metrics
from diag.metrics.tune_metrics import CampaignState, tune_metrics
from diag.notifying.notifier import Notifier
from diag.tuning.campaign_warnings import put_off_line
from diag.tuning.notifying.campaign_news import put_off, result, under_way


@dataclass(frozen=True, slots=True)
class Outlets:
    """The file of series (None: there is none) and the webhooks of one command."""

    console: Console
    notifier: Notifier
    metrics_file: Path | None = None

    def beside(self, notices: Notices, saved: Saved, folder: CampaignFolder) -> Notices:
        """Return notices that write and notify here, too, of what they say on the terminal."""
        known = len(folder.windows())

        def on_window(before: Standings, reached: Standings, begun: int) -> None:
            nonlocal known
            notices.on_window(before, reached, begun)
            made, known = begun > known, begun
            self._count(saved, CampaignState(begun, reached))
            self.notifier.notify(under_way(saved, folder.path, reached, made=made))

        def on_put_off(why: str, made_up_for: bool) -> None:
            notices.on_put_off(why, made_up_for)
            self.notifier.notify(put_off(saved, folder.path, put_off_line(why, made_up_for=made_up_for)))

        return replace(notices, on_window=on_window, on_put_off=on_put_off)

    def goes_on(self, saved: Saved, folder: CampaignFolder, driven: Driven) -> None:
        """Write and notify how far a campaign is that this command leaves before its end, unless a window
        that was made or could not begin has just done so."""
        if driven.why in ("not due", "interrupted"):
            self._count(saved, CampaignState(len(folder.windows()), driven.reached))
            self.notifier.notify(under_way(saved, folder.path, driven.reached))

    def judged(self, saved: Saved, folder: CampaignFolder, reached: Standings, analysis: Analysis) -> None:
        """Count what came of a campaign, before anything is changed by it."""
        self._count(saved, CampaignState(len(folder.windows()), reached, analysis))

    def over(
        self, saved: Saved, folder: CampaignFolder, analysis: Analysis, plan: str, report: Path | None
    ) -> None:
        """Notify of what came of a campaign; `plan`: what became of its plan, as a sentence."""
        self.notifier.notify(result(saved, folder.path, analysis, plan, report))

    def _count(self, saved: Saved, state: CampaignState) -> None:
        write_metrics(self.metrics_file, tune_metrics(saved, state, time.time()), self.console.warn)
