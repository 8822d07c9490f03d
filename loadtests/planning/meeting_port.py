"""The port where a master and its workers meet, and the key by which they know each other.

Locust's default is one port for everybody: the workers of a second `--processes` run on the same machine
would join the first run, and take part of its load with them. So a run that forks its workers gets a free
port of its own, and a port that was asked for and is taken is refused before anything is forked.
"""

import functools
import os
import secrets
import socket
import sys
from collections.abc import Mapping, Sequence
from typing import Any, Final

from analysis.machine.ports import claim
from diag.errors import UsageError, error_text
from diag.exit_codes import ExitCode

LOCUSTS_PORT: Final = 5557


def arrange_meeting(parser: Any, arguments: Sequence[str], environ: Mapping[str, str]) -> None:
    """Give a run that forks its workers a free port on this machine, and a key only they share.

    Ends the process with one sentence (exit code 2) where the stated port of a master is taken.
    """
    if "--worker" in arguments:
        return
    forks = _stated("--processes", "LOCUST_PROCESSES", arguments, environ) is not None
    is_master = forks or "--master" in arguments or "LOCUST_MODE_MASTER" in environ
    port = _stated("--master-bind-port", "LOCUST_MASTER_BIND_PORT", arguments, environ)
    if forks:
        # Before the fork: a master that ends at once may be gone before its workers can ask who it was.
        parser.set_defaults(diag_run_key=_run_key(), diag_forked_by=os.getpid())
        if port is None and _stated("--master-port", "LOCUST_MASTER_NODE_PORT", arguments, environ) is None:
            own = _free_port()
            parser.set_defaults(master_bind_port=own, master_port=own, master_bind_host="127.0.0.1")
            return
    if is_master:
        _demand_free(int(port) if port is not None and port.isdecimal() else LOCUSTS_PORT)


def _stated(flag: str, variable: str, arguments: Sequence[str], environ: Mapping[str, str]) -> str | None:
    """Return what the command line or the environment says of a flag, before Locust parses either."""
    for place, argument in enumerate(arguments):
        name, has_value, value = argument.partition("=")
        if name == flag:
            return value if has_value else "".join(arguments[place + 1 : place + 2])
    return environ.get(variable)


@functools.cache
def _run_key() -> str:
    return secrets.token_hex(8)


@functools.cache
def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _demand_free(port: int) -> None:
    with socket.socket() as probe:
        claim(probe)
        try:
            probe.bind(("", port))
        except OSError as error:
            refusal = UsageError(
                f"Port {port}, where the workers would meet their master, is taken ({error.strerror}).",
                hint="Another run may be using it: wait for its end, or name a free port: --master-bind-port "
                "here, and --master-port at each worker.",
            )
            sys.stderr.write(error_text(refusal.message, refusal.hint, refusal.details) + "\n")
            raise SystemExit(int(ExitCode.USAGE)) from None
