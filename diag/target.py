"""Which Genesys Cloud this session talks to: an org, or the sandbox on this machine."""

import http.client
from dataclasses import dataclass
from typing import Final

from diag.errors import CredentialsError
from diag.genesys.http.connection import Connection
from diag.genesys.http.secret import Secret
from diag.settings import SANDBOX_ID, Settings

SANDBOX_PORT: Final = 8377
"""Where `diag sandbox` listens by default, and where verbs without credentials look for it."""


@dataclass(frozen=True, slots=True)
class Target:
    """An org or the sandbox, and how to reach it."""

    connection: Connection
    sandbox: bool


def find_target(settings: Settings) -> Target:
    """Return where the settings lead: an org, or the sandbox that runs on its usual port.

    The sandbox is used where it was asked for, or where nothing points to an org and this is no build
    server. Raises CredentialsError, with the reason, where neither can be reached.
    """
    if settings.has_credentials and not settings.sandbox:
        connection = settings.connection()
        return Target(connection, leads_to_sandbox(connection))
    why_not = settings.why_no_sandbox
    if why_not is None and _is_sandbox(SANDBOX_PORT):
        return Target(sandbox_connection(f"http://127.0.0.1:{SANDBOX_PORT}"), sandbox=True)
    not_running = f"No sandbox is running on 127.0.0.1:{SANDBOX_PORT} (diag sandbox)."
    if settings.sandbox:
        raise CredentialsError(not_running, hint="Start one: diag sandbox")
    try:
        return Target(settings.connection(), sandbox=False)
    except CredentialsError as error:
        details = (*error.details, why_not or not_running)
        raise CredentialsError(error.message, hint=error.hint, details=details) from None


def leads_to_sandbox(connection: Connection) -> bool:
    """Return whether a connection leads to the sandbox: on this machine, with its well-known client id."""
    return connection.is_loopback and connection.client_id == SANDBOX_ID


def sandbox_connection(base_url: str) -> Connection:
    """Return the connection to a sandbox at `base_url`."""
    return Connection.to(
        region=None,
        api_base=base_url,
        client_id=SANDBOX_ID,
        client_secret=Secret(SANDBOX_ID),
        access_token=None,
    )


def sandbox_environment(connection: Connection) -> dict[str, str]:
    """Return the environment that leads a child process to the sandbox and to nothing else."""
    return {
        "GENESYSCLOUD_API_BASE": connection.api_base,
        "GENESYSCLOUD_OAUTHCLIENT_ID": SANDBOX_ID,
        "GENESYSCLOUD_OAUTHCLIENT_SECRET": SANDBOX_ID,
        "GENESYSCLOUD_ACCESS_TOKEN": "",
        "GENESYSCLOUD_REGION": "",
        "DIAG_PROFILE": "",
    }


def _is_sandbox(port: int) -> bool:
    """Whether the sandbox listens there: asked for what only it has, before any credential is sent."""
    probe = http.client.HTTPConnection("127.0.0.1", port, timeout=1.0)
    try:
        probe.request("GET", "/sandbox/switches")
        reply = probe.getresponse()
        return reply.status == http.HTTPStatus.OK and b"timeout_form" in reply.read(65_536)
    except (OSError, http.client.HTTPException):
        return False
    finally:
        probe.close()
