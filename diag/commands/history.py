"""`diag history`: what was changed, when, by whom, and with which outcome."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from analysis.plain_text import json_text
from diag.completion.candidates import action_names
from diag.interaction.help_examples import examples
from diag.interaction.shared_options import profile_option

if TYPE_CHECKING:
    from diag.changes.journal.journal_line import JournalLine
    from diag.console import Console
    from diag.settings import Settings
    from diag.table import Table


@click.command(
    epilog=examples(
        "diag history",
        "diag history --action GetCustomer",
        "diag history --org",
        "diag history --format json",
    )
)
@click.option("--action", help="Only this action (name or id).", shell_complete=action_names)
@click.option(
    "--limit", type=click.IntRange(1), default=50, show_default=True, help="Show at most this many."
)
@click.option(
    "--format", "form", type=click.Choice(["table", "json", "csv", "md"]), default="table", show_default=True
)
@click.option(
    "--org",
    "of_org",
    is_flag=True,
    help="Also the changes that the org's audits tell of, whoever made them (needs audits:audit:view).",
)
@click.option(
    "--days",
    type=click.IntRange(1, 365),
    default=30,
    show_default=True,
    help="With --org: how many days back.",
)
@profile_option
def command(action: str | None, limit: int, form: str, of_org: bool, days: int, profile: str | None) -> None:
    """List the changes diag made, the newest first; with --org those of others, too.

    `diag undo ENTRY` undoes one of them.
    """
    from analysis.number_words import plural
    from diag.changes.journal.history_json import history_json
    from diag.changes.journal.journal import Journal
    from diag.changes.journal.journal_line import latest_by_entry, unfinished
    from diag.console import Console
    from diag.settings import load_settings
    from diag.table import in_form

    console = Console(quiet=form != "table")
    settings = load_settings({"profile": profile})
    journal = Journal(settings.journal)
    for line in journal.damaged():
        console.warn(f"{journal.path}: {line}.")
    if of_org:
        _show_org(console, settings, action, (days, limit, form))
        return
    records = [
        record
        for record in reversed(latest_by_entry(journal.read()).values())
        if action in (None, record.action_id, record.action_name)
    ]
    shown = records[:limit]
    if form == "json":
        console.result(json_text(history_json(shown), indent=1))
        return
    table = history_table(shown)
    text = in_form(table, form)
    if text is not None:
        console.result(text)
    elif not shown:
        console.note(f"Nothing was changed yet ({settings.journal}).")
    else:
        console.table(table)
        if len(records) > len(shown):
            console.note(
                f"{plural(len(records) - len(shown), 'older entry', 'older entries')}: --limit {len(records)}"
            )
        for record in unfinished(shown):
            console.note(f"{record.entry} was stopped half-way. {_finish(settings.runs, record)}")
        console.note("To undo one: diag undo ENTRY")


def _show_org(
    console: "Console", settings: "Settings", action: str | None, shown_as: tuple[int, int, str]
) -> None:
    from datetime import timedelta

    from analysis.number_words import plural
    from diag.apply_dialog.apply_flow import identify
    from diag.audits.org_history import org_history, org_history_json, org_history_table
    from diag.audits.read_org_changes import read_org_changes
    from diag.changes.journal.journal import Journal
    from diag.changes.journal.journal_line import latest_by_entry
    from diag.changes.undo_plan import made_in
    from diag.clocks.target_clock import clock_of
    from diag.genesys.client import GenesysClient
    from diag.table import in_form
    from diag.target import find_target
    from diag.waiting.rate_limit_pause import pause_note

    days, limit, form = shown_as
    lines = Journal(settings.journal).read()
    target = find_target(settings)
    now = clock_of(target).utc()
    since = now - timedelta(days=days)
    with GenesysClient(target.connection, on_wait=pause_note(console)) as client:
        if target.sandbox:
            console.banner("SANDBOX: no org is read" + target.note)
        org = identify(client)
        with console.progress("Reading audits"):
            read = read_org_changes(client, org, lines, since, now)
    own = [line for line in latest_by_entry(lines).values() if made_in(line, org) and not line.proposes]
    rows = org_history(read.changes, own, since.timestamp())
    meant = [row for row in rows if action in (None, row.action_id, row.action_name)]
    chosen = meant[:limit]
    if form == "json":
        console.result(json_text(org_history_json(chosen, read.why_not), indent=1))
        return
    if read.why_not is not None:
        console.warn(f"Only what diag did is listed: {read.why_not}")
    table = org_history_table(chosen)
    text = in_form(table, form)
    if text is not None:
        console.result(text)
    elif not chosen:
        console.note(f"No timeout was changed in the last {days} days, as far as org and journal tell.")
    else:
        console.table(table)
        if len(meant) > len(chosen):
            console.note(
                f"{plural(len(meant) - len(chosen), 'older change', 'older changes')}: --limit {len(meant)}"
            )


def _finish(runs: Path, record: "JournalLine") -> str:
    from analysis.typed_command import apply_plan
    from diag.apply_dialog.apply_flow import kept_plan
    from diag.doctor.unfinished_changes import unfinished_text

    plan = kept_plan(runs, record.plan_digest)
    return f"Next: {apply_plan(str(plan), ())}" if plan.exists() else unfinished_text(record)[1]


def history_table(records: "list[JournalLine]") -> "Table":
    """Return the entries as a table, in the order given."""
    from analysis.moment_words import utc_time
    from diag.table import Column, Table

    return Table(
        columns=(
            Column("entry"),
            Column("when", priority=2),
            Column("action"),
            Column("before", "right"),
            Column("after", "right"),
            Column("outcome"),
            Column("org", priority=2),
            Column("by", priority=3),
            Column("reason", priority=4),
        ),
        rows=tuple(
            (
                record.entry,
                utc_time(record.at),
                record.action_name,
                record.before_text,
                f"{record.after_timeout_s} s",
                record.outcome or "UNFINISHED",
                record.org_name + (" (SANDBOX)" if record.sandbox else ""),
                record.client_id or ("–" if record.proposes else "access token"),
                record.reason or "",
            )
            for record in records
        ),
    )
