"""What every step of `diag tune` needs."""

from dataclasses import dataclass, field

from analysis.recommend_settings import RecommendSettings
from analysis.typed_command import Asked
from diag.campaign.folder import CampaignFolder
from diag.clocks.wall_clock import REAL_TIME, WallClock
from diag.console import Console
from diag.settings import Settings
from diag.target import Target
from diag.tuning.notifying.outlets import Outlets
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
    outlets: Outlets
    clock: WallClock = REAL_TIME
    asked: Asked = field(default_factory=Asked)
    """What the commands after this one repeat beside the rules."""
