"""What `diag watch` says: one line while all holds, a sentence with its evidence for each broken promise."""

import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Final, Literal, TypedDict

from analysis.moment_words import at
from analysis.name_lists import reason_lines
from analysis.number_words import percent, plural
from analysis.production.promise_watch import ALARM, HEAD_START, Stretch
from analysis.recommend_settings import RecommendSettings
from analysis.share_cut_off import cut_off_of
from analysis.typed_command import Asked, rule_flags
from diag.production.promises.judge_promises import NotWatched, PromiseLook, Watched
from diag.production.promises.what_was_promised import ACCEPTED

WATCH_VERSION: Final = 1
NOTHING_ASKED: Final = Asked()
FALSE_ALARMS: Final = (
    f"A false alarm comes about once in {ALARM - HEAD_START:,.0f} hours with executions of an action, on "
    "average, where exactly what was promised is cut off."
)
"""Said with each broken promise: at least so many hours, on average (docs/method.md, "The watch after a
change")."""


class BreakJson(TypedDict):
    """A time in which a promise was broken; UTC."""

    broken_at: str
    kept_again_at: str


class StretchJson(TypedDict):
    """The hours that speak most against a promise."""

    since: str
    """UTC."""
    executions: int
    cut_off: int


class PromiseJson(TypedDict):
    """One change, what it promised, and what production says of it; shares are 0..1, times UTC."""

    action_id: str
    action_name: str
    entry: str
    """Of the journal."""
    timeout_s: int
    accepted: float
    """The share that may be cut off."""
    changed_at: str
    hours: int
    """Full hours with executions since."""
    executions: int
    cut_off: int
    evidence: float
    """Against `alarm`, in hours."""
    broken: bool
    broken_at: str | None
    breaks: list[BreakJson]
    """Earlier ones that are over."""
    worst: StretchJson
    enough_s: int | None
    """The timeout that would do, where it is far shorter."""
    next_command: str | None
    """What mends a broken promise."""


class NotWatchedJson(TypedDict):
    """A change that cannot be judged, and why."""

    action_id: str
    action_name: str
    entry: str
    why: str


class WatchJson(TypedDict):
    """One look at production."""

    format_version: Literal[1]
    accepted: float
    """Share promised where the journal does not say."""
    alarm: float
    """Evidence that is enough, in hours."""
    broken: int
    promises: list[PromiseJson]
    not_watched: list[NotWatchedJson]


def holds_line(look: PromiseLook) -> str:
    """Return the one line of a look at which nothing is broken."""
    if not look.watched:
        return "Nothing to watch: no change of diag is in force in this org."
    executions = sum(item.state.executions for item in look.watched)
    timeouts = plural(len(look.watched), "changed timeout")
    if not executions:
        return f"{timeouts}, and no full hour with production executions since: nothing to judge yet."
    promised = sorted({item.promise.accepted for item in look.watched})
    share = percent(promised[-1]) if len(promised) == 1 else f"what each accepts ({_range(promised)})"
    return (
        f"{timeouts} as promised: no proof of more than {share} cut off in "
        f"{plural(executions, 'production execution')}."
    )


def broken_sentence(item: Watched) -> str:
    """Return what broke, with the hours that prove it, and how often that is said wrongly."""
    return f"{broken_facts(item)} {FALSE_ALARMS}"


def broken_facts(item: Watched) -> str:
    """Return what broke, with the hours that prove it: those of the watch end with the one that broke it."""
    line, worst = item.promise.line, worst_stretch(item)
    ended = item.state.broken_at
    hours = f"since {at(worst.since)}" if ended is None else f"from {at(worst.since)} to {at(ended)}"
    return (
        f"{line.action_name}: {percent(worst.share)} of {plural(worst.executions, 'production execution')} "
        f"{hours} ({worst.cut_off:,} of them) were cut off at its timeout of "
        f"{item.promise.timeout_s} s; at most {percent(item.promise.accepted)} was promised."
    )


def next_step(item: Watched, asked: Asked = NOTHING_ASKED) -> str:
    """Return what mends a broken promise; `asked`: which org, for the commands in it."""
    observe = _observe(item, asked)
    if item.promise.undo_helps:
        return f"{_next_command(item, asked)}, or look for another number: {observe}"
    return f"{observe} (undoing the change would cut off more: it made the timeout longer)"


def generous_line(item: Watched, asked: Asked = NOTHING_ASKED) -> str:
    """Return the advice about a timeout far above what production needs; `enough_s` must be there."""
    return (
        f"{item.promise.line.action_name}: its timeout of {item.promise.timeout_s} s is far above what "
        f"production needs ({item.enough_s} s would do); callers may wait that long in silence. "
        f"To lower it: {_observe(item, asked, '--out', 'plan.json')}"
    )


def untold_lines(items: Sequence[Watched]) -> list[str]:
    """Return of which promises too little was seen, without full stops; those alike are one line."""
    return reason_lines((item.promise.line.action_name, _untold(item)) for item in items)


def kept_again_line(item: Watched) -> str:
    """Return when a promise that is kept was broken before; its state must have such breaks."""
    last = item.state.breaks[-1]
    return (
        f"{item.promise.line.action_name}: its promise was broken, as seen at {at(last.broken_at)}, and is "
        f"kept again, as proven at {at(last.kept_again_at)}."
    )


def not_watched_line(item: NotWatched) -> str:
    """Return why a change is not judged."""
    return f"Not watched: {item.promise.line.action_name}: {item.why}."


def worst_stretch(item: Watched) -> Stretch:
    """Return the hours that speak most against the promise, all of them before there are any."""
    return item.state.stretch or Stretch(item.promise.line.at)


def look_to_json(look: PromiseLook, asked: Asked = NOTHING_ASKED) -> WatchJson:
    """Return a look for scripts: times in UTC, shares as fractions, timeouts in seconds (docs/formats.md).

    `asked`: which org, for the commands in it.
    """
    return {
        "format_version": WATCH_VERSION,
        "accepted": ACCEPTED,
        "alarm": ALARM,
        "broken": len(look.broken),
        "promises": [_promise_json(item, asked) for item in look.watched],
        "not_watched": [
            {
                "action_id": item.promise.line.action_id,
                "action_name": item.promise.line.action_name,
                "entry": item.promise.line.entry,
                "why": item.why,
            }
            for item in look.not_watched
        ],
    }


def _promise_json(item: Watched, asked: Asked) -> PromiseJson:
    line, state, worst = item.promise.line, item.state, worst_stretch(item)
    return {
        "action_id": line.action_id,
        "action_name": line.action_name,
        "entry": line.entry,
        "timeout_s": item.promise.timeout_s,
        "accepted": item.promise.accepted,
        "changed_at": _utc(line.at),
        "hours": state.hours,
        "executions": state.executions,
        "cut_off": state.cut_off,
        "evidence": round(state.evidence, 4),
        "broken": item.broken,
        "broken_at": None if state.broken_at is None else _utc(state.broken_at),
        "breaks": [
            {"broken_at": _utc(one.broken_at), "kept_again_at": _utc(one.kept_again_at)}
            for one in state.breaks
        ],
        "worst": {"since": _utc(worst.since), "executions": worst.executions, "cut_off": worst.cut_off},
        "enough_s": item.enough_s,
        "next_command": _next_command(item, asked) if item.broken else None,
    }


def _range(promised: list[float]) -> str:
    return f"{percent(promised[0])} to {percent(promised[-1])}"


def _next_command(item: Watched, asked: Asked) -> str:
    """The one command that mends a broken promise."""
    if item.promise.undo_helps:
        return asked.command("undo", (item.promise.line.entry,))
    return _observe(item, asked)


def _observe(item: Watched, asked: Asked, *after: str) -> str:
    """Look for a number by the rule of the one that is watched: another percentile is another promise.

    In people's terms: the journal knows the percentile, not how it was typed."""
    percentile = item.promise.percentile
    rules = rule_flags(RecommendSettings(percentile=percentile), cut_off_of(percentile))
    return replace(asked, rules=rules).command("observe", (item.to_type,), after=after)


def _untold(item: Watched) -> str:
    state = item.state
    if not state.hours:
        return "production did not call it in any full hour since the change"
    return (
        f"{plural(state.executions, 'execution')} in {plural(state.hours, 'full hour')} since the change, "
        f"{state.cut_off:,} of them cut off: too few to tell"
    )


def _utc(at: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%MZ", time.gmtime(at))
