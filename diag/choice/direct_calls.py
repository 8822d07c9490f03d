"""Which actions can be called without Genesys Cloud: each is read whole, and its templates are understood.

What cannot be is left out by name, before the first call.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from analysis.format.manifest import LeftOut
from analysis.format.sample_schema import ActionVersion, shown_name
from diag.choice.choose_actions import Candidate, Sorted
from diag.choice.make_inputs import LOG_EVERY
from diag.direct.direct_action import DirectAction
from diag.direct.direct_load import DirectLoad
from diag.direct.read_direct_action import ANOTHER_WAY, NotDirect, read_direct_action
from diag.direct.rendering.prepare import prepare
from diag.direct.rendering.refusals import TemplateRefusedError
from diag.genesys.api_errors import ApiError, UnexpectedReplyError
from diag.genesys.client import GenesysClient
from diag.genesys.data_action import Action
from diag.workload.tables.direct_settings import DirectSettings

_LOG: Final = logging.getLogger("diag.load")
_POLLS: Final = "it starts a job that is polled, which goes through Genesys Cloud"


@dataclass(frozen=True, slots=True)
class DirectOrg:
    """The org's actions and integrations, as far as direct calls need them."""

    client: GenesysClient
    inventory: Sequence[Action]
    types: Mapping[str, str | None]
    """Id of an integration -> its type."""

    @classmethod
    def read(cls, client: GenesysClient, inventory: Sequence[Action]) -> "DirectOrg":
        """Return it; an org whose integrations may not be read has none whose type is known."""
        try:
            types = {each.id: each.type_id for each in client.integrations()}
        except ApiError as error:
            _LOG.warning("the integrations could not be read (%s)", error.message)
            types = {}
        return cls(client, inventory, types)

    def auth_action(self, action: Action) -> Action | None:
        """Return the custom authentication action of an action's integration."""
        return next(
            (
                other
                for other in self.inventory
                if other.kind == "custom_auth"
                and other.integration_id is not None
                and other.integration_id == action.integration_id
            ),
            None,
        )


def as_direct(candidates: Sequence[Candidate], org: DirectOrg, settings: DirectSettings) -> Sorted:
    """Return the candidates, those of direct entries with how their backend is called.

    Raises ApiError where the org does not answer.
    """
    kept: list[Candidate] = []
    left_out: list[LeftOut] = []
    wanted = [each for each in candidates if each.entry.target == "direct"]
    if len(wanted) > LOG_EVERY:
        _LOG.info("%d actions are read for direct calls, each by some requests", len(wanted))
    for candidate in candidates:
        if candidate.entry.target == "test":
            kept.append(candidate)
            continue
        found = _direct_load(candidate, org, settings)
        if isinstance(found, DirectLoad):
            kept.append(replace(candidate, direct=found))
        else:
            left_out.append(LeftOut(shown_name(candidate.action.name, ActionVersion.DIRECT), found))
    return kept, left_out


def _direct_load(candidate: Candidate, org: DirectOrg, settings: DirectSettings) -> DirectLoad | str:
    """Return how an action's backend is called, or why it cannot be."""
    entry, action = candidate.entry, candidate.action
    if entry.poll is not None:
        return _POLLS
    own = _understood(action, org)
    if isinstance(own, str):
        return own
    login: DirectAction | None = None
    if prepare(own).needs_auth_response:
        auth_action = org.auth_action(action)
        if auth_action is None:
            return "it uses the result of a custom authentication action, which the org does not list"
        read = _understood(auth_action, org)
        if isinstance(read, str):
            return f"its custom authentication action {auth_action.name} cannot be called: {read}"
        login = read
    deadline_s = settings.timeout_s or action.timeout_s
    if deadline_s is None:
        return "its timeout is unknown (--timeout SECONDS states one)"
    return DirectLoad(own, float(deadline_s), entry.auth or settings.auth, entry.credentials, login)


def _understood(action: Action, org: DirectOrg) -> DirectAction | str:
    """Return an action of which every template can be rendered here, or why there is none."""
    try:
        full = org.client.read_published(action.id)
    except UnexpectedReplyError as error:
        return error.message.rstrip(".")
    kind = org.types.get(action.integration_id or "")
    read = read_direct_action(replace(full, action=replace(full.action, integration_type=kind)))
    if isinstance(read, NotDirect):
        return f"{read.reason}. {read.instead.rstrip('.')}"
    try:
        prepare(read)
    except TemplateRefusedError as error:
        return f"{'; '.join(error.details)}. {ANOTHER_WAY.rstrip('.')}"
    return read
