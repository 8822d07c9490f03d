"""The `[direct]` table of a workload: what is allowed of calls that go to backends themselves."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Final, Literal, get_args

from analysis.format.json_to_dataclass import Between
from diag.direct.direct_load import DirectAuth
from diag.direct.hosts.backend_host import UnfitHostError, host_name
from diag.toml_forms.kinds import Each, Name
from diag.toml_forms.read_form import read_form
from diag.toml_section import TomlSection
from diag.workload.tables.load_shape import MOST_RATE

CallTarget = Literal["test", "direct"]
"""Where an entry's calls go: through Genesys Cloud (the test endpoint), or to the backend itself."""
TARGETS: Final[tuple[CallTarget, ...]] = get_args(CallTarget)
SHORTEST_S: Final = 1.0
LONGEST_S: Final = 60.0


@dataclass(frozen=True, slots=True)
class DirectTable:
    """What is allowed of calls that go to backends themselves."""

    hosts: Annotated[Mapping[str, object], Each(0, MOST_RATE)] = field(default_factory=dict)
    """Each host that may be called, confirmed by name, with most calls/s to it: "api.example.com" = 50."""
    allow_private: bool = False
    """Also addresses of private networks."""
    credentials_file: Name | None = None
    """TOML beside this file; the environment (DIAG_CREDENTIAL_NAME) comes first."""
    auth: DirectAuth | None = None
    """Adds an Authorization header where no template sets one."""
    audit: bool | None = None
    """One line for each call in the run folder, without values; left out: up to 50 calls/s."""
    timeout: Annotated[float, Between(SHORTEST_S, LONGEST_S)] | None = None
    """Seconds, instead of each action's own timeout."""


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
    table = read_form(part, DirectTable)
    return DirectSettings(
        hosts=_hosts(part, table.hosts),
        allow_private=table.allow_private,
        credentials_file=None if table.credentials_file is None else folder / table.credentials_file,
        auth=table.auth,
        audit=table.audit,
        timeout_s=table.timeout,
    )


def _hosts(part: TomlSection, written_hosts: Mapping[str, object]) -> dict[str, float]:
    confirmed: dict[str, float] = {}
    for written, rate in written_hosts.items():
        try:
            name = host_name(written)
        except UnfitHostError as error:  # a user name or password before @ is not repeated
            shown = written if "@" not in written else "a host with @ in it"
            why = error.message.removesuffix(".")
            raise part.wrong("hosts", f"has {shown!r}: {why}", error.hint) from None
        if name in confirmed:
            raise part.wrong("hosts", f"names {name} twice", "Keep one of the two.")
        if isinstance(rate, bool) or not isinstance(rate, int | float) or not 0 < rate <= MOST_RATE:
            raise part.wrong(
                "hosts", f"has {rate!r} for {written!r}", f'Say how many calls/s at most: "{name}" = 50'
            )
        confirmed[name] = float(rate)
    return confirmed
