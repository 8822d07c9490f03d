"""The input of the test call around a change: the run's own payload, or one made from the contract."""

import json
from typing import TYPE_CHECKING, cast

from diag.changes.org import NotTested, PayloadFor
from diag.genesys.errors import ApiError
from diag.genesys.json_reply import JsonObject
from diag.genesys.models import Action

if TYPE_CHECKING:
    from diag.genesys.client import GenesysClient


def from_contracts(client: "GenesysClient", seed: int = 1) -> PayloadFor:
    """Return payloads as the load generator makes them without a workload: from the input contract."""
    from loadtests.payloads import from_contract

    known: dict[str, JsonObject | NotTested] = {}

    def payload_for(action: Action) -> JsonObject | NotTested:
        if action.id not in known:
            try:
                contract = client.get_action(action.id, contract=True).contract
            except ApiError as error:
                known[action.id] = NotTested(f"its contract could not be read ({error.message})")
            else:
                made = from_contract(contract, f"{seed}:{action.id}")[0]
                known[action.id] = cast(JsonObject, json.loads(made.body))
        return known[action.id]

    return payload_for
