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
    meaning: str


WORDING: Final = {
    Verdict.RAISE: Wording("Raise", "↑", "change", "The timeout cuts off calls that would have finished."),
    Verdict.LOWER: Wording("Lower", "↓", "change", "The timeout is far longer than the calls need."),
    Verdict.OK: Wording("Fits", "✓", "fits", "The present timeout is right."),
    Verdict.OVER_CAP_USE_ASYNC: Wording(
        "Make asynchronous",
        "⇥",
        "change",
        "No timeout within the cap fits; the call should not be waited for.",
    ),
    Verdict.CENSORED_NEEDS_PROBE: Wording(
        "Probe first", "?", "unknown", "Too many calls were cut off to know how long they take."
    ),
    Verdict.INSUFFICIENT_SAMPLES: Wording(
        "More calls needed", "…", "unknown", "Too few calls for a number one can rely on."
    ),
    Verdict.UNSTABLE: Wording(
        "Unstable", "≈", "unknown", "The latency changed during the measurement; find out why first."
    ),
    Verdict.NO_DATA: Wording("No data", "∅", "unknown", "No call that counts was measured."),
    Verdict.NOT_CONFIGURABLE: Wording("Not settable", "–", "aside", "This action's timeout cannot be set."),
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
    """Return how many actions got which verdict, in the order of the verdicts' weight: `2 raise, 1 lower`."""
    counted = [(wording.word, sum(a.verdict is v for a in actions)) for v, wording in WORDING.items()]
    return " · ".join(f"{number} {word.lower()}" for word, number in counted if number)


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
    cut = [action.cut_off_now for action in actions if action.cut_off_now is not None]
    if not cut:
        return ""
    worst = max(cut)
    if worst < NOTABLE_SHARE:
        return "; none cuts off more than one call in a thousand" if len(cut) > 1 else ""
    return (
        f"; the worst cuts off {numbers.share(worst)} of calls"
        if len(actions) > 1
        else (f"; it cuts off {numbers.share(worst)} of calls")
    )
