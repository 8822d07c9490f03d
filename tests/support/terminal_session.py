"""What the tests of the verbs type, write and look up."""

import json
import os
import pty
from pathlib import Path
from typing import Any, Final

import pytest

from diag.apply_dialog.apply_flow import identify
from diag.changes.plans.manual_plan import actions_named, make_manual_plan
from diag.changes.plans.plan_file import write_plan
from diag.cli import run
from diag.genesys.client import GenesysClient
from diag.genesys.data_action import Action
from diag.settings import load_settings
from diag.target import find_target
from tests.support.forks import FORKS
from tests.support.verb_process import run_diag

QUICK: Final = "Check Appointment Slots"
OTHER: Final = "Get Loyalty Points"


def history(capsys: "pytest.CaptureFixture[str]") -> list[dict[str, Any]]:
    capsys.readouterr()
    assert run(["history", "--format", "json"]) == 0
    entries: list[dict[str, Any]] = json.loads(capsys.readouterr().out)["entries"]
    return entries


def actions_now(*names: str) -> list[Action]:
    """The actions with these names, as the org has them now."""
    with GenesysClient(find_target(load_settings()).connection) as client:
        actions = list(client.list_actions())
    return [action for name in names for action in actions_named(actions, [name])]


def action_named(name: str) -> Action:
    """The action as the org has it now."""
    (action,) = actions_now(name)
    return action


def saved_plan(name: str, timeout_s: int, path: Path) -> None:
    """A plan file as `recommend --out` writes it."""
    with GenesysClient(find_target(load_settings()).connection) as client:
        chosen = actions_named(client.list_actions(), [name])
        write_plan(make_manual_plan(chosen, timeout_s, client.read_config, identify(client)), path)


def samples(path: Path, latency_ms: float, action: Action | None = None) -> Path:
    """A sample file of 3,000 calls over two hours around one latency."""
    action_id, name = (action.id, action.name) if action else ("a1", "Get Customer")
    lines = ["action_id,action_name,started_at,latency_ms,outcome,timeout_s"]
    lines += [
        f"{action_id},{name},{1_790_000_000 + 2.4 * n:.1f},{latency_ms + 37 * n % 400},ok,5"
        for n in range(3000)
    ]
    path.write_text("\n".join(lines) + "\n")
    return path


def answer(
    session: Path, arguments: list[str], typed: str, prompt: bytes = b"will be accepted: "
) -> tuple[int, str]:
    """Run diag on a terminal of its own, type one line at the prompt, return exit code and screen."""
    master, slave = pty.openpty()
    streams = (slave, os.dup(slave), os.dup(slave))
    environment = {**os.environ, "TERM": "dumb"}
    process = FORKS.start(
        run_diag, tuple(arguments), folder=session, environment=environment, streams=streams
    )
    screen = b""
    while True:
        try:
            part = os.read(master, 4096)
        except OSError:  # the other end is gone
            break
        if not part:
            break
        screen += part
        if prompt in screen and typed:
            os.write(master, typed.encode() + b"\n")
            typed = ""
    os.close(master)
    return process.wait(60), screen.decode()
