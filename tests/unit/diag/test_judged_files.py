"""What judging files keeps when it has to read them a second time."""

from pathlib import Path

import numpy as np
import pandas as pd

from analysis.settings import RecommendSettings
from analysis.verdicts.recommendation import Verdict
from diag.judged_files import gather
from tests.support.sample_tables import calls, lognormal


def test_hours_stay_on_the_asked_clock_where_refusals_need_the_details(tmp_path: Path) -> None:
    refused = calls(np.full(30, 0.05), outcome="invalid_input", action="refused")
    rows = pd.concat([calls(lognormal(400, 2.0), action="fine"), refused], ignore_index=True)
    file = tmp_path / "calls.parquet"
    rows.to_parquet(file)

    found = {
        row.action_id: row for row in gather([file], RecommendSettings(), zone="Asia/Tokyo").analysis.actions
    }

    assert found["refused"].verdict is Verdict.NO_DATA
    hours = found["fine"].hours
    assert hours is not None and hours.zone == "Asia/Tokyo"
