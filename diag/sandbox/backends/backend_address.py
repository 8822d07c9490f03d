"""Where an action's backend is. The sandbox serves it itself, under whatever port it has this time.

An org that is kept (`--state FILE`) outlives the port, so it holds `sandbox:backend/get-customer?id=...`.
Clients read and write `http://127.0.0.1:PORT/sandbox/backend/get-customer?id=...`: the one is made of the
other in `routes/data_actions/action_wire.py`. Any other address is kept as it was written.
"""

import re
from collections.abc import Collection
from typing import Final

BACKEND_PATH: Final = "/sandbox/backend/"
_KEPT: Final = "sandbox:backend/"
_NOT_IN_A_NAME: Final = re.compile(r"[^a-z0-9]+")


def kept_address(name: str, query: str = "") -> str:
    """Return the address that the org holds of the backend with this name."""
    return _KEPT + name + (f"?{query}" if query else "")


def address_to_wire(kept: str, base_url: str) -> str:
    """Return the address as a client of the sandbox at `base_url` reads it."""
    return base_url + BACKEND_PATH + kept.removeprefix(_KEPT) if kept.startswith(_KEPT) else kept


def address_from_wire(sent: str, base_url: str) -> str:
    """Return the address as the org holds it; one of another server, or another port, stays as it is."""
    own = base_url + BACKEND_PATH
    return _KEPT + sent.removeprefix(own) if sent.startswith(own) else sent


def backend_name(action_name: str, taken: Collection[str]) -> str:
    """Return a name that no other backend has, made of the action's: `get-customer`, or `get-customer-2`."""
    plain = _NOT_IN_A_NAME.sub("-", action_name.lower()).strip("-") or "action"
    name, number = plain, 1
    while name in taken:
        number += 1
        name = f"{plain}-{number}"
    return name
