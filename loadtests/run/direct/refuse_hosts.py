"""Refuses a run whose direct calls would go where nobody said, or faster than was confirmed."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from analysis.inline_toml import inline_toml
from diag.direct.hosts.may_be_called import address_may_be_called
from diag.direct.hosts.public_addresses import addresses_of
from diag.errors import UsageError
from diag.measuring.unconfirmed_hosts_file import HostToConfirm, rate_to_confirm, write_hosts
from loadtests.planning.direct.host_uses import (
    HostUse,
    asked_load,
    highest_load,
    is_beyond,
)
from loadtests.planning.prepare_run import PreparedRun
from loadtests.run.size_of_run import size_of_run
from loadtests.sending.connections.proxy import proxy_for
from loadtests.sending.direct.proxied_host import private_behind_a_proxy, through_a_proxy

LOGIN_RATE: Final = 1.0
"""Calls/s to confirm for a host that is only called to log in."""


def refuse_hosts(
    prepared: PreparedRun, *, users: int, run_time_s: float | None, hosts_file: str | None
) -> None:
    """Return where every host of the plan may be called as fast as is planned. Raises UsageError otherwise.

    `hosts_file`: where hosts to confirm are left for whoever can ask a person.
    """
    plan = prepared.plan
    uses = prepared.direct.uses(plan)
    unfit = [use.unfit or _leads_elsewhere(prepared, use) or private_behind_a_proxy(use.host) for use in uses]
    reasons = [reason for reason in unfit if reason is not None]
    if reasons:
        raise UsageError(f"Not called directly: {reasons[0]}.", details=tuple(reasons[1:]))
    unconfirmed = [use for use in uses if use.confirmed is None]
    if unconfirmed:
        to_confirm = hosts_to_confirm(prepared, unconfirmed, users=users, run_time_s=run_time_s)
        if hosts_file is not None:
            write_hosts(Path(hosts_file), to_confirm)
        raise _not_confirmed(prepared, to_confirm)
    for use in uses:
        if is_beyond(use, load := asked_load(plan, users)):
            raise _too_fast(use, load, users)


def hosts_to_confirm(
    prepared: PreparedRun, uses: Sequence[HostUse], *, users: int, run_time_s: float | None
) -> tuple[HostToConfirm, ...]:
    """Return what a person is asked to confirm: each host with the most calls/s and all calls to it."""
    plan = prepared.plan
    load = highest_load(plan, users)
    calls = list(zip(plan.actions, size_of_run(plan, run_time_s, users).calls, strict=True))
    found = []
    for use in uses:
        each = [count for action, count in calls if prepared.direct.leads_to(action, use.host)]
        known = [count for count in each if count is not None]
        found.append(
            HostToConfirm(
                use.host.name,
                (*use.actions, *(f"{name} (login)" for name in use.logins)),
                rate_asked_of(use, load),
                sum(known) if len(known) == len(each) else None,
                use.changes,
                through_a_proxy(use.host),
            )
        )
    return tuple(found)


def proxied_notes(prepared: PreparedRun) -> tuple[str, ...]:
    """Return a sentence for each host whose calls go through a proxy of this machine's environment."""
    of = {use.host.name: through_a_proxy(use.host) for use in prepared.direct.uses(prepared.plan)}
    return tuple(
        f"the calls straight to {host} went through the proxy {proxy}: its time is in the backend's"
        for host, proxy in of.items()
        if proxy is not None
    )


def rate_asked_of(use: HostUse, load: float) -> float:
    """Return the calls/s that a person is asked to confirm for a host: so many times its planned rate; of one
    that is only called to log in LOGIN_RATE."""
    return rate_to_confirm(use.rate * load) if use.actions else LOGIN_RATE


def _not_confirmed(prepared: PreparedRun, hosts: Sequence[HostToConfirm]) -> UsageError:
    named = "; ".join(f"{host.name} ({', '.join(host.actions)}: {host.rate:g} calls/s)" for host in hosts)
    flags = " ".join(f"--confirm-host {host.name}={host.rate:.12g}" for host in hosts)
    rules = prepared.direct.rules.hosts
    rates = {**rules, **{host.name: host.rate for host in hosts}}
    table = inline_toml({name: int(rate) if rate.is_integer() else rate for name, rate in rates.items()})
    return UsageError(
        f"Direct calls would go to hosts that nobody has confirmed: {named}.",
        hint=f"Add {flags}; or write the lines above into the workload.",
        details=("[direct]", f"hosts = {table}"),
    )


def _too_fast(use: HostUse, load: float, users: int) -> UsageError:
    name, rate = use.host.name, use.rate * load
    streams = f", {users} users" if users > 1 else ""
    return UsageError(
        f"{name}: {rate:.4g} calls/s are planned ({', '.join(use.actions)}{streams}), and "
        f"{use.confirmed:g} are confirmed.",
        hint=f"Lower the rate, or confirm more: --confirm-host {name}={rate_to_confirm(rate):.12g}",
    )


def _leads_elsewhere(prepared: PreparedRun, use: HostUse) -> str | None:
    """Return why the addresses a name stands for may not be called; None: they may, or it stands for none.

    What counts is the address that is connected to; this is for the person, who learns it before the run.
    A proxy connects itself, so nobody sees that address: then all that the name stands for here must be fit.
    """
    if use.own or use.host.address is not None:
        return None
    rules = prepared.direct.rules
    proxy = proxy_for(use.host.base)
    try:
        addresses = addresses_of(use.host.host, use.host.port)
    except OSError:
        addresses = ()
    if not addresses and proxy is not None and not rules.allow_private:
        return (
            f"{use.host.name}: which address it stands for is not known here, and the proxy "
            f"{proxy.host}:{proxy.port} does not tell. Where a private one would do: --allow-private, or "
            "allow_private = true in [direct]"
        )
    reasons = [address_may_be_called(each, use.host, rules, rules.sandbox_base) for each in addresses]
    against = [reason for reason in reasons if reason is not None]
    one_is_fit = proxy is None and len(against) < len(reasons)
    return against[0] if against and not one_is_fit else None
