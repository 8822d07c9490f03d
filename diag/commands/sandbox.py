"""`diag sandbox`: runs a local Genesys Cloud to try everything on."""

from dataclasses import dataclass
from pathlib import Path

import click

from diag.interaction.help_examples import examples
from diag.interaction.option_values import gathered
from diag.interaction.output import NamedPath


@dataclass(frozen=True, slots=True)
class SandboxOptions:
    """Which org to play, where to listen, and how it behaves."""

    port: int
    scenario: str | None
    seed: int
    state: Path | None
    as_org: bool
    platform: Path | None
    list_: bool
    exit_with_parent: bool


@click.command(
    epilog=examples(
        "diag sandbox",
        "diag sandbox --list",
        "diag sandbox --port 0 --scenario slow-episodes --seed 7",
        "diag sandbox --state my-org.json",
        "diag sandbox --as-org",
        "diag sandbox --platform platform.toml",
    )
)
@click.option(
    "--port",
    default=8377,
    show_default=True,
    type=click.IntRange(0, 65535),
    help="Port to listen on; 0 picks a free one.",
)
@click.option(
    "--scenario",
    metavar="NAME|FILE",
    help="What the org is like; --list names them.  [default: demo; with --as-org: rehearsal]",
)
@click.option("--seed", default=1, show_default=True, help="The same seed gives the same latencies.")
@click.option(
    "--state",
    type=NamedPath(dir_okay=False),
    help="Keep the org in this file, so that you can stop and continue later. Continue at the same port: it "
    "is part of the addresses of the backends, and a plan made at another one finds them changed.",
)
@click.option(
    "--as-org",
    is_flag=True,
    help="Rehearse: let it count as an org, so that limits are kept, consent is asked and the guard is on.",
)
@click.option(
    "--platform",
    type=NamedPath(dir_okay=False),
    help="Behave as this file of facts says (platform.toml), whatever the scenario says of them.",
)
@click.option("--list", "list_", is_flag=True, help="List the scenarios that come with diag, and exit.")
@click.option("--exit-with-parent", is_flag=True, hidden=True, help="Stop when stdin ends.")
@gathered(SandboxOptions)
def command(options: SandboxOptions) -> None:
    """Run a local Genesys Cloud with made-up actions; no credentials needed.

    Then run `diag scan` in another terminal: it finds the sandbox on its usual port. A live page is at
    http://127.0.0.1:8377/, and the true latencies of every action are at /sandbox/truth.
    """
    if options.list_:
        _list_scenarios()
        return
    from diag.sandbox.serving.serve import serve

    usual = "rehearsal" if options.as_org else "demo"
    serve(
        options.port,
        options.scenario or usual,
        options.seed,
        as_org=options.as_org,
        state=options.state,
        platform=options.platform,
        exit_with_parent=options.exit_with_parent,
    )


def _list_scenarios() -> None:
    from diag.console import Console
    from diag.sandbox.world.scenario import load_scenario, shipped_scenarios
    from diag.table import Column, Table

    rows = tuple((name, load_scenario(name).description) for name in shipped_scenarios())
    Console().table(Table(columns=(Column("scenario"), Column("what it shows")), rows=rows))
