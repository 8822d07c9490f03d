"""From samples to one verdict per action: the steps of statistics.md, section D, in order."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

import numpy as np

from analysis.calls import ActionCalls, Calls, by_action
from analysis.cautions import about_calls, about_load, about_the_clock
from analysis.clock import from_dispatch, on_the_right_clock
from analysis.cost import cost_of, cost_warning
from analysis.estimate import estimate
from analysis.facts import ActionFacts, merge_facts
from analysis.judged_levels import JudgedLevel, about_other_levels, choose_main, judge_level, slowest_proven
from analysis.levels import Levels, split_levels
from analysis.reason import Story, next_command, sentence
from analysis.recommendation import Analysis, Recommendation, Verdict
from analysis.sample_set import SampleSet
from analysis.schema import DEFAULT_TIMEOUT_S, PLATFORM_MAX_TIMEOUT_S, PLATFORM_MIN_TIMEOUT_S, Outcome
from analysis.settings import RecommendSettings, with_overrides
from analysis.shortfall import shortfall
from analysis.stability import find_disagreement
from analysis.time_coverage import time_coverage
from analysis.verdict import Evidence, decide
from analysis.weak_runs import mixed_orgs, run_weaknesses

HARM_ORDER: Final = (
    Verdict.OVER_CAP_USE_ASYNC,
    Verdict.RAISE,
    Verdict.UNSTABLE,
    Verdict.CENSORED_NEEDS_PROBE,
    Verdict.INSUFFICIENT_SAMPLES,
    Verdict.NO_DATA,
    Verdict.LOWER,
    Verdict.OK,
    Verdict.NOT_CONFIGURABLE,
)
"""Callers who lose answers come first, then what is not known, then what only costs."""


def recommend(
    samples: SampleSet,
    facts: Mapping[str, ActionFacts] | None = None,
    settings: RecommendSettings | None = None,
    *,
    overrides: Mapping[str, RecommendSettings] | None = None,
    concurrency_limit: int | None = None,
) -> Analysis:
    """Return the verdict of every action in `samples`, worst harm first.

    `facts` win over those of the runs' manifests; `overrides` are settings by action id and win over the
    `recommend` tables of the workload. Without `concurrency_limit` the newest manifest's is used. No
    sample makes it raise: what cannot be judged says so.
    """
    settings = settings or RecommendSettings()
    known = merge_facts(samples.facts(), facts or {})
    stated = samples.stated_settings()
    limit = concurrency_limit if concurrency_limit is not None else _newest_limit(samples)
    found: dict[str, Recommendation] = {}
    for action in by_action(samples.table):
        fact = known.get(action.action_id, ActionFacts(action.action_id))
        of_action = with_overrides(settings, stated.get(action.action_id, {}))
        of_action = (overrides or {}).get(action.action_id, of_action)
        found[action.action_id] = recommend_action(
            action, fact, of_action, limit, many_looks=action.action_id in samples.settled
        )
    for action_id in samples.facts():
        if action_id not in found:
            nothing = ActionCalls(action_id, "", _no_calls(), 0)
            found[action_id] = recommend_action(nothing, known[action_id], settings, limit)
    return Analysis(
        settings=settings,
        actions=tuple(sorted(found.values(), key=_harm)),
        facts=known,
        skipped=samples.skipped,
        run_ids=tuple(dict.fromkeys(manifest.run_id for manifest in samples.manifests)),
        sandbox=any(manifest.sandbox for manifest in samples.manifests) if samples.manifests else None,
        concurrency_limit=limit,
        weak=(
            *mixed_orgs(samples.manifests),
            *(text for manifest in samples.manifests for text in run_weaknesses(manifest)),
        ),
        org_id=_the_only({manifest.org_id for manifest in samples.manifests}),
        host=_the_only({manifest.host for manifest in samples.manifests}),
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
) -> Recommendation:
    """Return the verdict of one action; `many_looks` as in `judge_level`."""
    settings = with_cap(settings, facts.cap_s)
    timed = on_the_right_clock(action.calls)
    levels = split_levels(timed.calls, facts.production_peak_rate)
    judged = [judge_level(level, settings, many_looks=many_looks) for level in levels.usable]
    main = choose_main(judged, facts.production_peak_rate)
    deciding = slowest_proven(main, judged) if main is not None else None
    calls = deciding.calls if deciding else _no_calls()
    found = deciding.estimate if deciding else estimate(calls, settings)
    proven = [level.estimate.lower_ms for level in judged if level.estimate.lower_ms is not None]
    missing = shortfall(calls, found, settings)
    disagreement = None
    if deciding is not None and found.timeout_s is not None:
        disagreement = find_disagreement(calls, settings)
    current, current_known = _current_timeout(facts, action.calls)
    all_ok, all_timeouts = action.calls.count(Outcome.OK), action.calls.count(Outcome.TIMEOUT)
    evidence = Evidence(
        deciding=found if action.calls and all_ok + all_timeouts else None,
        lower_ms=max(proven, default=None),
        disagreement=disagreement,
        shortfall=missing,
        ok=all_ok,
        timeouts=all_timeouts,
        configurable=facts.configurable,
        current_timeout_s=current,
    )
    decision = decide(evidence, settings)
    coverage = time_coverage(calls.started_at)
    left_out = _left_out(action, judged, levels, deciding)
    level_rate = deciding.rate if deciding else None
    observed = _observed_rate(calls)
    per_s = next((r for r in (facts.production_peak_rate, level_rate, observed) if r is not None), None)
    cost = cost_of(
        found.table if timed.clock == "service" else from_dispatch(calls),
        current,
        decision.timeout_s,
        per_s,
        concurrency_limit,
        confidence=settings.confidence,
        design_effect=found.design_effect,
    )
    name = facts.action_name or action.action_name or action.action_id
    timeouts = calls.count(Outcome.TIMEOUT)
    story = Story(
        verdict=decision.verdict,
        timeout_s=decision.timeout_s,
        uncapped_s=decision.uncapped_s,
        current_timeout_s=current,
        estimate=found,
        disagreement=disagreement,
        lower_ms=evidence.lower_ms,
        timeouts=timeouts,
        given_up=calls.count(Outcome.CLIENT_TIMEOUT),
        censored=found.samples - found.ok,
        shortfall=missing,
        cut_off_now=cost.cut_off_now,
        coverage=coverage,
        left_out_by_reason=tuple(left_out.items()),
        not_configurable_reason=facts.not_configurable_reason,
        saturated_because=levels.saturated[0].saturated_because if levels.saturated and not judged else None,
        saturated_rate=levels.saturated[0].rate if levels.saturated else None,
    )
    warnings = about_load(levels, facts)
    if deciding is not None:
        warnings += about_other_levels(judged, main, deciding)
        warnings += about_the_clock(timed)
        warnings += about_calls(calls, deciding.warm_up, found, coverage, settings)
    if not current_known and facts.configurable:
        warnings.append(f"the timeout in force is not known; {current} s (the platform's default) is assumed")
    expensive = cost_warning(cost, concurrency_limit)
    short = decision.verdict is Verdict.INSUFFICIENT_SAMPLES
    return Recommendation(
        action_id=action.action_id,
        action_name=name,
        verdict=decision.verdict,
        reason=sentence(story, settings),
        next_command=next_command(story, name, settings),
        recommended_timeout_s=decision.timeout_s,
        uncapped_timeout_s=decision.uncapped_s,
        current_timeout_s=current if current_known else None,
        timeout_is_set=facts.timeout_is_set,
        samples=found.samples,
        ok=found.ok,
        timeouts=timeouts,
        censored=found.samples - found.ok,
        left_out=sum(left_out.values()),
        left_out_by_reason=left_out,
        p50_ms=found.p50_ms,
        p95_ms=found.p95_ms,
        p99_ms=found.quantile_ms,
        p99_upper_ms=found.upper_ms,
        p99_lower_ms=found.lower_ms,
        p99_with_warm_up_ms=deciding.quantile_with_warm_up_ms if deciding else None,
        p99_fast_part_ms=disagreement.faster.quantile_ms if disagreement else None,
        p99_slow_part_ms=disagreement.slower.quantile_ms if disagreement else None,
        n_eff=found.n_eff if found.samples else None,
        design_effect=found.design_effect if found.samples else None,
        calls_needed=missing.calls_needed if short else None,
        far_seeing_calls=missing.far_seeing if missing.limited_by_the_timeout else None,
        still_running=story.given_up,
        confidence_max_seen=missing.confidence_max_seen if found.samples else None,
        cut_off_now=cost.cut_off_now,
        cut_off_after=cost.cut_off_after,
        cut_off_after_at_most=cost.cut_off_after_at_most,
        worst_wait_s=cost.worst_wait_s,
        grade=coverage.grade if found.samples else None,
        windows=coverage.windows if found.samples else None,
        span_s=coverage.span_s if found.samples else None,
        level_rate=level_rate,
        observed_rate=observed,
        hung_backend_slots=cost.hung_backend_slots,
        concurrency_share=cost.concurrency_share,
        safe_rate=cost.safe_rate,
        clock=timed.clock,
        warnings=(*warnings, *([expensive] if expensive else [])),
    )


def _left_out(
    action: ActionCalls, judged: list[JudgedLevel], levels: Levels, deciding: JudgedLevel | None
) -> dict[str, int]:
    counts: Counter[str] = Counter()
    counts["retry"] = action.retries
    for level in judged:
        counts.update(level.refused)
        counts["warm_up"] += len(level.warm_up)
        if level is not deciding:
            counts["other_load_level"] += len(level.calls)
    for saturated in levels.saturated:
        counts["saturated_load_level"] += len(saturated.calls)
    used = sum(counts.values()) + (len(deciding.calls) if deciding else 0)
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


def _observed_rate(calls: Calls) -> float | None:
    """Calls per second while calls were being made."""
    measured = time_coverage(calls.started_at).measured_s
    return len(calls) / measured if measured > 0 else None


def with_cap(settings: RecommendSettings, cap_s: int | None) -> RecommendSettings:
    """Return the settings with the cap of one action, if it has its own."""
    if cap_s is None:
        return settings
    cap = min(max(cap_s, PLATFORM_MIN_TIMEOUT_S), PLATFORM_MAX_TIMEOUT_S)
    return replace(settings, cap_s=cap, floor_s=min(settings.floor_s, cap))


def _newest_limit(samples: SampleSet) -> int | None:
    known = [one for one in samples.manifests if one.concurrency_limit is not None]
    return max(known, key=lambda one: one.created_at).concurrency_limit if known else None


def _no_calls() -> Calls:
    none = np.zeros(0)
    return Calls(
        none, none, none, none, none, none,
        np.zeros(0, np.int8), np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, np.bool_),
        np.zeros(0, np.int64),
    )  # fmt: skip


def _harm(recommendation: Recommendation) -> tuple[int, float, str, str]:
    return (
        HARM_ORDER.index(recommendation.verdict),
        -(recommendation.cut_off_now or 0.0),
        recommendation.action_name,
        recommendation.action_id,
    )
