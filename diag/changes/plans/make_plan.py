"""From verdicts to a plan: which timeouts will be set, which are right, which are left alone and why."""

import hashlib
import json
import time
from collections.abc import Callable
from dataclasses import asdict, replace
from typing import Final

from analysis.verdicts.recommendation import Analysis, Recommendation
from analysis.verdicts.sentences.why_not_set import objection_in_org, objection_to
from diag.changes.change_errors import WrongOrgError
from diag.changes.plans.number_to_set import number_to_set, skipped_for
from diag.changes.plans.only_and_skip import Scope
from diag.changes.plans.plan import (
    Change,
    Evidence,
    OrgIdentity,
    Plan,
    PlanItem,
    PlanOptions,
    SkippedChange,
    Unchanged,
)
from diag.changes.plans.planned_change import ReadConfig, change_of, read_or_skip

_ALL: Final = PlanOptions()


def make_plan(
    analysis: Analysis,
    read: ReadConfig,
    org: OrgIdentity,
    options: PlanOptions = _ALL,
    *,
    now: Callable[[], float] = time.time,
) -> Plan:
    """Return the plan an analysis leads to; `read` is asked only for actions that may change.

    `max_changes` keeps the first ones (the analysis has the most severe first) and skips the rest.
    A permission or login error of `read` is raised: the plan would be empty for the wrong reason.
    Raises WrongOrgError when the runs were measured elsewhere than in `org`, `force` or not.
    """
    _demand_same_org(analysis, org)
    known = [(item.action_id, item.action_name) for item in analysis.actions]
    scope = Scope.of(known, options.only, options.skip)
    items: list[PlanItem] = []
    changes = 0
    for recommended in analysis.actions:
        item: PlanItem
        if out_of_scope := scope.leaves_out(recommended.action_id):
            item = _skipped(recommended, out_of_scope)
        else:
            item = _planned(recommended, read, force=options.force)
        most = options.max_changes
        if isinstance(item, Change) and most is not None and changes >= most:
            item = _skipped(recommended, f"over --max-changes {most}; apply again for the rest")
        changes += isinstance(item, Change)
        items.append(item)
    settings = json.dumps(asdict(analysis.settings), sort_keys=True)
    return replace(
        Plan.of(items, created_at=now(), org=org),
        settings_digest=hashlib.sha256(settings.encode()).hexdigest(),
        run_ids=analysis.run_ids,
        weak=analysis.weak,
    )


def _demand_same_org(analysis: Analysis, org: OrgIdentity) -> None:
    """Bare files name neither org nor host and may be for any org."""
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


def _planned(item: Recommendation, read: ReadConfig, *, force: bool) -> PlanItem:
    """Judge one verdict, first by the data alone, then against the org as it is now."""
    number = number_to_set(item, force=force)
    if not isinstance(number, int):
        return number
    return _planned_in_org(item, read, number, force=force, overruled=objection_to(item) is not None)


def _planned_in_org(
    item: Recommendation, read: ReadConfig, after_timeout_s: int, *, force: bool, overruled: bool
) -> PlanItem:
    """Judge a number that may be set against the action as it is now."""
    full = read_or_skip(read, item.action_id, item.action_name)
    if isinstance(full, SkippedChange):
        return full
    before_timeout_s = full.action.require_whole().timeout_s
    if before_timeout_s == after_timeout_s:
        return Unchanged(item.action_id, item.action_name, f"its timeout is {after_timeout_s} s already")
    objection = objection_in_org(item, before_timeout_s, after_timeout_s)
    if objection and not force:
        return skipped_for(item, objection)
    forced = overruled or objection is not None
    return change_of(full, after_timeout_s, item.reason, evidence=_evidence(item), forced=forced)


def _skipped(item: Recommendation, reason: str) -> SkippedChange:
    return SkippedChange(item.action_id, item.action_name, reason)


def _evidence(item: Recommendation) -> Evidence:
    """The fields a plan file keeps of a recommendation; its format has other names for the quantile."""
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
        invented_share=item.invented_share,
        percentile=item.percentile,
        source=item.source,
        promised_share=item.promised_share,
        warnings=item.warnings,
    )
