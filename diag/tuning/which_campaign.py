"""Which campaign a command means: the first in the runs' folder that agrees with everything that was typed.

Campaigns are kept in runs/tune, runs/tune-2 and so on, each under the next number. So the same command always
means the same campaign: one that begins later has a higher number, whatever it asks. What was not typed
agrees with every campaign. Where --folder is given, nothing is chosen.
"""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from analysis.recommend_settings import RecommendSettings
from analysis.typed_command import Asked, path_to_type
from diag.campaign.folder import CampaignFolder
from diag.campaign.saved import Saved
from diag.errors import DiagError, UsageError
from diag.genesys.api_errors import ApiError
from diag.genesys.client import GenesysClient
from diag.production.look import place_of
from diag.production.production_evidence import Place
from diag.settings import Settings
from diag.target import Target, find_target, target_at
from diag.tuning.numbered_folders import another_folder, campaigns, free_folder, usual_folder
from diag.tuning.same_campaign import asked_by_campaign, differences
from diag.tuning.tune_options import TuneOptions

ReadPlace = Callable[[], Place | None]
Others = tuple[tuple[Path, tuple[str, ...]], ...]
"""Campaigns that were not meant, and what sets each apart."""


@dataclass(frozen=True, slots=True)
class MeantCampaign:
    """The folder that is meant, what was begun in it (None: nothing yet), and what next commands repeat."""

    folder: CampaignFolder
    saved: Saved | None
    asked: Asked
    others: Others = ()
    """Those with a lower number."""

    @property
    def beside(self) -> str | None:
        """Return why it is kept in this folder, as sentences; None where no other campaign is the reason."""
        if not self.others:
            return None
        return f"{_held(self.others)}. This one is kept in {path_to_type(self.folder.path)}."


@dataclass(frozen=True, slots=True)
class BesideCampaign:
    """Another campaign in the runs' folder, and the command that shows it. `saved`: None where it cannot be
    read."""

    path: Path
    saved: Saved | None
    show: str


@dataclass(frozen=True, slots=True)
class CampaignChoice:
    """Chooses for one command. `place`: reads which org the session talks to; None where it is not known."""

    options: TuneOptions
    rules: RecommendSettings
    settings: Settings
    place: ReadPlace = lambda: None

    def choose(self) -> MeantCampaign:
        """Return the first campaign that agrees, else the folder in which one begins.

        Raises UsageError for a folder that holds something else, a campaign that is damaged, and for --folder
        with another campaign; ApiError where it must be known which org it is and cannot be read."""
        others: Others = ()
        for folder, saved, differs in self._begun():
            if not differs:
                return self._meant(folder, saved, others)
            others = (*others, (folder.path, differs))
        given = self.options.folder
        folder = CampaignFolder(free_folder(self.settings.runs) if given is None else given, self._another())
        if given is None:
            return self._meant(folder, folder.saved(), others)
        if others:
            raise UsageError(f"{_held(others)}.", hint=folder.hint)
        return self._meant(folder, None)

    def choose_and_hold(self) -> tuple[MeantCampaign, int | None]:
        """Return the same with the descriptor that holds the folder; None while another process does.

        Raises OSError for a folder that cannot be made, beside what `choose` raises."""
        while True:
            meant = self.choose()
            lock = meant.folder.lock()
            if lock is None:
                return meant, None
            now = self.choose()  # another process may have begun one there
            if now.folder == meant.folder:
                return now, lock
            os.close(lock)

    def beside(self, meant: MeantCampaign) -> tuple[BesideCampaign, ...]:
        """Return the other campaigns of the runs' folder; a damaged one is known by its folder only."""
        found = []
        for path in campaigns(self.settings.runs):
            if path.resolve() == meant.folder.path.resolve():
                continue
            try:
                saved = CampaignFolder(path).saved()
            except UsageError:
                saved = None
            show = replace(self.options.asked, workload=None, campaign=str(path)).same_campaign("--status")
            found.append(BesideCampaign(path, saved, show))
        return tuple(found)

    def of_status(self) -> MeantCampaign:
        """Return the campaign that is meant, without asking the org where what is on disk is enough.

        Raises UsageError where none was begun."""
        by_host = replace(self, place=cache(lambda: _place_by_settings(self.settings)))
        meant = by_host.choose()
        same_host = [saved for _, saved, why in by_host._begun() if not why]
        if len({saved.org_id for saved in same_host}) > 1:  # of several orgs in one region
            try:
                meant = replace(self, place=place_read_once(find_target(self.settings))).choose()
            except (DiagError, ApiError):
                return meant
        if meant.saved is not None:
            return meant
        text = f"No campaign was begun in {path_to_type(meant.folder.path)}."
        if meant.others:
            text = f"No such campaign was begun: {_held(meant.others)}."
        raise UsageError(text, hint=f"Begin one: {meant.asked.same_campaign()}")

    def _begun(self) -> Iterator[tuple[CampaignFolder, Saved, tuple[str, ...]]]:
        """Each campaign that may be meant, in order, and in what it differs from what was typed."""
        given = self.options.folder
        of, another = differences(self.options, self.rules, self.place), self._another()
        for path in campaigns(self.settings.runs) if given is None else [given]:
            folder = CampaignFolder(path, another)
            saved = folder.saved()
            if saved is not None:
                yield folder, saved, of(folder, saved)

    def _another(self) -> str:
        """The command that begins another campaign, by the folders as they are now: not kept, since another
        process may begin one meanwhile."""
        free = str(another_folder(self.settings.runs))
        return replace(self.options.asked, campaign=free).same_campaign()

    def _meant(self, folder: CampaignFolder, saved: Saved | None, others: Others = ()) -> MeantCampaign:
        asked = self.options.asked
        if self.options.folder is None and folder.path != usual_folder(self.settings.runs):
            asked = replace(asked, campaign=str(folder.path))
        if saved is not None:
            asked = asked_by_campaign(asked, saved.question)
        return MeantCampaign(folder, saved, asked, others)


def place_read_once(target: Target) -> ReadPlace:
    """Return what reads which org it is when it is first asked, and keeps the answer. Raises ApiError."""

    @cache
    def place() -> Place:
        with GenesysClient(target.connection) as client:
            return place_of(client)

    return place


def _held(others: Others) -> str:
    return "; ".join(
        f"{path_to_type(path)} holds another campaign ({', '.join(why)})" for path, why in others
    )


def _place_by_settings(settings: Settings) -> Place | None:
    """The host the settings lead to, not which org it is: known without a network."""
    try:
        if settings.has_credentials and not settings.sandbox:
            connection = settings.connection()
            return Place(connection.host, target_at(connection).sandbox)
    except DiagError:
        return None
    return Place("", sandbox=True) if settings.sandbox else None
