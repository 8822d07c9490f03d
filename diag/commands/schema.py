"""`diag schema`: the JSON Schema of a file of diag, or of what a verb prints."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from diag.interaction.help_examples import examples
from diag.interaction.output import output_option, write_result

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem


def _names(
    context: click.Context, parameter: click.Parameter, incomplete: str
) -> "list[CompletionItem[str]]":
    from click.shell_completion import CompletionItem

    from diag.schemas.schema_files import schema_titles

    return [
        CompletionItem(name, help=title)
        for name, title in schema_titles().items()
        if name.startswith(incomplete)
    ]


@click.command(
    epilog=examples("diag schema", "diag schema scan", "diag schema workload -o workload.schema.json")
)
@click.argument("name", required=False, shell_complete=_names)
@output_option
def command(name: str | None, output: Path | None) -> None:
    """Print the JSON Schema (2020-12) called NAME; without NAME, which schemas there are.

    Those of TOML files let an editor complete and check them: `#:schema ./workload.schema.json` as the first
    line of the file, an empty line below it.
    """
    from diag.console import Console
    from diag.errors import UsageError
    from diag.schemas.schema_files import schema_text, schema_titles
    from diag.table import Column, Table

    console = Console()
    if name is not None:
        if write_result(console, schema_text(name).rstrip("\n"), output):
            console.result(str(output))
        return
    if output is not None:
        raise UsageError("Which schema is to be written?", hint="Name one of those that diag schema lists.")
    rows = tuple(schema_titles().items())
    console.table(Table((Column("name"), Column("describes")), rows))
