"""Where direct calls go and with which credentials, found before the first one."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from analysis.format.manifest import LeftOut
from analysis.format.sample_schema import ActionVersion, shown_name
from diag.choice.choose_actions import Candidate, changes_allowed
from diag.choice.side_effects import select
from diag.direct.credentials.authorization import names_for
from diag.direct.credentials.credential_source import (
    CredentialSource,
    NeededCredentials,
    credential_source,
    variable_of,
)
from diag.direct.direct_action import DirectAction, Secrets
from diag.direct.direct_load import DirectLoad
from diag.direct.hosts.backend_host import BackendHost, UnfitHostError, backend_host
from diag.direct.hosts.may_be_called import is_own_backend
from diag.direct.hosts.template_host import template_host
from diag.direct.rendering.prepare import prepare
from diag.direct.rendering.refusals import InputNotRenderedError
from diag.errors import CredentialsError, DiagError
from diag.workload.payload import Payload
from diag.workload.tables.direct_settings import DirectSettings
from diag.workload.workload import Workload

_BY_LOGIN: Final = (
    "its host comes out of its custom authentication action, so it cannot be confirmed before the first call"
)
_LOG: Final = logging.getLogger("diag.load")


@dataclass(slots=True)
class FoundHosts:
    """The candidates to call, and of those that are called directly where to and with what."""

    kept: list[Candidate] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    hosts_of: dict[str, tuple[BackendHost, ...]] = field(default_factory=dict)
    """Per action id."""
    login_hosts_of: dict[str, tuple[BackendHost, ...]] = field(default_factory=dict)
    """Per action id: where its custom authentication action leads, if that is called."""
    variables_of: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Per action id: the variables of the environment that its credentials may stand in."""
    missing: Mapping[str, str] = field(default_factory=dict)
    """Those of them that cannot be used, by variable: the credential's name, and why."""


def find_hosts(
    candidates: Sequence[Candidate],
    settings: DirectSettings,
    environment: Mapping[str, str],
    *,
    dry_run: bool,
) -> FoundHosts:
    """Return the candidates with their hosts; left out is each whose host cannot be told, with the reason.

    A host that inputs decide is told by rendering each input. Raises CredentialsError with every credential
    that is missing (not in a dry run), and UsageError for a file of them that cannot be used.
    """
    direct = [each for each in candidates if each.direct is not None]
    if not direct:
        return FoundHosts(list(candidates))
    file = None if settings.credentials_file is None else str(settings.credentials_file)
    source = credential_source(environment, file)
    for warning in source.warnings:
        _LOG.warning(warning)
    needed = {each.action.id: _needed(each.direct) for each in direct if each.direct is not None}
    if not dry_run:
        source.require(needed.values())
    found = FoundHosts(missing=source.missing(needed.values()))
    for candidate in candidates:
        load, action_id = candidate.direct, candidate.action.id
        if load is None:
            found.kept.append(candidate)
            continue
        try:
            hosts = _hosts(load.action, candidate.inputs, load, source)
            logins = () if load.auth_action is None else _hosts(load.auth_action, (), load, source)
        except (UnfitHostError, _UnknownHostError) as error:
            found.left_out.append(
                LeftOut(shown_name(candidate.action.name, ActionVersion.DIRECT), error.message)
            )
            continue
        of = needed[action_id]
        found.kept.append(candidate)
        found.hosts_of[action_id], found.login_hosts_of[action_id] = hosts, logins
        found.variables_of[action_id] = tuple(
            variable_of(name, of.credential_set) for name in sorted(of.names)
        )
    return found


def without_consent(found: FoundHosts, workload: Workload, sandbox_base: str | None) -> FoundHosts:
    """Return the same, less the actions that would change data in a real backend without consent.

    An org asks for it of every call (`diag.choice.side_effects`); a sandbox does not, and yet one of its
    actions may lead to a host that is real.
    """
    kept: list[Candidate] = []
    left_out = list(found.left_out)
    for candidate in found.kept:
        real = [
            host
            for host in found.hosts_of.get(candidate.action.id, ())
            if candidate.direct is not None and not is_own_backend(host, sandbox_base)
        ]
        selection = select(
            [candidate.action],
            as_org=bool(real),
            allow_side_effects=changes_allowed(workload, candidate.entry),
        )
        kept += [candidate for _ in selection.chosen]
        left_out += [
            LeftOut(shown_name(candidate.action.name, ActionVersion.DIRECT), each.why)
            for each in selection.left_out
        ]
    return replace(found, kept=kept, left_out=left_out)


class _UnknownHostError(DiagError):
    """Raised where no calculation tells the host before the first call."""


def _needed(load: DirectLoad) -> NeededCredentials:
    """Return the credentials that the requests of an action need, those of its login among them."""
    names = prepare(load.action).credentials | names_for(load.action, load.auth)
    if load.auth_action is not None:
        names |= prepare(load.auth_action).credentials
    return NeededCredentials(names, load.credential_set)


def _hosts(
    action: DirectAction, inputs: Sequence[Payload], load: DirectLoad, source: CredentialSource
) -> tuple[BackendHost, ...]:
    written = template_host(action.url_template)
    if written is not None:
        return (written,)
    if "authResponse" in action.url_template:
        raise _UnknownHostError(_BY_LOGIN)
    prepared = prepare(action)
    try:
        credentials = source.secrets(prepared.credentials, load.credential_set)
    except CredentialsError as error:
        raise _UnknownHostError(f"its host is computed: {error.message}") from None
    found: dict[BackendHost, None] = {}
    for values in [payload.values for payload in inputs] or [{}]:
        try:
            url = prepared.request(values, Secrets(credentials)).url
        except InputNotRenderedError as error:
            raise _UnknownHostError(
                f"its host is computed, and an input cannot be rendered: {error.where}: {error.what}"
            ) from None
        found[backend_host(url)] = None
    return tuple(found)
