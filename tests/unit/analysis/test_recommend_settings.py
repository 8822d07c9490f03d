"""Settings and their overrides."""

import pytest

from analysis.analysis_errors import BadSettingError
from analysis.recommend_settings import RecommendSettings, with_overrides

DEFAULT = RecommendSettings()


def test_overrides_are_checked_by_name_and_type() -> None:
    assert with_overrides(DEFAULT, {"cap_s": 20, "buffer_ratio": 1}).cap_s == 20
    for wrong in (
        {"cap": 20},
        {"cap_s": 20.5},
        {"cap_s": True},
        {"rule": 1},
        {"percentile": "0.9"},
        {"cap_s": 99},
    ):
        with pytest.raises(BadSettingError) as caught:
            with_overrides(DEFAULT, wrong)
        assert caught.value.hint
