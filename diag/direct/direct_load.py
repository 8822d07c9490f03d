"""What a load process needs to call backends themselves: of one action, and of the run as a whole."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, get_args

from diag.direct.direct_action import DirectAction

DirectAuth = Literal["basic", "bearer"]
AUTHS: Final[tuple[DirectAuth, ...]] = get_args(DirectAuth)


@dataclass(frozen=True, slots=True)
class DirectLoad:
    """How one action's own request is called. It also travels to workers: credentials are only named here."""

    action: DirectAction
    deadline_s: float
    """In all, connecting included: the action's own timeout, or what `--timeout` says instead."""
    auth: DirectAuth | None = None
    """How to authenticate where no template sets Authorization."""
    credential_set: str | None = None
    """Whose credentials: `credentials = "crm"` in the workload."""
    auth_action: DirectAction | None = None
    """The integration's custom authentication action, where templates use its result."""


@dataclass(frozen=True, slots=True)
class DirectRules:
    """What the person allows and wants of direct calls."""

    hosts: Mapping[str, float] = field(default_factory=dict)
    """Host, with `:port` where it is not the scheme's own -> most calls/s, confirmed by name."""
    allow_private: bool = False
    """Whether addresses of private networks may be called."""
    sandbox_base: str | None = None
    """Address of the sandbox that is called, where it does not count as an org: its own backends need no
    confirmation."""
    credentials_file: str | None = None
    audit: bool = False
    """Whether the run folder gets one line for each call."""
    metrics_file: str | None = None
