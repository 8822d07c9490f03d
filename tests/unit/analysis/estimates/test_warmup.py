"""The warm-up that is cut off each run."""

import numpy as np
import pytest

from analysis.estimates.warmup import warm_up_mask
from tests.support.sample_tables import START, arrays, calls


@pytest.mark.parametrize(("rate", "cut"), [(1.0, 15), (10.0, 100), (0.05, 1)])
def test_the_warm_up_is_fifteen_seconds_and_at_most_a_fifth(rate: float, cut: int) -> None:
    mask = warm_up_mask(arrays(calls([0.1] * 500, rate=rate)), 15.0, 0.2)
    assert mask.sum() == cut and mask[:cut].all()


@pytest.mark.slow
def test_every_run_has_its_own_warm_up() -> None:
    mask = warm_up_mask(arrays(calls([0.1] * 50), calls([0.1] * 50, run="b", start=START + 99)), 15.0, 0.2)
    assert np.flatnonzero(mask).tolist() == [*range(10), *range(50, 60)]
