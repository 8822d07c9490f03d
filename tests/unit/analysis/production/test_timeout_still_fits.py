"""Production beside the timeout that is set: it fits, it drifted, not to be told."""

import numpy as np
import pytest

from analysis.production.hourly_counts import BucketCounts
from analysis.production.timeout_still_fits import drift
from tests.support.production_counts import production


@pytest.mark.parametrize(("p99_s", "verdict"), [(3.0, "fits"), (9.0, "drifted"), (5.0, "cannot tell")])
def test_drift_since_the_timeout_was_set(p99_s: float, verdict: str) -> None:
    found = drift(production(p99_s, timeout_s=5), 5)
    assert found.verdict == verdict
    assert found.lower is not None and found.upper is not None and found.share is not None
    assert found.lower <= found.share <= found.upper


def test_drift_needs_executions() -> None:
    assert drift(BucketCounts("orders", ()), 5).verdict == "cannot tell"
    assert np.isfinite(drift(production(3.0, hours=1), 5).share or 0.0)
