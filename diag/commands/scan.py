"""`diag scan`: every action with its timeout and whether it can be changed."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from analysis.plain_text import json_text
from diag.interaction.examples import examples
from diag.interaction.option_values import gathered
from diag.interaction.shared_options import profile_option

if TYPE_CHECKING:
    from collections.abc import Sequence

    from diag.console import Console
    from diag.genesys.client import GenesysClient
    from diag.inventory.read_inventory import Inventory
    from diag.inventory.row import InventoryRow

FORMAT_VERSION = 1


@dataclass(frozen=True, slots=True)
class ScanOptions:
    """Which actions to list, in which order and form."""

    expressions: tuple[str, ...]
    name: str | None
    category: str | None
    integration: str | None
    sort: str
    desc: bool
    flows: bool
    form: str
    profile: str | None


@click.command(
    epilog=examples("diag scan", "diag scan --where 'timeout<=3 and not draft'", "diag scan --format csv")
)
@click.option(
    "--where",
    "expressions",
    multiple=True,
    metavar="EXPR",
    help="Only actions for which this holds, e.g. 'timeout<=3'; repeatable.",
)
@click.option("--name", help="Only names that contain this.")
@click.option("--category", help="Only categories that contain this.")
@click.option("--integration", help="Only integrations whose name contains this.")
@click.option("--sort", default="name", show_default=True, help="Sort by this field of --where.")
@click.option("--desc", is_flag=True, help="Largest first.")
@click.option(
    "--flows",
    is_flag=True,
    help="Also list the Architect flows that use each action shown (one API request per action). A flow may "
    "have a timeout of its own, which diag does not change.",
)
@click.option(
    "--format", "form", type=click.Choice(["table", "json", "csv"]), default="table", show_default=True
)
@profile_option
@gathered(ScanOptions)
def command(options: ScanOptions) -> None:
    """List the org's actions (one API request per 100). Nothing is executed or changed.

    Fields of --where and --sort: timeout, set, name, id, kind, category, integration, method,
    configurable, secure, version, draft, function_timeout. Operators: = != < <= > >= and ~ (contains);
    and, or, not, parentheses.
    """
    from diag.console import Console
    from diag.genesys.client import GenesysClient
    from diag.interaction.pause_note import pause_note
    from diag.inventory.read_inventory import read_inventory
    from diag.inventory.view import SORT_FIELDS, ordered, select
    from diag.inventory.where_filter import parse_where
    from diag.settings import load_settings
    from diag.target import find_target

    if options.sort not in SORT_FIELDS:
        raise click.BadParameter(
            f"{options.sort!r} is not one of {', '.join(SORT_FIELDS)}.", param_hint="--sort"
        )
    filters = [parse_where(expression) for expression in options.expressions]
    console = Console(quiet=options.form != "table")
    settings = load_settings({"profile": options.profile})
    for warning in settings.warnings:
        console.warn(warning)
    target = find_target(settings)
    with GenesysClient(target.connection, on_wait=pause_note(console)) as client:
        if target.sandbox:
            console.banner("SANDBOX: no org is read")
        with console.progress("Reading actions") as bar:
            inventory = read_inventory(client, on_progress=bar.update)
        chosen = select(
            inventory.rows,
            where=filters,
            name=options.name,
            category=options.category,
            integration=options.integration,
        )
        rows = ordered(chosen, options.sort, descending=options.desc)
        if options.flows:
            rows = _with_flows(console, client, rows)
    _show(console, inventory, rows, options)


def _with_flows(
    console: "Console", client: "GenesysClient", rows: "Sequence[InventoryRow]"
) -> "tuple[InventoryRow, ...]":
    from diag.inventory.read_inventory import with_consumers

    with console.progress("Looking up flows") as bar:
        return with_consumers(client, rows, on_progress=bar.update)


def _show(
    console: "Console", inventory: "Inventory", rows: "Sequence[InventoryRow]", options: ScanOptions
) -> None:
    from analysis.typed_command import Asked
    from diag.interaction.recommend_options import profile_flags
    from diag.inventory.view import LITERAL_TIMEOUT_WARNING, inventory_object, inventory_table, summary
    from diag.table import to_csv

    used = any(row.consumers for row in rows)
    if options.form == "json":
        body = {
            "format_version": FORMAT_VERSION,
            "actions": [inventory_object(row) for row in rows],
            "not_read": [{"what": entry.what, "why": entry.why} for entry in inventory.not_read],
            "warnings": [LITERAL_TIMEOUT_WARNING] if used else [],
        }
        console.result(json_text(body, indent=1))
        return
    for entry in inventory.not_read:
        console.warn(f"{entry.what} left empty: {entry.why}")
    if used:
        console.warn(LITERAL_TIMEOUT_WARNING)
    if options.form == "csv":
        console.result(to_csv(inventory_table(rows)))
        return
    if rows:
        console.table(inventory_table(rows))
    console.note()
    console.note(summary(rows, len(inventory.rows)))
    if not inventory.rows:
        console.note("The org has no data actions, or the OAuth client's divisions hide them.")
    elif not rows:
        console.note("No action matches the filter.")
    else:
        asked = Asked(org=profile_flags(options.profile))
        first, then, last = (asked.command(verb) for verb in ("observe", "init", "tune"))
        console.note(
            f"Next: {first} (what production says; nothing is called). To call what it leaves open: {then}, "
            f"then {last}"
        )
