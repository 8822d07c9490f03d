"""One line of the journal, and the first line of an entry: a change, or the creation of an action.

An entry has one id and these lines: `intent` (about to write), `written` (the org accepted it), `restore`
(about to put the old value back, and again when that is done), `result` (how it ended). A number that was put
into somebody else's configuration is an entry of one line, a `result`: nothing was written to an org.
"""

import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Final, Literal, TypedDict

from analysis.dataclass_to_json import Written
from analysis.format.json_to_dataclass import Between, Count, Share, UnixSeconds
from analysis.format.timeout_limits import DEFAULT_TIMEOUT_S
from diag.changes.plans.plan import Change, OrgIdentity, Plan

Phase = Literal["intent", "written", "restore", "result"]
Timeout = Annotated[int, Between(1, 60, "a whole number of seconds from 1 to 60")]

_CREATION: Final = "register"
"""`origin` of an entry that creates an action; those of changes are `plan.Origin`."""
_PROPOSAL: Final = "terraform"
"""`origin` of an entry that proposes a number to Terraform; its outcome is `PROPOSED`."""
PROPOSED: Final = "proposed"


@dataclass(frozen=True, slots=True)
class Author:
    """Who applies: the OAuth client's id (None for a bare access token) and one id per apply."""

    client_id: str | None
    apply_id: str


@dataclass(frozen=True, slots=True)
class JournalLine:
    """One line of the journal. `at` is Unix seconds (UTC); timeouts in seconds."""

    entry: str
    """Id of the change; all lines of it have the same."""
    phase: Phase
    """About to write, accepted by the org, about to put the old value back, or how it ended."""
    at: UnixSeconds
    apply_id: str
    """One for each apply."""
    client_id: str | None
    """OAuth client; None for a bare token."""
    org_id: str
    org_name: str
    host: str
    """API address without the scheme."""
    sandbox: bool
    plan_digest: str
    """Of the plan file; of a proposal SHA-256 of the diff."""
    origin: str
    """`recommend`, `set`, `undo`, `register` (an action was created), or `terraform` (a proposal)."""
    action_id: str
    action_name: str
    before_timeout_s: Timeout
    before_is_set: bool
    """False: it was unset."""
    after_timeout_s: Timeout
    version_before: Count | None
    """Of the action."""
    version_after: Count | None = None
    """None: nothing was written yet."""
    correlation_ids: tuple[str, ...] = ()
    """Of all replies of the platform."""
    passed_before: bool | None = None
    """Whether the test call passed at the old timeout; None when there was none."""
    test_input: str | None = None
    """Where the input of the test calls came from (`InputOrigin`); None: none was made, or it is unknown."""
    outcome: str | None = None
    """`applied`, `refused`, `failed`, `restored`, `proposed`; None: it goes on, or was killed."""
    reason: str | None = None
    """Why, where it was not applied; of a proposal the file and line, and the resource."""
    undoes: str | None = None
    """The entry that it takes back."""
    run_ids: tuple[str, ...] = ()
    """The runs behind it."""
    percentile: Share | None = None
    """The number was made at; None: decided by hand, or by an older diag."""
    promised_share: Share | None = None
    """What the change was decided on (`Evidence`); None: decided by hand, or by an older diag."""
    grade: str | None = None
    """For how long that was seen: A, B, C; None: decided by hand, or by an older diag."""

    @property
    def finished(self) -> bool:
        """Whether this line ends its entry."""
        return self.phase == "result"

    @property
    def creates(self) -> bool:
        """Whether the entry is about an action that was created (`diag register`), not changed."""
        return self.origin == _CREATION

    @property
    def proposes(self) -> bool:
        """Return whether the entry is about a number proposed to Terraform: it wrote nothing to the org."""
        return self.origin == _PROPOSAL

    @property
    def before_text(self) -> str:
        """Return the timeout before as tables show it."""
        if self.creates:
            return "(new)"
        return f"{self.before_timeout_s} s" if self.before_is_set else "unset"


class LineHead(TypedDict):
    """What each line says of itself."""

    format_version: Literal[1]


LINE_WRITTEN: Final = Written(JournalLine, added=(LineHead,))


def new_id(now: float) -> str:
    """Return `<UTC time>-<short id>`, sortable by time; `now` in Unix seconds."""
    return f"{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime(now))}-{secrets.token_hex(3)}"


def first_line(change: Change, plan: Plan, digest: str, author: Author, now: float) -> JournalLine:
    """Return the `intent` line of a new entry; the later phases are made from it by replacing fields.

    `digest` is that of the plan file (`plan_file.plan_digest`); `now` in Unix seconds.
    """
    evidence = change.evidence
    return JournalLine(
        entry=new_id(now),
        phase="intent",
        at=now,
        apply_id=author.apply_id,
        client_id=author.client_id,
        org_id=plan.org.org_id,
        org_name=plan.org.org_name,
        host=plan.org.host,
        sandbox=plan.org.sandbox,
        plan_digest=digest,
        origin=plan.origin,
        action_id=change.action_id,
        action_name=change.action_name,
        before_timeout_s=change.before_timeout_s,
        before_is_set=change.before_is_set,
        after_timeout_s=change.after_timeout_s,
        version_before=change.action_version,
        undoes=change.undoes,
        run_ids=plan.run_ids,
        percentile=None if evidence is None else evidence.percentile,
        promised_share=None if evidence is None else evidence.promised_share,
        grade=None if evidence is None else evidence.grade,
    )


@dataclass(frozen=True, slots=True)
class PlannedAction:
    """An action about to be created: its name, its timeout in seconds, and the SHA-256 of what is sent."""

    name: str
    timeout_s: int
    digest: str


def first_line_of_creation(
    action: PlannedAction, org: OrgIdentity, author: Author, now: float
) -> JournalLine:
    """Return the `intent` line of a creation: the action has no id yet, and no earlier timeout."""
    return JournalLine(
        entry=new_id(now),
        phase="intent",
        at=now,
        apply_id=author.apply_id,
        client_id=author.client_id,
        org_id=org.org_id,
        org_name=org.org_name,
        host=org.host,
        sandbox=org.sandbox,
        plan_digest=action.digest,
        origin=_CREATION,
        action_id="",
        action_name=action.name,
        before_timeout_s=action.timeout_s,
        before_is_set=False,
        after_timeout_s=action.timeout_s,
        version_before=None,
    )


@dataclass(frozen=True, slots=True)
class ProposedNumber:
    """A timeout that stands in a Terraform configuration now, or in a patch for it; seconds.

    `before_timeout_s` None: it set none. `where`: the file and line, and the resource's address.
    """

    action_id: str
    action_name: str
    before_timeout_s: int | None
    after_timeout_s: int
    where: str
    percentile: float
    promised_share: float


def line_of_proposal(
    proposed: ProposedNumber, org: OrgIdentity, digest: str, run_ids: tuple[str, ...], at: tuple[str, float]
) -> JournalLine:
    """Return the one line of a proposal. `digest` is of the whole diff, `at` the id of the command that made
    it, and the time in Unix seconds."""
    apply_id, now = at
    return JournalLine(
        entry=new_id(now),
        phase="result",
        at=now,
        apply_id=apply_id,
        client_id=None,
        org_id=org.org_id,
        org_name=org.org_name,
        host=org.host,
        sandbox=org.sandbox,
        plan_digest=digest,
        origin=_PROPOSAL,
        action_id=proposed.action_id,
        action_name=proposed.action_name,
        before_timeout_s=proposed.before_timeout_s or DEFAULT_TIMEOUT_S,
        before_is_set=proposed.before_timeout_s is not None,
        after_timeout_s=proposed.after_timeout_s,
        version_before=None,
        outcome=PROPOSED,
        reason=proposed.where,
        run_ids=run_ids,
        percentile=proposed.percentile,
        promised_share=proposed.promised_share,
    )


def latest_by_entry(lines: Sequence[JournalLine]) -> dict[str, JournalLine]:
    """Return entry id -> its last line, in the order the entries began."""
    latest: dict[str, JournalLine] = {}
    for line in lines:
        latest[line.entry] = line
    return latest


def unfinished(lines: Sequence[JournalLine]) -> list[JournalLine]:
    """Return the last line of every entry that has no result: an apply was killed there."""
    return [line for line in latest_by_entry(lines).values() if not line.finished]
