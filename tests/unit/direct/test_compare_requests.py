import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diag.direct.comparison.compare_requests import FromLogin, compare_requests
from diag.direct.comparison.shown_request import ShownRequest, shown_request
from diag.direct.direct_action import RenderedRequest

URL = "https://api.example.com/c/1?a=b"
OURS = RenderedRequest("POST", URL, (("X-Key", "k"), ("Content-Type", "application/json")), b'{"a": [1, 2]}')


def steps(*results: object) -> list[dict[str, Any]]:
    return [{"step": at, "name": f"n{at}", "success": True, "result": one} for at, one in enumerate(results)]


@pytest.mark.parametrize(
    "operations",
    [
        steps({"url": URL, "method": "POST", "headers": {"x-key": "k"}, "body": '{"a":[1,2]}'}),
        steps(
            {"x": 1}, {"request": {"requestUrl": URL, "requestType": "POST", "headers": {}, "body": {"a": 1}}}
        ),
        steps(json.dumps({"resolvedUrl": URL, "httpMethod": "POST", "headers": [], "payload": "x"})),
        steps(
            {"url": URL}, {"uri": URL, "Method": "POST", "Headers": [{"name": "X", "value": "1"}], "BODY": ""}
        ),
    ],
)
def test_the_request_is_found_wherever_it_stands(operations: list[dict[str, Any]]) -> None:
    found = shown_request(operations)
    assert found is not None
    assert (found.url, found.method) == (URL, "POST")
    assert found.headers is not None
    assert found.body is not None


@pytest.mark.parametrize(
    "operations",
    [
        [],
        steps(None),
        steps("https://api.example.com"),
        steps({"url": "/c/1"}),
        steps({"url": 5}),
        steps("{"),
    ],
)
def test_a_reply_without_a_request_shows_none(operations: list[dict[str, Any]]) -> None:
    assert shown_request(operations) is None


def test_nothing_is_guessed_to_belong_together_that_stands_apart() -> None:
    found = shown_request(steps({"url": URL}, {"headers": {"a": "b"}}, {"body": "x"}))
    assert found is not None
    assert (found.method, found.headers, found.body) == (None, None, None)
    assert compare_requests(OURS, found, known="").not_compared == (
        *("method (not shown)", "body (not shown)", "headers (not shown)"),
    )


@pytest.mark.parametrize(
    ("theirs", "lines"),
    [
        (ShownRequest(URL), ()),
        (ShownRequest("https://API.example.com:443/c/1?a=b", "post"), ()),
        (
            ShownRequest(URL, "POST", {"x-key": "k", "content-type": "application/json"}, '{"a":[1,2]}'),
            ("body: written in another way, with the same values",),
        ),
        (
            ShownRequest("https://other.example/c/12?a=bc&d=e", "GET"),
            (
                "method: 4 characters here, 3 characters there, first different at character 1",
                "host: 23 characters here, 21 characters there, first different at character 9",
                "path: 4 characters here, 5 characters there, first different at character 5",
                "query 'a': 1 characters here, 2 characters there, first different at character 2",
                "query 'd': only there",
            ),
        ),
        (
            ShownRequest("https://[::1/c"),
            ("address: 31 characters here, 14 characters there, first different at character 9",),
        ),
        (
            ShownRequest(URL, None, {"X-Key": "****", "User-Agent": "x"}),
            ("header 'content-type': only here", "header 'user-agent': only there"),
        ),
        (
            ShownRequest(URL, None, None, '{"a": [1, "2"], "b": null}'),
            ("body.'a'[1]: a number here, 1 characters there", "body.'b': only there"),
        ),
        (
            ShownRequest(URL, None, None, '{"a": [1, 3]}'),
            ("body.'a'[1]: a number here, a number there, another one",),
        ),
        (
            ShownRequest(URL, None, None, "a=1"),
            ("body: 13 characters here, 3 characters there, first different at character 1",),
        ),
        (
            ShownRequest("https://api.example.com/c/1?a=%62&secret=1"),
            ("query (a name of 6 characters): only there",),
        ),
        (
            ShownRequest("https://api.example.com/c/1?a=%62"),
            ("query: written in another way, with the same values",),
        ),
    ],
)  # fmt: skip
def test_differences_are_said_field_by_field(theirs: ShownRequest, lines: tuple[str, ...]) -> None:
    assert compare_requests(OURS, theirs, known="?a=$x&d= {a: b:}").unlike == lines


@pytest.mark.parametrize(
    ("theirs", "line"),
    [
        ("a=3&a=2", "query: a name that is repeated differs"),
        ("a=1&a=1&a=2", "query: 2 values here, 3 there"),
        ("a=2&a=1", "query: the same values in another order"),
    ],
)
def test_repeated_names_of_a_query_that_differ_are_said(theirs: str, line: str) -> None:
    ours = replace(OURS, url="https://api.example.com/?a=1&a=2")
    found = compare_requests(ours, ShownRequest(f"https://api.example.com/?{theirs}"), known="?a=")
    assert found.unlike == (line,)


CANARY = "cnry"
WITH_CANARY = st.text(st.sampled_from('ab/?&=%{}[]":,'), max_size=6).map(lambda text: f"{text}{CANARY}{text}")


@pytest.mark.slow
@given(st.data())
def test_no_value_is_ever_shown(data: st.DataObject) -> None:
    def request(draw: st.DataObject) -> tuple[str, str, str]:
        values = [draw.draw(WITH_CANARY) for _ in range(3)]
        body = draw.draw(
            st.sampled_from([values[2], json.dumps({"k": values[2]}), json.dumps([values[2], 1])])
        )
        return f"https://a.example/{values[0]}", values[1], body

    (url, key, body), (other_url, other_key, other_body) = request(data), request(data)
    ours = RenderedRequest("POST", url, (("X-Key", key),), body.encode())
    theirs = ShownRequest(other_url, "POST", {"x-key": other_key}, other_body)
    found = compare_requests(ours, theirs, known="k")
    assert CANARY not in " ".join((*found.unlike, *found.not_compared)) + repr(found)
    assert CANARY not in repr(ShownRequest(other_url, "POST", {"x": other_key}, other_body))


def test_what_is_masked_or_not_known_here_is_not_compared() -> None:
    theirs = ShownRequest(URL, "POST", {"X-KEY": "****", "content-type": "text/plain"}, '{"a": [1, 2]}')
    found = compare_requests(
        OURS, theirs, known="", from_login=FromLogin(headers=frozenset({"Content-Type"}))
    )
    assert found.unlike == ()
    assert found.not_compared == (
        "header 'X-KEY' (masked in the reply)",
        "header 'content-type' (result of the custom authentication action, which is not called here)",
    )
    assert (
        compare_requests(replace(OURS, body=b""), ShownRequest(URL, "POST", {}), known="").not_compared == ()
    )


def test_an_address_and_a_body_with_the_result_of_a_login_leave_the_rest_to_compare() -> None:
    theirs = ShownRequest("https://api.example.com/t/7", "PUT", {"X-Key": "other"}, "token=7")
    found = compare_requests(OURS, theirs, known="", from_login=FromLogin(address=True, body=True))
    unlike = [line.partition(":")[0] for line in found.unlike]
    assert unlike == ["method", "header 'x-key'", "header 'content-type'"]
    assert [what.partition(" (")[0] for what in found.not_compared] == ["address", "body"]
