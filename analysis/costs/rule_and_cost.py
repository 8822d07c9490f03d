"""One of the rules a reader may choose between: the timeout it gives, and what that would cost."""

from dataclasses import dataclass
from enum import StrEnum

from analysis.format.json_to_dataclass import Amount, Share, TimeoutSeconds
from analysis.format.timeout_limits import PLATFORM_MAX_TIMEOUT_S


class TimeoutRule(StrEnum):
    """Where a timeout may come from."""

    THREE_TIMES_P99 = "three_times_p99"
    """The vendor's rule of thumb (docs/genesys-api.md, "Timeouts")."""
    SUCCESSES_AND_BUFFER = "successes_and_buffer"
    """The percentile of the calls that were answered, plus the buffer: what is left of the calls where those
    that were cut off are thrown away."""
    RECOMMENDED = "recommended"


@dataclass(frozen=True, slots=True)
class ComparedRule:
    """What one rule gives and costs, all read from the curve behind the verdict; None: not known."""

    rule: TimeoutRule
    name: str
    """How it is called in tables, with the percentile and the share it accepts."""
    timeout_s: TimeoutSeconds | None
    """What would be set: at most 60 s, the platform's limit."""
    wanted_s: int | None = None
    """What the rule asks for, in whole seconds, where nothing limits it."""
    from_s: int | None = None
    """Production is counted in whole seconds: what the rule asks for, at least and at most. None: exact."""
    to_s: int | None = None
    """The most that it may ask for."""
    cut_off: Share | None = None
    """Share of good calls slower than the timeout; None beyond what these calls were allowed to take."""
    cut_off_at_most: Share | None = None
    """Upper bound of that share, at the confidence of the settings."""
    hung_backend_slots: Amount | None = None
    """Executions held while the backend does not answer, when every caller waits for the whole timeout."""
    concurrency_share: Amount | None = None
    """The same as a share of the org's limit."""
    safe_rate: Amount | None = None
    """Calls/s up to which they cannot exhaust the org's executions."""
    silence_s: int | None = None
    """How long a caller on the phone hears nothing at a stretch while the backend hangs, at least."""

    @property
    def beyond_the_platform(self) -> bool:
        """Whether the rule asks for more than can be set."""
        return self.wanted_s is not None and self.wanted_s > PLATFORM_MAX_TIMEOUT_S == self.timeout_s
