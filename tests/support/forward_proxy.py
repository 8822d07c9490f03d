"""A forward proxy on a thread: it CONNECTs, and keeps every byte that a client sends it."""

import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from tests.support.listening import Listening


class ForwardProxy:
    """`asked`: every CONNECT and its headers; `seen`: every byte that came from clients."""

    def __init__(self, leads_to: Mapping[str, int]) -> None:
        self.asked: list[bytes] = []
        self.seen = b""
        self._leads_to = leads_to
        self._listening = Listening(self._pass_on)
        self.address = self._listening.address

    def close(self) -> None:
        """Accept no more."""
        self._listening.close()

    def _pass_on(self, client: socket.socket) -> None:
        with client:
            head = b""
            while not head.endswith(b"\r\n\r\n"):
                byte = client.recv(1)
                if not byte:  # it asks for nothing
                    return
                head += byte
            self.seen += head
            self.asked.append(head)
            port = self._leads_to.get(head.split()[1].decode())
            if not head.startswith(b"CONNECT ") or port is None:
                client.sendall(b"HTTP/1.1 502 Bad Gateway\r\n\r\n")
                return
            with socket.create_connection(("127.0.0.1", port)) as server:
                client.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
                back = threading.Thread(target=_copy, args=(server, client), daemon=True)
                back.start()
                while data := client.recv(1 << 16):
                    self.seen += data
                    server.sendall(data)
                server.shutdown(socket.SHUT_WR)
                back.join()


def _copy(source: socket.socket, to: socket.socket) -> None:
    try:
        while data := source.recv(1 << 16):
            to.sendall(data)
    except OSError:  # the client has gone
        pass


@contextmanager
def forward_proxy(leads_to: Mapping[str, int]) -> Iterator[ForwardProxy]:
    """Yield a proxy that connects `host:port` to a port of this machine, and refuses everything else."""
    running = ForwardProxy(leads_to)
    try:
        yield running
    finally:
        running.close()
