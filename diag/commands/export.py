"""`diag export`: an action as a file that `diag register` and the admin UI's import accept."""

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING

import click

from analysis.plain_text import json_text
from diag.completion.candidates import action_names
from diag.interaction.help_examples import examples
from diag.interaction.output import output_option, write_result
from diag.interaction.shared_options import profile_option

if TYPE_CHECKING:
    from diag.genesys.client import GenesysClient
    from diag.genesys.data_action import Action


@click.command(
    epilog=examples("diag export 'Get Customer' -o get-customer.json", "diag export custom_-_1234")
)
@click.argument("action", shell_complete=action_names)
@output_option
@profile_option
def command(action: str, output: Path | None, profile: str | None) -> None:
    """Write ACTION (name or id) as JSON: templates and contract, in the form the admin UI exports.

    `diag register` and the admin UI's import accept the file; of a function action it lacks the code.
    """
    from diag.console import Console
    from diag.definitions.export import definition_body
    from diag.definitions.literal_credentials import literal_credentials
    from diag.errors import UsageError
    from diag.genesys.client import GenesysClient
    from diag.genesys.data_action import FUNCTION_INTEGRATION
    from diag.settings import load_settings
    from diag.target import find_target

    if output is not None and output.suffix.lower() == ".toml":
        raise UsageError(
            f"{output}: an action is exported as JSON, the admin UI's own form, not as TOML.",
            hint=f"-o {output.with_suffix('.json')}",
        )
    console = Console()
    target = find_target(load_settings({"profile": profile}))
    with GenesysClient(target.connection) as client:
        found = _find(client, action)
        full = client.read_config(found.id)
        contract = client.get_action(found.id, contract=True).contract or {}
        kind = _integration_type(client, full.action.integration_id)
        body = definition_body(full, contract, kind)
    for name in literal_credentials(full.action.config.request if full.action.config else {}):
        console.warn(f"the header {name} holds a value in clear text, and so does this file: keep it safe.")
    if kind == FUNCTION_INTEGRATION:
        console.warn("a function's code is not in this file, so diag register cannot create it.")
    text = json_text(body, indent=2, readable=True)
    if not write_result(console, text, output):
        return
    elsewhere = "" if kind == FUNCTION_INTEGRATION else f" To create it elsewhere: diag register {output}"
    console.note(f"Written to {output}.{elsewhere}")


def _find(client: "GenesysClient", wanted: str) -> "Action":
    """The one action with that id or, if there is none, that name; asks for the whole list only last."""
    from diag.changes.plans.manual_plan import actions_named
    from diag.errors import UsageError
    from diag.genesys.api_errors import (
        NotFoundError,
        PermissionMissingError,
        PlatformError,
        RefusedRequestError,
        UnexpectedReplyError,
    )

    # A name in an id's place: what the platform, or a firewall before it, answers is unknown, and "drafts" is
    # another path. Asked for by its name, the action or the same refusal comes.
    no_id = (NotFoundError, PermissionMissingError, PlatformError, RefusedRequestError, UnexpectedReplyError)
    with contextlib.suppress(*no_id):
        return client.get_action(wanted)
    named = client.actions_named(wanted) or client.list_actions()
    found = actions_named(named, [wanted])
    if len(found) > 1:
        raise UsageError(
            f"{len(found)} actions fit {wanted!r}.",
            hint="Name one:",
            details=tuple(one.name for one in found),
        )
    return found[0]


def _integration_type(client: "GenesysClient", integration_id: str | None) -> str | None:
    from diag.genesys.api_errors import PermissionMissingError

    try:
        return next((entry.type_id for entry in client.integrations() if entry.id == integration_id), None)
    except PermissionMissingError:
        return None
