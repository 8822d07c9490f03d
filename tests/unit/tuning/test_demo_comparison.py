"""What the numbers of one window would have cut off over a day."""

from types import SimpleNamespace
from typing import cast

import pandas as pd
import pytest

from analysis.production.hourly_counts import HourCounts
from analysis.samples.sample_set import SampleSet
from analysis.verdicts.recommendation import Analysis
from diag.production.production_evidence import ProductionEvidence
from diag.tuning.demo_comparison import demo_comparison
from tests.support.sample_tables import calls, judge, orders

DAY = calls([0.2] * 80 + [1.5] * 20, timeout_s=3)


def window() -> Analysis:
    judged = judge(calls([0.2] * 400, timeout_s=3), facts=orders(current_timeout_s=3))
    assert judged.recommended_timeout_s == 1
    return cast(Analysis, SimpleNamespace(actions=(judged,)))


def day(table: pd.DataFrame) -> SampleSet:
    return SampleSet(table, (), ())


def production(*hours: HourCounts) -> ProductionEvidence:
    seen = {"orders": SimpleNamespace(counts=SimpleNamespace(hours=hours))}
    return cast(ProductionEvidence, SimpleNamespace(observed=seen))


def test_the_share_is_that_of_the_day_and_where_it_was_not_called_that_of_production() -> None:
    nothing = production()
    (measured,) = demo_comparison(window(), day(DAY), nothing)
    assert measured.number_s == 1 and measured.cut_off == pytest.approx(0.2)

    hours = (HourCounts(0.0, 10, (9, 10, 10)), HourCounts(3600.0, 10, (5, 8, 10)))
    (seen,) = demo_comparison(window(), day(DAY.iloc[:0]), production(*hours))
    assert seen.cut_off == pytest.approx(0.3)
    assert demo_comparison(window(), day(DAY.iloc[:0]), nothing) == ()


def test_a_number_that_lowers_nothing_would_have_cut_off_nobody() -> None:
    judged = judge(calls([0.2] * 400, timeout_s=1), facts=orders(current_timeout_s=1))
    assert demo_comparison(cast(Analysis, SimpleNamespace(actions=(judged,))), day(DAY), production()) == ()
