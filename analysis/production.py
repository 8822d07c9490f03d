"""Verdicts from production telemetry: the same bounds and verdicts as from a test, without any load."""

from collections.abc import Mapping, Sequence
from typing import Final

from analysis.buckets import MIN_HOURS, BucketCounts, consistent, estimate_from_buckets
from analysis.cost import cost_of, cost_warning
from analysis.estimate import Estimate
from analysis.facts import ActionFacts
from analysis.reason import Story, next_command, sentence
from analysis.recommend import HARM_ORDER, with_cap
from analysis.recommendation import Analysis, Recommendation, Verdict
from analysis.schema import DEFAULT_TIMEOUT_S
from analysis.settings import RecommendSettings
from analysis.shortfall import shortfall_of
from analysis.stability import MIN_RUN_CALLS, Disagreement, disagreement_between
from analysis.time_coverage import TimeCoverage, grade_of
from analysis.verdict import Evidence, decide

HOUR_S: Final = 3600.0
WINDOWS_PER_HOUR: Final = 12
"""As in `time_coverage`: five minutes with calls are one separate look."""
NOT_DOCUMENTED: Final = (
    "production counts: the platform does not document whether failed and test executions are among them"
)


def recommend_from_buckets(
    counts: Sequence[BucketCounts],
    facts: Mapping[str, ActionFacts] | None = None,
    settings: RecommendSettings | None = None,
    *,
    concurrency_limit: int | None = None,
) -> Analysis:
    """Return a verdict per action from its executions per hour and whole second, marked as production."""
    settings = settings or RecommendSettings()
    known = facts or {}
    found = [
        _recommend_one(one, known.get(one.action_id, ActionFacts(one.action_id)), settings, concurrency_limit)
        for one in counts
    ]
    found.sort(key=lambda one: (HARM_ORDER.index(one.verdict), -(one.cut_off_now or 0.0), one.action_name))
    return Analysis(settings, tuple(found), known, concurrency_limit=concurrency_limit)


def _recommend_one(
    raw: BucketCounts, facts: ActionFacts, settings: RecommendSettings, concurrency_limit: int | None
) -> Recommendation:
    settings = with_cap(settings, facts.cap_s)
    counts, mended = consistent(raw)
    found = estimate_from_buckets(counts, settings)
    known = facts.current_timeout_s is not None
    current = facts.current_timeout_s or max((len(h.below) for h in counts.hours), default=DEFAULT_TIMEOUT_S)
    coverage = _coverage(counts)
    missing = shortfall_of(found, found.samples, 0, settings)
    disagreement = _drift_between_days(counts, settings) if found.timeout_s is not None else None
    evidence = Evidence(
        deciding=found if found.samples else None,
        lower_ms=found.lower_ms,
        disagreement=disagreement,
        shortfall=missing,
        ok=found.ok,
        timeouts=found.samples - found.ok,
        configurable=facts.configurable,
        current_timeout_s=current,
    )
    decision = decide(evidence, settings)
    rate = found.samples / (len(counts.hours) * HOUR_S) if counts.hours else None
    busiest = max((hour.total for hour in counts.hours), default=0) / HOUR_S
    cost = cost_of(
        found.table,
        current,
        decision.timeout_s,
        facts.production_peak_rate or busiest or None,
        concurrency_limit,
        confidence=settings.confidence,
        design_effect=found.design_effect,
    )
    story = Story(
        verdict=decision.verdict,
        timeout_s=decision.timeout_s,
        uncapped_s=decision.uncapped_s,
        current_timeout_s=current,
        estimate=found,
        disagreement=disagreement,
        lower_ms=evidence.lower_ms,
        timeouts=evidence.timeouts,
        given_up=0,
        censored=evidence.timeouts,
        shortfall=missing,
        cut_off_now=cost.cut_off_now,
        coverage=coverage,
        left_out_by_reason=(),
        not_configurable_reason=facts.not_configurable_reason,
        saturated_because=None,
        production=True,
    )
    name = facts.action_name or raw.action_id
    expensive = cost_warning(cost, concurrency_limit)
    short = decision.verdict is Verdict.INSUFFICIENT_SAMPLES
    return Recommendation(
        action_id=raw.action_id,
        action_name=name,
        verdict=decision.verdict,
        reason=sentence(story, settings),
        next_command=next_command(story, name, settings),
        source="production",
        recommended_timeout_s=decision.timeout_s,
        uncapped_timeout_s=decision.uncapped_s,
        current_timeout_s=current if known else None,
        timeout_is_set=facts.timeout_is_set,
        samples=found.samples,
        ok=found.ok,
        timeouts=evidence.timeouts,
        censored=evidence.timeouts,
        p50_ms=found.p50_ms,
        p95_ms=found.p95_ms,
        p99_ms=found.quantile_ms,
        p99_upper_ms=found.upper_ms,
        p99_lower_ms=found.lower_ms,
        p99_fast_part_ms=disagreement.faster.quantile_ms if disagreement else None,
        p99_slow_part_ms=disagreement.slower.quantile_ms if disagreement else None,
        n_eff=found.n_eff if found.samples else None,
        design_effect=found.design_effect if found.samples else None,
        calls_needed=missing.calls_needed if short else None,
        confidence_max_seen=missing.confidence_max_seen if found.samples else None,
        cut_off_now=cost.cut_off_now,
        cut_off_after=cost.cut_off_after,
        cut_off_after_at_most=cost.cut_off_after_at_most,
        worst_wait_s=cost.worst_wait_s,
        grade=coverage.grade if found.samples else None,
        windows=coverage.windows if found.samples else None,
        span_s=coverage.span_s if found.samples else None,
        level_rate=facts.production_peak_rate,
        observed_rate=rate,
        hung_backend_slots=cost.hung_backend_slots,
        concurrency_share=cost.concurrency_share,
        safe_rate=cost.safe_rate,
        warnings=tuple(_warnings(counts, mended, expensive)),
    )


def _warnings(counts: BucketCounts, mended: int, expensive: str | None) -> list[str]:
    lines = [NOT_DOCUMENTED]
    if mended:
        hours = "1 hour" if mended == 1 else f"{mended} hours"
        lines.append(f"{hours} had counts that contradict each other and were mended")
    if len(counts.hours) < MIN_HOURS:
        few = len(counts.hours)
        lines.append(
            f"only {few} {'hour' if few == 1 else 'hours'} with executions: "
            "whether slow ones come in bursts cannot be told"
        )
    return [*lines, expensive] if expensive else lines


def _coverage(counts: BucketCounts) -> TimeCoverage:
    if not counts.hours:
        return TimeCoverage(0, 0.0, 0.0, "C")
    starts = [hour.started_at for hour in counts.hours]
    span = max(starts) - min(starts) + HOUR_S
    windows = sum(min(WINDOWS_PER_HOUR, hour.total) for hour in counts.hours)
    measured = len(counts.hours) * HOUR_S
    # Too few hours to see bursts are too few to lower a timeout on, however many executions they hold.
    grade = grade_of(windows, span, measured) if len(counts.hours) >= MIN_HOURS else "C"
    return TimeCoverage(windows, span, measured, grade)


def _drift_between_days(counts: BucketCounts, settings: RecommendSettings) -> Disagreement | None:
    """Days are the runs of production: do two of them disagree?"""
    days: dict[int, list[int]] = {}
    for index, hour in enumerate(counts.hours):
        days.setdefault(int(hour.started_at // 86_400), []).append(index)
    estimates: list[Estimate] = []
    for _, indices in sorted(days.items()):
        day = BucketCounts(counts.action_id, tuple(counts.hours[index] for index in indices))
        if day.executions >= MIN_RUN_CALLS:
            estimates.append(estimate_from_buckets(day, settings))
    return disagreement_between(estimates, settings, "days")
