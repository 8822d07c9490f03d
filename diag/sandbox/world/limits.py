"""Limits that bite: requests per token, executions per minute, executions in flight."""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from diag.sandbox.reply_bodies import ErrorReply, JsonObject, LimitHit
from diag.toml_section import TomlSection

_WINDOW_S: Final = 60.0

NAMESPACES: Final[dict[str, dict[str, str]]] = {
    "dataactions": {
        "actions.concurrent.executions.max": "concurrent_executions",
        "requests.volume.max": "executions_per_minute",
    },
    "platform.api": {
        "client.credentials.token.rate.per.minute": "token_requests_per_minute",
        "request.bytes.max": "request_bytes",
    },
}
"""Namespace -> key of the limits endpoint -> field of `Limits`."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What an org may do. Defaults are the documented ones (docs/genesys-api.md, "Limits of the org")."""

    concurrent_executions: int = 50
    executions_per_minute: int = 2500
    token_requests_per_minute: int = 300
    request_bytes: int = 512_000


def read_limits(table: TomlSection, present: Limits) -> Limits:
    """`present` with what the table changes."""

    def limit(key: str, value: int) -> int:
        return table.integer(key, value, low=1, high=1_000_000_000)

    return Limits(
        concurrent_executions=limit("concurrent_executions", present.concurrent_executions),
        executions_per_minute=limit("executions_per_minute", present.executions_per_minute),
        token_requests_per_minute=limit("token_requests_per_minute", present.token_requests_per_minute),
        request_bytes=limit("request_bytes", present.request_bytes),
    )


@dataclass(slots=True)
class _Window:
    """Counts what falls into one minute; the minute starts with its first request."""

    started_s: float = -math.inf
    count: int = 0

    def take(self, now_s: float, allowed: int) -> bool:
        """Counts one more, unless `allowed` were counted already."""
        if now_s - self.started_s >= _WINDOW_S:
            self.started_s, self.count = now_s, 0
        if self.count >= allowed:
            return False
        self.count += 1
        return True

    def reset_in_s(self, now_s: float) -> int:
        return max(1, math.ceil(self.started_s + _WINDOW_S - now_s))


class LimitKeeper:
    """Counts and refuses. One per sandbox."""

    def __init__(self, limits: Limits) -> None:
        self.in_flight = 0
        self.change(limits)

    def change(self, limits: Limits) -> None:
        """Puts other limits in force; what the present minute has counted is forgotten."""
        self.limits = limits
        self._volume = _Window()
        self._tokens: dict[str, _Window] = {}

    def take_request(self, token: str, now_s: float, *, retry_after: bool) -> dict[str, str]:
        """Counts a request of this token; returns the rate-limit headers. Raises ErrorReply 429."""
        window = self._tokens.setdefault(token, _Window())
        allowed = self.limits.token_requests_per_minute
        if not window.take(now_s, allowed):
            hit = LimitHit("platform.api", "client.credentials.token.rate.per.minute", allowed)
            raise _too_many(hit, window.reset_in_s(now_s) if retry_after else None)
        return {
            "inin-ratelimit-count": str(window.count),
            "inin-ratelimit-allowed": str(allowed),
            "inin-ratelimit-reset": str(window.reset_in_s(now_s)),
        }

    @contextmanager
    def execution(self, now_s: float, *, retry_after: bool) -> Iterator[None]:
        """Holds one of the org's execution slots. Raises ErrorReply 429 when there is none.

        Test and execute share the slots (whether the platform lets tests count is unknown; assumed).
        """
        if self.in_flight >= self.limits.concurrent_executions:
            hit = LimitHit(
                "dataactions", "actions.concurrent.executions.max", self.limits.concurrent_executions
            )
            raise _too_many(hit, 1 if retry_after else None)
        if not self._volume.take(now_s, self.limits.executions_per_minute):
            hit = LimitHit("dataactions", "requests.volume.max", self.limits.executions_per_minute)
            raise _too_many(hit, self._volume.reset_in_s(now_s) if retry_after else None)
        self.in_flight += 1
        try:
            yield
        finally:
            self.in_flight -= 1


def limits_to_wire(limits: Limits, namespace: str) -> list[JsonObject]:
    """One namespace as the limits endpoint lists it; empty for one that is not known here."""
    return [
        {"key": key, "namespace": namespace, "value": getattr(limits, field)}
        for key, field in NAMESPACES.get(namespace, {}).items()
    ]


def _too_many(hit: LimitHit, retry_after_s: int | None) -> ErrorReply:
    if retry_after_s is None:
        return ErrorReply(429, "too.many.requests", "Rate limit exceeded the maximum.", limit=hit)
    return ErrorReply(
        429,
        "too.many.requests.retry.after",
        f"Rate limit exceeded the maximum. Retry the request in [{retry_after_s}] seconds",
        limit=hit,
        headers={"Retry-After": str(retry_after_s)},
    )
