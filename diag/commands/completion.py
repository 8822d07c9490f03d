"""`diag completion`: the script by which a shell completes diag's command lines."""

import click

from diag.interaction.help_examples import examples


@click.command(epilog=examples("diag completion bash >> ~/.bashrc"))
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish", "powershell"]))
def command(shell: str) -> None:
    """Print a script that lets a shell complete verbs, flags, actions and runs at TAB.

    Actions are those of the last `diag scan` here; no network is asked. Where it belongs:

    \b
    bash        diag completion bash >> ~/.bashrc   (bash 4.4 or newer)
    zsh         diag completion zsh >> ~/.zshrc     (below its compinit)
    fish        diag completion fish > ~/.config/fish/completions/diag.fish
    powershell  diag completion powershell >> $PROFILE
    """
    from diag.cli import cli
    from diag.completion.shells import script

    click.echo(script(cli, shell).encode(), nl=False)
