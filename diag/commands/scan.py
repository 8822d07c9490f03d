"""`diag scan`: every action with its timeout and whether it can be changed."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from analysis.plain_text import json_text
from diag.interaction.help_examples import examples
from diag.interaction.option_values import gathered
from diag.interaction.shared_options import profile_option, where_option

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from analysis.flows.flow import FlowsRead
    from analysis.flows.flow_view import FlowView
    from diag.audits.marked_timeouts import MarkedTimeouts
    from diag.console import Console
    from diag.genesys.client import GenesysClient
    from diag.inventory.read_inventory import Inventory, NotRead
    from diag.inventory.row import InventoryRow
    from diag.settings import Settings


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
    flows_from: Path | None
    form: str
    profile: str | None


@click.command(
    epilog=examples(
        "diag scan",
        "diag scan --where 'timeout<=3 and not draft'",
        "diag scan --flows",
        "diag scan --format csv",
    )
)
@where_option
@click.option("--name", help="Only names that contain this.")
@click.option("--category", help="Only categories that contain this.")
@click.option("--integration", help="Only integrations whose name contains this.")
@click.option("--sort", default="name", show_default=True, help="Sort by this field of --where.")
@click.option("--desc", is_flag=True, help="Largest first.")
@click.option(
    "--flows",
    is_flag=True,
    help="Also read the Architect flows that use each action shown: how long their steps wait (a request for "
    "each action and each flow; what was read is kept).",
)
@click.option(
    "--flows-from",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    metavar="DIR",
    help="The same from files in a folder: exports of Architect (.i3*), JSON, Archy's YAML.",
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
    from diag.clocks.target_clock import clock_of
    from diag.completion.last_scan import ScannedName, keep_names
    from diag.console import Console
    from diag.genesys.client import GenesysClient
    from diag.inventory.read_inventory import read_inventory
    from diag.inventory.view import SORT_FIELDS, ordered, select
    from diag.inventory.where_filter import parse_where
    from diag.settings import load_settings
    from diag.target import find_target
    from diag.waiting.rate_limit_pause import pause_note

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
        scanned = (ScannedName(row.action.id, row.action.name) for row in inventory.rows)
        keep_names(settings.runs, target.connection.host, scanned)
        chosen = select(
            inventory.rows,
            where=filters,
            name=options.name,
            category=options.category,
            integration=options.integration,
        )
        rows = ordered(chosen, options.sort, descending=options.desc)
        marks = _marks(console, client, settings, inventory, clock_of(target).utc())
        flows = None
        if options.flows:
            rows, flows, missing = _with_flows(console, client, settings.runs, rows, inventory)
            inventory = replace(inventory, not_read=(*inventory.not_read, *missing))
    if options.flows_from is not None:
        flows = _and_files(flows, options.flows_from)
    _show(console, inventory, rows, flows, marks, options)


def _marks(
    console: "Console", client: "GenesysClient", settings: "Settings", inventory: "Inventory", now: "datetime"
) -> "MarkedTimeouts":
    """Timeouts that someone else changed after diag; a journal or an org that cannot be read is a warning."""
    from diag.apply_dialog.apply_flow import identify
    from diag.audits.marked_timeouts import MarkedTimeouts, marked_timeouts
    from diag.changes.change_errors import JournalError
    from diag.changes.journal.journal import Journal
    from diag.genesys.api_errors import ApiError

    timeouts = {row.action.id: row.timeout_s for row in inventory.rows}
    try:
        return marked_timeouts(client, lambda: identify(client), Journal(settings.journal), timeouts, now)
    except (JournalError, ApiError) as error:
        console.warn(f"Whether timeouts are as diag set them is not known: {error.message}")
        return MarkedTimeouts()


def _with_flows(
    console: "Console",
    client: "GenesysClient",
    runs: Path,
    rows: "Sequence[InventoryRow]",
    inventory: "Inventory",
) -> "tuple[tuple[InventoryRow, ...], FlowsRead | None, tuple[NotRead, ...]]":
    """Return the rows with the flows that use them, the flows as far as they may be read, what may not.

    Raises PermissionMissingError where neither may be read.
    """
    from diag.flows.fetch_from_org import WantedFlow
    from diag.flows.kept_or_fetched import read_org_flows
    from diag.genesys.api_errors import PermissionMissingError
    from diag.inventory.read_inventory import NotRead, with_consumers

    wanted: tuple[WantedFlow, ...] | None = None
    missing: tuple[NotRead, ...] = ()
    try:
        with console.progress("Looking up flows") as bar:
            rows = with_consumers(client, rows, on_progress=bar.update)
        wanted = tuple(WantedFlow(one.id, one.name) for row in rows for one in row.consumers or ())
    except PermissionMissingError as error:
        missing = (NotRead("flows of each action", error.message),)
    try:
        with console.progress("Reading flows") as bar:
            flows = read_org_flows(
                client,
                runs,
                wanted=wanted,
                timeouts=inventory.ends_after_s,
                functions={
                    row.action.id: row.function_timeout_s
                    for row in inventory.rows
                    if row.function_timeout_s is not None
                },
                warn=console.warn,
                on_progress=bar.update,
            )
    except PermissionMissingError as error:
        if wanted is None:
            raise
        return tuple(rows), None, (NotRead("steps of the flows", error.message),)
    return tuple(rows), flows, missing


def _and_files(flows: "FlowsRead | None", folder: Path) -> "FlowsRead":
    from analysis.flows.flow import FlowsRead
    from diag.flows.read_folder import flows_in

    files = flows_in(folder)
    if flows is None:
        return files
    return FlowsRead((*flows.flows, *files.flows), (*flows.unread, *files.unread))


def _show(
    console: "Console",
    inventory: "Inventory",
    rows: "Sequence[InventoryRow]",
    flows: "FlowsRead | None",
    marks: "MarkedTimeouts",
    options: ScanOptions,
) -> None:
    from analysis.typed_command import Asked
    from diag.audits.scan_json import scan_json
    from diag.interaction.recommend_options import profile_flags
    from diag.inventory.view import LITERAL_TIMEOUT_WARNING, inventory_table, summary
    from diag.table import to_csv

    views = _views(flows, inventory, rows)
    unread_steps = flows is None and any(row.consumers for row in rows)
    if options.form == "json":
        not_read = (*inventory.not_read, *marks.not_read())
        warnings = [LITERAL_TIMEOUT_WARNING] if unread_steps else []
        body = scan_json(rows, marks, not_read, warnings, None if flows is None else (flows, views))
        console.result(json_text(body, indent=1))
        return
    for entry in inventory.not_read:
        console.warn(f"{entry.what} left empty: {entry.why}")
    if unread_steps:
        console.warn(LITERAL_TIMEOUT_WARNING)
    if options.form == "csv":
        console.result(to_csv(inventory_table(rows, marks.words())))
        return
    if rows:
        console.table(inventory_table(rows, marks.words()))
    for line in marks.lines():
        console.warn(line)
    if flows is not None:
        _show_flows(console, flows, views)
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


def _views(
    flows: "FlowsRead | None", inventory: "Inventory", rows: "Sequence[InventoryRow]"
) -> "tuple[FlowView, ...]":
    from diag.flows.kept_or_fetched import views_of

    if flows is None:
        return ()
    actions = [row.action for row in inventory.rows]
    by_function = frozenset(row.action.id for row in inventory.rows if row.bites == "function")
    shown = frozenset(row.action.id for row in rows)
    return views_of(flows, actions, inventory.ends_after_s, by_function, shown)


def _show_flows(console: "Console", flows: "FlowsRead", views: "Sequence[FlowView]") -> None:
    from analysis.flows.flow_words import COUNTED, SILENCE, SUGGESTED, UNKNOWN_PATH
    from analysis.name_lists import reason_lines
    from analysis.number_words import plural
    from diag.flows.flow_table import flow_table, step_table

    console.heading(f"Flows: {len(views)} call an action shown; {plural(len(flows.unread), 'flow')} not read")
    if views:
        console.table(flow_table(views))
        console.note()
        console.table(step_table(views))
        console.note()
        voice = any(view.flow.is_voice for view in views)
        for sentence in (COUNTED, SUGGESTED, UNKNOWN_PATH, *([SILENCE] if voice else [])):
            console.note(sentence)
    for line in reason_lines(((one.name, one.why) for one in flows.unread), "flow"):
        console.note(f"Not read: {line}")
