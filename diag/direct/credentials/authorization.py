"""`auth = "basic"` and `auth = "bearer"`: the Authorization header where no template sets one."""

import base64
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from diag.direct.direct_action import DirectAction, RenderedRequest
from diag.direct.direct_load import DirectAuth

_AUTHORIZATION: Final = "Authorization"
_NAMES: Final[Mapping[DirectAuth, frozenset[str]]] = {
    "basic": frozenset({"username", "password"}),
    "bearer": frozenset({"token"}),
}


def adds_authorization(action: DirectAction, auth: DirectAuth | None) -> bool:
    """Return whether the header is added to the requests of an action."""
    return auth is not None and not any(name.strip().lower() == "authorization" for name in action.headers)


def names_for(action: DirectAction, auth: DirectAuth | None) -> frozenset[str]:
    """Return the credentials that the added header is made of; none where none is added."""
    return _NAMES[auth] if auth is not None and adds_authorization(action, auth) else frozenset()


def with_authorization(
    request: RenderedRequest, action: DirectAction, auth: DirectAuth | None, credentials: Mapping[str, str]
) -> RenderedRequest:
    """Return the request of an action with the header, where one is added."""
    if auth is None or not adds_authorization(action, auth):
        return request
    header = (_AUTHORIZATION, authorization(auth, credentials))
    return replace(request, headers=(*request.headers, header))


def authorization(auth: DirectAuth, credentials: Mapping[str, str]) -> str:
    """Return the value of the header, made of the credentials in `names_for`."""
    if auth == "bearer":
        return f"Bearer {credentials['token']}"
    pair = f"{credentials['username']}:{credentials['password']}"
    return f"Basic {base64.b64encode(pair.encode()).decode()}"
