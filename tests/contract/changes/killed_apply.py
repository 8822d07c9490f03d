"""Run by test_kill_and_race in a process of its own: applies a plan and kills itself at one step.

    python killed_apply.py BASE_URL PLAN JOURNAL STEP

STEP `none` applies to the end. Prints one `outcome action_id reason` line per change.
"""

import os
import signal
import sys
from pathlib import Path

from diag.changes.apply import ApplyOptions, Watch, apply_plan
from diag.changes.journal import Author, Journal
from diag.changes.org import TrialInput
from diag.changes.plan import Change
from diag.changes.plan_file import read_plan
from diag.changes.workbench import Step
from diag.genesys.client import GenesysClient
from diag.genesys.pacing import RateBucket
from diag.target import sandbox_connection


def main() -> None:
    base_url, plan_path, journal, wanted = sys.argv[1:]
    plan = read_plan(Path(plan_path))
    middle = plan.changes[len(plan.changes) // 2].action_id

    def kill_at(change: Change, step: Step) -> None:
        if step == wanted and change.action_id == middle:
            os.kill(os.getpid(), signal.SIGKILL)

    with GenesysClient(sandbox_connection(base_url), bucket=RateBucket(10**6)) as client:
        for result in apply_plan(
            plan,
            client,
            Journal(Path(journal)),
            identity=plan.org,
            author=Author("admin", f"apply-{os.getpid()}"),
            options=ApplyOptions(on_error="continue"),
            payload_for=lambda action: TrialInput({"id": "1"}),
            watch=Watch(on_step=kill_at),
        ):
            print(result.outcome, result.change.action_id, result.reason)


if __name__ == "__main__":
    main()
