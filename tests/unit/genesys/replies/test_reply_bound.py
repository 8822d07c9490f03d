"""A reply that is too large, or packed in a way nobody asked for, is cut off with a plain error."""

import gzip
import zlib
from collections.abc import Iterator

import httpx
import pytest

from analysis.format.input_file import MOST_BYTES
from diag.genesys.api_errors import ApiError, UnexpectedReplyError
from diag.genesys.http.api import Api, ApiRequest
from diag.genesys.http.connection import Connection
from diag.genesys.http.pacing import RateBucket
from diag.genesys.http.secret import Secret
from diag.genesys.replies import reply_bound

LIMIT = 1 << 20
PACKED = {"Content-Encoding": "gzip"}


@pytest.fixture(autouse=True)
def small_limit(monkeypatch: "pytest.MonkeyPatch") -> None:
    monkeypatch.setattr(reply_bound, "MOST_BYTES", LIMIT)


class Body(httpx.SyncByteStream):
    """Sends its parts and counts how many were asked for."""

    def __init__(self, *parts: bytes) -> None:
        self.parts, self.asked = parts, 0

    def __iter__(self) -> Iterator[bytes]:
        for part in self.parts:
            self.asked += 1
            yield part


def api_for(
    body: Body, headers: dict[str, str] | None = None, status: int = 200, *, token: bool = True
) -> Api:
    def answer(request: httpx.Request) -> httpx.Response:
        assert request.headers["Accept-Encoding"] in ("gzip", "identity")
        return httpx.Response(status, headers=headers, stream=body)

    secret = Secret("sandbox")
    return Api(
        Connection.to(
            api_base="http://127.0.0.1:9",
            access_token=secret if token else None,
            client_id="c",
            client_secret=secret,
        ),
        user_agent="test",
        bucket=RateBucket(10**6),
        transport=httpx.MockTransport(answer),
    )


BOMB = gzip.compress(b'{"a": 1}' + b" " * (4 * LIMIT))


@pytest.mark.parametrize("status", [200, 302, 401, 500])
@pytest.mark.parametrize("verb", ["get", "send_once", "login"])
def test_a_gzip_bomb_is_cut_off(status: int, verb: str) -> None:
    api = api_for(Body(BOMB), PACKED, status, token=verb != "login")
    with pytest.raises(UnexpectedReplyError, match="is larger than 1 MiB") as caught:
        if verb == "send_once":
            api.send_once("/x", {}, params=None, wait_s=1.0)
        else:
            api.get("/x")
    assert not caught.value.repeatable


def test_a_reply_without_end_is_left_at_the_limit() -> None:
    body = Body(*[b"x" * LIMIT] * 50)
    with pytest.raises(UnexpectedReplyError, match="is larger than 1 MiB"):
        api_for(body).get("/x")
    assert body.asked == 2


def test_an_announced_length_is_refused_before_anything_is_read() -> None:
    body = Body(b"x")
    with pytest.raises(UnexpectedReplyError, match="is larger than 1 MiB"):
        api_for(body, {"Content-Length": str(10**30)}).get("/x")
    assert body.asked == 0


@pytest.mark.parametrize("encoding", ["br", "zstd", "deflate", "gzip, gzip", "compress"])
def test_only_gzip_is_taken(encoding: str) -> None:
    body = Body(zlib.compress(b"{}"))
    with pytest.raises(ApiError, match="not asked for"):
        api_for(body, {"Content-Encoding": encoding}).get("/x")
    assert body.asked == 0


def test_what_is_no_gzip_is_said() -> None:
    with pytest.raises(ApiError, match="is said to be gzip and is not"):
        api_for(Body(b"{}"), PACKED).get("/x")


@pytest.mark.parametrize("size", [0, 1000, LIMIT - 2])
def test_what_fits_arrives_whole(size: int) -> None:
    whole = b"{}" + b" " * size
    for body, headers in ((whole, None), (gzip.compress(whole), PACKED)):
        assert api_for(Body(body), headers).get("/x") == {}


def test_one_action_and_its_templates_have_a_limit_of_their_own() -> None:
    """What no request could ever carry was never written, and is refused long before a reply's limit."""
    body = Body(*[b"x" * 1000] * 1000)
    with pytest.raises(UnexpectedReplyError, match="is larger than 9 KiB"):
        api_for(body).get_text("/x", needs=(), most_bytes=10_000)
    assert body.asked == 11
    with pytest.raises(UnexpectedReplyError, match="is larger than 9 KiB"):
        api_for(Body(gzip.compress(b"{}" + b" " * 10_000)), PACKED).call(
            ApiRequest("GET", "/x", written_back=10_000)
        )


def test_a_backup_holds_the_largest_action() -> None:
    """Config and both templates, and of each byte a character that takes six once it is escaped."""
    assert 3 * 6 * reply_bound.ACTION_BYTES <= MOST_BYTES
