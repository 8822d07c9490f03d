"""One armed fault: its kind, the requests it is for, and its settings."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault and the requests it is for."""

    kind: str
    path: str = ""
    """Regular expression looked for in the path; empty hits all of /api and /oauth. One for backends names
    `sandbox/backend`."""
    method: str = ""
    share: float = 1.0
    """Of the requests that match."""
    skip: int = 0
    """So many matching requests go unharmed first."""
    hits: int | None = None
    """At most so many are hit; None: no end."""
    status: int = 500
    code: str = ""
    """The platform's code beside the status; empty: the usual one."""
    retry_after_s: int | None = None
    limit: str = ""
    """Whose limit a 429 speaks of: `dataactions` (the org's) or `platform.api` (our token's); empty: none."""
    for_s: float = 1.0
    megabytes: int = 20
    part: str = ""
    """Of a JSON reply, by its path: `name`, `config.response`."""
    value: str = ""
    """What stands there instead: JSON for a part, the name of a character set, or an address."""
    memory: list[object] = field(default_factory=list, compare=False, repr=False)
    """What a fault keeps from one request to the next."""
