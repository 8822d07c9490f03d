"""`diag set`: a timeout decided by hand, by the same safe steps."""

from typing import TYPE_CHECKING, Any

import click

from diag.interaction.apply_options import apply_options

if TYPE_CHECKING:
    from collections.abc import Sequence

    from diag.genesys.client import GenesysClient
    from diag.genesys.models import Action


@click.command(
    "set",
    short_help="Set a timeout decided by hand, by the same safe steps.",
    epilog="\b\nExamples:\n"
    "  diag set GetCustomer --timeout 10\n"
    "  diag set --where 'timeout=60 and kind=custom' --timeout 20 --dry-run\n",
)
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option("--where", "expressions", multiple=True, metavar="EXPR", help="As in diag scan; repeatable.")
@click.option("--timeout", "timeout_s", type=click.IntRange(1, 60), required=True, help="Seconds, 1 to 60.")
@click.option("--cap", "cap_s", type=click.IntRange(1, 60), default=30, show_default=True, help="Your limit.")
@click.option("--max-changes", type=click.IntRange(1), help="Change at most this many; the rest is skipped.")
@apply_options
def command(
    names: tuple[str, ...],
    expressions: tuple[str, ...],
    timeout_s: int,
    cap_s: int,
    max_changes: int | None,
    profile: str | None,
    **values: Any,
) -> None:
    """Set the timeout of the actions NAME (name, id, or with *), or of those that --where chooses."""
    from diag.changes.plans.manual_plan import make_manual_plan
    from diag.console import Console
    from diag.errors import UsageError
    from diag.genesys.client import GenesysClient
    from diag.interaction.apply_flow import carry_out, counting_reads, identify
    from diag.settings import load_settings
    from diag.target import find_target

    if not names and not expressions:
        raise UsageError("Which actions?", hint="Name them, or choose them: --where 'timeout=60'")
    if timeout_s > cap_s:
        raise UsageError(
            f"{timeout_s} s is over the cap of {cap_s} s.",
            hint=f"A longer wait holds callers and the org's concurrency. If it is meant: --cap {timeout_s}",
        )
    console = Console()
    settings = load_settings({"profile": profile})
    target = find_target(settings)
    with GenesysClient(target.connection) as client, console.progress("Reading actions") as bar:
        chosen = _chosen(client, names, expressions)
        read = counting_reads(client.read_config, bar, most=len(chosen))
        plan = make_manual_plan(chosen, timeout_s, read, identify(client), max_changes=max_changes)
    carry_out(console, target, settings, plan, **values)


def _chosen(
    client: "GenesysClient", names: "Sequence[str]", expressions: "Sequence[str]"
) -> "tuple[Action, ...]":
    from diag.changes.plans.manual_plan import actions_named
    from diag.inventory.read_inventory import read_inventory
    from diag.inventory.view import select
    from diag.inventory.where import parse_where

    filters = [parse_where(expression) for expression in expressions]
    if not filters:
        return actions_named(client.list_actions(), names)
    rows = select(read_inventory(client).rows, where=filters)
    actions = [row.action for row in rows]
    return actions_named(actions, names) if names else tuple(actions)
