"""A sandbox whose day is time-lapsed: hours pass in a second for who waits, calls take their time."""

import time
from datetime import UTC, datetime
from typing import Any

import pytest

from analysis.format.json_within_limits import parse_object
from diag.clocks.target_clock import SandboxGoneError, ahead_s, clock_of
from diag.clocks.wall_clock import REAL_TIME
from diag.genesys.http.connection import Connection
from diag.genesys.http.secret import Secret
from diag.settings import load_settings
from diag.target import Target, find_target, sandbox_connection
from loadtests.recording.run_clock import RunClock
from tests.support.running_sandbox import StartSandbox
from tests.support.sandbox_in_process import InProcessSandbox

HOUR_S, DAY_S = 3600.0, 86_400.0
LOCAL = {"host": "127.0.0.1"}


def told(box: InProcessSandbox) -> float:
    return float(box.get("/sandbox/clock")["now"])


def let_pass(box: InProcessSandbox, until: object) -> int:
    return box.request("POST", "/sandbox/clock", json={"until": until}, headers=LOCAL).status_code


def executions(box: InProcessSandbox, since: float) -> int:
    """Those of Get Customer in the four hours from then on, as telemetry counts them."""
    moments = (datetime.fromtimestamp(at, UTC).isoformat() for at in (since, since + 4 * HOUR_S))
    body = {
        "interval": "/".join(moments),
        "metrics": ["tTotalExecution"],
        "filter": {"predicates": [{"dimension": "actionId", "value": box.action_id("Get Customer")}]},
    }
    reply = box.request("POST", "/api/v2/analytics/actions/aggregates/query", json=body)
    results = parse_object(reply.content)["results"]
    return sum(one["metrics"][0]["stats"]["count"] for row in results for one in row["data"])


def test_a_day_passes_in_two_seconds_and_a_call_takes_what_it_takes() -> None:
    with InProcessSandbox("day") as box:
        began, real = told(box), box.clock.monotonic_s()
        assert executions(box, began + 15 * HOUR_S) == 0
        assert let_pass(box, began + DAY_S) == 200
        passed = box.clock.monotonic_s() - real

        assert passed == pytest.approx(2.0)
        assert told(box) == pytest.approx(began + DAY_S)
        assert executions(box, began + 15 * HOUR_S) > 0  # production went on meanwhile

        assert box.test("Get Customer", phone="+49123").status_code == 200
        (call,) = box.get("/sandbox/truth/calls")["calls"]
        assert call["started_at"] == pytest.approx(began + DAY_S, abs=1.0)
        assert call["served_ms"] == pytest.approx(call["drawn_ms"])
        assert told(box) - began - DAY_S == pytest.approx(call["drawn_ms"] / 1e3)


def test_a_day_may_begin_at_an_hour_of_its_own() -> None:
    with InProcessSandbox("day") as box:
        began = told(box)
        assert began % DAY_S == pytest.approx(18 * HOUR_S, abs=5.0)
        assert let_pass(box, began + HOUR_S) == 200
        assert told(box) == pytest.approx(began + HOUR_S, abs=5.0)


@pytest.mark.parametrize("until", ["tomorrow", True, None, [], 1e300, 4e9])
def test_a_wrong_moment_is_refused_and_an_earlier_one_changes_nothing(until: object) -> None:
    with InProcessSandbox("day") as box:
        began = told(box)
        assert let_pass(box, until) == 400
        assert let_pass(box, began - DAY_S) == 200
        assert told(box) == began


def test_the_time_of_any_other_scenario_passes_like_ours() -> None:
    with InProcessSandbox("demo") as box:
        assert box.get("/sandbox/clock")["time_lapse"] == 1.0
        assert let_pass(box, told(box) + HOUR_S) == 400


def test_the_tool_goes_and_waits_by_the_clock_of_the_sandbox(
    start_module_sandbox: StartSandbox,
) -> None:
    target = Target(sandbox_connection(start_module_sandbox("day").base_url), sandbox=True)
    clock, began = clock_of(target), time.monotonic()
    before = clock.now()
    clock.sleep(2 * HOUR_S)

    assert clock.now() - before >= 2 * HOUR_S
    assert clock.now() - before == pytest.approx(2 * HOUR_S, abs=60.0)
    assert time.monotonic() - began < 30.0
    ahead = ahead_s(target)  # another process sees the same time
    assert ahead == pytest.approx(clock.now() - time.time(), abs=1.0)
    run = RunClock(ahead)
    assert run.wall(run.now()) == pytest.approx(clock.now(), abs=1.0)
    assert run.is_past(clock.now() - 5.0) and not run.is_past(clock.now() + 5.0)


def test_an_org_that_claims_a_clock_is_not_believed_nor_asked(
    start_module_sandbox: StartSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither one at a name in the network, nor one behind a proxy on this machine."""
    base = start_module_sandbox("day").base_url
    settings = load_settings({}, environment=_org_at(base))
    proxied = find_target(settings)
    assert clock_of(Target(sandbox_connection(base), sandbox=True)) is not REAL_TIME

    asked: list[object] = []
    monkeypatch.setattr(
        "diag.clocks.target_clock.http.client.HTTPConnection", lambda *_, **__: asked.append(1)
    )
    far = Connection.to(
        region=None,
        api_base="https://api.mypurecloud.com",
        client_id="sandbox",
        client_secret=Secret("sandbox"),
        access_token=None,
    )
    for target in (proxied, Target(far, sandbox=True), Target(far, sandbox=False)):
        assert clock_of(target) is REAL_TIME
        assert ahead_s(target) == 0.0
    assert asked == []


def _org_at(base: str) -> dict[str, str]:
    return {
        "GENESYSCLOUD_API_BASE": base,
        "GENESYSCLOUD_OAUTHCLIENT_ID": "7b3c",
        "GENESYSCLOUD_OAUTHCLIENT_SECRET": "hunter2-hunter2",
    }


@pytest.mark.parametrize(
    "reply",
    [b"", b"[]", b"{", b'{"now": "x", "time_lapse": 9}', b'{"now": 1e300, "time_lapse": 9}', b'{"now": 1}'],
)
def test_a_sandbox_that_does_not_say_is_taken_as_one_without_a_clock(
    monkeypatch: pytest.MonkeyPatch, reply: bytes
) -> None:
    monkeypatch.setattr("diag.clocks.target_clock.http.client.HTTPConnection", _says(reply))
    assert clock_of(Target(sandbox_connection("http://127.0.0.1:9"), sandbox=True)) is REAL_TIME


def test_a_sandbox_that_ends_in_a_wait_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "diag.clocks.target_clock.http.client.HTTPConnection", _says(b'{"now": 1e9, "time_lapse": 9}')
    )
    clock = clock_of(Target(sandbox_connection("http://127.0.0.1:9"), sandbox=True))
    assert clock.now() == pytest.approx(1e9, abs=60.0)
    monkeypatch.undo()

    with pytest.raises(SandboxGoneError, match="no longer answers"):
        clock.sleep(HOUR_S)


def _says(body: bytes) -> Any:
    class Reply:
        status = 200

        def read(self, _: int) -> bytes:
            return body

    class Http:
        def __init__(self, *_: object, **__: object) -> None: ...

        def request(self, *_: object) -> None: ...

        def getresponse(self) -> Reply:
            return Reply()

        def close(self) -> None: ...

    return Http
