"""A verdict in words and a sign, and the one sentence on top of every report."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from analysis.recommendation import Recommendation, Verdict
from reports import numbers

Tone = Literal["change", "fits", "unknown", "aside"]


@dataclass(frozen=True, slots=True)
class Wording:
    """How a verdict looks: a sign and a word (never colour alone), and the tone that colours it."""

    word: str
    sign: str
    tone: Tone
    counted: str
    """How the tally names several of them."""


WORDING: Final = {
    Verdict.RAISE: Wording("Raise", "↑", "change", "to raise"),
    Verdict.LOWER: Wording("Lower", "↓", "change", "to lower"),
    Verdict.OVER_CAP_USE_ASYNC: Wording("Make async", "⇥", "change", "too slow for any timeout"),
    Verdict.CENSORED_NEEDS_PROBE: Wording("Probe first", "?", "unknown", "to probe first"),
    Verdict.INSUFFICIENT_SAMPLES: Wording("More calls needed", "…", "unknown", "with too few calls"),
    Verdict.UNSTABLE: Wording("Unstable", "≈", "unknown", "unstable"),
    Verdict.NO_DATA: Wording("No data", "∅", "unknown", "without data"),
    Verdict.OK: Wording("Fits", "✓", "fits", "fitting"),
    Verdict.NOT_CONFIGURABLE: Wording("Not settable", "–", "aside", "not settable"),
}

CHANGES: Final = (Verdict.RAISE, Verdict.LOWER, Verdict.OVER_CAP_USE_ASYNC)
"""Verdicts that ask for something to be done to the action."""

NOTABLE_SHARE: Final = 0.001
"""Cut-off shares below one call in a thousand are not worth the headline."""


def headline(actions: Sequence[Recommendation]) -> str:
    """Return the report in one sentence: how many actions need a change, and the worst of them."""
    if not actions:
        return "No action was measured."
    total = len(actions)
    changes = [action for action in actions if action.verdict in CHANGES]
    unknown = [action for action in actions if WORDING[action.verdict].tone == "unknown"]
    if changes:
        verb = "needs" if len(changes) == 1 else "need"
        start = f"{len(changes)} of {numbers.plural(total, 'action')} {verb} a change"
    elif len(unknown) == total:
        start = "No timeout can be judged yet"
    elif unknown:
        fitting = total - len(unknown)
        start = f"No change needed where it can be judged ({fitting} of {numbers.plural(total, 'action')})"
    else:
        start = "The timeout fits" if total == 1 else f"All {total} timeouts fit"
    return f"{start}{_worst(actions)}."


def tally(actions: Sequence[Recommendation]) -> str:
    """Return how many actions got which verdict: `2 to raise · 1 to lower · 5 fitting`."""
    counted = [(wording.counted, sum(a.verdict is v for a in actions)) for v, wording in WORDING.items()]
    return " · ".join(f"{number} {words}" for words, number in counted if number)


def change_text(action: Recommendation) -> str:
    """Return `5 s → 10 s`, `5 s` when it stays, or a dash where nothing is known."""
    now = numbers.seconds(action.current_timeout_s)
    if action.timeout_is_set is False and action.current_timeout_s is not None:
        now = f"unset ({now})"
    to = action.recommended_timeout_s
    if to is None or to == action.current_timeout_s:
        return now
    return f"{now} → {to} s"


def _worst(actions: Sequence[Recommendation]) -> str:
    """The share of the action that loses most calls today; named where it is not one that needs a change."""
    worst = max(actions, key=lambda action: action.cut_off_now or 0.0)
    share = worst.cut_off_now or 0.0
    if share < NOTABLE_SHARE:
        return ""
    who = "it" if len(actions) == 1 else "the worst" if worst.verdict in CHANGES else worst.action_name
    return f"; {who} cuts off {numbers.share(share)} of calls"
