"""Actions that need the same next, together: one command for all of them, so that few lines say it all."""

import shlex
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from analysis.verdicts.recommendation import Recommendation, Verdict

_WITH_NAMES: Final = (["diag", "measure"], ["diag", "observe"])
_LARGEST: Final = ("--calls", "--days")
"""Flags of which the largest value serves all: calls to each action at most, days back at least."""


@dataclass(frozen=True, slots=True)
class Together:
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
    """A next command taken apart: what must be equal, names, and values of which the largest serves."""

    command: str
    same: tuple[str, ...]
    names: tuple[str, ...]
    largest: tuple[tuple[str, int], ...]


def together(actions: Iterable[Recommendation]) -> list[Together]:
    """Return one entry for each command that the actions with a next command need, in the order they came."""
    groups: dict[tuple[str, ...], list[tuple[Recommendation, _Parsed]]] = {}
    for action in actions:
        if action.next_command is not None:
            one = _parsed(action.next_command)
            # What changed needs many calls, and the others would have to wait for them.
            kind = "unstable" if action.verdict is Verdict.UNSTABLE else ""
            key = (*one.same, *(flag for flag, _ in one.largest), kind)
            groups.setdefault(key, []).append((action, one))
    return [
        Together(_command([one for _, one in group]), tuple(action for action, _ in group))
        for group in groups.values()
    ]


def words_of(command: str) -> list[str]:
    """Return the words of a command; a text that is none (of a file from elsewhere) stays one word."""
    try:
        return shlex.split(command)
    except ValueError:
        return [command]


def _parsed(command: str) -> _Parsed:
    words = words_of(command)
    try:
        return (
            _taken_apart(command, words) if words[:2] in _WITH_NAMES else _Parsed(command, (command,), (), ())
        )
    except (ValueError, StopIteration):
        return _Parsed(command, (command,), (), ())


def _taken_apart(command: str, words: Sequence[str]) -> _Parsed:
    same, names, largest = list(words[:2]), list[str](), list[tuple[str, int]]()
    rest = iter(words[2:])
    for word in rest:
        if word == "--":
            names += rest
        elif word == "--action":
            names.append(next(rest))
        elif word.startswith("--action="):
            names.append(word.removeprefix("--action="))
        elif word in _LARGEST:
            largest.append((word, int(next(rest))))
        elif words[1] == "observe" and not word.startswith("-") and len(same) == 2:
            names.append(word)
        else:
            same.append(word)
    return _Parsed(command, tuple(same), tuple(names), tuple(largest))


def _command(parts: Sequence[_Parsed]) -> str:
    """Return the command that does what all these do; they differ in names and in largest values only."""
    first = parts[0]
    if len({part.command for part in parts}) == 1:
        return first.command
    names = list(dict.fromkeys(name for part in parts for name in part.names))
    values = zip(*(part.largest for part in parts), strict=True)
    largest = [word for each in values for word in (each[0][0], str(max(value for _, value in each)))]
    verb, flags = first.same[:2], first.same[2:]
    if verb[1] == "measure":
        chosen = [word for name in names for word in _only(name)]
        return shlex.join([*verb, *_before(flags), *chosen, *largest, *_after(flags)])
    if any(name.startswith("-") for name in names):
        return shlex.join([*verb, *largest, *flags, "--", *names])
    return shlex.join([*verb, *names, *largest, *flags])


def _only(name: str) -> tuple[str, ...]:
    return (f"--action={name}",) if name.startswith("-") else ("--action", name)


def _before(flags: Sequence[str]) -> list[str]:
    """What an action is called with stands before its name, as people type it."""
    return [flag for flag in flags if flag in ("--probe", "--dry-run")]


def _after(flags: Sequence[str]) -> list[str]:
    return [flag for flag in flags if flag not in ("--probe", "--dry-run")]
