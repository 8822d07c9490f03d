"""What is new since the last message. Pure: of what was notified then, and what was found now.

Only what was looked at now can be over: an action that this run did not judge stays as it was notified.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

MOST_SENTENCES: Final = 10
MOST_LETTERS: Final = 600
"""Of one sentence: a message is read on a telephone, and Teams takes no card above 28 KB."""


@dataclass(frozen=True, slots=True)
class Item:
    """Something to notify of once: `text` says it, `key` is the same as long as it lasts.

    It is news again when `mark` differs from the last notification, or `number` by more than `near`.
    """

    key: str
    text: str
    mark: str = ""
    number: float | None = None
    near: float = 0.0


@dataclass(frozen=True, slots=True)
class FoundNow:
    """What one run found. `fine`: what it looked at and found in order, by key, with the sentence for it
    where the last notification said something else."""

    title: str
    items: tuple[Item, ...]
    fine: Mapping[str, str] = field(default_factory=dict)
    report: Path | None = None
    """Where the whole of it can be read; None: nowhere but in the folder in which it was found."""


@dataclass(frozen=True, slots=True)
class Notified:
    """An item as it was in the last notification of it."""

    mark: str = ""
    number: float | None = None


@dataclass(frozen=True, slots=True)
class News:
    """What a message has to say (nothing: there is none), and what is notified once it has arrived."""

    sentences: tuple[str, ...]
    notified: Mapping[str, Notified]


def news_of(found: FoundNow, notified: Mapping[str, Notified]) -> News:
    """Return what is new."""
    new = [item for item in found.items if _is_new(item, notified.get(item.key))]
    failing = {item.key for item in found.items}
    over = [found.fine[key] for key in notified if key in found.fine and key not in failing]
    after = {key: one for key, one in notified.items() if key not in found.fine or key in failing}
    after |= {item.key: Notified(item.mark, item.number) for item in new}
    return News(_shortened((*(item.text for item in new), *over)), after)


def _is_new(item: Item, before: Notified | None) -> bool:
    if before is None or before.mark != item.mark:
        return True
    if item.number is None or before.number is None:
        return item.number is not before.number
    return abs(item.number - before.number) > item.near


def _shortened(sentences: Sequence[str]) -> tuple[str, ...]:
    said = tuple(
        text if len(text) <= MOST_LETTERS else f"{text[: MOST_LETTERS - 1].rstrip()}…" for text in sentences
    )
    left = len(said) - MOST_SENTENCES
    return said if left <= 0 else (*said[:MOST_SENTENCES], f"And {left} more.")
