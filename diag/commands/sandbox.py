"""`diag sandbox`: a local Genesys Cloud to try everything on."""

import click


@click.command()
@click.option(
    "--port", default=8377, show_default=True, type=click.IntRange(0, 65535), help="0 picks a free one."
)
@click.option(
    "--scenario", default="demo", show_default=True, metavar="NAME|FILE", help="What the org is like."
)
@click.option("--seed", default=1, show_default=True, help="The same seed gives the same latencies.")
@click.option("--exit-with-parent", is_flag=True, hidden=True, help="Stop when stdin ends.")
def command(port: int, scenario: str, seed: int, exit_with_parent: bool) -> None:
    """Run a local Genesys Cloud with made-up actions; no credentials needed.

    \b
    Examples:
      diag sandbox
      diag sandbox --port 0 --scenario demo --seed 7

    Then, in another terminal, `diag scan` finds it by itself. Its pages and truth:
    http://127.0.0.1:8377/sandbox/truth
    """
    from diag.sandbox.serve import serve

    serve(port, scenario, seed, exit_with_parent=exit_with_parent)
