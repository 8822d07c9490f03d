"""A sandbox that counts as an org (`diag sandbox --as-org`): guarded like one, and nothing is real."""

from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from diag.errors import UsageError
from diag.genesys.client import GenesysClient
from diag.genesys.http.connection import Connection
from diag.genesys.http.secret import Secret
from diag.sandbox.launch import start_sandbox as start_by_flag
from diag.target import Target, sandbox_connection, target_at
from diag.workload.load_shape import GuardLimits
from loadtests.planning.make_plan import PreparedRun, prepare
from tests.support.running_sandbox import StartSandbox
from tests.support.sandbox_control import count_as_org, counting_as_org, log_in

ASKS = "diag.target.http.client.HTTPConnection"


@pytest.fixture(scope="module")
def base(start_module_sandbox: StartSandbox) -> str:
    return start_module_sandbox("rehearsal").base_url


@pytest.fixture
def free(base: str) -> Iterator[str]:
    count_as_org(base, as_org=False)
    yield base
    count_as_org(base)


def planned(target: Target, workload: Path | None, **flags: Any) -> PreparedRun:
    nothing = dict.fromkeys(
        ("seed", "rate", "max_in_flight", "calls_per_action", "model", "arrivals", "mode", "turns")
    )
    rest = {"probe": False, "dry_run": True, "drain_s": 5.0, "sla": [], "action": [], "workload": workload}
    with GenesysClient(target.connection) as client:
        return prepare(SimpleNamespace(**{**nothing, **rest, **flags}), target, client)


@pytest.fixture
def everything(tmp_path: Path) -> Path:
    path = tmp_path / "workload.toml"
    path.write_text('[[action]]\nname = "*"\n')
    return path


def test_what_the_sandbox_says_of_itself_is_what_guards_it(free: str, everything: Path) -> None:
    target = target_at(sandbox_connection(free))
    assert target.sandbox and not target.counts_as_org
    at_will = planned(target, None)
    assert {one.action_name for one in at_will.plan.actions} >= {"Create Ticket"}
    assert at_will.plan.total_rate is None and at_will.plan.guard == GuardLimits().off()

    with counting_as_org(free):
        target = target_at(sandbox_connection(free))
        assert target.sandbox and target.counts_as_org
        with pytest.raises(UsageError, match="counts as an org"):
            planned(target, None)
        run = planned(target, everything)
        with pytest.raises(UsageError, match="80 % of the token's limit"):
            planned(target, everything, rate=4.1)
        with pytest.raises(UsageError, match="20 % of the org's 50"):
            planned(target, everything, max_in_flight=11)

    assert [one.what for one in run.plan.left_out] == ["Create Ticket"]
    assert run.plan.total_rate == 4.0 and run.plan.max_in_flight == 10
    assert run.plan.guard == GuardLimits()


def test_a_scenario_says_so_and_a_flag_says_so_of_any_scenario(base: str) -> None:
    assert target_at(sandbox_connection(base)).counts_as_org
    with start_by_flag(scenario="empty-org", as_org=True) as flagged:
        target = target_at(sandbox_connection(flagged.base_url))

    assert target.sandbox and target.counts_as_org


def test_a_token_without_a_client_is_no_way_round(free: str) -> None:
    """It made a sandbox an org once; now only what the sandbox says counts."""
    token = Connection.to(api_base=free, access_token=Secret(log_in(free)))

    assert target_at(token) == Target(token, sandbox=True)
    with counting_as_org(free):
        assert target_at(token) == Target(token, sandbox=True, rehearsal=True)


def test_an_orgs_client_is_never_taken_to_a_sandbox_nor_is_it_asked(
    base: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []
    monkeypatch.setattr(ASKS, lambda *_, **__: asked.append(1))
    proxied = Connection.to(api_base=base, client_id="7b3c", client_secret=Secret("x"))
    address = "https://api.mypurecloud.com"
    far = Connection.to(api_base=address, client_id="sandbox", client_secret=Secret("sandbox"))

    for connection in (proxied, far):
        assert target_at(connection) == Target(connection, sandbox=False)
        assert target_at(connection).counts_as_org
    assert asked == []


def says(body: bytes, status: int = 200) -> Callable[..., object]:
    reply = SimpleNamespace(status=status, read=lambda _: body)
    return lambda *_, **__: SimpleNamespace(
        request=lambda *_: None, getresponse=lambda: reply, close=lambda: None
    )


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 200),
        (b"[]", 200),
        (b'{"sandbox": "demo"}', 200),
        (b'{"sandbox": "demo", "as_org": 0}', 200),
        (b'{"as_org": false}', 200),
        (b'{"sandbox": "demo", "as_org": false}', 404),
        (b"\xff\xfe", 200),
    ],
)
def test_what_does_not_say_that_it_is_a_sandbox_is_an_org(
    monkeypatch: pytest.MonkeyPatch, body: bytes, status: int
) -> None:
    monkeypatch.setattr(ASKS, says(body, status))
    target = target_at(sandbox_connection("http://127.0.0.1:9"))

    assert not target.sandbox and target.counts_as_org


def test_a_sandbox_that_does_not_answer_just_now_counts_as_an_org() -> None:
    target = target_at(sandbox_connection("http://127.0.0.1:9"))

    assert target.sandbox and target.counts_as_org
