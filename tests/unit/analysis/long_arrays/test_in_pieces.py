"""Order, quantiles and positions of arrays on disk: those that numpy finds in memory."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.long_arrays.by_code import count_codes, positions_by_code
from analysis.long_arrays.order import in_order, is_in_order
from analysis.long_arrays.quantile import median, quantile
from tests.support.examples import examples
from tests.support.short_pieces import short_pieces

FEW = settings(max_examples=examples(30), deadline=None)
seeds = st.integers(0, 2**32 - 1)
rows = st.sampled_from([3, 20, 300, 10_000])


@pytest.mark.slow
@FEW
@given(seeds, rows)
def test_a_long_table_is_put_in_the_order_of_lexsort(seed: int, rows: int) -> None:
    rng = np.random.default_rng(seed)
    n = int(rng.integers(0, 1500))
    major = rng.integers(0, rng.choice([1, 3, 50]), n).astype(np.int8)
    minor = np.round(rng.uniform(-1.0, 1.0, n) * rng.choice([1.0, 30.0, 1e9]))
    tie, other = rng.integers(0, 3, n), rng.integers(0, 3, n)
    if rng.random() < 0.5:  # as a file of calls by their end is, nearly
        minor = np.sort(minor) + rng.normal(0.0, 1.0, n)

    with short_pieces(rows):
        order = in_order(major, minor, lambda at: (other[at], tie[at]))
        assert is_in_order(major[order], minor[order])
        strictly = is_in_order(major, minor, strictly=True)

    assert order.tolist() == np.lexsort((other, tie, minor, major)).tolist()
    together = zip(major.tolist(), minor.tolist(), strict=True)
    assert strictly == all(one < later for one, later in pairwise(together))


@FEW
@given(seeds, rows, st.floats(0.0, 1.0))
def test_quantiles_are_those_of_numpy_to_the_last_bit(seed: int, rows: int, q: float) -> None:
    rng = np.random.default_rng(seed)
    values = rng.normal(0.0, rng.choice([1.0, 1e-300, 1e300]), int(rng.integers(1, 900)))
    values = np.round(values) if rng.random() < 0.5 else values
    parts = np.array_split(values, 4)

    with short_pieces(rows):
        assert quantile(lambda: iter(parts), q) == np.quantile(values, q)
        assert median(lambda: iter(parts)) == np.median(values)


@pytest.mark.slow
@FEW
@given(seeds, rows)
def test_every_code_is_found_where_it_is(seed: int, rows: int) -> None:
    rng = np.random.default_rng(seed)
    codes = rng.choice(9, int(rng.integers(0, 900)), p=rng.dirichlet(np.full(9, 0.3)))
    wanted = rng.permutation(np.unique(codes)).tolist()

    with short_pieces(rows):
        counts = count_codes(codes.__getitem__, codes.size, 9)
        found = list(positions_by_code(codes.__getitem__, counts, wanted))

    assert [code for code, _ in found] == wanted
    assert all(at.tolist() == np.flatnonzero(codes == code).tolist() for code, at in found)
