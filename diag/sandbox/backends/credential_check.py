"""Whether a request to a backend carries what it wants of the credentials that its integration holds."""

import base64
import binascii
from collections.abc import Callable, Mapping
from typing import Final

from diag.sandbox.backends.backend_spec import Wants
from diag.sandbox.reply_bodies import JsonObject

API_KEY_HEADER: Final = "X-Api-Key"
NAMES: Final[Mapping[Wants, tuple[str, ...]]] = {
    "nothing": (),
    "api-key": ("apiKey",),
    "basic": ("username", "password"),
    "bearer": (),
    "client": ("clientId", "clientSecret"),
}
"""What the integration's credentials hold for each."""


def is_let_in(
    wants: Wants,
    headers: Mapping[str, str],
    inputs: JsonObject,
    credentials: Mapping[str, str],
    is_token: Callable[[str], bool],
) -> bool:
    """Return whether the backend answers such a request. `is_token`: whether a bearer token is in force."""
    expected = tuple(credentials.get(name, "") for name in NAMES[wants])
    scheme, _, given = headers.get("authorization", "").partition(" ")
    match wants:
        case "nothing":
            return True
        case "api-key":
            return (headers.get(API_KEY_HEADER.lower()),) == expected
        case "basic":
            return scheme.lower() == "basic" and _pair(given) == expected
        case "bearer":
            return scheme.lower() == "bearer" and is_token(given.strip())
        case "client":
            return (inputs.get("client_id"), inputs.get("client_secret")) == expected


def _pair(encoded: str) -> tuple[str, ...]:
    try:
        name, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return ()
    return name, secret
