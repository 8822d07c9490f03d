import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.wording import numbers


@pytest.mark.parametrize(
    ("ms", "text"),
    [
        (None, "–"), (math.nan, "–"), (math.inf, "–"), (0.0, "0 ms"), (0.456, "0.456 ms"), (9.996, "10 ms"),
        (840.2, "840 ms"), (999.4, "999 ms"), (999.6, "1 s"), (1234.0, "1.23 s"), (60_000.0, "60 s"),
    ],
)  # fmt: skip
def test_latency(ms: float | None, text: str) -> None:
    assert numbers.latency(ms) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "–"), (0.0, "0 %"), (1e-6, "< 0.01 %"), (0.0004, "0.04 %"), (0.0034, "0.34 %"),
        (0.0099, "0.99 %"), (0.01, "1 %"), (0.058, "5.8 %"), (0.26, "26 %"), (1.0, "100 %"), (1.183, "118 %"),
    ],
)  # fmt: skip
def test_share(value: float | None, text: str) -> None:
    assert numbers.share(value) == text


@pytest.mark.parametrize(
    ("value_s", "text"),
    [
        (None, "–"), (0, "0 s"), (84, "84 s"), (150, "2 min 30 s"), (5040, "84 min"),
        (7200, "2 h"), (12_000, "3 h 20 min"), (180_000, "2 days 2 h"),
    ],
)  # fmt: skip
def test_duration(value_s: float | None, text: str) -> None:
    assert numbers.duration(value_s) == text


@given(st.floats(min_value=1e-3, max_value=1e6))
def test_a_latency_is_shown_within_half_a_percent(ms: float) -> None:
    number, unit = numbers.latency(ms).split(" ")
    shown = float(number.replace(",", "")) * (1 if unit == "ms" else 1000)

    assert shown == pytest.approx(ms, rel=0.0051)


@given(st.floats(min_value=1e-12, max_value=10.0))
def test_a_positive_share_is_never_shown_as_nothing(value: float) -> None:
    assert numbers.share(value) != "0 %"


@pytest.mark.parametrize(
    ("ms", "text"),
    [
        (1674.0, "1.68 s"),
        (1670.0, "1.67 s"),
        (36_161.0, "36.2 s"),
        (999.2, "1 s"),
        (0.4561, "0.457 ms"),
        (None, "–"),
    ],
)
def test_a_bound_is_never_shown_lower_than_it_is(ms: float | None, text: str) -> None:
    assert numbers.at_most(ms) == text


def test_the_smallest_bound_there_is_can_be_shown() -> None:
    assert numbers.at_most(5e-324).endswith(" ms")


@given(st.floats(min_value=1e-3, max_value=1e6))
def test_a_shown_bound_holds(ms: float) -> None:
    number, unit = numbers.at_most(ms).split(" ")
    shown = float(number.replace(",", "")) * (1 if unit == "ms" else 1000)

    assert ms * (1 - 1e-6) <= shown <= ms * 1.0101


@pytest.mark.parametrize(
    ("ms", "text"), [(None, "–"), (0.0, "under 1 s"), (990.0, "under 1 s"), (1000.0, "under 1 s"),
                     (1001.0, "1 to 2 s"), (2997.0, "2 to 3 s"), (3000.0, "2 to 3 s")],
)  # fmt: skip
def test_production_is_known_by_whole_seconds_only(ms: float | None, text: str) -> None:
    assert numbers.quantile(ms, "production") == text
    assert numbers.quantile(ms) == numbers.at_most(ms)
