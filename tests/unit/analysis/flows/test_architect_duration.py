import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.flows.architect_duration import duration_ms
from analysis.flows.flow import MOST_MS


@pytest.mark.parametrize(
    ("text", "ms"),
    [
        ("P0D0H1M0S0F", 60_000),
        ("P0D0H0M12S250F", 12_250),
        ("P1D1H1M1S1F", 90_061_001),
        ("P0D0H0M90S0F", 90_000),
    ],
)
def test_a_duration_is_read_in_milliseconds(text: str, ms: int) -> None:
    assert duration_ms(text) == ms


@pytest.mark.parametrize(
    "text",
    [
        *(
            "PT1M",
            "P0DT0H1M0S",
            "P0D0H1M0S",
            "p0d0h1m0s0f",
            "P0D0H-1M0S0F",
            "P0D0H1.5M0S0F",
            "P٠D0H1M0S0F",
            "",
        ),
        *("P0D0H1M0S0F\n", "P999999999D0H0M0S0F", 60, None, ["P0D0H1M0S0F"]),
    ],
)
def test_whatever_is_not_in_that_form_is_no_duration(text: object) -> None:
    assert duration_ms(text) is None


@given(st.tuples(*[st.integers(0, 99)] * 5))
def test_every_part_counts_in_its_unit(parts: tuple[int, ...]) -> None:
    days, hours, minutes, seconds, ms = parts

    read = duration_ms(f"P{days}D{hours}H{minutes}M{seconds}S{ms}F")

    assert read == (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000 + ms


@given(st.text(alphabet="PDHMSFT0123456789.- ", max_size=30) | st.text(max_size=12))
def test_any_text_is_a_duration_or_none(text: str) -> None:
    read = duration_ms(text)

    assert read is None or 0 <= read <= MOST_MS
