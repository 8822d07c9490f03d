"""Settings of a session: which org, with which credentials, where runs are kept.

Order: flags > the profile named by a flag or DIAG_PROFILE > environment > `.env` > `diag.toml` (project)
> `~/.config/diag/config.toml` (user) > `~/.gc/config.toml` (the Genesys CLI's, read as it is) > default.
Each value carries its origin.
"""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from analysis.machine.build_server import runs_on_build_server
from diag.errors import CredentialsError, UsageError
from diag.genesys.http.connection import Connection
from diag.genesys.http.secret import Secret
from diag.setting_sources import ENVIRONMENT, Places, Source

SANDBOX_ID: Final = "sandbox"
"""Client id and secret of the built-in sandbox; never those of an org."""

_CREDENTIALS: Final = ("client_id", "client_secret", "access_token")
_ADDRESS: Final = ("region", "api_base")
_SINGLE: Final = (
    "profile",
    "protected",
    "runs",
    "zone",
    "name_prefix",
    "platform",
    "sandbox",
    "notify",
    "runs_url",
)
_POINTERS: Final = (*_CREDENTIALS, *_ADDRESS, "profile")
"""Any of these means that an org was meant, however little of it is stated."""


_YES: Final = frozenset({"1", "true", "yes", "on"})


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings in force; `origins` says where each came from: "flag", "environment" or a path."""

    runs: Path
    region: str | None = None
    api_base: str | None = None
    client_id: str | None = None
    client_secret: Secret | None = None
    access_token: Secret | None = None
    profile: str | None = None
    protected: bool = False
    """A protected profile asks for the org's name before anything is called or changed."""
    zone: str | None = None
    """IANA name of the time zone shown beside UTC in reports, for example Europe/Berlin."""
    name_prefix: str | None = None
    """What the names of actions made by `diag register` must begin with."""
    platform: Path | None = None
    """The file of facts about the platform that is called; None: the one in the current folder, if any."""
    notify: Secret | None = None
    """Webhooks to notify, separated by spaces, as `--notify` takes each of them."""
    runs_url: str | None = None
    """Under which a browser finds the folder of runs: the links of messages begin with it."""
    sandbox: bool = False
    """The sandbox was asked for: `--sandbox`, or DIAG_SANDBOX."""
    in_ci: bool = False
    """A build server runs this (`analysis/machine/build_server.py`)."""
    origins: Mapping[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()

    @property
    def has_credentials(self) -> bool:
        """Whether anything that looks like a credential was found."""
        return any((self.client_id, self.client_secret, self.access_token))

    @property
    def why_no_sandbox(self) -> str | None:
        """Return why the sandbox must not stand in for an org, None where it may.

        A pipeline that lost its secret must fail, not measure made-up actions and pass.
        """
        if self.sandbox:
            return None
        stated = next((name for name in _POINTERS if getattr(self, name)), None)
        if stated is not None:
            origin = self.origins.get(stated, "?")
            return (
                f"{ENVIRONMENT[stated]} ({origin}) points to an org, so the sandbox does not stand in for it."
            )
        if self.in_ci:
            return (
                "CI is set, so the sandbox is used only where it is asked for: --sandbox, or DIAG_SANDBOX=1."
            )
        return None

    @property
    def journal(self) -> Path:
        """Path of the journal of changes, beside the runs."""
        return self.runs / "journal.jsonl"

    @property
    def hours(self) -> Path:
        """Path of the store of production's hourly counts, beside the runs."""
        return self.runs / "production.sqlite"

    def connection(self) -> Connection:
        """Return how to reach the org.

        Raises CredentialsError, naming what is missing and where diag looked.
        """
        if not self.has_credentials:
            raise CredentialsError(
                "No Genesys Cloud credentials found.",
                hint="Set GENESYSCLOUD_OAUTHCLIENT_ID, GENESYSCLOUD_OAUTHCLIENT_SECRET and "
                "GENESYSCLOUD_REGION; or try everything without any: diag demo",
                details=(
                    "Looked in: environment, .env, diag.toml, ~/.config/diag/config.toml, ~/.gc/config.toml",
                    *self.warnings,
                ),
            )
        if self.access_token is None:
            for name in ("client_id", "client_secret"):
                if not getattr(self, name):
                    other = "client_id" if name == "client_secret" else "client_secret"
                    raise CredentialsError(
                        f"{ENVIRONMENT[name]} is missing ({ENVIRONMENT[other]} comes from "
                        f"{self.origins.get(other, '?')}).",
                        hint=f"Set {ENVIRONMENT[name]} too.",
                    )
        if not self.api_base and not self.region:
            raise CredentialsError(
                "No region given.",
                hint="Set GENESYSCLOUD_REGION to your org's AWS region or domain, for example us-east-1 "
                "or mypurecloud.ie",
            )
        return Connection.to(
            region=self.region,
            api_base=self.api_base,
            client_id=self.client_id,
            client_secret=self.client_secret,
            access_token=self.access_token,
        )


def load_settings(
    flags: Mapping[str, str | None] | None = None,
    *,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
    home: Path | None = None,
) -> Settings:
    """Return the settings in force; `flags` may hold region, api_base, profile, runs, sandbox.

    Raises UsageError for a file that cannot be read or a profile that does not exist.
    """
    folder = Path.cwd() if folder is None else folder
    variables = os.environ if environment is None else environment
    places = Places.of(
        flags or {},
        variables,
        folder,
        _home() if home is None else home,
    )
    sources = tuple(places.in_order())
    credentials = _first_with(_CREDENTIALS, sources)
    address = _first_with(_ADDRESS, _address_sources(sources, credentials, places.environment))
    decided = [
        (credentials, _CREDENTIALS),
        (address, _ADDRESS),
        *((_first_with((name,), sources), (name,)) for name in _SINGLE),
    ]
    values: dict[str, Any] = {}
    origins: dict[str, str] = {}
    for source, group in decided:
        for name in group:
            if source is not None and name in source.values:
                values[name], origins[name] = source.values[name], source.origin
    for name in ("client_secret", "access_token", "notify"):
        if name in values:
            values[name] = Secret(str(values[name]))
    values["runs"] = Path(values.get("runs") or folder / "runs")
    values["platform"] = Path(values["platform"]) if "platform" in values else None
    values["protected"] = values.get("protected") is True
    values["sandbox"] = str(values.get("sandbox") or "").lower() in _YES
    values["in_ci"] = runs_on_build_server(variables)
    return Settings(**values, origins=origins, warnings=places.warnings)


def _home() -> Path:
    try:
        return Path.home()
    except RuntimeError:
        raise UsageError("HOME does not name a folder.", hint="Set it to your home folder.") from None


def _first_with(group: Sequence[str], sources: Sequence[Source]) -> Source | None:
    """Return the first source that states any of a group: it decides the whole group.

    Credentials of two sources are never mixed, nor is a region with another source's API address: half of
    one org with half of another fails in a way no message can explain, or worse, works.
    """
    return next((source for source in sources if any(name in source.values for name in group)), None)


def _address_sources(
    sources: Sequence[Source], credentials: Source | None, environment: Source
) -> Sequence[Source]:
    """Return where the address may come from: the environment never redirects a profile's credentials."""
    own = credentials is not None and sources.index(credentials) < sources.index(environment)
    return [source for source in sources if not (own and source is environment)]
