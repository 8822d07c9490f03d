"""What `diag watch` has to tell: a promise that broke, one that is kept again, a change it cannot judge."""

from analysis.number_words import plural
from analysis.typed_command import Asked
from diag.notifying.news import Item, ToTell
from diag.notifying.place import this_place
from diag.production.watch_promises import PromiseLook, Watched
from diag.production.watch_words import broken_sentence, next_step, not_watched_line


def watch_news(look: PromiseLook, asked: Asked, org: str, *, sandbox: bool) -> ToTell:
    """Return what a look found; `asked`: which org, for the commands in it."""
    fine = {}
    for item in look.watched:
        name, entry = item.promise.line.action_name, item.promise.line.entry
        fine[_unjudged(entry)] = f"{name}: it is watched again."
        if not item.broken:
            fine[_broken(entry)] = f"{name}: production keeps again what was promised."
    title = f"{'SANDBOX: ' if sandbox else ''}diag watch: {plural(len(look.broken), 'promise')} broken"
    return ToTell(
        f"{title} in {org}",
        (
            *(_item(item, asked) for item in look.broken),
            *(
                Item(_unjudged(missing.promise.line.entry), not_watched_line(missing), missing.why)
                for missing in look.not_watched
            ),
        ),
        fine,
        this_place(),
    )


def _item(item: Watched, asked: Asked) -> Item:
    text = f"{broken_sentence(item)} Next: {next_step(item, asked)}"
    return Item(_broken(item.promise.line.entry), text)


def _broken(entry: str) -> str:
    return f"broken {entry}"


def _unjudged(entry: str) -> str:
    return f"not judged {entry}"
