"""The news of `diag watch`: a promise that broke, one that is kept again, a change it cannot judge."""

from collections.abc import Sequence
from typing import Final

from analysis.number_words import plural
from analysis.typed_command import Asked
from diag.changes.plans.change_result import ChangeResult
from diag.changes.plans.plan import Change
from diag.notifying.news import FoundNow, Item
from diag.production.promises.judge_promises import PromiseLook, Watched
from diag.production.promises.watch_words import broken_facts, next_step, not_watched_line

CALLERS: Final = "The flows of these callers went on without its answer."


def watch_news(look: PromiseLook, asked: Asked, org: str, *, sandbox: bool, undo: bool = False) -> FoundNow:
    """Return what a look found; `asked`: which org, for the commands in it. `undo`: --undo was typed."""
    fine = {}
    for item in look.watched:
        name, entry = item.promise.line.action_name, item.promise.line.entry
        fine[_unjudged(entry)] = f"{name}: it is watched again."
        if not item.broken:
            fine[_broken(entry)] = f"{name}: production keeps again what was promised."
    title = f"{'SANDBOX: ' if sandbox else ''}diag watch: {plural(len(look.broken), 'promise')} broken"
    return FoundNow(
        f"{title} in {org}",
        (
            *(_item(item, asked, undo=undo) for item in look.broken),
            *(
                Item(_unjudged(missing.promise.line.entry), not_watched_line(missing), missing.why)
                for missing in look.not_watched
            ),
        ),
        fine,
    )


def undo_news(results: Sequence[ChangeResult], org: str, *, sandbox: bool) -> FoundNow:
    """Return what `--undo` took back, once it did."""
    undone = [result for result in results if result.outcome == "applied"]
    return FoundNow(
        f"{'SANDBOX: ' if sandbox else ''}diag watch: {plural(len(undone), 'change')} undone in {org}",
        tuple(
            Item(
                f"undone {result.entry}",
                f"{result.change.action_name}: the change that broke its promise was undone. Its timeout is "
                f"{_timeout(result.change)} again.",
            )
            for result in undone
        ),
    )


def _timeout(change: Change) -> str:
    return f"{change.after_timeout_s} s" if change.after_is_set else "unset"


def _item(item: Watched, asked: Asked, *, undo: bool) -> Item:
    """Whoever reads it on a telephone learns what it meant to callers, and whether anything was done."""
    if undo and item.promise.undo_helps:
        done = "diag is undoing the change; another message says when it is done."
    else:
        done = f"diag has changed nothing; whoever runs it decides. Next: {next_step(item, asked)}"
    text = f"{broken_facts(item)} {CALLERS} {done}"
    return Item(_broken(item.promise.line.entry), text)


def _broken(entry: str) -> str:
    return f"broken {entry}"


def _unjudged(entry: str) -> str:
    return f"not judged {entry}"
