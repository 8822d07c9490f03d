"""Where all that a message is about can be read: a file on this machine, its address where a browser finds
it, and the job of a build server."""

import os
import re
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import quote

from analysis.plain_text import is_printable
from diag.errors import UsageError


@dataclass(frozen=True, slots=True)
class Link:
    """What a browser opens, on a telephone as well."""

    title: str
    address: str


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """`text` says where, in a line."""

    text: str
    link: Link | None = None


@dataclass(frozen=True, slots=True)
class RunsFolder:
    """The folder of runs; `url`: under which a browser finds it, None where none does."""

    path: Path
    url: str | None = None

    def place(self, report: Path | None) -> Whereabouts:
        """Return where a report lies or, without one, the folder in which this ran."""
        job = _job(os.environ)
        of_job = None if job is None else Link("Open the job", job)
        if report is None:
            where = f"In {_here()} on {socket.gethostname()}"
            return Whereabouts(f"{where}{_beside(job)}", of_job)
        file = f"{report.absolute()} on {socket.gethostname()}"
        address = self._address(report)
        if address is None:
            return Whereabouts(f"Report: {file}{_beside(job)}", of_job)
        return Whereabouts(f"Report: {address} ({file}){_beside(job)}", Link("Open the report", address))

    def _address(self, report: Path) -> str | None:
        # By names alone, without `..`: a browser would leave the folder by it.
        folder, file = (Path(os.path.abspath(path)) for path in (self.path, report))
        if self.url is None or not file.is_relative_to(folder):
            return None
        return f"{self.url.rstrip('/')}/{quote(os.fsencode(file.relative_to(folder).as_posix()))}"


_ADDRESS: Final = re.compile(r'https?://(?![/?#])[^ "<>@\\^`{|}]+')
"""With a host, and without what no address holds as it is (RFC 3986) or what ends a password."""
HOW: Final = "Give what a browser opens without a password in it, such as https://files.example.com/diag/runs"


def runs_folder(path: Path, url: str | None, named_by: str) -> RunsFolder:
    """Return the folder with its address. Raises UsageError for one that is none or could hold a secret.

    `named_by`: where the address was found.
    """
    if url is not None and (not _is_address(url) or {"?", "#"} & {*url}):
        raise UsageError(f"runs_url ({named_by}) is not the address of a folder.", hint=HOW)
    return RunsFolder(path, url or None)


def _here() -> str:
    try:
        return str(Path.cwd())
    except OSError:
        return "a folder that is gone"


def _beside(job: str | None) -> str:
    return "" if job is None else f" ({job})"


def _job(variables: Mapping[str, str]) -> str | None:
    """GitHub Actions, GitLab CI and Jenkins, by the variables that they document. An address that
    could hold a password is left out."""
    found = variables.get("CI_JOB_URL") or variables.get("BUILD_URL") or ""
    server, run = variables.get("GITHUB_SERVER_URL"), variables.get("GITHUB_RUN_ID")
    if server and run:
        found = f"{server}/{variables.get('GITHUB_REPOSITORY', '')}/actions/runs/{run}"
    return found if _is_address(found) else None


def _is_address(text: str) -> bool:
    return is_printable(text) and _ADDRESS.fullmatch(text) is not None
