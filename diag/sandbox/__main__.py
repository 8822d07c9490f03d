"""`python -m diag.sandbox`: the sandbox without the rest of `diag`."""

import argparse
import sys
from pathlib import Path

from analysis.machine.streams import write_every_character
from analysis.plain_text import printable
from diag.sandbox.sandbox_errors import SandboxError
from diag.sandbox.serving.serve import serve


def main() -> None:
    """Reads the flags and serves."""
    write_every_character()
    parser = argparse.ArgumentParser(prog="python -m diag.sandbox", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 picks a free one")
    parser.add_argument("--scenario", default="demo", help="a name, or a TOML file")
    parser.add_argument("--seed", type=int, default=1, help="same seed, same latencies")
    parser.add_argument("--as-org", action="store_true", help="ask to be treated as an org")
    parser.add_argument("--state", type=Path, help="load this file if it exists, keep it up to date")
    parser.add_argument("--platform", type=Path, help="behave as this file of facts says")
    parser.add_argument("--exit-with-parent", action="store_true", help="stop when stdin ends")
    options = parser.parse_args()
    try:
        serve(
            options.port,
            options.scenario,
            options.seed,
            as_org=options.as_org,
            state=options.state,
            platform=options.platform,
            exit_with_parent=options.exit_with_parent,
        )
    except SandboxError as error:
        sys.exit("\n".join(map(printable, filter(None, (f"Error: {error.message}", error.hint)))))


if __name__ == "__main__":
    main()
