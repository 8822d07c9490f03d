"""What became of one planned change. A refusal is a value with a reason, like a success."""

from dataclasses import dataclass
from enum import StrEnum

from diag.changes.plans.plan import Change


class ChangeOutcome(StrEnum):
    """How one change ended."""

    APPLIED = "applied"
    """The org shows the new timeout and nothing else moved."""
    REFUSED = "refused"
    """The org was no longer what the plan saw; nothing was written."""
    FAILED = "failed"
    """It could not be done, or not proven; the reason says how the org was left."""
    RESTORED = "restored"
    """It was written, something was wrong, and the old timeout was put back."""
    SKIPPED = "skipped"
    """Not attempted in this apply: done before, or stopped earlier."""


@dataclass(frozen=True, slots=True)
class ChangeResult:
    """One change and how it ended; `entry` is its id in the journal (None when nothing was journalled)."""

    change: Change
    outcome: ChangeOutcome
    reason: str
    entry: str | None = None
    version_before: int | None = None
    version_after: int | None = None
    correlation_ids: tuple[str, ...] = ()
    stop: bool = False
    """True when going on with further changes would be wrong, whatever `--on-error` says."""
    denied: bool = False
    """True when credentials or a permission were the reason."""
