"""Three rules for a timeout beside each other, each read from the one curve behind the verdict
(docs/method.md, "Cost of a timeout")."""

import math
from collections.abc import Callable

from analysis.costs.compared_rule import ComparedRule, Rule, silence_s
from analysis.costs.cost import Cost
from analysis.costs.made_by import ChosenNumber
from analysis.estimates.estimate import buffer_ms
from analysis.estimates.findings import Findings
from analysis.format.sample_schema import PLATFORM_MAX_TIMEOUT_S, PLATFORM_MIN_TIMEOUT_S
from analysis.number_words import accepted_text, percentile_name
from analysis.settings import RecommendSettings

CostOf = Callable[[int | None], Cost]
"""What a timeout of so many seconds costs, by the curve and at the rate of one action."""


def compare_rules(
    findings: Findings, number: ChosenNumber, cost_of_timeout: CostOf, settings: RecommendSettings
) -> tuple[ComparedRule, ...]:
    """Return what 3 x p99, the percentile of the successes plus buffer, and the verdict's number come to.

    Empty where the calls do not show the quantile: there is nothing to choose from.
    """
    estimate = findings.estimate
    if estimate.quantile_ms is None:
        return ()

    def with_buffer(ms: float) -> float:
        return ms + buffer_ms(ms, settings)

    quantile = percentile_name(settings.percentile)
    recommended = _row(
        Rule.RECOMMENDED,
        _our_name(number, settings),
        number.timeout_s,
        number.wanted_s,
        cost_of_timeout,
    )
    thumb, successes = Rule.THREE_TIMES_P99, Rule.SUCCESSES_AND_BUFFER
    return (
        _of_rule(
            (thumb, "3 x p99, Genesys' rule of thumb"), estimate.p99_ms, _times_three, findings,
            cost_of_timeout,
        ),
        _of_rule(
            (successes, f"{quantile} of the successes + buffer"), estimate.successes_quantile_ms, with_buffer,
            findings, cost_of_timeout,
        ),
        recommended,
    )  # fmt: skip


def _our_name(number: ChosenNumber, settings: RecommendSettings) -> str:
    match number.is_the:
        case "cap":
            return "the cap: no timeout up to it fits"
        case "slower part's":
            return "this recommendation, for the slower part of the calls"
        case _:
            return f"this recommendation: {accepted_text(settings.percentile)} may be cut off"


def _times_three(ms: float) -> float:
    return 3.0 * ms


def _of_rule(
    named: tuple[Rule, str],
    start_ms: float | None,
    needs: Callable[[float], float],
    findings: Findings,
    cost_of_timeout: CostOf,
) -> ComparedRule:
    """Return the row of a rule that multiplies a quantile or adds to it; unknown where that is hidden."""
    if start_ms is None:
        return ComparedRule(*named, None)
    wanted = _whole_seconds(needs(start_ms))
    from_s = to_s = None
    if findings.source == "production":
        last_s = max(math.ceil(start_ms / 1e3), 1)  # the second that the quantile lies in
        from_s = _whole_seconds(needs((last_s - 1) * 1e3 + 1.0))
        to_s = _whole_seconds(needs(last_s * 1e3))
    return _row(*named, min(wanted, PLATFORM_MAX_TIMEOUT_S), wanted, cost_of_timeout, (from_s, to_s))


def _row(
    rule: Rule,
    name: str,
    timeout_s: int,
    wanted_s: int | None,
    cost_of_timeout: CostOf,
    between_s: tuple[int | None, int | None] = (None, None),
) -> ComparedRule:
    cost = cost_of_timeout(timeout_s)
    return ComparedRule(
        rule=rule,
        name=name,
        timeout_s=timeout_s,
        wanted_s=wanted_s,
        from_s=between_s[0],
        to_s=between_s[1],
        cut_off=cost.cut_off_after,
        cut_off_at_most=cost.cut_off_after_at_most,
        hung_backend_slots=cost.hung_backend_slots,
        concurrency_share=cost.concurrency_share,
        safe_rate=cost.safe_rate,
        silence_s=silence_s(timeout_s),
    )


def _whole_seconds(ms: float) -> int:
    return max(PLATFORM_MIN_TIMEOUT_S, math.ceil(ms / 1e3 - 1e-9))
