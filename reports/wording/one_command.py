"""Actions that need the same next, together: one command for all of them, so that few lines say it all."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from analysis.machine.command_words import taken_apart
from analysis.typed_command import NAMED_BY, typed
from analysis.verdicts.recommendation import Recommendation, Verdict

_LARGEST: Final = ("--calls", "--days", "--over", "--time")
"""Flags of which the largest value serves all: calls to each action at most, days back at least, the span of
a campaign, the time a run may take."""
_OF_SOME: Final = "--time"
"""Stands only where the usual time is too short."""
_VALUE: Final = re.compile(r"([0-9]+)([a-z]*)")


@dataclass(frozen=True, slots=True)
class OneCommand:
    """Actions with one command, which calls for about `takes_s` (None: unknown, or it waits for none)."""

    command: str
    actions: tuple[Recommendation, ...]

    @property
    def takes_s(self) -> float | None:
        """Return about how long the command takes: all actions are called at once, each at its own pace."""
        each = [action.next_takes_s for action in self.actions]
        return max((one for one in each if one is not None), default=None) if None not in each else None


@dataclass(frozen=True, slots=True)
class _Parsed:
    """A next command taken apart: its verb and flags, names, and numbers of which the largest serves.

    `verb` None: it is no command that names actions, and is only equal to itself.
    """

    command: str
    verb: str | None = None
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    largest: tuple[tuple[str, int, str], ...] = ()
    """Flag, number, unit."""

    @property
    def kind(self) -> tuple[object, ...]:
        """Return what is equal in commands that one can stand for."""
        if self.verb is None:
            return (self.command,)
        units = tuple((flag, unit) for flag, _, unit in self.largest if flag != _OF_SOME)
        return self.verb, self.before, self.after, units


def commands_for(actions: Iterable[Recommendation]) -> list[OneCommand]:
    """Return one entry for each command that the actions with a next command need, in the order they came."""
    groups: dict[tuple[object, ...], list[tuple[Recommendation, _Parsed]]] = {}
    for action in actions:
        if action.next_command is not None:
            one = _parsed(action.next_command)
            # What changed needs many calls, and the others would have to wait for them.
            key = (*one.kind, action.verdict is Verdict.UNSTABLE)
            groups.setdefault(key, []).append((action, one))
    return [
        OneCommand(_command([one for _, one in group]), tuple(action for action, _ in group))
        for group in groups.values()
    ]


def words_of(command: str) -> list[str]:
    """Return the words of a command; a text that is none (of a file from elsewhere) stays one word."""
    try:
        return taken_apart(command)
    except ValueError:
        return [command]


def _parsed(command: str) -> _Parsed:
    words = words_of(command)
    if words[:1] != ["diag"] or words[1:2] == [] or words[1] not in NAMED_BY:
        return _Parsed(command)
    try:
        return _taken_apart(command, words[1], words[2:])
    except (ValueError, StopIteration):
        return _Parsed(command)


def _taken_apart(command: str, verb: str, words: Sequence[str]) -> _Parsed:
    flag = NAMED_BY[verb]
    before, after, names = list[str](), list[str](), list[str]()
    largest: list[tuple[str, int, str]] = []
    rest = iter(words)
    for word in rest:
        if word == "--":
            names += rest
        elif word == flag:
            names.append(next(rest))
        elif flag is not None and word.startswith(f"{flag}="):
            names.append(word.removeprefix(f"{flag}="))
        elif word in _LARGEST:
            given = next(rest)
            value = _VALUE.fullmatch(given)
            if value is None:
                after += [word, given]
            else:
                largest.append((word, int(value[1]), value[2]))
        elif flag is None and not word.startswith("-") and not after:
            names.append(word)
        else:
            (after if names or flag is None else before).append(word)
    return _Parsed(command, verb, tuple(before), tuple(after), tuple(names), tuple(largest))


def _command(parts: Sequence[_Parsed]) -> str:
    """Return the command that does what all these do; they differ in names and in largest values only."""
    first = parts[0]
    if first.verb is None or len({part.command for part in parts}) == 1:
        return first.command
    names = list(dict.fromkeys(name for part in parts for name in part.names))
    largest: dict[str, tuple[int, str]] = {}
    for flag, value, unit in (one for part in parts for one in part.largest):
        largest[flag] = max(largest.get(flag, (0, unit)), (value, unit))
    numbers = [word for flag, (value, unit) in largest.items() for word in (flag, f"{value}{unit}")]
    return typed(first.verb, names, before=first.before, after=[*numbers, *first.after])
