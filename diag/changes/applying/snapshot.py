"""One reading of an action, ready to be compared with a plan or with an earlier reading."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from diag.changes.plans.action_fields import FieldDifference, differences, fields_of
from diag.changes.plans.plan import Change
from diag.genesys.full_config import FullConfig


@dataclass(frozen=True, slots=True)
class Snapshot:
    """An action as read, for one change (its salt); `timeout_s` is the one in force, seconds."""

    full: FullConfig
    fields: Mapping[str, str]

    @classmethod
    def of(cls, full: FullConfig, salt: str) -> "Snapshot":
        """Take the fields of a reading, digested with the `salt` of the change they are compared with."""
        return cls(full, fields_of(full, salt))

    @property
    def timeout_s(self) -> int | None:
        """Return the timeout in force, seconds (60 when unset); None when the org did not send it."""
        return self.full.action.timeout_s

    @property
    def version(self) -> int | None:
        """Return the action's version."""
        return self.full.action.version

    @property
    def is_function(self) -> bool:
        """Return whether the action runs code that no field shows: then only the version shows a change."""
        return self.full.action.kind == "function"

    def at_version(self, version: int | None) -> FullConfig:
        """Return this reading's content under another version: what a restore sends."""
        return replace(self.full, action=replace(self.full.action, version=version))

    def differs_from(self, fields: Mapping[str, str]) -> tuple[FieldDifference, ...]:
        """Return the fields that are not as given; the timeout and the version are not among them."""
        return differences(fields, self.fields)

    def is_before(self, change: Change) -> bool:
        """Return whether the timeout is the one the plan saw (60 set and 60 by default are different)."""
        return (
            self.timeout_s == change.before_timeout_s
            and self.full.action.timeout_is_set == change.before_is_set
        )

    def is_after(self, change: Change) -> bool:
        """Return whether the timeout is the one the change sets."""
        is_set = self.full.action.timeout_is_set or not change.after_is_set
        return self.timeout_s == change.after_timeout_s and is_set


def drift(change: Change, present: Snapshot) -> tuple[str, ...]:
    """Return every way the action differs from what the plan saw, as sentences; empty: none.

    A version that moved while nothing else did is not drift (someone saved without a change), except
    for a function: its code is behind the version, and the evidence was about the old code.
    """
    drifted = [str(difference) for difference in present.differs_from(change.fields)]
    if not present.is_before(change):
        drifted.insert(0, f"timeout: planned {before_text(change)}, present {timeout_text(present)}")
    moved = present.version != change.action_version
    if moved and (drifted or present.is_function):
        drifted.insert(0, f"version: planned {change.action_version}, present {present.version}")
    return tuple(drifted)


def before_text(change: Change) -> str:
    """Return `5 s`, or `60 s (unset)`."""
    return f"{change.before_timeout_s} s" + ("" if change.before_is_set else " (unset)")


def timeout_text(present: Snapshot) -> str:
    """Return `5 s`, `60 s (unset)`, or `unknown`."""
    if present.timeout_s is None:
        return "unknown"
    return f"{present.timeout_s} s" + ("" if present.full.action.timeout_is_set else " (unset)")
