"""Run by test_kill_and_race in a process of its own: applies a plan and kills itself at the step `wanted`.

`none` applies to the end; `in_flight` kills when the server has done the write and the reply is on
its way; `mangled:STEP` loses the request template with the first write, so that it has to be put back.
Prints one `outcome action_id reason` line per change.
"""

import os
import signal
from pathlib import Path

import httpx

from diag.changes.applying.apply import Watch, apply_plan
from diag.changes.applying.apply_context import ApplyOptions, Operator, Step
from diag.changes.applying.org import ActionInput
from diag.changes.journal.journal import Journal
from diag.changes.journal.journal_line import Author
from diag.changes.plans.plan import Change
from diag.changes.plans.plan_file import read_plan
from diag.genesys.client import GenesysClient
from diag.genesys.http.pacing import RateBucket
from diag.target import sandbox_connection
from tests.support.changes.dropped_template import drop_the_template


class Transport(httpx.HTTPTransport):
    """Kills itself behind a PATCH, or takes the template out of the first one."""

    def __init__(self, wanted: str, middle: str) -> None:
        super().__init__(verify=False)
        self._kill = wanted == "in_flight"
        self._mangle = wanted.startswith("mangled:")
        self._middle = middle

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        here = request.method == "PATCH" and self._middle in request.url.path
        if here and self._mangle:
            self._mangle = False
            drop_the_template(request)
        response = super().handle_request(request)
        if here and self._kill:
            response.read()
            os.kill(os.getpid(), signal.SIGKILL)
        return response


def main(base_url: str, plan_path: Path, journal: Path, wanted: str) -> None:
    plan = read_plan(plan_path)
    middle = plan.changes[len(plan.changes) // 2].action_id

    def kill_at(change: Change, step: Step) -> None:
        if step == wanted.removeprefix("mangled:") and change.action_id == middle:
            os.kill(os.getpid(), signal.SIGKILL)

    transport = Transport(wanted, middle)
    with GenesysClient(sandbox_connection(base_url), transport=transport, bucket=RateBucket(10**6)) as client:
        for result in apply_plan(
            plan,
            client,
            Journal(journal),
            Operator(plan.org, Author("admin", f"apply-{os.getpid()}")),
            options=ApplyOptions(on_error="continue", payload_for=lambda action: ActionInput({"id": "1"})),
            watch=Watch(on_step=kill_at),
        ):
            print(result.outcome, result.change.action_id, result.reason)
