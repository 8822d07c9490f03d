"""Where calls were not sent, the action that filled the places is named."""

import numpy as np
import pandas as pd

from analysis.views.in_flight_filled_by import filled_by
from tests.support.sample_tables import calls


def table(**latencies_s: list[float]) -> pd.DataFrame:
    tables = [
        calls(np.array(took), action=name).assign(action_name=name) for name, took in latencies_s.items()
    ]
    return pd.concat(tables, ignore_index=True)


def test_the_slow_action_is_named_with_how_slow_it_is() -> None:
    found = filled_by(table(Fraud=[20.0, 24.0], Fast=[1.0] * 6))

    assert found is not None
    assert found.sentence == (
        "Calls of Fraud took 88 % of the places in flight (22 s each on average): measure it alone, and the "
        "others without it (--action)."
    )


def test_nobody_is_blamed_where_all_are_alike_or_there_is_only_one() -> None:
    assert filled_by(table(A=[1.0], B=[1.0], C=[1.0])) is None
    assert filled_by(table(A=[30.0])) is None
