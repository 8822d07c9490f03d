"""Columns as segments hold them become the same table as a frame of them."""

from typing import Any

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from analysis.samples.segment_columns import CodedTexts, Column
from analysis.samples.table_builder import TableBuilder

OUTCOMES = ("ok", "timeout", "backend_error", "no such outcome", "")
NAMES = ("a", "", "b")


def coded(codes: list[int], texts: tuple[str, ...]) -> CodedTexts:
    return CodedTexts(np.array(codes, dtype=np.int32), texts)


def frame_of(columns: dict[str, Column]) -> pd.DataFrame:
    values: dict[str, Any] = {
        name: pd.Categorical.from_codes(column.codes, pd.Index(list(column.texts), dtype="str"))
        if isinstance(column, CodedTexts)
        else column
        for name, column in columns.items()
    }
    return pd.DataFrame(values, copy=False)


@given(
    st.lists(
        st.tuples(
            st.integers(0, 2),
            st.integers(0, 4),
            st.sampled_from([1.0, 250.0, -1.0, np.nan]),
            st.sampled_from([1.7e9, np.nan, 1.7e12]),
        ),
        max_size=6,
    )
)
def test_they_are_read_alike(rows: list[tuple[int, int, float, float]]) -> None:
    names, outcomes, latency_ms, started_at = zip(*rows, strict=True) if rows else ((), (), (), ())
    columns: dict[str, Column] = {
        "run_id": coded([0] * len(rows), ("run-1",)),
        "action_id": coded(list(names), NAMES),
        "outcome": coded(list(outcomes), OUTCOMES),
        "latency_ms": np.array(latency_ms, dtype=np.float64),
        "started_at": np.array(started_at, dtype=np.float64),
    }
    plain, framed = TableBuilder(), TableBuilder()
    for _ in range(2):  # the second batch meets categories that are there
        plain.add(columns)
        framed.add(frame_of(columns))

    assert plain.left_out == framed.left_out
    pd.testing.assert_frame_equal(plain.finish(), framed.finish())
