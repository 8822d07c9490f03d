"""What calls straight to an action's backend show, beside the action: the types that verdicts carry."""

from dataclasses import dataclass

from analysis.format.json_to_dataclass import Amount, Share
from analysis.runs.broken_contract import BrokenContract


@dataclass(frozen=True, slots=True)
class PlatformShare:
    """At one percentile: how long the action took, its backend alone, and what Genesys and the way there add.

    Times in ms, each None where these calls do not show it. `added_ms` may be below 0: the backend was slower
    while it was called directly. The interval is two-sided, at 95 %.
    """

    percentile: Share
    whole_ms: Amount | None = None
    """The action, through Genesys Cloud."""
    backend_ms: Amount | None = None
    """Its backend alone."""
    added_ms: float | None = None
    lower_ms: float | None = None
    upper_ms: float | None = None
    sentence: str = ""
    """What it comes to, or why there is no interval."""

    @property
    def told(self) -> bool:
        """Whether it is known that Genesys and the way there add something, and about how much."""
        return self.lower_ms is not None and self.lower_ms > 0.0


@dataclass(frozen=True, slots=True)
class DirectSide:
    """The calls of one action that went straight to its backend; without any, only what would make some.

    Times in ms, None where unknown. None of it is part of the action's verdict, unless there is nothing else
    (`Recommendation.backend_alone`).
    """

    samples: int = 0
    """Calls that count."""
    timeouts: int = 0
    """Of them, cut off by their deadline."""
    censored: int = 0
    """All that were cut off, the timeouts included."""
    contract_errors: int = 0
    """Of `samples`: replies that came in time and broke the action's contract."""
    broken_contracts: tuple[BrokenContract, ...] = ()
    """Where they broke it, the commonest first."""
    contract: str | None = None
    """What these come to, a sentence without its full stop; None where every reply kept the contract."""
    left_out: int = 0
    """Direct calls that do not count."""
    failed: str | None = None
    """What they met where none of them shows how long the backend takes, as sentences; None where some do."""
    p50_ms: Amount | None = None
    """Of the backend alone."""
    p99_ms: Amount | None = None
    """The quantile of the rule, whichever it is, as in `Recommendation`."""
    p99_upper_ms: Amount | None = None
    """Its upper bound."""
    p99_lower_ms: Amount | None = None
    """Its lower bound."""
    timeout_s: int | None = None
    """What the timeout would have to be for the backend alone, before the cap."""
    rate: Amount | None = None
    """Arrival rate of the load level these come from, calls/s."""
    shares: tuple[PlatformShare, ...] = ()
    """At p50 and at the percentile of the rule, where the action was called both ways."""
    unlike: tuple[str, ...] = ()
    """In what the two differ beside the way the calls took: sentences without their full stops."""
    next_command: str | None = None
    """What shows the side that is missing, or both side by side."""

    @property
    def contract_error_share(self) -> float | None:
        """Share (0..1) of `samples` whose reply broke the contract; None without a call."""
        return self.contract_errors / self.samples if self.samples else None
