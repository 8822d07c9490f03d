"""Where direct calls go and with which credentials, found before the first one."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from analysis.format.run_folder import LeftOut
from diag.choice.choose_actions import Candidate
from diag.choice.direct_calls import direct_name
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
from diag.direct.hosts.template_host import template_host
from diag.direct.rendering.prepare import prepare
from diag.direct.rendering.refusals import InputNotRenderedError
from diag.errors import CredentialsError
from diag.workload.direct_settings import DirectSettings
from diag.workload.payload import Payload

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
    """Per action id; with the host of its custom authentication action, where that is called."""
    variables_of: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Per action id: the variables of the environment that its credentials may stand in."""
    missing: tuple[str, ...] = ()
    """Those of them that are found nowhere."""


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
    found = FoundHosts(missing=tuple(source.missing(needed.values())))
    for candidate in candidates:
        hosts = () if candidate.direct is None else _hosts(candidate.direct, candidate.inputs, source)
        if isinstance(hosts, str):
            found.left_out.append(LeftOut(direct_name(candidate.action), hosts))
            continue
        found.kept.append(candidate)
        if candidate.direct is not None:
            of = needed[candidate.action.id]
            found.hosts_of[candidate.action.id] = hosts
            found.variables_of[candidate.action.id] = tuple(
                variable_of(name, of.credential_set) for name in sorted(of.names)
            )
    return found


def _needed(load: DirectLoad) -> NeededCredentials:
    """Return the credentials that the requests of an action need, those of its login among them."""
    names = prepare(load.action).credentials | names_for(load.action, load.auth)
    if load.auth_action is not None:
        names |= prepare(load.auth_action).credentials
    return NeededCredentials(names, load.credential_set)


def _hosts(
    load: DirectLoad, inputs: Sequence[Payload], source: CredentialSource
) -> tuple[BackendHost, ...] | str:
    try:
        hosts = _hosts_of(load.action, inputs, load, source)
        if load.auth_action is not None and not isinstance(hosts, str):
            login = _hosts_of(load.auth_action, (), load, source)
            hosts = login if isinstance(login, str) else (*hosts, *login)
    except UnfitHostError as error:
        return error.message
    return hosts if isinstance(hosts, str) else tuple(dict.fromkeys(hosts))


def _hosts_of(
    action: DirectAction, inputs: Sequence[Payload], load: DirectLoad, source: CredentialSource
) -> tuple[BackendHost, ...] | str:
    written = template_host(action.url_template)
    if written is not None:
        return (written,)
    if "authResponse" in action.url_template:
        return _BY_LOGIN
    prepared = prepare(action)
    try:
        credentials = source.secrets(prepared.credentials, load.credential_set)
    except CredentialsError:
        return "its host is computed, and credentials are missing without which it cannot be told"
    found = []
    for values in [payload.values for payload in inputs] or [{}]:
        try:
            url = prepared.request(values, Secrets(credentials)).url
        except InputNotRenderedError as error:
            return f"its host is computed, and an input cannot be rendered: {error.where}: {error.what}"
        found.append(backend_host(url))
    return tuple(found)
