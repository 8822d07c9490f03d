"""How rarely production calls an action, without the calls that diag made of it."""

import pytest

from analysis.production.hourly_counts import BucketCounts, HourCounts
from diag.campaign.what_to_measure import production_gap_s
from diag.production.observed import Observed
from tests.support.campaigns import HOUR_S, action


def observed(**executions: int) -> Observed:
    """Executions by hour: h0=6 is six of them in the first."""
    hours = (HourCounts(float(hour[1:]) * HOUR_S, total, (total,)) for hour, total in executions.items())
    return Observed(BucketCounts("orders", tuple(hours)), 10, 0.0, 86_400.0)


def test_our_own_calls_make_no_action_look_called_often() -> None:
    """A window of 354 calls in the only hour in which production calls six times: 10 s apart, and warm."""
    seen = observed(h0=6, h1=360, h2=0)
    own = {HOUR_S: 354}

    assert production_gap_s(seen, own) == 600.0
    assert action(production_gap_s=production_gap_s(seen)).warm is False
    assert production_gap_s(seen) == pytest.approx(7200.0 / 366)
    assert action(production_gap_s=production_gap_s(observed(h1=360))).warm
    assert not action(production_gap_s=production_gap_s(observed(h1=360), own)).warm


def test_where_the_platform_does_not_count_them_no_hour_is_less_than_empty() -> None:
    assert production_gap_s(observed(h0=6, h1=10), {HOUR_S: 354}) == 600.0
    assert production_gap_s(observed(h1=10), {HOUR_S: 354}) is None
    assert production_gap_s(None) is None
