"""What all changes of one apply share, and the names of the steps each of them goes through."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from diag.changes.applying.org import Org, PayloadFor
from diag.changes.journal.backup import Backups
from diag.changes.journal.journal import Author, Journal
from diag.changes.plans.plan import Change, Plan


class Step(StrEnum):
    """Every place where an apply can be."""

    READ = "read"
    RESUME = "resume"
    COMPARE = "compare"
    TEST_BEFORE = "test_before"
    INTENT = "intent"
    BACK_UP = "back_up"
    PATCH = "patch"
    LOOK = "look"
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
class Workbench:
    """What every change of one apply shares. `on_step` is called after each step (progress, tests)."""

    org: Org
    journal: Journal
    backups: Backups
    plan: Plan
    plan_digest: str
    author: Author
    payload_for: PayloadFor
    verify: bool
    allow_side_effects: bool
    now: Callable[[], float]
    sleep: Callable[[float], None]
    on_step: Callable[[Change, Step], None]
