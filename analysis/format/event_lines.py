"""The line about itself that each load process writes once a second (`segments/<worker>.events`)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from analysis.format.call_record import EVENTS_SUFFIX
from analysis.format.input_file import open_regular
from analysis.format.json_to_dataclass import Amount, Count, UnixSeconds, typed_or_none
from analysis.format.json_within_limits import parse_line
from analysis.format.run_folder import RunFolder

ActionCounts = tuple[Count, Count, Count, Count, Count]
"""calls, ok, timeouts, errors, dropped: of one action so far."""


@dataclass(frozen=True, slots=True)
class SecondLine:
    """`at`: Unix seconds. `oldest`: per action id, when its oldest call in flight began, Unix seconds."""

    actions: Mapping[str, ActionCounts]
    at: UnixSeconds = 0.0
    elapsed_s: Amount = 0.0
    in_flight: Count = 0
    offered_rate: Amount = 0.0
    oldest: Mapping[str, UnixSeconds] = field(default_factory=dict)


def second_line(body: Mapping[str, object]) -> SecondLine | None:
    """Return a parsed line of kind `second`; None for any other, and for one that was edited or torn."""
    return typed_or_none(SecondLine, body) if body.get("kind") == "second" else None


def last_seconds(folder: RunFolder) -> tuple[SecondLine, ...]:
    """Return the last whole `second` line of each process that has written one."""
    lasts = (last_second(path) for path in folder.segments.glob(f"*{EVENTS_SUFFIX}"))
    return tuple(second for second in lasts if second is not None)


def last_second(path: Path, recorded: int | None = None) -> SecondLine | None:
    """Return the last whole `second` line of a process; with `recorded`, the last that counts no more calls
    than so many: those of its calls that are on disk."""
    try:
        with open_regular(path) as file:
            lines = file.read().split(b"\n")[:-1]
    except OSError:
        return None
    seconds = (second_line(parse_line(line) or {}) for line in reversed(lines))
    return next((one for one in seconds if one is not None and _is_covered(one, recorded)), None)


def _is_covered(second: SecondLine, recorded: int | None) -> bool:
    return recorded is None or sum(calls for calls, *_ in second.actions.values()) <= recorded
