"""How many calls are missing: by the confidence that the bound of these calls needs, whichever that is."""

import numpy as np

from analysis.estimates.calls_missing import shortfall_of
from analysis.estimates.estimate import estimate
from analysis.recommend_settings import RecommendSettings
from tests.support.sample_tables import arrays, calls

SETTINGS = RecommendSettings()


def test_a_look_that_must_be_surer_needs_more_calls() -> None:
    """444 independent ones were too few for a look of 99.5 %, and "1 more is needed" was the answer."""
    sample = arrays(calls(np.random.default_rng(1).permutation(np.linspace(0.2, 0.9, 444))))
    found = estimate(sample, SETTINGS, confidence=0.995)

    assert found.timeout_s is None
    missing = shortfall_of(found, 444, 0, SETTINGS)
    assert missing.calls_needed == 528 - 444  # .99^528 < .005
