"""The `[direct]` table of a workload: what is allowed of calls that go to backends themselves."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal, cast, get_args

from diag.direct.direct_load import AUTHS, DirectAuth
from diag.direct.hosts.backend_host import UnfitHostError, host_name
from diag.toml_section import TomlSection

CallTarget = Literal["test", "direct"]
"""Where an entry's calls go: through Genesys Cloud (the test endpoint), or to the backend itself."""
TARGETS: Final[tuple[CallTarget, ...]] = get_args(CallTarget)
_DIRECT: Final = frozenset({"hosts", "allow_private", "credentials_file", "auth", "audit", "timeout"})
SHORTEST_S: Final = 1.0
LONGEST_S: Final = 60.0


@dataclass(frozen=True, slots=True)
class DirectSettings:
    """What the file says of direct calls; the defaults allow none."""

    hosts: Mapping[str, float] = field(default_factory=dict)
    """Name of a host (`BackendHost.name`) -> most calls/s to it: the person confirms it by writing it."""
    allow_private: bool = False
    credentials_file: Path | None = None
    auth: DirectAuth | None = None
    audit: bool | None = None
    """One line for each call in the run folder; None: where the rate is not too high for it."""
    timeout_s: float | None = None
    """Instead of the actions' own timeouts."""


def read_direct(part: TomlSection, folder: Path) -> DirectSettings:
    """Return what the table says; files are relative to `folder`. Raises what the section raises."""
    part.only(_DIRECT)
    file = part.text("credentials_file", None)
    if file == "":
        raise part.wrong_value("credentials_file", file, "a text in quotes, not empty")
    return DirectSettings(
        hosts=_hosts(part),
        allow_private=part.flag("allow_private"),
        credentials_file=None if file is None else folder / file,
        auth=read_auth(part),
        audit=part.flag("audit") if part.has("audit") else None,
        timeout_s=part.number("timeout", None, low=SHORTEST_S, high=LONGEST_S),
    )


def read_auth(part: TomlSection) -> DirectAuth | None:
    """Return what `auth` says in a table; None where it is not there."""
    return cast(DirectAuth, part.text("auth", choices=AUTHS)) if part.has("auth") else None


def _hosts(part: TomlSection) -> dict[str, float]:
    confirmed: dict[str, float] = {}
    for written, rate in part.mapping("hosts").items():
        try:
            name = host_name(written)
        except UnfitHostError as error:  # a user name or password before @ is not repeated
            shown = written if "@" not in written else "a host with @ in it"
            raise part.wrong("hosts", f"has {shown!r}: {error.message}", error.hint) from None
        if name in confirmed:
            raise part.wrong("hosts", f"names {name} twice", "Keep one of the two.")
        if isinstance(rate, bool) or not isinstance(rate, int | float) or not 0 < rate < math.inf:
            raise part.wrong(
                "hosts", f"has {rate!r} for {written!r}", f'Say how many calls/s at most: "{name}" = 50'
            )
        confirmed[name] = float(rate)
    return confirmed
