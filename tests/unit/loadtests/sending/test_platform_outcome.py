import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diag.genesys.outcomes import classify
from loadtests.sending.platform_outcome import judge

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.just('"success":false'),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["success", "id", "error", '"success"']), inner, max_size=3)
    ),
    max_leaves=8,
)
replies = st.fixed_dictionaries(
    {"success": st.booleans(), "operations": st.lists(st.fixed_dictionaries({"success": st.booleans()}))},
    optional={"finalResult": values, "error": values},
)


@given(reply=replies, indent=st.sampled_from([None, 1]), status=st.sampled_from([200, 200, 408, 429, 504]))
def test_the_short_way_says_what_the_long_way_says(
    reply: dict[str, object], indent: int | None, status: int
) -> None:
    body = json.dumps(reply, indent=indent).encode()

    assert judge(status, body, 5, 900.0) == classify(status, body, 5, 900.0)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"<html>success</html>",
        b'{"success":true',
        b'{"success" : false}',
        b'{"success":truely}',
        b'[{"success":true}]',
        b'{"result": 1}',
    ],
)
def test_a_doubtful_body_is_no_success(body: bytes) -> None:
    assert judge(200, body, 5, 900.0).outcome != "ok"
