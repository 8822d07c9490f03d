import pytest

from diag.genesys.replies.retry_after import retry_after_s


@pytest.mark.parametrize(("value", "expected"), [("7", 7.0), ("0", 0.0), (" 23 ", 23.0)])
def test_the_seconds_asked_for(value: str, expected: float) -> None:
    assert retry_after_s(value) == expected


@pytest.mark.parametrize(
    "value", ["", "soon", "Fri, 31 Dec 1999 23:59:59 GMT", "-1", "nan", "inf", "9" * 400]
)
def test_anything_else_counts_as_absent(value: str) -> None:
    assert retry_after_s(value) is None
