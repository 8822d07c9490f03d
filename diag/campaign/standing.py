"""Where one action stands after the windows so far: its verdict, whether it is done, and the calls it still
wants.

An action is done when its answer is settled and its calls cover at least what a lowering needs (coverage B)
and lie all over the span, or when its verdict is final. One that would be lowered goes on to the calls a
lowering needs: a number that `--apply` holds back is not what a campaign is for."""

import math
from dataclasses import dataclass, replace
from typing import Final

from analysis.coverage.hours_seen import HoursSeen
from analysis.recommend_settings import RecommendSettings
from analysis.stopping.when_settled import Settled
from analysis.timeout_rule import slack_s, timeout_for
from analysis.verdicts.evidence_to_set import GRADES_TO_LOWER, MIN_CALLS_TO_LOWER, Hold, hold_on_lowering
from analysis.verdicts.recommendation import Recommendation, Verdict
from diag.campaign.campaign import ScopedAction, to_the_end
from diag.campaign.saved import GoneAction

WINDOWS_FOR_B: Final = 30
ENOUGH_TO_GUESS: Final = 10
"""Calls after which it is guessed whether the timeout will be lowered: early, so that the rest is spread."""
WARM_LEAST: Final = 5
"""Fewest calls to a warm action in one window: a fifth of them, the first, does not count."""
WARM_COUNTS: Final = 0.8
"""Part of a warm action's calls that counts."""
WANTED_TO_LOWER: Final = 1.05
"""Times the calls a lowering needs: slow calls that come in bursts count as fewer, and how many is an
estimate."""
MOST_FOR_ONE: Final = 2.0
"""Calls made for one effective call at most: the more of them lie in one window, the less each is worth."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What was sent to one action so far. `last_at`: start of its newest call, Unix seconds; `first_s`: how
    long its first call took, None where it was refused or cut off by us."""

    calls: int = 0
    last_at: float | None = None
    first_s: float | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """`wanted`: calls to send in all, as far as is known now. `done`: why it is called no more, else None."""

    action_id: str
    sent: Sent
    wanted: int
    done: str | None = None
    answered: bool = False
    """Done but for the calls that are still to come up to the end of the span."""
    verdict: Verdict | None = None
    timeout_s: int | None = None
    """The number as it stands."""
    stopped: bool = False
    """It was called no further because of a final verdict, before its planned calls were made or after."""
    least: int = 1
    """Fewest calls in one window."""
    fewest: int = 1
    """Calls to send before which there is no number."""
    seen_from: float = 0.0
    """An action that is called after this moment was called to the end of the span (Unix seconds)."""
    lacks: str | None = None
    """Set where nothing but hours in which production calls is missing: which were seen, and which not."""
    hours: HoursSeen | None = None
    """In which hours its calls came; None before the first."""
    probe: str | None = None
    """The command that sees beyond its timeout, where that is the final answer."""
    gone: GoneAction | None = None
    """Set where it is done only because it cannot be called any more."""
    changed: str | None = None
    """What changed in it, and when, as a sentence: a step or a drift that its calls prove; else None."""

    @property
    def missing(self) -> int:
        """Return the calls still to send."""
        return 0 if self.done is not None else max(1, self.wanted - self.sent.calls)


def not_begun(action: ScopedAction, fewest_calls: int, seen_from: float = 0.0) -> Standing:
    """Return where an action stands before its first call; `seen_from`: as of a standing."""
    fewest = math.ceil(fewest_calls / (WARM_COUNTS if action.warm else 1.0))
    least = WARM_LEAST if action.warm else 1
    return Standing(
        action.action_id, Sent(), to_the_end(fewest), least=least, fewest=fewest, seen_from=seen_from
    )


def standing(
    judged: Recommendation,
    state: Settled,
    sent: Sent,
    settings: RecommendSettings,
    *,
    before: Standing,
) -> Standing:
    """Return where an action stands by its verdict and its stopping state; `before`: before any call."""
    answer = _answered(judged, state, settings)
    all_over = (sent.last_at or 0.0) >= before.seen_from
    done = answer if all_over or state.verdict is not None else None
    return Standing(
        judged.action_id,
        sent,
        sent.calls if done is not None else _wanted(judged, state, sent, settings, before),
        done,
        answer is not None,
        judged.verdict,
        judged.recommended_timeout_s,
        state.verdict is not None,
        before.least,
        before.fewest,
        before.seen_from,
        judged.coverage_reason if _lacks_hours_only(judged, state, answer) else None,
        judged.hours,
        judged.next_command if done is not None and judged.verdict is Verdict.CENSORED_NEEDS_PROBE else None,
        changed=judged.reason if judged.verdict is Verdict.UNSTABLE and judged.change is not None else None,
    )


def ended(one: Standing, gone: GoneAction) -> Standing:
    """Return an action that cannot be called any more as one that is done, with the verdict of its calls so
    far.

    One that was done before stays as it is."""
    return one if one.done is not None else replace(one, done=gone.why, gone=gone, lacks=None)


def _lacks_hours_only(judged: Recommendation, state: Settled, answer: str | None) -> bool:
    if answer is not None or not state.settled or judged.verdict is Verdict.INSUFFICIENT_SAMPLES:
        return False
    return judged.hours is not None and judged.hours.grade == "C"


def _answered(judged: Recommendation, state: Settled, settings: RecommendSettings) -> str | None:
    if not state.settled:
        return None
    if state.verdict is not None:
        return state.why
    if judged.verdict is Verdict.INSUFFICIENT_SAMPLES and state.calls < settings.target_calls:
        return None  # what came after the look took its answer back
    if judged.grade not in GRADES_TO_LOWER:
        return None
    if judged.verdict is Verdict.LOWER and hold_on_lowering(judged) is Hold.CALLS:
        return None
    if judged.verdict is Verdict.UNSTABLE and judged.samples < MIN_CALLS_TO_LOWER:
        return None
    return state.why


def _wanted(
    judged: Recommendation, state: Settled, sent: Sent, settings: RecommendSettings, before: Standing
) -> int:
    effect = judged.design_effect or 1.0
    wanted = before.wanted
    if state.more_calls is not None:
        wanted = max(wanted, to_the_end(sent.calls + state.more_calls))
    if not state.settled:  # at a steady pace from now on, not all at the end
        wanted = max(wanted, math.ceil(before.fewest * effect))
    elif judged.verdict is Verdict.INSUFFICIENT_SAMPLES:
        wanted = max(wanted, sent.calls + (judged.calls_needed or 0))
    if _will_be_lowered(judged, settings):
        counting = max(judged.samples, 1) / max(sent.calls, 1)
        each = min(effect, MOST_FOR_ONE) / max(counting, 0.5)
        wanted = max(wanted, math.ceil(WANTED_TO_LOWER * MIN_CALLS_TO_LOWER * each))
    seen = judged.windows or 0
    if state.settled and seen < WINDOWS_FOR_B:
        wanted = max(wanted, sent.calls + before.least * (WINDOWS_FOR_B - seen))
    return min(wanted, max(settings.target_calls * 2, before.wanted))


def _will_be_lowered(judged: Recommendation, settings: RecommendSettings) -> bool:
    """Whether the calls so far point to a shorter timeout, by the rule that will decide in the end."""
    if judged.verdict is Verdict.LOWER or judged.verdict is Verdict.UNSTABLE:
        return True
    if judged.verdict is not Verdict.INSUFFICIENT_SAMPLES or judged.samples < ENOUGH_TO_GUESS:
        return False
    now, seen = judged.current_timeout_s, judged.quantile_ms
    if now is None or seen is None:
        return False
    to_s = timeout_for(seen, seen, settings)
    return now > to_s + slack_s(to_s, settings)
