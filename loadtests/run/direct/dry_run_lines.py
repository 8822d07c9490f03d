"""What a dry run says of direct calls: request, host, deadline, credentials by name, what differs."""

from collections.abc import Iterator
from typing import Final

from diag.direct.direct_load import DirectLoad
from diag.direct.hosts.backend_host import BackendHost
from diag.direct.rendering.prepare import prepare
from loadtests.planning.direct.host_uses import (
    HostUse,
    asked_load,
    highest_load,
    is_beyond,
)
from loadtests.planning.prepare_run import PreparedRun
from loadtests.planning.run_options import DEFAULT_DIRECT_RATE
from loadtests.run.direct.refuse_hosts import rate_asked_of
from loadtests.sending.direct.proxied_host import private_behind_a_proxy, through_a_proxy

_UNLIKE: Final = (
    "Otherwise than through the test endpoint: no token, no queue and no limit of Genesys Cloud, and the way "
    "starts here. The deadline counts connecting, redirects are followed on the same host only, and "
    "connections are kept; how Genesys Cloud does these is unknown."
)


def direct_lines(prepared: PreparedRun, users: int) -> list[str]:
    """Return the part of a dry run about direct calls; nothing where there are none."""
    plan, direct = prepared.plan, prepared.direct
    if plan.direct is None:
        return []
    lines = ["", "  Direct calls, past Genesys Cloud:"]
    for action in plan.actions:
        if action.direct is not None:
            hosts = direct.found.hosts_of[action.action_id]
            lines += [f"    {action.action_name}: {request_words(action.direct, hosts)}"]
            variables = direct.found.variables_of[action.action_id]
            if variables:
                lines.append(f"      credentials: {', '.join(variables)}")
            lines += [f"      {note}" for note in prepare(action.direct.action).warnings]
    loads = asked_load(plan, users), highest_load(plan, users)
    lines += [f"    {_host(use, *loads)}" for use in direct.uses(plan)]
    if direct.at_default_rate:
        lines.append(
            f"    rate: {DEFAULT_DIRECT_RATE:g} call/s each where none is stated (--rate, or rate = ...)"
        )
    if direct.found.missing:
        missing = "; ".join(direct.found.missing.values())
        lines.append(f"    missing credentials: {missing}. Set {', '.join(direct.found.missing)}")
    audit = (
        "one line for each call in the run folder" if plan.direct.audit else "none (--audit: a line a call)"
    )
    return [*lines, f"    audit: {audit}", f"  {_UNLIKE}"]


def request_words(load: DirectLoad, hosts: tuple[BackendHost, ...]) -> str:
    """Return method, hosts, the template of the path (never of the query) and the deadline."""
    path = _path(load.action.url_template) if len(hosts) == 1 else "its address is computed"
    where = ", ".join(host.name for host in hosts)
    return f"{load.action.method} {where}, {path}, {load.deadline_s:g} s in all"


def _path(template: str) -> str:
    """Return the path as the template has it: what stands after ? may be a key that somebody wrote there."""
    rest = template.partition("://")[2].partition("?")[0]
    _, slash, path = rest.partition("/")
    return f"{slash}{path}" or "/"


def _host(use: HostUse, load: float, highest: float) -> str:
    login = f", logins of {', '.join(use.logins)}" if use.logins else ""
    planned = f"{use.host.name}: {use.rate * load:.4g} calls/s{login}"
    return f"host {planned}, {'; '.join(_standing(use, load, highest))}"


def _standing(use: HostUse, load: float, highest: float) -> Iterator[str]:
    unfit = use.unfit or private_behind_a_proxy(use.host)
    if unfit is not None:
        yield f"may not be called: {unfit}"
    if use.own:
        yield "the sandbox's own"
    elif use.confirmed is None:
        yield f"not confirmed (--confirm-host {use.host.name}={rate_asked_of(use, highest):.12g})"
    else:
        yield f"{use.confirmed:g} confirmed" + (": too many are planned" if is_beyond(use, load) else "")
    proxy = through_a_proxy(use.host)
    if proxy is not None and unfit is None:
        yield f"through the proxy {proxy}, whose time counts as the backend's"
