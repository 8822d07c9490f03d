"""Whatever the test endpoint answers has an outcome."""

import json
import subprocess
import sys
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.format.sample_schema import Outcome
from diag.genesys.outcomes import classify
from diag.genesys.timeout_reply import EARLY_SHARE, KnownTimeout
from diag.platform_facts.facts import TimedOutForm
from tests.support.genesys.api_replies import action_error, body, failed

json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-1, 700)
    | st.text(max_size=8)
    | st.sampled_from(["ACTION.PROCESSING"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "success",
                    "operations",
                    "error",
                    "errors",
                    "status",
                    "code",
                    "details",
                    "message",
                    "errorCode",
                    "limit",
                    "namespace",
                    "key",
                    "name",
                ]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=20,
)


@pytest.mark.slow
@given(
    status=st.integers(100, 599),
    reply=st.none() | st.binary(max_size=40) | json_values.map(lambda value: json.dumps(value).encode()),
    timeout_s=st.none() | st.integers(1, 60),
    elapsed_ms=st.floats(0, 120_000),
)
def test_whatever_comes_is_classified(
    status: int, reply: bytes | None, timeout_s: int | None, elapsed_ms: float
) -> None:
    result = classify(status, reply, timeout_s, elapsed_ms)
    assert result.outcome in set(Outcome)
    assert result.error_code is None or (len(result.error_code) <= 120 and " " not in result.error_code)
    if result.outcome == "timeout" and timeout_s is not None:
        assert elapsed_ms >= EARLY_SHARE * timeout_s * 1000
    if status != 200:
        assert result.outcome != "ok"


REPLIES = [
    (200, failed({"status": 504, "code": "request.timeout"})),
    (200, failed(action_error("ACTION.REMOTE_ENDPOINT", message="timed out"))),
    (408, b""),
    (504, body(code="request.timeout")),
    (504, body(code="gateway.timeout")),
    (504, b"<html>"),
]


@given(
    came=st.sampled_from(REPLIES)
    | st.tuples(
        st.sampled_from([200, 408, 504, 503]), json_values.map(lambda value: json.dumps(value).encode())
    ),
    timeout_s=st.sampled_from([10, 10, 60, None]),
    share=st.sampled_from([0.3, 0.89, 0.95, 1.0, 1.2]) | st.floats(0, 2),
    form=st.sampled_from(get_args(TimedOutForm)),
    code=st.none() | st.sampled_from(["request.timeout", "gateway.timeout"]),
)
def test_what_was_learnt_hides_no_timeout_in_silence_and_makes_none_up(
    came: tuple[int, bytes], timeout_s: int | None, share: float, form: TimedOutForm, code: str | None
) -> None:
    status, reply = came
    elapsed_ms = share * (timeout_s or 10) * 1000

    before = classify(status, reply, timeout_s, elapsed_ms)
    after = classify(status, reply, timeout_s, elapsed_ms, KnownTimeout(form, code))

    assert before.outcome == "timeout" or after.outcome != "timeout"
    assert after.outcome == before.outcome or (before.outcome == "timeout" and after.contradicts)
    if timeout_s is not None and share >= 1.0:
        assert after.outcome == before.outcome  # too slow, whoever ended it


def test_deep_nesting_does_not_raise() -> None:
    assert classify(200, b'{"error":' * 100_000, 3, 1.0).outcome == "platform_error"


@pytest.mark.slow
def test_only_the_standard_library_is_imported() -> None:
    code = (
        "import sys, diag.genesys.outcomes; print([m for m in sys.modules if m in ('httpx','stamina','ssl')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
