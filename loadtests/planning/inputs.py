"""What each action is called with: the workload's own inputs, or some made from its input contract."""

import logging
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from analysis.format.run_folder import LeftOut
from diag.genesys.client import GenesysClient
from diag.genesys.errors import ApiError
from diag.workload.payload import Payload
from diag.workload.payloads import NoInput, from_contract
from loadtests.planning.choose_actions import Candidate, Sorted

LOG_EVERY: Final = 50
_LOG: Final = logging.getLogger("diag.load")


def with_inputs(client: GenesysClient, candidates: Sequence[Candidate], seed: int) -> Sorted:
    """Return the candidates with their inputs, and leave out those for which none can be made.

    Reading a contract is one administrative call, so many of them take minutes (300 a minute); the log
    reports progress.
    """
    kept: list[Candidate] = []
    left_out: list[LeftOut] = []
    to_read = sum(not candidate.entry.payloads for candidate in candidates)
    read = 0
    for candidate in candidates:
        if candidate.entry.payloads:
            kept.append(replace(candidate, inputs=candidate.entry.payloads))
            continue
        if read and read % LOG_EVERY == 0:
            _LOG.info("input contracts read: %d of %d", read, to_read)
        read += 1
        made = _generated(client, candidate, seed)
        if isinstance(made, NoInput):
            left_out.append(LeftOut(candidate.action.name, made.why))
        else:
            kept.append(replace(candidate, inputs=made))
    return kept, left_out


def _generated(client: GenesysClient, candidate: Candidate, seed: int) -> tuple[Payload, ...] | NoInput:
    action_id = candidate.action.id
    try:
        contract = client.get_action(action_id, contract=True).contract
    except ApiError as error:
        # An empty input instead would be refused at every call, and use up the budget.
        return NoInput(f"its input contract could not be read, so no input can be made ({error.message})")
    return from_contract(contract, f"{seed}:{action_id}", candidate.entry.generate)
