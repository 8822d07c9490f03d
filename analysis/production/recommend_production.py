"""Verdicts from production telemetry: the same bounds and verdicts as from a test, without any load."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from analysis.coverage.hours_seen import HoursSeen
from analysis.coverage.time_coverage import TimeCoverage, grade_of
from analysis.estimates.calls_missing import shortfall_of
from analysis.estimates.estimate import Estimate
from analysis.estimates.findings import Findings, TelemetryFindings
from analysis.estimates.stability import MIN_RUN_CALLS, Disagreement, disagreement_between
from analysis.format.action_facts import ActionFacts
from analysis.format.timeout_limits import DEFAULT_TIMEOUT_S
from analysis.number_words import noun, percent, plural
from analysis.production.estimate_from_buckets import estimate_from_buckets
from analysis.production.hourly_counts import MIN_HOURS, BucketCounts, consistent
from analysis.production.week_of_production import hours_of_counts
from analysis.recommend_settings import RecommendSettings, with_cap
from analysis.typed_command import Asked, unclear_names
from analysis.verdicts.judge import judge
from analysis.verdicts.recommendation import Analysis
from analysis.verdicts.severity import severity

HOUR_S: Final = 3600.0
TO_PLAN: Final = "diag observe --out plan.json"
WINDOWS_PER_HOUR: Final = 12
"""As in `time_coverage`: five minutes with calls count as one separate window."""
NOT_DOCUMENTED: Final = (
    "production counts may include failed and test executions: the platform does not document it"
)
TESTS_NOT_DOCUMENTED: Final = (
    "production counts: the platform does not document whether test executions are among them"
)


def recommend_from_buckets(
    counts: Sequence[BucketCounts],
    facts: Mapping[str, ActionFacts] | None = None,
    settings: RecommendSettings | None = None,
    *,
    concurrency_limit: int | None = None,
    asked: Asked | None = None,
    telemetry: Mapping[str, TelemetryFindings] | None = None,
    zone: str | None = None,
) -> Analysis:
    """Return a verdict per action from its executions per hour and whole second, marked as production.

    `asked` is what the next commands repeat beside the rules; `telemetry`, by action id, says how more
    executions are read (without it the next command measures). `zone` (an IANA name): whose clock hours are
    shown on.
    """
    settings = settings or RecommendSettings()
    known = facts or {}
    again = (asked or Asked(to_set=TO_PLAN)).by(settings)
    facts_of = [(one, known.get(one.action_id, ActionFacts(one.action_id))) for one in counts]
    unclear = unclear_names((fact.action_id, fact.action_name or fact.action_id) for _, fact in facts_of)
    verdicts = []
    for action, fact in facts_of:
        capped = with_cap(settings, fact.cap_s)
        found = replace(
            _findings(action, fact, capped, zone),
            asked=again,
            name_is_clear=action.action_id not in unclear,
            telemetry=_with_hours(action, (telemetry or {}).get(action.action_id)),
        )
        verdicts.append(judge(found, capped, concurrency_limit))
    return Analysis(
        settings, tuple(sorted(verdicts, key=severity)), known, concurrency_limit=concurrency_limit
    )


def _findings(
    raw: BucketCounts, facts: ActionFacts, settings: RecommendSettings, zone: str | None
) -> Findings:
    whole, corrected = consistent(raw)
    counts = whole.without_failures() if settings.backend_errors == "exclude" else whole
    estimate = estimate_from_buckets(counts, settings)
    known = facts.current_timeout_s is not None
    current = facts.current_timeout_s or max((len(h.below) for h in counts.hours), default=DEFAULT_TIMEOUT_S)
    busiest = max((hour.executions for hour in counts.hours), default=0) / HOUR_S
    return Findings(
        action_id=raw.action_id,
        action_name=facts.action_name or raw.action_id,
        facts=facts,
        estimate=estimate,
        any_answer=estimate.samples > 0,
        shortfall=shortfall_of(estimate, estimate.samples, 0, settings),
        coverage=_coverage(counts, hours_of_counts(counts, estimate, zone)),
        current_timeout_s=current,
        current_known=known,
        timeouts=sum(hour.cut_off for hour in counts.hours),
        errors=counts.failed,
        cost_table=estimate.table,
        fired_s=_fired(counts),
        lower_ms=estimate.lower_ms,
        disagreement=_drift_between_days(counts, settings) if estimate.timeout_s is not None else None,
        level_rate=facts.production_peak_rate,
        observed_rate=estimate.samples / (len(counts.hours) * HOUR_S) if counts.hours else None,
        expected_rate=facts.production_peak_rate or busiest or None,
        source="production",
        to_the_millisecond=counts.to_the_millisecond,
        warnings=tuple(_warnings(whole, corrected)),
    )


def _with_hours(counts: BucketCounts, read: TelemetryFindings | None) -> TelemetryFindings | None:
    hours = max(len(counts.hours), 1)
    return None if read is None else replace(read, times_longer=MIN_HOURS / hours)


def _fired(counts: BucketCounts) -> tuple[int, int] | None:
    """The shortest and the longest timeout in force in an hour that cut executions off."""
    limits = [len(hour.below) for hour in counts.hours if hour.cut_off > 0]
    return (min(limits), max(limits)) if limits else None


def _warnings(counts: BucketCounts, corrected: int) -> list[str]:
    lines = [TESTS_NOT_DOCUMENTED if counts.outcomes_known else NOT_DOCUMENTED]
    unnamed = sum(sum(hour.failed[len(hour.below) :]) for hour in counts.hours)
    if unnamed and counts.outcomes_known:
        lines.append(
            f"{percent(unnamed / max(counts.executions, 1))} lasted the whole timeout under another word "
            "than was learnt for a timeout: if the platform changed its words, diag doctor --learn finds them"
        )
    if corrected:
        had = f"{plural(corrected, 'hour')} had counts that contradict each other"
        lines.append(f"{had} and {noun(corrected, 'was', 'were')} corrected")
    if len(counts.hours) < MIN_HOURS:
        few = len(counts.hours)
        lines.append(
            f"only {plural(few, 'hour')} with executions: whether slow ones come in bursts is unknown"
        )
    return lines


def _coverage(counts: BucketCounts, hours: HoursSeen) -> TimeCoverage:
    if not counts.hours:
        return TimeCoverage(0, 0.0, 0.0, "C")
    starts = [hour.started_at for hour in counts.hours]
    span = max(starts) - min(starts) + HOUR_S
    windows = sum(min(WINDOWS_PER_HOUR, hour.executions) for hour in counts.hours)
    measured = len(counts.hours) * HOUR_S
    # Hours too few to show bursts are too few to lower a timeout, however many executions they hold.
    grade = grade_of(windows, span, measured) if len(counts.hours) >= MIN_HOURS else "C"
    return TimeCoverage(windows, span, measured, grade, hours)


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
