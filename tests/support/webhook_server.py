"""A webhook on this machine that records each message, and answers as a test says."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

SECRET = "T000-B000-veryVerySecret"
"""Part of the address: to be found nowhere but in the request itself."""


class WebhookServer:
    """`address`: with the secret in its path and its query. `bodies`: the messages, parsed."""

    def __init__(self) -> None:
        self.bodies: list[dict[str, Any]] = []
        self.paths: list[str] = []
        self.status = 200
        self.headers: dict[str, str] = {}
        self.hold: threading.Event | None = None
        """While it is set to an event, an answer waits for that."""
        self.read = threading.Event()
        """Set once a message was read."""
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                server.paths.append(self.path)
                server.bodies.append(json.loads(body))
                server.read.set()
                if server.hold is not None:
                    server.hold.wait(20)
                self.send_response(server.status)
                for name, value in {"Content-Length": "0", **server.headers}.items():
                    self.send_header(name, value)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.host = f"127.0.0.1:{self._http.server_address[1]}"
        self.address = f"http://{self.host}/services/{SECRET}?sig={SECRET}"
        threading.Thread(target=self._http.serve_forever, args=(0.01,), daemon=True).start()

    @property
    def texts(self) -> list[str]:
        """Return the text of each message of the plain kind."""
        return [body["text"] for body in self.bodies]

    def close(self) -> None:
        """Answer what is held, and accept no more."""
        if self.hold is not None:
            self.hold.set()
        self._http.shutdown()
        self._http.server_close()


@contextmanager
def webhook_server() -> Iterator[WebhookServer]:
    """Yield a webhook that listens."""
    server = WebhookServer()
    try:
        yield server
    finally:
        server.close()
