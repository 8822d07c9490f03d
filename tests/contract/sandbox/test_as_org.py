"""A sandbox that counts as an org (`diag sandbox --as-org`): guarded like one, and nothing is real."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from analysis.format.manifest import Approved
from diag.choice.turns_file import Turn, WindowOrder, write_order
from diag.cli import run
from diag.errors import UsageError
from diag.exit_codes import ExitCode
from diag.genesys.client import GenesysClient
from diag.genesys.http.connection import Connection
from diag.genesys.http.secret import Secret
from diag.sandbox.launch import start_sandbox as start_by_flag
from diag.target import Target, sandbox_connection, target_at
from diag.workload.tables.guard_limits import GuardLimits
from loadtests.planning.prepare_run import PreparedRun, prepare
from loadtests.run.dry_run import describe
from tests.support.plan_options import plan_options
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


def planned(target: Target, workload: Path | None, *, ahead_s: float = 0.0, **flags: Any) -> PreparedRun:
    options = plan_options(**{"dry_run": True, "workload": workload, **flags})
    with GenesysClient(target.connection) as client:
        return prepare(options, target, client, ahead_s=ahead_s)


@pytest.fixture
def everything(tmp_path: Path) -> Path:
    path = tmp_path / "workload.toml"
    path.write_text('[[action]]\nname = "*"\n')
    return path


@pytest.mark.slow
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
    told = describe(run, target, 600.0, 1)
    assert "about 2,4" in told and ": 2,400 calls and " in told and "% of the 432,000 that the token" in told


@pytest.fixture
def beyond(tmp_path: Path) -> Callable[[str], Path]:
    """Writes a workload beyond the limits, with this approval."""

    def write(approval: str) -> Path:
        path = tmp_path / "workload.toml"
        path.write_text(f"[run]\nexceed_limits = true\nrate = 30\n{approval}\n[[action]]\nname = '*'\n")
        return path

    return write


def ahead_of(hour: int) -> float:
    """Return how far the next such hour (UTC) is ahead of now."""
    now = time.time()
    return (hour * 3600.0 - now) % 86_400.0


@pytest.mark.slow
def test_beyond_the_limits_a_run_needs_an_approval_and_keeps_to_its_hours(
    base: str, free: str, beyond: Callable[[str], Path]
) -> None:
    unapproved, approved = beyond(""), "[approval]\nticket = 'CS-4711'\n"
    assert planned(target_at(sandbox_connection(free)), unapproved).approved is None
    count_as_org(base)
    target = target_at(sandbox_connection(base))
    for approval, said in (("", "which Genesys has to approve"), (approved, "is no region's address")):
        with pytest.raises(UsageError, match=said):
            planned(target, beyond(approval))

    night = beyond(approved + "timezone = 'UTC'")
    run = planned(target, night, dry_run=False, ahead_s=ahead_of(2))
    assert run.approved is not None and run.approved.record == Approved("CS-4711", "23:00-05:00", "UTC")
    assert run.plan.may_call_until == run.approved.end
    assert run.approved.end - time.time() - ahead_of(2) == pytest.approx(3 * 3600.0, abs=60.0)
    assert sum(action.rate for action in run.plan.actions) == 30.0 and run.plan.total_rate is None
    told = describe(run, target, 60.0, 1)
    assert "approval    ticket CS-4711; calls leave in its hours only, next " in told
    assert "duration    60 s\n" in told
    long = describe(run, target, 5 * 3600.0, 1)
    assert ": then the approved hours end\n" in long and "duration    5 h" not in long

    with pytest.raises(
        UsageError, match=r"Ticket CS-4711 allows calls 23:00-05:00 UTC; it is .* 12:00 there"
    ):
        planned(target, night, dry_run=False, ahead_s=ahead_of(12))
    assert planned(target, night, ahead_s=ahead_of(12)).approved is not None  # a dry run shows them
    over = beyond(approved + "timezone = 'UTC'\nnights = ['2026-01-01']")
    with pytest.raises(UsageError, match="All nights that ticket CS-4711 books are over"):
        planned(target, over)


def test_a_window_of_a_campaign_never_exceeds_them_whatever_the_workload_says(
    base: str, tmp_path: Path, beyond: Callable[[str], Path]
) -> None:
    target = target_at(sandbox_connection(base))
    with GenesysClient(target.connection) as client:
        action = next(one for one in client.list_actions() if one.name == "Get Customer")
    order = tmp_path / "turns.json"
    write_order(order, WindowOrder((Turn(action.id, 3, 0.5, True),), time.time() + 60.0, {}))

    run = planned(target, beyond("max_in_flight = 40"), turns=order)

    assert run.approved is None and run.plan.max_in_flight == 10 and run.plan.total_rate == 4.0


@pytest.mark.slow
def test_a_scenario_says_so_and_a_flag_says_so_of_any_scenario(base: str) -> None:
    assert target_at(sandbox_connection(base)).counts_as_org
    with start_by_flag(scenario="empty-org", as_org=True) as flagged:
        target = target_at(sandbox_connection(flagged.base_url))

    assert target.sandbox and target.counts_as_org


def test_alone_the_flag_plays_an_org_to_rehearse_on(monkeypatch: pytest.MonkeyPatch) -> None:
    served: list[tuple[str, bool]] = []
    monkeypatch.setattr(
        "diag.sandbox.serving.serve.serve",
        lambda port, scenario, seed, *, as_org, **_: served.append((scenario, as_org)),
    )
    assert run(["sandbox", "--as-org"]) == run(["sandbox"]) == ExitCode.OK
    assert run(["sandbox", "--as-org", "--scenario", "day"]) == ExitCode.OK

    assert served == [("rehearsal", True), ("demo", False), ("day", True)]


def test_its_page_says_so_while_it_does(free: str) -> None:
    assert "counts as an org" not in httpx.get(free, trust_env=False, verify=False).text
    with counting_as_org(free):
        assert "It counts as an org" in httpx.get(free, trust_env=False, verify=False).text


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
