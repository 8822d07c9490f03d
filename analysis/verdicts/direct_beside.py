"""What direct calls show, beside the verdict of an action: nothing of it changes the verdict."""

from dataclasses import replace

from analysis.direct_side.broken_contract_words import contract_words
from analysis.direct_side.direct_side import DirectSide, PlatformShare
from analysis.direct_side.platform_share import MEDIAN, called_together, level_like, platform_shares
from analysis.direct_side.what_else_differs import what_else_differs
from analysis.estimates.findings import Findings
from analysis.estimates.level_estimates import JudgedLevel
from analysis.verdicts.next_command import both_for_longer, both_ways, why_it_fails
from analysis.verdicts.recommendation import Recommendation
from analysis.verdicts.sentences.missing_sentence import failed_directly
from analysis.verdicts.sentences.verdict_sentence import called_directly


def beside(verdict: Recommendation, whole: Findings, backend: Findings | None) -> Recommendation:
    """Return the verdict with what is known of the backend alone.

    `whole`: what the verdict rests on; `backend`: what direct calls show, None without any.
    """
    if backend is None:
        # An action that another tool measured may be none of this org, and of no call nothing is the share.
        possible = whole.facts.configurable and whole.facts.reachable_directly is not False
        if verdict.measured_by or not verdict.samples or not possible:
            return verdict
        return replace(verdict, direct=DirectSide(next_command=both_ways(whole)))
    side = _side(backend)
    if side.failed is not None and not whole.backend_alone:
        return replace(verdict, direct=replace(side, next_command=why_it_fails(backend)))
    if whole.backend_alone or whole.judged is None or backend.judged is None:
        return replace(verdict, direct=replace(side, next_command=both_ways(whole)))
    return replace(verdict, direct=_compared(side, whole, backend, verdict.percentile))


def _side(backend: Findings) -> DirectSide:
    found = backend.estimate
    broken = contract_words(backend.contract_errors, found.samples, backend.broken_contracts)
    return DirectSide(
        samples=found.samples,
        timeouts=backend.timeouts,
        censored=backend.censored,
        contract_errors=backend.contract_errors,
        broken_contracts=backend.broken_contracts,
        contract=None if broken is None else f"called directly, {broken}",
        left_out=sum(backend.left_out.values()),
        failed=_failed(backend),
        p50_ms=found.p50_ms,
        p99_ms=found.quantile_ms,
        p99_upper_ms=found.upper_ms,
        p99_lower_ms=found.lower_ms,
        timeout_s=found.timeout_s,
        rate=backend.level_rate,
    )


def _failed(backend: Findings) -> str | None:
    if backend.failed is None or backend.any_answer:
        return None
    return called_directly(failed_directly(backend.failed))


def _more(
    whole: Findings, shares: tuple[PlatformShare, ...], *sides: JudgedLevel, together: bool
) -> str | None:
    """What tells more: the same minutes, then more calls. Neither where a timeout hides what is compared, nor
    more calls where the backend was the slower one."""
    if any(side.estimate.quantile_ms is None for side in sides):
        return None
    if not together:
        return both_ways(whole)
    open_yet = any(not share.told and (share.upper_ms is None or share.upper_ms >= 0.0) for share in shares)
    return both_for_longer(whole) if open_yet else None


def _compared(side: DirectSide, whole: Findings, backend: Findings, percentile: float) -> DirectSide:
    assert whole.judged is not None and backend.judged is not None
    action = whole.judged.deciding
    alone = level_like(backend.judged, action.rate)
    if not len(action.calls) or not len(alone.calls):
        return replace(side, next_command=both_ways(whole))
    together = called_together(action.calls, alone.calls)
    percentiles = tuple(dict.fromkeys((MEDIAN, percentile)))
    shares = platform_shares(action.calls, alone.calls, percentiles, together=together)
    return replace(
        side,
        shares=shares,
        next_command=_more(whole, shares, action, alone, together=together),
        unlike=what_else_differs(
            action.calls,
            alone.calls,
            (action.rate, alone.rate),
            together=together,
            on_time=whole.clock == backend.clock == "service",
        ),
    )
