"""Which step made the number, in a word and in a sentence (docs/method.md, "The number")."""

import math
from dataclasses import dataclass, replace

from analysis.costs.chosen_number import ChosenNumber, MadeBy, SurerBound
from analysis.estimates.findings import Findings
from analysis.number_words import at_least, at_most, latency, percentile_name
from analysis.recommend_settings import RecommendSettings
from analysis.timeout_rule import buffer_ms, slack_s, wait_for, whole_seconds


@dataclass(frozen=True, slots=True)
class DecidingStep:
    """The step that made a number, and the sentence that says how."""

    by: MadeBy
    sentence: str
    needed_ms: float | None
    """What the rule asks for before whole seconds, floor and cap; None where no bound is known."""


@dataclass(frozen=True, slots=True)
class _ByTheRule:
    """What the rule makes of a quantile and its bound, before floor and cap."""

    by: MadeBy
    because: str
    needed_ms: float
    whole_s: int


def deciding_step(findings: Findings, number: ChosenNumber, settings: RecommendSettings) -> DecidingStep:
    """Return how the verdict's number came about."""
    if number.above_the_bound:
        settings = replace(settings, rule="sum")
    rule = _by_the_rule(findings, settings)
    if rule is not None and number.surer is not None:
        rule = _surer(number.surer, settings)
        if rule.whole_s > number.timeout_s:
            stays = f"{number.timeout_s} s is in force and stays: {rule.because}."
            return DecidingStep(rule.by, stays, rule.needed_ms)
    by, sentence = _last_step(findings, number, settings, rule)
    if number.above_the_bound:
        few = f"raised on {findings.estimate.samples:,} calls, a timeout keeps its buffer above the bound"
        sentence = f"{sentence.removesuffix('.')}: {few}."
    return DecidingStep(by, sentence, rule.needed_ms if rule is not None else None)


def _last_step(
    findings: Findings, number: ChosenNumber, settings: RecommendSettings, rule: _ByTheRule | None
) -> tuple[MadeBy, str]:
    to_s, wanted_s = number.timeout_s, number.wanted_s
    if rule is None or wanted_s is None or (number.is_the == "cap" and wanted_s <= to_s):
        lowest = "it" if findings.lower_ms is None else at_least(findings.lower_ms)
        name = percentile_name(settings.percentile)
        return MadeBy.CAP, f"{to_s} s is the cap: {name} is proven to lie above {lowest}."
    of_all_s = max(rule.whole_s, settings.floor_s)
    if wanted_s > of_all_s:
        by = MadeBy.SLOWER_PART
        because = f"the slower part of the calls needs that; all of them together would need {of_all_s} s"
    elif of_all_s > rule.whole_s:
        by, because = MadeBy.FLOOR, f"that is the floor; without it {rule.whole_s} s, because {rule.because}"
    else:
        by, because = rule.by, rule.because
    if number.is_the == "timeout in force" and to_s != wanted_s:
        return MadeBy.HYSTERESIS, _stays(to_s, wanted_s, settings)
    if to_s != wanted_s:
        return MadeBy.CAP, f"{to_s} s is the cap; without it {wanted_s} s, because {because}."
    return by, f"{to_s} s, because {because}."


def _stays(current_s: int, wanted_s: int, settings: RecommendSettings) -> str:
    stays = f"{current_s} s is in force and stays: the rule gives {wanted_s} s, and"
    if current_s < wanted_s:
        return f"{stays} {current_s} s covers the upper bound and at least half of the buffer."
    slack = latency(slack_s(wanted_s, settings) * 1e3)
    return f"{stays} a timeout that is longer by no more than {slack} is not worth a change."


def _by_the_rule(findings: Findings, settings: RecommendSettings) -> _ByTheRule | None:
    """Return what made the rule's number: the last of rounding, buffer and bound that changed its second."""
    quantile, upper = findings.estimate.quantile_ms, findings.estimate.upper_ms
    if quantile is None or upper is None:
        return None
    buffer = buffer_ms(quantile, settings)
    needed = wait_for(quantile, upper, buffer, settings)
    whole_s, buffered_s = whole_seconds(needed), whole_seconds(quantile + buffer)
    if whole_s == whole_seconds(quantile):
        by = MadeBy.WHOLE_SECONDS
    elif settings.rule == "sum":
        by = MadeBy.BOUND_AND_BUFFER
    else:
        by = MadeBy.BUFFER if whole_s == buffered_s else MadeBy.BOUND
    because = _because(by, findings, settings, needed)
    if by is not MadeBy.WHOLE_SECONDS and needed < whole_s * 1e3:
        because += ", rounded up to whole seconds"
    return _ByTheRule(by, because, needed, whole_s)


def _surer(bound: SurerBound, settings: RecommendSettings) -> _ByTheRule:
    """What a lowering makes of the surer bound it asks for."""
    name, whole_s = percentile_name(settings.percentile), whole_seconds(bound.upper_ms)
    because = (
        f"to lower a timeout, the upper bound of {name} must hold with {bound.confidence * 100:g} % "
        f"confidence: {at_most(bound.upper_ms)}"
    )
    if bound.upper_ms < whole_s * 1e3:
        because += ", rounded up to whole seconds"
    return _ByTheRule(MadeBy.BOUND, because, bound.upper_ms, whole_s)


def _because(by: MadeBy, findings: Findings, settings: RecommendSettings, needed_ms: float) -> str:
    quantile, upper = findings.estimate.quantile_ms or 0, findings.estimate.upper_ms or 0
    name = percentile_name(settings.percentile)
    buffer = buffer_ms(quantile, settings)
    ratio = f"{settings.buffer_ratio * 100:g} %"
    exact = findings.precision == "test"
    took = at_most(quantile) if exact else _within_a_second(quantile)
    least = at_most(settings.buffer_min_s * 1e3)
    if not exact:
        added = f"a buffer of {ratio}, at least {least}"
    elif buffer > settings.buffer_ratio * quantile:
        added = f"the smallest buffer of {least}"
    else:
        added = f"{ratio} ({at_most(buffer)})"
    comes_to = f" is {at_most(needed_ms)}" if exact else ""
    match by:
        case MadeBy.WHOLE_SECONDS:
            return f"{name} ({took}) rounded up to whole seconds leaves room for its buffer and upper bound"
        case MadeBy.BOUND_AND_BUFFER:
            return f"the upper bound of {name} ({at_most(upper)}) plus {added}{comes_to}"
        case MadeBy.BOUND:
            less = f" ({at_most(quantile + buffer)})" if exact else ""
            return f"the upper bound of {name} ({at_most(upper)}) is more than {name} plus its buffer{less}"
        case _:
            return f"{name} ({took}) plus {added}{comes_to}"


def _within_a_second(ms: float) -> str:
    """Production is counted in whole seconds: "between 2 and 3 s"."""
    last_s = max(math.ceil(ms / 1e3), 1)
    return "under 1 s" if last_s == 1 else f"between {last_s - 1} and {last_s} s"
