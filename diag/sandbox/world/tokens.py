"""OAuth client credentials: issuing tokens and knowing them again."""

import base64
import binascii
import secrets
from dataclasses import dataclass
from typing import Final

CLIENT_ID: Final = "sandbox"
CLIENT_SECRET: Final = "sandbox"


@dataclass(frozen=True, slots=True)
class LoginRefused(Exception):
    """RFC 6749, 5.2: `{"error", "error_description"}`, as the login host answers."""

    status: int
    error: str
    description: str


class Tokens:
    """Tokens given out, each with the time it ends (seconds of the sandbox's clock)."""

    def __init__(self, lifetime_s: int) -> None:
        self.lifetime_s = lifetime_s
        self._ends_at_s: dict[str, float] = {}

    def issue(self, authorization: str | None, grant_type: str | None, now_s: float) -> str:
        """A new token for HTTP Basic credentials. Raises LoginRefused."""
        if grant_type != "client_credentials":
            raise LoginRefused(400, "unsupported_grant_type", "grant_type must be client_credentials")
        if _basic(authorization) != (CLIENT_ID, CLIENT_SECRET):
            raise LoginRefused(401, "invalid_client", "client not found or secret wrong")
        return self.make(now_s)

    def make(self, now_s: float) -> str:
        """A new token for whoever has proven what it is."""
        token = secrets.token_urlsafe(48)
        self._ends_at_s[token] = now_s + self.lifetime_s
        return token

    def valid(self, token: str, now_s: float) -> bool:
        """Whether the token was given out here and has not ended."""
        ends_at_s = self._ends_at_s.get(token)
        return ends_at_s is not None and now_s < ends_at_s

    def revoke(self, token: str) -> None:
        """Ends one token now."""
        self._ends_at_s.pop(token, None)


def _basic(authorization: str | None) -> tuple[str, str] | None:
    scheme, _, encoded = (authorization or "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        id_, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return id_, secret
