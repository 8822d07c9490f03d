"""A server that knows its own latency to the microsecond, for measuring the load generator against it.

A raw asyncio protocol on uvloop: about four times what uvicorn answers on one core, so that it is not what
is measured. Speaks just enough of the platform for the locustfile: token, org, limits, list, get, test; each
action's own request leads back here, to /backend.

    python -m tests.bench.load_server PORT [--delays-ms 5,5,5,20] [--actions 1] [--log FILE]

Each test call waits for the next of `--delays-ms` in turn; the time it really took (first byte read to last
byte written) is sent as `x-dur-us` and, with `--log`, written as one line a call: Unix seconds, microseconds.
"""

import argparse
import asyncio
import itertools
import json
import signal
import socket
import sys
import time
from typing import Any

SUCCESS = (
    b'{"operations":[{"step":1,"name":"Execute","success":true}],"finalResult":{"id":"1"},"success":true}'
)

TEMPLATES = {b"requesttemplate.vm": b"${input.rawRequest}", b"successtemplate.vm": b"${rawResult}"}
ANYTHING = {"type": "object", "properties": {}}


class Platform(asyncio.Protocol):
    def __init__(self, settings: Any) -> None:
        self.settings = settings
        self.buffer = b""

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def data_received(self, data: bytes) -> None:
        began = time.perf_counter()
        self.buffer += data
        while True:
            end = self.buffer.find(b"\r\n\r\n")
            if end < 0:
                return
            head = self.buffer[:end].lower()
            length = 0
            at = head.find(b"content-length:")
            if at >= 0:
                length = int(head[at + 15 : (head.find(b"\r\n", at) + 1 or len(head) + 1) - 1])
            if len(self.buffer) < end + 4 + length:
                return
            line = self.buffer[: self.buffer.find(b"\r\n")]
            self.buffer = self.buffer[end + 4 + length :]
            self.answer(line.split(b" "), began)

    def answer(self, line: list[bytes], began: float) -> None:
        if line[1].endswith((b"/test", b"/backend")):
            delay = next(self.settings.delays) / 1000
            if delay <= 0:
                self.finish(began)
            else:
                asyncio.get_running_loop().call_later(delay, self.finish, began)
            return
        template = TEMPLATES.get(line[1].rpartition(b"/")[2])
        if template is not None:
            self.reply(template, kind=b"text/plain")
        else:
            self.reply(json.dumps(self.settings.admin(line[1].decode())).encode())

    def finish(self, began: float) -> None:
        took_us = int((time.perf_counter() - began) * 1e6)
        self.reply(SUCCESS, b"x-dur-us: %d\r\n" % took_us)
        if self.settings.log:
            self.settings.log.write(f"{time.time():.6f} {took_us}\n")

    def reply(self, body: bytes, more: bytes = b"", kind: bytes = b"application/json") -> None:
        if not self.transport.is_closing():
            self.transport.write(
                b"HTTP/1.1 200 OK\r\nContent-Type: %s\r\n%sContent-Length: %d\r\n\r\n%s"
                % (kind, more, len(body), body)
            )


class Settings:
    def __init__(self, options: argparse.Namespace) -> None:
        self.delays = itertools.cycle([float(delay) for delay in options.delays_ms.split(",")])
        # SIM115: open as long as the process lives.
        self.log = open(options.log, "w", buffering=1 << 20) if options.log else None  # noqa: SIM115
        self.request = {"requestType": "GET"}
        """Of every action."""
        self.actions = [
            {
                "id": f"bench-{number}",
                "name": f"Bench {number}",
                "integrationId": "bench",
                "category": "Bench",
                "version": 1,
                "secure": False,
                "config": {"timeoutSeconds": 10, "request": self.request, "response": {}},
                "contract": {"input": {"inputSchema": ANYTHING}, "output": {"successSchema": ANYTHING}},
            }
            for number in range(1, options.actions + 1)
        ]

    def admin(self, path: str) -> dict[str, Any]:
        path = path.split("?")[0]
        if path == "/sandbox/about":  # so that it counts as no org: no consent, no limits, no guard
            return {"sandbox": "bench", "as_org": False}
        if path.endswith("/oauth/token"):
            return {"access_token": "bench", "token_type": "bearer", "expires_in": 86400}
        if path.endswith("/organizations/me"):
            return {"id": "bench", "name": "Bench"}
        if path.endswith("/integrations/actions"):
            count = len(self.actions)
            return {
                "entities": self.actions,
                "pageSize": 100,
                "pageNumber": 1,
                "total": count,
                "pageCount": 1,
            }
        for action in self.actions:
            if path.endswith(f"/actions/{action['id']}"):
                return action
        return {"entities": [], "actions": {}}


async def serve(options: argparse.Namespace) -> None:
    settings = Settings(options)
    loop = asyncio.get_running_loop()
    tls = None
    if options.certificate:
        import ssl

        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(options.certificate, options.key)
    server = await loop.create_server(
        lambda: Platform(settings), "127.0.0.1", options.port, ssl=tls, backlog=4096
    )
    stopped = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, stopped.set)
    port = server.sockets[0].getsockname()[1]
    settings.request["requestUrlTemplate"] = f"http://127.0.0.1:{port}/backend"
    print("ready", port, flush=True)
    await stopped.wait()
    if settings.log:
        settings.log.close()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    parser.add_argument("--delays-ms", default="0")
    parser.add_argument("--actions", type=int, default=1)
    parser.add_argument("--log")
    parser.add_argument("--certificate")
    parser.add_argument("--key")
    options = parser.parse_args()
    if sys.platform == "win32":
        asyncio.run(serve(options))
    else:
        import uvloop

        uvloop.run(serve(options))


if __name__ == "__main__":
    main()
