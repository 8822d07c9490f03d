"""The plan: what will be changed, on what evidence, against which state of the org. Data only.

A plan is what you review and exactly what `apply` carries out (Terraform's plan is the model).
It holds no template, no URL and no header value, only digests of them: those texts may hold secrets,
and a plan file gets mailed around.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Literal, Protocol

from analysis.format.json_to_dataclass import Count, Share, TimeoutSeconds, UnixSeconds

FORMAT_VERSION: Final = 1

Origin = Literal["recommend", "set", "undo"]


@dataclass(frozen=True, slots=True)
class OrgIdentity:
    """Which org a plan or a journal entry is about; `host` is the API address without the scheme."""

    org_id: str
    org_name: str
    host: str
    sandbox: bool = False


class NotesOrg(Protocol):
    """What was noted in an org with where it was: a run's manifest, the telemetry of production."""

    @property
    def org_id(self) -> str | None:
        """None: it was not known."""

    @property
    def org_name(self) -> str | None:
        """None: it was not known."""

    @property
    def host(self) -> str:
        """API address without the scheme."""

    @property
    def sandbox(self) -> bool:
        """Whether it was no org but a sandbox."""


def org_noted_in(one: NotesOrg) -> OrgIdentity | None:
    """Return the org it was noted in; None where that is unknown. One without a name goes by its id."""
    if one.org_id is None:
        return None
    return OrgIdentity(one.org_id, one.org_name or one.org_id, one.host, one.sandbox)


@dataclass(frozen=True, slots=True)
class Evidence:
    """The numbers behind a change, copied from the recommendation. Unknown is None; shares are 0..1."""

    verdict: str
    samples: int = 0
    ok: int = 0
    timeouts: int = 0
    n_eff: float | None = None
    """Effective calls."""
    p50_ms: float | None = None
    p95_ms: float | None = None
    p99_ms: float | None = None
    p99_upper_ms: float | None = None
    """The upper bound of p99."""
    uncapped_timeout_s: int | None = None
    """What would be set without the cap."""
    cut_off_now: float | None = None
    """Share of calls slower than the timeout in force."""
    cut_off_after: float | None = None
    """The same of the new one."""
    grade: str | None = None
    """For how long it was seen: A, B, C."""
    concurrency_share: float | None = None
    """Executions that a hung backend holds, as a share of the org's limit."""
    invented_share: float | None = None
    """Share of calls that had an invented input; None where no origin is known, and in older plan files."""
    percentile: Share = 0.99
    """Of the quantile, whose keys say p99 whichever was asked for; older plan files do not say."""
    source: Literal["test", "production"] = "test"
    """Measured calls, or production telemetry, which counts by whole seconds; older plan files do not say."""
    promised_share: Share | None = None
    """The most that the number is to cut off; older plan files do not say."""
    warnings: tuple[str, ...] = ()
    """What limits the number or looked wrong while measuring, one line each."""


@dataclass(frozen=True, slots=True)
class Change:
    """One timeout to set. `before_timeout_s` is the one in force (60 when unset, see `before_is_set`)."""

    action_id: str
    action_name: str
    before_timeout_s: TimeoutSeconds
    """In force when it was planned."""
    before_is_set: bool
    """False: it was unset."""
    after_timeout_s: TimeoutSeconds
    """60 where `after_is_set` is False: what the platform's default comes to."""
    reason: str
    """Why, in a sentence."""
    action_version: Count | None
    """Of the action, as it was read; None: the platform sent none."""
    fields: Mapping[str, str]
    """Everything but the timeout: field path -> salted digest, or the value itself where it is harmless."""
    digest: str
    """SHA-256 over `fields`."""
    salt: str
    """What the digests in `fields` were made with, random for each change."""
    evidence: Evidence | None = None
    """The numbers behind it; None: decided by hand."""
    forced: bool = False
    """True where a guard said no and `--force` said yes."""
    undoes: str | None = None
    """Journal entry this change takes back."""
    after_is_set: bool = True
    """False: leave the timeout out, so that it is unset again. A platform that then keeps the old one
    (merge or replace is unknown: docs/genesys-api.md, "Writing a timeout") gets 60 s, which is the same."""
    flow_warnings: tuple[str, ...] = ()
    """What it moves in Architect flows, one sentence each; older plan files do not say."""

    @property
    def direction(self) -> Literal["raise", "lower"]:
        """Whether the timeout grows or shrinks."""
        return "raise" if self.after_timeout_s > self.before_timeout_s else "lower"


@dataclass(frozen=True, slots=True)
class SkippedChange:
    """An action the plan leaves alone, and why."""

    action_id: str
    action_name: str
    reason: str


@dataclass(frozen=True, slots=True)
class UnreadAction(SkippedChange):
    """An action that was to be changed and could not be read: not left alone on purpose, but not done.

    In a plan file it is one that was skipped.
    """


@dataclass(frozen=True, slots=True)
class Unchanged:
    """An action whose timeout is right already, and why."""

    action_id: str
    action_name: str
    reason: str


PlanItem = Change | SkippedChange | Unchanged
"""What a plan says of one action."""


@dataclass(frozen=True, slots=True)
class PlanOptions:
    """Which recommendations become changes."""

    force: bool = False
    """Overrules every guard but what the platform forbids."""
    only: tuple[str, ...] = ()
    skip: tuple[str, ...] = ()
    """Names, ids or patterns (diag/inventory/named_actions.py)."""
    max_changes: int | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything `apply` needs: it looks nothing else up. `created_at` is Unix seconds (UTC)."""

    created_at: UnixSeconds
    org: OrgIdentity
    """Which org it is for; it is carried out nowhere else."""
    changes: tuple[Change, ...]
    skipped: tuple[SkippedChange, ...] = ()
    """Actions that are left alone, and why."""
    unchanged: tuple[Unchanged, ...] = ()
    """Actions whose timeout is right."""
    origin: Origin = "recommend"
    settings_digest: str | None = None
    """Digest of the recommendation's settings. It goes into the plan's own digest, so that plans made with
    other settings have other names in the journal; nothing else reads it."""
    run_ids: tuple[str, ...] = ()
    """The runs behind it."""
    weak: tuple[str, ...] = ()
    """What weakens the runs behind it, one sentence each."""
    flow_waits: tuple[str, ...] = ()
    """How long callers wait in flows, now and after it, one sentence each; older plan files do not say."""

    @classmethod
    def of(
        cls,
        items: Iterable[PlanItem],
        *,
        created_at: float,
        org: OrgIdentity,
        origin: Origin = "recommend",
    ) -> "Plan":
        """Return the plan of these items, each kind in the order given: the one place that sorts them."""
        every = tuple(items)
        return cls(
            created_at=created_at,
            org=org,
            changes=tuple(item for item in every if isinstance(item, Change)),
            skipped=tuple(item for item in every if isinstance(item, SkippedChange)),
            unchanged=tuple(item for item in every if isinstance(item, Unchanged)),
            origin=origin,
        )

    @property
    def unread(self) -> tuple[UnreadAction, ...]:
        """The actions that could not be read; none in a plan that was read from its file."""
        return tuple(item for item in self.skipped if isinstance(item, UnreadAction))

    @property
    def counts(self) -> str:
        """The line under a plan: `Plan: 2 to change, 3 unchanged, 1 skipped.`"""
        return (
            f"Plan: {len(self.changes)} to change, {len(self.unchanged)} unchanged, "
            f"{len(self.skipped)} skipped."
        )
