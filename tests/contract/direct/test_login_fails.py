"""A custom login that fails at the real sandbox: who needs it is left out, and the others are called."""

import json
from collections.abc import Callable
from pathlib import Path

import gevent
import pytest

from analysis.format.run_folder import RunFolder
from analysis.samples.segment_columns import read_segment
from diag.errors import CredentialsError
from diag.genesys.client import GenesysClient
from diag.target import sandbox_connection, target_at
from loadtests.planning.plan import LoadPlan
from loadtests.planning.prepare_run import prepare
from loadtests.steering.session import Assignment, Session
from tests.support.plan_options import plan_options
from tests.support.running_sandbox import RunningSandbox, StartSandbox
from tests.support.virtual_time import FakeLink
from tests.support.waiting import wait_until

NEEDS_IT, OTHER = "Get Ledger Balance", "Find Articles"
ENTRY = '[[action]]\nname = "{name}"\ntarget = "direct"\nrate = 50\npayload = [{{ values = {values} }}]\n'
VALUES = {NEEDS_IT: '{ accountId = "1" }', OTHER: '{ text = "x" }'}
FAILED = (
    "The custom authentication 'Custom Auth - Ledger' failed: its backend answered 401. "
    "Check the credentials that it uses (clientId, clientSecret), and its request"
)


@pytest.fixture(scope="module")
def box(start_module_sandbox: StartSandbox) -> RunningSandbox:
    return start_module_sandbox("direct")


@pytest.fixture
def plan(box: RunningSandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., LoadPlan]:
    for name, value in {"CLIENTID": "ledger", "CLIENTSECRET": "canary-wrong"}.items():
        monkeypatch.setenv(f"DIAG_CREDENTIAL_{name}", value)

    def planned(*names: str) -> LoadPlan:
        path = tmp_path / "workload.toml"
        path.write_text("".join(ENTRY.format(name=name, values=VALUES[name]) for name in names))
        target = target_at(sandbox_connection(box.base_url))
        with GenesysClient(target.connection) as client:
            return prepare(plan_options(workload=path), target, client).plan

    return planned


@pytest.mark.slow
def test_only_the_actions_that_need_it_are_left_out(
    plan: Callable[..., LoadPlan], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder, link = RunFolder(tmp_path / "run"), FakeLink()
    session = Session(Assignment(plan(NEEDS_IT, OTHER), folder, "w-0", "http://127.0.0.1"), link)
    stream = gevent.spawn(session.stream)
    wait_until(lambda: session.calls >= 10, "calls", within_s=30.0, sleep=gevent.sleep)
    stream.kill()
    session.finish()

    assert not link.ended
    assert [(one.what, one.why) for one in session.director.left_out] == [(f"{NEEDS_IT} (backend)", FAILED)]
    assert f"left out: {NEEDS_IT} (backend) ({FAILED})" in caplog.messages
    segment = read_segment(session.recorder.segment_path)
    names = {session.recorder.code("action", one.action_id): one.action_name for one in session.plan.actions}
    assert {names[code] for code in segment.records["action"].tolist()} == {OTHER}
    events = (folder.segments / "w-0.events").read_text().splitlines()
    (event,) = [each for each in map(json.loads, events) if each["kind"] == "guard"]
    assert event["why"] == f"left out: {NEEDS_IT} (backend) ({FAILED})"
    written = b"".join(path.read_bytes() for path in folder.path.rglob("*") if path.is_file())
    assert b"canary" not in written + caplog.text.encode()


def test_a_run_in_which_every_action_needs_it_does_not_begin(
    plan: Callable[..., LoadPlan], tmp_path: Path
) -> None:
    assignment = Assignment(plan(NEEDS_IT), RunFolder(tmp_path / "run"), "w-0", "http://127.0.0.1")
    with pytest.raises(CredentialsError, match="'Custom Auth - Ledger' failed") as error:
        Session(assignment, FakeLink())
    assert "canary" not in str(error.value)
