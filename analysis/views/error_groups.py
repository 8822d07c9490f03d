"""Calls that failed alike, for readers who search for a cause; no verdict rests on them."""

from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from analysis.format.sample_schema import Outcome
from analysis.long_arrays.pieces import pieces
from analysis.samples.cleaning.shown_ids import ALIKE
from analysis.views.summary import ErrorGroup

MAX_ERROR_GROUPS: Final = 20


def error_groups(table: pd.DataFrame) -> dict[str, tuple[ErrorGroup, ...]]:
    """Return failed calls that failed alike, most frequent first, per action id."""
    columns = [name for name in ALIKE if name in table]
    alike: dict[tuple[object, ...], _Alike] = {}
    for piece in pieces(len(table)):
        rows = table.iloc[piece]
        failed = rows[rows["outcome"] != Outcome.OK]
        if failed.empty:
            continue
        for key, some in failed.groupby(columns, observed=True, dropna=False, sort=False):
            alike.setdefault(tuple(map(_known, key)), _Alike()).add(some)
    found: dict[str, list[ErrorGroup]] = {}
    for each, together in alike.items():
        values: dict[str, Any] = dict(zip(columns, each, strict=True))
        status = values.get("http_status")
        found.setdefault(str(values["action_id"]), []).append(
            ErrorGroup(
                outcome=str(values["outcome"]),
                http_status=None if status is None else int(status),
                error_code=_text(values.get("error_code")),
                calls=together.calls,
                example_correlation_id=together.example,
                failed_step=_text(values.get("failed_step")),
                message=together.commonest_message(),
            )
        )
    return {
        action: tuple(sorted(groups, key=lambda group: -group.calls)[:MAX_ERROR_GROUPS])
        for action, groups in found.items()
    }


def _known(value: object) -> object:
    return None if value is None or value is pd.NA or value != value else value


@dataclass(slots=True)
class _Alike:
    """Calls that failed alike, some rows after the other."""

    calls: int = 0
    example: str | None = None
    messages: "pd.Series[int] | None" = None

    def add(self, rows: pd.DataFrame) -> None:
        self.calls += len(rows)
        if self.example is None and "correlation_id" in rows:
            self.example = next((str(one) for one in rows["correlation_id"].dropna().iloc[:1]), None)
        if "error_message" in rows:
            counts = rows["error_message"].value_counts(sort=False)
            self.messages = counts if self.messages is None else self.messages.add(counts, fill_value=0)

    def commonest_message(self) -> str | None:
        if self.messages is None or not self.messages.any():
            return None
        return _text(self.messages.sort_values(ascending=False, kind="stable").index[0])


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None
