"""What refused every call is named: the backend with its status, or the platform with its words."""

import numpy as np
import pytest

from tests.support.sample_tables import calls, judge


@pytest.mark.parametrize(
    ("code", "message", "said"),
    [
        (
            "ACTION.REMOTE_ENDPOINT:404",
            None,
            "The backend answered 404 to all 40 calls: are these inputs real, and is the URL right?",
        ),
        (
            "ACTION.PROCESSING",
            "accountId must be text.",
            "All 40 calls were refused for their input, before the backend was reached: "
            "accountId must be text.",
        ),
        (None, None, "All 40 calls were refused for their input."),
    ],
)
def test_the_reason_is_said(code: str | None, message: str | None, said: str) -> None:
    table = calls(np.full(40, 0.05), outcome="invalid_input").assign(error_code=code, error_message=message)

    assert judge(table).reason == said


def test_where_reasons_differ_the_commonest_is_counted() -> None:
    codes = np.where(np.arange(40) < 30, "ACTION.REMOTE_ENDPOINT:404", "ACTION.REMOTE_ENDPOINT:400")
    table = calls(np.full(40, 0.05), outcome="invalid_input").assign(error_code=codes)

    assert judge(table).reason.startswith("The backend answered 404 to 30 of 40 calls: ")
