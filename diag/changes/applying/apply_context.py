"""What all changes of one apply share, and the names of the steps each of them goes through."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from diag.changes.applying.org import Org, PayloadFor, no_payload
from diag.changes.journal.backup import Backups
from diag.changes.journal.journal import Journal
from diag.changes.journal.journal_line import Author
from diag.changes.plans.plan import Change, OrgIdentity, Plan
from diag.clocks.wall_clock import REAL_TIME, WallClock


class Step(StrEnum):
    """Every place where an apply can be."""

    READ = "read"
    RESUME = "resume"
    COMPARE = "compare"
    TEST_BEFORE = "test_before"
    INTENT = "intent"
    BACK_UP = "back_up"
    PATCH = "patch"
    LOOK_UP = "look_up"
    WRITTEN = "written"
    READ_BACK = "read_back"
    TEST_AFTER = "test_after"
    RESTORE_INTENT = "restore_intent"
    RESTORE = "restore"
    READ_RESTORED = "read_restored"
    RESULT = "result"
    CLEAN_UP = "clean_up"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class ApplyOptions:
    """How to apply. `on_error` "stop" leaves the rest untouched after a change that could not be applied.

    `verify` makes a test call around each write; `allow_side_effects` makes it even where the request is
    not a GET; `payload_for` has its input.
    """

    on_error: Literal["stop", "continue"] = "stop"
    verify: bool = True
    allow_side_effects: bool = False
    payload_for: PayloadFor = no_payload


@dataclass(frozen=True, slots=True)
class Operator:
    """Who applies: the org the credentials belong to, and the client and apply the journal names."""

    identity: OrgIdentity
    author: Author


def _ignore_step(change: Change, step: Step) -> None:
    """The default: no one watches."""


@dataclass(frozen=True, slots=True)
class ApplyContext:
    """What every change of one apply shares. `on_step` is called after each step (progress, tests)."""

    org: Org
    journal: Journal
    backups: Backups
    plan: Plan
    plan_digest: str
    author: Author
    options: ApplyOptions
    clock: WallClock = REAL_TIME
    on_step: Callable[[Change, Step], None] = _ignore_step
