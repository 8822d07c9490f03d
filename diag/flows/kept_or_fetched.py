"""The flows of an org as the verbs need them: read through what is kept beside the runs, and kept anew."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from analysis.flows.flow import FlowsRead
from analysis.flows.flow_view import FlowView, flow_views
from analysis.flows.join_actions import NamedAction, join_actions
from diag.flows.fetch_from_org import WantedFlow, read_flows
from diag.flows.flow_cache import FlowCacheError, KeptFlows, read_cache, write_cache
from diag.genesys.client import GenesysClient
from diag.genesys.data_action import Action
from diag.genesys.http.paging import OnProgress


def read_org_flows(
    client: GenesysClient,
    runs: Path,
    *,
    wanted: Iterable[WantedFlow] | None,
    timeouts: Mapping[str, int | None],
    functions: Mapping[str, int],
    warn: Callable[[str], None],
    on_progress: OnProgress | None = None,
) -> FlowsRead:
    """Return the flows of the client's org, those in `wanted` or all; only what is not kept is fetched.

    `timeouts` of all actions are kept beside them, and those of functions themselves. Raises
    PermissionMissingError without architect:flow:view. `warn` is called where the kept ones cannot be read,
    or written.
    """
    host, org_id = client.connection.host, client.organization().id
    try:
        kept = read_cache(runs, host, org_id) or KeptFlows(host, org_id)
    except FlowCacheError as error:
        warn(f"{error.message} They are read anew.")
        kept = KeptFlows(host, org_id)
    kept = replace(kept, timeouts=timeouts, functions=functions)
    warned = False

    def save(now: KeptFlows) -> None:
        nonlocal warned
        try:
            write_cache(runs, now)
        except OSError as error:
            if not warned:
                warn(f"The flows cannot be kept in {runs}: {error.strerror or type(error).__name__}.")
            warned = True

    return read_flows(client, kept, wanted=wanted, now=time.time, save=save, on_progress=on_progress)


def views_of(
    read: FlowsRead,
    actions: Sequence[Action],
    timeouts: Mapping[str, int | None],
    by_function: frozenset[str],
    shown: frozenset[str],
) -> tuple[FlowView, ...]:
    """Return the flows that call an action of `shown` (ids), or one that is not known, with all timeouts.

    `by_function`: the actions whose timeout is their function's own.
    """
    named = [NamedAction(action.id, action.name, action.category) for action in actions]
    flows = [
        flow
        for flow in join_actions(read.flows, named)
        if any(step.action_id is None or step.action_id in shown for step in flow.steps)
    ]
    return flow_views(flows, timeouts, {}, by_function)
