"""The sandbox process: bind, serve, say so, stop."""

import errno
import logging
import socket
import sys
import threading
from typing import Final

import uvicorn

from diag.sandbox.app import make_app
from diag.sandbox.connection import SandboxProtocol
from diag.sandbox.errors import PortTakenError, SandboxError
from diag.sandbox.sandbox import Sandbox
from diag.sandbox.scenario import load_scenario

HOST: Final = "127.0.0.1"
"""The sandbox is for this machine only: it has no real password."""
READY: Final = "sandbox ready "


def serve(port: int, scenario: str, seed: int, *, exit_with_parent: bool = False) -> None:
    """Serves until SIGTERM or Ctrl-C; with `exit_with_parent` also until stdin ends.

    Prints one line, `sandbox ready http://127.0.0.1:PORT`, once it answers. Raises SandboxError when the
    scenario is wrong or the port is taken.
    """
    sandbox = Sandbox(load_scenario(scenario), seed)
    listener = _listen(port)
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING)
    config = uvicorn.Config(
        make_app(sandbox),
        http=SandboxProtocol,
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=False,
        ws="none",
        timeout_keep_alive=75,
        timeout_graceful_shutdown=1,
    )
    server = _AnnouncingServer(config, f"http://{HOST}:{listener.getsockname()[1]}")
    if exit_with_parent:
        threading.Thread(target=_stop_at_end_of_stdin, args=(server,), daemon=True).start()
    server.run(sockets=[listener])


class _AnnouncingServer(uvicorn.Server):
    """Prints the ready line when it really answers."""

    def __init__(self, config: uvicorn.Config, base_url: str) -> None:
        super().__init__(config)
        self._base_url = base_url

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        print(f"{READY}{self._base_url}", flush=True)


def _listen(port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    if sys.platform != "win32":
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
        listener.listen(4096)
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise PortTakenError(
                f"port {port} on {HOST} is taken by another process",
                hint="Choose another with --port, or use --port 0 to let the system pick a free one.",
            ) from error
        raise SandboxError(f"cannot listen on {HOST}:{port}: {error.strerror}") from error
    return listener


def _stop_at_end_of_stdin(server: uvicorn.Server) -> None:
    """The parent holds the other end of stdin: when it is gone, so are we."""
    while sys.stdin.buffer.read(4096):
        pass
    server.force_exit = True
    server.should_exit = True
