"""`python -m tests.support.fork_server SOCKET MODULE`: imports MODULE once, then forks a process per request.

A request is a datagram with five file descriptors: a file with what to run, its stdin, stdout and stderr, and
a pipe through which first its process id and then its exit code are told. The server ends with the process
that started it. Names are taken here, before MODULE may patch them (Locust does): the server stays as it is.
"""

import contextlib
import gc
import importlib
import os
import pickle
import socket
import struct
import sys
from os import WNOHANG, close, fork, getppid, waitpid, write
from signal import (
    SIG_BLOCK,
    SIG_DFL,
    SIG_IGN,
    SIG_UNBLOCK,
    SIGCHLD,
    SIGINT,
    default_int_handler,
    pthread_sigmask,
)
from signal import signal as on_signal
from typing import NoReturn

from analysis.machine.forks import run_and_exit, take_streams

NUMBER = struct.Struct("q")
DESCRIPTORS = 5
LOOK_FOR_PARENT_S = 1.0


class Server:
    """Forks for whoever sends a request to the socket with this descriptor."""

    def __init__(self, descriptor: int) -> None:
        self._requests = socket.socket(fileno=descriptor)
        self._requests.settimeout(LOOK_FOR_PARENT_S)
        self._told: dict[int, int] = {}
        self._parent = getppid()

    def serve(self) -> list[int]:
        """Serve until the parent ends; return in each process that was forked, with its own descriptors."""
        on_signal(SIGCHLD, lambda *_: self._reap())
        while getppid() == self._parent:
            try:
                _, descriptors, _, _ = socket.recv_fds(self._requests, 1, DESCRIPTORS)
            except TimeoutError:
                continue
            *its_own, tell = descriptors
            pthread_sigmask(SIG_BLOCK, {SIGCHLD})  # also one that ends at once is told
            pid = fork()
            if pid == 0:
                self._leave(tell)
                return its_own
            self._told[pid] = tell
            write(tell, NUMBER.pack(pid))
            for descriptor in its_own:
                close(descriptor)
            pthread_sigmask(SIG_UNBLOCK, {SIGCHLD})
        os._exit(0)

    def _leave(self, tell: int) -> None:
        on_signal(SIGCHLD, SIG_DFL)
        pthread_sigmask(SIG_UNBLOCK, {SIGCHLD})
        self._requests.close()
        for descriptor in (tell, *self._told.values()):
            close(descriptor)

    def _reap(self) -> None:
        while self._told:
            pid, status = waitpid(-1, WNOHANG)
            if pid == 0:
                return
            tell = self._told.pop(pid)
            with contextlib.suppress(BrokenPipeError):  # nobody waits for it
                write(tell, NUMBER.pack(os.waitstatus_to_exitcode(status)))
            close(tell)


def become(request: int, *streams: int) -> NoReturn:
    """Run what was asked for, with its folder, its environment and its streams."""
    take_streams(*streams)
    with os.fdopen(request, "rb") as file:
        function, arguments, folder, environment = pickle.load(file)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    sys.path[0] = str(folder)  # as `python -m` has it
    on_signal(SIGINT, default_int_handler)
    run_and_exit(lambda: function(*arguments))


def main() -> None:
    """Import, serve, and in each process that was forked run what was asked for."""
    descriptor, module = sys.argv[1:]
    on_signal(SIGINT, SIG_IGN)  # Ctrl-C is for the processes that were forked
    server = Server(int(descriptor))
    importlib.import_module(module)
    gc.collect()
    gc.freeze()  # what is here for good need not be looked through in every process forked from it
    become(*server.serve())


if __name__ == "__main__":
    main()
