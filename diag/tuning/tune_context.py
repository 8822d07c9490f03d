"""What every step of `diag tune` needs."""

from dataclasses import dataclass

from analysis.settings import RecommendSettings
from analysis.typed_command import Asked
from diag.campaign.folder import CampaignFolder
from diag.clocks.wall_clock import REAL_TIME, WallClock
from diag.console import Console
from diag.interaction.recommend_options import profile_flags
from diag.settings import Settings
from diag.target import Target
from diag.tuning.tune_options import TuneOptions


@dataclass(frozen=True, slots=True)
class TuneContext:
    """Where it prints, the org and its clock, the campaign's folder, and what was asked."""

    console: Console
    settings: Settings
    target: Target
    folder: CampaignFolder
    options: TuneOptions
    rules: RecommendSettings
    clock: WallClock = REAL_TIME

    @property
    def asked(self) -> Asked:
        """Return what the commands after this one repeat beside the rules."""
        return Asked(org=profile_flags(self.options.profile), sandbox=self.options.sandbox)
