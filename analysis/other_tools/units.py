"""Times and durations of other tools in ours: Unix seconds, milliseconds. A unit is stated by the format, by
the person, or by the column's own name; a number without any is asked about."""

import re
from collections.abc import Mapping
from typing import Final, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.analysis_errors import UnreadableSamplesError

MS_OF: Final[Mapping[str, float]] = {"ns": 1e-6, "us": 1e-3, "ms": 1.0, "s": 1e3}
_NAMED: Final = re.compile(
    r"(?:^|[^a-z])(?:(ns|nanos|nanoseconds)|(us|µs|micros|microseconds)|(ms|millis|msec|milliseconds)"
    r"|(s|sec|secs|seconds))\)?\]?$",
    re.IGNORECASE,
)
_CAMEL: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")
_OLDEST, _NEWEST = 946_684_800.0, 4_102_444_800.0  # 2000 to 2100
_ZONE: Final = re.compile(r"(?:Z|[+-]\d{2}:?\d{2})$", re.IGNORECASE)
NO_ZONE: Final = "times without a zone are taken as UTC: the hours shown may be others"


def unit_in_name(name: str) -> str | None:
    """Return the unit that a column's name ends in (`elapsed_ms`, `Duration (s)`), None without one."""
    match = _NAMED.search(_CAMEL.sub("_", name.strip()))
    if match is None:
        return None
    return next(unit for unit, found in zip(("ns", "us", "ms", "s"), match.groups(), strict=True) if found)


def unix_seconds(values: "pd.Series[str]", unit: str | None) -> tuple[NDArray[np.float64], bool]:
    """Return moments as Unix seconds (NaN: none), and whether some were dates without a zone, taken as UTC.

    Numbers are of `unit`, or of the one in which they lie between 2000 and 2100: there is only one such.
    """
    numbers = pd.to_numeric(values, errors="coerce").to_numpy(dtype=np.float64, copy=True)
    found = _by_size(numbers) if unit is None else numbers * (MS_OF[unit] / 1e3)
    is_text = np.isnan(numbers) & values.notna().to_numpy()
    if not is_text.any():
        return found, False
    texts = values[is_text].astype(str)
    found[is_text] = _dates(texts)
    unzoned = ~texts.str.contains(_ZONE).to_numpy() & ~np.isnan(found[is_text])
    return found, bool(unzoned.any())


def decimal_numbers(
    values: "pd.Series[str]", decimal: Literal["point", "comma"] | None, where: str
) -> NDArray[np.float64]:
    """Return texts as numbers (NaN: none), `1.234,5` as well as `1,234.5`.

    Raises UnreadableSamplesError where 1,234 may be either: `where` names the column.
    """
    plain = pd.to_numeric(values, errors="coerce").to_numpy(dtype=np.float64, copy=True)
    odd = np.isnan(plain) & values.notna().to_numpy()
    if decimal == "comma":
        odd = values.astype(str).str.contains("[.,]").to_numpy() & values.notna().to_numpy()
    if not odd.any():
        return plain
    texts = values[odd].astype(str).str.strip().str.replace("[\u00a0\u202f' ]", "", regex=True)
    chosen = decimal or _decimal_of(texts, where)
    mark, group = (",", ".") if chosen == "comma" else (".", ",")
    plain[odd] = pd.to_numeric(
        texts.str.replace(group, "", regex=False).str.replace(mark, ".", regex=False), errors="coerce"
    ).to_numpy(dtype=np.float64)
    return plain


def _decimal_of(texts: "pd.Series[str]", where: str) -> Literal["point", "comma"]:
    """By the first text that leaves no doubt: two signs, or one that is no group of thousands."""
    last_comma, last_point = texts.str.rfind(","), texts.str.rfind(".")
    both = (last_comma >= 0) & (last_point >= 0)
    if both.any():
        return "comma" if bool((last_comma > last_point)[both].iloc[0]) else "point"
    if texts.str.fullmatch(r"[+-]?\d*,(?:\d{1,2}|\d{4,})|[+-]?0*,\d+").any():
        return "comma"
    if texts.str.fullmatch(r"[+-]?\d{1,3}(?:,\d{3}){2,}").any():
        return "point"
    if texts.str.fullmatch(r"[+-]?\d{1,3},\d{3}").any():
        raise UnreadableSamplesError(
            f"{where}: a number like 1,234 may be 1.234 or 1234.",
            hint="Say which sign begins the fraction: --decimal comma, or --decimal point.",
        )
    return "point"


def _by_size(numbers: NDArray[np.float64]) -> NDArray[np.float64]:
    found = np.full(numbers.shape, np.nan)
    with np.errstate(invalid="ignore"):
        for factor in (1.0, 1e-3, 1e-6, 1e-9):
            moments = numbers * factor
            fits = (moments >= _OLDEST) & (moments <= _NEWEST)
            found[fits] = moments[fits]
    return found


def _dates(texts: "pd.Series[str]") -> NDArray[np.float64]:
    """ISO 8601, and with slashes or a comma before the fraction, as JMeter and logs write it."""
    tidy = texts.str.strip().str.replace(r"^(\d{4})/(\d{1,2})/", r"\1-\2-", regex=True)
    tidy = tidy.str.replace(r"(:\d{2}),(\d+)", r"\1.\2", regex=True)
    moments = pd.to_datetime(tidy, format="ISO8601", utc=True, errors="coerce")
    seconds = moments.to_numpy(dtype="datetime64[ns]").astype("int64").astype(np.float64) / 1e9
    seconds[moments.isna().to_numpy()] = np.nan
    return np.where((seconds >= _OLDEST) & (seconds <= _NEWEST), seconds, np.nan)
