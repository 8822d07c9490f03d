"""What the other rules would set, short enough for details below a row of a table on a terminal."""

from typing import Final

from analysis.costs.chosen_number import MadeBy
from analysis.costs.rule_and_cost import ComparedRule, TimeoutRule
from analysis.number_words import accepted_text, percentile_name
from analysis.share_cut_off import cut_off_of
from analysis.verdicts.evidence_to_set import held_back
from analysis.verdicts.recommendation import Analysis, Recommendation
from reports.wording import numbers
from reports.wording.rule_words import NOT_WATCHED
from reports.wording.verdict_words import shows_cost

RULE_HEADINGS: Final = ("3 x p99", "successes + buffer", "if no answer", "made by")


def rule_details(action: Recommendation) -> tuple[str | None, ...]:
    """Return an action's cells below RULE_HEADINGS; empty without a number."""
    by_rule = {one.rule: one for one in action.rules}
    ours = by_rule.get(TimeoutRule.RECOMMENDED) if shows_cost(action) else None
    made_by = action.made_by if shows_cost(action) else None
    return (
        _other(by_rule.get(TimeoutRule.THREE_TIMES_P99)),
        _other(by_rule.get(TimeoutRule.SUCCESSES_AND_BUFFER)),
        None if ours is None else _if_no_answer(action, ours),
        None if made_by is None else _made_by(made_by, action.percentile),
    )


def about_the_rules(analysis: Analysis) -> str | None:
    """Return what the details mean, and how the dial is turned; None where no action has a number."""
    rules = [rule for row in analysis.actions for rule in row.rules]
    if not rules:
        return None
    p = analysis.settings.percentile
    text = (
        f"Accepted: {accepted_text(p)} cut off (--cut-off {cut_off_of(p)}). 3 x p99 is Genesys' rule of "
        "thumb. Each rule: the good calls it cuts off, and what a backend without an answer "
        "then holds of the org's executions. Silence: what a caller on the phone then hears at least, with "
        "the longest prompt."
    )
    if any(rule.timeout_s is not None and rule.cut_off is None for rule in rules):
        text += f" {NOT_WATCHED.capitalize()}."
    return text


def _if_no_answer(action: Recommendation, ours: ComparedRule) -> str:
    """Return what the number costs; of one that has to wait, with the number: another is in force."""
    cost = ", ".join([*_holds(ours), f"silence {numbers.seconds(ours.silence_s)}"])
    return f"{cost} at {numbers.seconds(ours.timeout_s)}" if held_back(action) else cost


def _made_by(step: MadeBy, percentile: float) -> str:
    """Return the step in words; its code says p99, whichever percentile was asked for."""
    match step:
        case MadeBy.BUFFER:
            return f"{percentile_name(percentile)} + buffer"
        case MadeBy.HYSTERESIS:
            return "near enough to stay"
        case _:
            return str(step)


def _other(rule: ComparedRule | None) -> str | None:
    if rule is None:
        return None
    if rule.timeout_s is None:
        return "not known"
    if rule.beyond_the_platform:
        return f"{numbers.seconds(rule.wanted_s)}, cannot be set"
    within = "" if rule.from_s is None or rule.from_s == rule.to_s else f" ({rule.from_s} to {rule.to_s} s)"
    cuts = "not known" if rule.cut_off is None else f"cuts {numbers.share(rule.cut_off)}"
    return ", ".join([f"{numbers.seconds(rule.timeout_s)}{within}", cuts, *_holds(rule)])


def _holds(rule: ComparedRule) -> list[str]:
    """Return what a backend without an answer takes of the org's executions; nothing without a limit."""
    return [] if rule.concurrency_share is None else [f"holds {numbers.share(rule.concurrency_share)}"]
