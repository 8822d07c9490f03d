"""`turns.json` of a window of a campaign: which actions it calls, how often and how fast, and until when."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Final

from analysis.analysis_errors import UnreadableSamplesError
from analysis.format.action_facts import ProductionWeek
from analysis.format.atomic_write import write_whole
from analysis.format.input_file import InputFile
from analysis.format.json_to_dataclass import Amount, Between, UnixSeconds, WrongShapeError, typed
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
class WindowOrder:
    """What one window does: its turns, in the order in which they are taken.

    `may_call_until` (Unix seconds): the end of the hours in which it lies; no call leaves later.
    `production_weeks`: when production calls the actions, by id, as it was read when the campaign began;
    None where it was not.
    """

    turns: tuple[Turn, ...]
    may_call_until: UnixSeconds
    production_weeks: Mapping[str, ProductionWeek] | None = None


def order_for(
    turns: Sequence[Turn], may_call_until: float, weeks: Mapping[str, ProductionWeek] | None
) -> WindowOrder:
    """Return the order of a window with these turns, with what is known of its own actions only."""
    ids = [turn.action_id for turn in turns]
    own = None if weeks is None else {each: weeks[each] for each in ids if each in weeks}
    return WindowOrder(tuple(turns), may_call_until, own)


def write_order(path: Path, order: WindowOrder) -> None:
    """Write the file, whole or not at all. Raises OSError."""
    write_whole(path, json_text({"format_version": TURNS_VERSION, **asdict(order)}, indent=1) + "\n")


def read_order(path: Path) -> WindowOrder:
    """Return what a window is to do. Raises UnreadableSamplesError."""
    file = InputFile(path, UnreadableSamplesError, "diag tune writes this file for each window.")
    body = file.json_object(TURNS_VERSION)
    try:
        order = typed(WindowOrder, body)
    except WrongShapeError as error:
        raise file.unfit(f"does not hold the turns of a window: {error}") from None
    if not order.turns or min(one.rate for one in order.turns) <= 0:
        raise file.unfit("does not hold the turns of a window")
    return order
