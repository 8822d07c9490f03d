"""Where credentials of backends come from, and which of them are missing. Their values show nowhere."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from analysis.inline_toml import toml_key
from diag.direct.credentials.credentials_file import CredentialsFile, read_credentials_file
from diag.errors import CredentialsError

FILE_VARIABLE: Final = "DIAG_CREDENTIALS_FILE"
_NOT_IN_NAMES: Final = re.compile(r"[^A-Z0-9_]")
_CONTROL: Final = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class NeededCredentials:
    """Credentials that something needs: their names, and whose (`credentials = "crm"`), None for no set."""

    names: frozenset[str]
    credential_set: str | None = None


class CredentialSource:
    """The environment first, then the file. Its `repr` shows no value, and neither does any of its errors."""

    def __init__(self, environment: Mapping[str, str], file: CredentialsFile | None = None) -> None:
        self._environment = environment
        self._file = file

    @property
    def warnings(self) -> tuple[str, ...]:
        """Return what the person should know of the file: that others can read it."""
        return () if self._file is None else self._file.warnings

    def secrets(self, names: Collection[str], credential_set: str | None = None) -> Mapping[str, str]:
        """Return each credential by its name. Raises CredentialsError that names each missing one."""
        self.require([NeededCredentials(frozenset(names), credential_set)])
        return {name: value for name in names if (value := self._find(name, credential_set)) is not None}

    def require(self, wanted: Iterable[NeededCredentials]) -> None:
        """Raise CredentialsError, with every one that is missing or unfit, and what to set; else return."""
        of = list(wanted)
        problems = self.missing(of)
        if not problems:
            return
        lines = (
            _line(name, each.credential_set)
            for each in of
            for name in sorted(each.names)
            if variable_of(name, each.credential_set) in problems
        )
        file = f"a file that {FILE_VARIABLE} names" if self._file is None else str(self._file.path)
        places = f"in the environment or in .env, or write into {file}"
        raise CredentialsError(
            "Credentials of a backend are missing: " + "; ".join(problems.values()) + ".",
            hint=f"Set {' and '.join(problems)} {places}: {next(lines)}",
        )

    def missing(self, wanted: Iterable[NeededCredentials]) -> dict[str, str]:
        """Return what is wrong, by the variable to set: the credential's name, and why it cannot be used."""
        problems: dict[str, str] = {}
        taken: dict[str, str] = {}
        for each in wanted:
            for name in sorted(each.names):
                variable = variable_of(name, each.credential_set)
                problem = self._problem(name, each.credential_set)
                if problem is None and taken.setdefault(variable, name) != name and self._from(variable):
                    problem = f"{variable} stands for {taken[variable]} and for {name}"
                if problem is not None:
                    problems[variable] = problem
        return problems

    def _problem(self, name: str, credential_set: str | None) -> str | None:
        value = self._find(name, credential_set)
        whose = "" if credential_set is None else f" of {credential_set!r}"
        if not value:
            return f"{name}{whose}" + (" is empty" if value == "" else "")
        if _CONTROL.search(value):
            return f"{name}{whose} holds a line break or another control character"
        return None

    def _find(self, name: str, credential_set: str | None) -> str | None:
        own = None if credential_set is None else self._stated(name, credential_set)
        return self._stated(name, None) if own is None else own

    def _stated(self, name: str, credential_set: str | None) -> str | None:
        value = self._from(variable_of(name, credential_set))
        if value is not None or self._file is None:
            return value
        file = self._file.common if credential_set is None else self._file.sets.get(credential_set, {})
        return file.get(name)

    def _from(self, variable: str) -> str | None:
        return self._environment.get(variable)


def credential_source(environment: Mapping[str, str], file: str | None) -> CredentialSource:
    """Return where credentials come from: `file` (of the workload), else that of DIAG_CREDENTIALS_FILE.

    Raises UsageError for a file that cannot be used.
    """
    named = file or environment.get(FILE_VARIABLE)
    return CredentialSource(environment, read_credentials_file(Path(named)) if named else None)


def variable_of(name: str, credential_set: str | None) -> str:
    """Return the environment variable of a credential: `DIAG_CREDENTIAL_CRM_API_KEY`."""
    whole = name if credential_set is None else f"{credential_set}_{name}"
    return "DIAG_CREDENTIAL_" + _NOT_IN_NAMES.sub("_", whole.upper())


def _line(name: str, credential_set: str | None) -> str:
    line = f'{toml_key(name)} = "..."'
    return line if credential_set is None else f"{line} (below [{toml_key(credential_set)}])"
