"""Where calls go: an org with credentials, or the sandbox when there are none."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from diag.errors import CredentialsError
from diag.settings import Settings
from diag.target import Target, find_target, sandbox_connection

_BANNER: Final = (
    "SANDBOX   {why}",
    "          Nothing real is called. Address: {address}",
)


@contextmanager
def open_target(settings: Settings) -> Iterator[Target]:
    """Yield where to send calls; a sandbox started here ends with the context.

    Where the sandbox may stand in for an org (diag/target.py) and none is running, one is started. Raises
    CredentialsError for settings that point to an org and do not reach it, SandboxError when none starts.
    """
    try:
        target = find_target(settings)
    except CredentialsError:
        if settings.why_no_sandbox is not None:
            raise
    else:
        if target.sandbox:
            why = f"Calling the built-in sandbox on this machine{target.note}."
            show_banner(why, target.connection.api_base)
        yield target
        return
    from diag.sandbox.launch import start_sandbox

    with start_sandbox() as sandbox:
        show_banner("Nothing points to an org: calling the built-in sandbox.", sandbox.base_url)
        yield Target(sandbox_connection(sandbox.base_url), sandbox=True)


def show_banner(why: str, address: str) -> None:
    """Write the sandbox banner to stderr."""
    lines = [line.format(why=why, address=address) for line in _BANNER]
    width = max(map(len, lines))
    framed = [f"  *  {line:<{width}}  *" for line in lines]
    edge = "  " + "*" * (width + 6)
    sys.stderr.write("\n".join(["", edge, *framed, edge, "", ""]))
    sys.stderr.flush()
