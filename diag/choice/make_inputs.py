"""What each action is called with: the workload's own inputs, or some made from its input contract."""

import logging
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from analysis.format.manifest import LeftOut
from diag.choice.choose_actions import Candidate, Sorted
from diag.genesys.client import GenesysClient
from diag.workload.action_inputs import inputs_of
from diag.workload.payloads_from_contract import NoInput

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
        action, entry = candidate.action, candidate.entry
        inputs = inputs_of(client, action, entry.payloads, seed=seed, generate=entry.generate)
        if isinstance(inputs, NoInput):
            left_out.append(LeftOut(action.name, inputs.why))
            continue
        if inputs.unchecked is not None:
            _LOG.warning("%s: its inputs could not be checked (%s)", action.name, inputs.unchecked)
        kept.append(replace(candidate, inputs=inputs.payloads, line_to_paste=inputs.line_to_paste))
    return kept, left_out
