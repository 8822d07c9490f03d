"""`diag undo`: undoes one change, or all changes of an apply, a plan or a run."""

import click

from diag.apply_dialog.apply_options import ApplyFlags, apply_options
from diag.interaction.help_examples import examples


@click.command(
    epilog=examples(
        "diag undo                          the newest change",
        "diag undo 20261121T231245Z-a1b2c3  one entry of diag history",
        "diag undo --all-of RUN             one apply, plan or run",
    )
)
@click.argument("entry", required=False)
@click.option("--all-of", "run", metavar="RUN", help="Every change of this apply, plan digest or run.")
@click.option("--force", is_flag=True, help="Also where the timeout was changed by someone else since.")
@apply_options
def command(entry: str | None, run: str | None, force: bool, profile: str | None, flags: ApplyFlags) -> None:
    """Undo ENTRY of the journal, or the newest change in the connected org when nothing is named.

    An undo is a plan like any other: compared with the org, written, read back, tested and journalled.
    """
    from diag.apply_dialog.apply_flow import carry_out, counting_reads, identify
    from diag.changes.journal.journal import Journal
    from diag.changes.undo_plan import demand_something_undone, entries_of_run, entry_named, make_undo_plan
    from diag.console import Console
    from diag.errors import UsageError
    from diag.flows.plan_flows import with_flow_effects
    from diag.genesys.client import GenesysClient
    from diag.settings import load_settings
    from diag.target import find_target

    if entry and run:
        raise UsageError("Name an entry or --all-of, not both.")
    console = Console()
    settings = load_settings({"profile": profile})
    journal = Journal(settings.journal)
    records = journal.read()
    for line in journal.damaged():
        console.warn(f"{journal.path}: {line}.")
    target = find_target(settings)
    with GenesysClient(target.connection) as client:
        org = identify(client)
        chosen = entries_of_run(records, run) if run else entry_named(records, entry, org)
        with console.progress("Reading the actions to undo") as bar:
            read = counting_reads(client.read_config, bar, most=len(chosen))
            plan = make_undo_plan(chosen, read, org, force=force)
    plan = with_flow_effects(plan, settings.runs, console.warn)
    carry_out(console, target, settings, plan, flags)
    demand_something_undone(plan)
