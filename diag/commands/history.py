"""`diag history`: what was changed, when, by whom, and with which outcome."""

import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from analysis.plain_text import json_text
from diag.interaction.examples import examples

if TYPE_CHECKING:
    from diag.changes.journal.journal_line import JournalLine
    from diag.table import Table


@click.command(
    epilog=examples("diag history", "diag history --action GetCustomer", "diag history --format json")
)
@click.option("--action", help="Only this action (name or id).")
@click.option(
    "--limit", type=click.IntRange(1), default=50, show_default=True, help="Show at most this many."
)
@click.option(
    "--format", "form", type=click.Choice(["table", "json", "csv", "md"]), default="table", show_default=True
)
def command(action: str | None, limit: int, form: str) -> None:
    """List the changes diag made, the newest first.

    `diag undo ENTRY` undoes one of them.
    """
    from analysis.number_words import plural
    from diag.changes.journal.journal import Journal
    from diag.changes.journal.journal_line import latest_by_entry, unfinished
    from diag.console import Console
    from diag.settings import load_settings
    from diag.table import to_csv, to_markdown

    console = Console(quiet=form != "table")
    settings = load_settings()
    journal = Journal(settings.journal)
    for line in journal.damaged():
        console.warn(f"{journal.path}: {line}.")
    records = [
        record
        for record in reversed(latest_by_entry(journal.read()).values())
        if action in (None, record.action_id, record.action_name)
    ]
    shown = records[:limit]
    if form == "json":
        entries = [{**asdict(record), "at": _utc(record.at)} for record in shown]
        console.result(json_text({"format_version": 1, "entries": entries}, indent=1))
        return
    table = history_table(shown)
    if form == "csv":
        console.result(to_csv(table))
    elif form == "md":
        console.result(to_markdown(table))
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


def _finish(runs: Path, record: "JournalLine") -> str:
    from analysis.typed_command import apply_plan
    from diag.apply_dialog.apply_flow import kept_plan
    from diag.checkup.leftovers import unfinished_text

    plan = kept_plan(runs, record.plan_digest)
    return f"Next: {apply_plan(str(plan), ())}" if plan.exists() else unfinished_text(record)[1]


def history_table(records: "list[JournalLine]") -> "Table":
    """Return the entries as a table, in the order given."""
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
                _utc(record.at),
                record.action_name,
                _before(record),
                f"{record.after_timeout_s} s",
                record.outcome or "UNFINISHED",
                record.org_name + (" (SANDBOX)" if record.sandbox else ""),
                record.client_id or "access token",
                record.reason or "",
            )
            for record in records
        ),
    )


def _utc(at: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at))


def _before(record: "JournalLine") -> str:
    if record.creates:
        return "(new)"
    return f"{record.before_timeout_s} s" if record.before_is_set else "unset"
