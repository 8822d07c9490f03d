"""`diag init`: a workload file from the inventory, every setting explained, valid as it stands."""

from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from analysis.typed_command import is_usual_workload
from diag.errors import UsageError
from diag.interaction.examples import examples
from diag.interaction.output import goes_to_stdout, write_result
from diag.interaction.recommend_options import asked_to_call
from diag.interaction.shared_options import action_option, profile_option

if TYPE_CHECKING:
    from diag.console import Console
    from diag.genesys.client import GenesysClient
    from diag.genesys.models import Action

MOST_CONTRACTS: Final = 100
"""Reading an input contract takes one API call; beyond this many actions the user fills in the inputs."""


@click.command(
    epilog=examples("diag init", "diag init crm.toml --action 'CRM*'", "diag tune crm.toml --dry-run")
)
@click.argument("file", default="workload.toml", type=click.Path(path_type=Path, allow_dash=True))
@action_option
@click.option("--force", is_flag=True, help="Overwrite an existing file.")
@profile_option
def command(file: Path, actions: tuple[str, ...], force: bool, profile: str | None) -> None:
    """Write FILE (default: workload.toml; '-': stdout): which actions to call, how often, with which input.

    Every setting is explained in the file, and it is valid as it stands. Nothing is executed or changed.
    """
    from diag.choice.selection import actions_to_call
    from diag.console import Console
    from diag.genesys.client import GenesysClient
    from diag.settings import load_settings
    from diag.target import find_target
    from diag.workload.org_limits import read_limits
    from diag.workload.workload_template import Listed, workload_text

    console = Console()
    if not goes_to_stdout(file) and file.exists() and not force:
        raise UsageError(f"{file} already exists.", hint="Give another name, or overwrite it with --force.")
    settings = load_settings({"profile": profile})
    target = find_target(settings)
    with GenesysClient(target.connection) as client:
        with console.progress("Reading actions") as bar:
            inventory = client.list_actions(include_auth_actions=True, on_progress=bar.update)
        chosen = actions_to_call(inventory, actions)
        read_contracts = len(chosen) <= MOST_CONTRACTS
        listed = [Listed(action, _contract(client, action) if read_contracts else None) for action in chosen]
        limits = read_limits(client)
        org = "the built-in sandbox" if target.sandbox else client.organization().name
    text = workload_text(listed, org=org, as_org=target.counts_as_org, limits=limits)
    if not write_result(console, text, file):
        return
    console.result(str(file))
    _say_what_git_must_not_hold(console, file, settings.runs)
    usual = is_usual_workload(file)
    asked = asked_to_call(None if usual else file, profile=profile, sandbox=False)
    console.note(f"Check the file, then: {asked.command('tune')} (shows the cost and asks before any call)")


def _say_what_git_must_not_hold(console: "Console", file: Path, runs: Path) -> None:
    from diag.workload.git_ignore import missing_lines

    missing = missing_lines(file, runs)
    if not missing.lines:
        return
    console.note("Keep inputs, runs (the journal is among them) and .env out of git.")
    lacking = "This folder's git repository does not ignore these yet; add them to .gitignore:"
    console.note(lacking if missing.in_repository else "Lines for .gitignore:")
    for line in missing.lines:
        console.note(f"  {line}")


def _contract(client: "GenesysClient", action: "Action") -> dict[str, object] | None:
    from diag.genesys.api_errors import ApiError

    try:
        contract = client.get_action(action.id, contract=True).contract
    except ApiError:
        return None
    return dict(contract) if contract else None
