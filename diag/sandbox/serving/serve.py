"""The sandbox process: bind, serve, announce the address, stop."""

import gc
import logging
import socket
import sys
import threading
from pathlib import Path
from typing import Final

import uvicorn

from analysis.machine.own_process import wake_on_time
from analysis.machine.ports import claim, is_taken
from analysis.plain_text import printable
from diag.sandbox.played_platform import read_played_platform
from diag.sandbox.sandbox import Sandbox
from diag.sandbox.sandbox_errors import PortTakenError, SandboxError
from diag.sandbox.serving.app import sandbox_app
from diag.sandbox.serving.tcp_connection import SandboxProtocol
from diag.sandbox.state_file import StateFile
from diag.sandbox.world.scenario import load_scenario

HOST: Final = "127.0.0.1"
"""The sandbox is for this machine only: it has no real password."""
READY: Final = "sandbox ready "


def serve(
    port: int,
    scenario: str,
    seed: int,
    *,
    as_org: bool = False,
    state: Path | None = None,
    platform: Path | None = None,
    exit_with_parent: bool = False,
) -> None:
    """Serves until SIGTERM or Ctrl-C; with `exit_with_parent` also until stdin ends.

    `as_org`: it asks to be treated as an org, whatever the scenario says. `state` is loaded first if it
    exists, and kept up to date from then on. `platform`: a file of facts, which wins over both.

    Prints one line, `sandbox ready http://127.0.0.1:PORT`, once it answers. Raises SandboxError when the
    scenario or the state is wrong, or the port is taken.
    """
    sandbox = Sandbox(load_scenario(scenario), seed)
    sandbox.as_org = sandbox.as_org or as_org
    state_file = None if state is None else StateFile(state, sandbox)
    if state_file is not None:
        state_file.load()
    if platform is not None:
        _play(platform, sandbox)
    if state_file is not None:
        state_file.save()
    listener = _listen(port)
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING)
    # uvicorn only warns of what is expected here: garbage was sent, calls were cut off at the end
    logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
    config = uvicorn.Config(
        sandbox_app(sandbox),
        http=SandboxProtocol,
        lifespan="off",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        ws="none",
        timeout_keep_alive=75,
        timeout_graceful_shutdown=1,
    )
    server = _AnnouncingServer(config, f"http://{HOST}:{listener.getsockname()[1]}", state_file)
    if exit_with_parent:
        threading.Thread(target=_stop_at_end_of_stdin, args=(server,), daemon=True).start()
    _calm_garbage_collector()
    wake_on_time()
    server.run(sockets=[listener])


def _play(platform: Path, sandbox: Sandbox) -> None:
    played = read_played_platform(platform)
    played.play(sandbox)
    print(
        f"It behaves as {printable(played.name)} says (facts: {len(played.values)}), "
        f"whatever the scenario {printable(sandbox.scenario.name)} says of them.",
        file=sys.stderr,
        flush=True,
    )


def _calm_garbage_collector() -> None:
    """Keeps full collections, 20 to 80 ms each, out of the latencies.

    What exists now stays and is never scanned again. Of what comes, the calls kept for /sandbox/truth are
    most; young generations large enough that a pass takes about a millisecond still find every cycle.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 50, 1_000)


class _AnnouncingServer(uvicorn.Server):
    """Prints the ready line when it really answers, and keeps the state file."""

    def __init__(self, config: uvicorn.Config, base_url: str, state_file: StateFile | None) -> None:
        super().__init__(config)
        self._base_url = base_url
        self._state_file = state_file

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        print(f"{READY}{self._base_url}", flush=True)

    async def on_tick(self, counter: int) -> bool:
        """Called ten times a second; once a second the state is saved."""
        if self._state_file is not None and counter % 10 == 0:
            self._save(self._state_file)
        return await super().on_tick(counter)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Lets requests finish, then saves once more."""
        await super().shutdown(sockets)
        if self._state_file is not None:
            self._save(self._state_file)

    @staticmethod
    def _save(state_file: StateFile) -> None:
        try:
            state_file.save()
        except SandboxError as error:  # a full disk must not end the sandbox; the next second tries again
            logging.getLogger("diag.sandbox").warning("%s", error.message)


def _listen(port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    claim(listener)
    try:
        listener.bind((HOST, port))
        listener.listen(4096)
    except OSError as error:
        listener.close()
        if is_taken(error):
            raise PortTakenError(
                f"port {port} on {HOST} is taken by another process",
                hint="Choose another with --port, or use --port 0 to let the system pick a free one.",
            ) from error
        raise SandboxError(f"cannot listen on {HOST}:{port}: {error.strerror}") from error
    return listener


def _stop_at_end_of_stdin(server: uvicorn.Server) -> None:
    """The parent holds the other end of stdin: when it closes, this process stops."""
    while sys.stdin.buffer.read(4096):
        pass
    server.force_exit = True
    server.should_exit = True
