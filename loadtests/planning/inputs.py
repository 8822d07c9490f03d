"""What each action is called with: the workload's own inputs, or some made from its input contract."""

import logging
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from analysis.format.run_folder import LeftOut
from diag.genesys.client import GenesysClient
from diag.genesys.errors import ApiError
from diag.workload.contract_check import fit_to_contract
from diag.workload.make_payloads import NoInput, from_contract
from diag.workload.payload import Payload
from loadtests.planning.choose_actions import Candidate, Sorted

LOG_EVERY: Final = 50
_LOG: Final = logging.getLogger("diag.load")


def with_inputs(client: GenesysClient, candidates: Sequence[Candidate], seed: int) -> Sorted:
    """Return the candidates with their inputs, and leave out those for which none can be made.

    Raises UsageError for inputs of the workload that do not fit the contract.
    Reading a contract is one administrative call, so many of them take minutes (300 a minute); the log
    reports progress.
    """
    kept: list[Candidate] = []
    left_out: list[LeftOut] = []
    for read, candidate in enumerate(candidates):
        if read and read % LOG_EVERY == 0:
            _LOG.info("input contracts read: %d of %d", read, len(candidates))
        inputs = _inputs(client, candidate, seed)
        if isinstance(inputs, NoInput):
            left_out.append(LeftOut(candidate.action.name, inputs.why))
        else:
            kept.append(replace(candidate, inputs=inputs))
    return kept, left_out


def _inputs(client: GenesysClient, candidate: Candidate, seed: int) -> tuple[Payload, ...] | NoInput:
    """Return the workload's own inputs, held against the contract, else some made from it."""
    action, own = candidate.action, candidate.entry.payloads
    try:
        contract = client.get_action(action.id, contract=True).contract
    except ApiError as error:
        if own:
            _LOG.warning("%s: its inputs could not be checked (%s)", action.name, error.message)
            return fit_to_contract(own, None, action.name)
        # An empty input instead would be refused at every call, and use up the budget.
        return NoInput(f"its input contract could not be read, so no input can be made ({error.message})")
    if own:
        return fit_to_contract(own, contract, action.name)
    return from_contract(contract, f"{seed}:{action.id}", candidate.entry.generate)
