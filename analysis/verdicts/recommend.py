"""From samples to one verdict per action: the steps of docs/method.md, in order."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from analysis.coverage.hours_seen import hours_of_calls
from analysis.coverage.time_coverage import TimeCoverage, time_coverage
from analysis.estimates.calls_missing import shortfall
from analysis.estimates.enough import stopped_because
from analysis.estimates.findings import Findings
from analysis.estimates.given_up import given_up_by_backend
from analysis.estimates.judge_action import JudgedAction, judge_action
from analysis.estimates.late_change import find_late_change
from analysis.estimates.level_estimates import about_other_levels
from analysis.estimates.service_time import from_dispatch
from analysis.estimates.stability import find_disagreement
from analysis.format.action_facts import ActionFacts, merge_facts
from analysis.format.call_record import OUTCOME_CODES
from analysis.format.sample_schema import DEFAULT_TIMEOUT_S, Outcome
from analysis.runs.pace import Spans, pace, run_spans, together
from analysis.runs.refusals import why_refused
from analysis.samples.action_calls import ERRORS, NO_CALLS, ActionCalls, Calls, by_action
from analysis.samples.run_weaknesses import mixed_orgs, run_weaknesses
from analysis.samples.sample_set import SampleSet
from analysis.settings import RecommendSettings, with_cap, with_overrides
from analysis.typed_command import Asked, unclear_names
from analysis.verdicts.caveats import (
    about_calls,
    about_inputs,
    about_load,
    about_other_tools,
    about_the_clock,
    about_wandering,
)
from analysis.verdicts.judge import judge
from analysis.verdicts.recommendation import Analysis, Recommendation
from analysis.verdicts.severity import harm


def recommend(
    samples: SampleSet,
    facts: Mapping[str, ActionFacts] | None = None,
    settings: RecommendSettings | None = None,
    *,
    overrides: Mapping[str, RecommendSettings] | None = None,
    concurrency_limit: int | None = None,
    asked: Asked | None = None,
    zone: str | None = None,
) -> Analysis:
    """Return the verdict of every action in `samples`, worst harm first.

    `facts` win over those of the runs' manifests; `overrides` are settings by action id and win over the
    `recommend` tables of the workload. Without `concurrency_limit` the newest manifest's is used.
    `asked` is what the next commands repeat to judge the same calls; the rules among it are `settings`.
    `zone` (an IANA name) is whose clock hours are shown on, where it is not known when production calls.
    No sample makes it raise: an action that cannot be judged gets a verdict that states why.
    """
    settings = settings or RecommendSettings()
    known = merge_facts(samples.facts(), facts or {})
    stated = samples.stated_settings()
    weak = (
        *mixed_orgs(samples.manifests),
        *(text for manifest in samples.manifests for text in run_weaknesses(manifest)),
    )
    limit = concurrency_limit if concurrency_limit is not None else _newest_limit(samples)
    again = (asked or Asked()).by(settings)
    found: list[tuple[Findings, RecommendSettings, Spans]] = []
    whole: Spans = {}
    for action in by_action(samples.table):
        fact = known.get(action.action_id, ActionFacts(action.action_id))
        own = with_overrides(settings, stated.get(action.action_id, {}))
        own = (overrides or {}).get(action.action_id, own)
        many_looks = action.action_id in samples.settled
        of_action = replace(
            _findings_under_cap(action, fact, own, many_looks=many_looks, asked=again, zone=zone),
            weak_runs=weak,
        )
        if (others := samples.other_tools.get(action.action_id)) is not None:
            of_action = replace(
                of_action,
                measured_by=others.titles,
                warnings=(*of_action.warnings, *about_other_tools(others)),
            )
        if not of_action.any_answer:
            of_action = replace(of_action, refusal=why_refused(action.calls, samples.table))
        spans = run_spans(action.calls)
        whole = together(whole, spans)
        found.append((of_action, with_cap(own, fact.cap_s), spans))
    waiting = {one.action_id: one.cost_table for one, _, _ in found}
    for action_id in samples.facts():
        if action_id not in waiting:
            fact, nothing = known[action_id], ActionCalls(action_id, "", NO_CALLS, 0)
            of_none = _findings_under_cap(nothing, fact, settings, many_looks=False, asked=again, zone=zone)
            found.append((of_none, with_cap(settings, fact.cap_s), run_spans(NO_CALLS)))
    sandbox = any(manifest.sandbox for manifest in samples.manifests) if samples.manifests else None
    unclear = unclear_names((one.action_id, one.action_name) for one, _, _ in found)
    verdicts = [
        judge(
            replace(
                one,
                pace=pace(one.estimate.samples, spans, whole),
                name_is_clear=one.action_id not in unclear,
                in_sandbox=bool(sandbox),
            ),
            own,
            limit,
        )
        for one, own, spans in found
    ]
    return Analysis(
        settings=settings,
        actions=tuple(sorted(verdicts, key=harm)),
        facts=known,
        skipped=samples.skipped,
        run_ids=tuple(dict.fromkeys(manifest.run_id for manifest in samples.manifests)),
        sandbox=sandbox,
        concurrency_limit=limit,
        weak=weak,
        org_id=_the_only({manifest.org_id for manifest in samples.manifests}),
        host=_the_only({manifest.host for manifest in samples.manifests}),
        waiting=waiting,
    )


def _the_only(values: set[str | None]) -> str | None:
    return next(iter(values)) if len(values) == 1 else None


def recommend_action(
    action: ActionCalls,
    facts: ActionFacts,
    settings: RecommendSettings,
    concurrency_limit: int | None = None,
    *,
    many_looks: bool = False,
    asked: Asked | None = None,
) -> Recommendation:
    """Return the verdict of one action; `many_looks` as in `judge_level`, `asked` as in `recommend`.

    Slower calls never lower the number, unless `design_effect`, `level_rate` or the verdict `unstable`
    changed, or calls were cut off after different times (tests/unit/analysis/verdicts/test_monotone.py).
    """
    again = (asked or Asked()).by(settings)
    known = _findings_under_cap(action, facts, settings, many_looks=many_looks, asked=again, zone=None)
    spans = run_spans(action.calls)
    known = replace(known, pace=pace(known.estimate.samples, spans, spans))
    return judge(known, with_cap(settings, facts.cap_s), concurrency_limit)


def _findings_under_cap(
    action: ActionCalls,
    facts: ActionFacts,
    settings: RecommendSettings,
    *,
    many_looks: bool,
    asked: Asked,
    zone: str | None,
) -> Findings:
    capped = with_cap(settings, facts.cap_s)
    return findings(action, facts, capped, many_looks=many_looks, zone=zone, asked=asked)


def findings(
    action: ActionCalls,
    facts: ActionFacts,
    settings: RecommendSettings,
    *,
    many_looks: bool,
    zone: str | None = None,
    asked: Asked | None = None,
) -> Findings:
    """Return everything known of one action from its calls, before any verdict; `zone` and `asked` as in
    `recommend`, with the rules."""
    again = asked or Asked()
    judged = judge_action(action.calls, facts.production_peak_rate, settings, many_looks=many_looks)
    deciding = judged.deciding
    calls, estimate = deciding.calls, deciding.estimate
    slower = calls.latency_ms > (np.inf if estimate.p95_ms is None else estimate.p95_ms)
    hours = hours_of_calls(
        calls.started_at, slower, facts.production_week, zone, design_effect=estimate.design_effect
    )
    coverage = time_coverage(calls.started_at, hours)
    current, current_known = _current_timeout(facts, action.calls)
    warnings = _warnings(judged, facts, coverage, settings, again, many_looks=many_looks)
    parts = None
    if estimate.timeout_s is not None:
        parts = find_disagreement(calls, settings) or find_late_change(calls, estimate.timeout_s, settings)
    warnings += about_wandering(parts, settings)
    no_number = estimate.timeout_s is None or estimate.timeout_s > settings.cap_s
    if not current_known and facts.configurable:
        warnings.append(f"the current timeout is unknown; {current} s (the platform's default) is assumed")
    saturated_because, saturated_rate = _saturated(judged)
    observed = _rate_while_calling(calls, coverage)
    return Findings(
        action_id=action.action_id,
        action_name=facts.action_name or action.action_name or action.action_id,
        facts=facts,
        estimate=estimate,
        any_answer=action.calls.count(Outcome.OK, Outcome.TIMEOUT) > 0,
        shortfall=shortfall(calls, estimate, settings),
        coverage=coverage,
        current_timeout_s=current,
        current_known=current_known,
        timeouts=calls.count(Outcome.TIMEOUT),
        cost_table=estimate.table if judged.timed.clock == "service" else from_dispatch(calls),
        lower_ms=judged.proven_ms,
        enough=stopped_because(calls, deciding.warm_up, settings) if many_looks and no_number else None,
        given_up_by_backend=given_up_by_backend(calls, settings) if estimate.timeout_s is None else None,
        disagreement=parts,
        fired_s=_fired(calls),
        input_origins=calls.origins(),
        errors=calls.count(*ERRORS),
        given_up=calls.count(Outcome.CLIENT_TIMEOUT),
        left_out=_left_out(action, judged),
        saturated_because=saturated_because,
        saturated_rate=saturated_rate,
        quantile_with_warm_up_ms=deciding.quantile_with_warm_up_ms,
        level_rate=deciding.rate,
        observed_rate=observed,
        expected_rate=_first_known(facts.production_peak_rate, deciding.rate, observed),
        clock=judged.timed.clock,
        warnings=tuple(warnings),
        asked=again,
    )


def _warnings(
    judged: JudgedAction,
    facts: ActionFacts,
    coverage: TimeCoverage,
    settings: RecommendSettings,
    asked: Asked,
    *,
    many_looks: bool,
) -> list[str]:
    lines = about_load(judged.levels, facts)
    if judged.main is not None:
        lines += about_other_levels(judged.judged, judged.main, judged.deciding)
        lines += about_the_clock(judged.timed)
        lines += about_calls(judged.deciding, coverage, settings, asked if many_looks else None)
        lines += about_inputs(judged.deciding.calls.origins(), len(judged.deciding.calls), asked)
    return lines


def _saturated(judged: JudgedAction) -> tuple[str | None, float | None]:
    """Why, and from which rate on, every level tested was saturated; (None, None) where any was usable."""
    if judged.judged or not judged.levels.saturated:
        return None, None
    lowest = judged.levels.saturated[0]
    observed = _rate_while_calling(lowest.calls, time_coverage(lowest.calls.started_at))
    return lowest.saturated_because, lowest.rate or observed


def _first_known(*rates: float | None) -> float | None:
    return next((rate for rate in rates if rate is not None), None)


def _left_out(action: ActionCalls, judged: JudgedAction) -> dict[str, int]:
    counts: Counter[str] = Counter()
    counts["retry"] = action.retries
    for level in judged.judged:
        counts.update(level.refused)
        counts["warm_up"] += len(level.warm_up)
        if level is not judged.deciding:
            counts["other_load_level"] += len(level.calls)
    for saturated in judged.levels.saturated:
        counts["saturated_load_level"] += len(saturated.calls)
    used = sum(counts.values()) + len(judged.deciding.calls)
    counts["load_level_above_peak"] = len(action.calls) + action.retries - used
    return {reason: count for reason, count in counts.items() if count}


def _current_timeout(facts: ActionFacts, calls: Calls) -> tuple[int, bool]:
    """The timeout in force: as declared, else as the latest published call had it, else the default."""
    if facts.current_timeout_s is not None:
        return facts.current_timeout_s, True
    published = np.flatnonzero(~calls.draft & ~np.isnan(calls.timeout_s))
    if published.size:
        latest = published[np.argmax(calls.started_at[published])]
        return int(calls.timeout_s[latest]), True
    return DEFAULT_TIMEOUT_S, False


def _fired(calls: Calls) -> tuple[int, int] | None:
    """The shortest and the longest timeout that cut a call off; None where any of them is unknown."""
    fired = calls.timeout_s[calls.outcome == OUTCOME_CODES[Outcome.TIMEOUT]]
    if not fired.size or np.isnan(fired).any():
        return None
    return int(fired.min()), int(fired.max())


def _rate_while_calling(calls: Calls, coverage: TimeCoverage) -> float | None:
    """Calls per second while calls were being made."""
    return len(calls) / coverage.measured_s if coverage.measured_s > 0 else None


def _newest_limit(samples: SampleSet) -> int | None:
    known = [manifest for manifest in samples.manifests if manifest.concurrency_limit is not None]
    return max(known, key=lambda manifest: manifest.created_at).concurrency_limit if known else None
