"""What each chosen action is called with: the workload's own inputs, or some made from its input contract."""

import logging
from collections.abc import Mapping, Sequence
from typing import Final

from analysis.format.run_folder import LeftOut
from diag.genesys.client import GenesysClient
from diag.genesys.errors import ApiError
from diag.genesys.models import Action
from diag.workload.payload import Payload
from diag.workload.payloads import NoInput, from_contract
from diag.workload.workload import WorkloadEntry

SAY_EVERY: Final = 50
_LOG: Final = logging.getLogger("diag.load")


def inputs_of(
    client: GenesysClient, chosen: Sequence[tuple[Action, WorkloadEntry]], seed: int
) -> tuple[Mapping[str, tuple[Payload, ...]], list[LeftOut]]:
    """Return payloads per action id, and the actions for which none could be had.

    A contract is one administrative call, so many of them take minutes (300 a minute); the log says how far.
    """
    found: dict[str, tuple[Payload, ...]] = {}
    left_out: list[LeftOut] = []
    to_read = sum(not entry.payloads for _, entry in chosen)
    read = 0
    for action, entry in chosen:
        if entry.payloads:
            found[action.id] = entry.payloads
            continue
        if read and read % SAY_EVERY == 0:
            _LOG.info("input contracts read: %d of %d", read, to_read)
        read += 1
        made = _generated(client, action, entry, seed)
        if isinstance(made, NoInput):
            left_out.append(LeftOut(action.name, made.why))
        else:
            found[action.id] = made
    return found, left_out


def _generated(
    client: GenesysClient, action: Action, entry: WorkloadEntry, seed: int
) -> tuple[Payload, ...] | NoInput:
    try:
        contract = client.get_action(action.id, contract=True).contract
    except ApiError as error:
        # An empty input instead would be refused at every call, and spend the budget.
        return NoInput(f"its input contract could not be read, so no input can be made ({error.message})")
    return from_contract(contract, f"{seed}:{action.id}", entry.generate)
