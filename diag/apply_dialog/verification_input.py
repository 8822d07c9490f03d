"""The input of the test call around a change: the workload's own payload, or one made from the contract."""

import glob
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, cast

from diag.changes.applying.org import ActionInput, NotTested, PayloadFor
from diag.errors import UsageError
from diag.genesys.data_action import Action
from diag.genesys.replies.json_reply import JsonObject
from diag.inventory.named_actions import ids_meant

if TYPE_CHECKING:
    from diag.genesys.client import GenesysClient
    from diag.workload.workload import Workload, WorkloadEntry


def payloads_of_runs(client: "GenesysClient", runs: Path, run_ids: Sequence[str]) -> PayloadFor:
    """Return what the runs behind a plan called with, else what the load generator would make.

    A workload says for each action with which input it may be called, and whether calls may change data.
    """
    workloads = tuple(_workloads(runs, run_ids))
    known: dict[str, ActionInput | NotTested] = {}

    def payload_for(action: Action) -> ActionInput | NotTested:
        if action.id not in known:
            known[action.id] = _input(client, workloads, action)
        return known[action.id]

    return payload_for


def _workloads(runs: Path, run_ids: Sequence[str]) -> "list[Workload]":
    """The workload files that are still there and still read; a run without one is no error here."""
    from analysis.analysis_errors import AnalysisError
    from analysis.format.manifest import read_manifest
    from analysis.format.run_folder import RunFolder
    from diag.workload.read_workload import read_workload

    found: list[Workload] = []
    for run_id in run_ids:
        try:
            manifest = read_manifest(RunFolder(_folder_of(runs, run_id)))
            if manifest is not None and manifest.workload is not None:
                found.append(read_workload(Path(manifest.workload)))
        except (AnalysisError, UsageError, OSError):
            continue
    return found


def _folder_of(runs: Path, run_id: str) -> Path:
    """Return where a run lies: below `runs`, or among the windows of a campaign there."""
    own = runs / run_id
    return own if own.is_dir() else next(runs.glob(f"*/windows/{glob.escape(run_id)}"), own)


def _input(
    client: "GenesysClient", workloads: "Sequence[Workload]", action: Action
) -> ActionInput | NotTested:
    from diag.workload.action_inputs import inputs_of
    from diag.workload.payloads_from_contract import NoInput

    allowed = False
    workload, entry = next(
        ((each, first) for each in workloads if (first := entry_for(each, action)) is not None), (None, None)
    )
    if workload is not None and entry is not None:
        allowed = workload.allow_side_effects or entry.allow_side_effects
    own = entry.payloads[:1] if entry is not None else ()
    try:
        inputs = inputs_of(client, action, own, seed=1)
    except UsageError as error:
        return NotTested(error.message)
    if isinstance(inputs, NoInput):
        return NotTested(inputs.why)
    payload = inputs.payloads[0]
    if inputs.unchecked is not None and payload.cells:
        return NotTested(f"its contract could not be read ({inputs.unchecked})")
    return ActionInput(cast(JsonObject, payload.values), allowed, payload.origin)


def entry_for(workload: "Workload", action: Action) -> "WorkloadEntry | None":
    """Return the entry by which the load called this action: the first that means it, as there."""
    return next((entry for entry in workload.entries if _means(entry, action)), None)


def _means(entry: "WorkloadEntry", action: Action) -> bool:
    if entry.category is not None:
        return entry.category.casefold() == (action.category or "").casefold()
    if entry.id is not None:
        return entry.id == action.id
    return bool(ids_meant([(action.id, action.name)], entry.name or ""))
