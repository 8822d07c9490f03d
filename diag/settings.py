"""Settings of a session: which org, with which credentials, where runs are kept.

Order: flags > the profile named by a flag or DIAG_PROFILE > environment > `.env` > `diag.toml` (project)
> `~/.config/diag/config.toml` (user) > `~/.gc/config.toml` (the Genesys CLI's, read as it is) > default.
Each value carries its origin.
"""

import os
import stat
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from diag.errors import CredentialsError, UsageError, why_unreadable
from diag.genesys.http.connection import Connection
from diag.genesys.http.secret import Secret

SANDBOX_ID: Final = "sandbox"
"""Client id and secret of the built-in sandbox; never those of an org."""

_ENVIRONMENT: Final = {
    "region": "GENESYSCLOUD_REGION",
    "api_base": "GENESYSCLOUD_API_BASE",
    "client_id": "GENESYSCLOUD_OAUTHCLIENT_ID",
    "client_secret": "GENESYSCLOUD_OAUTHCLIENT_SECRET",
    "access_token": "GENESYSCLOUD_ACCESS_TOKEN",
    "profile": "DIAG_PROFILE",
    "runs": "DIAG_RUNS",
    "zone": "DIAG_ZONE",
    "name_prefix": "DIAG_NAME_PREFIX",
}
_GC_CLI: Final = {
    "region": "environment",
    "client_id": "client_credentials",
    "client_secret": "client_secret",
    "access_token": "access_token",
}
_SECRET: Final = ("client_secret", "access_token")
_CREDENTIALS: Final = ("client_id", "client_secret", "access_token")
_WHERE: Final = ("region", "api_base")


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
    origins: Mapping[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()

    @property
    def has_credentials(self) -> bool:
        """Whether anything that looks like a credential was found."""
        return any((self.client_id, self.client_secret, self.access_token))

    @property
    def journal(self) -> Path:
        """Path of the journal of changes, beside the runs."""
        return self.runs / "journal.jsonl"

    def connection(self) -> Connection:
        """Return how to reach the org.

        Raises CredentialsError, saying what is missing and where it was sought.
        """
        if not self.has_credentials:
            raise CredentialsError(
                "No Genesys Cloud credentials found.",
                hint="Set GENESYSCLOUD_OAUTHCLIENT_ID, GENESYSCLOUD_OAUTHCLIENT_SECRET and "
                "GENESYSCLOUD_REGION; or try everything without any: diag demo",
                details=(
                    "Looked in: environment, .env, diag.toml, ~/.config/diag/config.toml, ~/.gc/config.toml",
                ),
            )
        if self.access_token is None:
            for name in ("client_id", "client_secret"):
                if not getattr(self, name):
                    other = "client_id" if name == "client_secret" else "client_secret"
                    raise CredentialsError(
                        f"{_ENVIRONMENT[name]} is missing ({_ENVIRONMENT[other]} comes from "
                        f"{self.origins.get(other, '?')}).",
                        hint=f"Set {_ENVIRONMENT[name]} too.",
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
    """Return the settings in force; `flags` may hold region, api_base, profile, runs.

    Raises UsageError for a file that cannot be read or a profile that does not exist.
    """
    environment = os.environ if environment is None else environment
    folder = Path.cwd() if folder is None else folder
    home = Path.home() if home is None else home
    flags = {name: value for name, value in (flags or {}).items() if value}
    by_environment = {name: environment.get(variable) for name, variable in _ENVIRONMENT.items()}
    dotenv = _dotenv(folder / ".env")
    by_dotenv = {name: dotenv.get(variable) for name, variable in _ENVIRONMENT.items()}
    profile = flags.get("profile") or by_environment["profile"] or by_dotenv["profile"]
    warnings: list[str] = []
    files = {
        path: _toml(path, warnings)
        for path in (folder / "diag.toml", home / ".config" / "diag" / "config.toml")
    }
    gc_path = home / ".gc" / "config.toml"
    gc_body = _toml(gc_path, warnings)
    found = _Found()
    found.take(flags, "flag")
    # A profile somebody named comes before the environment: `--profile dev` must never reach prod.
    if profile:
        sections = [
            (_own(body.get("profile", {}).get(profile), path), f"{path} [profile.{profile}]")
            for path, body in files.items()
        ]
        sections.append((_of_gc_cli(gc_body.get(profile)), f"{gc_path} [{profile}]"))
        if all(section is None for section, _ in sections):
            raise UsageError(
                f"There is no profile {profile!r}.",
                hint=f"Add [profile.{profile}] to diag.toml, or a [{profile}] table to ~/.gc/config.toml.",
            )
        for section, origin in sections:
            found.take(section or {}, origin)
    found.take(by_environment, "environment")
    found.take(by_dotenv, str(folder / ".env"))
    for path, body in files.items():
        found.take(_own({k: v for k, v in body.items() if not isinstance(v, dict)}, path) or {}, str(path))
    if not profile:
        found.take(_of_gc_cli(gc_body.get("DEFAULT")) or {}, f"{gc_path} [DEFAULT]")
    values = found.values
    for name in _SECRET:
        if name in values:
            values[name] = Secret(str(values[name]))
    values["runs"] = Path(values.get("runs") or folder / "runs")
    values["protected"] = values.get("protected") is True
    return Settings(**values, origins=found.origins, warnings=tuple(warnings))


@dataclass(slots=True)
class _Found:
    """Values as they are found, the first source winning."""

    values: dict[str, Any] = field(default_factory=dict)
    origins: dict[str, str] = field(default_factory=dict)

    def take(self, values: Mapping[str, Any], origin: str) -> None:
        """Take what is not known yet.

        Credentials of two sources are never mixed, nor is a region with another source's API address:
        half of one org with half of another fails in a way nobody can explain, or worse, works.
        """
        closed: set[str] = set()
        for group in (_CREDENTIALS, _WHERE):
            if any(name in self.values for name in group):
                closed.update(group)
        if origin == "environment" and any(name in self.values for name in _CREDENTIALS):
            closed.update(_WHERE)  # a profile's credentials never go where the environment points
        for name, value in values.items():
            if value not in (None, "") and name not in self.values and name not in closed:
                self.values[name] = value
                self.origins[name] = origin


def _of_gc_cli(section: object) -> Mapping[str, Any] | None:
    return {name: section.get(key) for name, key in _GC_CLI.items()} if isinstance(section, dict) else None


def _own(section: Mapping[str, Any] | None, path: Path) -> Mapping[str, Any] | None:
    if section is None:
        return None
    known = {*_ENVIRONMENT, "protected"} - {"profile"}
    unknown = sorted(set(section) - known)
    if unknown:
        raise UsageError(
            f"{path} has a setting diag does not know: {', '.join(unknown)}.",
            hint=f"Known settings: {', '.join(sorted(known))}.",
        )
    return {name: value for name, value in section.items() if name in known}


def _dotenv(path: Path) -> Mapping[str, str | None]:
    if not path.is_file():
        return {}
    from dotenv import dotenv_values

    try:
        return dotenv_values(path, interpolate=False)
    except (OSError, UnicodeDecodeError) as error:
        raise _unreadable(path, error) from error


def _unreadable(path: Path, error: OSError | UnicodeDecodeError) -> UsageError:
    return UsageError(f"{path} cannot be read: {why_unreadable(error)}.", hint="Fix or remove the file.")


def _toml(path: Path, warnings: list[str]) -> dict[str, Any]:
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise _unreadable(path, error) from error
    try:
        body = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{path} is not valid TOML: {error}.", hint="Fix that line.") from error
    if "secret" in text and path.stat().st_mode & (stat.S_IRGRP | stat.S_IROTH):
        warnings.append(f"{path} holds a secret and other users may read it. Fix: chmod 600 {path}")
    return body
