"""What each rule for a timeout would set and cost, in words: on the page, in Markdown and as text."""

from dataclasses import dataclass
from typing import Final

from analysis.costs.rule_and_cost import ComparedRule
from analysis.verdicts.recommendation import Recommendation
from reports.wording import numbers
from reports.wording.traced_text import traced, traced_number

HEADS: Final = (
    "Rule",
    "Timeout",
    "Good calls cut off",
    "While the backend does not answer",
    "Silence a caller may hear",
)
NOT_SHOWN: Final = "not known: these calls do not show it"
NOT_WATCHED: Final = "not known: above what these calls were allowed to take"


@dataclass(frozen=True, slots=True)
class RuleWords:
    """One rule's cells, in the order of HEADS."""

    name: str
    timeout: str
    cut_off: str
    hangs: str
    silence: str

    def cells(self) -> tuple[str, ...]:
        """Return the cells in the order of HEADS."""
        return self.name, self.timeout, self.cut_off, self.hangs, self.silence


def rule_words(action: Recommendation) -> tuple[RuleWords, ...]:
    """Return a row for each rule that an action's calls allow to compare; none without a number."""
    return tuple(_words(rule, f"rules/{index}") for index, rule in enumerate(action.rules))


def _words(rule: ComparedRule, at: str) -> RuleWords:
    if rule.timeout_s is None:
        return RuleWords(rule.name, NOT_SHOWN, *(numbers.UNKNOWN,) * 3)
    return RuleWords(rule.name, _timeout(rule, at), _cut_off(rule, at), _hangs(rule, at), _silence(rule, at))


def _timeout(rule: ComparedRule, at: str) -> str:
    """Return "9 s"; with what the platform or the whole seconds of production make of it."""
    number = _seconds(rule.timeout_s, f"{at}/timeout_s")
    if rule.beyond_the_platform:
        wanted = _seconds(rule.wanted_s, f"{at}/wanted_s")
        return traced("{} (the rule asks for {}, which cannot be set)", number, wanted)
    if rule.from_s is None or rule.to_s is None or rule.from_s == rule.to_s:
        return number
    ends = _seconds(rule.from_s, f"{at}/from_s"), _seconds(rule.to_s, f"{at}/to_s")
    return traced("{} (between {} and {}: production counts whole seconds)", number, *ends)


def _cut_off(rule: ComparedRule, at: str) -> str:
    share = traced_number(numbers.share(rule.cut_off), rule.cut_off, f"{at}/cut_off")
    said = NOT_WATCHED if rule.cut_off is None else share
    if rule.cut_off_at_most is None:
        return said
    most = traced_number(
        numbers.share_at_most(rule.cut_off_at_most), rule.cut_off_at_most, f"{at}/cut_off_at_most"
    )
    return traced("{}; at most {}", said, most)


def _hangs(rule: ComparedRule, at: str) -> str:
    """Return how long each caller waits, and what that holds of the executions that all actions share."""
    waits = traced("each caller waits {}", _seconds(rule.timeout_s, f"{at}/timeout_s"))
    held = traced_number(
        numbers.plain(rule.hung_backend_slots), rule.hung_backend_slots, f"{at}/hung_backend_slots"
    )
    share = traced_number(
        numbers.share(rule.concurrency_share), rule.concurrency_share, f"{at}/concurrency_share"
    )
    rate = traced_number(numbers.rate(rule.safe_rate), rule.safe_rate, f"{at}/safe_rate")
    if rule.hung_backend_slots is None:
        return waits if rule.safe_rate is None else traced("{}; safe up to {}", waits, rate)
    if rule.concurrency_share is None:
        return traced("{}; {} executions held", waits, held)
    if rule.concurrency_share >= 1:
        return traced("{}; {} executions needed, {} of the org's: every action fails", waits, held, share)
    return traced("{}; {} executions held, {} of the org's", waits, held, share)


def _silence(rule: ComparedRule, at: str) -> str:
    """Return "5 s or more": more where the flow's prompt is shorter than the longest there may be."""
    silent = _seconds(rule.silence_s, f"{at}/silence_s")
    return silent if rule.silence_s == rule.timeout_s else traced("{} or more", silent)


def _seconds(value_s: int | None, at: str) -> str:
    return traced_number(numbers.seconds(value_s), value_s, at)
