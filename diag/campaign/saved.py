"""What a campaign keeps in its folder, and how it is read back: every field held to its type and range.

runs/tune/
    campaign.json      what was decided before the first call; written once, when it was approved
    slot.json          when the next window is due; lost, it is decided anew
    production.json    what production said, as `diag observe` saves it
    gone.json          actions that cannot be called any more, each with why and when that was asked last
    windows/ID/        one run folder each
    plan.json, report.html     the result
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Annotated, Final, Literal, TypedDict

from analysis.analysis_errors import BadSettingError
from analysis.dataclass_to_json import Written
from analysis.format.action_facts import is_zone
from analysis.format.atomic_write import write_whole
from analysis.format.input_file import InputFile
from analysis.format.json_to_dataclass import (
    Between,
    Count,
    UnixSeconds,
    WrongShapeError,
    other_version,
    typed,
)
from analysis.plain_text import json_text
from analysis.recommend_settings import RecommendSettings, with_overrides
from diag.campaign.campaign import LONGEST_S, Campaign
from diag.campaign.when_next_window import Slot
from diag.errors import UsageError

CAMPAIGN_VERSION: Final = 1
KIND: Final = "diag campaign"


@dataclass(frozen=True, slots=True)
class NotCalled:
    """An action that is not called, and why. `settled`: it has its answer; production gave it, or
    `set_by_diag` in the days that were looked at."""

    action_id: str
    name: str
    why: str
    settled: bool
    set_by_diag: bool = False


@dataclass(frozen=True, slots=True)
class TuneQuestion:
    """What the command asked for; the same command goes on. `rules`: the settings that differ from the
    default."""

    over: str
    workload: str | None
    actions: tuple[str, ...]
    days: Annotated[int, Between(1, 366)]
    rules: Mapping[str, object]
    workload_sha256: str | None = None
    """Of the workload as it was approved: its hours and what may have side effects hold for all windows."""
    payload_files_sha256: Mapping[str, str] | None = None
    """Of each payload file that the workload names, by the name it gives it; None in a campaign that did not
    keep them."""
    cut_off: str | None = None
    """The percentile as it was typed after --cut-off, for the next commands."""

    @property
    def settings(self) -> RecommendSettings:
        """Return the rules by which everything is judged. Raises BadSettingError."""
        return with_overrides(RecommendSettings(), self.rules)


@dataclass(frozen=True, slots=True)
class Saved:
    """The whole of campaign.json. `campaign` is None where nothing is left to measure."""

    campaign_id: str
    host: str
    org_id: str | None
    org_name: str | None
    sandbox: bool
    question: TuneQuestion
    campaign: Campaign | None
    not_called: tuple[NotCalled, ...] = ()


class CampaignHead(TypedDict):
    """What campaign.json says of itself."""

    format_version: Literal[1]
    kind: Literal["diag campaign"]


CAMPAIGN_WRITTEN: Final = Written(Saved, added=(CampaignHead,))


def write_saved(path: Path, saved: Saved) -> None:
    """Write campaign.json, whole or not at all. Raises OSError."""
    head: CampaignHead = {"format_version": CAMPAIGN_VERSION, "kind": "diag campaign"}
    write_whole(path, json_text(CAMPAIGN_WRITTEN.of(saved, head), indent=1, readable=True) + "\n")


def read_saved(path: Path, hint: str | None = None) -> Saved:
    """Return what was saved. Raises UsageError, with the hint, for a file that diag did not write, or that
    was damaged."""
    file = InputFile(path, UsageError, hint)
    body = file.json()
    if not isinstance(body, dict) or body.get("kind") != KIND:
        raise file.unfit("is not a campaign of diag tune")
    if other := other_version(body, CAMPAIGN_VERSION):
        raise file.unfit(other)
    try:
        saved = typed(Saved, body)
        _ = saved.question.settings
        if saved.campaign is not None:
            _check(saved.campaign)
    except WrongShapeError as error:
        raise file.unfit(f"is damaged: {error}") from None
    except BadSettingError as error:
        raise file.unfit(f"is damaged: {error.message}") from None
    return saved


@dataclass(frozen=True, slots=True)
class GoneAction:
    """An action that cannot be called any more: why, when that was asked last (Unix seconds), and how often
    it was found so."""

    why: str
    asked_at: float = 0.0
    times: int = 1

    @property
    def is_certain(self) -> bool:
        """Return whether it was found so twice: what was renamed or moved may be put back the next minute."""
        return self.times > 1


@dataclass(frozen=True, slots=True)
class _GoneFile:
    gone: Mapping[str, str]
    asked_at: Mapping[str, UnixSeconds] = field(default_factory=dict)
    times: Mapping[str, Count] = field(default_factory=dict)
    format_version: Literal[1] = CAMPAIGN_VERSION


def write_gone(path: Path, gone: Mapping[str, GoneAction]) -> None:
    """Write gone.json, whole or not at all: the actions, by id, that are not called. Raises OSError."""
    body = _GoneFile(
        {action_id: one.why for action_id, one in gone.items()},
        {action_id: one.asked_at for action_id, one in gone.items()},
        {action_id: one.times for action_id, one in gone.items()},
    )
    write_whole(path, json_text(asdict(body), indent=1, readable=True) + "\n")


def read_gone(path: Path) -> dict[str, GoneAction]:
    """Return what was written; nothing where there is no file of this version that can be read: it is found
    out anew.

    An earlier diag wrote only why; such an action is asked for again in the next window."""
    try:
        body = typed(_GoneFile, InputFile(path, UsageError).json_object(CAMPAIGN_VERSION))
    except (UsageError, WrongShapeError):
        return {}
    return {
        action_id: GoneAction(why, body.asked_at.get(action_id, 0.0), body.times.get(action_id, 1))
        for action_id, why in body.gone.items()
    }


def write_slot(path: Path, slot: Slot) -> None:
    """Write slot.json, whole or not at all. Raises OSError."""
    write_whole(path, json_text(asdict(slot)) + "\n")


def read_slot(path: Path) -> Slot | None:
    """Return the slot; None where there is none, or none that can be read: the next one is decided anew."""
    try:
        return typed(Slot, InputFile(path, UsageError).json())
    except (UsageError, WrongShapeError):
        return None


def _check(campaign: Campaign) -> None:
    """Raise WrongShapeError for what no single field shows."""
    span = campaign.until - campaign.began_at
    if not 0 < span <= LONGEST_S * 1.1:  # a day of 25 hours may lie in it
        raise WrongShapeError("campaign.until is not 1 h to 14 d after campaign.began_at")
    if not campaign.actions or len({one.action_id for one in campaign.actions}) < len(campaign.actions):
        raise WrongShapeError("campaign.actions is empty, or names an action twice")
    if not is_zone(campaign.hours.zone):
        raise WrongShapeError("campaign.hours.zone is not a time zone")
