"""A verdict in words and a sign, and how many actions got which."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from analysis.verdicts.evidence_to_set import held_back
from analysis.verdicts.recommendation import Recommendation, Verdict
from reports.wording import numbers
from reports.wording.traced_text import TracedText, traced, traced_join, traced_number

Tone = Literal["up", "down", "beyond", "set", "fits", "unknown", "aside"]


@dataclass(frozen=True, slots=True)
class Wording:
    """How a verdict looks: a sign and a word (never colour alone), and the tone that colours it."""

    word: str
    sign: str
    tone: Tone
    counted: str
    """How the tally names several of them."""


WORDING: Final = {
    Verdict.RAISE: Wording("Raise", "↑", "up", "to raise"),
    Verdict.LOWER: Wording("Lower", "↓", "down", "to lower"),
    Verdict.OVER_CAP_USE_ASYNC: Wording("Make async", "⇥", "beyond", "too slow for the cap"),
    Verdict.CENSORED_NEEDS_PROBE: Wording(
        "Try longer timeout", "?", "unknown", "to try with a longer timeout"
    ),
    Verdict.INSUFFICIENT_SAMPLES: Wording("More calls needed", "…", "unknown", "with too few calls"),
    Verdict.UNSTABLE: Wording("Unstable", "≈", "unknown", "unstable"),
    Verdict.NO_DATA: Wording("No data", "∅", "unknown", "without data"),
    Verdict.OK: Wording("Fits", "✓", "fits", "fitting"),
    Verdict.NOT_CONFIGURABLE: Wording("No own timeout", "–", "aside", "built in (no timeout of its own)"),
}

SET: Final = "set"
SET_UNKNOWN: Final = Wording("Set", "→", "set", "to set")
"""A number for an action whose present timeout is not known."""
WAIT: Final = "held_back"
WAIT_TO_RAISE: Final = Wording("Raise later", "⇡", "unknown", "to raise or lower later")
WAIT_TO_LOWER: Final = Wording("Lower later", "⇣", "unknown", "to raise or lower later")
"""Another number would do, and something speaks against setting it yet."""
LONGER: Final = "measure_longer"
MEASURE_LONGER: Final = Wording("Measure longer", "◷", "unknown", "to measure longer")
"""What hides the answer is the end of the run, not the timeout."""
GIVES_UP: Final = "backend_gives_up"
BACKEND_GIVES_UP: Final = Wording("Backend gives up", "✂", "unknown", "whose backend gives up")
ERRORS: Final = "errors_first"
ERRORS_FIRST: Final = Wording("Errors first", "✗", "unknown", "with errors to look into")
BACKEND: Final = "backend_fits"
BACKEND_FITS: Final = Wording("Backend fits", "◐", "unknown", "of which the backend fits")
"""Only the backend was called: whether the timeout fits with Genesys' own share is not known."""

NUANCES: Final = {
    SET: SET_UNKNOWN,
    WAIT: WAIT_TO_LOWER,
    LONGER: MEASURE_LONGER,
    GIVES_UP: BACKEND_GIVES_UP,
    ERRORS: ERRORS_FIRST,
    BACKEND: BACKEND_FITS,
}
"""Names in the tally for what one verdict word alone would say wrongly."""

CHANGES: Final = (Verdict.RAISE, Verdict.LOWER, Verdict.OVER_CAP_USE_ASYNC)
"""Verdicts that ask for something to be done to the action."""

SETTABLE: Final = (Verdict.RAISE, Verdict.LOWER)
"""Verdicts with a number to set (analysis/verdicts/evidence_to_set.py says which of them `--apply` sets)."""


def wording_of(action: Recommendation) -> Wording:
    """Return the verdict's words: what is to be done, also where a number has to wait."""
    name = _name(action)
    if name == WAIT:
        return WAIT_TO_RAISE if action.verdict is Verdict.RAISE else WAIT_TO_LOWER
    return NUANCES[name] if name in NUANCES else WORDING[action.verdict]


def _name(action: Recommendation) -> str:
    """Return the verdict's code, or the name of its nuance; a number that waits waits whatever it is."""
    if action.verdict in SETTABLE and held_back(action):
        return WAIT
    if action.verdict in SETTABLE and action.current_timeout_s is None:
        return SET
    if action.verdict is Verdict.CENSORED_NEEDS_PROBE:
        if action.still_running > action.censored / 2:
            return LONGER
        if action.backend_gives_up_ms is not None:
            return GIVES_UP
        if action.censored and not action.timeouts:
            return ERRORS
    if action.verdict is Verdict.OK and action.backend_alone:
        return BACKEND
    return action.verdict.value


def tally(actions: Sequence[Recommendation]) -> TracedText:
    """Return how many actions got which verdict: `2 to raise · 1 to lower · 5 fitting`."""
    counted = tally_numbers(actions).items()
    parts = [
        traced("{} {}", traced_number(str(many), many, f"tally/{name}"), _counted_as(name, many))
        for name, many in counted
    ]
    return traced_join(" · ", parts)


def _counted_as(name: str, many: int) -> str:
    text = (NUANCES[name] if name in NUANCES else WORDING[Verdict(name)]).counted
    return text if many == 1 else text.replace("its own", "their own")


def tally_numbers(actions: Sequence[Recommendation]) -> dict[str, int]:
    """Return how many actions got each verdict, most urgent first; verdicts without actions are left out.

    The names are the verdicts' codes and those of `NUANCES`; each action is counted once.
    """
    names = [_name(action) for action in actions]
    order = [*(verdict.value for verdict in SETTABLE), *NUANCES, *(verdict.value for verdict in WORDING)]
    return {name: names.count(name) for name in dict.fromkeys(order) if name in names}


def change_text(action: Recommendation) -> str:
    """Return `5 s → 10 s`, `5 s` when it stays, `5 s (3 s later)`, or a dash where nothing is known."""
    now = numbers.seconds(action.current_timeout_s)
    if action.timeout_is_set is False and action.current_timeout_s is not None:
        now = f"unset ({now})"
    to = shown_number(action)
    if to is None or to == action.current_timeout_s:
        return now
    return f"{now} ({to} s later)" if held_back(action) else f"{now} → {to} s"


def shown_number(action: Recommendation) -> int | None:
    """Return the timeout to show as the answer; the cap is none, where no timeout fits."""
    return action.recommended_timeout_s if shows_cost(action) else None


def shows_cost(action: Recommendation) -> bool:
    """Return whether shares cut off and executions held are those of an answer; the cap is none."""
    return action.verdict is not Verdict.OVER_CAP_USE_ASYNC


def cut_off_then(action: Recommendation) -> float | None:
    """Return the share of calls that the answer cuts off, None where there is no answer."""
    return action.cut_off_after if shows_cost(action) else None


def held_share(action: Recommendation) -> float | None:
    """Return the share of the org's executions that a hung backend holds at the answer."""
    return action.concurrency_share if shows_cost(action) else None


def held_words(action: Recommendation) -> str:
    """Return `held_share` as it is shown; of a number that has to wait, with it: another is in force."""
    share = held_share(action)
    later = share is not None and held_back(action)
    return f"{numbers.share(share)} at {action.recommended_timeout_s} s" if later else numbers.share(share)


def cap_words(actions: Sequence[Recommendation]) -> tuple[str, int | None]:
    """Return up to which timeout these actions, none of which fits one, were judged: "30 s", and the number;
    None where they have different caps."""
    caps = {action.recommended_timeout_s for action in actions}
    cap_s = caps.pop() if len(caps) == 1 else None
    return ("its cap" if len(actions) == 1 else "their caps") if cap_s is None else f"{cap_s} s", cap_s
