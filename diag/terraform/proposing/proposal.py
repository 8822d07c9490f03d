"""What is proposed to a Terraform configuration: edits, and whatever stays as it is, each with its reason."""

from dataclasses import dataclass

from diag.changes.plans.plan import SkippedChange, Unchanged
from diag.terraform.editing.edited_file import EditedFile
from diag.terraform.syntax.source import Where


@dataclass(frozen=True, slots=True)
class ProposedTimeout:
    """One timeout to move; `before_timeout_s` None: the configuration sets none, so that 60 s hold."""

    action_id: str
    action_name: str
    address: str
    where: Where
    before_timeout_s: int | None
    after_timeout_s: int
    reason: str
    percentile: float
    promised_share: float
    by_production: bool = False
    """Production alone settled it: no run is behind it."""


@dataclass(frozen=True, slots=True)
class RefusedEdit(SkippedChange):
    """A timeout that is to move, and no edit is certain to move it, and nothing else."""

    where: Where | None = None
    wanted_s: int | None = None
    """What it is to be, for whoever edits it by hand."""


@dataclass(frozen=True, slots=True)
class NotInFolder(SkippedChange):
    """A timeout that is to move, of an action that the configuration does not hold."""

    by_production: bool = False
    """Production alone settled it: no run has its number."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """The edits, file by file, and what else there is to say of the actions that were judged."""

    timeouts: tuple[ProposedTimeout, ...]
    files: tuple[EditedFile, ...]
    refused: tuple[RefusedEdit, ...] = ()
    left_alone: tuple[SkippedChange, ...] = ()
    """A guard holds its number back, or it has none."""
    not_in_folder: tuple[NotInFolder, ...] = ()
    """Terraform probably does not manage these."""
    unchanged: tuple[Unchanged, ...] = ()
    """The configuration has the number already, or another one than the org, whose timeout fits."""
    matched_by: str = ""
    """By what resources were matched to actions, a sentence."""
