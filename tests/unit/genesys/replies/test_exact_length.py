"""A text of which more came than its Content-Length announces is refused: what was read is its beginning."""

import socket
import threading
from collections.abc import Callable, Iterator, Sequence

import pytest

from diag.genesys.api_errors import UnexpectedReplyError
from diag.genesys.http.api import Api
from diag.genesys.http.connection import Connection
from diag.genesys.http.pacing import RateBucket
from diag.genesys.http.secret import Secret

TEXT = "Grüße an ${input.name}, schöne Zeit}}".encode()
TYPE = b"content-type: text/plain; charset=utf-8\r\n"

Serve = Callable[..., Api]


def reply(body: bytes, announced: int, *, head: bytes = b"") -> bytes:
    return b"%bHTTP/1.1 200 OK\r\n%scontent-length: %d\r\n\r\n%s" % (head, TYPE, announced, body)


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Starts a server that sends these bytes: for each connection, which stays open, one entry a request."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        opened: list[Api] = []

        def start(*connections: list[bytes]) -> Api:
            threading.Thread(target=_answer, args=(listener, connections), daemon=True).start()
            api = Api(
                Connection.to(
                    api_base=f"http://127.0.0.1:{listener.getsockname()[1]}", access_token=Secret("token")
                ),
                user_agent="test",
                bucket=RateBucket(10**6),
            )
            opened.append(api)
            return api

        yield start
        for api in opened:
            api.close()


def _answer(listener: socket.socket, connections: Sequence[list[bytes]]) -> None:
    for replies in connections:
        connection, _ = listener.accept()
        with connection:
            for raw in replies:
                asked = b""
                while b"\r\n\r\n" not in asked:
                    part = connection.recv(65_536)
                    if not part:
                        return
                    asked += part
                connection.sendall(raw)
            connection.recv(1)  # open until the client closes it


def read(api: Api) -> bytes:
    return api.get_text("/template", needs=(), most_bytes=1 << 20).encode()


def test_a_text_of_exactly_its_length_is_read_again_and_again_over_one_connection(serve: Serve) -> None:
    api = serve([reply(TEXT, len(TEXT))] * 3)
    assert [read(api) for _ in range(3)] == [TEXT] * 3


@pytest.mark.parametrize("missing", [1, 4, len(TEXT) - 1, len(TEXT)])
def test_more_than_was_announced_is_refused(serve: Serve, missing: int) -> None:
    api = serve([reply(TEXT, len(TEXT) - missing)])
    with pytest.raises(UnexpectedReplyError, match="holds more than its Content-Length announces"):
        read(api)


def test_it_is_found_in_a_later_reply_of_the_connection_too(serve: Serve) -> None:
    api = serve([reply(TEXT, len(TEXT)), reply(TEXT, len(TEXT) - 4)])
    assert read(api) == TEXT
    with pytest.raises(UnexpectedReplyError, match="holds more"):
        read(api)


def test_a_long_text_that_comes_in_many_reads_is_counted(serve: Serve) -> None:
    long = TEXT * 20_000
    api = serve([reply(long, len(long)), reply(long, len(long) - 1)])
    assert read(api) == long
    with pytest.raises(UnexpectedReplyError, match="holds more"):
        read(api)


def json_reply(body: bytes) -> bytes:
    return b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%b" % (
        len(body),
        body,
    )


def test_what_came_too_much_is_no_reply_to_the_next_request(serve: Serve) -> None:
    """Nor what came after a reply that need not be exact: what is cut off of JSON is missed without it."""
    stray, json = json_reply(b'{"stray": true}'), json_reply(b'{"own": true}')
    text = reply(TEXT, len(TEXT))
    for first in (text, json):
        api = serve([first + stray], [json])
        if first is text:
            with pytest.raises(UnexpectedReplyError, match="holds more"):
                read(api)
        else:
            assert api.get("/one") == {"own": True}
        assert api.get("/other") == {"own": True}


def test_an_empty_line_after_the_text_is_no_part_of_it(serve: Serve) -> None:
    api = serve([reply(TEXT, len(TEXT)) + b"\r\n"], [reply(TEXT, len(TEXT))])
    assert [read(api), read(api)] == [TEXT, TEXT]


def test_an_interim_reply_is_not_counted(serve: Serve) -> None:
    api = serve([reply(TEXT, len(TEXT), head=b"HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n")])
    assert read(api) == TEXT


def test_chunks_tell_their_own_length(serve: Serve) -> None:
    chunked = b"HTTP/1.1 200 OK\r\n%stransfer-encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n"
    assert read(serve([chunked % (TYPE, len(TEXT), TEXT)])) == TEXT
