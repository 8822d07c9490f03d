"""A text that is written back later is proven whole, or refused with what is wrong."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diag.genesys.api_errors import UnexpectedReplyError
from diag.genesys.replies.text_reply import plain_text

WHERE = "GET /template"


def read(
    body: bytes, content_type: str | None = "text/plain", received: int | None = None, **more: str
) -> str:
    headers = {
        "Content-Length": str(len(body)),
        **{key.replace("_", "-"): value for key, value in more.items()},
    }
    if content_type is not None:
        headers["Content-Type"] = content_type
    return plain_text(body, headers, len(body) if received is None else received, WHERE)


@pytest.mark.parametrize(
    ("body", "content_type", "text"),
    [
        (b"${input.rawRequest}", "text/plain", "${input.rawRequest}"),
        ("é".encode(), "text/plain", "é"),
        ("é".encode(), "text/plain; charset=UTF-8", "é"),
        ("é".encode(), 'Text/Plain; charset="utf8"', "é"),
        ("é".encode("latin-1"), "text/plain; charset=ISO-8859-1", "é"),
        ("é€".encode("cp1252"), "text/plain; charset=windows-1252", "é€"),
        (b"plain", "text/plain; charset=us-ascii", "plain"),
        ("\ufeff{}".encode(), "text/plain", "\ufeff{}"),
        (b"<soapenv:Envelope/>", "text/plain", "<soapenv:Envelope/>"),
        (b"x", "application/octet-stream", "x"),
        (b"x", "application/x-velocity", "x"),
        (b"", "text/plain", ""),
    ],
)
def test_the_text_as_the_platform_has_it(body: bytes, content_type: str, text: str) -> None:
    assert read(body, content_type) == text


@pytest.mark.parametrize(
    ("body", "content_type", "fault"),
    [
        (b"<p>x</p>", "text/html; charset=utf-8", "text/html, not text/plain"),
        (b"<p>x</p>", "application/xhtml+xml", "application/xhtml"),
        (b'{"blocked": 1}', "application/json", "application/json"),
        (b"<!DOCTYPE html><p>x", "text/plain", "a web page"),
        (b"\xef\xbb\xbf \n<HTML><p>x", "text/plain", "a web page"),
        (b"x", None, "no Content-Type"),
        (b"\xe9", "text/plain", "not the UTF-8"),
        (b"\xe9", "text/plain; charset=utf-8", "not the UTF-8"),
        (b"\xe9", "text/plain; charset=us-ascii", "not the ASCII"),
        ("é".encode(), "text/plain; charset=ISO-8859-1", "not the ISO8859-1"),
        (b"x", "text/plain; charset=klingon", "character set"),
        (b"${input.id}!", "text/plain; charset=utf-16le", "not the UTF-16"),
        (b"${input.id}!", "text/plain; charset=cp037", "not the CP037"),
        (b"a +- b", "text/plain; charset=utf-7", "not the UTF-7"),
        (b"78", "text/plain; charset=hex", "not the HEX"),
    ],
)
def test_anything_else_is_refused_by_name(body: bytes, content_type: str | None, fault: str) -> None:
    with pytest.raises(UnexpectedReplyError, match=fault) as caught:
        read(body, content_type)
    assert WHERE in caught.value.message and caught.value.hint
    assert "blocked" not in caught.value.message


def test_its_length_is_the_one_announced() -> None:
    with pytest.raises(UnexpectedReplyError, match="2 bytes, 5 were announced"):
        read(b"xx", Content_Length="5")
    with pytest.raises(UnexpectedReplyError, match="compressed"):
        read(b"xx", Content_Encoding="gzip")
    with pytest.raises(UnexpectedReplyError, match="how long"):
        plain_text(b"x", {"Content-Type": "text/plain"}, 1, WHERE)
    chunked = {"Content-Type": "text/plain", "Transfer-Encoding": "chunked"}
    assert plain_text(b"x", chunked, 1, WHERE) == "x"


@given(body=st.binary(max_size=40), charset=st.sampled_from(["utf-8", "iso-8859-1", "cp1252", "utf-16"]))
def test_a_text_is_the_very_bytes_or_there_is_none(body: bytes, charset: str) -> None:
    try:
        text = read(body, f"text/plain; charset={charset}")
    except UnexpectedReplyError:
        return
    assert text.encode(charset) == body
