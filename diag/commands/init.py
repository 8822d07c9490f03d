"""`diag init`: a workload file from the inventory, every setting explained, valid as it stands."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from analysis.typed_command import is_usual_workload
from diag.errors import UsageError
from diag.interaction.help_examples import examples
from diag.interaction.option_values import gathered
from diag.interaction.output import goes_to_stdout, write_result
from diag.interaction.recommend_options import asked_to_call
from diag.interaction.shared_options import USUAL_DAYS, action_option, profile_option, where_option

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from diag.console import Console
    from diag.genesys.client import GenesysClient
    from diag.genesys.data_action import Action
    from diag.inventory.where_filter import Where
    from diag.workload.workload_template import Listed

MOST_CONTRACTS: Final = 100
"""Reading an input contract takes one API call; beyond this many actions the user fills in the inputs."""


@dataclass(frozen=True, slots=True)
class InitOptions:
    """Which actions the file is to have, and where it goes."""

    file: Path
    actions: tuple[str, ...]
    expressions: tuple[str, ...]
    take_all: bool
    force: bool
    profile: str | None


@click.command(
    epilog=examples(
        "diag init",
        "diag init crm.toml --action 'CRM*'",
        "diag init --where 'timeout<=5 and method=GET' --all",
        "diag tune crm.toml --dry-run",
    )
)
@click.argument("file", default="workload.toml", type=click.Path(path_type=Path, allow_dash=True))
@action_option
@where_option
@click.option("--all", "take_all", is_flag=True, help="Take all of these actions; on a terminal, do not ask.")
@click.option("--force", is_flag=True, help="Overwrite an existing file.")
@profile_option
@gathered(InitOptions)
def command(options: InitOptions) -> None:
    """Write FILE (default: workload.toml; '-': stdout): which actions to call, how often, with which input.

    On a terminal, actions that were not named are picked from a list. Every setting is explained in the file,
    and it is valid as it stands. Nothing is executed or changed. Fields of --where: diag scan --help.
    """
    from diag.clocks.target_clock import clock_of
    from diag.console import Console
    from diag.genesys.client import GenesysClient
    from diag.inventory.where_filter import parse_where
    from diag.schemas.schema_files import place_beside
    from diag.settings import load_settings
    from diag.target import find_target
    from diag.workload.share_of_org_limits import read_limits
    from diag.workload.workload_template import workload_text

    console, file = Console(), options.file
    if not goes_to_stdout(file) and file.exists() and not options.force:
        raise UsageError(f"{file} already exists.", hint="Give another name, or overwrite it with --force.")
    filters = [parse_where(expression) for expression in options.expressions]
    settings = load_settings({"profile": options.profile})
    target = find_target(settings)
    with GenesysClient(target.connection) as client:
        chosen = _chosen(console, client, options, filters)
        listed = _with_contracts(client, chosen)
        asked_for = options.actions or options.take_all or goes_to_stdout(file)
        if console.interactive and not asked_for and len(listed) > 1:
            listed = _picked(console, client, listed, clock_of(target).utc())
            if len(chosen) > MOST_CONTRACTS:
                listed = _with_contracts(client, [one.action for one in listed])
        limits = read_limits(client)
        org = "the built-in sandbox" if target.sandbox else client.organization().name
    text = workload_text(listed, org=org, as_org=target.counts_as_org, limits=limits)
    named = None if goes_to_stdout(file) else place_beside(file)
    if not write_result(console, text if named is None else f"{named}\n\n{text}", file):
        return
    console.result(str(file))
    if named is not None:
        console.note("workload.schema.json tells editors what may stand in it. Keep both together.")
    _say_what_git_must_not_hold(console, file, settings.runs)
    usual = is_usual_workload(file)
    asked = asked_to_call(None if usual else file, profile=options.profile, sandbox=False)
    console.note(f"Check the file, then: {asked.command('tune')} (shows the cost and asks before any call)")


def _chosen(
    console: "Console", client: "GenesysClient", options: InitOptions, filters: "Sequence[Where]"
) -> "tuple[Action, ...]":
    """Return the actions that are named and pass every filter. Raises UsageError where none does."""
    from diag.choice.choose_actions import actions_to_call
    from diag.inventory.read_inventory import read_inventory
    from diag.inventory.view import select

    with console.progress("Reading actions") as bar:
        if not filters:
            every = client.list_actions(include_auth_actions=True, on_progress=bar.update)
            return actions_to_call(every, options.actions)
        inventory = read_inventory(client, on_progress=bar.update)
    for entry in inventory.not_read:
        console.warn(f"{entry.what} not known: {entry.why}")
    chosen = actions_to_call([row.action for row in inventory.rows], options.actions)
    named = {action.id for action in chosen}
    found = tuple(row.action for row in select(inventory.rows, where=filters) if row.action.id in named)
    if not found:
        raise UsageError("No action matches --where.", hint="See which would: diag scan --where EXPR")
    return found


def _with_contracts(client: "GenesysClient", actions: "Sequence[Action]") -> "list[Listed]":
    """Return them with their contracts, unless they are too many to ask for."""
    from diag.workload.workload_template import Listed

    few = len(actions) <= MOST_CONTRACTS
    return [Listed(action, _contract(client, action) if few else None) for action in actions]


def _picked(
    console: "Console", client: "GenesysClient", listed: "Sequence[Listed]", now: "datetime"
) -> "list[Listed]":
    """Return those that are picked from a list. Raises UsageError where none is."""
    from diag.genesys.api_errors import ApiError
    from diag.interaction.pick_actions import OfferedAction, pick
    from diag.production.reading.time_window import last_days

    window = last_days(USUAL_DAYS, now)
    executions: Mapping[str, int] | None
    try:
        executions = client.execution_totals(window.since, window.until)
    except ApiError as error:
        executions = None
        console.warn(f"How often actions are called is not known: {error.message}")
    offered = [
        OfferedAction(
            one.action,
            None if executions is None else executions.get(one.action.id, 0) / USUAL_DAYS,
            one.contract,
        )
        for one in listed
        if one.action.kind != "custom_auth"
    ]
    picked = {one.action.id for one in pick(console, offered)}
    if not picked:
        raise UsageError("No action was picked; nothing was written.")
    return [one for one in listed if one.action.id in picked]


def _say_what_git_must_not_hold(console: "Console", file: Path, runs: Path) -> None:
    from diag.workload.git_ignore import missing_lines

    missing = missing_lines(file, runs)
    if not missing.lines:
        return
    if not missing.in_repository:
        console.note(f"Should this folder ever be kept in git, leave out: {', '.join(missing.lines)}")
        return
    console.note("Keep inputs, runs (the journal is among them) and .env out of git.")
    console.note("This folder's git repository does not ignore these yet; add them to .gitignore:")
    for line in missing.lines:
        console.note(f"  {line}")


def _contract(client: "GenesysClient", action: "Action") -> dict[str, object] | None:
    from diag.genesys.api_errors import ApiError

    try:
        contract = client.get_action(action.id, contract=True).contract
    except ApiError:
        return None
    return dict(contract) if contract else None
