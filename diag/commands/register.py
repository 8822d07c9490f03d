"""`diag register`: create an action from a file, with its timeout set."""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from analysis.plain_text import json_text
from diag.interaction.help_examples import examples
from diag.interaction.option_values import gathered
from diag.interaction.shared_options import profile_option

if TYPE_CHECKING:
    from diag.console import Console
    from diag.definitions.action_to_create import ActionToCreate


@dataclass(frozen=True, slots=True)
class RegisterOptions:
    """Which action to create, and what to use instead of what its file states."""

    file: Path
    draft: bool
    integration: str | None
    category: str | None
    timeout_s: int | None
    cap_s: int | None
    name_prefix: str | None
    keep_name: bool
    dry_run: bool
    yes: bool
    profile: str | None


@click.command(
    epilog=examples("diag register action.json --timeout 5", "diag register action.toml --draft --dry-run")
)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--draft", is_flag=True, help="Create a draft to be reviewed instead of a published action.")
@click.option(
    "--integration",
    help="Integration (name or id). Default: the file's, else the only one of the file's type.",
)
@click.option("--category", help="Category. Default: the file's, else the integration's name.")
@click.option(
    "--timeout",
    "timeout_s",
    type=click.IntRange(1, 60),
    help="Timeout in seconds. Default: the file's, else the cap.",
)
@click.option("--cap", "cap_s", type=click.IntRange(1, 60), help="Highest timeout allowed. Default: 30.")
@click.option(
    "--name-prefix", help="Refuse a name that does not begin with this. Default: the setting name_prefix."
)
@click.option(
    "--keep-name", is_flag=True, help="Keep ' - Exported DATE @ TIME' in a name that the admin UI exported."
)
@click.option(
    "--dry-run", is_flag=True, help="Check everything and print what would be sent; create nothing."
)
@click.option("--yes", is_flag=True, help="Do not ask (needed without a terminal).")
@profile_option
@gathered(RegisterOptions)
def command(options: RegisterOptions) -> None:
    """Create the action that FILE describes: the admin UI's export (JSON), or TOML with the same keys.

    Name, templates and contract are validated before anything is sent.
    """
    from analysis.recommend_settings import RecommendSettings
    from analysis.typed_command import Asked
    from diag.apply_dialog.apply_flow import identify
    from diag.apply_dialog.approval import approve
    from diag.changes.applying.apply_context import Operator
    from diag.changes.journal.journal import Journal
    from diag.changes.journal.journal_line import Author, new_id
    from diag.console import Console
    from diag.definitions.action_to_create import action_to_create
    from diag.definitions.create import create, refuse_taken_name
    from diag.definitions.definition import read_definition
    from diag.genesys.client import GenesysClient
    from diag.interaction.recommend_options import profile_flags
    from diag.settings import load_settings
    from diag.target import find_target

    console = Console()
    definition = read_definition(options.file, keep_name=options.keep_name)
    settings = load_settings({"profile": options.profile})
    target = find_target(settings)
    with GenesysClient(target.connection) as client:
        identity = identify(client)
        if identity.sandbox:
            console.banner("SANDBOX: nothing real is created")
        creation = action_to_create(
            definition,
            client.integrations(),
            cap_s=options.cap_s or RecommendSettings().cap_s,
            integration=options.integration,
            category=options.category,
            timeout_s=options.timeout_s,
            name_prefix=options.name_prefix or settings.name_prefix,
        )
        refuse_taken_name(client, creation.definition.name)
        _show(console, creation, draft=options.draft)
        if options.dry_run:
            console.result(json_text(creation.body, indent=1))
            console.note("Dry run: nothing was created.")
            return
        approve(console, settings, identity, yes=options.yes)
        author = Author(target.connection.client_id or client.token_info().client_id, new_id(time.time()))
        operator = Operator(identity, author)
        created = create(client, creation, Journal(settings.journal), operator, draft=options.draft)
    console.result(created.action.id)
    console.note(
        f"Created {'as a draft' if options.draft else 'and published'} (journal entry {created.entry})."
    )
    asked = Asked(org=profile_flags(options.profile))
    console.note(
        "Next: publish it in the admin UI"
        if options.draft
        else f"Next: {asked.command('measure', (created.action.id,))}"
    )


def _show(console: "Console", creation: "ActionToCreate", *, draft: bool) -> None:
    definition = creation.definition
    if definition.name != definition.name_in_file:
        console.note(
            f"The file's name {definition.name_in_file!r} is that of an export: the action is named "
            f"{definition.name!r} (--keep-name keeps it as it is)."
        )
    console.heading(f"+ {definition.name}{' (draft)' if draft else ''}")
    console.note(f"    integration    {creation.integration.name} ({creation.integration.id})")
    console.note(f"    category       {creation.category}")
    console.note(f"    request        {definition.request.get('requestType')}")
    console.note(f"    timeout        {creation.timeout_s} s ({creation.timeout_reason})")
    for warning in creation.warnings:
        console.warn(warning)
