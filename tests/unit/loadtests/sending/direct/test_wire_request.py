"""A rendered request on the wire: one request, whatever the templates made of the inputs, or a refusal."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diag.direct.direct_action import RenderedRequest
from diag.direct.hosts.backend_host import UnfitHostError
from diag.errors import DiagError
from loadtests.sending.direct.redirects import RefusedRedirect, redirected
from loadtests.sending.direct.wire_request import UnfitRequestError, WireRequest, wire_request

TEXT = st.text(st.characters(codec="utf-8"), max_size=30)
NASTY = st.sampled_from(["\r\n", "\n", "\r", "\0", "GET / HTTP/1.1", ": ", "Content-Length: 5", "é", " "])
NAMES = st.sampled_from(["X-A", "Content-Length", "Host"])
PIECES = st.lists(TEXT | NASTY, max_size=4).map("".join)


@pytest.mark.slow
@given(
    method=PIECES | st.just("POST"),
    rest=PIECES,
    headers=st.lists(st.tuples(PIECES | NAMES, PIECES), max_size=3),
    body=st.binary(max_size=20),
)
def test_nothing_that_is_rendered_makes_two_requests_of_one(
    method: str, rest: str, headers: list[tuple[str, str]], body: bytes
) -> None:
    try:
        request = wire_request(RenderedRequest(method, f"https://a.example/{rest}", tuple(headers), body))
    except (UnfitRequestError, UnfitHostError):
        return
    whole = request.with_trace(b"00-1-2-00")

    head, _, sent = whole.partition(b"\r\n\r\n")
    assert sent == body
    lines = head.split(b"\r\n")
    assert len(lines[0].split(b" ")) == 3
    assert b"\n" not in head.replace(b"\r\n", b"")
    names = [line.partition(b":")[0].lower() for line in lines[1:]]
    assert names.count(b"content-length") <= 1
    assert len(lines) <= 1 + len(headers) + 4


def request(url: str = "https://a.example/x?y=1", method: str = "POST") -> WireRequest:
    headers = (("Content-Type", "text/plain"), ("X-Key", "k"))
    return wire_request(RenderedRequest(method, url, headers, b"b"))


@pytest.mark.parametrize(
    ("location", "url"),
    [
        ("/z", "https://a.example/z"),
        ("z?q=2", "https://a.example/z?q=2"),
        ("https://A.example:443/z", "https://A.example:443/z"),
        ("?q", "https://a.example/x?q"),
        ("http://a.example/z", None),
        ("https://a.example:444/z", None),
        ("https://b.example/z", None),
        ("//b.example/z", None),
        ("https://a.example@b.example/", None),
        ("https://a.example\\@b.example/", None),
        ("/z\u00e4 y", None),
        ("javascript:1", None),
        ("https://[", None),
    ],
)
def test_a_redirect_stays_on_its_host_or_is_refused(location: str, url: str | None) -> None:
    found = redirected(request(), 307, location, 0)

    if url is None:
        assert found == RefusedRedirect("redirect_refused")
    else:
        assert isinstance(found, WireRequest)
        assert (found.url, found.method, found.body) == (url, "POST", b"b")


def test_after_a_redirect_that_is_fetched_nothing_of_the_body_is_left() -> None:
    found = redirected(request(), 303, "/z", 4)

    assert isinstance(found, WireRequest)
    assert (found.method, found.body, found.headers) == ("GET", b"", (("X-Key", "k"),))
    assert redirected(request(), 303, "/z", 5) == RefusedRedirect("too_many_redirects")
    assert redirected(request(), 304, "/z", 0) is None
    assert redirected(request(), 301, "", 0) is None


@given(TEXT)
def test_no_location_makes_anything_but_a_request_to_the_same_host_or_a_refusal(location: str) -> None:
    found = redirected(request(), 302, location, 0)

    assert not isinstance(found, WireRequest) or found.host == request().host


def test_a_request_never_shows() -> None:
    shown = repr(request("https://a.example/canary?canary"))

    assert "canary" not in shown
    with pytest.raises(DiagError) as error:
        wire_request(RenderedRequest("GET", "https://a.example/", (("X", "canary\r\nY: z"),), b""))
    assert "canary" not in error.value.message


@pytest.mark.parametrize("value", ["Bearer é", "a\r\nX-Evil: 1", "a\x7f", "a\0"])
def test_a_header_that_no_request_can_carry_is_named_without_its_value(value: str) -> None:
    headers = (("Authorization", value),)
    with pytest.raises(UnfitRequestError, match="header Authorization holds") as refused:
        wire_request(RenderedRequest("GET", "https://a.example/", headers, b""))

    assert value not in refused.value.message
