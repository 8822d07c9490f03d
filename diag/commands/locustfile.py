"""`diag locustfile`: where the locustfile is, for Locust's own command line."""

import click

from diag.interaction.help_examples import examples


@click.command(epilog=examples("diag locustfile"))
def command() -> None:
    """Print where the locustfile is, also of an installed diag.

    Locust's web UI with it: locust -f "$(diag locustfile)", in PowerShell locust -f (diag locustfile).
    """
    from diag.console import Console
    from diag.measuring.load_process import LOCUSTFILE

    Console().result(str(LOCUSTFILE))
