"""`turns.json` of a window of a campaign: which actions it calls, how often and how fast."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Final

from analysis.errors import UnreadableSamplesError
from analysis.format.atomic_write import write_whole
from analysis.format.input_file import InputFile
from analysis.format.typed_json import Amount, Between, WrongShapeError, typed
from analysis.plain_text import json_text

TURNS_VERSION: Final = 1
TURNS_FILE: Final = "turns.json"


@dataclass(frozen=True, slots=True)
class Turn:
    """One action in one window: `calls` at `rate` calls/s. `every_call_counts`: the first ones are not cut
    off as a warm-up, because production's calls meet a backend that is as cold."""

    action_id: str
    calls: Annotated[int, Between(1, 10**6)]
    rate: Amount
    every_call_counts: bool

    @property
    def takes_s(self) -> float:
        """Return about how long its calls take to leave."""
        return self.calls / self.rate


@dataclass(frozen=True, slots=True)
class _Turns:
    format_version: int
    turns: tuple[Turn, ...]


def write_turns(path: Path, turns: Sequence[Turn]) -> None:
    """Write the file, whole or not at all. Raises OSError."""
    body = {"format_version": TURNS_VERSION, "turns": [asdict(turn) for turn in turns]}
    write_whole(path, json_text(body, indent=1) + "\n")


def read_turns(path: Path) -> tuple[Turn, ...]:
    """Return the turns, in the order in which they are taken. Raises UnreadableSamplesError."""
    file = InputFile(path, UnreadableSamplesError, "diag tune writes this file for each window.")
    try:
        found = typed(_Turns, file.json())
    except WrongShapeError as error:
        raise file.unfit(f"does not hold the turns of a window: {error}") from None
    if found.format_version != TURNS_VERSION or not found.turns or min(one.rate for one in found.turns) <= 0:
        raise file.unfit("does not hold the turns of a window")
    return found.turns
