"""From verdicts to a plan: which timeouts will be set, which are right, which are left alone and why.

The guards are those of the method (docs/method.md, "What may be changed"): a raise stands on its own,
a lowering needs evidence over time, and what the data call unstable or beyond the cap is never set
without `force`; nor is what runs say that were cut short or judged invalid.
"""

import hashlib
import json
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import asdict, replace
from typing import Final

from analysis.format.schema import PLATFORM_MAX_TIMEOUT_S, PLATFORM_MIN_TIMEOUT_S
from analysis.verdicts.recommendation import Analysis, Recommendation, Verdict
from diag.changes.errors import WrongOrgError
from diag.changes.plans.action_fields import digest_of, fields_of, new_salt
from diag.changes.plans.plan import Change, Evidence, OrgIdentity, Plan, Skipped, Unchanged
from diag.changes.plans.scope import Scope
from diag.genesys.errors import ApiError, NotFoundError
from diag.genesys.models import FullConfig

MIN_CALLS_TO_LOWER: Final = 1000
"""Effective calls a lowering needs (docs/method.md, "What may be changed")."""

ReadConfig = Callable[[str], FullConfig]


def make_plan(
    analysis: Analysis,
    read: ReadConfig,
    org: OrgIdentity,
    *,
    force: bool = False,
    only: Collection[str] = (),
    skip: Collection[str] = (),
    max_changes: int | None = None,
    now: Callable[[], float] = time.time,
) -> Plan:
    """Return the plan an analysis leads to; `read` is asked only for actions that may change.

    `only` and `skip` hold names, ids or patterns (diag/inventory/matching.py). `max_changes` keeps
    the first ones (the analysis has the worst harm first) and skips the rest. `force` overrules every
    guard but what the platform forbids.
    A permission or login error of `read` is raised: the plan would be empty for the wrong reason.
    Raises WrongOrgError when the runs were measured elsewhere than in `org`, `force` or not.
    """
    _demand_same_org(analysis, org)
    scope = Scope.of([(item.action_id, item.action_name) for item in analysis.actions], only, skip)
    found: list[Change | Skipped | Unchanged] = []
    changes = 0
    for item in analysis.actions:
        why_not = scope.leaves_out(item.action_id)
        one = _skipped(item, why_not) if why_not else _wanted(item, read, analysis.weak, force=force)
        if isinstance(one, Change) and max_changes is not None and changes >= max_changes:
            one = _skipped(item, f"over --max-changes {max_changes}; apply again for the rest")
        changes += isinstance(one, Change)
        found.append(one)
    return replace(
        Plan.of(found, created_at=now(), org=org),
        settings_digest=hashlib.sha256(
            json.dumps(asdict(analysis.settings), sort_keys=True).encode()
        ).hexdigest(),
        run_ids=analysis.run_ids,
        weak=analysis.weak,
    )


def _demand_same_org(analysis: Analysis, org: OrgIdentity) -> None:
    """Bare files tell neither org nor host and may be for any org."""
    here = analysis.org_id in (None, org.org_id) and analysis.host in (None, org.host)
    if here:
        return
    runs = f"Run {', '.join(analysis.run_ids)} was" if len(analysis.run_ids) == 1 else "These runs were"
    raise WrongOrgError(
        f"{runs} measured in org {analysis.org_id or '(id unknown)'} at {analysis.host or 'another host'}; "
        f"you are connected to org {org.org_id} ({org.org_name}) at {org.host}.",
        hint="Choose the profile or credentials of the org that was measured, or measure this one: "
        "diag measure",
    )


def read_or_skip(read: ReadConfig, action_id: str, action_name: str) -> FullConfig | Skipped:
    """Return the action as it is now, whole and changeable, or why it cannot be planned.

    A login or permission error is raised: every further action would fail alike.
    """
    try:
        full = read(action_id)
        if full.action.configurable:
            full.action.require_whole()
    except NotFoundError:
        return Skipped(action_id, action_name, "it does not exist in this org")
    except ApiError as error:
        if error.category == "auth":
            raise
        return Skipped(action_id, action_name, f"it could not be read: {error.message}")
    reason = full.action.not_configurable_reason
    return full if reason is None else Skipped(action_id, action_name, reason)


def change_of(
    full: FullConfig,
    after_timeout_s: int,
    reason: str,
    *,
    evidence: Evidence | None = None,
    forced: bool = False,
    undoes: str | None = None,
) -> Change:
    """Return the change that sets `after_timeout_s` on an action as it is now.

    Raises UnexpectedReplyError for one that is not whole (`Action.require_whole`).
    """
    config = full.action.require_whole()
    salt = new_salt()
    fields = fields_of(full, salt)
    return Change(
        action_id=full.action.id,
        action_name=full.action.name,
        before_timeout_s=config.timeout_s,
        before_is_set=config.timeout_seconds is not None,
        after_timeout_s=after_timeout_s,
        reason=reason,
        action_version=full.action.version,
        fields=fields,
        digest=digest_of(fields),
        salt=salt,
        evidence=evidence,
        forced=forced,
        undoes=undoes,
    )


def _wanted(
    item: Recommendation, read: ReadConfig, weak: Sequence[str], *, force: bool
) -> Change | Skipped | Unchanged:
    """Judge one verdict, first by the data alone, then against the org as it is now."""
    if item.verdict is Verdict.OK:
        return Unchanged(item.action_id, item.action_name, item.reason)
    after = item.recommended_timeout_s
    if item.verdict not in _MAY_CHANGE or after is None:
        return _skipped(item, item.reason)
    objection = objection_to(item, weak)
    if objection and not force:
        return _skipped(item, f"{objection} (--force to set {after} s all the same)")
    if not PLATFORM_MIN_TIMEOUT_S <= after <= PLATFORM_MAX_TIMEOUT_S:
        return _skipped(item, f"{after} s is outside the platform's range of 1 to 60 s")
    full = read_or_skip(read, item.action_id, item.action_name)
    if isinstance(full, Skipped):
        return full
    present_s = full.action.require_whole().timeout_s
    if present_s == after:
        return Unchanged(item.action_id, item.action_name, f"its timeout is {after} s already")
    moved = _moved_since(item, after, present_s)
    if moved and not force:
        return _skipped(item, f"{moved} (--force to set {after} s all the same)")
    return change_of(full, after, item.reason, evidence=_evidence(item), forced=bool(objection or moved))


_MAY_CHANGE: Final = (Verdict.RAISE, Verdict.LOWER, Verdict.UNSTABLE, Verdict.OVER_CAP_USE_ASYNC)


def objection_to(item: Recommendation, weak: Sequence[str] = ()) -> str | None:
    """Return what speaks against setting the recommended number, by the data alone, or None.

    `weak`: what weakens the runs the number comes from (`Analysis.weak`).
    """
    if weak:
        return f"weak evidence: {' '.join(weak).rstrip('.')}"
    if item.verdict is Verdict.UNSTABLE:
        return f"unstable: {item.reason}"
    if item.verdict is Verdict.OVER_CAP_USE_ASYNC:
        return f"beyond the cap: {item.reason}"
    if item.verdict is Verdict.LOWER:
        return objection_to_lowering(item)
    return None


def objection_to_lowering(item: Recommendation) -> str | None:
    """Return why the evidence is too thin to shorten a timeout, or None when it is enough."""
    if item.grade not in ("A", "B"):
        return (
            f"lowering needs calls spread over an hour or more (grade A or B), these are grade {item.grade}"
            if item.grade
            else "lowering needs calls spread over an hour or more (grade A or B), the spread is unknown"
        )
    if item.n_eff is None or item.n_eff < MIN_CALLS_TO_LOWER:
        have = "unknown" if item.n_eff is None else f"{item.n_eff:,.0f}"
        return f"lowering needs {MIN_CALLS_TO_LOWER:,} effective calls, there are {have}"
    return None


def _moved_since(item: Recommendation, after_s: int, present_s: int) -> str | None:
    """Return why the evidence does not fit the timeout now in force, or None when it does."""
    if item.current_timeout_s is not None and item.current_timeout_s != present_s:
        return (
            f"its timeout is {present_s} s now and was {item.current_timeout_s} s when measured: "
            "measure again"
        )
    if after_s < present_s and item.verdict is not Verdict.LOWER:
        return objection_to_lowering(item)
    return None


def _skipped(item: Recommendation, reason: str) -> Skipped:
    return Skipped(item.action_id, item.action_name, reason)


def _evidence(item: Recommendation) -> Evidence:
    return Evidence(
        verdict=str(item.verdict),
        samples=item.samples,
        ok=item.ok,
        timeouts=item.timeouts,
        n_eff=item.n_eff,
        p50_ms=item.p50_ms,
        p95_ms=item.p95_ms,
        p99_ms=item.quantile_ms,
        p99_upper_ms=item.quantile_upper_ms,
        uncapped_timeout_s=item.uncapped_timeout_s,
        cut_off_now=item.cut_off_now,
        cut_off_after=item.cut_off_after,
        grade=item.grade,
        concurrency_share=item.concurrency_share,
        warnings=item.warnings,
    )
