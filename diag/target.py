"""Which Genesys Cloud this session talks to: an org, or the sandbox on this machine."""

import http.client
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Final
from urllib.parse import urlsplit

from analysis.format.json_to_dataclass import WrongShapeError, typed
from analysis.format.json_within_limits import UnfitJsonError, parse_object
from diag.errors import CredentialsError
from diag.genesys.http.connection import Connection
from diag.genesys.http.secret import Secret
from diag.platform_facts.facts import LearntOn
from diag.platform_facts.known_platform import NOTHING_KNOWN, KnownPlatform, known_platform
from diag.settings import SANDBOX_ID, Settings

SANDBOX_PORT: Final = 8377
"""Where `diag sandbox` listens by default, and where verbs without credentials look for it."""
_PATH: Final = "/sandbox/about"
_GUESS_S: Final = 1.0
"""So long an answer may take where nobody said that a sandbox runs."""
_PATIENCE_S: Final = 10.0
_MOST_BYTES: Final = 4096


@dataclass(frozen=True, slots=True)
class Target:
    """An org or the sandbox, and how to reach it."""

    connection: Connection
    sandbox: bool
    """Nothing real is there: banners, reports and the journal say so."""
    rehearsal: bool = False
    """The sandbox asks to be treated as an org (`diag sandbox --as-org`)."""
    plays_a_platform: bool = False
    """The sandbox behaves as a file of facts says (`diag sandbox --platform`)."""
    known: KnownPlatform = NOTHING_KNOWN
    """Which file of facts this session goes by, if any."""

    @property
    def counts_as_org(self) -> bool:
        """Return whether limits are kept, consent is asked and the guard is on."""
        return self.rehearsal or not self.sandbox

    @property
    def note(self) -> str:
        """Return what a banner adds to "nothing is real": as what it is called, and as what it behaves."""
        if not self.sandbox:
            return ""
        counts = "; it counts as an org (--as-org)" if self.rehearsal else ""
        return counts + ("; it behaves as a platform file says" if self.plays_a_platform else "")


@dataclass(frozen=True, slots=True)
class About:
    """What a sandbox says of itself."""

    sandbox: str
    """Name of its scenario."""
    as_org: bool
    platform: bool = False
    """It behaves as a file of facts says."""


def find_target(settings: Settings, *, with_facts: bool = True) -> Target:
    """Return where the settings lead: an org, or the sandbox that runs on its usual port; with what is known
    of its platform.

    The sandbox is used where it was asked for, or where nothing points to an org and this is no build
    server. `with_facts` False: whoever learns them assumes none. Raises CredentialsError, with the reason,
    where neither can be reached; UsageError for a file of facts that cannot be used.
    """
    found = _found(settings)
    if not with_facts:
        return found
    called: LearntOn = "sandbox" if found.sandbox else "org"
    known = known_platform(settings.platform, called, plays_a_file=found.plays_a_platform)
    return replace(found, connection=replace(found.connection, platform=known.facts), known=known)


def _found(settings: Settings) -> Target:
    if settings.has_credentials and not settings.sandbox:
        return target_at(settings.connection())
    why_not = settings.why_no_sandbox
    usual = f"http://127.0.0.1:{SANDBOX_PORT}"
    about = None if why_not is not None else _about(usual)
    if about is not None:
        return Target(sandbox_connection(usual), True, about.as_org, about.platform)
    not_running = f"No sandbox is running on 127.0.0.1:{SANDBOX_PORT} (diag sandbox)."
    if settings.sandbox:
        raise CredentialsError(not_running, hint="Start one: diag sandbox")
    try:
        return Target(settings.connection(), sandbox=False)
    except CredentialsError as error:
        details = (*error.details, why_not or not_running)
        raise CredentialsError(error.message, hint=error.hint, details=details) from None


def must_name_sandbox(settings: Settings) -> bool:
    """Return whether a command reaches the sandbox only where it names it: the settings lead elsewhere."""
    if settings.why_no_sandbox is None:
        return False
    try:
        return not (settings.has_credentials and _may_be_sandbox(settings.connection()))
    except CredentialsError:
        return True


def target_at(connection: Connection) -> Target:
    """Return what a connection leads to: the sandbox only if it is on this machine and says that it is one.

    An org's client id is never taken to one, whatever an address says (a proxy on this machine). A sandbox
    that does not answer just now counts as an org.
    """
    if not _may_be_sandbox(connection):
        return Target(connection, sandbox=False)
    try:
        about = _ask(connection.api_base, _PATIENCE_S)
    except (OSError, http.client.HTTPException):
        return Target(connection, sandbox=connection.client_id == SANDBOX_ID, rehearsal=True)
    if about is None:
        return Target(connection, sandbox=False)
    return Target(connection, True, about.as_org, about.platform)


def _may_be_sandbox(connection: Connection) -> bool:
    return connection.is_loopback and connection.client_id in (SANDBOX_ID, None)


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
    """Return the environment that leads verbs and child processes to this sandbox and to nothing else."""
    return {
        "GENESYSCLOUD_API_BASE": connection.api_base,
        "GENESYSCLOUD_OAUTHCLIENT_ID": SANDBOX_ID,
        "GENESYSCLOUD_OAUTHCLIENT_SECRET": SANDBOX_ID,
        "GENESYSCLOUD_ACCESS_TOKEN": "",
        "GENESYSCLOUD_REGION": "",
        "DIAG_PROFILE": "",
        "DIAG_SANDBOX": "",
    }


def _about(base: str) -> About | None:
    """Return what answers there as a sandbox, before any credential is sent; None: nothing does."""
    try:
        return _ask(base, _GUESS_S)
    except (OSError, http.client.HTTPException):
        return None


def _ask(base: str, patience_s: float) -> About | None:
    """Return what the sandbox says of itself; None for a reply of another kind. Raises OSError, HTTPException
    where none comes."""
    where = urlsplit(base)
    kind = http.client.HTTPSConnection if where.scheme == "https" else http.client.HTTPConnection
    probe = kind(where.hostname or "", where.port, timeout=patience_s)
    try:
        probe.request("GET", where.path + _PATH)
        reply = probe.getresponse()
        text = reply.read(_MOST_BYTES)
    finally:
        probe.close()
    if reply.status != HTTPStatus.OK:
        return None
    try:
        return typed(About, parse_object(text))
    except (UnfitJsonError, WrongShapeError):
        return None
