"""The text that most rows have, counted piece by piece."""

import numpy as np
import pandas as pd
import pytest

from analysis.runs.commonest import commonest
from tests.support.short_pieces import short_pieces

TABLE = pd.DataFrame({"error_code": ["b", None, "a", "a", "", "c", "b", "b", "a"]})


@pytest.mark.parametrize("rows", [2, 100])
def test_the_commonest_text_is_the_first_of_those_as_common(rows: int) -> None:
    with short_pieces(rows):
        assert commonest(TABLE, "error_code", np.arange(9)) == ("b", 3)
        assert commonest(TABLE, "error_code", np.array([2, 3, 6, 5])) == ("a", 2)
        assert commonest(TABLE, "error_code", np.array([1, 4])) is None
