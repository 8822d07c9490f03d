"""Options this locustfile adds to Locust's own. Each may also come from the environment (DIAG_...)."""

import argparse
import os
import sys
from typing import Any

from diag.direct.direct_load import AUTHS
from diag.workload.tables.load_shape import ARRIVALS
from loadtests.planning.meeting_port import arrange_meeting

DEFAULT_SANDBOX_RATE = 20.0
DEFAULT_DIRECT_RATE = 1.0
"""Calls/s to an action's backend where nobody says another rate."""
DEFAULT_MAX_IN_FLIGHT = 1000
DEFAULT_DRAIN_S = 5.0
DEFAULT_LOST_AFTER_S = 60.0
"""As long as a Locust worker goes on without a message of its master."""
DEFAULT_DELIVER_WITHIN_S = 300.0


def add_options(parser: Any) -> None:
    """Add the options to Locust's argument parser (listener of `init_command_line_parser`)."""
    # The page starts calls with the org's credentials and has no login: only from this machine,
    # unless --web-host says otherwise ('*': all addresses).
    parser.set_defaults(web_host="127.0.0.1")
    arrange_meeting(parser, sys.argv[1:], os.environ)
    group = parser.add_argument_group("diag: data action measurement")

    def option(flag: str, help: str, **details: Any) -> None:
        env_var = "DIAG_LOAD_" + flag.removeprefix("--").replace("-", "_").upper()
        group.add_argument(flag, env_var=env_var, help=help, **details)

    option("--run-dir", "Folder of this run (default: runs/<UTC time>-<short id>)", metavar="DIR")
    option("--workload", "Workload file (TOML); diag init writes one", metavar="FILE")
    option(
        "--action",
        "Call only this action: name, id or pattern; may be given again",
        action="append",
        default=[],
        metavar="NAME|ID",
    )
    option(
        "--rate",
        f"Calls per second per action and user (sandbox default: {DEFAULT_SANDBOX_RATE:g})",
        type=float,
        metavar="CALLS_PER_S",
    )
    option(
        "--arrivals",
        "How calls are spread: poisson (as independent callers are; default) or constant",
        choices=ARRIVALS,
    )
    option(
        "--model",
        "open: calls leave on schedule whatever is in flight (default); closed: a user waits for each reply",
        choices=("open", "closed"),
    )
    option("--seed", "Seed of schedules and generated payloads", type=int, metavar="N")
    option(
        "--max-in-flight",
        "Most calls in flight at once; arrivals beyond are counted as dropped",
        type=int,
        metavar="N",
    )
    option(
        "--drain-s",
        f"How long to wait for calls in flight at the end (default {DEFAULT_DRAIN_S:g})",
        type=float,
        default=DEFAULT_DRAIN_S,
        metavar="SECONDS",
    )
    option(
        "--mode",
        "measure (default), ramp or soak; see the workload file",
        choices=("measure", "ramp", "soak"),
    )
    option("--calls-per-action", "Stop calling an action after this many calls", type=int, metavar="N")
    option(
        "--sla",
        'End with exit code 3 unless this holds for every action, such as "p99<2s"; may be given again',
        action="append",
        default=[],
        metavar="CONDITION",
    )
    option(
        "--dry-run",
        "Print what would be called, how fast and for how long; call nothing",
        action="store_true",
    )
    option(
        "--until-settled",
        "Stop calling an action once more calls cannot change its result",
        action="store_true",
    )
    option("--sandbox", "Call the built-in sandbox, whatever the settings point to", action="store_true")
    option("--confirm-org", "Name of the org, for a profile that is protected", metavar="NAME")
    option(
        "--spool",
        "For a worker: keep rows below this folder until the master has them, even when the disk is shared",
        metavar="DIR",
    )
    option(
        "--lost-after",
        f"For a master: a worker silent for so long is lost (default {DEFAULT_LOST_AFTER_S:g})",
        type=float,
        default=DEFAULT_LOST_AFTER_S,
        metavar="SECONDS",
    )
    option(
        "--deliver-within",
        "For a worker: how long to go on trying to deliver its rows when the run is over "
        f"(default {DEFAULT_DELIVER_WITHIN_S:g}); after that it logs where they are kept",
        type=float,
        default=DEFAULT_DELIVER_WITHIN_S,
        metavar="SECONDS",
    )
    option("--turns", argparse.SUPPRESS, metavar="FILE")
    option("--rules", argparse.SUPPRESS, metavar="JSON")
    option("--top-up", argparse.SUPPRESS, metavar="JSON")
    option("--parent-pid", argparse.SUPPRESS, type=int, metavar="PID")
    option(
        "--direct",
        "Call every action's backend itself, without Genesys Cloud; hosts must be confirmed",
        action="store_true",
    )
    option(
        "--both",
        "Call every action through Genesys Cloud and its backend itself, in the same run",
        action="store_true",
    )
    option(
        "--auth",
        "The Authorization header of direct calls where no template sets one",
        choices=AUTHS,
    )
    option(
        "--confirm-host",
        "Confirm a host that direct calls may go to, and the most calls per second; may be given again",
        action="append",
        default=[],
        metavar="HOST=RATE",
    )
    option(
        "--timeout",
        "How long a direct call may take in all, 1 to 60 (default: the action's own timeout)",
        type=float,
        metavar="SECONDS",
    )
    option(
        "--allow-private",
        "Let direct calls go to addresses of private networks",
        action="store_true",
    )
    option(
        "--audit",
        "Whether the run folder gets one line for each direct call, without values",
        choices=("on", "off"),
    )
    option("--metrics", "File for the metrics of direct calls (OpenMetrics)", metavar="FILE")
    option(
        "--compare",
        "With --dry-run: one test call of each direct action, to hold its request against the rendered one",
        action="store_true",
    )
    option("--hosts-file", argparse.SUPPRESS, metavar="FILE")
    option(
        "--probe",
        "Call a private copy (draft) of each action with a timeout of 60 s; the live actions are not touched",
        action="store_true",
    )
