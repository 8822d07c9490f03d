"""How much load an org may be asked to bear, read live: never so much that its own callers feel it."""

from dataclasses import dataclass
from typing import Final

from diag.genesys.api_errors import ApiError
from diag.genesys.client import GenesysClient

CONCURRENCY_KEY: Final = "actions.concurrent.executions.max"
TOKEN_RATE_KEYS: Final = ("client.credentials.token.rate.per.minute", "token.rate.per.minute")
DEFAULT_CONCURRENCY: Final = 30
"""The lower of the two defaults the documentation gives (30 and 50): used when the org does not say."""
DEFAULT_TOKEN_RATE: Final = 300
TOKEN_SHARE: Final = 0.8
CONCURRENCY_SHARE: Final = 0.2


@dataclass(frozen=True, slots=True)
class OrgLimits:
    """Limits in force; None where the org does not tell."""

    concurrent_executions: int | None
    token_per_minute: int | None

    @property
    def calls_per_s(self) -> float:
        """Return the most calls/s we send unless asked, in words, for more: 80 % of the token's limit."""
        return TOKEN_SHARE * (self.token_per_minute or DEFAULT_TOKEN_RATE) / 60

    @property
    def in_flight(self) -> int:
        """Return the most calls we keep in flight: 20 % of the org's concurrent executions, at least 1."""
        return max(1, int(CONCURRENCY_SHARE * (self.concurrent_executions or DEFAULT_CONCURRENCY)))


def read_limits(client: GenesysClient) -> OrgLimits:
    """Return the org's limits; what cannot be read is None (it takes no permission, but may fail)."""
    token = _namespace(client, "platform.api")
    rates = [token[key] for key in TOKEN_RATE_KEYS if key in token]
    return OrgLimits(
        concurrent_executions=_namespace(client, "dataactions").get(CONCURRENCY_KEY),
        token_per_minute=min(rates) if rates else None,
    )


def _namespace(client: GenesysClient, name: str) -> dict[str, int]:
    try:
        return client.limits(name)
    except ApiError:
        return {}
