"""Durations of an exported column in milliseconds: by their unit, wherever it is written; never guessed."""

import re
from collections.abc import Sequence
from typing import Final, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.other_tools.units import MS_OF, decimal_numbers, unit_in_name
from diag.errors import UsageError

Unit = Literal["ms", "s"]
Decimal = Literal["point", "comma"]
_CLOCK: Final = re.compile(r"(\d{1,3}):([0-5]\d):([0-5]\d(?:[.,]\d{1,3})?)")
_WITH_UNIT: Final = re.compile(r"([\d.,\s'\u00a0\u202f]*\d)\s*(ms|s|sec|seconds|milliseconds)", re.IGNORECASE)
_LONGEST_MS: Final = 3_600_000.0


def durations_ms(
    values: Sequence[str], column: str, unit: Unit | None, decimal: Decimal | None
) -> list[float | None]:
    """Return each value in milliseconds, None for an empty one.

    hh:mm:ss says its unit, as do `840 ms` and a heading such as `99% Duration (ms)`; for bare numbers `unit`
    is needed. Raises UsageError for what is none of these.
    """
    texts = [value.strip() for value in values]
    found: list[float | None] = [None] * len(texts)
    bare: dict[int, tuple[str, str]] = {}
    of_heading = unit_in_name(column) or unit
    for at, text in enumerate(texts):
        if text in ("", "-", "–"):
            continue
        clock, named = _CLOCK.fullmatch(text), _WITH_UNIT.fullmatch(text)
        if clock is not None:
            hours, minutes, seconds = clock.groups()
            found[at] = (int(hours) * 3600 + int(minutes) * 60 + float(seconds.replace(",", "."))) * 1e3
        elif named is not None:
            bare[at] = (named.group(1), "ms" if named.group(2).lower().startswith("m") else "s")
        elif of_heading is None:
            raise UsageError(
                f"The column {column!r} holds {text[:20]!r}: no unit stands there.",
                hint="Say it: --unit ms, or --unit s.",
            )
        else:
            bare[at] = (text, of_heading)
    numbers = _numbers([number for number, _ in bare.values()], column, decimal)
    for (at, (text, in_unit)), number in zip(bare.items(), numbers, strict=True):
        if not np.isfinite(number) or not 0.0 <= number * MS_OF[in_unit] <= _LONGEST_MS:
            raise UsageError(
                f"The column {column!r} holds {text[:20]!r}, which is not a duration.",
                hint="Known forms: 00:00:01.250, 1250 ms, 1.25 s, or a number with --unit.",
            )
        found[at] = float(number) * MS_OF[in_unit]
    return found


def whole_numbers(values: Sequence[str], column: str, decimal: Decimal | None) -> list[int | None]:
    """Return each value as a count, None for an empty one. Raises UsageError for what is not one."""
    filled = {at: value.strip() for at, value in enumerate(values) if value.strip() not in ("", "-", "–")}
    found: list[int | None] = [None] * len(values)
    for (at, text), number in zip(
        filled.items(), _numbers(list(filled.values()), column, decimal), strict=True
    ):
        if not np.isfinite(number) or number < 0 or number != int(number):
            raise UsageError(f"The column {column!r} holds {text[:20]!r}, which is not a number of errors.")
        found[at] = int(number)
    return found


def _numbers(texts: Sequence[str], column: str, decimal: Decimal | None) -> NDArray[np.float64]:
    if not texts:
        return np.zeros(0)
    return decimal_numbers(pd.Series(list(texts), dtype="str"), decimal, f"the column {column!r}")
