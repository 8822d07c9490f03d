"""The grade of the time that calls cover."""

import numpy as np
import pytest

from analysis.coverage.time_coverage import time_coverage
from tests.support.sample_tables import START


@pytest.mark.parametrize(
    ("starts", "windows", "grade"),
    [
        (np.arange(0, 480, 0.1), 2, "C"),
        (np.arange(0, 3600, 1.0), 12, "B"),
        (np.r_[np.arange(0, 240, 1.0), 86_400 + np.arange(0, 240, 1.0)], 2, "C"),
        (np.arange(30) * 120.0, 30, "B"),
        (np.arange(299) * 300.0, 299, "A"),
        (np.arange(110) * 800.0, 110, "A"),
        (np.arange(110) * 300.0, 110, "B"),
        (np.arange(0, 86_400, 10.0), 288, "A"),
        (np.zeros(0), 0, "C"),
    ],
)
def test_time_coverage_counts_separate_looks(starts: np.ndarray, windows: int, grade: str) -> None:
    found = time_coverage(START + starts)
    assert (found.windows, found.grade) == (windows, grade)
