"""Replies that came in time and broke the action's contract: how many, and where they broke it."""

from dataclasses import dataclass
from typing import Final

import pandas as pd

from analysis.format.call_record import OUTCOME_CODES
from analysis.format.sample_schema import Outcome
from analysis.samples.action_calls import Calls

MOST_PLACES: Final = 5


@dataclass(frozen=True, slots=True)
class BrokenContract:
    """`calls` whose reply broke the contract alike. `path`: the place in the reply, or the template that it does
    not fit; `rule`: the rule that it breaks there, never a value; None where it was not recorded."""

    calls: int
    path: str | None = None
    rule: str | None = None


def broken_contracts(calls: Calls, table: pd.DataFrame) -> tuple[BrokenContract, ...]:
    """Return the places where replies broke the contract, the commonest first.

    `table`: what the calls were taken from; without its details (`read_samples(..., detail=True)`) the places
    are not known, and all such calls are one entry.
    """
    code = OUTCOME_CODES[Outcome.CONTRACT_ERROR]
    broken = calls.select(lambda piece: piece.outcome == code)
    if not len(broken):
        return ()
    rows = table.iloc[broken.row]
    columns = [name for name in ("failed_step", "error_message") if name in rows]
    if not columns:
        return (BrokenContract(len(rows)),)
    texts = pd.DataFrame({name: rows[name].astype(object) for name in columns})
    found = []
    for key, alike in texts.groupby(columns, dropna=False, sort=True):
        place = dict(zip(columns, key, strict=True))
        found.append(
            BrokenContract(len(alike), _text(place.get("failed_step")), _text(place.get("error_message")))
        )
    return tuple(sorted(found, key=lambda one: -one.calls)[:MOST_PLACES])


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None
