"""Asks for the hosts of direct calls: each is confirmed by typing its name, with its calls in view."""

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.plain_text import printable
from diag.errors import UsageError
from diag.measuring.unconfirmed_hosts_file import HostToConfirm, rate_to_confirm, read_hosts
from diag.table import Column, Table
from diag.table_layout import lay_out

if TYPE_CHECKING:
    from diag.console import Console
    from diag.measuring.load_process import LoadOptions, LoadResult


def measure_confirmed(
    console: "Console", options: "LoadOptions", measure: "Callable[[Console, LoadOptions], LoadResult]"
) -> "LoadResult":
    """Measure; where hosts of direct calls are not confirmed yet and someone can, ask, and measure then.

    Raises UsageError where one is not confirmed.
    """
    if not console.interactive:
        return measure(console, options)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "hosts.json"
        result = measure(console, replace(options, direct=replace(options.direct, hosts_file=file)))
        hosts = read_hosts(file) if result.refusal is not None else ()
    if not hosts:
        return result
    confirmed = (*options.direct.confirm_hosts, *confirm_hosts(console, hosts))
    return measure(console, replace(options, direct=replace(options.direct, confirm_hosts=confirmed)))


def confirm_hosts(console: "Console", hosts: Sequence[HostToConfirm]) -> tuple[str, ...]:
    """Return each host as `HOST=RATE`, once all are confirmed. Raises UsageError where one is not."""
    with console.aloud():
        console.note("These calls go to backends themselves, past Genesys Cloud and its limits:")
        console.block("\n".join("  " + printable(line.text) for line in lay_out(_table(hosts), None, gap=2)))
    for host in hosts:
        for name in host.changes:
            console.warn(f"{name} may change real data with every call.")
        if host.proxy is not None:
            console.warn(
                f"These calls go through the proxy {host.proxy}, which learns the host; its time counts as "
                "the backend's. NO_PROXY names hosts to call past it."
            )
        question = f"Call {host.name} up to {rate_to_confirm(host.rate):.12g} times a second? Type its name."
        if not console.confirm(question, expected=host.name):
            raise UsageError(f"{host.name} was not confirmed; nothing was called.")
    return tuple(f"{host.name}={rate_to_confirm(host.rate):.12g}" for host in hosts)


def _table(hosts: Sequence[HostToConfirm]) -> Table:
    columns = (
        Column("host"),
        Column("actions"),
        Column("calls/s", "right"),
        Column("calls", "right"),
        Column("request"),
    )
    rows = tuple(
        (
            host.name,
            ", ".join(host.actions),
            f"{rate_to_confirm(host.rate):.12g}",
            "until stopped" if host.calls is None else f"{host.calls:.0f}",
            "CHANGES" if host.changes else "reads",
        )
        for host in hosts
    )
    return Table(columns, rows)
