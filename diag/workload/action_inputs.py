"""What an action is called with, by the load and by the test call around a change: one rule for both."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from analysis.format.sample_schema import InputOrigin
from diag.genesys.api_errors import ApiError
from diag.workload.fit_to_contract import fit_to_contract
from diag.workload.payload import Payload
from diag.workload.payload_placeholders import line_to_paste
from diag.workload.payloads_from_contract import NoInput, from_contract

if TYPE_CHECKING:
    from diag.genesys.client import GenesysClient
    from diag.genesys.data_action import Action


@dataclass(frozen=True, slots=True)
class ActionInputs:
    """The inputs of one action; at least one."""

    payloads: tuple[Payload, ...]
    unchecked: str | None = None
    """Why the workload's inputs could not be held against the contract; None where they were."""
    line_to_paste: str | None = None
    """Where the inputs are invented: the line of the workload that gives real ones."""


def inputs_of(
    client: "GenesysClient",
    action: "Action",
    own: Sequence[Payload],
    *,
    seed: int,
    generate: int | None = None,
) -> ActionInputs | NoInput:
    """Return the workload's `own` inputs, held against the action's contract, else some invented from it.

    Costs one administrative call. Raises UsageError for inputs that do not fit the contract.
    """
    try:
        contract = client.get_action(action.id, contract=True).contract
    except ApiError as error:
        if own:
            return ActionInputs(fit_to_contract(own, None, action.name), unchecked=error.message)
        # An empty input instead would be refused at every call, and use up the budget.
        return NoInput(f"its input contract could not be read, so no input can be made ({error.message})")
    if own:
        return ActionInputs(fit_to_contract(own, contract, action.name))
    made = from_contract(contract, f"{seed}:{action.id}", generate)
    if isinstance(made, NoInput):
        return made
    invented = any(payload.origin is InputOrigin.INVENTED for payload in made)
    return ActionInputs(made, line_to_paste=line_to_paste(contract) if invented else None)
