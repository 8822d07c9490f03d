"""The places settings may stand in, read in the order of their precedence; what each says, and nothing else.

Which source wins is decided in `diag.settings`.
"""

import io
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Final

from analysis.format.input_file import InputFile
from analysis.machine.files import others_may_read
from diag.errors import UsageError

ENVIRONMENT: Final = {
    "region": "GENESYSCLOUD_REGION",
    "api_base": "GENESYSCLOUD_API_BASE",
    "client_id": "GENESYSCLOUD_OAUTHCLIENT_ID",
    "client_secret": "GENESYSCLOUD_OAUTHCLIENT_SECRET",
    "access_token": "GENESYSCLOUD_ACCESS_TOKEN",
    "profile": "DIAG_PROFILE",
    "runs": "DIAG_RUNS",
    "zone": "DIAG_ZONE",
    "name_prefix": "DIAG_NAME_PREFIX",
    "platform": "DIAG_PLATFORM",
    "sandbox": "DIAG_SANDBOX",
    "notify": "DIAG_NOTIFY",
    "runs_url": "DIAG_RUNS_URL",
}
"""Setting -> environment variable."""

_LEADS_ELSEWHERE: Final = ("profile", "sandbox")
"""Settings that are stronger than credentials in the environment. A variable that is set and empty turns them
off in `.env` as well: the demo leads its verbs to its own sandbox so, whatever the folder holds."""


@dataclass(frozen=True, slots=True)
class SettingsTable:
    """Settings of a project (`diag.toml`) or of yours (`~/.config/diag/config.toml`), or of a profile."""

    region: str | None = None
    """AWS region of the org (us-east-1), or its domain (mypurecloud.ie)."""
    api_base: str | None = None
    """Address of the API instead of a region."""
    client_id: str | None = None
    """Of the OAuth client (client credentials)."""
    client_secret: str | None = None
    """Of the OAuth client. Keep the file to yourself: chmod 600."""
    access_token: str | None = None
    """A token instead of an OAuth client; it ends when it expires."""
    profile: str | None = None
    """Whose settings count: those of [profile.NAME]. By a flag or the environment only."""
    runs: str | None = None
    """Folder of runs, journal and reports, instead of `runs`."""
    zone: str | None = None
    """Time zone shown beside UTC in reports, an IANA name: Europe/Berlin."""
    name_prefix: str | None = None
    """What the names of actions made by diag register must begin with."""
    platform: str | None = None
    """The file of facts about the platform, instead of platform.toml in the current folder."""
    sandbox: str | None = None
    """1: use the built-in sandbox, on a build server, too. By the environment only."""
    notify: str | None = None
    """Webhooks to notify of what changed, separated by spaces: env:NAME of the variable with the address."""
    runs_url: str | None = None
    """Where a browser finds the folder of runs (https://...): messages link their reports."""
    protected: bool = False
    """Ask for the org's name before anything is called or changed."""


_NOT_IN_FILES: Final = frozenset({"profile", "sandbox"})
IN_FILES: Final = frozenset(each.name for each in fields(SettingsTable)) - _NOT_IN_FILES
"""Settings that a file may state."""
_GC_CLI: Final = {
    "region": "environment",
    "client_id": "client_credentials",
    "client_secret": "client_secret",
    "access_token": "access_token",
}
"""Setting -> its name in the Genesys CLI's own file."""
_MOST_CHARACTERS: Final = 16_384
"""Far above any path or token; what is longer was pasted by mistake."""
_CONTROL: Final = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
"""In a token it would break out of a header, in a path or a name it would reach the terminal."""


@dataclass(frozen=True, slots=True)
class Source:
    """The settings one place states, by name; `origin` names the place: "flag", "environment" or a path."""

    origin: str
    values: Mapping[str, Any]

    @classmethod
    def of(cls, origin: str, values: Mapping[str, Any]) -> "Source":
        """Return a source without the settings that are left empty. Raises UsageError for unfit values."""
        stated = {name: value for name, value in values.items() if value not in (None, "")}
        for name, value in stated.items():
            unfit = _unfit(name, value)
            if unfit is not None:
                shown = ENVIRONMENT.get(name, name) if origin == "environment" else name
                raise UsageError(f"{shown} ({origin}) {unfit}.", hint="Correct it, or leave it out.")
        return cls(origin, stated)


@dataclass(frozen=True, slots=True)
class SettingsFile:
    """A TOML file of settings; one that does not exist is empty. `warning` is for the user."""

    path: Path
    body: Mapping[str, Any]
    warning: str | None = None

    def top(self) -> Source:
        """Return what the file states outside its profiles. Raises UsageError for an unknown setting."""
        profiles = isinstance(self.body.get("profile"), dict)
        own = {name: value for name, value in self.body.items() if not (profiles and name == "profile")}
        return Source.of(str(self.path), _known(own, self.path))

    def profile(self, name: str) -> Source | None:
        """Return what `[profile.name]` states, None where there is none. Raises UsageError as `top` does."""
        sections = self.body.get("profile")
        section = sections.get(name) if isinstance(sections, dict) else None
        if not isinstance(section, dict):
            return None
        return Source.of(f"{self.path} [profile.{name}]", _known(section, self.path))

    def genesys_cli(self, name: str) -> Source | None:
        """Return what the table `[name]` of a Genesys CLI file states, None where there is none."""
        section = self.body.get(name)
        if not isinstance(section, dict):
            return None
        return Source.of(
            f"{self.path} [{name}]", {ours: section.get(theirs) for ours, theirs in _GC_CLI.items()}
        )


@dataclass(frozen=True, slots=True)
class Places:
    """Everywhere a setting may stand. `of` reads the files; `in_order` is their precedence."""

    flags: Source
    environment: Source
    dotenv: Source
    own: tuple[SettingsFile, ...]
    """`diag.toml` of the project, then the user's."""
    genesys_cli: SettingsFile
    misnamed: str | None = None
    """A warning of a `.env` that an editor named otherwise; None where there is none."""

    @classmethod
    def of(
        cls, flags: Mapping[str, str | None], environment: Mapping[str, str], folder: Path, home: Path
    ) -> "Places":
        """Return every place. Raises UsageError for a file that cannot be read."""
        dotenv = folder / ".env"
        turned_off = {name: None for name in _LEADS_ELSEWHERE if environment.get(ENVIRONMENT[name]) == ""}
        return cls(
            flags=Source.of("flag", flags),
            environment=Source.of("environment", _named_settings(environment)),
            dotenv=Source.of(str(dotenv), {**_named_settings(read_dotenv(dotenv)), **turned_off}),
            own=tuple(
                _read_toml(path) for path in (folder / "diag.toml", home / ".config" / "diag" / "config.toml")
            ),
            genesys_cli=_read_toml(home / ".gc" / "config.toml"),
            misnamed=_misnamed(dotenv),
        )

    @property
    def profile(self) -> str | None:
        """Return the profile that a flag or the environment names."""
        named = (self.flags, self.environment, self.dotenv)
        return next((source.values["profile"] for source in named if "profile" in source.values), None)

    @property
    def warnings(self) -> tuple[str, ...]:
        """Return what the user should mend in the files."""
        found = (self.misnamed, *(file.warning for file in (*self.own, self.genesys_cli)))
        return tuple(one for one in found if one is not None)

    def in_order(self) -> Iterator[Source]:
        """Yield the sources, the strongest first.

        A profile that was named comes before the environment: `--profile dev` must never reach prod.
        Raises UsageError for a profile that does not exist.
        """
        yield self.flags
        if self.profile:
            yield from self._of_profile(self.profile)
        yield self.environment
        yield self.dotenv
        for file in self.own:
            yield file.top()
        if not self.profile and (default := self.genesys_cli.genesys_cli("DEFAULT")):
            yield default

    def _of_profile(self, name: str) -> list[Source]:
        sections = [*(file.profile(name) for file in self.own), self.genesys_cli.genesys_cli(name)]
        found = [section for section in sections if section is not None]
        if not found:
            raise UsageError(
                f"There is no profile {name!r}.",
                hint=f"Add [profile.{name}] to diag.toml, or a [{name}] table to ~/.gc/config.toml.",
            )
        return found


def _unfit(name: str, value: object) -> str | None:
    """Return what is wrong with a setting, without its value; None where it can be used."""
    if name == "protected":
        return None if isinstance(value, bool) else "is neither true nor false"
    if not isinstance(value, str):
        return "is not a text in quotes"
    if len(value) > _MOST_CHARACTERS:
        return f"has more than {_MOST_CHARACTERS:,} characters"
    if _CONTROL.search(value):
        return "holds a line break, another control character or bytes that are not UTF-8"
    return None


def _named_settings(variables: Mapping[str, str | None]) -> dict[str, str | None]:
    return {name: variables.get(variable) for name, variable in ENVIRONMENT.items()}


def _known(section: Mapping[str, Any], path: Path) -> Mapping[str, Any]:
    unknown = sorted(set(section) - IN_FILES)
    if unknown:
        raise UsageError(
            f"{path} has a setting diag does not know: {', '.join(unknown)}.",
            hint=f"Known settings: {', '.join(sorted(IN_FILES))}.",
        )
    if "://" in str(section.get("notify", "")):
        raise UsageError(
            f"notify ({path}) holds the address of a webhook, which is a secret.",
            hint='Keep it in a variable and name that: notify = "env:SLACK_WEBHOOK"',
        )
    return section


def read_dotenv(path: Path) -> Mapping[str, str | None]:
    """Return the variables that the file states; none where it does not exist. Raises UsageError."""
    if not path.is_file():
        return {}
    from dotenv import dotenv_values

    return dotenv_values(stream=io.StringIO(_file(path).text()), interpolate=False)


def _misnamed(dotenv: Path) -> str | None:
    """Return a warning of a `.env.txt` beside no `.env`: Notepad adds the ending, Explorer hides it."""
    written = dotenv.with_name(".env.txt")
    if dotenv.exists() or not written.is_file():
        return None
    return f"{written} is not read. Fix: rename it to .env"


def _read_toml(path: Path) -> SettingsFile:
    if not os.path.lexists(path):
        return SettingsFile(path, {})
    body = _file(path).toml()
    open_secret = "secret" in repr(body) and others_may_read(path)
    warning = f"{path} holds a secret and other users may read it. Fix: chmod 600 {path}"
    return SettingsFile(path, body, warning if open_secret else None)


def _file(path: Path) -> InputFile:
    return InputFile(path, UsageError, "Fix or remove the file.")
