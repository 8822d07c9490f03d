"""`diag set`: a timeout decided by hand, by the same safe steps."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from diag.apply_dialog.apply_options import ApplyFlags, apply_options
from diag.completion.candidates import action_names
from diag.interaction.help_examples import examples
from diag.interaction.option_values import gathered

if TYPE_CHECKING:
    from collections.abc import Sequence

    from diag.genesys.client import GenesysClient
    from diag.genesys.data_action import Action


@dataclass(frozen=True, slots=True)
class SetOptions:
    """Which actions get which timeout."""

    names: tuple[str, ...]
    expressions: tuple[str, ...]
    timeout_s: int
    cap_s: int
    max_changes: int | None
    profile: str | None


@click.command(
    "set",
    epilog=examples(
        "diag set GetCustomer --timeout 10",
        "diag set --where 'timeout=60 and kind=custom' --timeout 20 --dry-run",
    ),
)
@click.argument("names", nargs=-1, metavar="[NAME]...", shell_complete=action_names)
@click.option(
    "--where",
    "expressions",
    multiple=True,
    metavar="EXPR",
    help="Actions for which this holds, as in `diag scan`; repeatable.",
)
@click.option(
    "--timeout", "timeout_s", type=click.IntRange(1, 60), required=True, help="The new timeout in seconds."
)
@click.option(
    "--cap",
    "cap_s",
    type=click.IntRange(1, 60),
    default=30,
    show_default=True,
    help="Refuse a timeout above this.",
)
@click.option(
    "--max-changes", type=click.IntRange(1), help="Change at most this many actions and list the rest."
)
@apply_options
@gathered(SetOptions)
def command(options: SetOptions, flags: ApplyFlags) -> None:
    """Set the timeout of the actions NAME (name or id, * stands for anything), or of those --where chooses.

    Each change is made as `diag recommend --apply` makes it: compared, read back, tested and journalled.
    """
    from diag.apply_dialog.apply_flow import carry_out, counting_reads, identify
    from diag.changes.plans.manual_plan import make_manual_plan
    from diag.console import Console
    from diag.errors import UsageError
    from diag.flows.plan_flows import with_flow_effects
    from diag.genesys.client import GenesysClient
    from diag.settings import load_settings
    from diag.target import find_target

    if not options.names and not options.expressions:
        raise UsageError("No action given.", hint="Name the actions, or choose them: --where 'timeout=60'")
    if options.timeout_s > options.cap_s:
        raise UsageError(
            f"{options.timeout_s} s is over the cap of {options.cap_s} s.",
            hint="A longer timeout keeps callers waiting and occupies the org's concurrent executions. "
            f"To set it anyway: --cap {options.timeout_s}",
        )
    console = Console()
    settings = load_settings({"profile": options.profile})
    target = find_target(settings)
    with GenesysClient(target.connection) as client, console.progress("Reading actions") as bar:
        chosen = _chosen(client, options.names, options.expressions)
        read = counting_reads(client.read_config, bar, most=len(chosen))
        plan = make_manual_plan(
            chosen, options.timeout_s, read, identify(client), max_changes=options.max_changes
        )
    plan = with_flow_effects(plan, settings.runs, console.warn)
    carry_out(console, target, settings, plan, flags)


def _chosen(
    client: "GenesysClient", names: "Sequence[str]", expressions: "Sequence[str]"
) -> "tuple[Action, ...]":
    from diag.changes.plans.manual_plan import actions_named
    from diag.inventory.read_inventory import read_inventory
    from diag.inventory.view import select
    from diag.inventory.where_filter import parse_where

    filters = [parse_where(expression) for expression in expressions]
    if not filters:
        return actions_named(client.list_actions(), names)
    rows = select(read_inventory(client).rows, where=filters)
    actions = [row.action for row in rows]
    return actions_named(actions, names) if names else tuple(actions)
