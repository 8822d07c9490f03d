"""Of a message only the platform's own words are kept; no value that was sent can pass."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diag.genesys.outcomes import classify
from diag.genesys.replies.message_without_values import MAX_LENGTH, message_shape

VALUE = st.from_regex(r"[A-Z]{2,8}-?\d{3,9}", fullmatch=True)


def test_values_become_gaps_and_the_sentence_stays() -> None:
    text = "Request to backend service failed: customer 'Jane Doe' (4711) was not found. Status code 404"

    assert message_shape(text) == "request to backend service failed … was not found status code 404"


def test_a_number_is_kept_only_where_a_status_is_announced() -> None:
    assert message_shape("the request for account 404 failed") == "the request for … failed"
    assert message_shape("request failed: HTTP 503") == "request failed http 503"
    assert message_shape("request failed, status: 404") == "request failed status 404"


@pytest.mark.parametrize(
    "text",
    [
        "Invalid security code 123 for the field",
        "Invalid security code 412 for the field",
        "remote server answered with 503",
        "Request failed with error 404",
        "Request failed, status 123",
        "Request failed, status 200",
        "Request failed, status code of 503",
    ],
)
def test_any_other_number_is_a_gap(text: str) -> None:
    shape = message_shape(text)

    assert shape is not None and not any(character.isdigit() for character in shape)


def test_too_little_is_nothing() -> None:
    assert message_shape("Jane Doe not found") is None
    assert message_shape("") is None


@pytest.mark.slow
@given(st.lists(VALUE, min_size=1, max_size=5))
def test_no_value_passes_wherever_it_stands(values: list[str]) -> None:
    text = "Request failed because value " + " is not valid and ".join(values) + " of the field"
    shape = message_shape(text)

    assert shape is not None
    assert not any(value.lower() in shape.lower() for value in values)


@given(st.text())
def test_any_text_gives_known_words_gaps_and_a_bounded_length(text: str) -> None:
    shape = message_shape(text)

    if shape is not None:
        assert len(shape) <= MAX_LENGTH + 2
        assert all(re.fullmatch(r"[a-z']+|…|[45]\d\d", word) for word in shape.split())


def test_the_most_telling_message_is_the_one() -> None:
    body = {
        "success": False,
        "operations": [
            {"step": 3, "name": "Execute", "success": False, "error": {"message": "Internal Server Error"}}
        ],
        "error": {
            "status": 400,
            "message": "Internal Server Error",
            "details": [{"errorCode": "ACTION.REMOTE_ENDPOINT"}],
            "errors": [
                {"message": "REST call for action execute failed: backend returned status 503 [abc-1]"}
            ],
        },
    }
    told = classify(200, json.dumps(body).encode(), 10, 50.0)

    assert told.failed_step == "Execute"
    assert told.message == "rest call for action execute failed backend returned status 503 …"
