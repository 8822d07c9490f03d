"""From the findings of one action to its recommendation, in the order this folder reads.

Which verdict and which timeout (`which_verdict`), what that timeout costs (`cost`), the sentence (`reason`),
the command to run next (`next_command`).
"""

from dataclasses import replace

from analysis.costs.compare_rules import compare_rules
from analysis.costs.cost import Cost, cost_of
from analysis.costs.deciding_step import deciding_step
from analysis.costs.hung_backend_warning import hung_backend_warning
from analysis.estimates.findings import Findings
from analysis.recommend_settings import RecommendSettings
from analysis.verdicts.evidence_to_set import held_back
from analysis.verdicts.hours_words import coverage_words
from analysis.verdicts.next_command import next_step
from analysis.verdicts.recommendation import Recommendation, Verdict
from analysis.verdicts.sentences.verdict_sentence import reason
from analysis.verdicts.sentences.why_not_set import objection_to
from analysis.verdicts.which_verdict import chosen_number, decide


def judge(findings: Findings, settings: RecommendSettings, concurrency_limit: int | None) -> Recommendation:
    """Return the recommendation with every number its sentence rests on.

    `concurrency_limit` is the org's number of concurrent executions, None when unknown.
    """
    decision = decide(findings, settings)
    estimate, coverage, missing = findings.estimate, findings.coverage, findings.shortfall

    def cost_of_timeout(timeout_s: int | None) -> Cost:
        return cost_of(
            findings.cost_table,
            findings.current_timeout_s if findings.current_known else None,
            timeout_s,
            findings.expected_rate,
            concurrency_limit,
            confidence=estimate.confidence,
            design_effect=estimate.design_effect,
        )

    cost = cost_of_timeout(decision.timeout_s)
    number = chosen_number(decision)
    made = deciding_step(findings, number, settings) if number is not None else None
    too_expensive = hung_backend_warning(cost, concurrency_limit)
    any_calls = estimate.samples > 0
    hours = coverage.hours if any_calls else None
    parts = findings.disagreement if decision.verdict is Verdict.UNSTABLE else None
    gives_up = findings.given_up_by_backend if decision.verdict is Verdict.CENSORED_NEEDS_PROBE else None
    judged = Recommendation(
        action_id=findings.action_id,
        action_name=findings.action_name,
        verdict=decision.verdict,
        reason="",
        recommended_timeout_s=decision.timeout_s,
        uncapped_timeout_s=decision.uncapped_s,
        made_by=made.by if made else None,
        made_how=made.sentence if made else None,
        needed_ms=made.needed_ms if made else None,
        current_timeout_s=findings.current_timeout_s if findings.current_known else None,
        timeout_is_set=findings.facts.timeout_is_set,
        samples=estimate.samples,
        ok=estimate.ok,
        timeouts=findings.timeouts,
        censored=findings.censored,
        left_out=sum(findings.left_out.values()),
        left_out_by_reason=findings.left_out,
        input_origins=findings.input_origins,
        p50_ms=estimate.p50_ms,
        p95_ms=estimate.p95_ms,
        percentile=settings.percentile,
        quantile_ms=estimate.quantile_ms,
        quantile_upper_ms=estimate.upper_ms,
        quantile_lower_ms=estimate.lower_ms,
        quantile_with_warm_up_ms=findings.quantile_with_warm_up_ms,
        quantile_fast_part_ms=parts.faster.quantile_ms if parts else None,
        quantile_slow_part_ms=parts.slower.quantile_ms if parts else None,
        change=parts.change if parts else None,
        n_eff=estimate.n_eff if any_calls else None,
        design_effect=estimate.design_effect if any_calls else None,
        calls_needed=(missing.calls_needed if decision.verdict is Verdict.INSUFFICIENT_SAMPLES else None),
        far_seeing_calls=missing.far_seeing if missing.limited_by_the_timeout else None,
        backend_gives_up_ms=gives_up.latest_ms if gives_up else None,
        answered_timeout_s=gives_up.answered.timeout_s if gives_up else None,
        contract_errors=findings.contract_errors,
        broken_contracts=findings.broken_contracts,
        still_running=findings.given_up,
        confidence_max_seen=missing.confidence_max_seen if any_calls else None,
        cut_off_now=cost.cut_off_now,
        cut_off_after=cost.cut_off_after,
        cut_off_after_at_most=cost.cut_off_after_at_most,
        grade=coverage.grade if any_calls else None,
        windows=coverage.windows if any_calls else None,
        span_s=coverage.span_s if any_calls else None,
        measured_s=coverage.measured_s if any_calls else None,
        coverage_reason=(
            None
            if hours is None
            else coverage_words(
                hours,
                findings.facts.production_week,
                findings.source,
                read=findings.facts.production_read,
            )
        ),
        hours=hours,
        level_rate=findings.level_rate,
        observed_rate=findings.observed_rate,
        hung_backend_slots=cost.hung_backend_slots,
        concurrency_share=cost.concurrency_share,
        safe_rate=cost.safe_rate,
        rules=compare_rules(findings, number, cost_of_timeout, settings) if number is not None else (),
        clock=findings.clock,
        source=findings.source,
        to_the_millisecond=findings.to_the_millisecond,
        measured_by=findings.measured_by,
        backend_alone=findings.backend_alone,
        warnings=(*findings.warnings, *([too_expensive] if too_expensive else [])),
        weak_runs=findings.weak_runs,
    )
    step = next_step(findings, judged, settings)
    not_yet = objection_to(judged)
    sentence = reason(findings, decision, cost, settings, not_yet=not_yet, new_run_calls=step.sends)
    stays = decision.timeout_s is None or held_back(judged)
    return replace(
        judged,
        reason=sentence,
        worst_wait_s=judged.current_timeout_s if stays else decision.timeout_s,
        next_command=step.command,
        next_takes_s=step.takes_s(findings.pace),
    )
