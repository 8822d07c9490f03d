"""What to do now, in at most three lines with their commands: the same on every page and terminal."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from analysis.number_words import about_how_long, duration, plural
from analysis.recommend_settings import USUAL_CAP_S
from analysis.verdicts.evidence_to_set import will_be_set
from analysis.verdicts.recommendation import Recommendation, Verdict
from reports.wording.headline import shortened
from reports.wording.one_command import OneCommand, commands_for, words_of
from reports.wording.verdict_words import cap_words

MOST: Final = 3
"""Lines; what does not fit stands with each action."""


@dataclass(frozen=True, slots=True)
class ToDo:
    """A line: what it is for, its command (None: nothing to type), and the ids of the actions it serves."""

    what: str
    command: str | None = None
    action_ids: frozenset[str] = frozenset()

    @property
    def text(self) -> str:
        """Return the line for where there is no markup."""
        return f"{self.what}." if self.command is None else f"{self.what}: {self.command}"


def what_now(actions: Sequence[Recommendation], to_set: str) -> tuple[ToDo, ...]:
    """Return the steps, those for most actions first; `to_set`: the command that sets what can be set."""
    to_be_set = [action for action in actions if will_be_set(action)]
    groups = commands_for(action for action in actions if not will_be_set(action))
    steps = [_step(group) for group in sorted(groups, key=lambda group: -len(group.actions))]
    slow = [action for action in actions if action.verdict is Verdict.OVER_CAP_USE_ASYNC]
    if slow:
        steps.append(ToDo(_too_slow(slow), None, _ids(slow)))
    if to_be_set:
        number = plural(len(to_be_set), "timeout")
        steps.insert(0, ToDo(f"Set {number} (you see the plan and are asked first)", to_set, _ids(to_be_set)))
    if len(steps) <= MOST:
        return tuple(steps)
    kept, others = steps[: MOST - 1], steps[MOST - 1 :]
    left = sum(len(step.action_ids) for step in others)
    return (*kept, ToDo(f"{plural(left, 'more action')}: what to do stands with each"))


def _too_slow(slow: Sequence[Recommendation]) -> str:
    """What to do where no timeout up to the cap fits: a cap below the usual one may be what is in the way."""
    fits, call = ("fits", "the call") if len(slow) == 1 else ("fit", "the calls")
    needed = [action.uncapped_timeout_s for action in slow if action.uncapped_timeout_s is not None]
    raise_it = len(needed) == len(slow) and max(needed) <= USUAL_CAP_S
    do = f"{'raise the cap, or ' if raise_it else ''}make {call} asynchronous"
    return f"{_who(slow)} {fits} no timeout up to {cap_words(slow)[0]}: {do}"


def _step(group: OneCommand) -> ToDo:
    takes_s = group.takes_s
    time = "" if takes_s is None else f" ({about_how_long(takes_s)} at this pace)"
    return ToDo(f"{_purpose(group)}{time}", group.command, _ids(group.actions))


def _purpose(group: OneCommand) -> str:
    who, words = _who(group.actions), words_of(group.command)
    if all(action.verdict is Verdict.UNSTABLE for action in group.actions):
        return f"Find out why {who} changed, then measure again"
    match words[1:2]:
        case ["tune"]:
            return f"Spread a few calls to {who} over {_over(words)}, then lower"
        case ["observe"]:
            return f"Read more days of production for {who}"
        case ["doctor"]:
            return f"Find out why calls of {who} fail"
        case ["report"]:
            return f"See in the report how calls of {who} failed"
        case ["recommend"]:
            return f"Judge only the answered calls of {who}"
    if {"--direct", "--dry-run"} <= set(words):
        return f"Check how the backend of {who} is called, and with which credentials"
    for flag, purpose in _PURPOSE.items():
        if flag in words:
            return purpose.format(who)
    if "--direct" not in words and all(action.backend_alone for action in group.actions):
        return f"Measure {who} through Genesys Cloud, too"
    if "--timeout" in words:  # last: a command repeats the one that was asked for
        return f"Give the backend of {who} more time to answer"
    return f"Measure {who} again"


_PURPOSE: Final = {
    "--dry-run": "Give {} real inputs (this shows the lines to fill in)",
    "--probe": "Try {} with a longer timeout, on a private copy (draft)",
    "--rate": "Measure {} at a lower rate",
    "--all-the-time": "Watch {} for longer, then lower",
    "--calls": "Make more calls to {}",
}
"""A flag of `diag measure`, and what the command is for; the first that holds."""


def _over(words: Sequence[str]) -> str:
    """Over how long `diag tune` calls, as "24 h" or "3 days"; "some time" in a file from elsewhere."""
    over = words[words.index("--over") + 1] if "--over" in words[:-1] else ""
    return duration(int(over[:-1]) * 86_400.0) if re.fullmatch(r"[1-9][0-9]?d", over) else "some time"


def _who(actions: Sequence[Recommendation]) -> str:
    return shortened(actions[0].action_name) if len(actions) == 1 else plural(len(actions), "action")


def _ids(actions: Sequence[Recommendation]) -> frozenset[str]:
    return frozenset(action.action_id for action in actions)
