"""Flows from an org: a request for each hundred of the list, one for each configuration that is not kept."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Protocol

from analysis.flows.flow import ArchitectFlow, FlowsRead, UnreadFlow
from diag.flows.flow_cache import KeptFlows
from diag.flows.read_flow_json import read_configuration
from diag.flows.unreadable_flow import UnreadableFlowError
from diag.genesys.api_errors import (
    NotFoundError,
    PermissionMissingError,
    PlatformError,
    RefusedRequestError,
    UnexpectedReplyError,
)
from diag.genesys.flows import ListedFlow
from diag.genesys.http.paging import OnProgress
from diag.genesys.replies.json_reply import JsonObject

NEVER_PUBLISHED = "it was never published, so no caller reaches it"
NOT_LISTED = (
    "it uses an action but is not in the list of flows: perhaps in a division that the client cannot see"
)

SAVE_EACH = 50


class FlowSource(Protocol):
    """What is asked of the client."""

    def flows(self) -> tuple[ListedFlow, ...]:
        """Return the flows of the org."""

    def flow_configuration(self, flow_id: str, version: str | None) -> JsonObject:
        """Return one configuration."""


@dataclass(frozen=True, slots=True)
class WantedFlow:
    """A flow that uses an action, by the dependency tracker."""

    id: str
    name: str


def read_flows(
    source: FlowSource,
    kept: KeptFlows,
    *,
    wanted: Iterable[WantedFlow] | None,
    now: Callable[[], float],
    save: Callable[[KeptFlows], None],
    on_progress: OnProgress | None = None,
) -> FlowsRead:
    """Return the wanted flows as published, all of them where `wanted` is None.

    `save` is called with what to keep, now and then and at the end, also where it is interrupted. Raises
    PermissionMissingError without architect:flow:view.
    """
    listed = source.flows()
    chosen, unread = _chosen(listed, wanted)
    by_version = {(flow.id, flow.version): flow for flow in kept.flows}
    valid = frozenset((one.id, one.published) for one in listed)
    flows: list[ArchitectFlow] = []
    try:
        for done, one in enumerate(chosen, start=1):
            known = None if one.published is None else by_version.get((one.id, one.published))
            try:
                flow = known or replace(_read(source, one), read_at=now())
                flows.append(replace(flow, name=one.name, type=one.type))
            except UnreadableFlowError as error:
                unread.append(UnreadFlow(one.name, str(error)))
            except PermissionMissingError as error:
                if not flows:
                    raise  # the others would be refused alike
                unread.append(UnreadFlow(one.name, f"its configuration is refused: {error.message}"))
            if on_progress:
                on_progress(done, len(chosen))
            if done % SAVE_EACH == 0:
                save(kept.updated(FlowsRead(tuple(flows), tuple(unread)), valid, now()))
    finally:
        read = FlowsRead(tuple(flows), tuple(unread))
        save(kept.updated(read, valid, now()))
    return read


def _chosen(
    listed: Iterable[ListedFlow], wanted: Iterable[WantedFlow] | None
) -> tuple[list[ListedFlow], list[UnreadFlow]]:
    """Return the flows to read; never published ones are left out, where the list tells them apart."""
    found = {one.id: one for one in listed}
    unread = []
    if wanted is not None:
        named = {one.id: one.name for one in wanted}
        unread = [UnreadFlow(name, NOT_LISTED) for flow_id, name in named.items() if flow_id not in found]
        found = {flow_id: one for flow_id, one in found.items() if flow_id in named}
    tells = any(one.published is not None for one in listed)
    chosen = [one for one in found.values() if one.published is not None or not tells]
    unread += [
        UnreadFlow(one.name, NEVER_PUBLISHED) for one in found.values() if tells and one.published is None
    ]
    return chosen, unread


def _read(source: FlowSource, one: ListedFlow) -> ArchitectFlow:
    """Return a flow as published, or where there is no such version its latest, marked so."""
    versions = (None,) if one.published is None else (one.published, None)
    for version in versions:
        try:
            body = source.flow_configuration(one.id, version)
        except NotFoundError:
            continue
        except (UnexpectedReplyError, PlatformError, RefusedRequestError) as error:
            raise UnreadableFlowError(f"its configuration could not be read: {error.message}") from None
        flow = read_configuration(body, name=one.name)
        return replace(flow, id=one.id, version=one.published, published=version is not None)
    raise UnreadableFlowError("it has no configuration any more")
