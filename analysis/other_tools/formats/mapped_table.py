"""Any table by `--map latency_ms=elapsed,started_at=timeStamp:ms`: which field holds which of our columns."""

from collections.abc import Iterator, Mapping
from typing import Final

import numpy as np
import pandas as pd

from analysis.format.sample_schema import Outcome
from analysis.other_tools.delimiter_and_header import Layout, text_batches, texts
from analysis.other_tools.http_outcome import outcome_of_status
from analysis.other_tools.known_tools import MappedColumn
from analysis.other_tools.reading import Reading
from analysis.other_tools.units import MS_OF, NO_ZONE, decimal_numbers, unit_in_name, unix_seconds

NEEDED: Final = ("latency_ms", "started_at")
ALL_ANSWERED: Final = "the file does not say which calls failed: all count as answered"
_OUTCOMES: Final = frozenset(outcome.value for outcome in Outcome)
_YES: Final = r"(?i:true|1|yes|y|ok|success|pass|passed)"
_NO: Final = r"(?i:false|0|no|n|error|fail|failed|failure|ko)"
UNCLEAR: Final = "the field of success is neither true nor false"


def mapped(reading: Reading, layout: Layout) -> Mapping[str, MappedColumn]:
    """Return what holds which column, with every unit known. Raises UnreadableSamplesError."""
    found = {each.column: each for each in reading.options.columns}
    absent = [name for name in NEEDED if name not in found]
    if absent:
        raise reading.unfit(
            f"cannot be read as a table: nothing says which field is {' or '.join(absent)}",
            f"Add it to --map, for example --map {absent[0]}=FIELD. Fields: {_listed(layout.names)}.",
        )
    for each in found.values():
        if each.source not in layout.names:
            raise reading.unfit(
                f"has no field {each.source!r}", f"Its fields are {_listed(layout.names)}. Mend --map."
            )
    latency = found["latency_ms"]
    unit = latency.unit or unit_in_name(latency.source)
    if unit is None:
        raise reading.unfit(
            f"does not say in which unit {latency.source!r} is",
            f"Say it: --map latency_ms={latency.source}:ms (or :s, :us, :ns).",
        )
    return {**found, "latency_ms": MappedColumn("latency_ms", latency.source, unit)}


def mapped_batches(
    reading: Reading, layout: Layout, columns: Mapping[str, MappedColumn]
) -> Iterator[pd.DataFrame]:
    """Yield calls with `label`, `started_at`, `latency_ms`, `outcome`, and `http_status` where mapped."""
    sources = {each.source for each in columns.values()}
    for batch in text_batches(reading, layout, sources):
        yield _calls(reading, batch, columns)


def _calls(reading: Reading, rows: pd.DataFrame, columns: Mapping[str, MappedColumn]) -> pd.DataFrame:
    latency, start = columns["latency_ms"], columns["started_at"]
    where = f"{reading.path}, field {latency.source}"
    took = decimal_numbers(rows[latency.source], reading.options.decimal, where)
    started, unzoned = unix_seconds(rows[start.source], start.unit)
    if unzoned:
        reading.say(NO_ZONE)
    named = columns.get("action_id")
    table = {
        "label": rows[named.source] if named else pd.Series(reading.path.stem, index=rows.index),
        "started_at": started,
        "latency_ms": took * MS_OF[latency.unit or "ms"],
        "outcome": _outcomes(reading, rows, columns),
    }
    if "http_status" in columns:
        table["http_status"] = pd.to_numeric(rows[columns["http_status"].source], errors="coerce")
    return pd.DataFrame(table)


def _outcomes(
    reading: Reading, rows: pd.DataFrame, columns: Mapping[str, MappedColumn]
) -> "np.ndarray[tuple[int], np.dtype[np.object_]]":
    """By our own words where there are any, else by HTTP status, else by success."""
    if "outcome" in columns:
        words = texts(rows, columns["outcome"].source).str.strip().str.lower()
        return words.where(words.isin(_OUTCOMES), None).to_numpy(dtype=object)
    if "http_status" in columns:
        status = pd.to_numeric(rows[columns["http_status"].source], errors="coerce")
        outcome = outcome_of_status(status)
        outcome[status.isna().to_numpy()] = str(Outcome.NETWORK_ERROR)
        return outcome
    if "success" in columns:
        text = texts(rows, columns["success"].source).str.strip()
        good, bad = text.str.fullmatch(_YES).to_numpy(bool), text.str.fullmatch(_NO).to_numpy(bool)
        reading.left_out[UNCLEAR] += int((~good & ~bad).sum())
        found = np.where(good, str(Outcome.OK), str(Outcome.BACKEND_ERROR)).astype(object)
        found[~good & ~bad] = None
        return found
    reading.say(ALL_ANSWERED)
    return np.full(len(rows), str(Outcome.OK), dtype=object)


def _listed(names: tuple[str, ...]) -> str:
    shown = [name for name in names if name][:20]
    return ", ".join(shown) or "none"
