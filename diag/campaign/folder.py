"""A campaign's folder: made once, one process at a time, and whatever a kill left in it is recognised."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from analysis.format.run_folder import RunFolder
from analysis.name_lists import first_names
from analysis.runs.campaign_windows import CAMPAIGN_NAME, WINDOWS_NAME, windows_below
from analysis.samples.manifest_or_why_none import manifest_of
from diag.campaign.saved import (
    GoneAction,
    Saved,
    read_gone,
    read_saved,
    read_slot,
    write_gone,
    write_saved,
    write_slot,
)
from diag.campaign.when_next_window import Slot
from diag.errors import UsageError
from diag.measuring.continuing.calls_of_killed_run import ended_from_outside
from diag.measuring.run_lock import LOCK_NAME, is_locked, take_lock

_OURS: Final = frozenset(
    {LOCK_NAME, CAMPAIGN_NAME, "slot.json", "gone.json", "production.json", WINDOWS_NAME}
)


@dataclass(frozen=True, slots=True)
class CampaignFolder:
    """Paths of one campaign. `another`: the command that begins another one, where this folder is no good."""

    path: Path
    another: str = "diag tune --folder runs/tune-2"

    @property
    def hint(self) -> str:
        """Return what to do where this folder is no good."""
        return f"Begin another campaign: {self.another}"

    @property
    def campaign(self) -> Path:
        """Path of campaign.json."""
        return self.path / CAMPAIGN_NAME

    @property
    def production(self) -> Path:
        """Path of production.json."""
        return self.path / "production.json"

    @property
    def plan(self) -> Path:
        """Path of plan.json."""
        return self.path / "plan.json"

    @property
    def applied(self) -> Path:
        """Path of the mark that carrying the plan out came to its end: it is not begun again by itself."""
        return self.path / "applied"

    @property
    def report(self) -> Path:
        """Path of report.html."""
        return self.path / "report.html"

    @property
    def production_report(self) -> Path:
        """Path of production.html, for the actions that production settled where others were measured."""
        return self.path / "production.html"

    def lock(self) -> int | None:
        """Return the descriptor that holds the folder, made if missing; None while another process does.

        Raises UsageError for a path that is something else, OSError where it cannot be written.
        """
        if os.path.lexists(self.path) and not self.path.is_dir():
            raise UsageError(f"{self.path} is a file, not a folder.", hint=self.hint)
        self.path.mkdir(parents=True, exist_ok=True)
        return take_lock(self.path)

    def saved(self) -> Saved | None:
        """Return what was decided; None in a folder in which nothing was yet.

        Raises UsageError for a folder that holds something else, and for a campaign that is damaged.
        """
        if os.path.lexists(self.campaign):
            return read_saved(self.campaign, self.hint)
        if not self.path.is_dir():
            return None
        foreign = sorted(
            entry.name for entry in self.path.iterdir() if entry.name not in _OURS and entry.name[0] != "."
        )
        if foreign:
            raise UsageError(f"{self.path} holds something else ({first_names(foreign, 1)}).", hint=self.hint)
        if self.windows():
            raise UsageError(f"{self.path} has windows, but its campaign.json is gone.", hint=self.hint)
        return None

    def begin(self, saved: Saved) -> None:
        """Save what was decided: from now on the same command goes on here. Raises OSError.

        A plan of what was there before is none of this campaign's."""
        self.plan.unlink(missing_ok=True)
        write_saved(self.campaign, saved)

    def slot(self) -> Slot | None:
        """Return the slot decided on last, None where there is none yet."""
        return read_slot(self.path / "slot.json")

    def decide(self, slot: Slot) -> None:
        """Save the slot. Raises OSError."""
        write_slot(self.path / "slot.json", slot)

    def gone(self) -> dict[str, GoneAction]:
        """Return the actions, by id, that are not called any more, each with why."""
        return read_gone(self.path / "gone.json")

    def lose(self, gone: Mapping[str, str], now: float) -> None:
        """Save that these actions were found gone now, each with why, beside those of before.

        Raises OSError."""
        self.keep_gone({**self.gone(), **{each: GoneAction(why, now) for each, why in gone.items()}})

    def keep_gone(self, gone: Mapping[str, GoneAction]) -> None:
        """Save which actions are gone; any other is called again. Raises OSError."""
        write_gone(self.path / "gone.json", gone)

    def windows(self) -> tuple[RunFolder, ...]:
        """Return the windows that have begun, in their order: those with a manifest, or with a call."""
        return windows_below(self.path)

    def begun_at(self, newest: int) -> list[float]:
        """Return when the newest windows began (Unix seconds), in their order; a damaged one is left out."""
        found = [manifest_of(window)[0] for window in self.windows()[-newest:]]
        return [one.created_at for one in found if one is not None]

    def next_window(self, saved: Saved) -> RunFolder:
        """Return the folder of the next window; one that a kill left before its first call is used again."""
        number = len(self.windows()) + 1
        return RunFolder(self.path / WINDOWS_NAME / f"{saved.campaign_id}-w{number:04}")

    def end_killed(self, newest: int | None = None) -> None:
        """Have windows whose load was killed judged by what they hold whole: all of them, or the newest.

        The slow calls were in flight longest, so of the last ones only the quick are there. A window in which
        a load is still at work, or whose manifest is damaged, stays as it is. Raises OSError.
        """
        windows = self.windows()
        for window in windows if newest is None else windows[-newest:]:
            manifest, _ = manifest_of(window)
            if manifest is not None and not is_locked(window.path):
                ended_from_outside(window, manifest)

    def at_work(self) -> RunFolder | None:
        """Return the window in which a load still runs, whoever started it is gone; None where none does."""
        return next((one for one in reversed(self.windows()) if is_locked(one.path)), None)
