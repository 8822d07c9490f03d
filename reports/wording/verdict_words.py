"""A verdict in words and a sign, and the one sentence on top of every report."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from analysis.number_words import noun, plural
from analysis.verdicts.apply_rules import held_back, will_be_set
from analysis.verdicts.recommendation import Recommendation, Verdict
from reports.wording import numbers
from reports.wording.traced_text import TracedText, traced, traced_join, traced_number

LONGEST_NAME: Final = 60
"""Letters of a name in a sentence."""

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

SET: Final = "set"
"""How tally and table name a number for an action whose present timeout is not known."""
SET_UNKNOWN: Final = Wording("Set", "→", "change", "to set")

CHANGES: Final = (Verdict.RAISE, Verdict.LOWER, Verdict.OVER_CAP_USE_ASYNC)
"""Verdicts that ask for something to be done to the action."""

SETTABLE: Final = (Verdict.RAISE, Verdict.LOWER)
"""Verdicts with a number to set (analysis/verdicts/apply_rules.py says which of them `--apply` sets)."""

NOTABLE_SHARE: Final = 0.001
"""Cut-off shares below one call in a thousand are not worth the headline."""


def wording_of(action: Recommendation) -> Wording:
    """Return the verdict's words; a number beside a timeout that nobody knows neither raises nor lowers."""
    unknown = action.current_timeout_s is None and action.verdict in SETTABLE
    return SET_UNKNOWN if unknown else WORDING[action.verdict]


def headline(actions: Sequence[Recommendation]) -> TracedText:
    """Return the report in one sentence: how many actions need what, and the worst of them.

    Only what `--apply` sets by itself needs a change; the other numbers are counted apart.
    """
    counted = headline_numbers(actions)
    total, judged = (int(counted[name] or 0) for name in ("actions", "judged"))
    if not actions:
        return traced("No action was measured.")
    of_all = traced_number(plural(total, "action"), total, "headline/actions")
    needs = _needs(counted, of_all)
    if needs:
        start = traced_join(", ", needs)
    elif not judged:
        start = traced("No timeout can be judged yet")
    elif judged < total:
        fitting = traced_number(str(judged), judged, "headline/judged")
        start = traced("No change needed where it can be judged ({} of {})", fitting, of_all)
    elif total == 1:
        start = traced("The timeout fits")
    else:
        start = traced("All {} timeouts fit", traced_number(str(total), total, "headline/actions"))
    return traced("{}{}.", start, _worst(actions))


def _needs(counted: dict[str, float | None], of_all: str) -> list[str]:
    """Return "2 of 5 actions need a change", "1 is too slow for any timeout" ..., what there is of it."""
    words = {
        "changes": ("needs a change", "need a change"),
        "too_slow": ("is too slow for any timeout", "are too slow for any timeout"),
        "held_back": ("would change only with --force", "would change only with --force"),
    }
    parts: list[str] = []
    for name, (one, many) in words.items():
        count = int(counted[name] or 0)
        if count:
            number = traced_number(str(count), count, f"headline/{name}")
            who = traced("{} of {}", number, of_all) if not parts else number
            parts.append(traced("{} {}", who, noun(count, one, many)))
    return parts


def headline_numbers(actions: Sequence[Recommendation]) -> dict[str, float | None]:
    """Return the numbers of the headline, each action in one of them at most, and the largest share cut off.

    `changes`: what `--apply` sets by itself; `held_back`: another number that is only set with `--force`;
    `too_slow`: no timeout fits; `judged`: all that have a verdict.
    """
    slow = [action for action in actions if action.verdict is Verdict.OVER_CAP_USE_ASYNC]
    return {
        "actions": len(actions),
        "changes": sum(will_be_set(action) for action in actions),
        "too_slow": len(slow),
        "held_back": sum(held_back(action) for action in actions if action not in slow),
        "judged": sum(wording_of(action).tone != "unknown" for action in actions),
        "worst_share": max((action.cut_off_now or 0.0 for action in actions), default=None),
    }


def tally(actions: Sequence[Recommendation]) -> TracedText:
    """Return how many actions got which verdict: `2 to raise · 1 to lower · 5 fitting`."""
    counted = tally_numbers(actions).items()
    parts = [
        traced("{} {}", traced_number(str(many), many, f"tally/{name}"), _counted_as(name))
        for name, many in counted
    ]
    return traced_join(" · ", parts)


def _counted_as(name: str) -> str:
    return (SET_UNKNOWN if name == SET else WORDING[Verdict(name)]).counted


def tally_numbers(actions: Sequence[Recommendation]) -> dict[str, int]:
    """Return how many actions got each verdict, most urgent first; verdicts without actions are left out.

    `set`: raised or lowered from a timeout that nobody knows.
    """
    names = [SET if wording_of(action) is SET_UNKNOWN else action.verdict.value for action in actions]
    order = [*(verdict.value for verdict in SETTABLE), SET, *(verdict.value for verdict in WORDING)]
    return {name: names.count(name) for name in dict.fromkeys(order) if name in names}


def change_text(action: Recommendation) -> str:
    """Return `5 s → 10 s`, `5 s` when it stays, or a dash where nothing is known."""
    now = numbers.seconds(action.current_timeout_s)
    if action.timeout_is_set is False and action.current_timeout_s is not None:
        now = f"unset ({now})"
    to = action.recommended_timeout_s
    if to is None or to == action.current_timeout_s:
        return now
    return f"{now} ({to} s only with --force)" if held_back(action) else f"{now} → {to} s"


def _shortened(name: str) -> str:
    """A name that fits into a sentence: its beginning, and `…` where something was left out."""
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1].rstrip()}…"


def _worst(actions: Sequence[Recommendation]) -> str:
    """The share of the action that loses most calls today; named where it is not one that needs a change."""
    worst = max(actions, key=lambda action: action.cut_off_now or 0.0)
    share = worst.cut_off_now or 0.0
    if share < NOTABLE_SHARE:
        return ""
    named = _shortened(worst.action_name)
    if len(actions) == 1:
        who = "the present timeout" if wording_of(worst).tone == "unknown" else "it"
    else:
        counted = worst.verdict in CHANGES or held_back(worst)
        who = "the worst" if counted else named
    cut_off = traced_number(numbers.share(share), worst.cut_off_now, "headline/worst_share")
    return traced("; {} cuts off {} of calls", who, cut_off)
