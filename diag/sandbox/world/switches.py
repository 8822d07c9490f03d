"""What is unknown outside Genesys, as switches: one setting for each behaviour the platform may have.

The defaults are those that fit the sources best, or, for the PATCH, the one that harms a careless client.
"""

from dataclasses import dataclass
from typing import Literal, get_args

TimeoutForm = Literal["success_false", "408", "504"]
StaleForm = Literal["409", "400"]
PatchConfig = Literal["replace", "merge"]
SecureResults = Literal["shown", "masked"]


@dataclass(frozen=True, slots=True)
class Switches:
    """One sandbox's choice for each unknown."""

    timeout_form: TimeoutForm = "success_false"
    """How a test that ran into the action's timeout is answered."""
    stale_form: StaleForm = "409"
    """How a write with an old version is refused."""
    patch_config: PatchConfig = "replace"
    """`replace`: whatever is left out of `config` in a PATCH is removed."""
    retry_after: bool = True
    """Whether a 429 carries Retry-After."""
    list_include_config: bool = True
    """Whether the list of actions honours `includeConfig` (it is recent)."""
    edge_timeout_s: float = 0.0
    """The API's edge answers 504 after this many seconds; 0 means never."""
    secure_results: SecureResults = "shown"
    """Whether a test of a secure action shows its result."""
    max_page_size: int = 100
    """The largest `pageSize` taken; 100 is what the official tools ask for at most."""
    analytics_count_tests: bool = True
    """Whether test runs show up in the analytics."""


CHOICES: dict[str, tuple[str, ...]] = {
    "timeout_form": get_args(TimeoutForm),
    "stale_form": get_args(StaleForm),
    "patch_config": get_args(PatchConfig),
    "secure_results": get_args(SecureResults),
}
"""The words each switch takes; the others are true/false or a number."""
