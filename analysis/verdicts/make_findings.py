"""What one action's calls show, before any verdict: the steps of docs/method.md up to the number."""

from collections import Counter
from dataclasses import replace

import numpy as np

from analysis.coverage.hours_seen import hours_of_calls
from analysis.coverage.time_coverage import TimeCoverage, time_coverage
from analysis.estimates.calls_missing import shortfall
from analysis.estimates.enough_at_look import stopped_because
from analysis.estimates.findings import Findings
from analysis.estimates.given_up import given_up_by_backend
from analysis.estimates.judge_action import JudgedAction, judge_action
from analysis.estimates.late_change import find_late_change
from analysis.estimates.level_estimates import about_other_levels
from analysis.estimates.service_time import from_dispatch
from analysis.estimates.stability import find_disagreement
from analysis.format.action_facts import ActionFacts
from analysis.format.sample_schema import Outcome
from analysis.long_arrays.growing import grown
from analysis.recommend_settings import RecommendSettings
from analysis.samples.action_calls import NO_CALLS, ActionCalls, Calls
from analysis.samples.outcomes_that_count import ERRORS
from analysis.typed_command import Asked
from analysis.verdicts.recommendation import Verdict
from analysis.verdicts.sentences.warning_sentences import (
    about_calls,
    about_inputs,
    about_load,
    about_the_clock,
    about_wandering,
)
from analysis.verdicts.timeout_in_force import current_timeout, timeouts_that_fired
from analysis.verdicts.which_verdict import decide


def findings(
    action: ActionCalls,
    facts: ActionFacts,
    settings: RecommendSettings,
    *,
    many_looks: bool,
    zone: str | None = None,
    asked: Asked | None = None,
    direct: bool = False,
) -> Findings:
    """Return everything known of one action from its calls, before any verdict; `zone` and `asked` as in
    `analysis.verdicts.recommend`, with the rules. `direct`: they went straight to the backend."""
    again = asked or Asked()
    judged = judge_action(action.calls, facts.production_peak_rate, settings, many_looks=many_looks)
    deciding = judged.deciding
    calls, estimate = deciding.calls, deciding.estimate
    slow_ms = np.inf if estimate.p95_ms is None else estimate.p95_ms
    hours = hours_of_calls(
        calls.started_at,
        grown(np.bool_, (piece.latency_ms > slow_ms for piece in calls.pieces())),
        facts.production_week,
        zone,
        design_effect=estimate.design_effect,
    )
    coverage = time_coverage(calls.started_at, hours)
    # What ended a direct call is a deadline of ours, which need not be the action's timeout.
    current, current_known = current_timeout(facts, NO_CALLS if direct else action.calls)
    warnings = _warnings(judged, facts, coverage, settings, again, many_looks=many_looks)
    parts = None
    if estimate.timeout_s is not None:
        parts = find_disagreement(calls, settings)
    warnings += about_wandering(parts, settings)
    no_number = estimate.timeout_s is None or estimate.timeout_s > settings.cap_s
    if not current_known and facts.configurable:
        warnings.append(f"the current timeout is unknown; {current} s (the platform's default) is assumed")
    saturated_because, saturated_rate = _saturated(judged)
    observed = _rate_while_calling(calls, coverage)
    found = Findings(
        action_id=action.action_id,
        action_name=facts.action_name or action.action_name or action.action_id,
        facts=facts,
        estimate=estimate,
        any_answer=action.calls.count(Outcome.OK, Outcome.CONTRACT_ERROR, Outcome.TIMEOUT) > 0,
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
        fired_s=timeouts_that_fired(calls),
        input_origins=calls.origins(),
        errors=calls.ran().count(*ERRORS),
        contract_errors=calls.count(Outcome.CONTRACT_ERROR),
        given_up=calls.count(Outcome.CLIENT_TIMEOUT),
        left_out=_left_out(action, judged),
        saturated_because=saturated_because,
        saturated_rate=saturated_rate,
        quantile_with_warm_up_ms=deciding.quantile_with_warm_up_ms,
        level_rate=deciding.rate,
        observed_rate=observed,
        expected_rate=_first_known(facts.production_peak_rate, deciding.rate, observed),
        clock=judged.timed.clock,
        judged=judged,
        backend_alone=direct,
        warnings=tuple(warnings),
        asked=again,
    )
    if parts is not None or estimate.timeout_s is None:
        return found
    return replace(found, disagreement=find_late_change(calls, _to_be_kept(found, settings), settings))


def _to_be_kept(found: Findings, settings: RecommendSettings) -> int:
    """The number that must hold for the calls to come: what would be set or stay, were nothing to change."""
    assert found.estimate.timeout_s is not None
    decided = decide(found, settings)
    kept = decided.verdict in (Verdict.OK, Verdict.RAISE, Verdict.LOWER)
    return decided.timeout_s if kept and decided.timeout_s is not None else found.estimate.timeout_s


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


def _rate_while_calling(calls: Calls, coverage: TimeCoverage) -> float | None:
    """Calls per second while calls were being made."""
    return len(calls) / coverage.measured_s if coverage.measured_s > 0 else None
