"""The room's door: what is refused, requests, results."""

import json
from typing import Any

import pytest

from diag.direct.direct_action import DirectAction, Secrets
from diag.direct.rendering.prepare import prepare
from diag.direct.rendering.refusals import InputNotRenderedError, TemplateRefusedError

CANARY = "canary-7f3a"


def action(**changes: Any) -> DirectAction:
    """Return an action that looks a customer up, changed as asked."""
    plain: dict[str, Any] = {
        "action_id": "custom_-_1",
        "action_name": "Look up a customer",
        "method": "GET",
        "url_template": "https://crm.example.com/customers/${input.id}",
        "headers": {},
        "request_template": "${input.rawRequest}",
        "translation_map": {},
        "translation_defaults": {},
        "success_template": "${rawResult}",
        "output_schema": json.dumps(
            {
                "$schema": "http://json-schema.org/draft-04/schema#",
                "type": "object",
                "required": ["name"],
                "properties": {"name": {"type": "string"}, "orders": {"type": "array"}},
            }
        ),
    }
    return DirectAction(**{**plain, **changes})


def test_a_request_is_made_of_its_templates() -> None:
    made = prepare(
        action(
            method="POST",
            url_template="https://crm.example.com/${input.id}",
            headers={"X-Key": "Bearer ${credentials.TOKEN}", "Content-Type": "application/json"},
            request_template='{"id": "$input.id"}',
        )
    )

    request = made.request({"id": "7"}, Secrets(credentials={"TOKEN": CANARY}))

    assert made.credentials == {"TOKEN"}
    assert not made.needs_auth_response
    assert request.method == "POST"
    assert request.url == "https://crm.example.com/7"
    assert request.headers == (("X-Key", f"Bearer {CANARY}"), ("Content-Type", "application/json"))
    assert json.loads(request.body) == {"id": "7"}
    assert CANARY not in repr((made, request))


def test_get_has_no_body_and_post_sends_its_input_by_default() -> None:
    """Source: help.mypurecloud.com/?p=138534, "GET requests do not use request templates"."""
    post = prepare(action(method="POST", request_template=None)).request({"id": "7", "n": 1}, Secrets())

    assert prepare(action()).request({"id": "7"}, Secrets()).body == b""
    assert json.loads(post.body) == {"id": "7", "n": 1}
    assert post.headers == (("Content-Type", "application/json"),)


def test_everything_refused_is_named_at_once() -> None:
    with pytest.raises(TemplateRefusedError) as caught:
        prepare(
            action(
                method="POST",
                url_template="https://h/#foreach($a in $input.list)$a#end",
                headers={"X": "$math.random"},
                request_template="#parse('x') $salesforce.escape('a') #stop",
                translation_map={"a": "$.b[?(@.c =~ /(x+)+y/)]"},
                success_template="#macro(m)#end",
            )
        )

    assert [(refusal.where, refusal.what.split(" (")[0]) for refusal in caught.value.refusals] == [
        ("requestUrlTemplate", "#foreach"),
        ('header "X"', "$math.random"),
        ("requestTemplate", "#parse"),
        ("requestTemplate", "#stop"),
        ("requestTemplate", "$salesforce.escape()"),
        ('translationMap "a"', "the filter operator =~"),
        ("successTemplate", "#macro"),
    ]


@pytest.mark.parametrize("value", ["a\r\nX-Evil: 1", "a b", "a\x00", "é"])
def test_what_no_url_or_header_may_hold_is_refused_without_showing_it(value: str) -> None:
    made = prepare(action(headers={"X-A": "$!{input.h}"}))

    with pytest.raises(InputNotRenderedError) as caught:
        made.request({"id": CANARY + value}, Secrets())
    assert CANARY not in str(caught.value)
    if value != "a b":
        with pytest.raises(InputNotRenderedError) as caught:
            made.request({"id": "1", "h": CANARY + value}, Secrets())
        assert caught.value.where == 'header "X-A"'
        assert CANARY not in str(caught.value)


def test_a_missing_credential_is_named() -> None:
    made = prepare(action(headers={"A": "$!{credentials.KEY}", "B": "${authResponse.token}"}))

    assert made.needs_auth_response
    with pytest.raises(InputNotRenderedError, match=r"no value for credentials\.KEY"):
        made.request({"id": "1"}, Secrets(auth_response={"token": "t"}))
    with pytest.raises(InputNotRenderedError, match=r"no value for authResponse\.token"):
        made.request({"id": "1"}, Secrets(credentials={"KEY": "k"}))


@pytest.mark.parametrize(
    ("body", "problem", "path"),
    [
        (b'{"name": "Ada"}', None, None),
        (b'{"orders": []}', 'required: "name" is missing', "$"),
        (b'{"name": 5}', "type: not string", "$.name"),
        (b"[]", "type: not object", "$"),
        (b"", "an empty body", "reply"),
        (b"<html>", "not JSON", "reply"),
        (b"\xff\xfe", "not UTF-8", "reply"),
        (b'{"name": NaN}', "NaN or Infinity, which JSON does not have", "reply"),
        (b'{"name": 1e999}', "a number too large to be read", "reply"),
        (b'{"name": ' + b"1" * 5000 + b"}", "a number too large to be read", "reply"),
        (b"[" * 51 + b"]" * 51, "nested deeper than 50 levels", "reply"),
        (b"[" * 100_000, "nested deeper than 50 levels", "reply"),
    ],
)
def test_a_reply_is_a_result_or_says_where_it_broke(
    body: bytes, problem: str | None, path: str | None
) -> None:
    result = prepare(action()).result(200, body)

    assert (result.problem, result.path) == (problem, path)
    assert result.ok == (problem is None)


def test_null_does_not_fall_back_to_a_default() -> None:
    """Source: help.mypurecloud.com/?p=135983, "Translation map defaults"."""
    made = prepare(
        action(
            translation_map={"a": "$.x.a", "b": "$.x.b"},
            translation_defaults={"a": '"default"', "b": '"default"'},
            success_template='{"name": ${a}, "other": ${b}}',
        )
    )

    result = made.result(200, b'{"x": {"b": null}}')

    assert result.value == {"name": "default", "other": None}
