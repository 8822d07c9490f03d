"""Three rules for a timeout beside each other, each read from the one curve behind the verdict
(docs/method.md, "Cost of a timeout")."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Self

from analysis.costs.chosen_number import ChosenNumber
from analysis.costs.cost import Cost
from analysis.costs.rule_and_cost import ComparedRule, TimeoutRule
from analysis.estimates.findings import Findings
from analysis.flows.caller_silence import silence_ms
from analysis.format.timeout_limits import PLATFORM_MAX_TIMEOUT_S, PLATFORM_MIN_TIMEOUT_S
from analysis.number_words import accepted_text, percentile_name
from analysis.recommend_settings import RecommendSettings
from analysis.timeout_rule import buffer_ms, whole_seconds

CostOf = Callable[[int | None], Cost]
"""What a timeout of so many seconds costs, by the curve and at the rate of one action."""


def compare_rules(
    findings: Findings, number: ChosenNumber, cost_of_timeout: CostOf, settings: RecommendSettings
) -> tuple[ComparedRule, ...]:
    """Return what 3 x p99, the percentile of the successes plus buffer, and the verdict's number come to.

    Empty where the calls do not show the quantile: there is nothing to choose from.
    """
    estimate, source = findings.estimate, findings.precision
    if estimate.quantile_ms is None:
        return ()

    def with_buffer(ms: float) -> float:
        return ms + buffer_ms(ms, settings)

    quantile = percentile_name(settings.percentile)
    thumb = _Asked.by(estimate.p99_ms, _times_three, source)
    successes = _Asked.by(estimate.successes_quantile_ms, with_buffer, source)
    ours = _Asked(number.wanted_s, number.timeout_s)
    return (
        _row(TimeoutRule.THREE_TIMES_P99, "3 x p99, Genesys' rule of thumb", thumb, cost_of_timeout),
        _row(
            TimeoutRule.SUCCESSES_AND_BUFFER,
            f"{quantile} of the successes + buffer",
            successes,
            cost_of_timeout,
        ),
        _row(TimeoutRule.RECOMMENDED, _our_name(number, settings), ours, cost_of_timeout),
    )


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a rule asks for in whole seconds, and what can be set of it; None where its quantile is hidden."""

    wanted_s: int | None
    timeout_s: int | None
    from_s: int | None = None
    to_s: int | None = None

    @classmethod
    def by(
        cls, start_ms: float | None, needs: Callable[[float], float], source: Literal["test", "production"]
    ) -> Self:
        """Return what a rule that begins with a quantile asks for; production knows that to its second."""
        if start_ms is None:
            return cls(None, None)
        wanted_s = _at_least_one(needs(start_ms))
        timeout_s = min(wanted_s, PLATFORM_MAX_TIMEOUT_S)
        if source == "test":
            return cls(wanted_s, timeout_s)
        last_s = max(math.ceil(start_ms / 1e3), 1)
        above_ms, up_to_ms = (last_s - 1) * 1e3 + 1.0, last_s * 1e3
        return cls(wanted_s, timeout_s, _at_least_one(needs(above_ms)), _at_least_one(needs(up_to_ms)))


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


def _row(rule: TimeoutRule, name: str, asked: _Asked, cost_of_timeout: CostOf) -> ComparedRule:
    if asked.timeout_s is None:
        return ComparedRule(rule, name, None)
    cost = cost_of_timeout(asked.timeout_s)
    return ComparedRule(
        rule=rule,
        name=name,
        timeout_s=asked.timeout_s,
        wanted_s=asked.wanted_s,
        from_s=asked.from_s,
        to_s=asked.to_s,
        cut_off=cost.cut_off_after,
        cut_off_at_most=cost.cut_off_after_at_most,
        hung_backend_slots=cost.hung_backend_slots,
        concurrency_share=cost.concurrency_share,
        safe_rate=cost.safe_rate,
        silence_s=silence_ms(asked.timeout_s * 1000) // 1000,
    )


def _at_least_one(ms: float) -> int:
    return max(PLATFORM_MIN_TIMEOUT_S, whole_seconds(ms))
